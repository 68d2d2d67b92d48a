//! Conditions and tables over facts, with words read once.

use huitong_core::name::Name;
use huitong_core::policy::condition::{Clause, Condition, Table};
use huitong_core::policy::fact::{FlagFact, WordFact};
use huitong_core::vocabulary::{
    AssistanceIdentity, FilingClass, FilingTime, Place, Scheme, Setting,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::names::undeclared;
use super::{Names, Number};
use crate::facts::Facts;
use crate::fault::RuleFault;

/// Alternatives of clauses; none at all means always.
#[derive(Debug)]
pub(crate) struct ConditionForm(Vec<Vec<ClauseForm>>);

#[derive(Debug)]
enum ClauseForm {
    /// The fact shares a word with the list, or must not.
    Word(WordForm, Wanted),
    /// A whole number between two bounds, both included.
    Between(Number, i64, i64),
    Flag(FlagFact, Wanted),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Yes,
    No,
}

#[derive(Debug)]
enum WordForm {
    Setting(Vec<Setting>),
    Scheme(Vec<Scheme>),
    Category(Vec<Name>),
    Tier(Vec<Name>),
    Place(Vec<Place>),
    Filing(Vec<FilingClass>),
    FilingTime(Vec<FilingTime>),
    Identity(Vec<AssistanceIdentity>),
    Disease(Vec<Name>),
    Package(Vec<Name>),
}

impl ConditionForm {
    pub(crate) fn new(condition: &Condition, names: &Names) -> Result<Self, RuleFault> {
        let clauses = |clauses: &Vec<Clause>| {
            clauses
                .iter()
                .map(|clause| ClauseForm::new(clause, names))
                .collect::<Result<_, _>>()
        };
        condition
            .any
            .iter()
            .map(clauses)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub(crate) fn holds(
        &self,
        facts: &Facts,
        read: &impl Fn(Number) -> Result<i64, RuleFault>,
    ) -> Result<bool, RuleFault> {
        if self.0.is_empty() {
            return Ok(true);
        }
        for clauses in &self.0 {
            let mut all = true;
            for clause in clauses {
                if !clause.holds(facts, read)? {
                    all = false;
                    break;
                }
            }
            if all {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl ClauseForm {
    fn new(clause: &Clause, names: &Names) -> Result<Self, RuleFault> {
        Ok(match clause {
            Clause::IsOneOf(fact, words) => Self::Word(WordForm::new(*fact, words)?, Wanted::Yes),
            Clause::IsNoneOf(fact, words) => Self::Word(WordForm::new(*fact, words)?, Wanted::No),
            Clause::Between {
                fact,
                at_least,
                at_most,
            } => {
                // Facts are whole numbers, so a bound between two of them is its neighbour within.
                let low = at_least.map_or(i64::MIN, |bound| whole(bound.ceil()));
                let high = at_most.map_or(i64::MAX, |bound| whole(bound.floor()));
                Self::Between(Number::new(*fact, names)?, low, high)
            }
            Clause::Holds(fact) => Self::Flag(*fact, Wanted::Yes),
            Clause::HoldsNot(fact) => Self::Flag(*fact, Wanted::No),
        })
    }

    fn holds(
        &self,
        facts: &Facts,
        read: &impl Fn(Number) -> Result<i64, RuleFault>,
    ) -> Result<bool, RuleFault> {
        Ok(match self {
            Self::Word(words, wanted) => words.met(facts) == (*wanted == Wanted::Yes),
            Self::Between(number, low, high) => (*low..=*high).contains(&read(*number)?),
            Self::Flag(flag, wanted) => {
                let up = match flag {
                    FlagFact::Retired => facts.retired,
                    FlagFact::Networked => facts.networked,
                    FlagFact::Referred => facts.referred,
                    FlagFact::Continued => facts.continued,
                };
                up == (*wanted == Wanted::Yes)
            }
        })
    }
}

/// A whole decimal as an `i64`; beyond its range no fact can reach it from either side.
fn whole(bound: Decimal) -> i64 {
    bound.to_i64().unwrap_or(if bound.is_sign_negative() {
        i64::MIN
    } else {
        i64::MAX
    })
}

impl WordForm {
    fn new(fact: WordFact, words: &[String]) -> Result<Self, RuleFault> {
        Ok(match fact {
            WordFact::Setting => Self::Setting(parse(fact, words)?),
            WordFact::Scheme => Self::Scheme(parse(fact, words)?),
            WordFact::Category => Self::Category(parse(fact, words)?),
            WordFact::Tier => Self::Tier(parse(fact, words)?),
            WordFact::Place => Self::Place(parse(fact, words)?),
            WordFact::Filing => Self::Filing(parse(fact, words)?),
            WordFact::FilingTime => Self::FilingTime(parse(fact, words)?),
            WordFact::Identity => Self::Identity(parse(fact, words)?),
            WordFact::Disease => Self::Disease(parse(fact, words)?),
            WordFact::Package => Self::Package(parse(fact, words)?),
        })
    }

    fn met(&self, facts: &Facts) -> bool {
        match self {
            Self::Setting(words) => words.contains(&facts.setting),
            Self::Scheme(words) => words.contains(&facts.scheme),
            Self::Category(words) => words.contains(&facts.category),
            Self::Tier(words) => facts.tier.is_some_and(|tier| words.contains(&tier)),
            Self::Place(words) => words.contains(&facts.place),
            Self::Filing(words) => words.contains(&facts.filing),
            Self::FilingTime(words) => words.contains(&facts.filing_time),
            Self::Identity(words) => words.iter().any(|word| facts.identities.contains(word)),
            Self::Disease(words) => facts.diseases.iter().any(|disease| words.contains(disease)),
            Self::Package(words) => facts
                .package
                .is_some_and(|package| words.contains(&package)),
        }
    }
}

fn parse<T: std::str::FromStr>(fact: WordFact, words: &[String]) -> Result<Vec<T>, RuleFault> {
    words
        .iter()
        .map(|word| {
            word.parse()
                .map_err(|_| undeclared(format_args!("{} {word}", fact.key())))
        })
        .collect()
}

/// Values by condition.
#[derive(Debug)]
pub(crate) struct TableForm<T>(Vec<(ConditionForm, T)>);

impl<T> TableForm<T> {
    pub(crate) fn new<S>(
        table: &Table<S>,
        names: &Names,
        value: impl Fn(&S) -> Result<T, RuleFault>,
    ) -> Result<Self, RuleFault> {
        table
            .rows
            .iter()
            .map(|row| Ok((ConditionForm::new(&row.when, names)?, value(&row.value)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The value of the first row that holds; none is a fault of the policy.
    pub(crate) fn first(
        &self,
        facts: &Facts,
        read: &impl Fn(Number) -> Result<i64, RuleFault>,
    ) -> Result<Option<&T>, RuleFault> {
        for (when, value) in &self.0 {
            if when.holds(facts, read)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }
}
