//! What own institutions settled for the own insured after a backup: nobody else holds it, the status says so until all have
//! reconciled, and its evidence has it booked again, once.

mod reversed;

use huitong_core::canonical::Artifact as _;
use huitong_core::digest::sha256;
use huitong_core::evidence::Evidence;
use huitong_core::receipt::PersonalPart;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::evidence_service_client::EvidenceServiceClient;
use huitong_proto::settlement::v1::{Presented, ReversalReason as Reason, State};
use tempfile::TempDir;
use tonic::Status;

use crate::bills::{at_home, published, settle};
use crate::bureau::by_officer;
use crate::final_refusals::{ask, of_settlement};
use crate::institution_accounts::{OFFICER, desk};
use crate::world::{CHENGDU, HOSPITAL, OTHER_HOSPITAL, World, code};

const PERSON: &str = "510100000000000001";

async fn present(
    world: &World,
    party: &str,
    evidence: &[u8],
) -> Result<v1::PresentEvidenceResponse, Status> {
    let mut desk = EvidenceServiceClient::new(world.caller(party, CHENGDU).await);
    let evidence = evidence.to_vec();
    let answer = desk
        .present_evidence(v1::PresentEvidenceRequest { evidence })
        .await?;
    Ok(answer.into_inner())
}

async fn became(world: &World, party: &str, evidence: &[u8]) -> Presented {
    present(world, party, evidence).await.unwrap().presented()
}

async fn refused(world: &World, party: &str, evidence: &[u8]) -> String {
    code(&present(world, party, evidence).await.unwrap_err())
}

/// Settles a bill of the own insured, and what its hospital is given as evidence.
async fn settled(world: &World, request: &str, visit: &str) -> (v1::Settlement, Vec<u8>) {
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle(request, at_home(visit))).await;
    let settled = settled.unwrap();
    let evidence = of(world, &settled).await;
    (settled, evidence)
}

async fn of(world: &World, settled: &v1::Settlement) -> Vec<u8> {
    let asked = of_settlement(&settled.settlement, CHENGDU);
    ask(world, HOSPITAL, CHENGDU, asked).await.unwrap()
}

/// What would be paid next, and at which version.
async fn next(world: &World) -> v1::EstimateResponse {
    let mut hospital = world.hospital(HOSPITAL).await;
    let bill = Some(at_home("V9"));
    let asked = v1::EstimateRequest { bill };
    hospital.client.estimate(asked).await.unwrap().into_inner()
}

/// Chengdu has lost all after a first settlement.
async fn lost(world: &mut World, backup: &TempDir) {
    world.lose_and_restore(CHENGDU, backup.path()).await;
    world.recovered(CHENGDU).await;
}

