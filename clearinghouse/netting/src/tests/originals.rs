//! That the proof finds the first leg which takes back what neither its plan nor an earlier one takes, and no other.

use std::collections::BTreeSet;
use std::convert::Infallible;

use huitong_core::checkpoint::row::Pair;
use proptest::prelude::*;

use super::*;
use crate::check_originals;

/// Of one settlement: which kinds this plan takes, which an earlier one took, and whether it is known of which the deduction
/// is.
type Case = ([bool; 4], [bool; 4], bool);

const KINDS: [LegKind; 4] = [
    LegKind::Settlement,
    LegKind::Reversal,
    LegKind::Deduction,
    LegKind::DeductionEnd,
];

/// What a leg of a kind takes back.
const fn original(kind: usize) -> Option<usize> {
    match kind {
        1 | 2 => Some(0),
        3 => Some(2),
        _ => None,
    }
}

/// A leg of this kind, numbered by where it stands; a deduction and its end have another id than the settlement.
fn of_kind(id: u8, kind: usize) -> AgreedLeg {
    let is_back = matches!(KINDS[kind], LegKind::Reversal | LegKind::Deduction);
    let (debtor, creditor) = if is_back { (4, 3) } else { (3, 4) };
    let named = if kind < 2 { id } else { id + 100 };
    let mut leg = leg(named, debtor, creditor, Fund::ResidentPool, 5, day(1));
    leg.kind = KINDS[kind];
    let number = u64::from(id) * 4 + u64::try_from(kind).unwrap() + 1;
    AgreedLeg::new(number, number, &leg)
}

proptest! {
    #[test]
    fn the_first_leg_without_what_it_takes_back_is_found(
        cases in prop::collection::vec(any::<Case>(), 0..20),
        order in any::<u64>(),
    ) {
        let (mut legs, mut taken, mut known, mut alone) = (vec![], BTreeSet::new(), vec![], BTreeSet::new());
        for (id, (here, earlier, is_known)) in (0_u8..).zip(&cases) {
            known.push(*is_known);
            for kind in 0..4 {
                let leg = of_kind(id, kind);
                if earlier[kind] {
                    taken.insert((leg.debt(), (leg.debtor, leg.creditor)));
                }
                if here[kind] {
                    let is_known = KINDS[kind] != LegKind::Deduction || *is_known;
                    let lacks = original(kind).filter(|of| is_known && !here[*of] && !earlier[*of]);
                    alone.extend(lacks.map(|_| leg.receivable));
                    legs.push(leg);
                }
            }
        }
        // In any order.
        legs.sort_by_key(|leg| leg.receivable.wrapping_mul(order | 1));
        let members = members();
        let inputs = Inputs { day: day(1), parent: None, members: &members, marks: &BTreeMap::new(), legs: &legs };
        let settlement_of = |leg: &AgreedLeg| {
            assert_eq!(leg.kind, LegKind::Deduction, "nothing else is asked about");
            let id = u8::try_from((leg.receivable - 1) / 4).unwrap();
            known[usize::from(id)].then(|| of_kind(id, 0).settlement)
        };
        let is_taken = |debt, pair: Pair| {
            Ok::<_, Infallible>(taken.contains(&(debt, (pair.debtor, pair.creditor))))
        };
        let Ok(found) = check_originals(&inputs, settlement_of, is_taken);
        let first = legs.iter().find(|leg| alone.contains(&leg.receivable));
        let expected = first.map(|leg| PlanFault::WithoutOriginal { region: leg.creditor, number: leg.receivable });
        prop_assert_eq!(found.err(), expected);
    }
}
