//! Filings made, amended and ended by the bureau, made by hospitals for their patients, and what they pay.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::change_person_request::Change;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use huitong_proto::settlement::v1::people_service_client::PeopleServiceClient;
use huitong_proto::settlement::v1::{FilingClass, FilingEndReason};
use tonic::Status;
use tonic::transport::Channel;

use crate::bills::{at_home, card, dated, person, settle, small};
use crate::hospital::Hospital;
use crate::relay::Commits;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code};

/// The employee of Ningbo.
pub const EMPLOYEE: &str = "330200000000000003";

/// A policy of the employee scheme whose ratio is the filing's.
const BY_FILING: &str = r#"
title = "employees 330200"
source = "http://dingguangqun.cn/?id=972"
region = "330200"
scheme = "employee"
settings = ["inpatient"]
effective = { from = 2023-01-01, until = 2023-12-31 }

[[layer]]
name = "basic"
take = ["in"]
ratio = { by = "filing", long_term = "0.80", referral = "0.75", emergency = "0.70", temporary = "0.60", unfiled = "0.50" }
payer = "employee_pool"
"#;

pub async fn world() -> World {
    let world = World::new().await;
    world.publish(NINGBO, BY_FILING).await;
    world
}

/// 3,000 yuan in scope, of the employee.
pub fn bill(visit: &str) -> v1::Bill {
    v1::Bill {
        person: Some(person(EMPLOYEE)),
        credential: Some(card("NB3")),
        ..small(visit)
    }
}

pub async fn people(world: &World) -> PeopleServiceClient<Channel> {
    let officer = "/region/330200/officer/li.wei";
    PeopleServiceClient::new(world.caller(officer, NINGBO).await)
}

pub async fn change(
    world: &World,
    request_id: &str,
    psn_no: &str,
    change: Change,
) -> Result<v1::ChangePersonResponse, Status> {
    let request = v1::ChangePersonRequest {
        request_id: request_id.to_owned(),
        psn_no: psn_no.to_owned(),
        change: Some(change),
    };
    let answer = people(world).await.change(request).await?;
    Ok(answer.into_inner())
}

pub fn file(class: FilingClass, area: &str) -> Change {
    Change::File(v1::MakeFiling {
        class: class.into(),
        area: area.to_owned(),
        from: String::new(),
        until: String::new(),
    })
}

/// What the fund pays, in fen.
pub async fn paid(hospital: &mut Hospital, request_id: &str, bill: v1::Bill) -> i64 {
    let settled = hospital.settle(settle(request_id, bill)).await.unwrap();
    settled.decision.unwrap().fund_total_fen
}

