//! Each step from each state, and what stands in the way of a new id.

use huitong_core::leg::{NumberedLeg, Side};
use huitong_core::record::recovery::{LegsRegained, PeerRestored, RestoreBegan};
use huitong_core::reversal::BegunBy;

use super::*;
use crate::home::restored::tests::{settled, taken_back};
use crate::samples::{claim, id, now, prepared, receipt, reversal, tombstone};
use crate::store::{Change, HeldReceipts, Index, Key, LeftOut, Row};
use crate::treatment::testing::Treatment;

impl Treatment {
    fn prepare(&self, nth: u8, visit: &str) -> Option<InTheWay> {
        self.run(Prepare(prepared(nth, visit))).0
    }

    fn is_open(&self, nth: u8) -> bool {
        self.rows.open(id(nth)).unwrap().is_some()
    }
}

fn book(nth: u8) -> Book {
    Book {
        word: HomeWord {
            receipt: receipt(nth),
            reversal: None,
        },
        cash: Fen::ZERO,
    }
}

fn end(nth: u8, refusal: Option<Refusal>) -> End {
    End {
        settlement: id(nth),
        refusal,
        word: tombstone(nth),
        taken_back_by: None,
    }
}

fn bury(nth: u8) -> Bury {
    let Prepared {
        institution,
        request,
        claim,
        ..
    } = prepared(nth, "V1");
    Bury {
        settlement: id(nth),
        institution,
        request,
        home: claim.person.home,
    }
}

#[test]
fn what_stands_in_the_way_of_an_id_comes_before_what_stands_in_the_way_of_its_visit() {
    let node = Treatment::new();
    assert_eq!(node.prepare(1, "V1"), None);
    assert_eq!(node.prepare(1, "V1"), Some(InTheWay::Known));
    assert_eq!(
        node.prepare(1, "V2"),
        Some(InTheWay::Conflict(BoundField::Visit))
    );
    let open = Refusal::new(RefusalCode::VisitInProgress, id(1));
    assert_eq!(node.prepare(2, "V1"), Some(InTheWay::Visit(open)));
    assert_eq!(node.run(book(1)), (Step::Taken, 1));
    let settled = Refusal::new(RefusalCode::VisitAlreadySettled, id(1));
    assert_eq!(node.prepare(2, "V1"), Some(InTheWay::Visit(settled)));
    assert_eq!(node.prepare(2, "V2"), None);
}

#[test]
fn a_visit_is_free_again_when_its_id_ended_without_a_receipt() {
    let refusal = Refusal::new(RefusalCode::DecisionDiffers, "cash_fen");
    for reason in [Some(refusal), None] {
        let node = Treatment::new();
        node.prepare(1, "V1");
        assert_eq!(node.run(end(1, reason)), (Step::Taken, 1));
        assert!(!node.is_open(1));
        assert_eq!(node.prepare(1, "V1"), Some(InTheWay::Known));
        assert_eq!(node.prepare(2, "V1"), None);
    }
}

#[test]
fn only_an_open_settlement_takes_a_step_and_it_takes_one() {
    let again = |nth| {
        let prepared = prepared(nth, "V1");
        let (decision, snapshot) = (prepared.decision, prepared.snapshot);
        Reprepare(Reprepared {
            settlement: id(nth),
            decision,
            snapshot,
            at: now(),
        })
    };
    let node = Treatment::new();
    assert_eq!(node.run(book(1)), (Step::NotOpen, 0));
    assert_eq!(node.run(end(1, None)), (Step::NotOpen, 0));
    node.prepare(1, "V1");
    assert!(node.is_open(1));
    assert_eq!(node.run(again(1)), (Step::Taken, 1));
    assert_eq!(node.run(book(1)), (Step::Taken, 1));
    for (what, step) in [
        ("book", node.run(book(1))),
        ("end", node.run(end(1, None))),
        ("again", node.run(again(1))),
    ] {
        assert_eq!(step, (Step::NotOpen, 0), "{what}");
    }
    assert!(!node.is_open(1));
}

#[test]
fn an_id_is_buried_only_while_it_is_unknown() {
    let node = Treatment::new();
    assert_eq!(node.run(bury(1)), (Ok(Step::Taken), 1));
    assert_eq!(node.run(bury(1)), (Ok(Step::NotOpen), 0));
    assert_eq!(node.prepare(1, "V1"), Some(InTheWay::Known));
    node.prepare(2, "V1");
    assert_eq!(node.run(bury(2)), (Ok(Step::NotOpen), 0));
    assert!(node.is_open(2));
}

