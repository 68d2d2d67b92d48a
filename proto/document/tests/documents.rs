//! Tables of good and bad documents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot read its fixtures fails"
)]

use std::fs;
use std::path::{Path, PathBuf};

use huitong_document::bill::BillDocument;
use huitong_document::policy::PolicyDocument;

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "toml")
    });
    files.sort();
    assert!(!files.is_empty());
    files
}

fn policy(name: &str) -> PolicyDocument {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/good")
        .join(name);
    PolicyDocument::parse_file(name, &fs::read(file).unwrap())
        .unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn every_good_policy_is_read_with_its_examples() {
    for file in fixtures("good") {
        let document = policy(file.file_name().unwrap().to_str().unwrap());
        assert!(!document.examples().is_empty(), "{}", file.display());
    }
}

#[test]
fn bills_are_read_under_their_policy() {
    for (policy_file, bill) in [
        ("ningbo_resident_2023.toml", "ningbo_lines.toml"),
        ("chongqing_yubei_2023.toml", "yubei_amounts.toml"),
        ("every_construct.toml", "every_construct.toml"),
    ] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/bills")
            .join(bill);
        let text = fs::read_to_string(file).unwrap();
        BillDocument::parse(bill, &text, policy(policy_file).policy())
            .unwrap_or_else(|faults| panic!("{faults}"));
    }
}

#[test]
fn the_grammar_shows_a_policy_that_is_one() {
    let grammar = include_str!("../GRAMMAR.md");
    let (_, after) = grammar.split_once("```toml\n").unwrap();
    let (shown, _) = after.split_once("```").unwrap();
    let document =
        PolicyDocument::parse(shown.as_bytes()).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(document.examples().len(), 1);
}

#[test]
fn bills_are_told_every_fault_at_its_place() {
    let policy = policy("every_construct.toml");
    let text = "amounts = { in = \"1\" }\nfacts = { ordinal = 0 }\n[totals]\nadmissions = \"1\"\n[other]\n";
    let faults = BillDocument::parse("bill.toml", text, policy.policy()).unwrap_err();
    insta::assert_snapshot!("bill", faults.to_string());
}

/// The whole text of every fault, as a bureau reads it.
#[test]
fn bad_policies_are_told_every_fault_at_its_place() {
    for file in fixtures("bad") {
        let (name, stem) = (file.file_name().unwrap(), file.file_stem().unwrap());
        let faults = PolicyDocument::parse_file(name.to_str().unwrap(), &fs::read(&file).unwrap())
            .unwrap_err();
        insta::assert_snapshot!(stem.to_str().unwrap(), faults.to_string());
    }
}
