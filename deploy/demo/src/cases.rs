//! The published cases, read from `data/cases.toml`, and what came of them.

use anyhow::Context as _;
use huitong_core::money::Fen;
use serde::Deserialize;

use crate::desk::Desk;

const FILE: &str = include_str!("../data/cases.toml");

/// One published case as an out-of-area bill.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its number among the published cases.
    pub id: String,
    /// The home region.
    pub home: String,
    /// The scheme.
    pub scheme: String,
    /// The region's own class of insured people.
    pub category: String,
    /// Whether retired.
    #[serde(default)]
    pub retired: bool,
    /// An assistance identity.
    #[serde(default)]
    pub identity: Option<String>,
    /// Date of birth.
    pub birth: toml::value::Datetime,
    /// Admissions of the year before this one.
    #[serde(default)]
    pub admissions_before: u16,
    /// The treatment region.
    pub treatment: String,
    /// Which institution of the region.
    pub institution: String,
    /// The kind of treatment.
    pub setting: String,
    /// How the patient came; `direct` when left out.
    #[serde(default)]
    pub arrival: Option<String>,
    /// The lines.
    pub lines: Vec<CaseLine>,
    /// What all funds pay together, as published, in yuan.
    pub fund: String,
}

/// One line of a case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseLine {
    /// A catalogue item of the demo.
    pub item: String,
    /// The amount.
    pub yuan: String,
    /// How many; 1 when left out.
    #[serde(default = "one")]
    pub quantity: u32,
}

const fn one() -> u32 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    case: Vec<Case>,
}

/// A case settled: the published payment beside ours.
#[derive(Debug, Clone)]
pub struct CaseOutcome {
    /// Its number among the published cases.
    pub id: String,
    /// As published.
    pub expected: Fen,
    /// What the network settled, or why not.
    pub actual: Result<Fen, String>,
}

impl CaseOutcome {
    /// Whether both agree to the fen.
    #[must_use]
    pub fn matches(&self) -> bool {
        self.actual.as_ref() == Ok(&self.expected)
    }
}

impl Case {
    /// The desk where it is settled.
    ///
    /// # Errors
    /// When the word names none.
    pub fn desk(&self) -> anyhow::Result<Desk> {
        Desk::parse(&self.institution)
            .with_context(|| format!("{}: no institution {}", self.id, self.institution))
    }
}

/// The cases of the file.
///
/// # Errors
/// When the file has a fault.
pub fn published() -> anyhow::Result<Vec<Case>> {
    let file: CaseFile = toml::from_str(FILE).context("data/cases.toml")?;
    Ok(file.case)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_can_be_read_and_is_out_of_area() {
        let cases = published().unwrap();
        assert!(cases.len() >= 15);
        for case in cases {
            assert_ne!(case.home, case.treatment, "{}", case.id);
            case.desk().unwrap();
            Fen::parse_yuan(&case.fund).unwrap();
        }
    }
}
