//! Who is a member: two officers, replay, and a region that is suspended in the middle of a day.

use huitong_core::canonical::Artifact as _;
use huitong_core::membership::{Changing, Joining, MemberChange, SignedDirectory, Standing};
use huitong_core::region::RegionCode;

use super::payments::name;
use super::*;
use crate::clock::Clock as _;
use crate::decide::members::Changed;
use crate::decide::{MemberRow, change_member, members};
use crate::testing::reversed;

mod ended;

const CHENGDU: usize = 3;

fn told(house: &House, code: &str, change: MemberChange, by: &str) -> Result<Changed, Refusal> {
    let (code, by) = (code.parse().unwrap(), name(by));
    house.ask(move |context| change_member(context, code, change, by))
}

fn say(house: &House, code: &str, change: MemberChange, by: &str) -> Result<bool, Refusal> {
    let changed = told(house, code, change, by)?;
    Ok(changed.row.is_some_and(|row| row.waiting.is_none()))
}

/// Two officers say the same.
pub(super) fn both(house: &House, code: &str, change: &MemberChange) -> Result<bool, Refusal> {
    say(house, code, change.clone(), "wang.fang")?;
    say(house, code, change.clone(), "zhao.min")
}

fn row(house: &House, code: &str) -> MemberRow {
    let mut rows = house.ask(members).unwrap().rows.into_iter();
    let code = code.parse().unwrap();
    rows.find(|row| row.region == code).unwrap()
}

fn join(member: &str) -> MemberChange {
    MemberChange::Join(Joining {
        member: member.parse().unwrap(),
        endpoint: "https://node.example:7400".to_owned(),
        signers: vec![vec![vec![0x30]]],
    })
}

fn moved_to(endpoint: &str) -> MemberChange {
    MemberChange::Change(Changing {
        member: None,
        endpoint: Some(endpoint.to_owned()),
        signers: Vec::new(),
    })
}

/// Every signed version, once it can be read.
fn versions(house: &House, last: u64) -> Vec<SignedDirectory> {
    let versions = house.versions();
    let mut found = Vec::new();
    while found.len() < usize::try_from(last).unwrap() {
        let next = u64::try_from(found.len()).unwrap() + 1;
        match versions.version(next).unwrap() {
            Some(file) => found.push(SignedDirectory::from_bytes(&file).unwrap()),
            None => std::thread::yield_now(),
        }
    }
    assert_eq!(versions.version(last + 1).unwrap(), None);
    found
}

#[test]
fn what_waits_is_listed_and_ends_when_an_officer_says_that_all_is_to_stay() {
    let (mut house, chengdu) = (House::new(2), "510100");
    let waits = |house: &House| row(house, chengdu).waiting.map(|waiting| waiting.change);
    let moved = MemberChange::Change(Changing {
        member: Some("510000".parse().unwrap()),
        endpoint: None,
        signers: Vec::new(),
    });
    let steps = [
        (MemberChange::Suspend, MemberChange::Resume),
        (moved, MemberChange::Suspend),
    ];
    for (wanted, stays) in steps {
        if stays == MemberChange::Suspend {
            assert_eq!(both(&house, chengdu, &stays), Ok(true));
        }
        let number = house.ask(members).unwrap().number;
        say(&house, chengdu, wanted, "wang.fang").unwrap();
        assert!(waits(&house).is_some());
        for _ in 0..2 {
            assert_eq!(say(&house, chengdu, stays.clone(), "zhao.min"), Ok(true));
            assert_eq!(waits(&house), None);
            house.come_back(Return::IndexLost);
        }
        assert_eq!(
            house.ask(members).unwrap().number,
            number,
            "nothing was decided"
        );
    }
    // What was wanted before is no first word for it any more.
    assert_eq!(both(&house, chengdu, &MemberChange::Resume), Ok(true));
    assert_eq!(
        say(&house, chengdu, MemberChange::Suspend, "zhao.min"),
        Ok(false)
    );
    say(&house, "440100", join("440100"), "wang.fang").unwrap();
    let joining = house.ask(members).unwrap().joining;
    assert_eq!(joining.len(), 1);
    assert_eq!(joining[0].region.to_string(), "440100");
}

#[test]
fn what_decides_over_money_takes_two_officers_and_is_safe_to_repeat() {
    let house = House::new(1);
    let guangzhou = "440100";
    assert_eq!(
        say(&house, guangzhou, join(guangzhou), "wang.fang"),
        Ok(false)
    );
    assert_eq!(
        say(&house, guangzhou, join(guangzhou), "wang.fang"),
        Ok(false)
    );
    // Another word than the first officer's is not the second word for it.
    assert_eq!(
        say(&house, guangzhou, join("440000"), "zhao.min"),
        Ok(false)
    );
    assert_eq!(
        say(&house, guangzhou, join("440000"), "wang.fang"),
        Ok(true)
    );
    assert_eq!(
        say(&house, guangzhou, join("440000"), "wang.fang"),
        Ok(true)
    );
    assert_eq!(
        row(&house, guangzhou).listed.member,
        "440000".parse().unwrap()
    );
    // Where a node is takes one officer.
    assert_eq!(
        say(
            &house,
            "510100",
            moved_to("https://new.example:1"),
            "wang.fang"
        ),
        Ok(true)
    );
    assert_eq!(versions(&house, 2).len(), 2);
    let refused = [
        (
            say(&house, guangzhou, join("510000"), "li.wei"),
            "member.stands",
        ),
        (
            say(&house, "120100", MemberChange::Suspend, "li.wei"),
            "member.unknown",
        ),
        (
            say(&house, "120100", join("510000"), "li.wei"),
            "member.other_province",
        ),
        (
            say(&house, "510100", MemberChange::Leave, "li.wei"),
            "member.not_suspended",
        ),
    ];
    for (found, expected) in refused {
        assert_eq!(code(found), expected);
    }
}

