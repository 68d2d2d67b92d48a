//! Bounds: limits that a nation or province sets for the policies of its regions.
//!
//! A bounds document decides no bill. It says what a region's policy may do at most, or must do at least,
//! for whom, and the static checks of publishing report where a policy passes it. Its conditions know what
//! all regions share: words that a region names itself (tiers, categories, diseases, packages) have no
//! meaning above it, and neither have amounts of a bill or totals.

use crate::date::{DateInterval, ServiceDate};
use crate::fund::Fund;
use crate::money::Fen;
use crate::name::Name;
use crate::policy::FaultPath;
use crate::policy::condition::{Clause, Condition};
use crate::policy::fact::{NumberFact, WordFact};
use crate::ratio::{Coefficient, Ratio};
use crate::region::RegionCode;
use crate::vocabulary::{
    AssistanceIdentity, FilingClass, FilingTime, Place, Scheme, Setting, WordError,
};

/// The most rules of one document, and alternatives and clauses of one condition.
pub const RULES_AT_MOST: usize = 256;

/// The parts of a bounds document before they are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// A name for people.
    pub title: String,
    /// Where the limits are published.
    pub source: String,
    /// Whose policies they bind.
    pub extent: Extent,
    /// When they hold.
    pub effective: DateInterval,
    /// The limits.
    pub rules: Vec<Rule>,
}

/// Whose policies are bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// Those of every region.
    Nation,
    /// Those of regions whose code begins with these digits.
    Within(String),
}

/// One limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name, unique in the document.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// The sentence behind it.
    pub source: String,
    /// The schemes it is for; empty for all.
    pub schemes: Vec<Scheme>,
    /// The kinds of treatment it is for; empty for all.
    pub settings: Vec<Setting>,
    /// The funds whose layers it binds; at least one.
    pub funds: Vec<Fund>,
    /// For whom.
    pub when: Condition,
    /// What it limits.
    pub limit: Limit,
    /// What becomes of a policy that passes it.
    pub passing: Passing,
}

/// What becomes of a policy that passes a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// It is reported.
    Reported,
    /// It is not published.
    Refused,
}

/// What is limited. All of it is measured by settling bills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// Of one more yuan in scope the funds pay at most so many points less than for the same person
    /// otherwise.
    PointsBelow {
        /// Percentage points.
        most: Coefficient,
        /// Otherwise: what the facts are compared with.
        than: Condition,
    },
    /// Of what lies above the start and below every ceiling the funds pay at least this share.
    RatioAtLeast(Ratio),
    /// Of an in-scope bill of this amount the funds pay at least this share.
    ShareAtLeast {
        /// The share.
        ratio: Ratio,
        /// The bill.
        bill: Fen,
    },
    /// A start is at most this.
    StartAtMost(Amount),
    /// A ceiling on payment, where there is one, is at least this.
    CeilingAtLeast(Amount),
    /// There is a ceiling on payment, and it is at most this.
    CeilingAtMost(Amount),
}

/// An amount, fixed or by a published figure of the region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// So much.
    Fixed(Fen),
    /// So many times a figure of the benefit year, and not less than a fixed amount.
    OfIndex {
        /// How many times.
        times: Coefficient,
        /// The figure, by the name the policy gives it.
        index: Name,
        /// Not less than this.
        at_least: Fen,
    },
}

/// A bounds document whose parts agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds(Draft);

/// One thing wrong with a bounds document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {kind}")]
pub struct BoundsFault {
    /// The part at fault.
    pub path: FaultPath,
    /// What is wrong.
    pub kind: BoundsFaultKind,
}

/// What can be wrong with a bounds document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoundsFaultKind {
    /// No rule, or more than are read.
    #[error("a bounds document has 1 to {RULES_AT_MOST} rules")]
    Rules,
    /// Two rules of one name.
    #[error("`{0}` is used twice; names are unique")]
    RepeatedName(Name),
    /// A rule for no fund.
    #[error("name at least one fund")]
    NoFund,
    /// A condition longer than is read.
    #[error("a condition has at most {RULES_AT_MOST} alternatives and clauses")]
    LongCondition,
    /// A word that regions choose themselves.
    #[error("`{0}` is named by each region itself; bounds ask for what all regions share")]
    OfRegion(&'static str),
    /// A number that is no count of the person or visit.
    #[error("`{0}` is no count of the person or the visit; bounds ask for age, years or days")]
    NoCount(NumberFact),
    /// A word outside its vocabulary.
    #[error("{0}")]
    UnknownWord(WordError),
    /// Points below zero, or above a hundred.
    #[error("points are from 0 to 100")]
    Points,
}

impl BoundsFaultKind {
    /// What is wrong, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Rules => format!("限制文件应有 1 至 {RULES_AT_MOST} 条规则"),
            Self::RepeatedName(name) => format!("名称 `{name}` 重复，名称必须唯一"),
            Self::NoFund => "至少列出一个基金".to_owned(),
            Self::LongCondition => format!("条件最多 {RULES_AT_MOST} 项"),
            Self::OfRegion(fact) => {
                format!("`{fact}` 由各统筹区自行命名，限制文件只能使用各地共有的事实")
            }
            Self::NoCount(fact) => {
                format!("`{fact}` 不是参保人或就诊的计数，限制文件只能使用年龄、年限或天数")
            }
            Self::UnknownWord(error) => {
                format!("\"{}\" 不可用：应为 {} 之一", error.found, error.words)
            }
            Self::Points => "百分点应为 0 至 100".to_owned(),
        }
    }
}

