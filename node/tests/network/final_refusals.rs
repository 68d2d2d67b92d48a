//! Final refusals: signed at home, kept where the person was treated, proven by both, and by nobody who meddles.

use std::sync::Arc;

use huitong_certs::Trust;
use huitong_core::canonical::Artifact;
use huitong_core::evidence::RefusalEvidence;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::id::SettlementId;
use huitong_core::record::NodeRecord;
use huitong_core::refusal::RefusalCode;
use huitong_journal::{DirDisk, Position, look_through};
use huitong_node::evidence::{CheckedProof, CheckedRefusal, check};
use huitong_node::treatment::order::settlement_id;
use huitong_node::treatment::reverse::reversal_id;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::evidence_service_client::EvidenceServiceClient;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use tonic::Status;

use crate::bills::{published, settle};
use crate::relay::Commits;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code, region};

pub const OFFICER_THERE: &str = "/region/510100/officer/li.wei";
pub const OFFICER_AT_HOME: &str = "/region/330200/officer/li.wei";

pub async fn ask(
    world: &World,
    party: &str,
    at: &str,
    request: v1::GetEvidenceRequest,
) -> Result<Vec<u8>, Status> {
    let mut desk = EvidenceServiceClient::new(world.caller(party, at).await);
    Ok(desk.get_evidence(request).await?.into_inner().evidence)
}

pub fn of_settlement(settlement: &str, treatment: &str) -> v1::GetEvidenceRequest {
    v1::GetEvidenceRequest {
        settlement: settlement.to_owned(),
        treatment_region: treatment.to_owned(),
        ..v1::GetEvidenceRequest::default()
    }
}

fn holds(bytes: &[u8], trust: &Arc<Trust>) -> CheckedRefusal {
    match check(bytes, trust).unwrap() {
        CheckedProof::Refusal(checked) => checked,
        other @ (CheckedProof::Settlement(_) | CheckedProof::Deduction(_)) => panic!("{other:?}"),
    }
}

/// Sets the clocks to the real day, in which the certificates hold, or so many days later.
pub fn today(world: &World, later: i64) {
    let now = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * later);
    world
        .clock
        .set(&now.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string());
}

async fn refused(world: &World) -> v1::Settlement {
    today(world, 0);
    of_a_taken_visit(world).await
}

/// A settlement that Ningbo refuses for good: its visit was committed under another id while its own commit was
/// on the way.
pub async fn of_a_taken_visit(world: &World) -> v1::Settlement {
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let mut other = world.relay.as_ref().unwrap().last();
    let last = other.settlement.pop().unwrap();
    other.settlement.push(if last == 'a' { 'b' } else { 'a' });
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));
    let outcome = home.commit(other).await.unwrap().into_inner().outcome;
    assert!(matches!(outcome, Some(Outcome::Receipt(_))), "{outcome:?}");
    world.commits(Commits::Pass);
    let refused = hospital.outcome("r-1").await;
    assert_eq!(refused.state(), v1::State::Refused);
    assert_eq!(
        refused.refusal.as_ref().unwrap().code,
        "visit.already_settled"
    );
    refused
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_settlement_is_proven_by_either_region() {
    let mut world = World::relayed().await;
    let id = refused(&world).await.settlement;
    let own = || of_settlement(&id, "");
    let there = ask(&world, HOSPITAL, CHENGDU, own()).await.unwrap();
    let proof = holds(&there, &world.trust);
    let word = proof.evidence.word;
    assert_eq!(word.body.settlement.to_string(), id);
    assert_eq!(word.body.refusal.code, RefusalCode::VisitAlreadySettled);
    assert_eq!(
        proof.signer.identity().to_string(),
        "/region/330200/node/signing"
    );
    let claim = proof.evidence.claim.unwrap();
    assert_eq!(claim.visit.number.to_string(), "V1");
    assert!(proof.evidence.bill.is_some());

    let at_home = ask(&world, OFFICER_AT_HOME, NINGBO, of_settlement(&id, CHENGDU));
    let at_home = holds(&at_home.await.unwrap(), &world.trust).evidence;
    assert_eq!((at_home.word, at_home.claim), (word, None));

    let other = ask(&world, OTHER_HOSPITAL, CHENGDU, own()).await;
    assert_eq!(code(&other.unwrap_err()), "settlement.not_found");
    // It is still there after a restart without the index.
    world.stop(CHENGDU).await;
    world.forget_index(CHENGDU);
    world.start(CHENGDU).await;
    let again = ask(&world, OFFICER_THERE, CHENGDU, own()).await.unwrap();
    assert_eq!(again, there);
}

