//! Each step of a wish from each state, and what a reversal frees.

use huitong_core::id::RequestId;
use huitong_core::reversal::{HomeWord, Reversal};
use huitong_core::vocabulary::ReversalReason;

use super::*;
use crate::samples::{claim, id, now, person, prepared, receipt, reversal};
use crate::store::{HeldReceipts, Stream};
use crate::treatment::records::{Book, Prepare};
use crate::treatment::testing::Treatment;

fn wish_id(nth: u8) -> ReversalId {
    ReversalId::from_bytes([nth; 16])
}

fn intend(nth: u8, settlement: u8) -> Intend {
    Intend(ReversalIntended {
        reversal: wish_id(nth),
        settlement: id(settlement),
        institution: claim("V1").institution.code,
        request: RequestId::parse("r-9").unwrap(),
        reason: ReversalReason::Duplicate,
        at: now(),
    })
}

fn by_institution() -> BegunBy {
    BegunBy::Institution(claim("V1").institution.code)
}

fn by_officer() -> BegunBy {
    BegunBy::Officer("li.wei".parse().unwrap())
}

fn book(settlement: u8, word: Option<Reversal>) -> Book {
    Book {
        word: HomeWord {
            receipt: receipt(settlement),
            reversal: word,
        },
        cash: huitong_core::money::Fen::ZERO,
    }
}

/// A settlement of visit V1 that stands.
fn settled() -> Treatment {
    let treatment = Treatment::new();
    treatment.run(Prepare(prepared(1, "V1")));
    treatment.run(book(1, None));
    treatment
}

fn refused(intent: &Intent) -> Option<RefusalCode> {
    match intent {
        Intent::Refused(refusal) => Some(refusal.code),
        Intent::Open | Intent::Booked => None,
    }
}

#[test]
fn a_wish_is_written_once_and_binds_its_request() {
    let treatment = settled();
    assert_eq!(treatment.run(intend(1, 1)), (Intent::Open, 1));
    assert_eq!(treatment.run(intend(1, 1)), (Intent::Open, 0));
    let (other, _) = treatment.run(intend(1, 2));
    assert_eq!(refused(&other), Some(RefusalCode::IdConflict));
    let mut other = intend(1, 1);
    other.0.reason = ReversalReason::Correction;
    assert_eq!(
        treatment.run(other).0,
        Intent::Refused(Refusal::new(RefusalCode::IdConflict, "reason"))
    );
    assert!(treatment.rows.open_reversal(wish_id(1)).unwrap().is_some());
}

#[test]
fn what_stands_in_the_way_of_a_wish_is_told_at_once_and_leaves_no_trace() {
    let treatment = Treatment::new();
    let check = |nth, code| {
        let (intent, written) = treatment.run(intend(9, nth));
        assert_eq!((refused(&intent), written), (Some(code), 0));
    };
    check(1, RefusalCode::NotFound);
    treatment.run(Prepare(prepared(1, "V1")));
    check(1, RefusalCode::OutcomeUnknown);
    let mut stranger = intend(9, 1);
    stranger.0.institution = "H51010400009".parse().unwrap();
    assert_eq!(
        refused(&treatment.run(stranger).0),
        Some(RefusalCode::NotFound)
    );
    treatment.run(book(1, None));
    let mut fraud = intend(9, 1);
    fraud.0.reason = ReversalReason::Fraud;
    assert_eq!(
        refused(&treatment.run(fraud).0),
        Some(RefusalCode::ReasonNotAllowed)
    );
    let word = reversal(1, 2, wish_id(7), by_officer());
    treatment.run(book(1, Some(word)));
    let (late, _) = treatment.run(intend(9, 1));
    let code = RefusalCode::AlreadyReversed;
    assert_eq!(late, Intent::Refused(Refusal::new(code, wish_id(7))));
    assert!(treatment.rows.reversal(wish_id(9)).unwrap().is_none());
}

#[test]
fn a_booked_reversal_ends_the_wish_frees_the_visit_and_owes_back() {
    let treatment = settled();
    treatment.run(intend(1, 1));
    let word = reversal(1, 2, wish_id(1), by_institution());
    assert_eq!(treatment.run(book(1, Some(word.clone()))), (Step::Taken, 1));
    assert_eq!(treatment.run(book(1, Some(word))), (Step::NotOpen, 0));
    let rows = &treatment.rows;
    assert!(rows.open_reversal(wish_id(1)).unwrap().is_none());
    assert_eq!(treatment.run(intend(1, 1)).0, Intent::Booked);
    let home = person().home;
    let held = rows.held(home).unwrap().unwrap_or(HeldReceipts::NONE);
    assert_eq!(held.up_to, 2, "receipts and reversals share one stream");
    assert_eq!(rows.stream(Stream::Legs).unwrap().unwrap().written, 4);
    // The hospital asked for it itself and has nothing to be told.
    let institution = claim("V1").institution.code;
    assert!(rows.notice(institution, id(1)).unwrap().is_none());
    // The visit is settled anew, in the place of the one that was reversed.
    assert_eq!(treatment.run(Prepare(prepared(2, "V1"))), (None, 1));
    assert_eq!(
        rows.settlement(id(2)).unwrap().unwrap().replaces,
        Some(id(1))
    );
}

#[test]
fn a_reversal_that_comes_before_its_receipt_is_booked_after_it() {
    let treatment = Treatment::new();
    treatment.run(Prepare(prepared(1, "V1")));
    let word = reversal(1, 2, wish_id(7), by_officer());
    assert_eq!(treatment.run(book(1, Some(word))), (Step::Taken, 2));
    let rows = &treatment.rows;
    assert!(rows.open(id(1)).unwrap().is_none());
    assert_eq!(rows.stream(Stream::Legs).unwrap().unwrap().written, 4);
    let held = rows.held(person().home).unwrap().unwrap();
    assert_eq!(held.up_to, 2);
}

#[test]
fn a_reversal_that_nobody_here_asked_for_is_shown_until_it_is_noted() {
    let treatment = settled();
    let institution = claim("V1").institution.code;
    let note = || Note {
        institution,
        settlement: id(1),
    };
    assert_eq!(treatment.run(note()), (Step::NotOpen, 0));
    let word = reversal(1, 2, wish_id(7), by_officer());
    treatment.run(book(1, Some(word)));
    assert!(treatment.rows.notice(institution, id(1)).unwrap().is_some());
    assert_eq!(treatment.run(note()), (Step::Taken, 1));
    assert_eq!(treatment.run(note()), (Step::NotOpen, 0));
    assert!(treatment.rows.notice(institution, id(1)).unwrap().is_none());
}

#[test]
fn a_refused_wish_is_repeated_and_leaves_the_settlement_as_it_stood() {
    let treatment = settled();
    treatment.run(intend(1, 1));
    let end = || EndReversal {
        reversal: wish_id(1),
        refusal: Refusal::new(RefusalCode::TermPassed, "30 days"),
        word: None,
    };
    assert_eq!(treatment.run(end()), (Step::Taken, 1));
    assert_eq!(treatment.run(end()), (Step::NotOpen, 0));
    let (again, _) = treatment.run(intend(1, 1));
    assert_eq!(refused(&again), Some(RefusalCode::TermPassed));
    assert!(treatment.rows.open_reversal(wish_id(1)).unwrap().is_none());
    // Another id may be tried: the bureau may have agreed meanwhile.
    assert_eq!(treatment.run(intend(2, 1)), (Intent::Open, 1));
}
