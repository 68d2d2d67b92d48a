//! What had ended before its person was erased does not begin again.

use huitong_core::record::provisional::ProvisionalTakenBack;
use huitong_core::record::reversal::ReversalIntended;
use huitong_core::record::treatment::Abandoned;
use huitong_core::vocabulary::ReversalReason;

use super::*;
use crate::samples::{provisional, tombstone};
use crate::store::Table;

const WISH: ReversalId = ReversalId::from_bytes([9; 16]);

/// A provisional settlement whose institution wanted it back, and that the home region buried meanwhile.
fn taken_back() -> Vec<NodeRecord> {
    let prepared = prepared(1, "V1");
    let provisional = provisional(&prepared);
    let wish = ReversalIntended {
        reversal: WISH,
        settlement: id(1),
        institution: prepared.institution,
        request: prepared.request,
        reason: ReversalReason::ALL[0],
        at: now(),
    };
    let word = tombstone(1);
    let (settlement, at) = (id(1), now());
    vec![
        NodeRecord::Prepared(prepared),
        NodeRecord::Provisional(provisional),
        NodeRecord::ReversalIntended(wish),
        NodeRecord::Abandoned(Abandoned {
            settlement,
            word,
            at,
        }),
        NodeRecord::ProvisionalTakenBack(ProvisionalTakenBack {
            settlement,
            reversal: Some(WISH),
            at,
        }),
        closed("2023-03-10"),
    ]
}

#[test]
fn a_wish_that_a_tombstone_ended_is_not_open_again() {
    let disk = FakeDisk::new(1);
    write(&disk, taken_back());
    let open_wishes = |ledger: &Ledger| ledger.scan(Table::OpenReversal, 9).unwrap();
    let ledger = open(&disk, &fresh()).unwrap();
    assert_eq!(open_wishes(&ledger), []);
    assert!(ledger.reversal(WISH).unwrap().is_some());
    ledger.close();
    drop(ledger);
    erase(&disk);
    let ledger = open(&disk, &fresh()).unwrap();
    assert!(is_erased(&ledger, id(1)).unwrap());
    assert_eq!(open_wishes(&ledger), []);
    assert_eq!(ledger.reversal(WISH).unwrap(), None);
}
