//! Which document decides which day, one superseding another, one withdrawn.

use huitong_core::bill::{Arrival, VisitNumber};
use huitong_core::date::Timestamp;
use huitong_core::digest::sha256;
use huitong_core::publication::SignedStatement;
use huitong_core::record::policy::Act;

use super::*;
use crate::store::Location;

fn act() -> Act {
    Act {
        by: "li.wei".parse().unwrap(),
        at: Timestamp::EPOCH,
    }
}

/// A document of these days; `head` says what else its head says.
fn policy(from: &str, until: &str, head: &str) -> Arc<HeldPolicy> {
    let settings = if head.contains("settings") {
        ""
    } else {
        "settings = [\"inpatient\", \"outpatient\"]"
    };
    let text = format!(
        "title = \"t\"\nsource = \"s\"\nregion = \"330200\"\nscheme = \"resident\"\n{settings}\n\
         effective = {{ from = {from}, until = {until} }}\n{head}\n\
         [[layer]]\nname = \"basic\"\ntake = [\"in\"]\nratio = \"0.5\"\npayer = \"resident_pool\"\n"
    );
    let region = "330200".parse().unwrap();
    Arc::new(HeldPolicy::read(text.into_bytes(), region).unwrap())
}

fn naming(others: &[&Arc<HeldPolicy>]) -> String {
    let named: Vec<String> = others
        .iter()
        .map(|other| format!("\"{}\"", other.digest()))
        .collect();
    format!("supersedes = [{}]", named.join(", "))
}

fn publication(number: u64) -> Publication {
    Publication {
        number,
        proposed: act(),
        approved: act(),
        statement: SignedStatement {
            bytes: Vec::new(),
            algorithm: 1,
            key_id: sha256(b"key"),
            signature: Vec::new(),
        },
        since: Location::nowhere(),
        asked: None,
        declined: None,
    }
}

fn asked(policy: &Arc<HeldPolicy>, in_favour_of: Option<Digest>) -> WithdrawalAsked {
    WithdrawalAsked {
        policy: policy.digest(),
        asked: act(),
        reason: "a slip".to_owned(),
        in_favour_of,
    }
}

/// Publishes in order; each must fit beside those before it.
fn published(policies: &[&Arc<HeldPolicy>]) -> OwnPolicies {
    let mut own = OwnPolicies::default();
    for (number, policy) in (1..).zip(policies) {
        own.admit(policy).unwrap();
        let standing = PolicyStanding::Published(publication(number));
        own = own.with(vec![(Arc::clone(policy), standing)]);
    }
    own
}

fn without(own: OwnPolicies, policy: &Arc<HeldPolicy>) -> OwnPolicies {
    let publication = own
        .get(&policy.digest())
        .unwrap()
        .publication()
        .unwrap()
        .clone();
    let withdrawn = Withdrawn {
        publication,
        asked: asked(policy, None),
        approved: act(),
    };
    own.with(vec![(
        Arc::clone(policy),
        PolicyStanding::Withdrawn(withdrawn),
    )])
}

fn visit(setting: Setting, admitted: &str, discharged: &str) -> Visit {
    Visit {
        number: VisitNumber::parse("V1").unwrap(),
        episode: VisitNumber::parse("V1").unwrap(),
        episode_at: None,
        setting,
        interim: 0,
        admitted: admitted.parse().unwrap(),
        billed_from: admitted.parse().unwrap(),
        discharged: discharged.parse().unwrap(),
        arrival: Arrival::Direct,
        sessions: 1,
        diseases: Vec::new(),
        package: None,
    }
}

/// Which of the documents decides each day, by its place; `None` for no document.
fn check(own: &OwnPolicies, policies: &[&Arc<HeldPolicy>], expected: &[(&str, Option<usize>)]) {
    for (day, place) in expected {
        let deciding = own.deciding(Scheme::Resident, &visit(Setting::Inpatient, day, day));
        let found = deciding.map(|it| it.digest());
        let expected = place.map(|place| policies[place].digest());
        assert_eq!(found, expected, "{day}");
    }
}

#[test]
fn one_document_after_another_decides_from_its_first_day() {
    let older = policy("2023-01-01", "2023-12-31", "");
    let newer = policy("2023-07-01", "2023-09-30", &naming(&[&older]));
    let all = [&older, &newer];
    let own = published(&all);
    // The older one is replaced for good, also after the newer one's last day.
    let days = [
        ("2022-12-31", None),
        ("2023-06-30", Some(0)),
        ("2023-07-01", Some(1)),
        ("2023-09-30", Some(1)),
        ("2023-10-01", None),
    ];
    check(&own, &all, &days);
    let back = without(own, &newer);
    check(
        &back,
        &all,
        &[("2023-06-30", Some(0)), ("2023-10-01", Some(0))],
    );
    let none = without(back, &older);
    check(&none, &all, &[("2023-06-30", None)]);
}

