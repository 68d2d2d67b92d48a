//! Reading the journal again from any place gives the same rows; a failed write stops everything.

mod images;
mod keyrings;
mod keys_given;
mod of_many;
mod pages;
mod places;
mod sealed;
mod starts;

use std::sync::mpsc::sync_channel;

use huitong_core::canonical::encode_to_vec;
use huitong_core::digest::sha256;
use huitong_core::id::ReversalId;
use huitong_core::publication::SignedStatement;
use huitong_core::record::import::{ImportChunk, ImportCommitted, ImportKind};
use huitong_core::record::policy::{
    Act, PolicyProposed, PolicyPublished, PolicyRejected, PolicyWithdrawn, WithdrawalAsked,
    WithdrawalRejected,
};
use huitong_core::record::registry::{Balance, RegistryRows};
use huitong_core::record::reversal::{
    ReversalBooked, ReversalIntended, ReversalNoted, ReversalRefused,
};
use huitong_core::record::treatment::{Abandoned, Cancelled, Settled};
use huitong_core::record::{DayClosed, ReceiptsAcknowledged};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::reversal::BegunBy;
use huitong_core::vocabulary::ReversalReason;
use huitong_journal::testing::{FakeDisk, Misfortune};
use huitong_journal::{Options, Threads};

use super::testing::{append, key, keys, keys_on, open};
use super::*;
use crate::samples::{claim, fen, id, now, person, prepared, receipt, reversal, tombstone};
use crate::store::Stream;
use crate::store::memory::MemoryIndex;

fn act(by: &str) -> Act {
    Act {
        by: by.parse().unwrap(),
        at: now(),
    }
}

/// A document from proposal to withdrawal, with a wish to withdraw it that is turned down in between.
fn policy_life() -> Vec<NodeRecord> {
    let policy = sha256(b"document");
    let reason = "a slip".to_owned();
    let asked = WithdrawalAsked {
        policy,
        asked: act("li.wei"),
        reason: reason.clone(),
        in_favour_of: None,
    };
    let proposed = NodeRecord::PolicyProposed(PolicyProposed {
        document: b"document".to_vec(),
        proposed: act("li.wei"),
    });
    vec![
        proposed.clone(),
        NodeRecord::PolicyRejected(PolicyRejected {
            policy,
            rejected: act("wang.fang"),
            reason: reason.clone(),
        }),
        proposed,
        NodeRecord::PolicyPublished(PolicyPublished {
            policy,
            number: 1,
            change: 1,
            approved: act("wang.fang"),
            statement: SignedStatement {
                bytes: Vec::new(),
                algorithm: 1,
                key_id: policy,
                signature: Vec::new(),
            },
        }),
        NodeRecord::WithdrawalAsked(asked.clone()),
        NodeRecord::WithdrawalRejected(WithdrawalRejected {
            policy,
            rejected: act("wang.fang"),
            reason,
        }),
        NodeRecord::WithdrawalAsked(asked),
        NodeRecord::PolicyWithdrawn(PolicyWithdrawn {
            policy,
            change: 2,
            approved: act("wang.fang"),
        }),
    ]
}

/// A little of everything that builds on earlier records.
fn history() -> Vec<NodeRecord> {
    let mut history = settlements();
    history.extend(reversed());
    history.extend(policy_life());
    history
}

/// Settlement 2 is settled, and taken back twice: by its hospital, whose wish is refused, then by the bureau.
fn reversed() -> Vec<NodeRecord> {
    let (wish, order) = (
        ReversalId::from_bytes([1; 16]),
        ReversalId::from_bytes([2; 16]),
    );
    let prepared = prepared(2, "V2");
    let (institution, settlement) = (prepared.institution, id(2));
    let by_officer = BegunBy::Officer("li.wei".parse().unwrap());
    vec![
        NodeRecord::Settled(Settled {
            settlement,
            receipt: receipt(2),
            legs_from: 1,
            at: now(),
        }),
        NodeRecord::ReversalIntended(ReversalIntended {
            reversal: wish,
            settlement,
            institution,
            request: prepared.request,
            reason: ReversalReason::Duplicate,
            at: now(),
        }),
        NodeRecord::ReversalRefused(ReversalRefused {
            reversal: wish,
            refusal: Refusal::new(RefusalCode::TermPassed, "30 days"),
            word: None,
            at: now(),
        }),
        NodeRecord::ReversalBooked(ReversalBooked {
            reversal: reversal(2, 3, order, by_officer),
            legs_from: 3,
            at: now(),
        }),
        NodeRecord::ReversalNoted(ReversalNoted {
            institution,
            settlement,
            at: now(),
        }),
    ]
}

