//! One situation: what a rule may read of a person, a visit and a bill, all at once.
//!
//! Conditions, tables and quantities are read here as the engine reads them, but without a bill: an
//! amount is simply what it is said to be. That lets a check ask what a rule would do for facts that no
//! bill at hand has. Whatever moves money in the end is asked of the real engine.

use std::collections::BTreeMap;

use huitong_adjudication::Facts;
use huitong_core::money::{Fen, SignedFen};
use huitong_core::policy::condition::{Clause, Condition, Table};
use huitong_core::policy::fact::{Dimension, FlagFact, NumberFact, WordFact};
use huitong_core::policy::quantity::Linear;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// Facts of person and visit, and the amounts that stand beside them.
#[derive(Debug, Clone)]
pub(super) struct Situation {
    /// Words, flags and counts.
    pub(super) facts: Facts,
    /// Amounts in fen and values of counting totals; what is not named is zero.
    pub(super) amounts: BTreeMap<NumberFact, i64>,
}

impl Situation {
    /// The value of a number.
    pub(super) fn number(&self, fact: NumberFact) -> i64 {
        match fact {
            NumberFact::Age => i64::from(self.facts.age),
            NumberFact::YearsPaid => i64::from(self.facts.years_paid),
            NumberFact::CoveredDays => i64::from(self.facts.covered_days),
            NumberFact::CoveredYears => i64::from(self.facts.covered_years),
            NumberFact::ClaimFreeYears => i64::from(self.facts.claim_free_years),
            NumberFact::Days => i64::from(self.facts.days),
            NumberFact::Sessions => i64::from(self.facts.sessions),
            NumberFact::Ordinal => i64::from(self.facts.ordinal),
            NumberFact::Bill
            | NumberFact::Part(_, _)
            | NumberFact::Base
            | NumberFact::Index(_)
            | NumberFact::Total(_)
            | NumberFact::Balance(_)
            | NumberFact::Given(_) => self.amounts.get(&fact).copied().unwrap_or(0),
        }
    }

    /// The words of a fact; none when it has none.
    pub(super) fn words(&self, fact: WordFact) -> Vec<&str> {
        let facts = &self.facts;
        match fact {
            WordFact::Setting => vec![facts.setting.word()],
            WordFact::Scheme => vec![facts.scheme.word()],
            WordFact::Category => vec![facts.category.as_str()],
            WordFact::Tier => facts.tier.iter().map(|tier| tier.as_str()).collect(),
            WordFact::Place => vec![facts.place.word()],
            WordFact::Filing => vec![facts.filing.word()],
            WordFact::FilingTime => vec![facts.filing_time.word()],
            WordFact::Identity => facts.identities.iter().map(|word| word.word()).collect(),
            WordFact::Disease => facts.diseases.iter().map(|name| name.as_str()).collect(),
            WordFact::Package => facts.package.iter().map(|name| name.as_str()).collect(),
        }
    }

    /// Whether a flag is up.
    pub(super) const fn flag(&self, fact: FlagFact) -> bool {
        match fact {
            FlagFact::Retired => self.facts.retired,
            FlagFact::Networked => self.facts.networked,
            FlagFact::Referred => self.facts.referred,
            FlagFact::Continued => self.facts.continued,
        }
    }

    /// Whether a clause holds.
    pub(super) fn clause(&self, clause: &Clause) -> bool {
        let named = |fact: WordFact, words: &[String]| {
            let own = self.words(fact);
            words.iter().any(|word| own.contains(&word.as_str()))
        };
        match clause {
            Clause::IsOneOf(fact, words) => named(*fact, words),
            Clause::IsNoneOf(fact, words) => !named(*fact, words),
            Clause::Between {
                fact,
                at_least,
                at_most,
            } => {
                let value = Decimal::from(self.number(*fact));
                at_least.is_none_or(|bound| value >= bound)
                    && at_most.is_none_or(|bound| value <= bound)
            }
            Clause::Holds(fact) => self.flag(*fact),
            Clause::HoldsNot(fact) => !self.flag(*fact),
        }
    }

    /// Whether a condition holds.
    pub(super) fn holds(&self, condition: &Condition) -> bool {
        let all = |clauses: &Vec<Clause>| clauses.iter().all(|clause| self.clause(clause));
        condition.any.is_empty() || condition.any.iter().any(all)
    }

    /// The value of the first row that holds.
    pub(super) fn first<'t, T>(&self, table: &'t Table<T>) -> Option<&'t T> {
        let row = table.rows.iter().find(|row| self.holds(&row.when))?;
        Some(&row.value)
    }

    /// A quantity as a threshold in fen: rounded once, then held at zero or above. `None` when it does not
    /// fit an amount.
    pub(super) fn threshold(&self, linear: &Linear) -> Option<i64> {
        let mut sum = linear.constant;
        for term in &linear.terms {
            let value = Decimal::from(self.number(term.fact));
            sum = sum.checked_add(term.coefficient.checked_mul(value)?)?;
        }
        let sum = linear.at_least.map_or(sum, |bound| sum.max(bound));
        let sum = linear.at_most.map_or(sum, |bound| sum.min(bound));
        sum.max(Decimal::ZERO)
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
            .to_i64()
    }

    /// The facts named, each with its value, such as `[tier = three, ordinal = 2]`.
    pub(super) fn shown(
        &self,
        named: &Named,
        dimension: &dyn Fn(NumberFact) -> Dimension,
    ) -> String {
        let words = named.words.iter().map(|fact| {
            let words = self.words(*fact);
            let words = if words.is_empty() {
                "none".to_owned()
            } else {
                words.join(" + ")
            };
            format!("{} = {words}", fact.key())
        });
        let flags = named
            .flags
            .iter()
            .map(|fact| format!("{} = {}", fact.key(), self.flag(*fact)));
        let numbers = named.numbers.iter().map(|fact| {
            let value = self.number(*fact);
            match dimension(*fact) {
                Dimension::Money => format!("{fact} = {}", yuan(value)),
                Dimension::Count => format!("{fact} = {value}"),
            }
        });
        let all: Vec<_> = words.chain(flags).chain(numbers).collect();
        if all.is_empty() {
            "[*]".to_owned()
        } else {
            format!("[{}]", all.join(", "))
        }
    }
}

/// Facts by their kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) words: std::collections::BTreeSet<WordFact>,
    pub(super) flags: std::collections::BTreeSet<FlagFact>,
    pub(super) numbers: std::collections::BTreeSet<NumberFact>,
}

impl Named {
    /// Notes every fact that a condition reads.
    pub(super) fn condition(&mut self, condition: &Condition) {
        for clause in condition.any.iter().flatten() {
            match clause {
                Clause::IsOneOf(fact, _) | Clause::IsNoneOf(fact, _) => {
                    self.words.insert(*fact);
                }
                Clause::Between { fact, .. } => {
                    self.numbers.insert(*fact);
                }
                Clause::Holds(fact) | Clause::HoldsNot(fact) => {
                    self.flags.insert(*fact);
                }
            }
        }
    }
}

/// An amount of fen in yuan.
pub(super) fn yuan(fen: i64) -> String {
    match (Fen::new(fen), SignedFen::new(fen)) {
        (Ok(fen), _) => fen.to_string(),
        (Err(_), Ok(fen)) => fen.to_string(),
        (Err(_), Err(_)) => format!("{fen} fen"),
    }
}
