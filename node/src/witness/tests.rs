//! A checkpoint that is right holds, and whatever is wrong with one is found from the part and the own book alone.

mod held;

use std::collections::BTreeMap;
use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::witness::{Finding, StreamReach, Verdict};
use huitong_core::checkpoint::{CertifiedCheckpoint, Checkpoint, SignedCheckpoint};
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg, Side};
use huitong_core::money::Fen;
use huitong_core::record::NodeRecord;
use huitong_core::record::recovery::{LegsRegained, RestoreBegan};
use huitong_core::region::RegionCode;
use huitong_journal::testing::FakeDisk;
use huitong_netting::statement::{
    MemberStatement, PlanRows, ProvenPlan, RegionPart, checkpoint, pair_roots, part,
};
use huitong_netting::{AgreedLeg, Inputs, Member, Members, NettingPlan, Run, Runs, plan};

use super::examine::{Case, Examined, PartBefore, examine};
use crate::ledger::testing::{append, open};
use crate::samples::now;
use crate::store::WitnessHead;

const NINGBO: &str = "330200";
const CHENGDU: &str = "510100";

fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

fn day(number: u8) -> BusinessDay {
    BusinessDay::new(2026, 3, number).unwrap()
}

/// What Ningbo owes Chengdu under a number in both streams.
fn leg(number: u64) -> Leg {
    let nth = u8::try_from(number).unwrap();
    Leg {
        settlement: SettlementId::from_parts(i64::from(nth), [nth; 10]),
        kind: LegKind::Settlement,
        debtor: region(NINGBO),
        creditor: region(CHENGDU),
        fund: Fund::ResidentPool,
        amount: Fen::new(i64::from(nth).saturating_mul(100)).unwrap(),
        business_day: day(1),
        receipt: sha256(&[nth]),
    }
}

fn book(numbers: std::ops::RangeInclusive<u64>) -> Vec<LegBook> {
    let from = *numbers.start();
    let legs = numbers.map(|number| NumberedLeg {
        number,
        side: Side::Payable,
        leg: leg(number),
    });
    vec![LegBook::new(region(NINGBO), from, legs.collect()).unwrap()]
}

/// A netted cycle as Ningbo is shown it.
struct Cycle {
    plan: NettingPlan,
    checkpoint: Checkpoint,
    part: RegionPart,
}

/// The legs after those of the cycle before, up to a number.
fn cycle(up_to: u64, before: Option<&Cycle>) -> Cycle {
    let marks = BTreeMap::from([(region(NINGBO), up_to), (region(CHENGDU), up_to)]);
    let own = [NINGBO, CHENGDU].map(|code| (region(code), Member::new(region(code))));
    let members = Members::new(BTreeMap::from(own)).unwrap();
    let from = before.map_or(0, |before| before.plan.window(region(NINGBO)).unwrap().to);
    let numbers = from.saturating_add(1)..=up_to;
    let legs: Vec<Leg> = numbers.clone().map(leg).collect();
    let agreed = numbers.zip(&legs);
    let agreed = agreed.map(|(number, leg)| AgreedLeg::new(number, number, leg));
    let agreed: Vec<AgreedLeg> = agreed.collect();
    let parent = before.map(|before| &before.plan);
    let number = parent.map_or(1, |parent| parent.number().saturating_add(1));
    let inputs = Inputs {
        day: day(u8::try_from(number).unwrap()),
        parent,
        members: &members,
        marks: &marks,
        legs: &agreed,
    };
    let plan = plan(&inputs).unwrap();
    let roots = pair_roots(&plan, &legs).unwrap();
    let digest = before.map(|before| before.checkpoint.digest());
    let checkpoint = checkpoint(&plan, &roots, digest);
    let certified = certified(&checkpoint);
    let proven = ProvenPlan {
        plan: &plan,
        parent,
        rows: &PlanRows::of(&plan, &roots),
        checkpoint: &certified,
    };
    let part = part(&proven, region(NINGBO), &legs).unwrap();
    Cycle {
        checkpoint,
        part,
        plan,
    }
}

/// The signature is not looked at here.
fn certified(checkpoint: &Checkpoint) -> CertifiedCheckpoint {
    CertifiedCheckpoint {
        signed: SignedCheckpoint {
            checkpoint: checkpoint.clone(),
            at: Timestamp::from_millis(1).unwrap(),
            algorithm: 1,
            key_id: sha256(b"key"),
            signature: vec![1; 64],
        },
        signer: Vec::new(),
    }
}

fn head(cycle: &Cycle, reach: Option<StreamReach>) -> WitnessHead {
    WitnessHead {
        plan: cycle.checkpoint.plan,
        day: cycle.checkpoint.day,
        digest: cycle.checkpoint.digest(),
        reach,
    }
}

fn case<'a>(cycle: &'a Cycle, part: &'a [u8], before: Option<&'a WitnessHead>) -> Case<'a> {
    Case {
        region: region(NINGBO),
        before,
        counts_before: None,
        part_before: PartBefore::Read,
        closed: 0,
        checkpoint: &cycle.checkpoint,
        part,
    }
}

