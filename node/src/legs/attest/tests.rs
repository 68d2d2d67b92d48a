//! What of the own book is attested.

use huitong_core::record::NodeRecord;
use huitong_core::record::treatment::Settled;
use huitong_journal::testing::FakeDisk;

use super::*;
use crate::ledger::testing::{append, open};
use crate::samples::{id, now, prepared, receipt};

#[test]
fn numbers_that_are_missing_keep_no_other_leg_from_being_attested() {
    let ledger = open(&FakeDisk::new(1), &Arc::default()).unwrap();
    let legs = |nth: u8| Leg::of(&receipt(nth).body);
    let count = u64::try_from(legs(1).len()).unwrap();
    // The second begins some way behind the first, and the third long after it.
    let (second, third) = (count + 3, 500);
    for (nth, legs_from) in [(1, 1), (2, second), (3, third)] {
        let settled = Settled {
            settlement: id(nth),
            receipt: receipt(nth),
            legs_from,
            at: now(),
        };
        append(&ledger, NodeRecord::Prepared(prepared(nth, "V1"))).unwrap();
        append(&ledger, NodeRecord::Settled(settled)).unwrap();
    }
    let all = [legs(1), legs(2), legs(3)].concat();
    let written = third + count - 1;
    let missing = written - 3 * count;
    let of = |numbers| of_book(&ledger, numbers).unwrap();
    assert_eq!(of(vec![1..=written]), (all.clone(), missing));
    assert_eq!(of(vec![1..=second - 1, second..=written]), (all, missing));
    assert_eq!(of(vec![count + 1..=second - 1]), (Vec::new(), 2));
    // Beyond what is written nothing is read.
    let beyond = written + 1..=u64::MAX;
    assert_eq!(of(vec![beyond]), (Vec::new(), u64::MAX - written));
    ledger.close();
}
