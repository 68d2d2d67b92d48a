//! Settlements that Ningbo's own core system made: counted, repeated, refused, withdrawn, corrected, lost with a disk.

use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::State;
use huitong_proto::settlement::v1::external_service_client::ExternalServiceClient;
use tonic::Status;
use tonic::transport::Channel;

use crate::bills::{published, settle, small, visit};
use crate::files::messages;
use crate::filings::people;
use crate::relay::Commits;
use crate::reversals::legs;
use crate::world::{HOSPITAL, NINGBO, World, code};

const PERSON: &str = "330200000000000001";
const INSTITUTION: &str = "H33020400001";

async fn desk(world: &World) -> ExternalServiceClient<Channel> {
    let officer = "/region/330200/officer/li.wei";
    ExternalServiceClient::new(world.caller(officer, NINGBO).await)
}

async fn import(world: &World, kind: v1::ImportKind, word: &str, file: &str) -> v1::ImportResponse {
    let messages = messages(kind, word, file);
    let mut officer = world.officer(NINGBO).await;
    let answer = officer.import(tokio_stream::iter(messages)).await;
    answer.unwrap().into_inner()
}

/// Ningbo has a hospital of its own, which is not on the network.
pub async fn prepare(world: &World) {
    let file = format!(
        "code,name,type,grade,administration,networked,from\n\
         {INSTITUTION},宁波市第一医院,general,three,city,no,2020-01-01\n"
    );
    let done = import(world, v1::ImportKind::Institutions, "institutions", &file).await;
    assert_eq!(done.fault_count, 0, "{:?}", done.faults);
}

/// A stay of 3,000 yuan that met the deductible of 1,200.
pub fn stay(core_id: &str, number: &str) -> v1::ExternalSettlement {
    v1::ExternalSettlement {
        core_id: core_id.to_owned(),
        psn_no: PERSON.to_owned(),
        institution: INSTITUTION.to_owned(),
        visit: Some(v1::Visit {
            admitted: "2023-02-01".to_owned(),
            discharged: "2023-02-05".to_owned(),
            ..visit(number)
        }),
        total_fen: 300_000,
        payments: vec![common::FundAmount {
            fund: common::Fund::ResidentPool.into(),
            amount_fen: 126_000,
        }],
        cash_fen: 174_000,
        sums_fen: [
            ("paid".to_owned(), 126_000),
            ("charged".to_owned(), 120_000),
        ]
        .into(),
        counts: [].into(),
        corrects: String::new(),
    }
}

pub async fn record(
    world: &World,
    settlement: v1::ExternalSettlement,
) -> Result<v1::RecordExternalResponse, Status> {
    let request = v1::RecordExternalRequest {
        settlement: Some(settlement),
    };
    let answer = desk(world).await.record(request).await?;
    Ok(answer.into_inner())
}

async fn refused(world: &World, settlement: v1::ExternalSettlement) -> String {
    code(&record(world, settlement).await.unwrap_err())
}

async fn withdraw(
    world: &World,
    core_id: &str,
    reason: v1::ExternalEndReason,
) -> Result<v1::WithdrawExternalResponse, Status> {
    let request = v1::WithdrawExternalRequest {
        core_id: core_id.to_owned(),
        reason: reason.into(),
    };
    let answer = desk(world).await.withdraw(request).await?;
    Ok(answer.into_inner())
}

async fn list(world: &World, limit: u32, after: u64) -> v1::ListExternalsResponse {
    let request = v1::ListExternalsRequest {
        psn_no: PERSON.to_owned(),
        after,
        limit,
    };
    let answer = desk(world).await.list(request).await;
    answer.unwrap().into_inner()
}

async fn total(world: &World, name: &str) -> i64 {
    let request = v1::GetPersonRequest {
        psn_no: PERSON.to_owned(),
    };
    let answer = people(world).await.get_person(request).await.unwrap();
    let totals = answer.into_inner().totals.into_iter();
    totals
        .filter(|total| total.total == name)
        .map(|total| total.value)
        .sum()
}