/// A node that was put back to before it knew of anything.
fn restored() -> Treatment {
    let node = Treatment::new();
    node.write(&NodeRecord::RestoreBegan(RestoreBegan {
        incarnation: 2,
        mark: [7; 16],
        at: now(),
    }));
    node
}

#[test]
fn an_id_is_not_buried_while_its_home_region_is_left_out() {
    let node = restored();
    let left_out = |incarnation| {
        let since = now();
        node.apply(&[Change {
            key: Key::LeftOut(claim("V1").person.home),
            row: Some(Row::LeftOut(LeftOut { incarnation, since })),
        }]);
    };
    left_out(2);
    let refusal = Refusal::new(RefusalCode::LeftOut, claim("V1").person.home);
    assert_eq!(node.run(bury(1)), (Err(refusal), 0));
    // Of a restore before this one: since then the region has given everything back.
    left_out(1);
    assert_eq!(node.run(bury(1)), (Ok(Step::Taken), 1));
}

#[test]
fn an_id_whose_legs_came_back_is_not_buried_unless_they_were_taken_back() {
    let node = restored();
    let regain = |from: u64, legs: &[Leg]| {
        let numbered = (from..).zip(legs).map(|(number, leg)| NumberedLeg {
            number,
            side: Side::Receivable,
            leg: leg.clone(),
        });
        node.write(&NodeRecord::LegsRegained(LegsRegained {
            legs: numbered.collect(),
            at: now(),
        }));
    };
    let legs = settled(1);
    regain(1, &legs);
    let refusal = Refusal::new(RefusalCode::LegStands, id(1));
    assert_eq!(node.run(bury(1)), (Err(refusal), 0));
    assert_eq!(node.run(bury(2)), (Ok(Step::Taken), 1));
    regain(3, &taken_back(&legs));
    assert_eq!(node.run(bury(1)), (Ok(Step::Taken), 1));
}

#[test]
fn booking_writes_the_legs_and_counts_the_receipt() {
    let node = Treatment::new();
    for (nth, visit) in [(2, "V2"), (1, "V1")] {
        node.prepare(nth, visit);
        node.run(book(nth));
    }
    // Pool and own account, twice.
    assert_eq!(node.rows.stream(Stream::Legs).unwrap().unwrap().written, 4);
    assert_eq!(
        node.rows
            .held(claim("V1").person.home)
            .unwrap()
            .unwrap()
            .up_to,
        2
    );
    assert!(
        node.rows
            .get(&Key::Block(Stream::Legs, 0))
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_number_that_its_home_region_cannot_have_come_to_is_not_booked_and_the_claim_stays_open() {
    let node = Treatment::new();
    node.prepare(1, "V1");
    let mut far = book(1);
    far.word.receipt.body.number = HeldReceipts::LEAP + 1;
    assert_eq!(node.run(far), (Step::NotOpen, 0));
    let home = claim("V1").person.home;
    assert_eq!(node.rows.held(home).unwrap(), None);
    assert_eq!(node.run(book(1)), (Step::Taken, 1));
}

/// The home region lost its disk and has its own first word alone: what it had said since stands nowhere, and it gives other
/// words under those numbers (PROTOCOL 15).
#[test]
fn of_an_incarnation_that_has_ended_only_words_up_to_its_line_are_booked() {
    let node = Treatment::new();
    for (nth, visit) in [(1, "V1"), (2, "V2")] {
        node.prepare(nth, visit);
    }
    node.write(&NodeRecord::PeerRestored(PeerRestored {
        region: claim("V1").person.home,
        incarnation: 2,
        mark: [7; 16],
        written: 1,
        held: 0,
        at: now(),
    }));
    assert_eq!(node.run(book(2)), (Step::NotOpen, 0));
    assert!(node.is_open(2));
    assert_eq!(node.run(book(1)), (Step::Taken, 1));
    // It came in an incarnation that ended too, though its receipt is one that stands.
    let by = BegunBy::Officer("li.wei".parse().unwrap());
    let mut taken_back = book(1);
    taken_back.word.reversal = Some(reversal(1, 2, ReversalId::from_bytes([1; 16]), by));
    assert_eq!(node.run(taken_back), (Step::NotOpen, 0));
    let mut anew = book(2);
    anew.word.receipt.body.incarnation = 2;
    assert_eq!(node.run(anew), (Step::Taken, 1));
}
