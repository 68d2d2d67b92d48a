//! What officers leave out of a cycle while cycles wait after a restore.

use super::*;

/// The backup is of before it failed, so that it did is lost; by the digest it can only be netted as it was.
#[test]
fn what_was_left_out_before_a_restore_is_left_out_again_by_its_name() {
    for how in RETURNS {
        let mut house = House::new(65);
        cut_off_day(&house);
        let named = Named {
            rows: [row()].into(),
            ..Named::default()
        };
        let refused = reopen(&house, named.clone(), "wang.fang");
        assert_eq!(code(refused), "cycle.not_failed", "nothing was restored");
        let backup = house.disk.copy();
        net_by(&house, narrow).unwrap_err();
        for by in ["wang.fang", "li.na"] {
            reopen(&house, Named::default(), by).unwrap();
        }
        let netted = net_by(&house, narrow).unwrap();
        let digest = huitong_core::digest::sha256(&netted.to_bytes());
        house.put_back(&backup);
        let again = |house: &House| {
            house.ask(move |context| net(context, day(1), Expected::Plan(digest), 0, officer()))
        };
        assert_eq!(code(again(&house)), "cycle.other_plan");
        let nothing = reopen(&house, Named::default(), "wang.fang");
        assert_eq!(code(nothing), "cycle.not_failed", "nothing is named");
        let left_out = huitong_core::record::clearing::LegsLeftOut {
            rows: [row()].into(),
            ..Default::default()
        };
        let came = reopen(&house, named.clone(), "wang.fang");
        assert_eq!(came, Ok(Reopening::Proposed(left_out.clone())));
        house.come_back(how);
        let came = reopen(&house, named.clone(), "li.na");
        assert_eq!(came, Ok(Reopening::Reopened(left_out.clone())));
        house.come_back(how);
        assert_eq!(again(&house).unwrap().to_bytes(), netted.to_bytes());
        let other = Named {
            rows: [Pair {
                fund: Fund::EmployeePool,
                ..row()
            }]
            .into(),
            ..Named::default()
        };
        assert_eq!(code(reopen(&house, other, "li.na")), "cycle.not_failed");
    }
}

/// Cycles go on only when each that is cut off is netted, and what is netted is not reopened: nothing that an officer wanted
/// to leave out while they waited is left over then.
#[test]
fn what_one_officer_wanted_to_leave_out_after_a_restore_is_seen_and_ends_before_cycles_go_on() {
    let mut house = House::new(67);
    cut_off_day(&house);
    let backup = house.disk.copy();
    let digest = huitong_core::digest::sha256(&house.net(1).unwrap().to_bytes());
    house.put_back(&backup);
    let named = Named {
        rows: [row()].into(),
        ..Named::default()
    };
    reopen(&house, named.clone(), "wang.fang").unwrap();
    let status = house.status(Some(1));
    assert_eq!(status.failed, None);
    assert_eq!(status.proposed.unwrap().by.as_str(), "wang.fang");
    let resumed = || house.ask(|context| resume(context, Some(day(1)), officer()));
    assert_eq!(code(resumed()), "cycle.digest_needed");
    let expected = Expected::Plan(digest);
    house
        .ask(move |context| net(context, day(1), expected, 0, officer()))
        .unwrap();
    resumed().unwrap();
    house.come_back(Return::IndexLost);
    assert_eq!(house.status(Some(1)).proposed, None);
    let refused = reopen(&house, named, "li.na").unwrap_err();
    assert_eq!(refused.code.code(), "cycle.not_failed");
    assert_eq!(refused.detail, "2026-03-01, netted as plan 1");
}
