//! A settlement whose receipt is lost with the home region's disk, while its leg is with the clearinghouse.

use std::path::Path;

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::change_person_request::Change;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::{ReversalReason as Reason, State};

use crate::bills::{published, settle};
use crate::bureau::by_officer;
use crate::filings::change;
use crate::recovery::legs;
use crate::relay::Commits;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

/// The day after the day after, when nobody goes on with what was prepared before.
const LONG_AFTER: &str = "2023-03-12T04:00:00.000Z";

#[tokio::test(flavor = "multi_thread")]
async fn it_is_committed_again_for_the_same_amount_and_its_new_legs_agree() {
    is_committed_again(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_committed_again_also_when_it_would_have_lapsed_meanwhile() {
    is_committed_again(Some(LONG_AFTER)).await;
}

/// A commit reaches home after the backup, and the treatment region is gone before it hears of it: the settlement and
/// its receipt.
async fn unheard(world: &mut World, backup: &Path) -> (String, v1::Receipt) {
    world.clearinghouse().await;
    world.back_up(NINGBO, backup).await;
    world.commits(Commits::Lost);
    let mut hospital = world.hospital(HOSPITAL).await;
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    world.kill(CHENGDU).await;
    let node = world.caller("/region/510100/node", NINGBO).await;
    let commit = world.relay.as_ref().unwrap().last();
    let settlement = commit.settlement.clone();
    let answer = HomeServiceClient::new(node).commit(commit).await.unwrap();
    let Some(Outcome::Receipt(lost)) = answer.into_inner().outcome else {
        panic!("not committed")
    };
    (settlement, lost)
}

/// What becomes of it when the home region is back, at that time.
async fn is_committed_again(back: Option<&str>) {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::relayed().await;
    let (_, lost) = unheard(&mut world, backup.path()).await;
    world.status_when(NINGBO, |it| it.legs_held >= 1).await;
    let told = legs(&world, NINGBO);
    world.lose_and_restore(NINGBO, backup.path()).await;
    world.commits(Commits::Pass);
    if let Some(back) = back {
        world.clock.set(back);
    }
    world.start(CHENGDU).await;
    let status = world.recovered(NINGBO).await;
    assert_eq!(status.legs_without_receipt, 1);

    let settled = world.hospital(HOSPITAL).await.outcome("r-1").await;
    assert_eq!(settled.state(), State::Settled);
    let receipt = settled.receipt.unwrap();
    assert_eq!(receipt.amounts, lost.amounts);
    assert_eq!(receipt.business_day, lost.business_day);
    world.status_when(NINGBO, |it| it.legs_held >= 2).await;
    world.status_when(CHENGDU, |it| it.legs_held >= 1).await;
    // What was told stays as it was told, and the leg of the new receipt is there from both sides.
    let (ningbo, chengdu) = (legs(&world, NINGBO), legs(&world, CHENGDU));
    assert_eq!(ningbo[..1], told[..]);
    let ((_, settlement, kind, fen, receipt), (_, other, their_kind, their_fen, their_receipt)) =
        (&ningbo[1], &chengdu[0]);
    assert_eq!(
        (settlement, kind, fen, receipt),
        (other, their_kind, their_fen, their_receipt)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_its_home_region_had_taken_back_is_given_up_and_not_committed_again() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::relayed().await;
    let (settlement, _) = unheard(&mut world, backup.path()).await;
    let ordered = by_officer(&world, NINGBO, "o-1", &settlement, Reason::Fraud).await;
    ordered.unwrap();
    world.status_when(NINGBO, |it| it.legs_held >= 2).await;
    world.lose_and_restore(NINGBO, backup.path()).await;
    world.commits(Commits::Pass);
    world.clock.set(LONG_AFTER);
    world.start(CHENGDU).await;
    let status = world.recovered(NINGBO).await;
    assert_eq!(status.legs_without_receipt, 2);
    let given_up = world.hospital(HOSPITAL).await.outcome("r-1").await;
    assert_eq!(given_up.state(), State::Abandoned);
    assert_eq!(world.status(NINGBO).await.legs_written, 2);
}

/// The bureau of Ningbo ends a settlement.
async fn give_up(world: &World, treatment: &str, settlement: &str) -> Result<(), tonic::Status> {
    give_up_of(world, treatment, settlement, "").await
}

/// The same, with the person's number.
async fn give_up_of(
    world: &World,
    treatment: &str,
    settlement: &str,
    psn_no: &str,
) -> Result<(), tonic::Status> {
    let request = v1::GiveUpRequest {
        treatment: treatment.to_owned(),
        settlement: settlement.to_owned(),
        reason: Reason::WrongBill.into(),
        psn_no: psn_no.to_owned(),
    };
    let answer = world.officer(NINGBO).await.give_up(request).await;
    answer.map(drop)
}

/// The one settlement of which Ningbo has legs and no receipt, and how it stands.
pub async fn without_receipt(world: &World) -> (String, String) {
    let status = world.status(NINGBO).await;
    let [legs] = &*status.without_receipt else {
        panic!("{:?}", status.without_receipt)
    };
    let parties = (legs.kind.as_str(), &*legs.debtor, &*legs.creditor);
    assert_eq!(parties, ("settlement", NINGBO, CHENGDU));
    assert!(legs.amount_fen > 0);
    (legs.settlement.clone(), legs.standing.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_to_other_amounts_is_given_up_by_an_officer_and_settled_under_another_id() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::relayed().await;
    let (settlement, lost) = unheard(&mut world, backup.path()).await;
    world.status_when(NINGBO, |it| it.legs_held >= 1).await;
    world.lose_and_restore(NINGBO, backup.path()).await;
    world.start(CHENGDU).await;
    world.recovered(NINGBO).await;
    let stands = |standing: &str| (settlement.clone(), standing.to_owned());
    assert_eq!(without_receipt(&world).await, stands("open"));
    // The deductible turns out to have been met.
    let met = Change::SetTotal(v1::SetTotal {
        total: "charged".to_owned(),
        stretch: "year:2023".to_owned(),
        key: String::new(),
        value: 120_000,
        origin: Some(v1::Origin {
            as_of: "2023-03-01".to_owned(),
            source: "core".to_owned(),
        }),
    });
    change(&world, "m-1", "330200000000000001", met)
        .await
        .unwrap();
    world.commits(Commits::Pass);
    let mut hospital = world.hospital(HOSPITAL).await;
    let undecided = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&undecided.unwrap_err()), "outcome.unknown");

    let other = give_up(&world, "440100", &settlement).await;
    assert_eq!(code(&other.unwrap_err()), "recovery.nothing_to_give_up");
    // Whom the officer names is looked at: nobody's new home would be told of somebody who is insured here.
    for (psn_no, why) in [
        ("330200000000000001", "transfer.unknown"),
        ("1 2", "request.malformed"),
    ] {
        let named = give_up_of(&world, CHENGDU, &settlement, psn_no).await;
        assert_eq!(code(&named.unwrap_err()), why);
        assert_eq!(without_receipt(&world).await, stands("open"));
    }
    give_up(&world, CHENGDU, &settlement).await.unwrap();
    give_up(&world, CHENGDU, &settlement).await.unwrap();
    let given_up = hospital.outcome("r-1").await;
    assert_eq!(given_up.state(), State::Abandoned);
    assert_eq!(without_receipt(&world).await, stands("given_up"));

    let anew = hospital.settle(settle("r-2", published("V1"))).await;
    let anew = anew.unwrap();
    assert_eq!(anew.state(), State::Settled);
    let receipt = anew.receipt.unwrap();
    assert_ne!(receipt.amounts, lost.amounts);
    let stands = give_up(&world, CHENGDU, &anew.settlement).await;
    assert_eq!(code(&stands.unwrap_err()), "recovery.nothing_to_give_up");
    world.status_when(NINGBO, |it| it.legs_held >= 2).await;
    world.status_when(CHENGDU, |it| it.legs_held >= 1).await;
    // The leg of before stays as it was told, and only that of the new receipt is there from both sides.
    let (ningbo, chengdu) = (legs(&world, NINGBO), legs(&world, CHENGDU));
    assert_eq!((ningbo.len(), chengdu.len()), (2, 1));
    assert_eq!(ningbo[0].1, settlement);
    assert_eq!((&ningbo[1].1, ningbo[1].3), (&chengdu[0].1, chengdu[0].3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_that_nobody_heard_of_is_listed_and_ordered_again() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-1", published("V1"))).await;
    let settlement = settled.unwrap().settlement;
    world.status_when(NINGBO, |it| it.legs_held >= 1).await;
    world.back_up(NINGBO, backup.path()).await;
    world.kill(CHENGDU).await;
    let reverse = async |world: &World, id: &str| {
        let ordered = by_officer(world, NINGBO, id, &settlement, Reason::Fraud).await;
        ordered.unwrap();
    };
    reverse(&world, "o-1").await;
    world.status_when(NINGBO, |it| it.legs_held >= 2).await;
    world.lose_and_restore(NINGBO, backup.path()).await;
    world.start(CHENGDU).await;
    world.recovered(NINGBO).await;
    let listed = async |world: &World| {
        let status = world.status(NINGBO).await;
        let [legs] = &*status.without_receipt else {
            panic!("{:?}", status.without_receipt)
        };
        assert_eq!(legs.settlement, settlement);
        (legs.kind.clone(), legs.standing.clone())
    };
    let of = |standing: &str| ("reversal".to_owned(), standing.to_owned());
    assert_eq!(listed(&world).await, of("stands"));
    reverse(&world, "o-2").await;
    assert_eq!(listed(&world).await, of("reversed"));
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.reversed("r-1").await;
}
