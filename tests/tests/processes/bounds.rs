//! What is past a limit: a message that is too large, a deadline that is too short. Neither leaves anything
//! behind that stands in the way of the same id, sent properly.

use std::time::Duration;

use huitong_proto::settlement::v1 as settlement;
use huitong_tests::bills::{inpatient, line, visit};
use huitong_tests::hospital::{Hospital, request};
use huitong_tests::officer::RegionOfficer;
use huitong_tests::refused::{Again, Refused};
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_transport::MAX_MESSAGE_BYTES;
use tonic::Request;

fn stay(id: &str) -> settlement::Bill {
    inpatient(&NINGBO, 0, id, &[(Item::Drug, 2_000_000)])
}

/// Sends a bill and waits at most so long.
async fn within(
    hospital: &Hospital,
    id: &str,
    allowed: Duration,
) -> Result<settlement::Settlement, Refused> {
    let mut sent = Request::new(request(id, stay(id)));
    sent.set_timeout(allowed);
    hospital.settle_once(sent).await
}

/// The id was left free, or stands as one settlement; either way the same bill has one outcome under it.
async fn settles_once(hospital: &Hospital, id: &str) {
    let settled = hospital.settle_for_sure(id, stay(id)).await.unwrap();
    assert_eq!(settled.decision.unwrap().fund_total_fen, 1_316_000, "{id}");
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_and_one_of_ten_thousand_lines_is_not() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let mut large = stay("large");
    visit(&mut large).package = "p".repeat(MAX_MESSAGE_BYTES);
    let refused = hospital.settle("large", large).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.again),
        ("transport.too_large", Again::No)
    );
    let status = RegionOfficer::of(&world, &CHENGDU).status().await.unwrap();
    assert_eq!((status.prepared, status.legs_written), (0, 0));
    settles_once(&hospital, "large").await;

    let mut long = stay("long");
    long.lines = (1..=10_000)
        .map(|number| line(number, Item::DearDrug, 1_001))
        .collect();
    long.total_fen = 10_010_000;
    let settled = hospital.settle("long", long).await.unwrap();
    assert_eq!(settled.lines.len(), 10_000);
    let parts = settled.decision.unwrap().parts.unwrap();
    assert_eq!(
        (parts.first_pay_fen, parts.in_scope_fen),
        (1_000_000, 9_010_000)
    );
    world.stop_all().await;
}

#[tokio::test]
async fn a_deadline_that_passes_leaves_the_id_to_be_sent_again() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    // The first is over before it begins; by the last there may be an outcome. Whose clock strikes first,
    // and how far the bill has come by then, is open.
    for (number, micros) in [0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000]
        .into_iter()
        .enumerate()
    {
        let id = format!("short-{number}");
        match within(&hospital, &id, Duration::from_micros(micros)).await {
            Ok(_) => assert_ne!(micros, 0, "settled in no time"),
            Err(refused) => {
                let codes = [
                    "deadline.passed",
                    "transport.deadline",
                    "home.unreachable",
                    "outcome.unknown",
                ];
                assert!(codes.contains(&refused.code.as_str()), "{refused:?}");
                assert_eq!(refused.again, Again::SameId);
            }
        }
        settles_once(&hospital, &id).await;
    }
    world.stop_all().await;
}

#[tokio::test]
async fn a_home_region_that_does_not_answer_costs_time_and_nothing_else() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    settles_once(&hospital, "before").await;
    let silent = within(&hospital, "silent", Duration::from_secs(2));
    let refused = world.while_frozen(&NINGBO, silent).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.again),
        ("home.unreachable", Again::SameId)
    );
    assert_eq!(
        hospital.get("silent").await.unwrap_err().code,
        "settlement.not_found"
    );
    settles_once(&hospital, "silent").await;
    world.stop_all().await;
}