fn start(settled: &v1::Settlement) -> i64 {
    settled.decision.as_ref().unwrap().layers[0].start_fen
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_core_system_settled_is_used_up_elsewhere_and_comes_back_when_it_is_withdrawn() {
    let mut world = World::new().await;
    prepare(&world).await;
    let recorded = record(&world, stay("c-1", "E1")).await.unwrap();
    assert_eq!(record(&world, stay("c-1", "E1")).await.unwrap(), recorded);
    let (paid, admissions) = (
        total(&world, "paid").await,
        total(&world, "admissions").await,
    );
    assert_eq!((paid, admissions), (126_000, 1));
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    assert_eq!(start(&settled), 0);
    assert_eq!(total(&world, "admissions").await, 2);
    // 3,000 at 70 %, on top.
    assert_eq!(total(&world, "paid").await, 126_000 + 210_000);
    assert_eq!(legs(&world).await, (1, 1));
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    let listed = list(&world, 0, 0).await;
    assert_eq!(listed.recorded, [recorded.recorded.unwrap()]);
    let reason = v1::ExternalEndReason::Reversed;
    let withdrawn = withdraw(&world, "c-1", reason).await.unwrap();
    assert_eq!(withdraw(&world, "c-1", reason).await.unwrap(), withdrawn);
    let other = withdraw(&world, "c-1", v1::ExternalEndReason::Mistaken).await;
    assert_eq!(code(&other.unwrap_err()), "id.conflict");
    let unknown = withdraw(&world, "c-9", reason).await;
    assert_eq!(code(&unknown.unwrap_err()), "settlement.not_found");
    assert_eq!(total(&world, "paid").await, 210_000);
    assert_eq!(total(&world, "charged").await, 0);
    // The deductible that it had met is there again; the later settlement stands as it was.
    let mut hospital = world.hospital(HOSPITAL).await;
    let next = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    assert_eq!(start(&next), 120_000);
    assert_eq!(total(&world, "admissions").await, 2);
    // The same word under its id changes nothing any more.
    record(&world, stay("c-1", "E1")).await.unwrap();
    assert_eq!(total(&world, "paid").await, 210_000 + 126_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_settlement_names_the_one_whose_place_it_takes() {
    let world = World::new().await;
    prepare(&world).await;
    record(&world, stay("c-1", "E1")).await.unwrap();
    let correction = |id: &str| v1::ExternalSettlement {
        corrects: "c-1".to_owned(),
        ..stay(id, "E1")
    };
    assert_eq!(
        refused(&world, correction("c-2")).await,
        "visit.already_settled"
    );
    let reason = v1::ExternalEndReason::Mistaken;
    withdraw(&world, "c-1", reason).await.unwrap();
    let elsewhere = v1::ExternalSettlement {
        corrects: "c-1".to_owned(),
        ..stay("c-2", "E2")
    };
    assert_eq!(refused(&world, elsewhere).await, "external.corrects");
    record(&world, correction("c-2")).await.unwrap();
    withdraw(&world, "c-2", reason).await.unwrap();
    assert_eq!(
        refused(&world, correction("c-3")).await,
        "external.corrects"
    );
    let first = list(&world, 1, 0).await;
    assert_eq!(first.recorded[0].corrected_by, "c-2");
    let second = list(&world, 1, first.next).await;
    let settlement = second.recorded[0].settlement.as_ref().unwrap();
    assert_eq!((&*settlement.core_id, second.next), ("c-2", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_and_changes_nothing() {
    let world = World::new().await;
    prepare(&world).await;
    let with = |change: &dyn Fn(&mut v1::ExternalSettlement)| {
        let mut settlement = stay("c-1", "E1");
        change(&mut settlement);
        settlement
    };
    let cases: [(&str, v1::ExternalSettlement); 9] = [
        ("request.malformed", with(&|it| it.cash_fen = 1)),
        (
            "request.malformed",
            with(&|it| "2199-01-01".clone_into(&mut it.visit.as_mut().unwrap().discharged)),
        ),
        (
            "institution.unknown",
            with(&|it| "H33020400009".clone_into(&mut it.institution)),
        ),
        (
            "person.unknown",
            with(&|it| "330200000000000099".clone_into(&mut it.psn_no)),
        ),
        (
            "person.not_enrolled",
            with(&|it| "330200000000000002".clone_into(&mut it.psn_no)),
        ),
        (
            "external.totals",
            with(&|it| {
                it.sums_fen.remove("charged");
            }),
        ),
        (
            "external.totals",
            with(&|it| {
                it.sums_fen.insert("other".to_owned(), 1);
            }),
        ),
        (
            "external.totals",
            with(&|it| {
                it.sums_fen.remove("charged");
                it.counts.insert("charged".to_owned(), 1);
            }),
        ),
        (
            "person.account_short",
            with(&|it| {
                it.cash_fen -= 1;
                it.payments.push(common::FundAmount {
                    fund: common::Fund::FamilyAccount.into(),
                    amount_fen: 1,
                });
            }),
        ),
    ];
    for (expected, settlement) in cases {
        let said = refused(&world, settlement.clone()).await;
        assert_eq!(said, expected, "{settlement:?}");
    }
    assert_eq!(list(&world, 0, 0).await.recorded, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_and_a_visit_are_recorded_once_and_the_parts_of_a_stay_are_one_admission() {
    let world = World::new().await;
    prepare(&world).await;
    record(&world, stay("c-1", "E1")).await.unwrap();
    assert_eq!(refused(&world, stay("c-1", "E2")).await, "id.conflict");
    assert_eq!(
        refused(&world, stay("c-2", "E1")).await,
        "visit.already_settled"
    );
    // A part of a stay of which the whole stands is no other visit.
    let part = |core_id: &str, number: &str| {
        let mut part = stay(core_id, number);
        part.visit.as_mut().unwrap().interim = 1;
        part
    };
    assert_eq!(
        refused(&world, part("c-3", "E1")).await,
        "visit.already_settled"
    );
    assert_eq!(total(&world, "admissions").await, 1);
    // Two bills of one stay are one admission.
    record(&world, part("c-4", "E3")).await.unwrap();
    let mut last = stay("c-5", "E3");
    last.visit.as_mut().unwrap().billed_from = "2023-02-04".to_owned();
    record(&world, last).await.unwrap();
    assert_eq!(total(&world, "admissions").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prepared_settlement_is_decided_anew_on_what_the_core_system_settled_meanwhile() {
    let world = World::relayed().await;
    prepare(&world).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    record(&world, stay("c-1", "E1")).await.unwrap();
    world.commits(Commits::Pass);
    // One that is on its way already may still end as the first did; the hospital asks again under its id.
    let settled = hospital
        .until_known(async |it| it.settle(settle("r-1", published("V1"))).await)
        .await
        .unwrap();
    assert_eq!((settled.state(), start(&settled)), (State::Settled, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_checked_first_counts_whole_and_counts_once() {
    let world = World::new().await;
    prepare(&world).await;
    let heading =
        "core_id,psn_no,institution,visit,setting,admitted,discharged,total,payments,cash,sums\n";
    let row = |id: &str, visit: &str, sums: &str| {
        format!(
            "{id},{PERSON},{INSTITUTION},{visit},inpatient,2023-02-01,2023-02-05,3000,\
             resident_pool=1260,1740,{sums}\n"
        )
    };
    let both = "paid=1260;charged=0";
    let bad = format!(
        "{heading}{}{}",
        row("c-1", "E1", both),
        row("c-2", "E2", "paid=1260")
    );
    let kind = v1::ImportKind::Externals;
    let done = import(&world, kind, "externals", &bad).await;
    assert_eq!(done.fault_count, 1);
    assert_eq!((done.faults[0].line, &*done.faults[0].column), (3, "sums"));
    assert_eq!(list(&world, 0, 0).await.recorded, []);
    let good = format!(
        "{heading}{}{}",
        row("c-1", "E1", both),
        row("c-2", "E2", both)
    );
    let mut dry = messages(kind, "externals", &good);
    if let Some(v1::import_request::Part::Header(header)) = &mut dry[0].part {
        header.dry_run = true;
    }
    let mut officer = world.officer(NINGBO).await;
    let sound = officer.import(tokio_stream::iter(dry)).await.unwrap();
    assert_eq!((sound.get_ref().rows, sound.get_ref().fault_count), (2, 0));
    assert_eq!(list(&world, 0, 0).await.recorded, []);
    let done = import(&world, kind, "externals", &good).await;
    assert_eq!((done.rows, done.sum_fen, done.fault_count), (2, 600_000, 0));
    assert_eq!(total(&world, "paid").await, 252_000);
    assert_eq!(total(&world, "admissions").await, 2);
    assert_eq!(import(&world, kind, "externals", &good).await, done);
    assert_eq!(total(&world, "paid").await, 252_000);
    assert_eq!(list(&world, 0, 0).await.recorded.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_lost_with_a_disk_holds_its_person_and_is_recorded_again() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    prepare(&world).await;
    world.back_up(NINGBO, backup.path()).await;
    record(&world, stay("c-1", "E1")).await.unwrap();
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    world.lose_and_restore(NINGBO, backup.path()).await;
    let status = world.recovered(NINGBO).await;
    assert_eq!((status.held_count, status.held[0].missing), (1, 1));
    assert_eq!(refused(&world, stay("c-1", "E1")).await, "person.held");
    let release = v1::ReleasePersonRequest {
        psn_no: PERSON.to_owned(),
    };
    let mut officer = world.officer(NINGBO).await;
    officer.release_person(release).await.unwrap();
    record(&world, stay("c-1", "E1")).await.unwrap();
    assert_eq!(total(&world, "paid").await, 126_000 + 210_000);
}
