//! A bill that was settled by hand, reversed, and settled by hand anew: what the person is still paid, or owes.

use huitong_proto::settlement::v1;

use crate::bills::line;
use crate::by_hand::{bill, by_hand, reverse, with_catalogue};
use crate::files::CLASS_A;
use crate::filings::{EMPLOYEE, world};
use crate::world::NINGBO;

/// The bill as it should have been: 2,000 yuan.
fn lower(request_id: &str, visit: &str) -> v1::SettleByHandRequest {
    v1::SettleByHandRequest {
        total_fen: 200_000,
        lines: vec![line(1, CLASS_A, 200_000)],
        ..bill(request_id, visit)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_settled_by_hand_anew_is_set_against_what_was_paid_for_it_before() {
    let mut world = world().await;
    with_catalogue(&world).await;
    let first = by_hand(&world, bill("h-1", "V1")).await.unwrap();
    assert_eq!((first.paid_out_fen, &first.correction), (105_000, &None));
    reverse(&world, "o-1", &first.settlement).await;
    // 1,800 in scope at home, 1,200 of it below the deductible, 70 % of the rest.
    let anew = by_hand(&world, lower("h-2", "V1")).await.unwrap();
    assert_eq!(anew.paid_out_fen, 42_000);
    let expected = v1::HandCorrection {
        replaces: first.settlement.clone(),
        paid_before_fen: 105_000,
        paid_now_fen: 42_000,
        due_fen: 0,
        owed_fen: 63_000,
    };
    assert_eq!(anew.correction, Some(expected));
    // What stands in nobody's place any more says so.
    let known = by_hand(&world, bill("h-1", "V1")).await.unwrap();
    assert_eq!((known.paid_out_fen, known.correction), (105_000, None));
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    assert_eq!(by_hand(&world, lower("h-2", "V1")).await.unwrap(), anew);

    // The other way round the person is paid the rest; another visit is set against nothing.
    reverse(&world, "o-2", &anew.settlement).await;
    let third = by_hand(&world, bill("h-3", "V1")).await.unwrap();
    let correction = third.correction.unwrap();
    assert_eq!((correction.due_fen, correction.owed_fen), (63_000, 0));
    assert_eq!(correction.replaces, anew.settlement);
    let other = by_hand(&world, bill("h-4", "V2")).await.unwrap();
    assert_eq!(other.correction, None);

    // Nor is what somebody else is paid.
    reverse(&world, "o-3", &third.settlement).await;
    let somebody_else = v1::SettleByHandRequest {
        psn_no: EMPLOYEE.to_owned(),
        ..bill("h-5", "V1")
    };
    let theirs = by_hand(&world, somebody_else).await.unwrap();
    assert_eq!(theirs.correction, None);
}
