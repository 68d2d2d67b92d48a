//! What legs that came back say of a settlement whose receipt did not.

use huitong_core::coverage::{PersonVersion, Snapshot};
use huitong_core::digest::sha256;
use huitong_core::leg::Side;
use huitong_core::record::NodeRecord;
use huitong_core::record::recovery::{LegsRegained, RestoreBegan};

use super::*;
use crate::home::abandon::{Abandon, AbandonVerdict};
use crate::home::commit::tests::commit as of_visit;
use crate::home::commit::{Commit, CommitVerdict};
use crate::home::testing::Home;
use crate::samples::{claim, fen, id, now, snapshot, version};

/// What the home region tells the clearinghouse of a settlement that it signed with this salt.
pub(crate) fn settled(salt: u8) -> Vec<Leg> {
    let commit = Commit {
        salt: [salt; 16],
        ..of_visit(1, "V1")
    };
    let (verdict, _) = Home::new().run(commit);
    let CommitVerdict::Committed { body, .. } = verdict else {
        panic!("{verdict:?}")
    };
    Leg::of(&body)
}

/// What it tells when it has taken that back.
pub(crate) fn taken_back(settled: &[Leg]) -> Vec<Leg> {
    let back = |leg: &Leg| Leg {
        kind: LegKind::Reversal,
        debtor: leg.creditor,
        creditor: leg.debtor,
        receipt: sha256(b"reversal"),
        ..leg.clone()
    };
    settled.iter().map(back).collect()
}

/// The clearinghouse gives legs back, from a number on.
fn regains(home: &Home, from: u64, legs: &[Leg]) {
    let numbered = (from..).zip(legs).map(|(number, leg)| NumberedLeg {
        number,
        side: Side::Payable,
        leg: leg.clone(),
    });
    home.write(&NodeRecord::LegsRegained(LegsRegained {
        legs: numbered.collect(),
        at: now(),
    }));
}

/// A home region that was put back to before it settled anything, and these legs came back.
pub(crate) fn restored(legs: &[Leg]) -> Home {
    let home = Home::new();
    home.write(&NodeRecord::RestoreBegan(RestoreBegan {
        incarnation: 2,
        mark: [7; 16],
        at: now(),
    }));
    regains(&home, 1, legs);
    home
}

pub(crate) fn commits(home: &Home) -> CommitVerdict {
    let version = PersonVersion {
        incarnation: 2,
        ..version(3)
    };
    let mut commit = of_visit(1, "V1");
    commit.version = version;
    commit.recomputed.snapshot = Some(Snapshot {
        version,
        ..snapshot(3)
    });
    home.run(commit).0
}

fn gives_up(home: &Home) -> AbandonVerdict {
    let abandon = Abandon {
        home: claim("V1").person.home,
        treatment: claim("V1").treatment,
        settlement: id(1),
        person: None,
        salts: [[3; 16], [5; 16]],
    };
    home.run(abandon).0
}

/// The numbers of the legs that a settlement is bound by.
fn numbers(home: &Home) -> Vec<u64> {
    let standing = legs_standing(&home.rows, id(1), LegKind::Settlement).unwrap();
    let numbers = standing.unwrap().legs.into_iter().map(|leg| leg.number);
    numbers.collect()
}

#[test]
fn what_stood_is_not_given_up_and_stands_again_for_as_much() {
    let home = restored(&settled(9));
    assert_eq!(gives_up(&home), AbandonVerdict::LegStands);
    let verdict = commits(&home);
    assert!(
        matches!(verdict, CommitVerdict::Committed { .. }),
        "{verdict:?}"
    );
}

#[test]
fn what_was_taken_back_too_never_stands_again_and_is_given_up() {
    let settled = settled(9);
    let home = restored(&[settled.clone(), taken_back(&settled)].concat());
    assert_eq!(commits(&home), CommitVerdict::LegStands);
    let buried = gives_up(&home);
    assert!(matches!(buried, AbandonVerdict::Buried(_)), "{buried:?}");
    assert_eq!(commits(&home), CommitVerdict::Repeated);
}

#[test]
fn nothing_follows_from_a_reversal_of_something_else() {
    let settled = settled(9);
    let back = taken_back(&settled);
    let mut other = back.clone();
    other[0].amount = fen(499);
    let all = [
        [settled.clone(), other].concat(),
        [&settled[..], &back[..1]].concat(),
        // The reversal was told first: it is of an earlier receipt.
        [back, settled].concat(),
    ];
    for legs in all {
        let home = restored(&legs);
        assert_eq!(commits(&home), CommitVerdict::LegStands, "{legs:?}");
        assert_eq!(gives_up(&home), AbandonVerdict::LegStands, "{legs:?}");
    }
}

#[test]
fn of_two_receipts_of_one_settlement_the_last_that_was_told_binds() {
    let (first, second) = (settled(9), settled(8));
    assert_ne!(first[0].receipt, second[0].receipt);
    let one_by_one = restored(&first);
    regains(&one_by_one, 3, &second);
    let at_once = restored(&[first.clone(), second].concat());
    for home in [one_by_one, at_once] {
        assert_eq!(numbers(&home), [3, 4]);
        let verdict = commits(&home);
        assert!(
            matches!(verdict, CommitVerdict::Committed { .. }),
            "{verdict:?}"
        );
    }
    // Those of one receipt are one, wherever a record ends.
    let home = restored(&first[..1]);
    regains(&home, 2, &first[1..]);
    assert_eq!(numbers(&home), [1, 2]);
}
