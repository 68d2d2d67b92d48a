//! The days of a visit in bill documents: benefit date, length, and the days that a bill covers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test that cannot read its text fails"
)]

use huitong_core::policy::Policy;
use huitong_document::bill::BillDocument;
use huitong_document::policy::PolicyDocument;

fn policy(benefit_date: &str) -> Policy {
    let head = format!("benefit_date = \"{benefit_date}\"\ntitle");
    let text = include_str!("fixtures/good/ningbo_resident_2023.toml")
        .replacen("title", &head, 1)
        .replace("2023-12-31", "2024-12-31");
    PolicyDocument::parse(text.as_bytes())
        .unwrap_or_else(|faults| panic!("{faults}"))
        .into_policy()
}

/// Admission, first day of the bill and discharge, or the first fault.
fn stay(benefit_date: &str, facts: &str) -> Result<[String; 3], String> {
    let text = format!("facts = {{ tier = \"three\", {facts} }}\namounts = {{ in = \"1\" }}\n");
    let read = BillDocument::parse("bill.toml", &text, &policy(benefit_date));
    match read {
        Ok(bill) => {
            let visit = bill.facts.visit;
            let dates = [visit.admitted, visit.billed_from, visit.discharged];
            Ok(dates.map(|date| date.to_string()))
        }
        Err(faults) => Err(faults.list().first().unwrap().en.clone()),
    }
}

#[test]
fn first_and_last_day_follow_from_the_benefit_date() {
    let week = "date = 2024-01-03, days = 7";
    for (benefit_date, admitted, discharged) in [
        ("discharge", "2023-12-28", "2024-01-03"),
        ("admission", "2024-01-03", "2024-01-09"),
    ] {
        assert_eq!(
            stay(benefit_date, week),
            Ok([admitted, admitted, discharged].map(str::to_owned))
        );
    }
}

#[test]
fn a_split_year_is_billed_in_parts() {
    let refused = stay("split", "date = 2024-01-03, days = 7").unwrap_err();
    assert_eq!(
        refused,
        "the bill covers 2023-12-28 to 2024-01-03, days of two benefit years, and the policy splits them: \
         give `billed_from`, and the days before it in another bill"
    );
    assert_eq!(
        stay(
            "split",
            "date = 2024-01-03, days = 7, billed_from = 2024-01-01"
        ),
        Ok(["2023-12-28", "2024-01-01", "2024-01-03"].map(str::to_owned))
    );
    assert_eq!(
        stay("split", "date = 2023-12-31, days = 4"),
        Ok(["2023-12-28", "2023-12-28", "2023-12-31"].map(str::to_owned))
    );
}

#[test]
fn the_days_of_a_bill_lie_within_the_visit() {
    for day in ["2023-12-27", "2024-01-04"] {
        let facts = format!("date = 2024-01-03, days = 7, billed_from = {day}");
        assert_eq!(
            stay("discharge", &facts),
            Err("the visit lasts from 2023-12-28 to 2024-01-03".to_owned())
        );
    }
    assert!(stay("discharge", "billed_from = 1").is_err());
}
