//! What the bank moved already of what a month would come to: what is supposed is supposed of the rest alone.
//!
//! Money counts for what it was ordered for. Of a net that is supposed to be smaller than what moved of it nothing is
//! left, and what moved the other way than a net that is supposed leaves it as it is: nothing is asked back here.
//! Deliberately absent: what waits parked, which counts for nothing yet.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError, SignedFen};
use huitong_core::vocabulary::Direction;
use huitong_netting::{Member, WhatIf};

use crate::payments::Payment;

/// What moved for the payments of one order, by member and fund.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Moved(BTreeMap<(Member, Fund), (Direction, Fen)>);

impl Moved {
    /// Of these payments.
    pub(super) fn of<'a>(payments: impl Iterator<Item = &'a Payment>) -> Self {
        let moved = payments.filter(|payment| !payment.paid.is_zero());
        let moved = moved.map(|payment| {
            let reference = payment.instruction.reference;
            let of = (Member::new(reference.member), reference.fund);
            (of, (payment.instruction.direction, payment.paid))
        });
        Self(moved.collect())
    }

    /// What moved of a net, the way that the net is to move.
    pub(super) fn of_net(&self, of: (Member, Fund), net: SignedFen) -> Fen {
        let way = if Fen::try_from(net).is_ok() {
            Direction::PayOut
        } else {
            Direction::PayIn
        };
        let moved = self.0.get(&of).filter(|(direction, _)| *direction == way);
        moved.map_or(Fen::ZERO, |(_, amount)| *amount)
    }

    /// What is left of a net.
    pub(super) fn left_of(
        &self,
        of: (Member, Fund),
        net: SignedFen,
    ) -> Result<SignedFen, MoneyError> {
        let left = SignedFen::from(net.abs().saturating_sub(self.of_net(of, net)));
        match Fen::try_from(net) {
            Ok(_) => Ok(left),
            Err(_) => left.checked_neg(),
        }
    }

    /// What is left of all nets that are supposed, and what of that is missing in the end.
    pub(super) fn left(
        &self,
        nets: &WhatIf,
        unpaid: &BTreeSet<Member>,
    ) -> Result<WhatIf, MoneyError> {
        let mut left = nets.clone();
        for net in &mut left.supposed {
            net.amount = self.left_of((net.member, net.fund), net.amount)?;
        }
        left.shortfalls = left.missing(unpaid)?;
        Ok(left)
    }

    /// What was paid in, by member and fund.
    pub(super) fn paid_in(&self) -> impl Iterator<Item = (Fund, Fen)> + '_ {
        let paid_in = self.0.iter();
        let paid_in = paid_in.filter(|(_, (direction, _))| *direction == Direction::PayIn);
        paid_in.map(|((_, fund), (_, amount))| (*fund, *amount))
    }
}
