//! Checkpoints of netted cycles: one for each plan, the same again whatever was lost, and none that a cycle waits for.

use std::fmt::Write as _;
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex};

use huitong_core::checkpoint::Checkpoint;
use huitong_core::digest::Digest;
use huitong_core::merkle::Tree;
use huitong_core::record::clearing::{ClearingRecord, Proven};
use huitong_journal::{Log, Options, Position};
use huitong_netting::statement::{MemberStatement, check, neighbour};
use huitong_netting::{Member, NettingPlan};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::*;
use crate::clock::Clock as _;

/// Both sides of a debt of a day under the number, and the cycle's plan.
pub(super) fn netted(house: &House, number: u8) -> NettingPlan {
    both(house, number);
    close_all(house, number);
    house.cut_off(number, Condition::AllClosed).unwrap();
    house.net(number).unwrap()
}

fn both(house: &House, number: u8) {
    let mut leg = debt(number, 2, 3, i64::from(number) * 100);
    leg.business_day = day(number);
    let number = u64::from(number);
    house.report(2, &[payable(number, &leg)]).unwrap();
    house.report(3, &[receivable(number, &leg)]).unwrap();
}

/// The checkpoints of the first so many days.
fn told(house: &House, days: u8) -> Vec<Checkpoint> {
    let proofs = house.proofs();
    let proven = (1..=days).map_while(|on| proofs.checkpoint_of(day(on)).unwrap());
    proven.map(|proven| proven.signed.checkpoint).collect()
}

/// A member's statement of a day.
fn stated(house: &House, on: u8, member: &str) -> MemberStatement {
    let proofs = house.proofs();
    let cycle = proofs.cycle(day(on)).unwrap().unwrap();
    let member = Member::new(member.parse().unwrap());
    proofs.statement(&cycle, member).unwrap()
}

/// The records that prove, as they are journaled.
fn journaled(house: &House) -> Vec<Proven> {
    let (log, _) = Log::open(house.disk.copy().port(), Options::standard(), None).unwrap();
    let mut found = Vec::new();
    for frame in log.reader().frames_from(Position::START) {
        for record in frame.unwrap().records() {
            if let ClearingRecord::Proven(proven) = ClearingRecord::from_bytes(record).unwrap() {
                found.push(proven);
            }
        }
    }
    found
}

/// Each names the one before, and the plan of its number.
fn follow(checkpoints: &[Checkpoint]) {
    let mut before: Option<Digest> = None;
    for (number, checkpoint) in (1..).zip(checkpoints) {
        assert_eq!((checkpoint.plan, checkpoint.before), (number, before));
        before = Some(checkpoint.digest());
    }
}

/// Of a cycle that carries all on no leg is read: here none could be.
#[test]
fn a_cycle_that_took_nothing_is_proven_without_a_look_at_its_legs() {
    let mut house = House::new(29);
    house
        .report(3, &[receivable(1, &debt(0x5a, 2, 3, 100))])
        .unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    // Indexed whole: the indexer reads what it has yet to index.
    house.come_back(Return::Stopped);
    let segment = format!("{:020}.seg", 1);
    let bytes = house.disk.bytes(&segment).unwrap();
    let mut places = bytes.windows(10).zip(0..);
    let (_, at) = places.find(|(window, _)| **window == [0x5a; 10]).unwrap();
    assert!(house.disk.flip_bit(&segment, at, 0));
    assert_eq!(house.net(1).unwrap().legs(), 0);
    assert_eq!(told(&house, 1).len(), 1);
}

#[test]
fn every_cycle_has_a_checkpoint_that_is_found_again_and_proves_each_statement() {
    for how in [Return::Stopped, Return::PowerCut, Return::IndexLost] {
        let mut house = House::new(21);
        for number in 1..=2 {
            netted(&house, number);
        }
        let first = told(&house, 2);
        follow(&first);
        assert_eq!(first.len(), 2);
        house.come_back(how);
        assert_eq!(told(&house, 2), first, "{how:?}");
        netted(&house, 3);
        let all = told(&house, 3);
        follow(&all);
        assert_eq!((all.len(), &all[..2]), (3, &first[..]));
        assert_eq!(journaled(&house).len(), 3);
        for member in ["330000", "510100", "310000"] {
            let statement = stated(&house, 3, member);
            assert_eq!(check(&statement), []);
            assert!(neighbour(&statement, &all[1]).is_ok());
        }
        let legs = stated(&house, 3, "330000").rows;
        assert_eq!((legs.len(), legs[0].legs.len()), (1, 1));
    }
}

