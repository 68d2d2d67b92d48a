//! Whoever lost a word of somebody erased is told that nothing comes under its number, and waits for it no more.

use huitong_core::canonical::Artifact;
use huitong_core::record::erasure::ErasedWord;
use huitong_core::recovery::Returned;

use super::*;
use crate::home::receipts::{Sent, sent_from};
use crate::ledger::testing::destroy_key;
use crate::policies::PolicyBook;
use crate::recovery::give::given_to;
use crate::recovery::records::NoteErased;
use crate::store::{BeyondReason, HeldReceipts};
use crate::writer::{Command, Verdict};

#[test]
fn a_restored_region_is_told_under_which_numbers_nothing_comes() {
    let disk = FakeDisk::new(1);
    let treatment = claim("V1").treatment;
    let acknowledged =
        NodeRecord::ReceiptsAcknowledged(huitong_core::record::ReceiptsAcknowledged {
            treatment,
            up_to: 1,
        });
    write(&disk, vec![committed(), acknowledged, closed("2023-03-10")]);
    erase(&disk);
    let ledger = open(&disk, &fresh()).unwrap();
    let sent = |from| sent_from(&ledger, treatment, from, 9).unwrap();
    assert_eq!(sent(1), [Sent::Erased(1)]);
    assert_eq!(sent(2), []);
    let policies = PolicyBook::new(person().home);
    let page = |after: &[u8]| given_to(&ledger, &policies, treatment, 0, after).unwrap();
    let only = page(&[]);
    assert_eq!(only.returned, [Returned::Erased(1).to_bytes()]);
    assert_eq!(only.next, None);
    let held = given_to(&ledger, &policies, treatment, 1, &[]).unwrap();
    assert_eq!((held.returned.len(), held.next), (0, None));
}

/// A settlement under a number.
fn numbered(person: PersonRef, number: u8) -> NodeRecord {
    let NodeRecord::Committed(record) = committed() else {
        panic!("no commit")
    };
    let mut of = claim("V1");
    of.person = person;
    NodeRecord::Committed(Committed::new(
        receipt(number).body,
        Commitment {
            salt: record.salt,
            claim: of,
            decision: record.decision,
            snapshot: record.snapshot,
            after: version(u64::from(number)),
            totals: record.totals,
            balances: record.balances,
            legs_from: record.legs_from,
        },
    ))
}

#[test]
fn no_number_is_passed_over_where_a_page_ends_though_words_came_back_in_another_order() {
    let disk = FakeDisk::new(1);
    let treatment = claim("V1").treatment;
    // A page has room for 64; whoever is erased had the number before the last one of the first page.
    let mut records: Vec<_> = (1..=63).map(|number| numbered(other(), number)).collect();
    records.push(numbered(other(), 65));
    records.push(numbered(person(), 64));
    records.extend((66..=70).map(|number| numbered(other(), number)));
    write(&disk, records);
    destroy_key(open(&disk, &fresh()).unwrap());
    let ledger = open(&disk, &fresh()).unwrap();
    let policies = PolicyBook::new(person().home);
    for held in [0, 63] {
        let (mut given, mut after) = (Vec::new(), Vec::new());
        loop {
            let page = given_to(&ledger, &policies, treatment, held, &after).unwrap();
            let read = page
                .returned
                .iter()
                .map(|bytes| Returned::from_bytes(bytes));
            given.extend(read.map(|returned| match returned.unwrap() {
                Returned::Word(word) => (word.word.number(), false),
                Returned::Erased(number) => (number, true),
                other @ (Returned::Refusal(_) | Returned::Hand(_) | Returned::Deduction(_)) => {
                    panic!("{other:?}")
                }
            }));
            match page.next {
                Some(next) => after = next,
                None => break,
            }
        }
        given.sort_unstable();
        let all: Vec<_> = (held + 1..=70)
            .map(|number| (number, number == 64))
            .collect();
        assert_eq!(given, all);
    }
}

/// Somebody whom another region insures: what its words leave out is told by that region.
fn away() -> PersonRef {
    PersonRef {
        home: "310000".parse().unwrap(),
        ..person()
    }
}

fn note(ledger: &Ledger, number: u64) -> usize {
    let home = away().home;
    let word = ErasedWord::Receipt(number);
    match (NoteErased { home, word }).decide(ledger, now()).unwrap() {
        Verdict::Answer(_) => 0,
        Verdict::Append(records, _) => {
            let count = records.len();
            for record in records {
                append(ledger, record).unwrap();
            }
            count
        }
    }
}

#[test]
fn the_gap_closes_at_who_was_told() {
    let disk = FakeDisk::new(1);
    // The backup has nothing; what came back begins with the second number, and the fourth is erased too.
    let NodeRecord::Settled(mut back) = settled(2, 1) else {
        panic!("no settlement")
    };
    back.receipt.body.clearing.home = away().home;
    write(
        &disk,
        vec![prepared_for(away(), 2), NodeRecord::Settled(back)],
    );
    let ledger = open(&disk, &fresh()).unwrap();
    let held = |ledger: &Ledger| ledger.held(away().home).unwrap().unwrap();
    assert_eq!((held(&ledger).up_to, held(&ledger).highest()), (0, 2));
    assert_eq!(note(&ledger, 4), 1);
    assert_eq!(held(&ledger).up_to, 0);
    assert_eq!(note(&ledger, 1), 1);
    assert_eq!((held(&ledger).up_to, held(&ledger).highest()), (2, 4));
    assert_eq!([1, 2, 4].map(|number| note(&ledger, number)), [0, 0, 0]);
    ledger.close();
    drop(ledger);
    let ledger = open(&disk, &fresh()).unwrap();
    assert_eq!((held(&ledger).up_to, held(&ledger).highest()), (2, 4));
}

#[test]
fn a_number_beyond_reason_is_refused_by_name_and_leaves_nothing() {
    let disk = FakeDisk::new(1);
    let ledger = open(&disk, &fresh()).unwrap();
    let home = person().home;
    let far = HeldReceipts::LEAP + 1;
    let word = ErasedWord::Receipt(far);
    let told = (NoteErased { home, word }).decide(&ledger, now()).unwrap();
    let beyond = BeyondReason {
        number: far,
        reached: 0,
    };
    let Verdict::Answer(Err(told)) = told else {
        panic!("it is taken")
    };
    assert_eq!(told, beyond);
    assert_eq!(ledger.held(home).unwrap(), None);
    assert_eq!(note(&ledger, HeldReceipts::LEAP), 1);
}
