//! `[provisional]` of a policy document: what it means, and what is wrong where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot read its fixture fails"
)]

use huitong_core::money::Fen;
use huitong_core::vocabulary::Care;
use huitong_document::policy::PolicyDocument;

const NINGBO: &str = include_str!("fixtures/good/ningbo_resident_2023.toml");

fn with(section: &str) -> Result<PolicyDocument, Vec<String>> {
    let text = format!("{NINGBO}\n[provisional]\n{section}\n");
    PolicyDocument::parse(text.as_bytes()).map_err(|faults| {
        let said =
            |fault: &huitong_document::config::Fault| format!("{}: {}", fault.path, fault.en);
        faults.list().iter().map(said).collect()
    })
}

#[test]
fn a_policy_without_it_allows_nothing() {
    let document = PolicyDocument::parse(NINGBO.as_bytes()).unwrap();
    assert_eq!(document.policy().provisional(), None);
}

#[test]
fn the_section_says_for_which_care_and_within_which_bounds() {
    let section =
        "care = \"emergency\"\nceiling = \"5000\"\nsnapshot_hours = 72\nhome_bears = \"1000.50\"";
    let document = with(section).unwrap();
    let rule = document.policy().provisional().unwrap();
    assert_eq!(rule.care, [Care::Emergency]);
    assert_eq!(rule.epidemics, []);
    assert_eq!(rule.ceiling, Fen::new(500_000).unwrap());
    assert_eq!(rule.home_bears, Fen::new(100_050).unwrap());
    assert_eq!(rule.snapshot_hours, 72);
}

#[test]
fn what_is_missing_or_beyond_its_bounds_is_said_where_it_stands() {
    fn check(section: &str, starts: &[&str]) {
        let faults = with(section).unwrap_err();
        assert_eq!(faults.len(), starts.len(), "{faults:?}");
        for (fault, start) in faults.iter().zip(starts) {
            assert!(fault.starts_with(start), "{faults:?}");
        }
    }
    check(
        "care = \"planned\"\nsnapshot_hours = 721\nhome_bears = \"1\"",
        &[
            "provisional.ceiling: missing",
            "provisional.care",
            "provisional.snapshot_hours: 721 is out of range",
        ],
    );
    let bounds = "ceiling = \"10\"\nsnapshot_hours = 1\nhome_bears";
    check(
        format!("care = \"emergency\"\n{bounds} = \"10.01\"").as_str(),
        &["provisional.home_bears: a loss is never above the ceiling of 10.00"],
    );
    check(
        &format!("care = \"epidemic\"\n{bounds} = \"10\""),
        &["provisional: [[provisional.epidemic]] stands exactly where"],
    );
    let backwards =
        "[[provisional.epidemic]]\ntitle = \"t\"\nfrom = 2024-01-02\nuntil = 2024-01-01";
    check(
        &format!("care = \"epidemic\"\n{bounds} = \"10\"\n{backwards}"),
        &["provisional.epidemic[0]"],
    );
}
