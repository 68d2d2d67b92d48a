//! People enrolled, lapsed, resumed, reclassified and dead, by their bureau, and what a bill then comes to.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::change_person_request::Change;
use huitong_proto::settlement::v1::{AssistanceIdentity, Scheme};

use crate::bills::{card, dated, person, settle, small};
use crate::filings::{change, people};
use crate::world::{HOSPITAL, NINGBO, World, code};

const NEWCOMER: &str = "330200000000000077";

fn cover(from: &str, until: &str) -> v1::CoverPeriod {
    v1::CoverPeriod {
        scheme: Scheme::Resident.into(),
        category: "adult".to_owned(),
        retired: false,
        from: from.to_owned(),
        until: until.to_owned(),
    }
}

fn newcomer() -> v1::InsuredPerson {
    v1::InsuredPerson {
        credentials: vec![card("NEW")],
        birth: "1970-01-01".to_owned(),
        years_paid: 3,
        claim_free_years: 0,
        cover: vec![cover("2023-01-01", "")],
        identities: Vec::new(),
    }
}

fn bill(visit: &str) -> v1::Bill {
    v1::Bill {
        person: Some(person(NEWCOMER)),
        credential: Some(card("NEW")),
        ..small(visit)
    }
}

fn lapse(from: &str) -> Change {
    Change::Lapse(v1::EndCover {
        from: from.to_owned(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_enrolled_lapses_and_is_insured_again() {
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let members = world.status(NINGBO).await.members;
    let refused = hospital
        .settle(settle("r-0", bill("V1")))
        .await
        .unwrap_err();
    assert_eq!(code(&refused), "person.unknown");
    let enrol = Change::Enrol(newcomer());
    let done = change(&world, "m-1", NEWCOMER, enrol.clone())
        .await
        .unwrap();
    assert_eq!(
        change(&world, "m-1", NEWCOMER, enrol.clone())
            .await
            .unwrap(),
        done
    );
    let twice = change(&world, "m-2", NEWCOMER, enrol).await.unwrap_err();
    assert_eq!(code(&twice), "person.already_enrolled");
    assert_eq!(world.status(NINGBO).await.members, members + 1);
    hospital.settle(settle("r-1", bill("V1"))).await.unwrap();
    change(&world, "m-3", NEWCOMER, lapse("2023-04-01"))
        .await
        .unwrap();
    let misfit = change(&world, "m-4", NEWCOMER, lapse("2023-04-01"))
        .await
        .unwrap_err();
    assert_eq!(code(&misfit), "person.cover_does_not_fit");
    let in_the_gap = dated(bill("V2"), "2023-04-02", "2023-04-05");
    let refused = hospital
        .settle(settle("r-2", in_the_gap))
        .await
        .unwrap_err();
    assert_eq!(code(&refused), "person.not_enrolled");
    // A stay that began under cover settles.
    let across = dated(bill("V3"), "2023-03-31", "2023-04-05");
    hospital.settle(settle("r-3", across)).await.unwrap();
    change(
        &world,
        "m-5",
        NEWCOMER,
        Change::Resume(cover("2023-06-01", "")),
    )
    .await
    .unwrap();
    let again = dated(bill("V4"), "2023-06-02", "2023-06-05");
    hospital.settle(settle("r-4", again)).await.unwrap();
    let reclassified = Change::Reclassify(v1::Reclassify {
        scheme: Scheme::Employee.into(),
        category: "in_service".to_owned(),
        retired: false,
        from: "2023-07-01".to_owned(),
    });
    change(&world, "m-6", NEWCOMER, reclassified).await.unwrap();
    // Ningbo has no policy for employees.
    let other = dated(bill("V5"), "2023-07-02", "2023-07-05");
    let refused = hospital.settle(settle("r-5", other)).await.unwrap_err();
    assert_eq!(code(&refused), "policy.missing");
    // The same stands after the index is derived again.
    let seen = async |world: &World| {
        let request = v1::GetPersonRequest {
            psn_no: NEWCOMER.to_owned(),
        };
        let seen = people(world).await.get_person(request).await.unwrap();
        seen.into_inner()
    };
    let before = seen(&world).await;
    assert_eq!(before.person.as_ref().unwrap().cover.len(), 3);
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    assert_eq!(seen(&world).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_paid_for_days_after_death_and_a_stay_that_ended_by_it_settles() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    change(&world, "m-1", NEWCOMER, Change::Enrol(newcomer()))
        .await
        .unwrap();
    let die = |day: &str| Change::Die(day.to_owned());
    let later = change(&world, "m-2", NEWCOMER, die("2023-03-11"))
        .await
        .unwrap_err();
    assert_eq!(code(&later), "request.malformed");
    change(&world, "m-3", NEWCOMER, die("2023-03-05"))
        .await
        .unwrap();
    let after = hospital
        .settle(settle("r-1", bill("V1")))
        .await
        .unwrap_err();
    assert_eq!(code(&after), "person.dead");
    let new = dated(bill("V2"), "2023-03-06", "2023-03-06");
    let refused = hospital.settle(settle("r-2", new)).await.unwrap_err();
    assert_eq!(code(&refused), "person.dead");
    let ended = dated(bill("V1"), "2023-03-01", "2023-03-05");
    hospital.settle(settle("r-3", ended)).await.unwrap();
    // A file of before brings nobody back to life.
    let file = "\
psn_no,credentials,birth_date,scheme,category,retired,years_paid,coverage,identities
330200000000000077,social_card:NEW,1970-01-01,resident,adult,no,0,2020-01-01..,
";
    let messages = crate::files::messages(v1::ImportKind::Members, "members", file);
    let mut officer = world.officer(NINGBO).await;
    officer.import(tokio_stream::iter(messages)).await.unwrap();
    let refused = hospital
        .settle(settle("r-4", bill("V4")))
        .await
        .unwrap_err();
    assert_eq!(code(&refused), "person.dead");
    // It was another person who died.
    change(&world, "m-4", NEWCOMER, Change::Live(v1::Alive {}))
        .await
        .unwrap();
    change(
        &world,
        "m-5",
        NEWCOMER,
        Change::Resume(cover("2023-03-06", "")),
    )
    .await
    .unwrap();
    hospital.settle(settle("r-5", bill("V5"))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_and_accounts_are_set_with_their_source_and_bad_acts_name_the_field() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    change(&world, "m-1", NEWCOMER, Change::Enrol(newcomer()))
        .await
        .unwrap();
    let origin = || {
        Some(v1::Origin {
            as_of: "2023-03-01".to_owned(),
            source: "core system of 330200".to_owned(),
        })
    };
    let set = |value, origin| {
        Change::SetTotal(v1::SetTotal {
            total: "charged".to_owned(),
            stretch: "year:2023".to_owned(),
            key: String::new(),
            value,
            origin,
        })
    };
    change(&world, "m-2", NEWCOMER, set(120_000, origin()))
        .await
        .unwrap();
    // The deductible of the year was charged elsewhere.
    let settled = hospital.settle(settle("r-1", bill("V1"))).await.unwrap();
    assert_eq!(settled.decision.unwrap().layers[0].start_fen, 0);
    let bad = [
        (set(-1, origin()), "set_total.value"),
        (set(1, None), "set_total.origin"),
        (lapse("2023-02-30"), "lapse.from"),
        (
            Change::Resume(cover("2023-06-02", "2023-06-01")),
            "resume.until",
        ),
        (
            Change::HoldIdentity(v1::HeldIdentity {
                identity: AssistanceIdentity::Unspecified.into(),
                from: "2023-01-01".to_owned(),
                until: String::new(),
            }),
            "hold_identity.identity",
        ),
        (
            Change::Enrol(v1::InsuredPerson {
                cover: vec![cover("2023-01-01", ""), cover("2024-01-01", "")],
                ..newcomer()
            }),
            "enrol.cover",
        ),
    ];
    for (bad, field) in bad {
        let refused = change(&world, "m-9", NEWCOMER, bad).await.unwrap_err();
        assert_eq!(code(&refused), "request.malformed", "{field}");
        let refusal = huitong_proto::conversion::refusal::refusal_from_details(refused.details());
        let detail = refusal.unwrap().detail;
        assert!(detail.starts_with(field), "{detail}");
    }
}
