//! Assistance on a year's totals beside what else is settled: by hand, outside Huitong; after death, over a lost disk.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::change_person_request::Change;

use crate::assistance::{
    DAY, GUARD, PERSON, a_year, asked, assess, grant, helping, in_need, prepare, total,
};
use crate::bills::{settle, small};
use crate::bureau::by_officer;
use crate::by_hand::{bill, by_hand, with_catalogue};
use crate::externals;
use crate::filings::change;
use crate::provisional::{SECTION, emergency, estimate, trued_up};
use crate::world::{HOSPITAL, NINGBO, World, code};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_settled_by_hand_counts_and_what_stands_no_more_or_was_outside_does_not() {
    let world = World::new().await;
    prepare(&world).await;
    with_catalogue(&world).await;
    // 2,700 in scope at home: 1,200 below the start of the year, 70 % of the rest.
    let hand = by_hand(&world, bill("h-1", "V1")).await.unwrap();
    let mut hospital = world.hospital(HOSPITAL).await;
    let direct = hospital.settle(settle("r-1", small("V2"))).await.unwrap();
    let gone = hospital.settle(settle("r-2", small("V3"))).await.unwrap();
    let reason = v1::ReversalReason::WrongBill;
    let id = gone.settlement.clone();
    by_officer(&world, NINGBO, "o-1", &id, reason)
        .await
        .unwrap();
    externals::prepare(&world).await;
    let mut outside = externals::stay("c-1", "E1");
    for total in ["assisted", "assistance_paid"] {
        outside.sums_fen.insert(total.to_owned(), 0);
    }
    externals::record(&world, outside).await.unwrap();
    let year = assess(&world, PERSON, DAY).await.unwrap();
    let counted = year.counted.iter();
    let counted: Vec<_> = counted
        .map(|it| (&*it.settlement, it.in_scope_fen, it.paid_fen))
        .collect();
    assert_eq!(
        counted,
        [
            (&*hand.settlement, 270_000, 105_000),
            (&*direct.settlement, 300_000, 210_000)
        ]
    );
    assert_eq!((year.outside, year.outside_fen), (1, 300_000));
    assert_eq!(year.uncounted, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_died_is_helped_up_to_that_day() {
    let world = World::new().await;
    prepare(&world).await;
    a_year(&world).await;
    let died = Change::Die(DAY.to_owned());
    change(&world, "died-1", PERSON, died).await.unwrap();
    let late = assess(&world, PERSON, "2023-03-11").await.unwrap_err();
    assert_eq!(code(&late), "person.dead");
    grant(&world, asked("a-1", &[])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_is_lost_with_a_disk_holds_its_person_and_is_made_again() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    prepare(&world).await;
    a_year(&world).await;
    world.back_up(NINGBO, backup.path()).await;
    let granted = grant(&world, asked("a-1", &[])).await.unwrap();
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-3", small("V3"))).await.unwrap();
    world.lose_and_restore(NINGBO, backup.path()).await;
    let status = world.recovered(NINGBO).await;
    assert_eq!((status.held_count, status.held[0].missing), (1, 1));
    let held = grant(&world, asked("a-1", &[])).await.unwrap_err();
    assert_eq!(code(&held), "person.held");
    let release = v1::ReleasePersonRequest {
        psn_no: PERSON.to_owned(),
    };
    let mut officer = world.officer(NINGBO).await;
    officer.release_person(release).await.unwrap();
    // It has the same id; the stay since is counted as well.
    let again = grant(&world, asked("a-1", &[])).await.unwrap();
    assert_eq!(again.grant, granted.grant);
    assert_eq!(total(&world, "assisted").await, 774_000 + 90_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_region_bears_of_a_provisional_settlement_was_paid() {
    let mut world = World::new().await;
    let text = format!("{}{SECTION}", helping(GUARD));
    world.publish(NINGBO, &text).await;
    in_need(&world, "need-1").await;
    let mut hospital = world.hospital(HOSPITAL).await;
    // The start is met when the snapshot is signed, and is not when the home region decides.
    hospital.settle(settle("r-0", small("V0"))).await.unwrap();
    estimate(&mut hospital, emergency(small("V1"))).await;
    let reason = v1::ReversalReason::WrongBill;
    hospital.reverse("x-0", "r-0", reason).await.unwrap();
    world.stop(NINGBO).await;
    let given = settle("r-1", emergency(small("V1")));
    let given = hospital.settle(given).await.unwrap();
    assert_eq!(given.state(), v1::State::Provisional);
    world.start(NINGBO).await;
    trued_up(&mut hospital, "r-1").await;
    let year = assess(&world, PERSON, DAY).await;
    // 1,260 were paid by the home region's decision; 900 instead of 1,740 were asked of the patient. Of 900
    // nothing is above the start.
    let year = year.unwrap();
    assert_eq!(year.counted[0].paid_fen, 126_000 + 84_000);
    assert_eq!(year.decision.unwrap().patient_total_fen, 90_000);
}
