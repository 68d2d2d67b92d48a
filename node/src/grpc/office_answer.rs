//! What the policies' office answers, as values that print as they are: digests in hex, amounts in yuan.

use std::collections::BTreeMap;

use serde::Serialize;

/// Who did something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActAnswer {
    /// The officer.
    pub officer: String,
    /// When, in UTC.
    pub at: String,
}

/// A document as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyAnswer {
    /// SHA-256 of the document.
    pub digest: String,
    /// Its title.
    pub title: String,
    /// The scheme it is for.
    pub scheme: String,
    /// The kinds of treatment.
    pub settings: Vec<String>,
    /// Its first day of care.
    pub from: String,
    /// Its last, if it has one.
    pub until: Option<String>,
    /// The documents that it replaces.
    pub supersedes: Vec<String>,
    /// `proposed`, `expired`, `rejected`, `published`, `superseded` or `withdrawn`.
    pub state: &'static str,
    /// Who put it forward.
    pub proposed: Option<ActAnswer>,
    /// Who approved it.
    pub approved: Option<ActAnswer>,
    /// Who turned it down.
    pub rejected: Option<ActAnswer>,
    /// Why.
    pub reject_reason: Option<String>,
    /// The documents that decide in its place.
    pub superseded_by: Vec<String>,
    /// Its withdrawal, asked for or done.
    pub withdrawal: Option<WithdrawalAnswer>,
}

/// A withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithdrawalAnswer {
    /// Who asked.
    pub asked: Option<ActAnswer>,
    /// Why.
    pub reason: String,
    /// The document that takes its place.
    pub in_favour_of: Option<String>,
    /// Who approved it.
    pub approved: Option<ActAnswer>,
}

/// One fault of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultAnswer {
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
    /// The field.
    pub path: String,
    /// What is wrong, in English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

/// An amount before and now, in yuan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedAnswer {
    /// Before.
    pub old: String,
    /// Now.
    pub new: String,
    /// Now less before.
    pub difference: String,
}

/// One settlement of a withdrawn document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DifferenceAnswer {
    /// Which.
    pub settlement: String,
    /// Where the person was treated.
    pub treatment_region: String,
    /// The business day it fell on.
    pub business_day: String,
    /// By fund.
    pub funds: BTreeMap<&'static str, MovedAnswer>,
    /// What the patient bears.
    pub patient: MovedAnswer,
    /// The document that decides now.
    pub decided_by: Option<String>,
    /// Why nothing is decided now.
    pub undecided: Option<String>,
    /// Whether it was provisional.
    pub provisional: bool,
}

/// The sums over all settlements of a withdrawn document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DifferenceTotalsAnswer {
    /// All settlements.
    pub settlements: u64,
    /// Those whose amounts change.
    pub changed: u64,
    /// Those that nothing decides now.
    pub undecided: u64,
    /// By fund.
    pub funds: BTreeMap<&'static str, MovedAnswer>,
    /// Of the patients.
    pub patient: MovedAnswer,
}

/// A group of replayed settlements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupAnswer {
    /// Its value on the axis; empty for those without.
    pub value: String,
    /// How many.
    pub settlements: u64,
    /// After how many the patient bears less.
    pub gaining: u64,
    /// More.
    pub losing: u64,
    /// The same.
    pub unchanged: u64,
    /// What the funds pay.
    pub funds: MovedAnswer,
    /// What the patients bear.
    pub patients: MovedAnswer,
}

/// What a replay came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplayAnswer {
    /// All settlements that both documents decide.
    pub all: GroupAnswer,
    /// By fund and account.
    pub funds: BTreeMap<&'static str, MovedAnswer>,
    /// By tier, setting, category, identity and place.
    pub axes: Vec<(String, Vec<GroupAnswer>)>,
    /// How many cannot be decided, by reason.
    pub undecided: Vec<(String, u64)>,
    /// The biggest changes of what a patient bears.
    pub biggest: Vec<(String, MovedAnswer)>,
}

/// The answer, or all that is wrong with the document and how many faults there are.
pub type Reviewed<T> = Result<T, (Vec<FaultAnswer>, u64)>;
