//! Grants after a later reversal or settlement, and everyone's year at once.

use huitong_core::digest::sha256;
use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::AssistanceIdentity;
use huitong_proto::settlement::v1::assess_all_assistance_response::Part;
use huitong_proto::settlement::v1::change_person_request::Change;
use tonic::Status;

use crate::assistance::{
    DAY, GUARD, PERSON, a_year, asked, desk, grant, helped, helping, prepare, total, withdraw,
};
use crate::bills::{card, person, published, settle, small};
use crate::bureau::by_officer;
use crate::files::policy;
use crate::filings::change;
use crate::offices::{FIRST, SECOND};
use crate::withdrawals::{approve as approves, withdraw as withdraws};
use crate::world::{HOSPITAL, NINGBO, World, code};

async fn differences(world: &World) -> v1::AssistanceDifferencesResponse {
    let request = v1::AssistanceDifferencesRequest {
        psn_no: String::new(),
        after: None,
    };
    let answer = desk(world).await.differences(request).await;
    answer.unwrap().into_inner()
}

fn assistance(pays: &[common::FundAmount]) -> i64 {
    let [paid] = pays else {
        panic!("{pays:?}");
    };
    assert_eq!(paid.fund(), common::Fund::MedicalAssistance);
    paid.amount_fen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_stands_and_is_listed_when_its_year_comes_out_differently() {
    let world = World::new().await;
    prepare(&world).await;
    a_year(&world).await;
    let granted = grant(&world, asked("a-1", &[])).await.unwrap();
    // What is helped at the counter afterwards goes on from the grant, and takes nothing from it.
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-3", helped("V3"))).await.unwrap();
    let none = differences(&world).await;
    assert_eq!((none.examined, none.differences.len()), (1, 0));
    let small_one = hospital.get("r-2").await.unwrap().settlement;
    let reason = v1::ReversalReason::WrongBill;
    by_officer(&world, NINGBO, "o-1", &small_one, reason)
        .await
        .unwrap();
    let listed = differences(&world).await;
    let [one] = &*listed.differences else {
        panic!("{listed:?}");
    };
    assert_eq!(one.granted.as_ref().unwrap().grant, granted.grant);
    // (6,840 − 3,000) × 60 % = 2,304 instead of 2,844.
    assert_eq!(assistance(&one.then), 230_400);
    // 900 of the start have been met at the counter since: (6,840 − 2,100) × 60 %.
    assert_eq!(assistance(&one.anew), 284_400);
    assert_eq!((&*one.gone, &*one.come), (&[small_one][..], &[][..]));
    // Nothing was reopened.
    assert_eq!(total(&world, "assistance_paid").await, 284_400 + 54_000);
    let reason = v1::AssistanceEndReason::YearChanged;
    withdraw(&world, &granted.grant, reason).await.unwrap();
    let again = grant(&world, asked("a-2", &[])).await.unwrap();
    let decision = again.year.unwrap().decision.unwrap();
    assert_eq!(decision.fund_total_fen - 1_316_000, 284_400);
    assert_eq!(differences(&world).await.differences, []);
    // Care of before the day that is settled only now.
    let late = hospital.settle(settle("r-4", small("V4"))).await.unwrap();
    let listed = differences(&world).await;
    assert_eq!(listed.differences[0].come, [late.settlement]);
    // Everything it counted is reversed: nothing would be granted.
    for (nth, id) in ["r-1", "r-4"].into_iter().enumerate() {
        let settlement = hospital.get(id).await.unwrap().settlement;
        let reason = v1::ReversalReason::WrongBill;
        let request_id = format!("o-{}", nth + 2);
        by_officer(&world, NINGBO, &request_id, &settlement, reason)
            .await
            .unwrap();
    }
    let listed = differences(&world).await;
    let [one] = &*listed.differences else {
        panic!("{listed:?}");
    };
    let refused = one.then_refused.as_ref().unwrap();
    assert_eq!(refused.code, "assistance.nothing_counts");
    assert_eq!((one.then.len(), one.anew.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_for_a_need_that_is_taken_back_is_listed_though_it_comes_out_as_it_was() {
    let world = World::new().await;
    prepare(&world).await;
    a_year(&world).await;
    grant(&world, asked("a-1", &[])).await.unwrap();
    assert_eq!(differences(&world).await.differences, []);
    let taken_back = Change::EndIdentity(v1::EndIdentity {
        identity: AssistanceIdentity::IllnessPoverty.into(),
        from: DAY.to_owned(),
    });
    change(&world, "need-2", PERSON, taken_back).await.unwrap();
    let listed = differences(&world).await;
    let [one] = &*listed.differences else {
        panic!("{listed:?}");
    };
    assert_eq!(assistance(&one.then), 284_400);
    let refused = one.anew_refused.as_ref().unwrap();
    assert_eq!(refused.code, "assistance.not_entitled");
    assert_eq!((one.gone.len(), one.come.len()), (0, 0));
}

const OTHERS: [&str; 2] = ["330200000000000071", "330200000000000072"];

/// Two more people in need, each with 22,000 of the year.
async fn others(world: &World) {
    let mut hospital = world.hospital(HOSPITAL).await;
    for psn_no in OTHERS {
        let enrol = Change::Enrol(v1::InsuredPerson {
            credentials: vec![card(psn_no)],
            birth: "1970-01-01".to_owned(),
            years_paid: 3,
            claim_free_years: 0,
            cover: vec![v1::CoverPeriod {
                scheme: v1::Scheme::Resident.into(),
                category: "adult".to_owned(),
                retired: false,
                from: "2020-01-01".to_owned(),
                until: String::new(),
            }],
            identities: vec![v1::HeldIdentity {
                identity: AssistanceIdentity::IllnessPoverty.into(),
                from: DAY.to_owned(),
                until: String::new(),
            }],
        });
        let request_id = format!("enrol-{psn_no}");
        change(world, &request_id, psn_no, enrol).await.unwrap();
        let bill = v1::Bill {
            person: Some(person(psn_no)),
            credential: Some(card(psn_no)),
            ..published(psn_no)
        };
        hospital.settle(settle(psn_no, bill)).await.unwrap();
    }
}

type Everyone = (Vec<v1::EntitledPerson>, v1::EveryoneAssessed);

async fn everyone(world: &World, run: &str, digest: &[u8]) -> Result<Everyone, Status> {
    let request = v1::AssessAllAssistanceRequest {
        on: DAY.to_owned(),
        run: run.to_owned(),
        digest: digest.to_vec(),
    };
    let answer = desk(world).await.assess_all(request).await?;
    let (mut parts, mut people) = (answer.into_inner(), Vec::new());
    while let Some(part) = parts.message().await? {
        match part.part.unwrap() {
            Part::Person(person) => people.push(person),
            Part::Everyone(sums) => return Ok((people, sums)),
        }
    }
    panic!("no sums");
}

fn of_run(one: &v1::EntitledPerson) -> v1::GrantAssistanceRequest {
    v1::GrantAssistanceRequest {
        psn_no: one.psn_no.clone(),
        ..asked(&one.request_id, &one.digest)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_is_assessed_at_once_and_a_run_goes_on_where_it_broke_off() {
    let mut world = World::new().await;
    prepare(&world).await;
    a_year(&world).await;
    others(&world).await;
    let (people, sums) = everyone(&world, "", &[]).await.unwrap();
    assert_eq!((sums.people, sums.entitled, sums.nothing), (3, 3, 0));
    assert_eq!(assistance(&sums.pays), 284_400 + 2 * 230_400);
    assert!(people.iter().all(|one| one.request_id.is_empty()));
    // Nothing was written, and it comes out the same.
    let (people, in_run) = everyone(&world, "y-2023", &sums.digest).await.unwrap();
    assert_eq!(in_run, sums);
    let first = grant(&world, of_run(&people[0])).await.unwrap();
    assert_eq!(first.request_id, format!("y-2023.{}", people[0].psn_no));
    world.kill(NINGBO).await;
    world.start(NINGBO).await;
    // It broke off there: the first is granted, and the digest is the same.
    let (people, going_on) = everyone(&world, "y-2023", &sums.digest).await.unwrap();
    assert_eq!((going_on.entitled, going_on.granted), (3, 1));
    assert_eq!(people[0].granted, first.grant);
    for one in &people {
        grant(&world, of_run(one)).await.unwrap();
    }
    let (_, done) = everyone(&world, "y-2023", &sums.digest).await.unwrap();
    assert_eq!((done.entitled, done.granted), (3, 3));
    // In another run nobody is entitled a second time.
    let (people, other) = everyone(&world, "z-2023", &[]).await.unwrap();
    assert_eq!((people.len(), other.entitled), (0, 0));
    let refused = v1::RefusedPeople {
        code: "assistance.stands".to_owned(),
        people: 3,
    };
    assert_eq!(other.refused, [refused]);
    let moved = everyone(&world, "z-2023", &sums.digest).await.unwrap_err();
    assert_eq!(code(&moved), "assistance.year_changed");
    let long = everyone(&world, &"y".repeat(64), &[]).await.unwrap_err();
    assert_eq!(code(&long), "request.malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_by_a_policy_that_is_withdrawn_is_listed_though_it_comes_out_as_it_was() {
    let world = World::new().await;
    prepare(&world).await;
    a_year(&world).await;
    let granted = grant(&world, asked("a-1", &[])).await.unwrap();
    // The same rules under another digest, from the same day on.
    let (first, helps) = (sha256(policy(NINGBO).as_bytes()), helping(GUARD));
    let withdrawn = sha256(helps.as_bytes());
    let anew = helps.replace(&first.to_string(), &withdrawn.to_string());
    let anew = world.publish(NINGBO, &anew).await;
    assert_eq!(differences(&world).await.differences, []);
    let mistaken = withdrawn.as_bytes();
    let mut office = world.office(NINGBO, FIRST).await;
    office.withdraw(withdraws(mistaken, &anew)).await.unwrap();
    assert_eq!(differences(&world).await.differences, []);
    let mut office = world.office(NINGBO, SECOND).await;
    office.approve(approves(mistaken)).await.unwrap();
    let listed = differences(&world).await;
    let [one] = &*listed.differences else {
        panic!("{listed:?}");
    };
    assert_eq!(one.granted.as_ref().unwrap().grant, granted.grant);
    let figures = (assistance(&one.then), assistance(&one.anew));
    assert_eq!(figures, (284_400, 284_400));
    assert_eq!((one.gone.len(), one.come.len()), (0, 0));
}
