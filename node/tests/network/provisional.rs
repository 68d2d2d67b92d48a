//! Settling while the home region cannot be reached, and what becomes of it (PROTOCOL 22, 23).

use std::net::TcpListener;

use huitong_core::digest::sha256;
use huitong_node::Node;
use huitong_proto::common::v1::{Fund, FundAmount};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::{ReversalReason as Reason, State};

use crate::bills::{published, settle, small};
use crate::by_hand::{bill, by_hand, with_catalogue};
use crate::files::{INSTITUTIONS, messages, policy, replacing};
use crate::hospital::Hospital;
use crate::patience::until;
use crate::relay::Commits;
use crate::reversals::legs;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

pub const SECTION: &str = "
[provisional]
care = \"emergency\"
ceiling = \"2500\"
snapshot_hours = 72
home_bears = \"500\"
";

/// A world whose policy allows emergencies to be settled provisionally.
pub async fn allowed(world: World) -> World {
    let before = sha256(policy(NINGBO).as_bytes());
    let text = replacing("0.70", "2023-01-01", &[before.as_bytes()]);
    world.publish(NINGBO, &format!("{text}{SECTION}")).await;
    world
}

pub fn emergency(mut bill: v1::Bill) -> v1::Bill {
    bill.visit.as_mut().unwrap().arrival = v1::Arrival::Emergency.into();
    bill
}

pub async fn estimate(hospital: &mut Hospital, bill: v1::Bill) {
    let request = v1::EstimateRequest { bill: Some(bill) };
    hospital.client.estimate(request).await.unwrap();
}

/// What each fund pays by a receipt.
fn amounts(settled: &v1::Settlement) -> Vec<(Fund, i64)> {
    let receipt = settled.receipt.as_ref().unwrap();
    let amount = |it: &FundAmount| (it.fund(), it.amount_fen);
    receipt.amounts.iter().map(amount).collect()
}

/// Settles r-1 while Ningbo is away, which is for the caller to start again.
pub async fn given_while_away(
    world: &mut World,
    hospital: &mut Hospital,
    bill: v1::Bill,
) -> v1::Settlement {
    estimate(hospital, bill.clone()).await;
    // From here on: one that waits at the relay for Ningbo's node to be back would arrive after all.
    world.commits(Commits::Lost);
    world.stop(NINGBO).await;
    let given = hospital.settle(settle("r-1", bill)).await.unwrap();
    assert_eq!(given.state(), State::Provisional);
    given
}

