//! Typical bills settled under two policies: for each kind of care, amount, level of hospital, way there and
//! person, what the funds and the patient pay under either.
//!
//! A bill of the grid is four fifths in scope, 8 % first-pay, 2 % over limits and a tenth outside the
//! catalogue, the first of its year unless its words say otherwise, with empty accounts. For each tag that
//! either policy names, one has the tag on half of its costs. It is settled as a bill document is, each under
//! the first day of its policy. A case that a policy gives no result for is shown as that.

use huitong_adjudication::{Compiled, Fault};
use huitong_core::decision::Decision;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::vocabulary::{Place, Setting};
use huitong_document::bill::BillDocument;
use huitong_document::policy::PolicyDocument;
use huitong_explanation::Sentence;
use huitong_explanation::wording;

use super::circumstances::{Asked, Circumstance};
use super::tables::Pair;
use crate::case::decide;

/// The most cells of a grid.
const CELLS_AT_MOST: usize = 100_000;

/// Why two policies cannot be laid beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GridFault {
    /// A policy's rules cannot be run.
    Rules(Fault),
    /// The grid would be too large.
    TooLarge(usize),
}

/// One `en / 中文` sentence.
impl std::fmt::Display for GridFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rules(fault) => write!(
                f,
                "these rules cannot be run: {fault} / 规则无法执行：{}",
                fault.zh()
            ),
            Self::TooLarge(cells) => write!(
                f,
                "the grid would have {cells} cells, at most {CELLS_AT_MOST} are reckoned / \
                 对比表将有 {cells} 种情形，最多测算 {CELLS_AT_MOST} 种"
            ),
        }
    }
}

/// Who pays what of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// All funds together.
    pub fund: Fen,
    /// The patient: cash and accounts.
    pub patient: Fen,
}

/// One typical bill under both policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The kind of care.
    pub setting: Setting,
    /// The whole bill.
    pub total: Fen,
    /// Where, how and who, in words.
    pub whom: Sentence,
    /// The same as facts of a bill document, `key = value`.
    pub facts: String,
    /// Under the old policy, or why there is no result.
    pub old: Result<Shares, String>,
    /// Under the new one.
    pub new: Result<Shares, String>,
}

impl Cell {
    /// What the patient pays more under the new policy, in fen; `None` where a policy gives no result.
    #[must_use]
    pub fn patient_more(&self) -> Option<i64> {
        let (old, new) = (self.old.as_ref().ok()?, self.new.as_ref().ok()?);
        new.patient.get().checked_sub(old.patient.get())
    }

    /// Whether both give the same.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.old == self.new
    }
}

/// Every cell, in the order of the sides of the grid.
///
/// # Errors
/// [`GridFault`].
pub fn grid(old: &PolicyDocument, new: &PolicyDocument) -> Result<Vec<Cell>, GridFault> {
    let compiled = Pair::new(compile(old)?, compile(new)?);
    let asked = Asked::by(Pair::new(old.policy(), new.policy()));
    let mut bills = Vec::new();
    for setting in &old.policy().scope().settings {
        if new.policy().scope().settings.contains(setting) {
            bills.extend(of_setting(&asked, *setting));
        }
    }
    if bills.len() > CELLS_AT_MOST {
        return Err(GridFault::TooLarge(bills.len()));
    }
    let cells = bills.into_iter().map(|bill| {
        let settled = |compiled: &Compiled| shares(compiled, &bill);
        let (old, new) = (settled(&compiled.old), settled(&compiled.new));
        Cell {
            setting: bill.setting,
            total: bill.total,
            whom: bill.whom,
            facts: bill.facts,
            old,
            new,
        }
    });
    Ok(cells.collect())
}

fn compile(document: &PolicyDocument) -> Result<Compiled, GridFault> {
    Compiled::new(document.policy().clone(), document.digest()).map_err(GridFault::Rules)
}

/// A bill to be settled.
struct Bill {
    setting: Setting,
    total: Fen,
    whom: Sentence,
    facts: String,
    amounts: String,
}

