//! That no debt is taken twice.

use huitong_core::leg::Debt;
use huitong_core::region::RegionCode;

use crate::fault::PlanFault;
use crate::inputs::{AgreedLeg, Inputs};

/// A debt between two regions, whoever of them owes.
type Between = (Debt, [RegionCode; 2]);

/// One for each first byte of a hash.
const PARTS: usize = 256;

fn between(leg: &AgreedLeg) -> Between {
    let (debtor, creditor) = (leg.debtor, leg.creditor);
    (leg.debt(), [debtor.min(creditor), debtor.max(creditor)])
}

/// No debt between two regions is in the legs twice; what two others call the same is another debt. Those of two hashes
/// are two debts: so hashes are put in order, and debts themselves only where two hashes are equal. Those that begin alike
/// are put in order by themselves, so that they lie near the processor.
pub(super) fn check_once(inputs: &Inputs<'_>) -> Result<(), PlanFault> {
    let debts = || inputs.legs.iter().map(between);
    let mut parts = [const { Vec::new() }; PARTS];
    for debt in debts() {
        let hash = hash(&debt);
        let [first, ..] = hash.to_be_bytes();
        if let Some(part) = parts.get_mut(usize::from(first)) {
            part.push(hash);
        }
    }
    let mut equal: Vec<u64> = Vec::new();
    for part in &mut parts {
        part.sort_unstable();
        let of_part = part.windows(2).filter_map(|two| match two {
            [one, next] if one == next => Some(*one),
            _ => None,
        });
        equal.extend(of_part);
    }
    if equal.is_empty() {
        return Ok(());
    }
    let suspects = debts().filter(|debt| equal.binary_search(&hash(debt)).is_ok());
    let mut suspects: Vec<Between> = suspects.collect();
    suspects.sort_unstable();
    if suspects.is_sorted_by(|one, next| one < next) {
        Ok(())
    } else {
        Err(PlanFault::TakenTwice)
    }
}

/// A number that follows from a debt. Settlements' ids are cut from digests, so it is seldom that of another; debts of one
/// settlement never have the same. Regions and funds are numbers of six digits, which take twenty bits.
fn hash(((settlement, kind, fund), [one, other]): &Between) -> u64 {
    let rest = u64::from(kind.tag()) << 60
        | u64::from(fund.code()) << 40
        | u64::from(one.number()) << 20
        | u64::from(other.number());
    let id = settlement.to_bytes();
    let (halves, _) = id.as_chunks::<8>();
    let halves = halves.iter().map(|half| u64::from_be_bytes(*half));
    halves
        .chain([rest])
        .fold(0, |hash, part| mixed(hash ^ part))
}

/// Another number for each number.
const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    number ^ (number >> 32)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use huitong_core::fund::Fund;
    use huitong_core::id::SettlementId;
    use huitong_core::leg::LegKind;

    use super::*;

    fn leg(halves: [u64; 2], debtor: &str, creditor: &str) -> AgreedLeg {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&halves[0].to_be_bytes());
        id[8..].copy_from_slice(&halves[1].to_be_bytes());
        AgreedLeg {
            receivable: 1,
            payable: 1,
            settlement: SettlementId::from_bytes(id),
            kind: LegKind::Settlement,
            debtor: debtor.parse().unwrap(),
            creditor: creditor.parse().unwrap(),
            fund: Fund::ResidentPool,
            amount: "1.00".parse().unwrap(),
            business_day: "2026-03-02".parse().unwrap(),
        }
    }

    fn once(legs: &[&AgreedLeg]) -> Result<(), PlanFault> {
        let legs: Vec<_> = legs.iter().copied().cloned().collect();
        let members = crate::Members::new(BTreeMap::new()).unwrap();
        check_once(&Inputs {
            day: "2026-03-02".parse().unwrap(),
            parent: None,
            members: &members,
            marks: &BTreeMap::new(),
            legs: &legs,
        })
    }

    #[test]
    fn debts_of_one_hash_are_told_apart_by_themselves() {
        // Of another first half, with the last half that leads to the same hash.
        let last = 5 ^ mixed(1) ^ mixed(2);
        let one = leg([1, 5], "330200", "510100");
        let other = leg([2, last], "330200", "510100");
        assert_eq!(hash(&between(&one)), hash(&between(&other)));
        assert_eq!(once(&[&one, &other]), Ok(()));
        for twice in [&one, &other] {
            assert_eq!(once(&[&one, &other, twice]), Err(PlanFault::TakenTwice));
        }
    }

    #[test]
    fn a_debt_is_taken_once_between_two_regions_whoever_of_them_owes() {
        let one = leg([1, 5], "330200", "510100");
        let back = leg([1, 5], "510100", "330200");
        let of_others = leg([1, 5], "330200", "110000");
        assert_eq!(once(&[&one, &of_others]), Ok(()));
        assert_eq!(once(&[&one, &of_others, &back]), Err(PlanFault::TakenTwice));
    }
}