impl Bounds {
    /// Checks that the parts agree.
    ///
    /// # Errors
    /// Every [`BoundsFault`] found.
    pub fn new(draft: Draft) -> Result<Self, Vec<BoundsFault>> {
        let faults = faults(&draft);
        if faults.is_empty() {
            Ok(Self(draft))
        } else {
            Err(faults)
        }
    }

    /// A name for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// The limits.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.0.rules
    }

    /// Whether a region's policy is bound from some day on.
    #[must_use]
    pub fn bind(&self, region: RegionCode, days: DateInterval) -> Option<ServiceDate> {
        let within = match &self.0.extent {
            Extent::Nation => true,
            Extent::Within(prefix) => region.to_string().starts_with(prefix),
        };
        (within && self.0.effective.overlaps(days))
            .then(|| self.0.effective.from().max(days.from()))
    }
}

fn faults(draft: &Draft) -> Vec<BoundsFault> {
    let root = FaultPath::ROOT.key("bound");
    let mut faults = Vec::new();
    let mut note = |path: &FaultPath, kind| {
        let path = path.clone();
        faults.push(BoundsFault { path, kind });
    };
    if !(1..=RULES_AT_MOST).contains(&draft.rules.len()) {
        note(&root, BoundsFaultKind::Rules);
    }
    for (at, rule) in draft.rules.iter().take(RULES_AT_MOST).enumerate() {
        let path = root.index(at);
        let earlier = draft.rules.iter().take(at);
        if earlier.into_iter().any(|other| other.name == rule.name) {
            note(&path.key("name"), BoundsFaultKind::RepeatedName(rule.name));
        }
        if rule.funds.is_empty() {
            note(&path.key("funds"), BoundsFaultKind::NoFund);
        }
        condition(&path.key("when"), &rule.when, &mut note);
        if let Limit::PointsBelow { most, than } = &rule.limit {
            let path = path.key("points_below");
            condition(&path.key("than"), than, &mut note);
            let hundred = rust_decimal::Decimal::ONE_HUNDRED;
            if !(rust_decimal::Decimal::ZERO..=hundred).contains(&most.get()) {
                note(&path.key("most"), BoundsFaultKind::Points);
            }
        }
    }
    faults
}

fn condition(
    path: &FaultPath,
    condition: &Condition,
    note: &mut impl FnMut(&FaultPath, BoundsFaultKind),
) {
    let long = |count: usize| count > RULES_AT_MOST;
    if long(condition.any.len()) || condition.any.iter().any(|all| long(all.len())) {
        return note(path, BoundsFaultKind::LongCondition);
    }
    for (at, clauses) in condition.any.iter().enumerate() {
        for clause in clauses {
            let path = path.index(at);
            match clause {
                Clause::IsOneOf(fact, words) | Clause::IsNoneOf(fact, words) => {
                    let path = path.key(fact.key());
                    for kind in words.iter().filter_map(|word| wrong_word(*fact, word)) {
                        note(&path, kind);
                    }
                }
                Clause::Between { fact, .. } if !is_count(*fact) => {
                    note(&path.key(fact), BoundsFaultKind::NoCount(*fact));
                }
                Clause::Between { .. } | Clause::Holds(_) | Clause::HoldsNot(_) => {}
            }
        }
    }
}

const fn is_count(fact: NumberFact) -> bool {
    match fact {
        NumberFact::Age
        | NumberFact::YearsPaid
        | NumberFact::CoveredDays
        | NumberFact::CoveredYears
        | NumberFact::ClaimFreeYears
        | NumberFact::Days
        | NumberFact::Sessions
        | NumberFact::Ordinal => true,
        NumberFact::Bill
        | NumberFact::Part(..)
        | NumberFact::Base
        | NumberFact::Index(_)
        | NumberFact::Total(_)
        | NumberFact::Balance(_)
        | NumberFact::Given(_) => false,
    }
}

fn wrong_word(fact: WordFact, word: &str) -> Option<BoundsFaultKind> {
    fn wrong<T: std::str::FromStr<Err = WordError>>(word: &str) -> Option<BoundsFaultKind> {
        word.parse::<T>().err().map(BoundsFaultKind::UnknownWord)
    }
    match fact {
        WordFact::Setting => wrong::<Setting>(word),
        WordFact::Scheme => wrong::<Scheme>(word),
        WordFact::Place => wrong::<Place>(word),
        WordFact::Filing => wrong::<FilingClass>(word),
        WordFact::FilingTime => wrong::<FilingTime>(word),
        WordFact::Identity => wrong::<AssistanceIdentity>(word),
        WordFact::Category | WordFact::Tier | WordFact::Disease | WordFact::Package => {
            Some(BoundsFaultKind::OfRegion(fact.key()))
        }
    }
}