#[test]
fn a_chain_goes_on_when_its_middle_is_withdrawn() {
    let first = policy("2023-01-01", "2023-12-31", "");
    let second = policy("2023-04-01", "2023-12-31", &naming(&[&first]));
    let third = policy("2023-07-01", "2023-12-31", &naming(&[&second]));
    let all = [&first, &second, &third];
    let own = published(&all);
    let days = [
        ("2023-03-31", Some(0)),
        ("2023-06-30", Some(1)),
        ("2023-07-01", Some(2)),
    ];
    check(&own, &all, &days);
    let own = without(own, &second);
    let days = [("2023-06-30", Some(0)), ("2023-07-01", Some(2))];
    check(&own, &all, &days);
}

#[test]
fn only_kinds_of_treatment_that_both_have_are_replaced() {
    let older = policy("2023-01-01", "2023-12-31", "");
    let head = format!("settings = [\"inpatient\"]\n{}", naming(&[&older]));
    let newer = policy("2023-07-01", "2023-12-31", &head);
    let own = published(&[&older, &newer]);
    let by = |setting| {
        let deciding = own.deciding(
            Scheme::Resident,
            &visit(setting, "2023-08-01", "2023-08-01"),
        );
        deciding.unwrap().digest()
    };
    assert_eq!(by(Setting::Inpatient), newer.digest());
    assert_eq!(by(Setting::Outpatient), older.digest());
}

#[test]
fn no_visit_falls_between_two_that_count_its_day_differently() {
    let older = policy("2023-01-01", "2023-12-31", "");
    let head = format!("benefit_date = \"admission\"\n{}", naming(&[&older]));
    let newer = policy("2023-07-01", "2023-12-31", &head);
    let own = published(&[&older, &newer]);
    let over = visit(Setting::Inpatient, "2023-06-28", "2023-07-03");
    let deciding = own.deciding(Scheme::Resident, &over).unwrap();
    assert_eq!(deciding.digest(), older.digest());
}

#[test]
fn an_overlap_is_admitted_only_when_it_is_named() {
    let older = policy("2023-01-01", "2023-12-31", "");
    let own = published(&[&older]);
    for (from, until, fits) in [
        ("2024-01-01", "2024-12-31", true),
        ("2023-12-31", "2024-12-31", false),
        ("2022-01-01", "2023-01-01", false),
        ("2022-01-01", "2022-12-31", true),
    ] {
        let other = policy(from, until, "");
        match own.admit(&other) {
            Ok(()) => assert!(fits, "{from}"),
            Err(PolicyError::Overlap { digest, .. }) => {
                assert_eq!((fits, digest), (false, older.digest()), "{from}");
            }
            Err(error) => panic!("{error}"),
        }
        own.admit(&policy(from, until, &naming(&[&older]))).unwrap();
    }
    let stranger = policy("2030-01-01", "2030-12-31", "");
    let naming_a_stranger = policy("2023-07-01", "2023-12-31", &naming(&[&stranger]));
    assert!(matches!(
        own.admit(&naming_a_stranger),
        Err(PolicyError::Supersedes(digest)) if digest == stranger.digest()
    ));
    // What a newer one has replaced overlaps with nothing any more.
    let newer = policy("2023-07-01", "2023-12-31", &naming(&[&older]));
    let own = published(&[&older, &newer]);
    let later = policy("2023-10-01", "2023-12-31", &naming(&[&newer]));
    own.admit(&later).unwrap();
}

#[test]
fn a_document_takes_anothers_place_only_on_all_its_days() {
    let older = policy("2023-01-01", "2023-12-31", "");
    let newer = policy("2023-07-01", "2023-12-31", &naming(&[&older]));
    let own = published(&[&older, &newer]);
    let wrong = asked(&older, Some(newer.digest()));
    assert_eq!(
        own.not_replaced(&wrong),
        Some((Setting::Inpatient, "2023-01-01".parse().unwrap()))
    );
    assert_eq!(own.not_replaced(&asked(&newer, Some(older.digest()))), None);
    let longer = policy("2023-07-01", "2024-06-30", &naming(&[&older]));
    let own = published(&[&older, &longer]);
    assert_eq!(
        own.not_replaced(&asked(&longer, Some(older.digest()))),
        Some((Setting::Inpatient, "2024-01-01".parse().unwrap()))
    );
}
