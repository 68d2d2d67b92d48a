//! The tables of cases, `deploy/cases/published.toml` and `inconsistent.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::corpus::deploy;

/// How a published case is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    Bill,
    Constructed,
    Identity,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Published {
    pub(crate) id: String,
    pub(crate) form: Form,
    pub(crate) document: String,
    pub(crate) example: String,
    #[serde(default)]
    pub(crate) left_out: BTreeMap<String, String>,
    pub(crate) figures: BTreeMap<String, PublishedFigure>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublishedFigure {
    pub(crate) yuan: Option<String>,
    pub(crate) percent: Option<String>,
    pub(crate) is: String,
}

/// What becomes of an inconsistent case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Corrected,
    Bounded,
    Undetermined,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inconsistent {
    pub(crate) id: String,
    pub(crate) verdict: Verdict,
    pub(crate) reason: String,
    pub(crate) document: Option<String>,
    pub(crate) example: Option<String>,
    /// What the printed payers pay together, where that is more than the bill.
    pub(crate) printed_payers: Option<String>,
    #[serde(default)]
    pub(crate) missing: Vec<String>,
    pub(crate) figures: BTreeMap<String, InconsistentFigure>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InconsistentFigure {
    pub(crate) printed: Option<String>,
    pub(crate) yuan: Option<String>,
    pub(crate) is: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table<T> {
    case: Vec<T>,
}

pub(crate) fn read_table<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path = deploy().join("cases").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let table: Table<T> = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    table.case
}
