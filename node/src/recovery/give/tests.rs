//! What is given back of words and final refusals, and from where on.

use huitong_core::coverage::Balances;
use huitong_core::final_refusal::{RefusedRequest, RefusedReversal};
use huitong_core::id::ReversalId;
use huitong_core::receipt::Receipt;
use huitong_core::record::home::HomeRefused;
use huitong_core::record::recovery::{CommitRegained, Proof, RefusalRegained};
use huitong_core::record::reversal::ReversalBooked;
use huitong_core::record::transfer::HandTaken;
use huitong_core::refusal::RefusalCode;
use huitong_core::reversal::{BegunBy, ReversalOrder};
use huitong_core::vocabulary::ReversalReason;

use super::*;
use crate::ledger::testing::append;
use crate::recovery::testing::{restore, restored};
use crate::samples::{claim, committed, id, now, person, receipt, refusal, reversal};
use crate::transfer::testing::{handed, taking};

/// What is given back, in its order: numbers of words, and ids of refusals.
#[derive(Debug, PartialEq, Eq)]
enum Given {
    Word(u64),
    Refusal(SettlementId),
}

/// Everything that is given to the treatment region above a number, and in how many pages.
fn given(ledger: &Ledger, held: u64) -> (Vec<Given>, usize) {
    let policies = PolicyBook::new(person().home);
    let treatment = claim("V1").treatment;
    let (mut given, mut after, mut pages) = (Vec::new(), Vec::new(), 0_usize);
    loop {
        let page = given_to(ledger, &policies, treatment, held, &after).unwrap();
        pages = pages.saturating_add(1);
        assert!(page.returned.len() <= WORDS);
        for bytes in &page.returned {
            given.push(match Returned::from_bytes(bytes).unwrap() {
                Returned::Word(word) => Given::Word(word.word.number()),
                Returned::Refusal(word) => {
                    assert!(word.is_in_group() && word.is_of_its_request());
                    Given::Refusal(word.body.settlement)
                }
                other @ (Returned::Hand(_) | Returned::Erased(_) | Returned::Deduction(_)) => {
                    panic!("{other:?}")
                }
            });
        }
        match page.next {
            Some(next) => after = next,
            None => return (given, pages),
        }
    }
}

/// Writes that a settlement stands under a number, which is its id's too.
fn commit(ledger: &Ledger, number: u8) {
    append(ledger, NodeRecord::Committed(committed(number))).unwrap();
}

/// Writes that one came back.
fn regain(ledger: &Ledger, number: u8) {
    let Receipt {
        group, index, path, ..
    } = receipt(number);
    let regained = CommitRegained {
        proof: Proof { group, index, path },
        record: committed(number),
        lacked: Balances::NONE,
    };
    append(ledger, NodeRecord::CommitRegained(regained)).unwrap();
}

/// Writes that the refusal of the claim of an id came back.
fn regain_refused(ledger: &Ledger, nth: u8) {
    let word = refused_claim(nth);
    let proof = Proof {
        group: word.group,
        index: word.index,
        path: word.path,
    };
    let record = HomeRefused::new(word.body, word.request, word.salt).unwrap();
    let regained = RefusalRegained { proof, record };
    append(ledger, NodeRecord::RefusalRegained(regained)).unwrap();
}

/// Writes that the claim of an id is refused.
fn refuse(ledger: &Ledger, nth: u8) {
    write(ledger, refused_claim(nth));
}

fn refused_claim(nth: u8) -> FinalRefusal {
    let request = RefusedRequest::Claim(claim("V1").binding());
    refusal(nth, RefusalCode::VisitAlreadySettled, request)
}

fn write(ledger: &Ledger, word: FinalRefusal) {
    let record = HomeRefused::new(word.body, word.request, word.salt).unwrap();
    append(ledger, NodeRecord::HomeRefused(record)).unwrap();
}

/// Writes what says of no claim of the treatment region's ids that it is refused.
fn refuse_others(ledger: &Ledger) {
    // An id that was given up before its claim was seen.
    let unseen = refusal(240, RefusalCode::Abandoned, RefusedRequest::Unseen);
    write(ledger, unseen);
    // Another region's.
    let mut other = refused_claim(241);
    other.body.treatment = "310000".parse().unwrap();
    write(ledger, other);
    // A wish to reverse what stands.
    let wish = RefusedReversal {
        reversal: ReversalId::from_bytes([8; 16]),
        order: ReversalOrder {
            settlement: id(1),
            treatment: claim("V1").treatment,
            reason: ReversalReason::Duplicate,
            begun_by: BegunBy::Institution(claim("V1").institution.code),
        },
    };
    let request = RefusedRequest::Reversal(wish.clone());
    let mut word = refusal(1, RefusalCode::TooLarge, request.clone());
    word.body.reversal = Some(wish.reversal);
    word.body.request = request.commitment(&word.salt);
    write(ledger, word);
}