fn settlements() -> Vec<NodeRecord> {
    let import = sha256(b"file");
    let balance = Balance {
        psn_no: person().psn_no,
        own: fen(600),
        family: fen(0),
    };
    let rows = RegistryRows::Balances(vec![balance]);
    let committed = ImportCommitted {
        import,
        kind: ImportKind::Balances,
        chunks: 1,
        rows: 1,
        held: 1,
        as_of: None,
        at: now(),
    };
    let buried = prepared(3, "V3");
    let acknowledged = |up_to| ReceiptsAcknowledged {
        treatment: claim("V1").treatment,
        up_to,
    };
    vec![
        NodeRecord::ImportChunk(ImportChunk {
            import,
            seq: 0,
            rows: rows.clone(),
        }),
        NodeRecord::ImportCommitted(committed.clone()),
        NodeRecord::Prepared(prepared(1, "V1")),
        NodeRecord::ImportChunk(ImportChunk {
            import,
            seq: 0,
            rows,
        }),
        NodeRecord::Prepared(prepared(2, "V2")),
        NodeRecord::Abandoned(Abandoned {
            settlement: id(1),
            word: tombstone(1),
            at: now(),
        }),
        NodeRecord::ImportCommitted(committed),
        NodeRecord::Cancelled(Cancelled {
            settlement: id(3),
            institution: buried.institution,
            request: buried.request,
            home: person().home,
            at: now(),
        }),
        NodeRecord::ReceiptsAcknowledged(acknowledged(7)),
        NodeRecord::ReceiptsAcknowledged(acknowledged(5)),
        NodeRecord::DayClosed(DayClosed {
            day: "2023-03-10".parse().unwrap(),
            up_to: 0,
            at: now(),
        }),
    ]
}

const TABLES: [Table; 17] = [
    Table::Policy,
    Table::PolicyChanges,
    Table::Account,
    Table::Settlement,
    Table::Open,
    Table::Visit,
    Table::Held,
    Table::Block,
    Table::Reversal,
    Table::OpenReversal,
    Table::Notice,
    Table::Replaced,
    Table::Stream,
    Table::Chunk,
    Table::ClosedDay,
    Table::LastClosedDay,
    Table::Count,
];

fn rows(index: &MemoryIndex) -> Vec<(Vec<u8>, Row)> {
    let all = TABLES
        .into_iter()
        .flat_map(|table| index.scan(table, None, usize::MAX).unwrap());
    all.map(|(key, row)| (encode_to_vec(&key), row)).collect()
}

fn write(disk: &FakeDisk, index: &Arc<MemoryIndex>, records: &[NodeRecord]) {
    let ledger = open(disk, index).unwrap();
    for record in records {
        append(&ledger, record.clone()).unwrap();
    }
    ledger.close();
}

#[test]
fn an_index_that_lags_by_any_number_of_records_is_brought_up_to_the_same_rows() {
    let history = history();
    let whole = Arc::new(MemoryIndex::new());
    write(&FakeDisk::new(0), &whole, &history);
    assert_eq!(
        whole
            .stream(Stream::Receipts(claim("V1").treatment))
            .unwrap()
            .unwrap()
            .acknowledged,
        7
    );
    for held in 0..=history.len() {
        let disk = FakeDisk::new(0);
        let lagging = Arc::new(MemoryIndex::new());
        let (before, after) = history.split_at(held);
        write(&disk, &lagging, before);
        write(&disk, &Arc::new(MemoryIndex::new()), after);
        write(&disk, &lagging, &[]);
        assert_eq!(rows(&lagging), rows(&whole), "after {held} records");
        assert_eq!(
            lagging.reached().unwrap(),
            whole.reached().unwrap(),
            "after {held} records"
        );
    }
}

