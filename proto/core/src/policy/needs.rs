//! What a policy asks for: every fact that one of its rules reads.
//!
//! A snapshot carries no more than this, and a document with a bill must state no less. The walk visits
//! every condition and quantity once, in the order of the document, and is also what the structural
//! checks stand on.

use std::collections::BTreeSet;

use super::Policy;
use super::condition::{Clause, Condition, Table};
use super::fact::{Account, FlagFact, NumberFact, WordFact};
use super::layer::{Ceiling, Layer, Payer};
use super::quantity::{Linear, Quantity};
use super::total::Adds;

/// The facts that the rules of a policy read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Words, such as the tier.
    pub words: BTreeSet<WordFact>,
    /// Numbers, such as the age.
    pub numbers: BTreeSet<NumberFact>,
    /// Flags, such as retired.
    pub flags: BTreeSet<FlagFact>,
    /// Accounts that a layer draws on or a rule reads.
    pub accounts: BTreeSet<Account>,
}

impl Policy {
    /// Every fact that one of its rules reads.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::none();
        for total in self.totals() {
            needs.condition(&total.when);
            if total.adds.contains(&Adds::Admission) {
                needs.flags.insert(FlagFact::Continued);
            }
        }
        for layer in self.layers() {
            needs.layer(layer);
        }
        for number in &needs.numbers {
            if let NumberFact::Balance(account) = number {
                needs.accounts.insert(*account);
            }
        }
        needs
    }
}

impl Needs {
    /// Every fact that one layer reads.
    #[must_use]
    pub fn of_layer(layer: &Layer) -> Self {
        let mut needs = Self::none();
        needs.layer(layer);
        needs
    }

    /// Every fact that a condition reads.
    #[must_use]
    pub fn of_condition(condition: &Condition) -> Self {
        let mut needs = Self::none();
        needs.condition(condition);
        needs
    }

    const fn none() -> Self {
        Self {
            words: BTreeSet::new(),
            numbers: BTreeSet::new(),
            flags: BTreeSet::new(),
            accounts: BTreeSet::new(),
        }
    }

    fn layer(&mut self, layer: &Layer) {
        if let Payer::Fund(fund) = layer.payer {
            self.accounts.extend(Account::of(fund));
        }
        self.condition(&layer.when);
        for take in &layer.take {
            self.table(&take.weight);
        }
        if let Some(start) = &layer.start {
            self.quantity(&start.amount);
        }
        for segment in &layer.segments {
            if let Some(to) = &segment.to {
                self.quantity(to);
            }
            self.table(&segment.ratio);
        }
        for adjustment in &layer.adjustments {
            self.condition(&adjustment.when);
            self.numbers
                .extend(adjustment.per.iter().map(|term| term.fact));
        }
        if let Some(floor) = &layer.floor {
            self.numbers.insert(floor.of);
            self.table(&floor.ratio);
        }
        for Ceiling { amount, .. } in &layer.ceilings {
            self.table(amount);
            amount
                .rows
                .iter()
                .filter_map(|row| row.value.as_ref())
                .for_each(|linear| self.linear(linear));
        }
    }

    fn quantity(&mut self, quantity: &Quantity) {
        self.table(quantity);
        quantity.rows.iter().for_each(|row| self.linear(&row.value));
    }

    fn linear(&mut self, linear: &Linear) {
        self.numbers
            .extend(linear.terms.iter().map(|term| term.fact));
    }

    fn table<T>(&mut self, table: &Table<T>) {
        table.rows.iter().for_each(|row| self.condition(&row.when));
    }

    fn condition(&mut self, condition: &Condition) {
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