/// Asks until the home region's word is known.
pub async fn trued_up(hospital: &mut Hospital, request_id: &str) -> v1::Settlement {
    hospital
        .get_when(request_id, |state| state != State::Provisional)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_too_low_is_borne_and_never_asked_for() {
    let mut world = allowed(World::new().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    // The start is met when the snapshot is signed, and is not when the home region decides.
    hospital.settle(settle("r-0", small("V0"))).await.unwrap();
    estimate(&mut hospital, emergency(small("V1"))).await;
    hospital
        .reverse("x-0", "r-0", Reason::WrongBill)
        .await
        .unwrap();
    world.stop(NINGBO).await;
    let given = hospital
        .settle(settle("r-1", emergency(small("V1"))))
        .await
        .unwrap();
    assert_eq!(given.state(), State::Provisional);
    let told = given.provisional.clone().unwrap();
    assert_eq!((told.cash_told_fen, told.advanced_fen), (90_000, 210_000));
    assert_eq!((told.care(), told.true_up), (v1::Care::Emergency, None));
    let notice = told.notice.unwrap();
    assert!(notice.zh.starts_with("先行结算") && notice.en.starts_with("PROVISIONAL"));
    assert!(given.receipt.is_none());
    let again = hospital
        .settle(settle("r-1", emergency(small("V1"))))
        .await
        .unwrap();
    assert_eq!(again, given);
    let second = hospital.settle(settle("r-2", emergency(small("V2")))).await;
    assert_eq!(code(&second.unwrap_err()), "provisional.another_stands");

    world.kill(CHENGDU).await;
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.get("r-1").await.unwrap(), given);
    // No leg before the home region has booked it: those are of the settlement that was reversed.
    assert_eq!(world.status(CHENGDU).await.legs_written, 2);
    world.start(NINGBO).await;
    let settled = trued_up(&mut hospital, "r-1").await;
    assert_eq!(settled.state(), State::Settled);
    let expected = v1::TrueUp {
        cash_decided_fen: 174_000,
        patient_fen: 90_000,
        refund_fen: 0,
        home_bears_fen: 50_000,
        treatment_bears_fen: 34_000,
    };
    assert_eq!(
        settled.provisional.as_ref().unwrap().true_up,
        Some(expected)
    );
    assert_eq!(
        amounts(&settled),
        [
            (Fund::ResidentPool, 126_000),
            (Fund::ProvisionalLoss, 50_000)
        ]
    );
    assert_eq!(legs(&world).await, (4, 4));
    let notices = hospital.notices().await;
    assert_eq!(notices, std::slice::from_ref(&settled));
    hospital.acknowledge(&settled.settlement).await.unwrap();
    assert!(hospital.notices().await.is_empty());
    let back = hospital
        .reverse("x-1", "r-1", Reason::WrongBill)
        .await
        .unwrap();
    assert_eq!(back.refund.unwrap().cash_fen, 90_000);
    assert_eq!(legs(&world).await, (6, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_too_high_is_given_back_to_the_fen() {
    let mut world = allowed(World::new().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    estimate(&mut hospital, emergency(small("V1"))).await;
    hospital.settle(settle("r-0", small("V0"))).await.unwrap();
    world.stop(NINGBO).await;
    let given = hospital
        .settle(settle("r-1", emergency(small("V1"))))
        .await
        .unwrap();
    assert_eq!(given.provisional.unwrap().cash_told_fen, 174_000);
    world.start(NINGBO).await;
    let settled = trued_up(&mut hospital, "r-1").await;
    let true_up = settled.provisional.unwrap().true_up.unwrap();
    assert_eq!((true_up.patient_fen, true_up.refund_fen), (90_000, 84_000));
    assert_eq!(
        (true_up.home_bears_fen, true_up.treatment_bears_fen),
        (0, 0)
    );
    assert_eq!(legs(&world).await, (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_given_over_the_ceiling_without_a_signed_snapshot_or_for_other_care() {
    let mut world = allowed(World::new().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    estimate(&mut hospital, small("V2")).await;
    estimate(&mut hospital, emergency(published("V1"))).await;
    world.stop(NINGBO).await;
    for (bill, expected) in [
        (emergency(published("V1")), "provisional.over_ceiling"),
        (small("V2"), "home.unreachable"),
        (emergency(small("V3")), "home.unreachable"),
        (small("V1"), "home.unreachable"),
    ] {
        let refused = hospital.settle(settle("r-1", bill)).await.unwrap_err();
        assert_eq!(code(&refused), expected);
    }
    // The id is free. Ningbo's node was missed so often that it is left alone for a moment yet.
    world.start(NINGBO).await;
    let settled = until(async || {
        let again = settle("r-1", emergency(published("V1")));
        let told = hospital.settle(again).await.map_err(|status| code(&status));
        told.inspect_err(|code| assert_eq!(code, "provisional.over_ceiling"))
    });
    let settled = settled.await;
    assert_eq!(settled.state(), State::Settled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provisional_settlement_is_taken_back_before_the_home_region_books_it() {
    let mut world = allowed(World::new().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    estimate(&mut hospital, emergency(small("V1"))).await;
    world.stop(NINGBO).await;
    hospital
        .settle(settle("r-1", emergency(small("V1"))))
        .await
        .unwrap();
    let wished = hospital.reverse("x-1", "r-1", Reason::WrongBill).await;
    assert_eq!(code(&wished.unwrap_err()), "outcome.unknown");
    world.start(NINGBO).await;
    let back = hospital
        .until_known(async |it| it.reverse("x-1", "r-1", Reason::WrongBill).await)
        .await
        .unwrap();
    // A round of the timer may have had it booked a moment before.
    assert!([State::Abandoned, State::Reversed].contains(&back.state()));
    let (home, treatment) = legs(&world).await;
    assert_eq!(home, treatment);
    let anew = hospital
        .settle(settle("r-2", emergency(small("V1"))))
        .await
        .unwrap();
    assert_eq!(anew.state(), State::Settled);
    assert_eq!(anew.decision.unwrap().fund_total_fen, 126_000);
}

/// The outcome of a wish to reverse r-1, once the home region was heard.
pub async fn outcome(hospital: &mut Hospital, wish: &str) -> Result<State, String> {
    let told = hospital
        .until_known(async |it| it.reverse(wish, "r-1", Reason::WrongBill).await)
        .await;
    told.map(|back| back.state())
        .map_err(|status| code(&status))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_wishes_to_take_it_back_one_does_and_the_other_is_told_that_nothing_stands() {
    let mut world = allowed(World::relayed().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    given_while_away(&mut world, &mut hospital, emergency(small("V1"))).await;
    for wish in ["x-1", "x-2"] {
        let wished = hospital.reverse(wish, "r-1", Reason::WrongBill).await;
        assert_eq!(code(&wished.unwrap_err()), "outcome.unknown");
    }
    world.start(NINGBO).await;
    let mut outcomes = vec![
        outcome(&mut hospital, "x-1").await,
        outcome(&mut hospital, "x-2").await,
    ];
    outcomes.sort_by_key(Result::is_err);
    let nothing = Err("reversal.nothing_stands".to_owned());
    assert_eq!(outcomes, [Ok(State::Abandoned), nothing]);
    assert_eq!(legs(&world).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_provisional_is_not_settled_by_hand() {
    let mut world = allowed(World::relayed().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let given = given_while_away(&mut world, &mut hospital, emergency(small("V1"))).await;
    world.start(NINGBO).await;
    with_catalogue(&world).await;
    // Whatever region the officer names: the hospital's district, one that it does not lie in, or the own one.
    for (nth, named) in [CHENGDU, "510104", "440100", NINGBO].iter().enumerate() {
        let bill = v1::SettleByHandRequest {
            treatment: (*named).to_owned(),
            ..bill(&format!("h-{nth}"), "V1")
        };
        let refused = by_hand(&world, bill).await.unwrap_err();
        assert_eq!(code(&refused), "visit.provisional", "{named}");
    }
    assert_eq!(hospital.get("r-1").await.unwrap(), given);
    world.commits(Commits::Pass);
    assert_eq!(trued_up(&mut hospital, "r-1").await.state(), State::Settled);
}

/// A part of a stay is given provisionally, and the paper for the whole of it comes home.
#[tokio::test(flavor = "multi_thread")]
async fn a_stay_of_which_a_part_is_provisional_is_not_settled_by_hand() {
    let mut world = allowed(World::relayed().await).await;
    with_catalogue(&world).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let mut part = emergency(small("V1"));
    part.visit.as_mut().unwrap().interim = 1;
    given_while_away(&mut world, &mut hospital, part).await;
    world.start(NINGBO).await;
    let whole = by_hand(&world, bill("h-1", "V1")).await.unwrap_err();
    assert_eq!(code(&whole), "visit.provisional");
    // The rest of the stay is another bill.
    let mut rest = bill("h-2", "V1");
    let visit = rest.visit.as_mut().unwrap();
    visit.billed_from = visit.discharged.clone();
    rest.lines[0].date = visit.discharged.clone();
    by_hand(&world, rest).await.unwrap();
    world.commits(Commits::Pass);
    assert_eq!(trued_up(&mut hospital, "r-1").await.state(), State::Settled);
}

/// An institution may lie in another city than the region that it belongs to: who was shown the person for the visit is
/// asked.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_provisional_at_an_institution_elsewhere_in_the_province_is_not_settled_by_hand() {
    const ELSEWHERE: &str = "H51070300001";
    let mut world = allowed(World::relayed().await).await;
    with_catalogue(&world).await;
    let listed =
        format!("{INSTITUTIONS}{ELSEWHERE},绵阳市分院,general,three,three,city,yes,2020-01-01,\n");
    let messages = messages(v1::ImportKind::Institutions, "institutions", &listed);
    let mut officer = world.officer(CHENGDU).await;
    let answer = officer.import(tokio_stream::iter(messages)).await.unwrap();
    assert_eq!(answer.into_inner().fault_count, 0);
    let path = format!("/region/510100/institution/{ELSEWHERE}");
    let mut hospital = world.hospital(&path).await;
    given_while_away(&mut world, &mut hospital, emergency(small("V1"))).await;
    world.start(NINGBO).await;
    let mut misnamed = bill("h-1", "V1");
    misnamed.treatment = "510703".to_owned();
    misnamed.institution.as_mut().unwrap().code = ELSEWHERE.to_owned();
    let refused = by_hand(&world, misnamed).await.unwrap_err();
    assert_eq!(code(&refused), "visit.provisional");
}

/// A home region that was restored and waits for somebody answers, but nothing: the patient does not wait with it. It trues up
/// by its signature, though its backup does not have the snapshot that it signed.
#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_does_not_wait_until_a_restored_home_region_serves() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = allowed(World::new().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.back_up(NINGBO, backup.path()).await;
    estimate(&mut hospital, emergency(small("V1"))).await;
    world.lose(NINGBO, backup.path()).await;
    // It waits for a clearinghouse that is away.
    let mut config = world.config(NINGBO);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    config.clearinghouse = Some(format!("https://{}", nobody.local_addr().unwrap()));
    let waiting = Node::start(config).await.unwrap();
    hospital.until_recovering(settle("r-2", small("V2"))).await;
    let given = hospital.settle(settle("r-1", emergency(small("V1")))).await;
    assert_eq!(given.unwrap().state(), State::Provisional);
    waiting.shutdown().await;
    world.start(NINGBO).await;
    let settled = trued_up(&mut hospital, "r-1").await;
    assert_eq!(settled.state(), State::Settled);
    let up = settled.provisional.unwrap().true_up.unwrap();
    assert_eq!((up.patient_fen, up.treatment_bears_fen), (174_000, 0));
}

/// What the patient went home with is put to the home region however long that was away, past the time after which any other
/// open settlement is given up.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_provisional_is_never_given_up_for_its_age() {
    let mut world = allowed(World::new().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    estimate(&mut hospital, emergency(small("V1"))).await;
    world.stop(NINGBO).await;
    let given = hospital.settle(settle("r-1", emergency(small("V1")))).await;
    assert_eq!(given.unwrap().state(), State::Provisional);
    world.clock.set("2023-03-12T04:00:00.000Z");
    world.start(NINGBO).await;
    let settled = trued_up(&mut hospital, "r-1").await;
    assert_eq!(settled.state(), State::Settled);
}
