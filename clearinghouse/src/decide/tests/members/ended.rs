//! What ends of what waits, by a word on the region or by name, and that it is told.

use super::*;
use crate::decide::end_proposal;
use crate::decide::members::{Came, Kind};

/// What came of a word, and what it ended, with who wanted that.
fn came(house: &House, code: &str, change: MemberChange) -> (Came, Option<(MemberChange, String)>) {
    let changed = told(house, code, change, "zhao.min").unwrap();
    let ended = changed.ended;
    (
        changed.came,
        ended.map(|ended| (ended.change, ended.by.to_string())),
    )
}

fn cleared_by(member: &str) -> MemberChange {
    MemberChange::Change(Changing {
        member: Some(member.parse().unwrap()),
        endpoint: None,
        signers: Vec::new(),
    })
}

#[test]
fn whoever_repeats_that_a_region_is_to_stay_is_told_what_that_ends() {
    let (house, chengdu) = (House::new(1), "510100");
    for wanted in [MemberChange::Suspend, cleared_by("510000")] {
        say(&house, chengdu, wanted.clone(), "wang.fang").unwrap();
        // One officer moves its node: that is in force, and what waits still waits.
        let moved = moved_to("https://new.example:7400");
        let (moved, ended) = came(&house, chengdu, moved);
        assert!(moved != Came::Waits && ended.is_none());
        let was = Some((wanted, "wang.fang".to_owned()));
        for ended in [was, None] {
            let stood = (Came::StoodSo, ended);
            assert_eq!(came(&house, chengdu, MemberChange::Resume), stood);
        }
    }
}

#[test]
fn what_waits_to_join_is_replaced_by_another_joining_alone_and_that_is_told() {
    let (house, guangzhou) = (House::new(1), "440100");
    say(&house, guangzhou, join("440100"), "wang.fang").unwrap();
    let resume = say(&house, guangzhou, MemberChange::Resume, "zhao.min");
    assert_eq!(code(resume), "member.unknown");
    let was = Some((join("440100"), "wang.fang".to_owned()));
    let instead = join("440000");
    assert_eq!(came(&house, guangzhou, instead.clone()), (Came::Waits, was));
    assert_eq!(
        came(&house, guangzhou, instead.clone()),
        (Came::Waits, None)
    );
    assert_eq!(say(&house, guangzhou, instead, "wang.fang"), Ok(true));
}

/// One officer ends what another wants; what ended is told with what waits then.
fn end(
    house: &House,
    code: &str,
    kind: Kind,
    by: &str,
) -> Result<(Option<MemberChange>, Option<MemberRow>), Refusal> {
    let (code, by, wanted_by) = (code.parse().unwrap(), name(by), name("wang.fang"));
    let told = house.ask(move |context| end_proposal(context, code, (kind, wanted_by), by))?;
    Ok((told.ended.map(|ended| ended.change), told.row))
}

#[test]
fn what_waits_of_one_that_is_to_join_or_has_left_is_ended_by_one_officer_as_often_as_it_is_said() {
    let (mut house, chengdu) = (House::new(1), "510100");
    both(&house, chengdu, &MemberChange::Suspend).unwrap();
    both(&house, chengdu, &MemberChange::Leave).unwrap();
    // By whoever wanted it, and by another.
    for (code, by) in [("440100", "wang.fang"), (chengdu, "zhao.min")] {
        let is_listed = code == chengdu;
        let wanted = join(code);
        say(&house, code, wanted.clone(), "wang.fang").unwrap();
        for _ in 0..2 {
            let (ended, row) = end(&house, code, Kind::Join, by).unwrap();
            assert_eq!(ended, Some(wanted.clone()));
            let waits = row.as_ref().map(|row| row.waiting.is_some());
            assert_eq!(waits, is_listed.then_some(false));
            house.come_back(Return::IndexLost);
        }
        let told = house.ask(members).unwrap();
        assert!(told.joining.is_empty() && told.rows.iter().all(|row| row.waiting.is_none()));
        // What was ended is no first word any more.
        assert_eq!(
            say(&house, code, wanted.clone(), "zhao.min").ok(),
            Some(false)
        );
        let ended = house.ask({
            let (code, by) = (code.parse().unwrap(), name("zhao.min"));
            move |context| end_proposal(context, code, (Kind::Join, by.clone()), by)
        });
        assert_eq!(ended.unwrap().ended.map(|of| of.change), Some(wanted));
    }
    assert_eq!(house.ask(members).unwrap().number, 2, "nothing was decided");
}

#[test]
fn what_was_wanted_since_is_not_ended_by_saying_again_what_was_to_end() {
    let (house, chengdu) = (House::new(1), "510100");
    let nothing = end(&house, chengdu, Kind::Suspend, "zhao.min");
    assert_eq!(code(nothing.map(|_| ())), "member.nothing_waits");
    say(&house, chengdu, MemberChange::Suspend, "wang.fang").unwrap();
    end(&house, chengdu, Kind::Suspend, "zhao.min").unwrap();
    say(&house, chengdu, cleared_by("510000"), "wang.fang").unwrap();
    let (again, row) = end(&house, chengdu, Kind::Suspend, "zhao.min").unwrap();
    assert_eq!(again, Some(MemberChange::Suspend));
    let waits = row.unwrap().waiting.unwrap();
    assert_eq!(waits.change, cleared_by("510000"));
    let other = end(&house, chengdu, Kind::Leave, "zhao.min").unwrap_err();
    assert_eq!(other.code.code(), "member.other_waits");
    assert_eq!(other.detail, "510100: change, wanted by wang.fang");
    // Once it came to be after all, it is not told as ended any more.
    both(&house, chengdu, &MemberChange::Suspend).unwrap();
    let decided = end(&house, chengdu, Kind::Suspend, "zhao.min");
    assert_eq!(code(decided.map(|_| ())), "member.nothing_waits");
}
