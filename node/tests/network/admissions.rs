//! An admission counts once, however many bills it comes in, at however many hospitals.

use huitong_proto::settlement::v1;

use crate::bills::{dated, settle, small};
use crate::files::{policy, replacing};
use crate::hospital::Hospital;
use crate::world::{HOSPITAL, NINGBO, World};

/// 60 % for the first admission of the year, 70 % for the second, 80 % from the third on; no start, and a
/// stay over the turn of the year is billed in parts.
fn by_admission(text: &str) -> String {
    let (head, layer) = text.split_once("[[layer]]").unwrap();
    let layer = layer
        .lines()
        .filter(|line| !line.starts_with("start"))
        .map(|line| {
            if line.starts_with("ratio") {
                "ratio = { by = \"ordinal\", 1 = \"0.60\", 2 = \"0.70\", otherwise = \"0.80\" }"
            } else {
                line
            }
        });
    let layer: Vec<&str> = layer.collect();
    let head = head.replace(
        "[totals.charged]\nadds = \"basic.charged\"\nperiod = \"year\"\n",
        "",
    );
    format!("{head}[[layer]]{}", layer.join("\n"))
}

/// Ningbo pays by the number of the admission from 1 March on, and in the next year.
async fn world() -> World {
    let world = World::new().await;
    let older = world.status(NINGBO).await.policies[0].digest.clone();
    let newer = by_admission(&replacing("0.70", "2023-03-01", &[&older]));
    world.publish(NINGBO, &newer).await;
    let next = by_admission(&policy(NINGBO))
        .replace("2023-01-01", "2024-01-01")
        .replace("2023-12-31", "2024-12-31");
    world.publish(NINGBO, &next).await;
    world
}

/// 3,000 in scope, billed as one part of an admission.
fn part(visit: &str, episode: &str, interim: u32) -> v1::Bill {
    let mut bill = small(visit);
    let visit = bill.visit.as_mut().unwrap();
    episode.clone_into(&mut visit.episode);
    visit.interim = interim;
    bill
}

/// What the fund pays of a bill.
async fn paid(hospital: &mut Hospital, request: &str, bill: v1::Bill) -> i64 {
    let settled = hospital.settle(settle(request, bill)).await.unwrap();
    assert_eq!(settled.state(), v1::State::Settled);
    settled.decision.unwrap().fund_total_fen
}

#[tokio::test(flavor = "multi_thread")]
async fn interim_bills_and_a_linked_transfer_leave_the_next_admission_its_number() {
    let mut world = world().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(
        paid(&mut hospital, "r-1", part("V1", "V1", 1)).await,
        180_000
    );
    assert_eq!(
        paid(&mut hospital, "r-2", part("V1", "V1", 2)).await,
        180_000
    );
    assert_eq!(
        paid(&mut hospital, "r-3", part("V2", "V1", 0)).await,
        180_000
    );
    // A restart with the index made anew counts the same.
    world.stop(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    assert_eq!(
        paid(&mut hospital, "r-4", part("V3", "V3", 0)).await,
        210_000
    );
    assert_eq!(
        paid(&mut hospital, "r-5", part("V1", "V1", 3)).await,
        180_000
    );
    assert_eq!(
        paid(&mut hospital, "r-6", part("V4", "V4", 0)).await,
        240_000
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stay_over_the_turn_of_the_year_counts_in_the_year_it_began() {
    let world = world().await;
    world.clock.set("2024-01-20T04:00:00.000Z");
    let mut hospital = world.hospital(HOSPITAL).await;
    let mut old_year = dated(part("V2", "V2", 1), "2023-12-20", "2023-12-31");
    let mut new_year = dated(part("V2", "V2", 2), "2023-12-20", "2024-01-05");
    for (bill, from) in [(&mut old_year, "2023-12-20"), (&mut new_year, "2024-01-01")] {
        from.clone_into(&mut bill.visit.as_mut().unwrap().billed_from);
        from.clone_into(&mut bill.lines[0].date);
    }
    let spring = dated(part("V1", "V1", 0), "2023-03-01", "2023-03-09");
    assert_eq!(paid(&mut hospital, "r-1", spring).await, 180_000);
    assert_eq!(paid(&mut hospital, "r-2", old_year).await, 210_000);
    // The rest of the second admission of 2023, in 2024.
    assert_eq!(paid(&mut hospital, "r-3", new_year).await, 210_000);
    let next = dated(part("V3", "V3", 0), "2024-01-08", "2024-01-12");
    assert_eq!(paid(&mut hospital, "r-4", next).await, 180_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admission_whose_first_bill_is_corrected_keeps_its_number_and_counts_once() {
    let world = world().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let reason = v1::ReversalReason::Correction;
    for (request, bill, expected) in [
        ("r-1", part("V1", "V1", 1), 180_000),
        ("r-2", part("V1", "V1", 2), 180_000),
        ("r-3", part("V2", "V2", 0), 210_000),
    ] {
        assert_eq!(paid(&mut hospital, request, bill).await, expected);
    }
    // The first bill of the first admission is corrected: still the first, and counted once.
    hospital.reverse("x-1", "r-1", reason).await.unwrap();
    assert_eq!(
        paid(&mut hospital, "r-4", part("V1", "V1", 1)).await,
        180_000
    );
    assert_eq!(
        paid(&mut hospital, "r-5", part("V3", "V3", 0)).await,
        240_000
    );
    // The second and third never were: the next is the second that stands.
    hospital.reverse("x-2", "r-3", reason).await.unwrap();
    hospital.reverse("x-3", "r-5", reason).await.unwrap();
    assert_eq!(
        paid(&mut hospital, "r-6", part("V4", "V4", 0)).await,
        210_000
    );
    // It is settled after all, and keeps the number that it had.
    assert_eq!(
        paid(&mut hospital, "r-7", part("V2", "V2", 0)).await,
        210_000
    );
    // A further bill of the first admission counts nothing.
    assert_eq!(
        paid(&mut hospital, "r-8", part("V1", "V1", 3)).await,
        180_000
    );
    assert_eq!(
        paid(&mut hospital, "r-9", part("V5", "V5", 0)).await,
        240_000
    );
}