fn of_setting(asked: &Asked<'_>, setting: Setting) -> Vec<Bill> {
    let mut bills = Vec::new();
    let people = asked.people(setting);
    for way in asked.ways() {
        let place = way.facts.iter().find(|(key, _)| *key == "place");
        let place = place.and_then(|(_, value)| value.trim_matches('"').parse().ok());
        for institution in asked.institutions(place.unwrap_or(Place::Home)) {
            for person in &people {
                for yuan in amounts(setting) {
                    bills.extend(bill(asked, setting, *yuan, [&institution, &way, person]));
                }
            }
        }
    }
    bills
}

/// Typical bills in yuan.
const fn amounts(setting: Setting) -> &'static [i64] {
    match setting {
        Setting::Inpatient | Setting::Maternity => &[3_000, 10_000, 30_000, 100_000, 300_000],
        Setting::Chronic => &[1_000, 5_000, 20_000, 60_000],
        Setting::Outpatient | Setting::Pharmacy => &[200, 1_000, 5_000, 20_000],
    }
}

fn bill(asked: &Asked<'_>, setting: Setting, yuan: i64, sides: [&Circumstance; 3]) -> Option<Bill> {
    let mut facts: Vec<(&str, String)> = vec![("setting", format!("\"{setting}\""))];
    let special: Vec<&(&str, String)> = sides.iter().flat_map(|side| &side.facts).collect();
    let common = asked.common();
    let stated = |key: &str| special.iter().any(|(of, _)| *of == key);
    facts.extend(common.into_iter().filter(|(key, _)| !stated(key)));
    facts.extend(special.iter().map(|(key, value)| (*key, value.clone())));
    let facts = facts
        .iter()
        .map(|(key, value)| format!("{key} = {value}\n"));
    let said: Vec<Sentence> = sides
        .iter()
        .map(|side| side.said.clone())
        .filter(|said| !said.zh.is_empty())
        .collect();
    let care = wording::setting(setting);
    let said = Sentence::joined(&said, "，", ", ");
    let tag = sides.iter().find_map(|side| side.tag);
    let total = Fen::new(yuan.checked_mul(100)?).ok()?;
    Some(Bill {
        setting,
        total,
        whom: Sentence {
            zh: format!("{}，{}", care.zh, said.zh),
            en: format!("{}, {}", care.en, said.en),
        },
        facts: facts.collect(),
        amounts: parts(yuan, tag)?,
    })
}

/// Four fifths in scope, 8 % first-pay, 2 % over limits, a tenth outside the catalogue; half of each with a
/// tag where there is one.
fn parts(yuan: i64, tag: Option<Name>) -> Option<String> {
    let mut amounts = String::new();
    for (part, percent) in [("in", 80), ("first", 8), ("over", 2), ("out", 10)] {
        let percent: i64 = percent;
        let share = |percent: i64| Fen::new(yuan.checked_mul(percent)?).ok();
        match tag {
            Some(tag) => {
                let half = share(percent.checked_div(2)?)?;
                amounts.push_str(&format!(
                    "{part} = \"{half}\"\n\"{part}.{tag}\" = \"{half}\"\n"
                ));
            }
            None => amounts.push_str(&format!("{part} = \"{}\"\n", share(percent)?)),
        }
    }
    Some(amounts)
}

/// What a bill costs whom; the reason in words when there is no result.
fn shares(compiled: &Compiled, bill: &Bill) -> Result<Shares, String> {
    let text = format!("[facts]\n{}[amounts]\n{}", bill.facts, bill.amounts);
    let document = BillDocument::parse("grid", &text, compiled.policy())
        .map_err(|faults| faults.to_string())?;
    let decision: Decision = decide(compiled, &document)
        .map_err(|fault| format!("{fault} / 按规则无法核算：{}", fault.zh()))?;
    Ok(Shares {
        fund: decision.fund_total,
        patient: decision.patient_total,
    })
}
