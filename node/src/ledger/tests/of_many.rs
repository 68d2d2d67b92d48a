//! A record of many people, of whom a list in the clear speaks too: which of them is whose does not show.

use huitong_core::canonical::Artifact;
use huitong_core::duplicate::{
    Document, KeyId, Reach, Tag, TagBatch, TagChange, TagKey, TagStanding, TagStream,
};
use huitong_core::person::PsnNo;
use huitong_core::record::duplicate::{TagsBegun, TagsWritten};
use huitong_core::record::sealed::{Joined, SealedRecord};

use super::*;

const STREAM: TagStream = TagStream {
    incarnation: 0,
    generation: 1,
    key: KeyId::from_bytes([7; 8]),
};

fn fresh() -> Arc<MemoryIndex> {
    Arc::new(MemoryIndex::new())
}

fn somebody(nth: usize) -> PsnNo {
    PsnNo::parse(&format!("3302000000001000{nth:02}")).unwrap()
}

/// A batch of tags, ascending as a pass writes them, with whose they are.
fn batch() -> TagsWritten {
    let key = TagKey::from_bytes([7; 32]);
    let tag = |nth: usize| Tag::of(&key, Document::ResidentId, &nth.to_string());
    let mut tags: Vec<_> = (0..16).map(|nth| (tag(nth), somebody(nth))).collect();
    tags.sort();
    let changes = tags.iter().map(|(tag, _)| TagChange {
        tag: *tag,
        standing: TagStanding::Covered,
    });
    let batch = TagBatch {
        stream: STREAM,
        number: 1,
        before: TagBatch::BEGINNING,
        changes: changes.collect(),
        reach: Reach::Part,
    };
    let people = tags.into_iter().map(|(_, psn_no)| psn_no).collect();
    TagsWritten { batch, people }
}

#[test]
fn the_order_of_keys_does_not_say_whose_a_tag_is() {
    let disk = FakeDisk::new(1);
    let ledger = open(&disk, &fresh()).unwrap();
    let begun = TagsBegun {
        stream: STREAM,
        by: None,
        at: now(),
    };
    append(&ledger, NodeRecord::TagsBegun(begun)).unwrap();
    let written = batch();
    let in_order: Vec<_> = (0..16).map(somebody).collect();
    assert_ne!(
        written.people, in_order,
        "tags have another order than people"
    );
    let record = NodeRecord::TagsWritten(written.clone());
    let at = append(&ledger, record.clone()).unwrap().first;
    let frame = ledger.frame(at).unwrap();
    let stored = SealedRecord::from_bytes(frame.record(at.record()).unwrap()).unwrap();
    let (_, sections) = stored.into_parts();
    let slots: Vec<u32> = sections.iter().map(|section| section.key.slot).collect();
    assert_eq!(slots, (0..16).collect::<Vec<u32>>());
    assert!(
        sections.is_sorted_by_key(|section| section.nonce),
        "drawn in that order"
    );
    let home = person().home;
    let keys = in_order.iter();
    let keys: Vec<_> = keys
        .map(|psn_no| ledger.person_key(home, *psn_no).unwrap().unwrap())
        .collect();
    assert!(keys.is_sorted(), "given in the order of people");
    assert_eq!(ledger.record(at).unwrap(), record);
    let sealing = ledger.sealing();
    ledger.close();
    drop(ledger);
    sealing.keyring().unwrap().destroy(&[keys[3]]).unwrap();
    let ledger = open(&disk, &fresh()).unwrap();
    let frame = ledger.frame(at).unwrap();
    let left = ledger.unsealed(frame.record(at.record()).unwrap()).unwrap();
    let people = written.people.iter().copied();
    let people = people.map(|psn_no| (psn_no != somebody(3)).then_some(psn_no));
    let expected = Joined::Tags {
        batch: written.batch.clone(),
        people: people.collect(),
    };
    assert_eq!(left, expected);
    for (change, psn_no) in written.batch.changes.iter().zip(&written.people) {
        let row = ledger.tag(change.tag).unwrap().map(|row| row.psn_no);
        assert_eq!(row, (*psn_no != somebody(3)).then_some(*psn_no));
        let key = ledger.person_key(home, *psn_no).unwrap();
        assert_eq!(key.is_some(), row.is_some());
    }
}
