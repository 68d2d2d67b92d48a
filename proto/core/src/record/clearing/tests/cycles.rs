//! The bytes of what becomes of a cycle that could not be netted.

use super::*;
use crate::checkpoint::row::Pair;

#[test]
fn golden_bytes_of_a_cycle_that_could_not_be_netted() {
    let row = Pair {
        debtor: region(),
        creditor: "510100".parse().unwrap(),
        fund: Fund::ResidentPool,
    };
    let settlement = SettlementId::from_parts(1, [2; 10]);
    let debt = (settlement, LegKind::Settlement, row.fund);
    let left_out = LegsLeftOut {
        debts: [(debt, row)].into(),
        rows: [row].into(),
    };
    let by = |name| OfficerName::parse(name).unwrap();
    let failed = NettingFailed {
        day: day(),
        fault: "the sum is out of range".to_owned(),
        named: left_out.clone(),
        at: at(),
    };
    let proposed = ReopeningProposed {
        day: day(),
        left_out: left_out.clone(),
        by: by("wang.fang"),
        at: at(),
    };
    let reopened = CycleReopened {
        day: day(),
        left_out,
        proposed_by: by("wang.fang"),
        by: by("li.wei"),
        at: at(),
    };
    for (name, record) in [
        ("clearing_cycle_failed", CycleRecord::Failed(failed)),
        ("clearing_cycle_proposed", CycleRecord::Proposed(proposed)),
        ("clearing_cycle_reopened", CycleRecord::Reopened(reopened)),
    ] {
        golden_file(name, &ClearingRecord::Cycle(record));
    }
}
