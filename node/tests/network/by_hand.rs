//! Bills that patients paid and brought home: settled once, by the home catalogue, without legs.

use huitong_core::canonical::Artifact;
use huitong_core::evidence::Evidence;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::State;
use huitong_proto::settlement::v1::evidence_service_client::EvidenceServiceClient;
use huitong_proto::settlement::v1::registry_service_client::RegistryServiceClient;
use huitong_proto::settlement::v1::treatment_service_client::TreatmentServiceClient;
use tonic::Status;

use crate::bills::{settle, small};
use crate::files::{CLASS_A, messages};
use crate::patience::until;
use crate::relay::Commits;
use crate::reversals::legs;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

const PERSON: &str = "330200000000000001";

/// At home the examination is of class B, of which the patient bears a tenth first.
pub(crate) async fn with_catalogue(world: &World) {
    let catalogue =
        format!("code,name,from,until,class,first_pay\n{CLASS_A},examination,2020-01-01,,b,0.10\n");
    let messages = messages(v1::ImportKind::Catalogue, "catalogue", &catalogue);
    let mut officer = world.officer(NINGBO).await;
    let answer = officer.import(tokio_stream::iter(messages)).await.unwrap();
    assert_eq!(answer.into_inner().fault_count, 0);
}

fn institution() -> v1::Institution {
    v1::Institution {
        code: "H51010400001".to_owned(),
        kind: v1::InstitutionType::General.into(),
        grade: v1::Grade::Three.into(),
        price_grade: v1::Grade::Three.into(),
        administration: v1::Administration::City.into(),
        networked: true,
    }
}

/// 3,000 yuan, brought home.
pub(crate) fn bill(request_id: &str, visit: &str) -> v1::SettleByHandRequest {
    let bill = small(visit);
    v1::SettleByHandRequest {
        request_id: request_id.to_owned(),
        psn_no: PERSON.to_owned(),
        treatment: CHENGDU.to_owned(),
        institution: Some(institution()),
        visit: bill.visit,
        total_fen: bill.total_fen,
        lines: bill.lines,
        given_fen: bill.given_fen,
    }
}

pub(crate) async fn by_hand(
    world: &World,
    request: v1::SettleByHandRequest,
) -> Result<v1::SettleByHandResponse, Status> {
    let answer = world.officer(NINGBO).await.settle_by_hand(request).await?;
    Ok(answer.into_inner())
}

pub(crate) async fn reverse(
    world: &World,
    request_id: &str,
    settlement: &str,
) -> v1::OfficerReverseResponse {
    let request = v1::OfficerReverseRequest {
        request_id: request_id.to_owned(),
        treatment: NINGBO.to_owned(),
        settlement: settlement.to_owned(),
        reason: v1::ReversalReason::WrongBill.into(),
    };
    let answer = world.officer(NINGBO).await.reverse(request).await;
    answer.unwrap().into_inner()
}

