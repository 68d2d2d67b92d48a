//! The payments of one member, and who has not paid what it waits for. Deliberately absent: who is told.

use std::ops::Bound;

use huitong_core::payment::PaymentReference;
use huitong_core::vocabulary::Direction;

use super::{Payment, Payments};

impl Payments {
    /// Payments by reference, those after one of which some is open.
    pub(crate) fn open_after(
        &self,
        after: Option<PaymentReference>,
    ) -> impl Iterator<Item = (PaymentReference, &Payment)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let open = self.open.range((from, Bound::Unbounded));
        open.filter_map(|of| Some((*of, self.payments.get(of)?)))
    }

    /// Who of the same order and fund has not paid in all, while a member is still to be paid; of what a member pays nobody.
    pub(crate) fn unpaid_by<'a>(&'a self, of: &'a Payment) -> Vec<&'a Payment> {
        let instruction = &of.instruction;
        if instruction.direction == Direction::PayIn || of.open().is_zero() {
            return Vec::new();
        }
        let others = self.of_order(&of.order).filter(|other| {
            other.instruction.direction == Direction::PayIn
                && other.instruction.reference.fund == instruction.reference.fund
                && !other.open().is_zero()
        });
        others.collect()
    }
}
