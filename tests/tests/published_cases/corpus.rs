//! Every policy document that is published with the project, its examples settled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use huitong_adjudication::{Compiled, LineShare, adjudicate, line_shares};
use huitong_authoring::case::Inputs;
use huitong_authoring::source::read_policy;
use huitong_core::decision::Decision;
use huitong_document::bill::Example;
use huitong_document::policy::PolicyDocument;

/// Tables that stand beside the documents.
const TABLES: [&str; 2] = ["published.toml", "inconsistent.toml"];

/// Limits for policies, which are none themselves.
const BOUNDS: &str = "bounds-";

pub(crate) fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

/// A policy document, ready to run.
pub(crate) struct Document {
    /// Its path below `deploy`.
    pub(crate) file: String,
    pub(crate) compiled: Compiled,
    document: PolicyDocument,
}

/// An example with all that came of it.
pub(crate) struct Shown {
    pub(crate) name: String,
    pub(crate) decision: Decision,
    pub(crate) lines: Vec<LineShare>,
    /// Fen of each line, by its number.
    pub(crate) line_totals: BTreeMap<u32, i64>,
}

pub(crate) struct Corpus {
    documents: Vec<Document>,
    shown: BTreeMap<(String, String), Shown>,
}

impl Document {
    fn read(folder: &str, path: &Path) -> Self {
        let name = path.file_name().unwrap().to_str().unwrap();
        let file = format!("{folder}/{name}");
        let document = match read_policy(path) {
            Ok(document) => document,
            Err(faults) => panic!("{faults}"),
        };
        let compiled = Compiled::new(document.policy().clone(), document.digest()).unwrap();
        Self {
            file,
            compiled,
            document,
        }
    }

    pub(crate) fn examples(&self) -> &[Example] {
        self.document.examples()
    }

    fn show(&self, example: &Example) -> Shown {
        let inputs = Inputs::of(self.compiled.policy(), &example.bill).unwrap();
        let case = inputs.case();
        let decision = adjudicate(&self.compiled, &case).unwrap();
        let lines = line_shares(&self.compiled, &case, &decision).unwrap();
        let line_totals = case.bill.lines().iter();
        let line_totals = line_totals.map(|line| (line.number, line.parts.total().unwrap().get()));
        Shown {
            name: format!("{}: {}", self.file, example.name),
            decision,
            lines,
            line_totals: line_totals.collect(),
        }
    }
}

impl Corpus {
    pub(crate) fn read() -> Self {
        let documents: Vec<Document> = ["policies", "cases"]
            .into_iter()
            .flat_map(|folder| {
                files(folder)
                    .into_iter()
                    .map(|path| Document::read(folder, &path))
            })
            .collect();
        let mut shown = BTreeMap::new();
        for document in &documents {
            for example in document.examples() {
                let key = (document.file.clone(), example.name.clone());
                let before = shown.insert(key, document.show(example));
                assert!(
                    before.is_none(),
                    "{}: `{}` twice",
                    document.file,
                    example.name
                );
            }
        }
        Self { documents, shown }
    }

    pub(crate) fn documents(&self) -> &[Document] {
        &self.documents
    }

    pub(crate) fn all_shown(self) -> impl Iterator<Item = Shown> {
        self.shown.into_values()
    }

    pub(crate) fn shown(&self, file: &str, example: &str) -> &Shown {
        let key = (file.to_owned(), example.to_owned());
        self.shown
            .get(&key)
            .unwrap_or_else(|| panic!("{file} has no example `{example}`"))
    }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(deploy().join(folder)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_policy = !TABLES.contains(&name) && !name.starts_with(BOUNDS);
        name.ends_with(".toml") && is_policy
    });
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
}