#[test]
fn rows_tell_of_a_record_before_the_index_does_and_records_are_read_back() {
    let disk = FakeDisk::new(0);
    let ledger = open(&disk, &Arc::new(MemoryIndex::new())).unwrap();
    let record = NodeRecord::Prepared(prepared(1, "V1"));
    let written = append(&ledger, record.clone()).unwrap();
    assert_eq!(ledger.record(written.first).unwrap(), record);
    let row = ledger.settlement(id(1)).unwrap().unwrap();
    assert_eq!(row.prepared.unwrap().at, written.first);
    assert_eq!(ledger.scan(Table::Open, 9).unwrap().len(), 1);
    append(
        &ledger,
        NodeRecord::Abandoned(Abandoned {
            settlement: id(1),
            word: tombstone(1),
            at: now(),
        }),
    )
    .unwrap();
    assert_eq!(ledger.scan(Table::Open, 9).unwrap(), []);
    assert!(
        written.group.is_none(),
        "a frame without receipts has no group"
    );
}

#[test]
fn after_a_failed_write_nothing_is_taken_until_a_restart_reads_what_is_there() {
    let mut broken = 0;
    for misfortune in [
        Misfortune::Refused,
        Misfortune::Half,
        Misfortune::Forgotten,
        Misfortune::PowerCut,
    ] {
        for ahead in 0..2 {
            let disk = FakeDisk::new(7);
            let index = Arc::new(MemoryIndex::new());
            let ledger = open(&disk, &index).unwrap();
            append(&ledger, NodeRecord::Prepared(prepared(1, "V1"))).unwrap();
            disk.plan(ahead, misfortune);
            let failed = append(&ledger, NodeRecord::Prepared(prepared(2, "V2")));
            if failed.is_ok() {
                // The misfortune met an operation that this write did not need.
                continue;
            }
            broken += 1;
            assert!(
                matches!(failed, Err(WriteError::Broken(_))),
                "{misfortune:?} {ahead}: {failed:?}"
            );
            assert!(ledger.fault().is_some());
            let later = append(&ledger, NodeRecord::Prepared(prepared(3, "V3")));
            assert!(
                matches!(later, Err(WriteError::Broken(_))),
                "{misfortune:?}: {later:?}"
            );
            ledger.close();
            drop(ledger);
            assert!(
                index.settlement(id(2)).unwrap().is_none(),
                "{misfortune:?}: indexed before its sync"
            );
            disk.restore_power();
            let again = open(&disk, &index).unwrap();
            assert!(
                again.settlement(id(1)).unwrap().is_some(),
                "{misfortune:?}: an acknowledged record is gone"
            );
            assert!(again.settlement(id(3)).unwrap().is_none());
            assert_eq!(again.fault(), None);
            append(&again, NodeRecord::Prepared(prepared(4, "V4"))).unwrap();
        }
    }
    assert_eq!(broken, 8, "a write and a sync, each in four ways");
}

#[test]
fn a_submission_beyond_its_limit_is_refused_and_breaks_nothing() {
    let disk = FakeDisk::new(0);
    let ledger = open(&disk, &Arc::new(MemoryIndex::new())).unwrap();
    let document = vec![0; 300 << 10];
    let policy = PolicyProposed {
        document,
        proposed: act("li.wei"),
    };
    let refused = append(&ledger, NodeRecord::PolicyProposed(policy));
    assert!(
        matches!(refused, Err(WriteError::TooLarge(_))),
        "{refused:?}"
    );
    append(&ledger, NodeRecord::Prepared(prepared(1, "V1"))).unwrap();
}
