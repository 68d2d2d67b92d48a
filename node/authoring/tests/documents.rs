//! Every policy document that comes with the project passes its review.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it does not expect"
)]

use std::path::{Path, PathBuf};

use huitong_authoring::review::{Limits, Severity, review_within};
use huitong_authoring::source::{SourceError, read_policy};
use huitong_document::policy::PolicyDocument;

/// Fewer bills than publishing settles: a test is built without optimisation.
const LIMITS: Limits = Limits {
    bills: 4_000,
    ..Limits::PUBLISHING
};
/// Tables beside the documents, and parts of them.
const OTHERS: [&str; 4] = [
    "published.toml",
    "inconsistent.toml",
    "external.toml",
    "assistance.toml",
];

/// Policy documents in a folder, in order.
fn documents(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let entries = std::fs::read_dir(root.join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let other =
            OTHERS.contains(&name) || name.starts_with("bounds-") || name.starts_with("bill_");
        name.ends_with(".toml") && !other
    });
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

/// A document with its parts in place. The two of the integration tests leave their region open.
fn document(path: &Path) -> PolicyDocument {
    let text = std::fs::read_to_string(path).unwrap();
    let read = if text.contains("{region}") {
        let text = text.replace("{region}", "330200");
        PolicyDocument::parse(text.as_bytes()).map_err(SourceError::Faults)
    } else {
        read_policy(path)
    };
    read.unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn all_documents_of_the_project_pass() {
    let mut refused = String::new();
    for folder in [
        "deploy/policies",
        "deploy/cases",
        "deploy/cases/mechanisms",
        "deploy/examples",
        "tests/data",
        "proto/document/tests/fixtures/good",
    ] {
        for path in documents(folder) {
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            let file = format!("{folder}/{file}");
            let document = document(&path);
            for finding in review_within(&document, &[], LIMITS) {
                println!("{file}:{finding}");
                if finding.severity() == Severity::Refused {
                    refused.push_str(&format!("{file}:{finding}\n"));
                }
            }
        }
    }
    assert!(refused.is_empty(), "{refused}");
}