#[test]
fn versions_follow_upon_each_other_and_come_back_with_all_that_waits() {
    let mut house = House::new(2);
    let suspend = MemberChange::Suspend;
    both(&house, "310000", &suspend).unwrap();
    say(
        &house,
        "510100",
        moved_to("https://new.example:1"),
        "wang.fang",
    )
    .unwrap();
    say(&house, "310000", MemberChange::Resume, "wang.fang").unwrap();
    let before = (house.ask(members).unwrap(), versions(&house, 2));
    for how in [Return::Stopped, Return::PowerCut, Return::IndexLost] {
        house.come_back(how);
        assert_eq!((house.ask(members).unwrap(), versions(&house, 2)), before);
    }
    // The first officer's word is still there.
    assert_eq!(
        say(&house, "310000", MemberChange::Resume, "zhao.min"),
        Ok(true)
    );
    let all = versions(&house, 3);
    let mut last = None;
    for signed in &all {
        assert!(signed.directory.follows(last));
        assert_eq!(signed.directory.regions.len(), 4);
        last = Some(&signed.directory);
    }
    // A region of the configuration that is gone from it stays a member, since a version names it.
    house.come_back_with(members_without_chengdu()).unwrap();
    assert_eq!(row(&house, "510100").listed.standing, Standing::Active);
}

fn members_without_chengdu() -> huitong_netting::Members {
    let all = crate::testing::members();
    let left = all
        .iter()
        .filter(|(region, _)| *region != region_of(CHENGDU));
    huitong_netting::Members::new(left.collect()).unwrap()
}

fn region_of(index: usize) -> RegionCode {
    crate::testing::region(index)
}

#[test]
fn without_a_certificate_a_change_is_in_force_and_signed_as_soon_as_there_is_one() {
    let mut house = House::new(3);
    house.expire_signing();
    house.come_back(Return::Stopped);
    both(&house, "310000", &MemberChange::Suspend).unwrap();
    assert_eq!(row(&house, "310000").listed.standing, Standing::Suspended);
    assert!(versions(&house, 0).is_empty());
    house.renew_signing();
    house.come_back(Return::Stopped);
    assert_eq!(versions(&house, 1)[0].directory.number, 1);
}

#[test]
fn a_version_is_never_dated_before_the_one_before_it() {
    let mut house = House::new(8);
    let moved = |house: &House, nth: u64| {
        let to = moved_to(&format!("https://node-{nth}.example:1"));
        say(house, "510100", to, "wang.fang").unwrap();
        versions(house, nth)
    };
    house.clock.put("2026-03-31T05:00:00.000Z");
    let first = moved(&house, 1)[0].at;
    // The clock is set back, and stays so over a start.
    house.clock.put("2026-03-31T04:00:00.000Z");
    assert_eq!(moved(&house, 2)[1].at, first);
    house.come_back(Return::IndexLost);
    assert_eq!(moved(&house, 3)[2].at, first);
    house.clock.put("2026-03-31T05:00:00.001Z");
    assert_eq!(moved(&house, 4)[3].at, house.clock.now());
}

#[test]
fn a_region_suspended_in_the_middle_of_a_day_is_netted_for_what_stood() {
    let house = House::new(4);
    let (stood, later) = (debt(1, 2, CHENGDU, 500), debt(2, 2, CHENGDU, 700));
    house
        .report(2, &[payable(1, &stood), payable(2, &later)])
        .unwrap();
    house.report(CHENGDU, &[receivable(1, &stood)]).unwrap();
    both(&house, "510100", &MemberChange::Suspend).unwrap();
    // Its later legs are refused, those that are held are told again; what others say of it is still taken.
    let refused = house.report(CHENGDU, &[receivable(1, &stood), receivable(2, &later)]);
    assert_eq!(code(refused), "stream.suspended");
    assert_eq!(house.report(CHENGDU, &[receivable(1, &stood)]), Ok(1));
    let back = reversed(&stood, 1);
    house.report(2, &[receivable(3, &back)]).unwrap();
    // Nobody waits for it: it closes no day any more.
    for of in [0, 1] {
        house.close(of, 1, 0).unwrap();
    }
    house.close(2, 1, 3).unwrap();
    house.cut_off(1, Condition::AllClosed).unwrap();
    let plan = house.net(1).unwrap();
    assert_eq!((plan.legs(), plan.total().unwrap().get()), (1, 500));
    assert!(house.trial_balance().values().all(|sum| *sum == 0));
    // What is open is shown to whoever would have it leave.
    let open = say(&house, "510100", MemberChange::Leave, "wang.fang").unwrap_err();
    assert_eq!(open.code.code(), "member.open");
    assert!(
        open.detail.contains("2 legs of others") && open.detail.contains("2026-03-01"),
        "{}",
        open.detail
    );
    // It comes back where it stood, and what waited agrees.
    both(&house, "510100", &MemberChange::Resume).unwrap();
    house.report(CHENGDU, &[receivable(2, &later)]).unwrap();
    house.report(CHENGDU, &[payable(3, &back)]).unwrap();
    for (of, up_to) in [(0, 0), (1, 0), (2, 3), (CHENGDU, 3)] {
        house.close(of, 2, up_to).unwrap();
    }
    house.cut_off(2, Condition::AllClosed).unwrap();
    assert_eq!(house.net(2).unwrap().legs(), 2);
}

