//! What a region is told of the payments of the member who clears for it: what that pays and is paid, how late, and who has not
//! paid what it waits for. Payments are gone through so many at a time: a page may have none although another follows.
//! Deliberately absent: what other members are paid, and what the bank moved.

use huitong_core::date::BusinessDay;
use huitong_core::payment::PaymentReference;
use huitong_core::region::RegionCode;
use huitong_netting::Member;

use super::{Context, Decided, Decision, Notices, Openness, OrderOf, notices};
use crate::payments::Payment;
use crate::refusal::{ClearingCode, Refusal};

/// How many rows a page has at most, and how many of those who have not paid stand in it before it ends.
const ROWS_AT_ONCE: usize = 1_000;
const UNPAID_AT_ONCE: usize = 10_000;
/// How many payments are looked at for a page.
const LOOKED_AT_ONCE: usize = 20_000;

/// A payment of the member, and those of others for which it waits.
#[derive(Debug)]
pub(crate) struct OwnPayment {
    pub(crate) payment: Payment,
    pub(crate) unpaid_by: Vec<Payment>,
}

/// A page of a member's payments.
#[derive(Debug)]
pub(crate) struct OwnPayments {
    pub(crate) member: RegionCode,
    pub(crate) rows: Vec<OwnPayment>,
    /// After which the next page begins; none with the last.
    pub(crate) next: Option<PaymentReference>,
    pub(crate) today: BusinessDay,
}

/// The payments of the member who clears for a region, ascending by reference, a page at a time.
pub(crate) fn own_payments(
    context: &Context<'_>,
    region: RegionCode,
    open: Openness,
    after: Option<PaymentReference>,
) -> Decision<OwnPayments> {
    let member = match member_of(context, region) {
        Ok(member) => member.code(),
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let payments = &context.state.payments;
    let mut page = OwnPayments {
        member,
        rows: Vec::new(),
        next: None,
        today: context.now.business_day_shanghai(),
    };
    match open {
        Openness::Open => fill(&mut page, payments.open_after(after), context),
        Openness::All => fill(&mut page, payments.after(after), context),
    }
    Ok(Decided::answer(page))
}

fn fill<'a>(
    page: &mut OwnPayments,
    all: impl Iterator<Item = (PaymentReference, &'a Payment)>,
    context: &Context<'_>,
) {
    let (mut last, mut unpaid) = (None, 0_usize);
    for (looked, (reference, payment)) in all.enumerate() {
        let is_full = page.rows.len() >= ROWS_AT_ONCE || unpaid >= UNPAID_AT_ONCE;
        if is_full || looked >= LOOKED_AT_ONCE {
            page.next = last;
            return;
        }
        last = Some(reference);
        if reference.member == page.member {
            let by = context.state.payments.unpaid_by(payment);
            unpaid = unpaid.saturating_add(by.len());
            page.rows.push(OwnPayment {
                payment: payment.clone(),
                unpaid_by: by.into_iter().cloned().collect(),
            });
        }
    }
}

/// What the member who clears for a region is told of an order, without what it is made of.
pub(crate) fn own_notices(
    context: &Context<'_>,
    region: RegionCode,
    of: &OrderOf,
) -> Decision<Notices> {
    match member_of(context, region) {
        Ok(member) => notices(context, of, member),
        Err(refusal) => Ok(Decided::refuse(refusal)),
    }
}

fn member_of(context: &Context<'_>, region: RegionCode) -> Result<Member, Refusal> {
    let member = context.state.members.of(region);
    member.ok_or_else(|| Refusal::new(ClearingCode::StreamUnknownRegion, region))
}