fn look(cycle: &Cycle, part: &[u8], before: Option<&WitnessHead>, book: Vec<LegBook>) -> Examined {
    examine::<()>(&case(cycle, part, before), |_| Ok(book)).unwrap()
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.kind.code()).collect()
}

#[test]
fn cycles_that_are_right_hold_one_after_the_other_and_the_first_is_the_only_one_without_a_part() {
    let first = cycle(3, None);
    let seen = look(&first, &first.part.to_bytes(), None, book(1..=3));
    assert_eq!((seen.findings, seen.reach), (vec![], first.part.reach()));
    assert_eq!(seen.reach.unwrap().to, 3);
    let before = head(&first, seen.reach);
    let second = cycle(5, Some(&first));
    // The whole book may be given: what the cycle did not take is not looked for.
    let seen = look(&second, &second.part.to_bytes(), Some(&before), book(1..=9));
    assert_eq!((seen.findings, seen.reach), (vec![], second.part.reach()));
    // Before the first cycle in which it stands a region has no part, and from then on in every one.
    let without = look(&first, &[], None, Vec::new());
    assert_eq!((without.findings, without.reach), (vec![], None));
    let missing = look(&second, &[], Some(&before), Vec::new());
    assert_eq!(codes(&missing.findings), ["part.missing"]);
    assert_eq!(missing.reach, before.reach);
}

#[test]
fn a_checkpoint_that_does_not_name_the_one_that_was_seen_is_refused_and_so_is_an_earlier_day() {
    let first = cycle(3, None);
    let second = cycle(5, Some(&first));
    let part = second.part.to_bytes();
    let right = head(&first, first.part.reach());
    let other = WitnessHead {
        digest: sha256(b"another checkpoint"),
        ..right
    };
    let late = WitnessHead {
        day: second.checkpoint.day,
        ..right
    };
    for before in [other, late] {
        let seen = look(&second, &part, Some(&before), book(4..=5));
        assert_eq!(codes(&seen.findings), ["checkpoint.chain"]);
        assert_eq!(
            seen.reach,
            second.part.reach(),
            "the next one is looked at all the same"
        );
    }
    let unseen = look(&second, &[], None, Vec::new());
    assert_eq!(codes(&unseen.findings), ["checkpoint.chain"]);
}

#[test]
fn a_checkpoint_without_counts_is_refused_after_one_with_and_not_after_one_without() {
    let first = cycle(3, None);
    let mut second = cycle(5, Some(&first));
    second.checkpoint.counts = None;
    let mut statement = second.part.statement().clone();
    statement.checkpoint = certified(&second.checkpoint);
    let part = RegionPart::new(statement).unwrap().to_bytes();
    let before = head(&first, first.part.reach());
    let found = |counts_before| {
        let case = Case {
            counts_before,
            ..case(&second, &part, Some(&before))
        };
        examine::<()>(&case, |_| Ok(book(4..=5))).unwrap().findings
    };
    assert_eq!(
        codes(&found(first.checkpoint.counts)),
        ["checkpoint.uncounted"]
    );
    assert_eq!(found(None), []);
}

#[test]
fn a_row_that_is_left_out_whole_is_missing_whatever_is_said_to_wait() {
    let found = changed(|part| {
        part.rows.clear();
        let own = &mut part.regions[0];
        own.carried = Runs::new(vec![Run { first: 1, last: 3 }]).unwrap();
        own.nets.clear();
    });
    assert_eq!(codes(&found), ["row.missing"]);
}

#[test]
fn what_is_no_part_of_the_region_and_the_checkpoint_is_said_so_and_not_looked_through() {
    let first = cycle(3, None);
    let second = cycle(5, Some(&first));
    let before = head(&first, first.part.reach());
    let nobody = |part: &[u8]| {
        let case = Case {
            region: region(CHENGDU),
            ..case(&first, part, None)
        };
        examine::<()>(&case, |_| panic!("no book is read")).unwrap()
    };
    assert_eq!(codes(&nobody(b"nothing").findings), ["part.unreadable"]);
    let foreign = nobody(&first.part.to_bytes());
    assert_eq!(codes(&foreign.findings), ["part.foreign"]);
    let other = look(&second, &first.part.to_bytes(), Some(&before), book(4..=5));
    assert_eq!(codes(&other.findings), ["checkpoint.other"]);
    assert_eq!(other.reach, before.reach);
}

/// The part of the first cycle with something changed.
fn changed(change: impl FnOnce(&mut MemberStatement)) -> Vec<Finding> {
    let first = cycle(3, None);
    let mut statement = first.part.statement().clone();
    change(&mut statement);
    let part = RegionPart::new(statement).unwrap().to_bytes();
    look(&first, &part, None, book(1..=3)).findings
}

fn only(findings: &[Finding], code: &str) -> Finding {
    let mut found = findings.iter().filter(|it| it.kind.code() == code);
    *found
        .next()
        .unwrap_or_else(|| panic!("{code} in {findings:?}"))
}