#[test]
fn a_region_that_has_nothing_open_leaves_and_one_that_joins_is_waited_for() {
    let house = House::new(5);
    both(&house, "310000", &MemberChange::Suspend).unwrap();
    assert_eq!(both(&house, "310000", &MemberChange::Leave), Ok(true));
    assert_eq!(
        code(both(&house, "310000", &MemberChange::Resume)),
        "member.left"
    );
    // A leg with it is taken and waits, so that those after it can be told.
    let (with_it, after_it) = (debt(1, 0, CHENGDU, 500), debt(2, 2, CHENGDU, 700));
    let told = [receivable(1, &with_it), receivable(2, &after_it)];
    assert_eq!(house.report(CHENGDU, &told), Ok(2));
    assert_eq!(house.report(2, &[payable(1, &after_it)]), Ok(1));
    assert_eq!(
        code(house.report(0, &[payable(1, &with_it)])),
        "stream.suspended"
    );
    both(&house, "440100", &join("440100")).unwrap();
    for (of, up_to) in [(1, 0), (2, 1), (CHENGDU, 2)] {
        house.close(of, 1, up_to).unwrap();
    }
    let waits = house.cut_off(1, Condition::AllClosed).unwrap_err();
    assert_eq!(
        (waits.code.code(), waits.detail.as_str()),
        ("cycle.regions_open", "440100")
    );
    house.cut_off(1, Condition::Deadline(0)).unwrap();
    let plan = house.net(1).unwrap();
    assert_eq!((plan.legs(), plan.total().unwrap().get()), (1, 700));
    // Back again, as one that joins.
    assert_eq!(both(&house, "310000", &join("310000")), Ok(true));
    assert_eq!(row(&house, "310000").listed.standing, Standing::Active);
}

#[test]
fn one_officers_word_is_kept_whatever_another_changes_alone() {
    let mut house = House::new(6);
    let suspend = MemberChange::Suspend;
    assert_eq!(
        say(&house, "510100", suspend.clone(), "wang.fang"),
        Ok(false)
    );
    say(
        &house,
        "510100",
        moved_to("https://new.example:1"),
        "li.wei",
    )
    .unwrap();
    house.come_back(Return::Stopped);
    let waiting = row(&house, "510100").waiting.unwrap();
    assert_eq!(waiting.by, name("wang.fang"));
    assert_eq!(say(&house, "510100", suspend, "zhao.min"), Ok(true));
    assert_eq!(row(&house, "510100").waiting, None);
}

#[test]
fn a_region_is_told_nothing_and_clears_for_nobody_once_it_has_left() {
    let house = House::new(7);
    both(&house, "440100", &join("440100")).unwrap();
    both(&house, "440300", &join("440100")).unwrap();
    both(&house, "440100", &MemberChange::Suspend).unwrap();
    let open = say(&house, "440100", MemberChange::Leave, "wang.fang").unwrap_err();
    assert_eq!(
        (open.code.code(), open.detail.as_str()),
        ("member.open", "440300 clears through it")
    );
    let alone = MemberChange::Change(Changing {
        member: Some("440300".parse().unwrap()),
        endpoint: None,
        signers: Vec::new(),
    });
    both(&house, "440300", &alone).unwrap();
    assert_eq!(both(&house, "440100", &MemberChange::Leave), Ok(true));
    let through_it = MemberChange::Change(Changing {
        member: Some("440100".parse().unwrap()),
        endpoint: None,
        signers: Vec::new(),
    });
    assert_eq!(code(both(&house, "440300", &through_it)), "member.left");
    assert_eq!(code(both(&house, "440500", &join("440100"))), "member.left");
    // Of people whom regions share it is told nothing, and nobody is told of it.
    let may = |region: &str| {
        let by = crate::decide::Told {
            region: region.parse().unwrap(),
            incarnation: crate::state::FIRST_INCARNATION,
        };
        house.ask(move |context| crate::decide::may_match(context, by))
    };
    assert_eq!(code(may("440100")), "member.left");
    let with = may("440300").unwrap();
    assert!(with.contains(&"510100".parse().unwrap()));
    assert!(!with.contains(&"440100".parse().unwrap()));
}
