//! The national bounds against the project's own policies, and against a policy that passes each of them.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

use huitong_authoring::review::{Finding, Limits, against};
use huitong_document::bounds::BoundsDocument;
use huitong_document::policy::PolicyDocument;

const NATIONAL: &str = include_str!("../../../deploy/policies/bounds-national.toml");
const STINGY: &str = include_str!("bounds/stingy.toml");

fn told(policy: &str) -> Vec<Finding> {
    let bounds = BoundsDocument::parse("bounds-national.toml", NATIONAL.as_bytes()).unwrap();
    let document = PolicyDocument::parse(policy.as_bytes()).unwrap();
    let limits = Limits {
        bills: 20_000,
        ..Limits::PUBLISHING
    };
    against(&document, bounds.bounds(), limits)
}

fn sentences(policy: &str) -> String {
    let findings = told(policy);
    let sentences: Vec<_> = findings.iter().map(ToString::to_string).collect();
    sentences.join("\n")
}

#[test]
fn each_limit_that_is_passed_is_told_with_its_figures() {
    insta::assert_snapshot!(sentences(STINGY));
}

/// Ten points for the referred and twenty for all others are what the nation allows.
#[test]
fn ten_and_twenty_points_are_allowed() {
    let ningbo = include_str!("../../../deploy/policies/ningbo-resident.toml");
    let points = |policy: &str| {
        let mut told = told(policy);
        told.retain(|finding| finding.kind.en().contains("points less"));
        told.len()
    };
    assert_eq!(points(ningbo), 0, "{}", sentences(ningbo));
    let harsher = ningbo.replace("points = \"-10\"", "points = \"-10.5\"");
    assert_eq!(points(&harsher), 1, "{}", sentences(&harsher));
}

#[test]
fn faults_of_a_bounds_document_are_told_at_their_place() {
    let wrong = NATIONAL
        .replace("region = \"nation\"", "region = \"330\"")
        .replace("filing = \"long_term\"", "filing = \"longterm\"")
        .replace(
            "start_at_most = \"3000\"",
            "start_at_most = \"3000\"\nratio_at_least = 50",
        );
    let faults = BoundsDocument::parse("wrong.toml", wrong.as_bytes()).unwrap_err();
    let meant = NATIONAL
        .replace(
            "filing = \"long_term\"",
            "filing = \"longterm\", tier = \"three\"",
        )
        .replace("name = \"core_seventy\"", "name = \"critical_start\"");
    let later = BoundsDocument::parse("meant.toml", meant.as_bytes()).unwrap_err();
    insta::assert_snapshot!(format!("{faults}\n---\n{later}"));
}
