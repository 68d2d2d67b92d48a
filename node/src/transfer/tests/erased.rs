//! A word of an old home about somebody who was erased there: it is not handed out again, and nobody waits for it.

use std::sync::Arc;

use huitong_core::id::TransferId;
use huitong_core::record::NodeRecord;
use huitong_core::record::erasure::ErasedWord;
use huitong_core::record::hand::{HandWord, Handed, LateGivenUp};
use huitong_core::refusal::RefusalCode;
use huitong_journal::testing::FakeDisk;

use super::*;
use crate::ledger::testing::{append, destroy_key, open};
use crate::recovery::records::NoteErased;
use crate::store::memory::MemoryIndex;
use crate::store::{ErasedId, Key, Location, Row, Rows as _};
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

/// The new home erased the person, and its old home takes something back later: nobody is left to whom it comes, and the next
/// hand-over is not held up.
#[test]
fn a_word_about_somebody_who_was_erased_here_holds_nothing_up() {
    let new = Home::at(new_home());
    note(&new, 1);
    let transfer = order(today()).transfer;
    let key = Key::Erased(ErasedId::Transfer(transfer));
    new.put(key, Row::Erased(Location::pending(1, 1)));
    let (_, word) = arrived();
    let of = supplement(100).of;
    let given_up = LateGivenUp {
        transfer,
        number: number(),
        treatment: of.treatment,
        settlement: of.settlement,
        by: None,
    };
    let all = [
        Handed::Reversal(supplement(100)),
        Handed::GivenUp(given_up),
        Handed::Claim(supplement(100)),
    ];
    for (nth, handed) in (2..).zip(all) {
        let word = HandWord {
            number: nth,
            handed,
            ..word.clone()
        };
        let (held, records) = new.run(taking(word));
        assert_eq!(held, Ok(nth));
        assert!(
            matches!(records[..], [NodeRecord::WordErased(_)]),
            "{records:?}"
        );
    }
    let known = new.rows.handed_id(of.treatment, of.settlement).unwrap();
    assert_eq!(known, None);
    let mut other = supplement(100);
    other.transfer = TransferId::from_bytes([77; 16]);
    let strange = HandWord {
        number: 5,
        handed: Handed::Reversal(other),
        ..word
    };
    let refused = new.run(taking(strange)).0.unwrap_err();
    assert_eq!(refused.code, RefusalCode::TransferUnknown);
}