type Meddling = (&'static str, fn(&mut RefusalEvidence), &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_meddles_with_a_refusal_proves_anything() {
    let world = World::relayed().await;
    let id = refused(&world).await.settlement;
    let bytes = ask(&world, HOSPITAL, CHENGDU, of_settlement(&id, "")).await;
    let honest = RefusalEvidence::from_bytes(&bytes.unwrap()).unwrap();
    let meddled: [Meddling; 7] = [
        (
            "the reason",
            |it| it.word.body.refusal.code = RefusalCode::UnknownPerson,
            "not part of the group",
        ),
        (
            "the signature",
            |it| it.word.group.signature[0] ^= 1,
            "signature does not belong",
        ),
        (
            "the claim",
            |it| it.claim.as_mut().unwrap().visit.interim = 7,
            "not given for this person",
        ),
        ("the salt", |it| it.word.salt[0] ^= 1, "not given for"),
        (
            "what was asked for",
            |it| it.word.request = RefusedRequest::Unseen,
            "not given for",
        ),
        ("the signer", |it| it.signer.clear(), "not accepted"),
        (
            "another region's bill",
            |it| it.claim = None,
            "not the one that was split",
        ),
    ];
    for (what, meddle, said) in meddled {
        let mut forged = honest.clone();
        meddle(&mut forged);
        let fault = check(&forged.to_bytes(), &world.trust).unwrap_err();
        let fault = fault.to_string();
        assert!(fault.contains(said), "{what}: {fault}");
    }
    let other = World::new().await;
    assert!(check(&honest.to_bytes(), &other.trust).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_was_given_up_is_proven_and_an_open_one_is_not() {
    let world = World::relayed().await;
    today(&world, 0);
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let id = hospital.get("r-1").await.unwrap().settlement;
    let open = ask(&world, HOSPITAL, CHENGDU, of_settlement(&id, "")).await;
    assert_eq!(code(&open.unwrap_err()), "settlement.not_settled");
    let given_up = hospital.cancel("r-1", "330200000000000001").await;
    assert_eq!(given_up.unwrap().state(), v1::State::Abandoned);
    let there = ask(&world, HOSPITAL, CHENGDU, of_settlement(&id, "")).await;
    let there = holds(&there.unwrap(), &world.trust).evidence;
    assert!(there.word.body.is_tombstone());
    // The word says nothing of the claim, which the home region had not seen.
    assert_eq!(
        (&there.word.request, &there.claim),
        (&RefusedRequest::Unseen, &None)
    );
    let at_home = ask(&world, OFFICER_AT_HOME, NINGBO, of_settlement(&id, CHENGDU));
    let at_home = holds(&at_home.await.unwrap(), &world.trust).evidence;
    assert_eq!(at_home.word, there.word);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_reversal_is_proven_by_either_region() {
    let mut world = World::new().await;
    world.rule.institution_days = 0;
    world.stop(NINGBO).await;
    world.start(NINGBO).await;
    today(&world, 0);
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-1", published("V1"))).await;
    settled.unwrap();
    today(&world, 2);
    let duplicate = v1::ReversalReason::Duplicate;
    let late = hospital.reverse("x-1", "r-1", duplicate).await;
    assert_eq!(code(&late.unwrap_err()), "reversal.term_passed");
    let institution = "H51010400001".parse().unwrap();
    let request = "x-1".parse().unwrap();
    let id = reversal_id(region(CHENGDU), institution, request).to_string();
    let of = || v1::GetEvidenceRequest {
        settlement: String::new(),
        treatment_region: String::new(),
        reversal: id.clone(),
        ..v1::GetEvidenceRequest::default()
    };
    let there = ask(&world, HOSPITAL, CHENGDU, of()).await.unwrap();
    let there = holds(&there, &world.trust).evidence;
    assert_eq!(there.word.body.refusal.code, RefusalCode::TermPassed);
    assert_eq!(there.word.body.reversal.unwrap().to_string(), id);
    let at_home = ask(&world, OFFICER_AT_HOME, NINGBO, of()).await.unwrap();
    assert_eq!(holds(&at_home, &world.trust).evidence, there);
    let other = ask(&world, OTHER_HOSPITAL, CHENGDU, of()).await;
    assert_eq!(code(&other.unwrap_err()), "settlement.not_found");
}

/// Ningbo refuses that visit again under the id of a request that Chengdu's node knows nothing of, as after a restore.
pub async fn of_an_unknown_id(world: &World, request: &str) -> SettlementId {
    let institution = "H51010400001".parse().unwrap();
    let id = settlement_id(region(CHENGDU), institution, request.parse().unwrap());
    let mut commit = world.relay.as_ref().unwrap().last();
    commit.settlement = id.to_string();
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));
    let outcome = home.commit(commit).await.unwrap().into_inner().outcome;
    assert!(matches!(outcome, Some(Outcome::Refused(_))), "{outcome:?}");
    id
}

/// Whether an id is refused because its visit is settled.
pub fn is_refused(settlement: &v1::Settlement) -> bool {
    let code = settlement.refusal.as_ref().map(|refusal| &*refusal.code);
    settlement.state() == v1::State::Refused && code == Some("visit.already_settled")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_treatment_region_that_lost_its_disk_repeats_what_was_finally_refused() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::relayed().await;
    today(&world, 0);
    world.back_up(CHENGDU, backup.path()).await;
    let told = refused(&world).await;
    let of = || of_settlement(&told.settlement, "");
    let before = ask(&world, HOSPITAL, CHENGDU, of()).await.unwrap();
    let before = holds(&before, &world.trust).evidence;

    // What is between the two passes on no question of a restored node.
    world.relay = None;
    world.lose_and_restore(CHENGDU, backup.path()).await;
    world.recovered(CHENGDU).await;
    for is_rebuilt in [false, true] {
        if is_rebuilt {
            world.kill(CHENGDU).await;
            world.forget_index(CHENGDU);
            world.start(CHENGDU).await;
        }
        let mut hospital = world.hospital(HOSPITAL).await;
        assert_eq!(hospital.get("r-1").await.unwrap(), told);
        let person = "330200000000000001";
        let cancelled = hospital.cancel("r-1", person).await.unwrap();
        assert_eq!(cancelled.refusal, told.refusal);
        let again = hospital.settle(settle("r-1", published("V1"))).await;
        assert!(is_refused(&again.unwrap()));
        // It is nobody else's, and the word proves what it proved; the claim was here alone.
        let mut other = world.hospital(OTHER_HOSPITAL).await;
        assert_eq!(
            code(&other.get("r-1").await.unwrap_err()),
            "settlement.not_found"
        );
        let proof = ask(&world, HOSPITAL, CHENGDU, of()).await.unwrap();
        let proof = holds(&proof, &world.trust).evidence;
        assert_eq!((proof.word, proof.claim), (before.word.clone(), None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_cancelled_unknown_is_refused_where_the_home_region_had_refused_it() {
    let mut world = World::relayed().await;
    refused(&world).await;
    let id = of_an_unknown_id(&world, "r-9").await;

    let mut hospital = world.hospital(HOSPITAL).await;
    let unknown = hospital.get("r-9").await.unwrap_err();
    assert_eq!(code(&unknown), "settlement.not_found");
    // It is buried here and the home region is silent: the cancellation has no outcome, and one after a restart tells it.
    world.stop(NINGBO).await;
    let person = "330200000000000001";
    let silent = hospital.cancel("r-9", person).await.unwrap_err();
    assert_eq!(code(&silent), "home.unreachable");
    world.start(NINGBO).await;
    world.relay = None;
    world.kill(CHENGDU).await;
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let cancelled = hospital.cancel("r-9", person).await.unwrap();
    assert!(is_refused(&cancelled), "{cancelled:?}");
    assert_eq!(hospital.get("r-9").await.unwrap(), cancelled);
    let proof = ask(
        &world,
        HOSPITAL,
        CHENGDU,
        of_settlement(&id.to_string(), ""),
    )
    .await;
    let proof = holds(&proof.unwrap(), &world.trust).evidence;
    assert_eq!(
        proof.word.body.refusal.code,
        RefusalCode::VisitAlreadySettled
    );
}

/// What books home regions' words in a stopped region's journal, in its order: which ids, and whether they are refused.
fn booked(world: &World, region: &str) -> Vec<(String, bool)> {
    let (reader, _) = look_through(DirDisk::at(world.journal(region)).unwrap()).unwrap();
    let mut booked = Vec::new();
    for frame in reader.frames_from(Position::START) {
        for bytes in frame.unwrap().records() {
            // Neither names anybody, so neither is sealed.
            match NodeRecord::from_bytes(bytes) {
                Ok(NodeRecord::Settled(record)) => {
                    booked.push((record.settlement.to_string(), false));
                }
                Ok(NodeRecord::Refused(record)) => {
                    booked.push((record.settlement.to_string(), true));
                }
                Ok(_) | Err(_) => {}
            }
        }
    }
    booked
}

/// A node that takes a higher incarnation before all is back, or is restored again from a backup of just then, asks for what
/// comes after the last word that it holds. So a refusal that was given before that word must be in the journal before it too:
/// it would not come again.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_words_of_one_page_are_booked_in_the_order_in_which_they_were_given() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::relayed().await;
    world.back_up(CHENGDU, backup.path()).await;
    let refused = of_a_taken_visit(&world).await.settlement;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-2", published("V2"))).await;
    let settled = settled.unwrap().settlement;
    let last = of_an_unknown_id(&world, "r-9").await.to_string();

    world.relay = None;
    world.lose_and_restore(CHENGDU, backup.path()).await;
    world.recovered(CHENGDU).await;
    world.stop(CHENGDU).await;
    let booked = booked(&world, CHENGDU);
    // What took the visit comes first; this region never knew of it.
    let [(_, false), rest @ ..] = &*booked else {
        panic!("{booked:?}")
    };
    assert_eq!(rest, [(refused, true), (settled, false), (last, true)]);
}