async fn evidence(world: &World, settlement: &str) -> Evidence {
    let officer = "/region/330200/officer/li.wei";
    let channel = world.caller(officer, NINGBO).await;
    let request = v1::GetEvidenceRequest {
        settlement: settlement.to_owned(),
        treatment_region: String::new(),
        reversal: String::new(),
        ..v1::GetEvidenceRequest::default()
    };
    let answer = EvidenceServiceClient::new(channel)
        .get_evidence(request)
        .await;
    let bytes = answer.unwrap().into_inner().evidence;
    Evidence::from_bytes(&bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_brought_home_is_settled_once_by_the_home_catalogue_and_owes_nobody() {
    let mut world = World::new().await;
    let refused = by_hand(&world, bill("h-1", "V1")).await.unwrap_err();
    assert_eq!(code(&refused), "catalogue.unknown_code");
    with_catalogue(&world).await;
    let settled = by_hand(&world, bill("h-1", "V1")).await.unwrap();
    let decision = settled.decision.clone().unwrap();
    // 2,700 in scope at home, 1,200 of it below the deductible, 70 % of the rest.
    assert_eq!(decision.parts.unwrap().first_pay_fen, 30_000);
    assert_eq!(
        (decision.fund_total_fen, decision.cash_fen),
        (105_000, 195_000)
    );
    assert_eq!(settled.lines.len(), 1);
    assert!(!settled.explanation.is_empty());
    assert_eq!(by_hand(&world, bill("h-1", "V1")).await.unwrap(), settled);
    let other = by_hand(&world, bill("h-1", "V2")).await.unwrap_err();
    assert_eq!(code(&other), "id.conflict");
    let twice = by_hand(&world, bill("h-2", "V1")).await.unwrap_err();
    assert_eq!(code(&twice), "visit.already_settled");
    // Directly the visit is not settled any more; the next one finds the deductible charged.
    let mut hospital = world.hospital(HOSPITAL).await;
    let refused = hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    assert_eq!(refused.state(), State::Refused);
    let refusal = refused.refusal.unwrap();
    assert_eq!(
        (&*refusal.code, &refusal.detail),
        ("visit.already_settled", &settled.settlement)
    );
    assert_eq!(legs(&world).await, (0, 0));
    let next = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    assert_eq!(next.decision.unwrap().layers[0].start_fen, 0);
    assert_eq!(legs(&world).await, (1, 1));
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    assert_eq!(by_hand(&world, bill("h-1", "V1")).await.unwrap(), settled);
    let twice = by_hand(&world, bill("h-2", "V1")).await.unwrap_err();
    assert_eq!(code(&twice), "visit.already_settled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_by_hand_is_proven_and_reversed_and_its_visit_is_free_again() {
    let mut world = World::new().await;
    with_catalogue(&world).await;
    let settled = by_hand(&world, bill("h-1", "V1")).await.unwrap();
    let id = &settled.settlement;
    let proof = evidence(&world, id).await;
    assert_eq!(proof.coherent(), Ok(()));
    assert_eq!(proof.claim.treatment.to_string(), CHENGDU);
    let reversed = reverse(&world, "o-1", id).await;
    // The hospital was paid, and stays paid; the person owes what the region paid.
    assert_eq!((reversed.cash_fen, reversed.paid_out_fen), (0, 105_000));
    assert_eq!(evidence(&world, id).await.coherent(), Ok(()));
    let again = by_hand(&world, bill("h-1", "V1")).await.unwrap();
    assert_eq!(again.reversal, reversed.reversal);
    assert_eq!(again.receipt, settled.receipt);
    // Nothing of it goes to any other region.
    assert_eq!(world.status(NINGBO).await.receipts_undelivered, 0);
    assert_eq!(legs(&world).await, (0, 0));
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    // The deductible is charged anew, directly.
    let mut hospital = world.hospital(HOSPITAL).await;
    let direct = hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    assert_eq!(direct.state(), State::Settled);
    assert_eq!(direct.decision.unwrap().layers[0].start_fen, 120_000);
    let late = by_hand(&world, bill("h-2", "V1")).await.unwrap_err();
    assert_eq!(code(&late), "visit.already_settled");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_person_was_treated_is_asked_before_a_bill_is_settled_by_hand() {
    let mut world = World::relayed().await;
    with_catalogue(&world).await;
    // The hospital has settled, as far as it and its region can know.
    world.commits(Commits::Lost);
    let mut hospital = world.hospital(HOSPITAL).await;
    let unknown = hospital.settle(settle("r-1", small("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let open = by_hand(&world, bill("h-1", "V1")).await.unwrap_err();
    assert_eq!(code(&open), "visit.in_progress");
    // Another visit is none of that one's business.
    by_hand(&world, bill("h-2", "V2")).await.unwrap();
    world.commits(Commits::Pass);
    assert_eq!(hospital.outcome("r-1").await.state(), State::Settled);
    let settled = by_hand(&world, bill("h-1", "V1")).await.unwrap_err();
    assert_eq!(code(&settled), "visit.already_settled");
    world.kill(CHENGDU).await;
    let away = by_hand(&world, bill("h-3", "V3")).await.unwrap_err();
    assert_eq!(code(&away), "treatment.unreachable");
    // The hospital lies there still, whatever region is named.
    let misnamed = v1::SettleByHandRequest {
        treatment: "440100".to_owned(),
        ..bill("h-4", "V4")
    };
    let away = by_hand(&world, misnamed.clone()).await.unwrap_err();
    assert_eq!(code(&away), "treatment.unreachable");
    // A region that is not on the network has settled nothing.
    let mut elsewhere = misnamed;
    elsewhere.institution.as_mut().unwrap().code = "H44010400001".to_owned();
    by_hand(&world, elsewhere).await.unwrap();
    world.start(CHENGDU).await;
    // Nobody who has just been away is asked at once.
    let settled = until(async || {
        let told = by_hand(&world, bill("h-3", "V3")).await;
        let told = told.map_err(|status| code(&status));
        told.inspect_err(|code| assert_eq!(code, "treatment.unreachable"))
    });
    settled.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hospital_and_a_bureau_that_settle_one_visit_at_once_one_does() {
    let world = World::new().await;
    with_catalogue(&world).await;
    let mut both_ways = (0, 0);
    for nth in 0..12 {
        let visit = format!("V{nth}");
        let mut hospital = world.hospital(HOSPITAL).await;
        let direct = hospital.settle(settle(&visit, small(&visit)));
        let (direct, hand) = tokio::join!(direct, by_hand(&world, bill(&visit, &visit)));
        let direct = direct.unwrap().state() == State::Settled;
        match hand {
            Ok(_) => both_ways.1 += 1,
            Err(status) => {
                let code = code(&status);
                assert!(
                    ["visit.already_settled", "visit.in_progress"].contains(&&*code),
                    "{code}"
                );
                assert!(direct, "neither of them settled {visit}");
                both_ways.0 += 1;
                continue;
            }
        }
        assert!(!direct, "{visit} is settled twice");
    }
    assert_eq!(both_ways.0 + both_ways.1, 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_settled_by_hand_is_refused_and_leaves_the_id_free() {
    let world = World::new().await;
    with_catalogue(&world).await;
    let mut outside = bill("h-1", "V1");
    outside.lines[0].date = "2023-03-20".to_owned();
    let mut wrong_sum = bill("h-1", "V1");
    wrong_sum.total_fen += 1;
    let lapsed = v1::SettleByHandRequest {
        psn_no: "330200000000000002".to_owned(),
        ..bill("h-1", "V1")
    };
    let stranger = v1::SettleByHandRequest {
        psn_no: "330200000000000009".to_owned(),
        ..bill("h-1", "V1")
    };
    let no_policy = v1::SettleByHandRequest {
        psn_no: "330200000000000003".to_owned(),
        ..bill("h-1", "V1")
    };
    for (bad, expected) in [
        (wrong_sum, "request.malformed"),
        (outside, "bill.invalid"),
        (stranger, "person.unknown"),
        (lapsed, "person.not_enrolled"),
        (no_policy, "policy.missing"),
    ] {
        let refused = by_hand(&world, bad).await.unwrap_err();
        assert_eq!(code(&refused), expected);
    }
    by_hand(&world, bill("h-1", "V1")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_about_bills_brought_home_is_heard_from_those_in_the_table_alone() {
    let world = World::new().await;
    let (node, officer) = ("/region/330200/node", "/region/510100/officer/li.wei");
    for party in [node, HOSPITAL, officer, "/region/330200/officer/li.wei"] {
        let heard = |answer: Result<(), Status>| !matches!(answer, Err(status) if code(&status) == "transport.not_allowed");
        let channel = world.caller(party, CHENGDU).await;
        let request = v1::VisitStandingRequest::default();
        let mut treatment = TreatmentServiceClient::new(channel.clone());
        let answer = treatment.visit_standing(request).await.map(drop);
        assert_eq!(heard(answer), party == node, "{party}");
        let request = v1::SettleByHandRequest::default();
        let mut registry = RegistryServiceClient::new(channel);
        let answer = registry.settle_by_hand(request).await.map(drop);
        assert_eq!(heard(answer), party == officer, "{party}");
    }
    // Another region hears nothing of a person who is not its own.
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    let ask = async |party: &str| {
        let request = v1::VisitStandingRequest {
            institution: "H51010400001".to_owned(),
            visit: "V1".to_owned(),
            setting: v1::Setting::Inpatient.into(),
            interim: 0,
            from_admission: true,
        };
        let channel = world.caller(party, CHENGDU).await;
        let answer = TreatmentServiceClient::new(channel)
            .visit_standing(request)
            .await;
        answer.unwrap().into_inner()
    };
    assert!(!ask(node).await.settled.is_empty());
    assert_eq!(
        ask("/region/510100/node").await,
        v1::VisitStandingResponse::default()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_stands_once_whatever_region_the_officer_names_and_however_it_is_billed() {
    let world = World::new().await;
    with_catalogue(&world).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    // The district that the hospital's code begins with is no region of the network.
    let named = |id: &str, visit: &str| v1::SettleByHandRequest {
        treatment: "510104".to_owned(),
        ..bill(id, visit)
    };
    let twice = by_hand(&world, named("h-1", "V1")).await.unwrap_err();
    assert_eq!(code(&twice), "visit.already_settled");
    by_hand(&world, named("h-2", "V2")).await.unwrap();
    let refused = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    assert_eq!(refused.refusal.unwrap().code, "visit.already_settled");
    // The first part of a stay is settled directly; the paper for the whole of it comes home.
    let mut part = small("V3");
    part.visit.as_mut().unwrap().interim = 1;
    hospital.settle(settle("r-3", part)).await.unwrap();
    let whole = by_hand(&world, bill("h-3", "V3")).await.unwrap_err();
    assert_eq!(code(&whole), "visit.already_settled");
}
