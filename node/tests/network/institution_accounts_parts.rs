//! An institution's lines against the node's book by settlement, in parts.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::{AccountBooked as Of, LineFinding as Finding};
use tonic::Status;

use crate::institution_accounts::{a_day, ask, compare, desk, findings, own, span};
use crate::world::{HOSPITAL, World, code};

/// Lines of the day: those of settlements after one, up to another.
pub async fn by_settlement(
    world: &World,
    lines: Vec<v1::AccountLine>,
    (after, up_to): (&str, &str),
) -> Result<v1::CompareBySettlementResponse, Status> {
    let request = v1::CompareBySettlementRequest {
        span: span(world),
        setting: 0,
        after: after.to_owned(),
        up_to: up_to.to_owned(),
        lines,
    };
    let mut desk = desk(world, HOSPITAL).await;
    Ok(desk.compare_by_settlement(request).await?.into_inner())
}

/// What is found is what is found by request, of any part; only the order is another.
#[tokio::test(flavor = "multi_thread")]
async fn by_settlement_the_same_is_found_all_at_once_and_in_parts() {
    let world = World::new().await;
    a_day(&world).await;
    let sorted = |mut found: Vec<v1::FoundLine>| {
        found.sort_by(|one, other| (&one.request_id, one.of).cmp(&(&other.request_id, other.of)));
        found
    };
    let node = compare(&world, ask(&world, Vec::new(), ("", ""))).await;
    let node = node.unwrap();
    let told = by_settlement(&world, Vec::new(), ("", "")).await.unwrap();
    assert_eq!(
        (sorted(told.found.clone()), &*told.answered_to),
        (node.clone(), "")
    );
    let ids: Vec<String> = told
        .found
        .iter()
        .map(|line| line.settlement.clone())
        .collect();
    assert!(ids.is_sorted());
    let mut parts = Vec::new();
    let begins = std::iter::once("").chain(ids.iter().map(String::as_str));
    let ends = ids.iter().map(String::as_str).chain([""]);
    for part in begins.zip(ends).filter(|(after, up_to)| after != up_to) {
        parts.extend(by_settlement(&world, Vec::new(), part).await.unwrap().found);
    }
    assert_eq!(parts, told.found);
    // Stated, all is alike but what differs; each line stands in its part, after the one before it.
    let wrong = v1::AccountAmounts {
        cash_fen: 1,
        ..node[0].node.unwrap()
    };
    let amounts = |line: &v1::FoundLine| match &*line.request_id {
        "r-1" => Some(wrong),
        _ => line.node,
    };
    let line = |line: &v1::FoundLine| own(&line.request_id, line.of(), amounts(line));
    let lines: Vec<_> = told.found.iter().map(line).collect();
    let found = by_settlement(&world, lines.clone(), ("", ""))
        .await
        .unwrap();
    let differs = ("r-1", Of::Settlement, Finding::AmountsDiffer);
    assert_eq!(findings(&found.found), [differs]);
    let missing = own("r-9", Of::Reversal, Some(wrong));
    let found = by_settlement(&world, vec![missing], ("", ""))
        .await
        .unwrap();
    let lacks = ("r-9", Of::Reversal, Finding::OnlyAtInstitution);
    assert!(findings(&found.found).contains(&lacks) && found.found.len() == 5);
    let backwards = lines.iter().rev().cloned().collect();
    let outside = by_settlement(&world, lines, (&ids[0], "")).await;
    let backwards = by_settlement(&world, backwards, ("", "")).await;
    for refused in [outside, backwards] {
        assert_eq!(code(&refused.unwrap_err()), "request.malformed");
    }
}