async fn release(world: &World) {
    let psn_no = PERSON.to_owned();
    let mut officer = world.officer(CHENGDU).await;
    officer
        .release_person(v1::ReleasePersonRequest { psn_no })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_institution_holds_is_booked_again_once_as_it_stood() {
    let mut world = World::new().await;
    settled(&world, "r-0", "V0").await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let (one, of_one) = settled(&world, "r-1", "V1").await;
    let (two, of_two) = settled(&world, "r-2", "V2").await;
    let as_it_was = next(&world).await;
    // Nothing is lost yet.
    assert_eq!(became(&world, HOSPITAL, &of_one).await, Presented::Known);
    lost(&mut world, &backup).await;

    let mut hospital = world.hospital(HOSPITAL).await;
    let gone = hospital.get("r-1").await.unwrap_err();
    assert_eq!(gone.code(), tonic::Code::NotFound);
    assert_ne!(next(&world).await.decision, as_it_was.decision);
    assert_eq!(became(&world, HOSPITAL, &of_one).await, Presented::Booked);
    assert_eq!(became(&world, HOSPITAL, &of_one).await, Presented::Known);
    assert_eq!(became(&world, OFFICER, &of_two).await, Presented::Booked);
    let mut hospital = world.hospital(HOSPITAL).await;
    for (request, before) in [("r-1", &one), ("r-2", &two)] {
        let again = hospital.get(request).await.unwrap();
        assert_eq!(again.state(), State::Settled);
        assert_eq!(again.settlement, before.settlement);
        assert_eq!(again.decision, before.decision);
        assert_eq!(again.receipt, before.receipt);
    }
    // Totals are as they were, and nobody is held.
    assert_eq!(next(&world).await.decision, as_it_was.decision);
    assert_eq!(world.status(CHENGDU).await.held_count, 0);
    // There is evidence of it as of any other, without the bill as charged, which nothing signed proves; and it lasts.
    let again = of(&world, &one).await;
    assert_eq!(became(&world, HOSPITAL, &again).await, Presented::Known);
    world.kill(CHENGDU).await;
    world.forget_index(CHENGDU);
    world.start(CHENGDU).await;
    assert_eq!(became(&world, HOSPITAL, &of_one).await, Presented::Known);
    assert_eq!(next(&world).await.decision, as_it_was.decision);
    // It can be taken back like any other.
    let mut hospital = world.hospital(HOSPITAL).await;
    let reversed = hospital.reverse("x-2", "r-2", Reason::WrongBill).await;
    assert_eq!(reversed.unwrap().state(), State::Reversed);
    assert_eq!(became(&world, HOSPITAL, &of_two).await, Presented::Known);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_since_stands_and_its_numbers_are_its_own() {
    let mut world = World::new().await;
    settled(&world, "r-0", "V0").await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let (_, of_one) = settled(&world, "r-1", "V1").await;
    let (_, of_two) = settled(&world, "r-2", "V2").await;
    lost(&mut world, &backup).await;
    // The visit is settled anew under another id, which takes the number that the lost receipt had.
    let (anew, _) = settled(&world, "r-3", "V1").await;
    assert_eq!(
        refused(&world, HOSPITAL, &of_one).await,
        "visit.already_settled"
    );
    // Where another one has gone on with the record, its person is looked at.
    assert_eq!(became(&world, HOSPITAL, &of_two).await, Presented::Booked);
    assert_eq!(world.status(CHENGDU).await.held_count, 1);
    release(&world).await;
    // What the bureau takes back goes by the own stream: nothing in it is taken for held that is not.
    let ordered = by_officer(
        &world,
        CHENGDU,
        "o-1",
        &anew.settlement,
        Reason::WrongPerson,
    );
    ordered.await.unwrap();
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.reversed("r-3").await;
    // The visit is free: what was lost of it may stand after all.
    assert_eq!(became(&world, OFFICER, &of_one).await, Presented::Booked);
    // It was not settled in place of the one that was settled and reversed after it.
    assert_eq!(hospital.get("r-1").await.unwrap().correction, None);
    release(&world).await;
    let (last, _) = settled(&world, "r-4", "V4").await;
    let ordered = by_officer(
        &world,
        CHENGDU,
        "o-2",
        &last.settlement,
        Reason::WrongPerson,
    );
    ordered.await.unwrap();
    hospital.reversed("r-4").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_this_nodes_word_on_its_own_insured_at_home_is_refused() {
    let mut world = World::new().await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let (_, of_one) = settled(&world, "r-1", "V1").await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let away = hospital.settle(settle("r-2", published("V2"))).await;
    let away = of(&world, &away.unwrap()).await;
    lost(&mut world, &backup).await;
    assert_eq!(
        refused(&world, OTHER_HOSPITAL, &of_one).await,
        "settlement.not_found"
    );
    assert_eq!(refused(&world, HOSPITAL, &away).await, "evidence.not_own");
    for at in [9, of_one.len() / 3, of_one.len() / 2, of_one.len() - 9] {
        let mut changed = of_one.clone();
        changed[at] ^= 1;
        let told = present(&world, HOSPITAL, &changed).await;
        if let Err(told) = told {
            let told = code(&told);
            assert!(
                ["evidence.not_own", "settlement.not_found"].contains(&&*told),
                "{told}"
            );
        } else {
            // Certificates and the bill as charged prove nothing here, and change nothing.
            assert_eq!(became(&world, HOSPITAL, &of_one).await, Presented::Known);
        }
    }
    // An id that the hospital gave up since is never settled.
    lost(&mut world, &backup).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let given_up = hospital.cancel("r-1", PERSON).await.unwrap();
    assert_eq!(given_up.state(), State::Abandoned);
    assert_eq!(
        refused(&world, HOSPITAL, &of_one).await,
        "evidence.contradicts"
    );
}

async fn reconcile(world: &World, party: &str, (from, to): (&str, &str)) {
    let span = v1::AccountSpan {
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let nothing = v1::AccountSums {
        count: 0,
        amounts: Some(v1::AccountAmounts::default()),
    };
    let request = v1::ReconcileRequest {
        span: Some(span),
        setting: 0,
        settled: Some(nothing),
        reversed: Some(nothing),
    };
    desk(world, party).await.reconcile(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restore_the_status_names_who_has_not_reconciled_the_days_that_nobody_else_knows() {
    let mut world = World::new().await;
    world.clock.set("2023-03-11T04:00:00.000Z");
    reconcile(&world, HOSPITAL, ("2023-02-10", "2023-03-11")).await;
    let status = world.status(CHENGDU).await;
    assert_eq!(
        (status.unsure_from.as_str(), status.not_reconciled_count),
        ("", 0)
    );
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    world.clock.set("2023-03-11T05:00:00.000Z");
    lost(&mut world, &backup).await;
    let status = world.status(CHENGDU).await;
    let days = (&*status.unsure_from, &*status.unsure_to);
    assert_eq!(days, ("2023-02-10", "2023-03-12"));
    let of = |nth: u8| format!("H5101040000{nth}");
    assert_eq!(status.not_reconciled, [1, 2, 3, 4].map(of));
    // What was reconciled before counts no more; the same figures said again do.
    world.clock.set("2023-03-12T04:00:00.000Z");
    let all = ("2023-02-10", "2023-03-12");
    reconcile(&world, HOSPITAL, ("2023-02-10", "2023-03-11")).await;
    assert_eq!(world.status(CHENGDU).await.not_reconciled_count, 4);
    reconcile(&world, HOSPITAL, ("2023-03-12", "2023-03-12")).await;
    let status = world.status(CHENGDU).await;
    assert_eq!(status.not_reconciled, [2, 3, 4].map(of));
    for nth in [2, 3, 4] {
        let party = format!("/region/510100/institution/{}", of(nth));
        reconcile(&world, &party, all).await;
    }
    let status = world.status(CHENGDU).await;
    assert_eq!(
        (status.unsure_from.as_str(), status.not_reconciled_count),
        ("", 0)
    );
}

/// Evidence of a receipt that somebody made up of one, with a policy of their own.
fn made_up(evidence: &[u8]) -> Vec<u8> {
    let mut made_up = Evidence::from_bytes(evidence).unwrap();
    made_up.policy = b"one that takes long to read".to_vec();
    let policy = sha256(&made_up.policy);
    let receipt = &mut made_up.word.receipt;
    receipt.body.clearing.policy = policy;
    (made_up.decision.policy, made_up.snapshot.policy) = (policy, policy);
    let mut version = made_up.snapshot.version;
    version.change += 1;
    let personal = PersonalPart {
        person: made_up.claim.person,
        claim: made_up.claim.digest(),
        decision: made_up.decision.digest(),
        version,
    };
    receipt.body.personal = personal.commitment(&receipt.salt);
    (receipt.group.root, receipt.group.size) = (receipt.body.leaf(), 1);
    (receipt.index, receipt.path) = (0, Vec::new());
    assert_eq!(made_up.coherent(), Ok(()));
    made_up.to_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_policy_is_read_and_nothing_computed_of_what_the_node_did_not_sign() {
    let mut world = World::new().await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let (_, of_one) = settled(&world, "r-1", "V1").await;
    lost(&mut world, &backup).await;
    let told = present(&world, HOSPITAL, &made_up(&of_one)).await;
    let told = told.unwrap_err();
    assert_eq!(code(&told), "evidence.not_own");
    let why = told.message();
    assert!(why.contains("its group is not signed"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn presented_twice_at_once_it_is_booked_once_and_is_no_contradiction() {
    let mut world = World::new().await;
    let backup = tempfile::tempdir().unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let mut evidence = Vec::new();
    for nth in 0..8 {
        evidence.push(
            settled(&world, &format!("r-{nth}"), &format!("V{nth}"))
                .await
                .1,
        );
    }
    lost(&mut world, &backup).await;
    for of in &evidence {
        let both = tokio::join!(
            present(&world, HOSPITAL, of),
            present(&world, OFFICER, of),
            present(&world, HOSPITAL, of)
        );
        let became = <[_; 3]>::from(both).map(|answer| match answer {
            Ok(answer) => answer.presented().as_str_name().to_owned(),
            Err(status) => code(&status),
        });
        let are = |what: &str| became.iter().filter(|became| *became == what).count();
        let again = are("PRESENTED_KNOWN") + are("node.overloaded");
        assert_eq!((are("PRESENTED_BOOKED"), again), (1, 2), "{became:?}");
    }
}
