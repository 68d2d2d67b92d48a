//! Cover, identities, death, totals: each act after the one before.

use super::*;

#[test]
fn cover_lapses_resumes_and_changes_from_a_day_on() {
    let home = home();
    let periods = |home: &Home| home.rows.member(person().psn_no).unwrap().unwrap().periods;
    done(
        &home,
        "1",
        PersonChange::Lapse {
            from: day("2023-04-01"),
        },
    );
    let lapsed = PersonChange::Lapse {
        from: day("2023-05-01"),
    };
    assert_eq!(
        refused(&home, officer(), lapsed),
        RefusalCode::CoverDoesNotFit
    );
    let overlapping = PersonChange::Resume(period("adult", "2023-03-31", None));
    assert_eq!(
        refused(&home, officer(), overlapping),
        RefusalCode::CoverDoesNotFit
    );
    done(
        &home,
        "2",
        PersonChange::Resume(period("adult", "2023-07-01", None)),
    );
    let reclassify = |from: &str| PersonChange::Reclassify {
        from: day(from),
        scheme: Scheme::Employee,
        category: "in_service".parse().unwrap(),
        retired: false,
    };
    let gap = refused(&home, officer(), reclassify("2023-05-01"));
    assert_eq!(gap, RefusalCode::CoverDoesNotFit);
    done(&home, "3", reclassify("2023-09-01"));
    let told: Vec<_> = periods(&home)
        .iter()
        .map(|period| (period.scheme, period.days))
        .collect();
    assert_eq!(
        told,
        [
            (Scheme::Resident, days("2020-01-01", Some("2023-03-31"))),
            (Scheme::Resident, days("2023-07-01", Some("2023-08-31"))),
            (Scheme::Employee, days("2023-09-01", None)),
        ]
    );
    // From the first day of a stretch on, nothing of it is left.
    done(
        &home,
        "4",
        PersonChange::Lapse {
            from: day("2023-09-01"),
        },
    );
    assert_eq!(periods(&home).len(), 2);
}

#[test]
fn identities_are_held_and_end_each_for_itself() {
    let home = home();
    let hold = |from: &str| {
        PersonChange::HoldIdentity(IdentityPeriod {
            identity: AssistanceIdentity::Subsistence,
            days: days(from, None),
        })
    };
    let end = |identity, from: &str| PersonChange::EndIdentity {
        identity,
        from: day(from),
    };
    done(&home, "1", hold("2023-01-01"));
    assert_eq!(
        refused(&home, officer(), hold("2024-01-01")),
        RefusalCode::CoverDoesNotFit
    );
    let other = end(AssistanceIdentity::Fringe, "2023-06-01");
    assert_eq!(
        refused(&home, officer(), other),
        RefusalCode::CoverDoesNotFit
    );
    done(
        &home,
        "2",
        end(AssistanceIdentity::Subsistence, "2023-06-01"),
    );
    done(&home, "3", hold("2023-07-01"));
    let held = home
        .rows
        .member(person().psn_no)
        .unwrap()
        .unwrap()
        .identities;
    assert_eq!(held[0].days, days("2023-01-01", Some("2023-05-31")));
    assert_eq!(held[1].days, days("2023-07-01", None));
}

#[test]
fn death_ends_cover_and_may_have_been_a_mistake() {
    let home = home();
    let die = |on: &str| PersonChange::Die { on: day(on) };
    assert_eq!(
        refused(&home, officer(), die("2023-03-11")),
        RefusalCode::Malformed
    );
    assert_eq!(
        refused(&home, officer(), PersonChange::Live),
        RefusalCode::CoverDoesNotFit
    );
    done(&home, "1", die("2023-03-05"));
    let member = home.rows.member(person().psn_no).unwrap().unwrap();
    assert_eq!(
        member.periods[0].days,
        days("2020-01-01", Some("2023-03-05"))
    );
    for change in [
        die("2023-03-05"),
        file(FilingClass::Temporary, "510100"),
        PersonChange::Resume(period("adult", "2023-03-06", None)),
    ] {
        assert_eq!(refused(&home, officer(), change), RefusalCode::PersonDead);
    }
    done(&home, "2", PersonChange::Live);
    assert_eq!(home.rows.death(person().psn_no).unwrap(), None);
    done(
        &home,
        "3",
        PersonChange::Resume(period("adult", "2023-03-06", None)),
    );
}

#[test]
fn who_is_enrolled_is_counted_once_and_totals_are_set_with_their_source() {
    let home = Home::new();
    let unknown = refused(&home, officer(), file(FilingClass::Temporary, "510100"));
    assert_eq!(unknown, RefusalCode::UnknownPerson);
    done(&home, "1", PersonChange::Enrol(member()));
    assert_eq!(home.rows.count(ImportKind::Members).unwrap(), Some(1));
    let again = refused(&home, officer(), PersonChange::Enrol(member()));
    assert_eq!(again, RefusalCode::AlreadyEnrolled);
    let set = |value| PersonChange::SetTotal {
        slot: year_total(),
        value,
        origin: Origin {
            as_of: day("2023-03-09"),
            source: "core system".to_owned(),
        },
    };
    assert_eq!(refused(&home, officer(), set(-1)), RefusalCode::Malformed);
    done(&home, "2", set(123_400));
    let account = home.rows.account(person().psn_no).unwrap().unwrap();
    assert_eq!(account.totals[&year_total()], 123_400);
    assert_eq!(account.version, version(5));
}