#[test]
fn a_leg_that_was_dropped_changed_or_added_is_named_with_row_settlement_and_number() {
    let dropped = only(
        &changed(|part| {
            part.rows[0].legs.remove(1);
        }),
        "leg.dropped",
    );
    assert_eq!(dropped.settlement, Some(leg(2).settlement));
    assert_eq!(dropped.number, Some(2));
    let pair = dropped.pair.unwrap();
    assert_eq!(
        (pair.debtor, pair.creditor),
        (region(NINGBO), region(CHENGDU))
    );
    let amount = only(
        &changed(|part| part.rows[0].legs[2].amount = Fen::new(7).unwrap()),
        "leg.changed",
    );
    assert_eq!(amount.settlement, Some(leg(3).settlement));
    let added = only(
        &changed(|part| {
            let mut more = part.rows[0].legs[0];
            more.settlement = leg(9).settlement;
            part.rows[0].legs.push(more);
        }),
        "leg.added",
    );
    assert_eq!(added.settlement, Some(leg(9).settlement));
}

#[test]
fn a_cycle_that_does_not_begin_where_the_last_ended_is_refused_and_not_held_against_the_book() {
    let first = cycle(3, None);
    let second = cycle(5, Some(&first));
    let reach = StreamReach {
        to: 2,
        ..first.part.reach().unwrap()
    };
    let (before, part) = (head(&first, Some(reach)), second.part.to_bytes());
    let case = case(&second, &part, Some(&before));
    let seen = examine::<()>(&case, |_| panic!("no book is read")).unwrap();
    assert_eq!(codes(&seen.findings), ["region.begin"]);
}

/// What is found of the third cycle, once the part of the second was not looked through, with a reach of before.
fn after_unread(second_part: &[u8], reach: Option<StreamReach>) -> Vec<Finding> {
    let first = cycle(2, None);
    let second = cycle(3, Some(&first));
    let third = cycle(5, Some(&second));
    let before = head(&first, reach.or(first.part.reach()));
    let seen = look(&second, second_part, Some(&before), Vec::new());
    let before = head(&second, seen.reach);
    let part = third.part.to_bytes();
    let case = Case {
        part_before: PartBefore::after(&Verdict::of(&seen.findings)),
        ..case(&third, &part, Some(&before))
    };
    let book = book(4..=5);
    let taken = |runs: &Runs| {
        assert_eq!(runs.as_slice().len(), 1);
        Ok::<_, ()>(book)
    };
    examine(&case, taken).unwrap().findings
}

#[test]
fn after_a_part_that_was_not_looked_through_the_next_is_held_against_the_book_and_does_not_fall_back()
 {
    let other = cycle(3, None).part.to_bytes();
    for unread in [&b"nothing"[..], &[], &other] {
        assert_eq!(codes(&after_unread(unread, None)), Vec::<&str>::new());
    }
    let further = StreamReach {
        to: 4,
        carried: sha256(b"whatever waits"),
    };
    let fallen_back = after_unread(b"nothing", Some(further));
    assert_eq!(codes(&fallen_back), ["region.begin"]);
}

#[test]
fn no_part_of_a_day_that_was_closed_with_legs_is_a_finding_also_in_the_first_cycle() {
    let first = cycle(3, None);
    let found = |closed: u64| {
        let case = Case {
            closed,
            ..case(&first, &[], None)
        };
        let seen = examine::<()>(&case, |_| panic!("no book is read"));
        seen.unwrap().findings
    };
    assert_eq!(codes(&found(3)), ["part.missing"]);
    assert_eq!(found(0), []);
}

#[test]
fn a_book_that_lacks_what_the_cycle_took_is_said_to() {
    let first = cycle(3, None);
    let seen = look(&first, &first.part.to_bytes(), None, book(1..=2));
    let lacks = only(&seen.findings, "book.lacks");
    assert_eq!(lacks.number, Some(3));
}

#[test]
fn what_only_came_back_from_the_clearinghouse_vouches_for_no_checkpoint_of_it() {
    let ledger = open(&FakeDisk::new(1), &Arc::default()).unwrap();
    let began = RestoreBegan {
        incarnation: 2,
        mark: [7; 16],
        at: now(),
    };
    append(&ledger, NodeRecord::RestoreBegan(began)).unwrap();
    let back = book(1..=3)[0].legs().to_vec();
    let regained = LegsRegained {
        legs: back,
        at: now(),
    };
    append(&ledger, NodeRecord::LegsRegained(regained)).unwrap();
    let runs = Runs::new(vec![Run { first: 1, last: 3 }]).unwrap();
    let own = super::book::of(&ledger, region(NINGBO), &runs).unwrap();
    let first = cycle(3, None);
    let seen = look(&first, &first.part.to_bytes(), None, own);
    assert_eq!(codes(&seen.findings), ["book.lacks"]);
    ledger.close();
}
