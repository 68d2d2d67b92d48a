//! What a word on a region ends of what waits, and that it is told.

use super::*;
use crate::decide::members::Came;

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
