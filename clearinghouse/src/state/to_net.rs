//! What a plan takes, and what the rows of it come to: found while it is planned, for the checkpoint that is signed right
//! after it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use huitong_core::checkpoint::row::{Pair, Row, rows};
use huitong_core::date::BusinessDay;
use huitong_core::leg::Leg;
use huitong_core::region::RegionCode;
use huitong_netting::AgreedLeg;

use super::State;

/// Why a leg that agrees is left out of a cycle's nets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// One of its regions attested it otherwise.
    AttestedOtherwise,
    /// What it takes back is not netted.
    WithoutOriginal,
}

impl LeftOut {
    /// Every reason.
    pub(crate) const ALL: [Self; 2] = [Self::AttestedOtherwise, Self::WithoutOriginal];
}

/// The rows of the plan that was made last, by its number. Whoever finds none goes through the legs.
#[derive(Debug, Default)]
pub(crate) struct Found(Mutex<Option<(u64, Vec<Row>)>>);

impl Found {
    /// Keeps those of a plan in place of any other's.
    pub(crate) fn keep(&self, found: Option<(u64, Vec<Row>)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = found;
    }

    /// Those of the plan of this number, once.
    pub(crate) fn take(&self, plan: u64) -> Option<Vec<Row>> {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found
            .take_if(|(number, _)| *number == plan)
            .map(|(_, rows)| rows)
    }
}

/// A copy finds them for itself.
impl Clone for Found {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl State {
    /// The agreeing legs that a cycle takes: inside the marks, attested otherwise by neither region, and with what they take
    /// back.
    pub(crate) fn to_net(
        &self,
        marks: &BTreeMap<RegionCode, u64>,
        day: BusinessDay,
    ) -> Vec<AgreedLeg> {
        self.to_net_but(marks, day, &LeftOut::ALL)
    }

    /// The agreeing legs inside the marks without those that are left out for one of these reasons.
    pub(crate) fn to_net_but(
        &self,
        marks: &BTreeMap<RegionCode, u64>,
        day: BusinessDay,
        left_out: &[LeftOut],
    ) -> Vec<AgreedLeg> {
        let mut legs = self.matching.agreed(marks, day);
        let keeps = left_out.contains(&LeftOut::AttestedOtherwise);
        if keeps && self.attestations.keeps_anything() {
            legs.retain(|agreed| {
                let pair = Pair {
                    debtor: agreed.debtor,
                    creditor: agreed.creditor,
                    fund: agreed.fund,
                };
                !self.attestations.keeps_out(pair, agreed.debt())
            });
        }
        if left_out.contains(&LeftOut::WithoutOriginal) {
            let kept_out = |leg: &Leg| keeps && self.keeps_out(leg);
            let held_back = self.matching.held_back((Some(marks), day), &kept_out);
            if !held_back.is_empty() {
                legs.retain(|agreed| !held_back.contains(&(agreed.creditor, agreed.receivable)));
            }
        }
        legs
    }

    /// Whether a leg is kept out of nets, since one of its regions attested it otherwise.
    pub(crate) fn keeps_out(&self, leg: &Leg) -> bool {
        self.attestations.keeps_out(Pair::of(leg), leg.debt())
    }

    /// The rows of the same legs. What was asked of the cycle is the same while nothing is kept out. None when they come to
    /// no rows.
    pub(crate) fn rows_to_net(
        &self,
        marks: &BTreeMap<RegionCode, u64>,
        day: BusinessDay,
    ) -> Option<Vec<Row>> {
        let keeps = self.attestations.keeps_anything();
        let asked = self.attesting.get().and_then(Option::as_ref);
        if let Some(asked) = asked.filter(|asked| asked.day == day && !keeps) {
            return Some(asked.rows.values().copied().collect());
        }
        let legs = self.matching.agreed_legs(marks, day);
        let kept_out = |leg: &Leg| keeps && self.keeps_out(leg);
        let held_back = self.matching.held_back((Some(marks), day), &kept_out);
        let legs = legs.filter(|(leg, [number, _])| {
            !kept_out(leg) && !held_back.contains(&(leg.creditor, *number))
        });
        rows(legs.map(|(leg, _)| leg)).ok()
    }
}