#[test]
fn refusals_of_claims_are_given_between_the_words_also_where_no_word_comes_after_them() {
    let ledger = restored();
    refuse(&ledger, 201);
    commit(&ledger, 1);
    refuse(&ledger, 202);
    refuse_others(&ledger);
    commit(&ledger, 2);
    refuse(&ledger, 203);
    let refused = |nth| Given::Refusal(id(nth));
    let all = [
        refused(201),
        Given::Word(1),
        refused(202),
        Given::Word(2),
        refused(203),
    ];
    assert_eq!(given(&ledger, 0), (all.into(), 1));
    // Whoever holds the words has the refusal before them. More than there ever was it holds after an own restore.
    for held in [2, 9] {
        assert_eq!(given(&ledger, held).0, [refused(202), refused(203)]);
    }
}

#[test]
fn of_refusals_before_the_words_that_are_held_none_is_read_and_of_those_after_each_is_given_once() {
    let ledger = restored();
    refuse(&ledger, 250);
    for number in 1..=64 {
        commit(&ledger, number);
        refuse(&ledger, 100 + number);
    }
    commit(&ledger, 65);
    let after: Vec<_> = (165..=239).collect();
    after.iter().for_each(|nth| refuse(&ledger, *nth));
    let after: Vec<_> = after
        .into_iter()
        .map(|nth| Given::Refusal(id(nth)))
        .collect();
    // More than go into a page.
    assert_eq!(given(&ledger, 65), (after, 2));
}

#[test]
fn a_region_that_was_only_refused_is_given_that_also_as_it_came_back_and_another_is_given_nothing()
{
    let ledger = restored();
    regain_refused(&ledger, 201);
    assert_eq!(given(&ledger, 0).0, [Given::Refusal(id(201))]);
    let other = "310000".parse().unwrap();
    assert_eq!(first_since(&ledger, other, 0).unwrap(), None);
}

/// It waited for an account while this node was restored, so it lies behind what was given after it.
#[test]
fn refusals_before_a_word_that_came_back_late_are_given_to_whoever_holds_just_that() {
    let ledger = restored();
    let refused = |nth| Given::Refusal(id(nth));
    (1..=64).for_each(|number| commit(&ledger, number));
    restore(&ledger, 3);
    regain_refused(&ledger, 201);
    for number in [67, 65, 66] {
        regain(&ledger, number);
    }
    let held_66 = [refused(201), Given::Word(67)];
    assert_eq!(given(&ledger, 66), (held_66.into(), 1));
    // It is as well looked for from the first record on when it is not found soon.
    let (treatment, within) = (claim("V1").treatment, [(1, true), (9, false)]);
    commit(&ledger, 68);
    refuse(&ledger, 202);
    for (frames, is_late) in within {
        assert_eq!(
            is_regained(&ledger, (treatment, 68), frames).unwrap(),
            is_late
        );
    }
    assert_eq!(given(&ledger, 68).0, [refused(202)]);
}

#[test]
fn what_another_region_gave_or_gave_under_a_number_that_it_holds_is_not_unsealed() {
    let ledger = restored();
    let by = BegunBy::Institution(claim("V1").institution.code);
    let booked = NodeRecord::ReversalBooked(ReversalBooked {
        reversal: reversal(1, 5, ReversalId::from_bytes([8; 16]), by),
        legs_from: 1,
        at: now(),
    });
    let word = handed();
    let old_home = word.old_home;
    let taken = NodeRecord::HandTaken(HandTaken {
        hand: taking(word).hand,
        member: None,
        filings: None,
        account: None,
        at: now(),
    });
    let other = "310000".parse().unwrap();
    let reversed = (
        booked,
        vec![(person().home, 4)],
        vec![(person().home, 5), (other, 0)],
    );
    let moved = (taken, vec![(old_home, 9)], vec![(other, 0)]);
    for (record, theirs, others) in [reversed, moved] {
        let stored = ledger.sealing().seal(&record, None, &ledger).unwrap();
        assert!(SealedRecord::is_form_of(&stored.bytes));
        // Whoever unseals this sees that it was altered.
        let mut altered = stored.bytes;
        *altered.last_mut().unwrap() ^= 1;
        for of in theirs {
            assert!(word_in(&ledger, &altered, of).is_err());
        }
        for of in others {
            assert_eq!(word_in(&ledger, &altered, of).unwrap(), None);
        }
    }
}
