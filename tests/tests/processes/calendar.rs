//! The published business days, day by day, as two public packages have them.

use huitong_core::date::BusinessDay;
use huitong_document::calendar::state_council;
use huitong_tests::python;
use serde_json::json;

/// The years that are published and that both packages have.
const YEARS: (u16, u16) = (2018, 2026);

#[tokio::test]
async fn every_day_off_is_one_in_two_public_packages_and_no_other_is() {
    let (from, until) = YEARS;
    let given = json!({ "from": from, "until": until });
    let theirs = python::run("business_days.py", &given).await;
    let theirs: Vec<_> = theirs["off"].as_array().unwrap().iter().collect();
    let calendar = state_council().unwrap();
    let first = BusinessDay::new(from, 1, 1).unwrap();
    let days = std::iter::successors(Some(first), |day| day.plus_days(1).ok());
    let days = days.take_while(|day| day.year() <= until);
    let off = days.filter(|day| !calendar.is_business(*day));
    let ours: Vec<_> = off.map(|day| json!(day.to_string())).collect();
    assert!(ours.len() > 1_000, "{}", ours.len());
    assert_eq!(ours.iter().collect::<Vec<_>>(), theirs);
}
