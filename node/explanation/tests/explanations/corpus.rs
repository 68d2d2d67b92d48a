//! Policy documents of the project, and their examples explained.

use std::path::{Path, PathBuf};

use huitong_adjudication::{Compiled, adjudicate};
use huitong_authoring::case::Inputs;
use huitong_authoring::source::read_policy;
use huitong_core::decision::Decision;
use huitong_document::bill::BillDocument;
use huitong_document::policy::PolicyDocument;
use huitong_explanation::{Sentence, explain};

/// A document ready to run.
pub(crate) struct Ready {
    pub(crate) file: String,
    pub(crate) document: PolicyDocument,
    compiled: Compiled,
}

/// A decision with its explanation.
pub(crate) struct Explained {
    pub(crate) decision: Decision,
    pub(crate) sentences: Vec<Sentence>,
}

impl Ready {
    pub(crate) fn read(file: &str) -> Self {
        let document = match read_policy(&root().join(file)) {
            Ok(document) => document,
            Err(faults) => panic!("{faults}"),
        };
        let compiled = Compiled::new(document.policy().clone(), document.digest()).unwrap();
        Self {
            file: file.to_owned(),
            document,
            compiled,
        }
    }

    /// The bill's decision explained; `None` when the rules give no result for it.
    pub(crate) fn explained(&self, bill: &BillDocument) -> Option<Explained> {
        let policy = self.document.policy();
        let inputs = Inputs::of(policy, bill).ok()?;
        let case = inputs.case();
        let decision = adjudicate(&self.compiled, &case).ok()?;
        let sentences = explain(policy, &case, &decision);
        Some(Explained {
            decision,
            sentences,
        })
    }

    /// The example of this name, explained, numbered.
    pub(crate) fn example(&self, name: &str) -> String {
        let mut examples = self.document.examples().iter();
        let example = examples.find(|example| example.name == name);
        let example = example.unwrap_or_else(|| panic!("{} has no example {name}", self.file));
        numbered(&self.explained(&example.bill).unwrap().sentences)
    }

    /// A bill in the text of a bill document, explained, numbered.
    pub(crate) fn bill(&self, text: &str) -> String {
        match BillDocument::parse("bill", text, self.document.policy()) {
            Ok(bill) => numbered(&self.explained(&bill).unwrap().sentences),
            Err(faults) => panic!("{faults}"),
        }
    }
}

fn numbered(sentences: &[Sentence]) -> String {
    let lines = sentences.iter().zip(1..);
    lines
        .map(|(said, at)| format!("{at}. {}\n   {}\n", said.zh, said.en))
        .collect()
}

/// Every policy document of the project.
pub(crate) fn all() -> Vec<Ready> {
    let folders = [
        "deploy/policies",
        "deploy/cases",
        "deploy/cases/mechanisms",
        "proto/document/tests/fixtures/good",
        "node/explanation/tests/explanations",
    ];
    folders.into_iter().flat_map(all_below).collect()
}

/// Every policy document in a folder.
pub(crate) fn all_below(folder: &str) -> Vec<Ready> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    let files = names.into_iter().map(|name| format!("{folder}/{name}"));
    let documents = files.filter_map(|file| {
        let bytes = std::fs::read(root().join(&file)).unwrap();
        // Tables stand beside the documents.
        let text = String::from_utf8_lossy(&bytes);
        let is_policy = text.contains("[[layer]]") || text.contains("[[part]]");
        is_policy.then(|| Ready::read(&file))
    });
    documents.collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