#[test]
fn a_cycle_that_cannot_be_signed_stands_and_is_proven_once_it_can() {
    let mut house = House::new(22);
    house.expire_signing();
    house.come_back(Return::Stopped);
    let plan = netted(&house, 1);
    assert_eq!(told(&house, 1), []);
    assert_eq!(journaled(&house), []);
    assert_eq!(house.net(1), Ok(plan.clone()), "the cycle is not lost");
    house.renew_signing();
    house.come_back(Return::Stopped);
    let found = told(&house, 1);
    assert_eq!((found.len(), found[0].plan), (1, plan.number()));
    assert_eq!(check(&stated(&house, 1, "330000")), []);
    // Where nothing was ever signed, all that was netted is made up for in order, from what is journaled.
    let mut never = House::new(22);
    never.expire_signing();
    never.come_back(Return::Stopped);
    netted(&never, 1);
    netted(&never, 2);
    never.renew_signing();
    never.come_back(Return::IndexLost);
    let made_up = told(&never, 2);
    follow(&made_up);
    assert_eq!((made_up.len(), &made_up[0]), (2, &found[0]));
}

/// Keeps what is logged.
#[derive(Clone, Default)]
pub(super) struct Heard(pub(super) Arc<Mutex<Vec<String>>>);

impl Subscriber for Heard {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// What an event says.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

#[test]
fn rows_that_do_not_fit_their_plan_are_passed_over_and_that_is_logged() {
    for (rows_of, is_logged) in [(1, false), (2, true)] {
        let mut house = House::new(24);
        // Found, and not used yet: nothing can be signed.
        house.expire_signing();
        house.come_back(Return::Stopped);
        let plan = netted(&house, 1);
        let log = Heard::default();
        let (to, number) = (log.clone(), plan.number());
        let kept = house.ask(move |context| {
            let leg = debt(rows_of, 2, 3, i64::from(rows_of) * 100);
            let rows = huitong_core::checkpoint::row::rows([&leg]).unwrap();
            context.state.found.keep(Some((number, rows)));
            // The writer's own thread logs here from now on.
            let _for_good = ManuallyDrop::new(tracing::subscriber::set_default(to));
            Ok(Decided::answer(()))
        });
        kept.unwrap();
        assert_eq!(told(&house, 1), []);
        let logged = log.0.lock().unwrap().join("\n");
        assert!(logged.contains("without its checkpoint"), "{logged}");
        let told_of = logged.contains("WARN") && logged.contains("do not fit it");
        assert_eq!(told_of, is_logged, "{logged}");
        house.renew_signing();
        house.come_back(Return::Stopped);
        let found = told(&house, 1);
        assert_eq!((found.len(), found[0].plan), (1, plan.number()));
    }
}

#[test]
fn after_a_restore_the_same_plan_comes_to_the_same_checkpoint() {
    let mut house = House::new(23);
    netted(&house, 1);
    let backup = house.disk.copy();
    let plan = netted(&house, 2);
    let before = told(&house, 2);
    house.clock.put("2026-04-02T04:00:00.000Z");
    house.put_back(&backup);
    both(&house, 2);
    close_all(&house, 2);
    let marks = (0..4).map(region).zip([0, 0, 2, 2]).collect();
    house.cut_off(2, Condition::Again(marks)).unwrap();
    let expected = Expected::Plan(plan.digest());
    let again = house.ask(move |context| net(context, day(2), expected, 0, officer()));
    assert_eq!(again, Ok(plan));
    assert_eq!(told(&house, 2), before);
    // What it was signed with tells when; the checkpoint itself does not.
    assert_eq!(journaled(&house)[1].signed.at, house.clock.now());
}

/// It spares hashing: where it is not what was signed, it is hashed all the same.
#[test]
fn a_tree_that_was_left_for_a_plan_and_is_not_its_is_not_used() {
    let house = House::new(29);
    netted(&house, 1);
    house.proofs().keep_tree(1, Tree::new(Vec::new()));
    assert_eq!(check(&stated(&house, 1, "330000")), []);
}

#[test]
fn the_cycles_that_were_looked_at_last_are_read_once_and_others_take_their_place() {
    let house = House::new(29);
    for number in 1..=5 {
        netted(&house, number);
    }
    let proofs = house.proofs();
    let cycle = |on| proofs.cycle(day(on)).unwrap().unwrap();
    let (first, again) = (cycle(1), house.proofs().cycle(day(1)).unwrap().unwrap());
    assert!(Arc::ptr_eq(&first, &again), "read once");
    let second = cycle(2);
    assert!(proofs.cycle(day(6)).unwrap().is_none());
    assert!(Arc::ptr_eq(&second, &cycle(2)) && Arc::ptr_eq(&first, &cycle(1)));
    let days = [3, 4, 5].map(|on| cycle(on).plan.day());
    assert_eq!(days, [day(3), day(4), day(5)]);
    assert!(Arc::ptr_eq(&first, &cycle(1)), "looked at after the second");
    assert!(!Arc::ptr_eq(&second, &cycle(2)), "four are kept");
}