async fn by_hospital(
    hospital: &mut Hospital,
    request_id: &str,
    of: &v1::Bill,
    class: FilingClass,
) -> Result<v1::Filing, Status> {
    let request = v1::FileRequest {
        request_id: request_id.to_owned(),
        person: of.person.clone(),
        credential: of.credential.clone(),
        class: class.into(),
        area: String::new(),
    };
    let answer = hospital.client.file(request).await?;
    Ok(answer.into_inner().filing.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filing_counts_from_admission_when_it_is_made_before_the_settlement_and_ends_when_it_is_ended()
 {
    let world = world().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(paid(&mut hospital, "r-1", bill("V1")).await, 150_000);
    let temporary = file(FilingClass::Temporary, "510000");
    let made = change(&world, "f-1", EMPLOYEE, temporary.clone())
        .await
        .unwrap();
    let filing = made.filing.clone().unwrap();
    assert_eq!(
        (&*filing.from, &*filing.until),
        ("2023-03-10", "2023-09-09")
    );
    let again = change(&world, "f-1", EMPLOYEE, temporary.clone()).await;
    assert_eq!(again.unwrap(), made);
    let other = change(
        &world,
        "f-1",
        EMPLOYEE,
        file(FilingClass::LongTerm, "510000"),
    )
    .await;
    assert_eq!(code(&other.unwrap_err()), "id.conflict");
    let twice = change(&world, "f-2", EMPLOYEE, temporary)
        .await
        .unwrap_err();
    assert_eq!(code(&twice), "filing.stands");
    // Admitted on the first of March, not settled before: the filing of the tenth counts.
    assert_eq!(paid(&mut hospital, "r-2", bill("V2")).await, 180_000);
    // From today on for long-term residence.
    let amend = Change::AmendFiling(v1::AmendFiling {
        filing: filing.filing.clone(),
        class: FilingClass::LongTerm.into(),
        area: "510100".to_owned(),
        until: String::new(),
    });
    let amended = change(&world, "f-3", EMPLOYEE, amend)
        .await
        .unwrap()
        .filing
        .unwrap();
    assert_eq!(amended.amends, filing.filing);
    assert_eq!(paid(&mut hospital, "r-3", bill("V3")).await, 240_000);
    let cancel = Change::CancelFiling(v1::CancelFiling {
        filing: amended.filing.clone(),
        from: String::new(),
        reason: FilingEndReason::Mistaken.into(),
    });
    let ended = change(&world, "f-4", EMPLOYEE, cancel.clone())
        .await
        .unwrap();
    assert_eq!(ended.filing.unwrap().ended_from, "2023-03-10");
    let again = change(&world, "f-5", EMPLOYEE, cancel).await.unwrap_err();
    assert_eq!(code(&again), "filing.ended");
    assert_eq!(paid(&mut hospital, "r-4", bill("V4")).await, 150_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filing_runs_out_and_the_bureau_sees_it_coming() {
    let mut world = world().await;
    change(
        &world,
        "f-1",
        EMPLOYEE,
        file(FilingClass::Temporary, "510100"),
    )
    .await
    .unwrap();
    let list = async |world: &World, expiring_by: &str| {
        let request = v1::ListFilingsRequest {
            expiring_by: expiring_by.to_owned(),
            ..v1::ListFilingsRequest::default()
        };
        let answer = people(world).await.list_filings(request).await.unwrap();
        answer.into_inner()
    };
    assert!(list(&world, "2023-09-08").await.people.is_empty());
    let soon = list(&world, "2023-09-09").await;
    assert_eq!(soon.people[0].psn_no, EMPLOYEE);
    // Nothing of it hangs on what a node remembers.
    let before = list(&world, "").await;
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    assert_eq!(list(&world, "").await, before);
    let mut hospital = world.hospital(HOSPITAL).await;
    let last = dated(bill("V1"), "2023-09-09", "2023-09-12");
    assert_eq!(paid(&mut hospital, "r-1", last).await, 180_000);
    let after = dated(bill("V2"), "2023-09-10", "2023-09-12");
    assert_eq!(paid(&mut hospital, "r-2", after).await, 150_000);
    world.clock.set("2023-09-10T04:00:00.000Z");
    assert!(
        list(&world, "2023-12-31").await.people.is_empty(),
        "over already"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_files_for_its_patient_once_over_lost_questions_and_answers() {
    let mut world = World::relayed().await;
    world.publish(NINGBO, BY_FILING).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let (of, class) = (bill("V1"), FilingClass::Emergency);
    for commits in [Commits::Lost, Commits::AnswerLost] {
        world.commits(commits);
        let lost = by_hospital(&mut hospital, "f-1", &of, class).await;
        assert_eq!(code(&lost.unwrap_err()), "home.unreachable");
    }
    world.commits(Commits::Pass);
    let filing = by_hospital(&mut hospital, "f-1", &of, class).await.unwrap();
    assert_eq!((&*filing.area, &*filing.filed_on), (CHENGDU, "2023-03-10"));
    let by = v1::filing::By::Institution("H51010400001".to_owned());
    assert_eq!(filing.by, Some(by));
    assert_eq!(paid(&mut hospital, "r-1", of.clone()).await, 210_000);
    // The id is the hospital's own; the class and place stand already.
    let mut other = world.hospital(OTHER_HOSPITAL).await;
    let twice = by_hospital(&mut other, "f-1", &of, class)
        .await
        .unwrap_err();
    assert_eq!(code(&twice), "filing.stands");
    world.kill(NINGBO).await;
    let refused = by_hospital(&mut hospital, "f-2", &of, class).await;
    assert_eq!(code(&refused.unwrap_err()), "home.unreachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_hospital_may_not_file_is_refused_in_order() {
    let world = world().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let of = bill("V1");
    let stranger = v1::Bill {
        person: Some(person("330200000000000009")),
        ..of.clone()
    };
    let other_card = v1::Bill {
        credential: Some(card("NB1")),
        ..of.clone()
    };
    let nowhere = v1::Bill {
        person: Some(person("440100000000000001")),
        ..of.clone()
    };
    for (of, class, expected) in [
        (&of, FilingClass::Unspecified, "request.malformed"),
        (&nowhere, FilingClass::Temporary, "directory.unknown_region"),
        (&stranger, FilingClass::Temporary, "person.unknown"),
        (
            &other_card,
            FilingClass::LongTerm,
            "person.credential_mismatch",
        ),
        (&of, FilingClass::LongTerm, "filing.not_allowed"),
        (&of, FilingClass::Referral, "filing.not_allowed"),
    ] {
        let refused = by_hospital(&mut hospital, "f-1", of, class).await;
        assert_eq!(code(&refused.unwrap_err()), expected, "{class:?}");
    }
    // For whom its own region insures it may refer elsewhere, and must say where.
    let own = at_home("V1");
    let refused = by_hospital(&mut hospital, "f-1", &own, FilingClass::Referral).await;
    assert_eq!(code(&refused.unwrap_err()), "request.malformed");
    let request = v1::FileRequest {
        request_id: "f-1".to_owned(),
        person: own.person,
        credential: own.credential,
        class: FilingClass::Referral.into(),
        area: NINGBO.to_owned(),
    };
    let filed = hospital.client.file(request).await.unwrap().into_inner();
    assert_eq!(filed.filing.unwrap().area, NINGBO);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_about_people_is_heard_from_those_in_the_table_alone() {
    let world = World::new().await;
    let (node, officer) = ("/region/330200/node", "/region/510100/officer/li.wei");
    let foreign = "/region/330200/officer/li.wei";
    let heard = async |party: &str, call: &str| {
        let channel = world.caller(party, CHENGDU).await;
        let mut people = PeopleServiceClient::new(channel.clone());
        let answer = match call {
            "home" => {
                let request = v1::HomeFileRequest::default();
                HomeServiceClient::new(channel)
                    .file(request)
                    .await
                    .map(drop)
            }
            "institution" => {
                let request = v1::FileRequest::default();
                let mut client = InstitutionServiceClient::new(channel);
                client.file(request).await.map(drop)
            }
            "change" => {
                let request = v1::ChangePersonRequest::default();
                people.change(request).await.map(drop)
            }
            "person" => {
                let request = v1::GetPersonRequest::default();
                people.get_person(request).await.map(drop)
            }
            "list" => {
                let request = v1::ListFilingsRequest::default();
                people.list_filings(request).await.map(drop)
            }
            "emergencies" => {
                let request = v1::ListEmergenciesRequest::default();
                people.list_emergencies(request).await.map(drop)
            }
            "review" => {
                let request = v1::ReviewEmergencyRequest::default();
                people.review_emergency(request).await.map(drop)
            }
            other => panic!("{other}"),
        };
        !matches!(answer, Err(status) if code(&status) == "transport.not_allowed")
    };
    for (call, allowed) in [
        ("home", node),
        ("institution", HOSPITAL),
        ("change", officer),
        ("person", officer),
        ("list", officer),
        ("emergencies", officer),
        ("review", officer),
    ] {
        for party in [node, HOSPITAL, officer, foreign] {
            assert_eq!(heard(party, call).await, party == allowed, "{party} {call}");
        }
    }
}
