//! A word of an old home about somebody who was erased there: it is not handed out again, and nobody waits for it.

use std::sync::Arc;

use huitong_core::record::erasure::ErasedWord;
use huitong_journal::testing::FakeDisk;

use super::*;
use crate::ledger::testing::{append, destroy_key, open};
use crate::recovery::records::NoteErased;
use crate::store::memory::MemoryIndex;
use crate::transfer::leave::words_from;

fn note(new: &Home, number: u64) -> usize {
    let home = person().home;
    let word = ErasedWord::Hand(number);
    new.run(NoteErased { home, word }).1.len()
}

#[test]
fn a_restored_new_home_is_told_and_takes_what_comes_after() {
    let home = old();
    let mut records = home.run(agree(person().home, order(today()))).1;
    records.extend(write(&home));
    let (_, word) = arrived();
    assert_eq!(word.number, 1);
    let disk = FakeDisk::new(1);
    let fresh = || Arc::new(MemoryIndex::new());
    let ledger = open(&disk, &fresh()).unwrap();
    for record in records {
        append(&ledger, record).unwrap();
    }
    let words = words_from(&ledger, new_home(), 1, 9).unwrap();
    assert_eq!((words.proven.len(), words.erased), (1, Vec::new()));
    destroy_key(ledger);
    let ledger = open(&disk, &fresh()).unwrap();
    let words = words_from(&ledger, new_home(), 1, 9).unwrap();
    assert_eq!((words.proven.len(), words.erased), (0, vec![1]));

    let new = Home::at(new_home());
    new.run(agree(new_home(), order(today())));
    let next = HandWord { number: 2, ..word };
    assert_eq!(take(&new, next.clone()), 0, "it waits for the first");
    assert_eq!(note(&new, 2), 0, "what is not taken yet is not passed over");
    assert_eq!(note(&new, 1), 1);
    assert_eq!(note(&new, 1), 0);
    assert_eq!(take(&new, next), 2);
}
