//! What mutation starts from: every document of the repository, and the words they are made of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use huitong_core::policy::Policy;
use huitong_document::policy::PolicyDocument;

/// Documents and words.
pub(crate) struct Corpus {
    pub(crate) policies: Vec<String>,
    pub(crate) bills: Vec<String>,
    /// Keys, values and punctuation, each once.
    pub(crate) words: Vec<String>,
    /// The policy under which bills are read.
    pub(crate) reader: Policy,
}

const EVERY_CONSTRUCT: &str =
    include_str!("../../../../proto/document/tests/fixtures/good/every_construct.toml");

impl Corpus {
    pub(crate) fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let (mut policies, mut bills) = (Vec::new(), Vec::new());
        for folder in [
            "deploy",
            "proto/document/tests/fixtures",
            "node/authoring/tests",
        ] {
            for file in documents(&root.join(folder)) {
                let Ok(text) = std::fs::read_to_string(&file) else {
                    continue;
                };
                if text.contains("[[layer]]") {
                    policies.push(text);
                } else if text.contains("[facts]") || text.contains("[amounts]") {
                    bills.push(text);
                }
            }
        }
        assert!(
            policies.len() >= 20 && bills.len() >= 3,
            "the documents were moved"
        );
        let words: BTreeSet<String> = policies
            .iter()
            .chain(&bills)
            .flat_map(|text| words(text))
            .collect();
        Self {
            policies,
            bills,
            words: words.into_iter().collect(),
            reader: PolicyDocument::parse(EVERY_CONSTRUCT.as_bytes())
                .unwrap()
                .into_policy(),
        }
    }
}

/// The TOML files under a folder, in a fixed order.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            found.extend(documents(&entry));
        } else if entry
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            found.push(entry);
        }
    }
    found
}

/// A text cut where TOML's punctuation stands.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split_inclusive([' ', '\n', '=', ',', '"', '{', '}', '[', ']', '.'])
        .map(str::to_owned)
        .collect()
}
