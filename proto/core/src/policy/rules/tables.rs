//! Checks of conditions, tables and quantities, wherever they stand.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::{Check, FaultKind, Position};
use crate::name::Name;
use crate::policy::condition::{Clause, Condition, Table};
use crate::policy::fact::{Dimension, WordFact};
use crate::policy::limits;
use crate::policy::path::FaultPath;
use crate::policy::quantity::Linear;
use crate::vocabulary::{
    AssistanceIdentity, FilingClass, FilingTime, Place, Scheme, Setting, WordError,
};

/// The most fen that a rule may name, and the largest coefficient of an amount.
const FEN_AT_MOST: i64 = 1_000_000_000_000_000;

impl Check<'_> {
    pub(super) fn condition(
        &mut self,
        path: &FaultPath,
        condition: &Condition,
        position: Position,
    ) {
        self.at_most(path, condition.any.len(), limits::ROWS);
        for (at, clauses) in condition.any.iter().enumerate() {
            let path = path.index(at);
            if clauses.is_empty() {
                self.fault(&path, FaultKind::EmptyCondition);
            }
            self.at_most(&path, clauses.len(), limits::ROWS);
            for clause in clauses {
                self.clause(&path, clause, position);
            }
        }
    }

    fn clause(&mut self, path: &FaultPath, clause: &Clause, position: Position) {
        match clause {
            Clause::IsOneOf(fact, words) => self.words(&path.key(fact.key()), *fact, words),
            Clause::IsNoneOf(fact, words) => {
                self.words(&path.key(fact.key()).key("not"), *fact, words);
            }
            Clause::Between {
                fact,
                at_least,
                at_most,
            } => {
                let path = path.key(fact);
                self.number(&path, *fact, position);
                self.bounds(&path, *at_least, *at_most);
                if at_least.is_none() && at_most.is_none() {
                    self.fault(&path, FaultKind::EmptyCondition);
                }
            }
            Clause::Holds(_) | Clause::HoldsNot(_) => {}
        }
    }

    fn words(&mut self, path: &FaultPath, fact: WordFact, words: &[String]) {
        if words.is_empty() {
            self.fault(path, FaultKind::EmptyCondition);
        }
        self.at_most(path, words.len(), limits::ROWS);
        for (at, word) in words.iter().enumerate() {
            if let Some(kind) = self.wrong_word(fact, word) {
                self.fault(&path.index(at), kind);
            }
        }
    }

    fn wrong_word(&self, fact: WordFact, word: &str) -> Option<FaultKind> {
        match fact {
            WordFact::Setting => wrong::<Setting>(word),
            WordFact::Scheme => wrong::<Scheme>(word),
            WordFact::Place => wrong::<Place>(word),
            WordFact::Filing => wrong::<FilingClass>(word),
            WordFact::FilingTime => wrong::<FilingTime>(word),
            WordFact::Identity => wrong::<AssistanceIdentity>(word),
            WordFact::Tier => match Name::parse(word) {
                Ok(name) if self.tiers.contains(&name) => None,
                Ok(_) | Err(_) => Some(self.unknown_tier(word.to_owned())),
            },
            WordFact::Category | WordFact::Disease | WordFact::Package => {
                let no_name = |_| FaultKind::NoName(word.to_owned());
                Name::parse(word).err().map(no_name)
            }
        }
    }

    /// The tiers that there are, beside one that there is not.
    fn unknown_tier(&self, word: String) -> FaultKind {
        let tiers: Vec<String> = self.tiers.iter().map(|name| format!("`{name}`")).collect();
        if tiers.is_empty() {
            FaultKind::NoTiers(word)
        } else {
            FaultKind::UndeclaredTier(word, tiers.join(", "))
        }
    }

    /// Rows and their conditions; what a row gives is checked by `value`.
    pub(super) fn table<T>(
        &mut self,
        path: &FaultPath,
        table: &Table<T>,
        position: Position,
        mut value: impl FnMut(&mut Self, &FaultPath, &T),
    ) {
        if table.rows.is_empty() {
            self.fault(path, FaultKind::EmptyTable);
        }
        self.at_most(path, table.rows.len(), limits::ROWS);
        let mut closed = false;
        for (at, row) in table.rows.iter().enumerate() {
            let path = path.index(at);
            if closed {
                self.fault(&path, FaultKind::UnreachableRow);
            }
            closed |= row.when.any.is_empty();
            self.condition(&path.key("when"), &row.when, position);
            value(self, &path.key("value"), &row.value);
        }
    }

    pub(super) fn linear(&mut self, path: &FaultPath, linear: &Linear, position: Position) {
        let largest = Decimal::from(FEN_AT_MOST);
        let beyond = |value: Decimal| value.abs() > largest;
        if beyond(linear.constant) {
            self.fault(&path.key("plus"), FaultKind::OutOfRange);
        }
        self.bounds(path, linear.at_least, linear.at_most);
        self.at_most(&path.key("of"), linear.terms.len(), limits::ROWS);
        let mut seen = BTreeSet::new();
        for term in &linear.terms {
            let path = path.key("of").key(term.fact);
            self.number(&path, term.fact, position);
            if beyond(term.coefficient) || !seen.insert(term.fact) {
                self.fault(&path, FaultKind::OutOfRange);
            }
        }
    }

    fn bounds(&mut self, path: &FaultPath, at_least: Option<Decimal>, at_most: Option<Decimal>) {
        let largest = Decimal::from(FEN_AT_MOST);
        for (key, bound) in [("at_least", at_least), ("at_most", at_most)] {
            if bound.is_some_and(|bound| bound.abs() > largest) {
                self.fault(&path.key(key), FaultKind::OutOfRange);
            }
        }
        if let (Some(at_least), Some(at_most)) = (at_least, at_most)
            && at_least > at_most
        {
            self.fault(path, FaultKind::BoundsOrder);
        }
    }

    /// Whether a fact counts something; an undeclared total is reported elsewhere.
    pub(super) fn is_amount(&self, fact: crate::policy::fact::NumberFact) -> bool {
        let total = |name| self.totals.get(&name).map(|total| total.dimension());
        fact.dimension(total) == Some(Dimension::Money)
    }
}

fn wrong<T: FromStr<Err = WordError> + Display>(word: &str) -> Option<FaultKind> {
    word.parse::<T>()
        .err()
        .map(|error| FaultKind::UnknownWord(error.found, error.words))
}
