//! What takes back, netted before what it takes back.

use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind};

use crate::evidence::{Cycle, Evidence};

pub(super) fn reversed_before(evidence: &mut Evidence) {
    before_original(evidence, |_, leg| {
        (leg.kind == LegKind::Reversal).then_some(leg.settlement)
    });
}

pub(super) fn deducted_before(evidence: &mut Evidence) {
    before_original(evidence, |evidence, leg| {
        let mut stream = evidence.streams[&leg.debtor].iter();
        let told = stream.find(|it| it.leg == *leg)?;
        evidence.said.get(&(leg.debtor, told.number)).copied()
    });
}

/// In the cycle before the one that took both, where both sides of it were reported.
fn before_original(
    evidence: &mut Evidence,
    settlement_of: impl Fn(&Evidence, &Leg) -> Option<SettlementId>,
) {
    let is_reported = |cycle: &Cycle, leg: &Leg| {
        [leg.debtor, leg.creditor].iter().all(|region| {
            let mut stream = evidence.streams[region].iter();
            stream.any(|it| it.number <= cycle.mark(*region) && it.leg == *leg)
        })
    };
    let mut pairs = evidence.cycles.windows(2).enumerate();
    let found = pairs.find_map(|(at, cycles)| {
        let legs = || cycles[1].taken.values().flatten();
        let goes_along = |leg: &Leg| {
            let settlement = settlement_of(evidence, leg);
            let of = settlement.map(|of| (of, LegKind::Settlement, leg.fund));
            of.is_some_and(|of| legs().any(|other| other.debt() == of))
        };
        let back = legs().find(|leg| goes_along(leg) && is_reported(&cycles[0], leg));
        back.map(|leg| (at, leg.clone()))
    });
    let (at, leg) = found.unwrap();
    for region in [leg.debtor, leg.creditor] {
        let cycles = &mut evidence.cycles;
        let after = cycles[at + 1].taken.get_mut(&region).unwrap();
        after.retain(|other| *other != leg);
        let before = cycles[at].taken.get_mut(&region).unwrap();
        before.push(leg.clone());
    }
}
