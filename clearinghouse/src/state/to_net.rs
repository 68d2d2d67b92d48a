//! What a plan takes, and what the rows of it come to: found while it is planned, for the checkpoint that is signed right
//! after it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use huitong_core::checkpoint::row::{Pair, Row, rows};
use huitong_core::date::BusinessDay;
use huitong_core::leg::{Debt, Leg};
use huitong_core::record::clearing::LegsLeftOut;
use huitong_core::region::RegionCode;
use huitong_netting::AgreedLeg;

use super::matching::Backs;
use super::{Attestations, Attesting, Cycle, State, Waiting};

/// Why a leg that agrees is left out of a cycle's nets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// One of its regions attested it otherwise.
    AttestedOtherwise,
    /// What it takes back is not netted.
    WithoutOriginal,
    /// It is a deduction, and its settlement is not netted. Only beside the one before.
    WithoutSettlement,
}

impl LeftOut {
    /// Every reason.
    pub(crate) const ALL: [Self; 3] = [
        Self::AttestedOtherwise,
        Self::WithoutOriginal,
        Self::WithoutSettlement,
    ];
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

    /// The agreeing legs inside the marks without those that are left out for one of these reasons, or by officers.
    pub(crate) fn to_net_but(
        &self,
        marks: &BTreeMap<RegionCode, u64>,
        day: BusinessDay,
        left_out: &[LeftOut],
    ) -> Vec<AgreedLeg> {
        let mut legs = self.matching.agreed(marks, day);
        let mut kept_out = self.kept_out_of(day);
        if !left_out.contains(&LeftOut::AttestedOtherwise) {
            kept_out.attested = None;
        }
        if !kept_out.is_empty() {
            legs.retain(|agreed| {
                let pair = Pair {
                    debtor: agreed.debtor,
                    creditor: agreed.creditor,
                    fund: agreed.fund,
                };
                kept_out.why(agreed.debt(), pair).is_none()
            });
        }
        if left_out.contains(&LeftOut::WithoutOriginal) {
            let is_kept = |leg: &Leg| kept_out.why_leg(leg).is_some();
            let which = if left_out.contains(&LeftOut::WithoutSettlement) {
                Backs::All
            } else {
                Backs::ButDeductions
            };
            let within = (Some(marks), day);
            let held_back = self.matching.held_back(within, &is_kept, which);
            if !held_back.is_empty() {
                legs.retain(|agreed| !held_back.contains(&(agreed.creditor, agreed.receivable)));
            }
        }
        legs
    }

    /// What is kept out of a cycle's nets although it agrees.
    pub(crate) fn kept_out_of(&self, day: BusinessDay) -> KeptOut<'_> {
        self.kept_out_by(self.cycles.get(&day).into_iter())
    }

    /// What is kept out of the nets of the last cycle that is cut off, and of those before it that are not netted.
    pub(crate) fn kept_out(&self) -> KeptOut<'_> {
        self.kept_out_by(self.last_cycles())
    }

    /// The last cycle that is cut off, and those before it that are not netted; the latest first.
    pub(crate) fn last_cycles(&self) -> impl Iterator<Item = &Cycle> {
        let mut latest = self.cycles.values().rev();
        let last = latest.next().into_iter();
        last.chain(latest.take_while(|cycle| cycle.plan.is_none()))
    }

    fn kept_out_by<'a>(&'a self, cycles: impl Iterator<Item = &'a Cycle>) -> KeptOut<'a> {
        let left_out = cycles.map(|cycle| &cycle.left_out);
        KeptOut {
            attested: Some(&self.attestations).filter(|of| of.keeps_anything()),
            left_out: left_out.filter(|legs| !legs.is_empty()).collect(),
        }
    }

    /// The rows of the same legs. What was asked of the cycle is the same while no region attested anything otherwise. None
    /// when they come to no rows.
    pub(crate) fn rows_to_net(
        &self,
        marks: &BTreeMap<RegionCode, u64>,
        day: BusinessDay,
    ) -> Option<Vec<Row>> {
        let kept_out = self.kept_out_of(day);
        let asked = self.attesting.get().and_then(Option::as_ref);
        let is_asked = |asked: &&Arc<Attesting>| asked.day == day && kept_out.attested.is_none();
        if let Some(asked) = asked.filter(is_asked) {
            return Some(asked.rows.values().copied().collect());
        }
        let legs = self.matching.agreed_legs(marks, day);
        let is_kept = |leg: &Leg| kept_out.why_leg(leg).is_some();
        let held_back = self
            .matching
            .held_back((Some(marks), day), &is_kept, Backs::All);
        let legs = legs.filter(|(leg, [number, _])| {
            !is_kept(leg) && !held_back.contains(&(leg.creditor, *number))
        });
        rows(legs.map(|(leg, _)| leg)).ok()
    }
}

/// What agrees and is kept out of nets all the same.
#[derive(Debug)]
pub(crate) struct KeptOut<'a> {
    /// What a region attested otherwise, if anything is.
    attested: Option<&'a Attestations>,
    /// What officers left out of a cycle that could not be netted with it.
    left_out: Vec<&'a LegsLeftOut>,
}

impl KeptOut<'_> {
    fn is_empty(&self) -> bool {
        self.attested.is_none() && self.left_out.is_empty()
    }

    /// Why a debt is kept out; none when it is not.
    fn why(&self, debt: Debt, pair: Pair) -> Option<Waiting> {
        if self.left_out.iter().any(|legs| legs.has(debt, pair)) {
            return Some(Waiting::LeftOut);
        }
        let attested = self.attested.filter(|of| of.keeps_out(pair, debt));
        attested.map(|_| Waiting::AttestedOtherwise)
    }

    /// Why a leg is kept out.
    pub(crate) fn why_leg(&self, leg: &Leg) -> Option<Waiting> {
        self.why(leg.debt(), Pair::of(leg))
    }
}
