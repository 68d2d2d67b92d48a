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
