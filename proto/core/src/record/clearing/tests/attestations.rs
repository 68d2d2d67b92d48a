//! The bytes of what regions attest.

use super::*;
use crate::checkpoint::difference::Difference;
use crate::checkpoint::row::{Pair, Row};

#[test]
fn golden_bytes_of_attestations() {
    let pair = Pair {
        debtor: region(),
        creditor: "510100".parse().unwrap(),
        fund: Fund::ResidentPool,
    };
    let row = Row {
        pair,
        legs: 1,
        amount: Fen::new(1_316_000).unwrap(),
        pair_root: sha256(b"pair"),
    };
    let attested = RegionAttested {
        region: region(),
        incarnation: 2,
        day: day(),
        rows: vec![row],
        otherwise: vec![pair],
        at: at(),
    };
    golden_file(
        "clearing_attested",
        &ClearingRecord::RegionAttested(attested),
    );
    let leg = Leg {
        settlement: SettlementId::from_parts(1, [2; 10]),
        kind: LegKind::Settlement,
        debtor: region(),
        creditor: pair.creditor,
        fund: pair.fund,
        amount: row.amount,
        business_day: day(),
        receipt: sha256(b"receipt"),
    };
    let changed = Leg {
        amount: Fen::new(1_315_999).unwrap(),
        ..leg.clone()
    };
    let told = DifferencesTold {
        region: region(),
        day: day(),
        pair,
        differences: vec![Difference::new(Some(leg), Some(changed)).unwrap()],
        at: at(),
    };
    golden_file(
        "clearing_differences",
        &ClearingRecord::DifferencesTold(told),
    );
}
