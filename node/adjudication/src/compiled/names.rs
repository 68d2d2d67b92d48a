//! The names a policy uses, each with its place: tags as bits, labels as three-bit fields.
//!
//! Only tags that a take, a fact or a total asks for are kept apart on a bucket, and only labels that some
//! take asks for: nothing else could ever tell two buckets apart, so they are one.

use std::collections::BTreeSet;

use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::condition::{Clause, Condition, Table};
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::{Layer, Left, Payer};
use huitong_core::policy::limits;
use huitong_core::policy::quantity::{Linear, Quantity};
use huitong_core::policy::total::Adds;

use crate::fault::{Fault, RuleFault};

/// Bits of one label name in a bucket's labels.
pub(crate) const LABEL_BITS: u32 = 3;

/// What a label field says; 0 says that the layer has not labelled.
pub(crate) const fn label_code(left: Left) -> u128 {
    match left {
        Left::Start => 1,
        Left::Share => 2,
        Left::Above => 3,
        Left::None => 4,
    }
}

/// Every name that has a place.
#[derive(Debug)]
pub(crate) struct Names {
    tags: Vec<Name>,
    labels: Vec<Name>,
    given: Vec<Name>,
    figures: Vec<Name>,
    totals: Vec<Name>,
}

impl Names {
    pub(crate) fn of(policy: &Policy) -> Result<Self, Fault> {
        let mut found = Found::default();
        for layer in policy.layers() {
            found.layer(layer);
        }
        for rule in policy.totals() {
            found.condition(&rule.when);
            for adds in &rule.adds {
                if let Adds::Bill(_, Some(tag)) = adds {
                    found.tags.insert(*tag);
                }
            }
        }
        let names = Self {
            tags: found.tags.into_iter().collect(),
            labels: in_order(policy, &found.labels),
            given: found.given.into_iter().collect(),
            figures: policy.indexes().keys().copied().collect(),
            totals: policy.totals().iter().map(|rule| rule.name).collect(),
        };
        names.within_limits(policy)?;
        Ok(names)
    }

    fn within_limits(&self, policy: &Policy) -> Result<(), Fault> {
        let counts = [
            ("tags", self.tags.len(), limits::TAGS),
            ("layers", policy.layers().len(), limits::LAYERS),
            ("totals", self.totals.len(), limits::TOTALS),
        ];
        let first = policy.layers().first().map(|layer| layer.name);
        match (
            counts.into_iter().find(|(_, count, limit)| count > limit),
            first,
        ) {
            (Some((what, _, limit)), Some(layer)) => Err(Fault::Layer {
                layer,
                fault: RuleFault::TooMany { what, limit },
            }),
            (Some(_), None) | (None, _) => Ok(()),
        }
    }

    /// The bit of a tag; none for a tag that the policy does not know.
    pub(crate) fn tag(&self, tag: Name) -> u64 {
        place(&self.tags, tag)
            .and_then(|place| 1_u64.checked_shl(place))
            .unwrap_or(0)
    }

    /// Where the field of a label name begins, when some take asks for it.
    pub(crate) fn label(&self, label: Name) -> Option<u32> {
        let place = self.labels.iter().position(|known| *known == label)?;
        u32::try_from(place).ok()?.checked_mul(LABEL_BITS)
    }

    pub(crate) fn given(&self) -> &[Name] {
        &self.given
    }

    pub(crate) fn given_place(&self, name: Name) -> Option<usize> {
        self.given.binary_search(&name).ok()
    }

    pub(crate) fn figure(&self, name: Name) -> Result<usize, RuleFault> {
        self.figures
            .binary_search(&name)
            .map_err(|_| undeclared(name))
    }

    pub(crate) fn total(&self, name: Name) -> Result<usize, RuleFault> {
        self.totals
            .iter()
            .position(|known| *known == name)
            .ok_or_else(|| undeclared(name))
    }
}

/// A checked policy declares what it names.
pub(crate) fn undeclared(name: impl ToString) -> RuleFault {
    RuleFault::Undeclared(name.to_string())
}

fn place(sorted: &[Name], name: Name) -> Option<u32> {
    sorted
        .binary_search(&name)
        .ok()
        .and_then(|place| u32::try_from(place).ok())
}

/// The label names asked for, in the order in which layers give them.
fn in_order(policy: &Policy, asked: &BTreeSet<Name>) -> Vec<Name> {
    let mut labels = Vec::new();
    for layer in policy.layers() {
        if asked.contains(&layer.label) && !labels.contains(&layer.label) {
            labels.push(layer.label);
        }
    }
    labels
}

#[derive(Default)]
struct Found {
    tags: BTreeSet<Name>,
    labels: BTreeSet<Name>,
    given: BTreeSet<Name>,
}

impl Found {
    fn layer(&mut self, layer: &Layer) {
        self.condition(&layer.when);
        for take in &layer.take {
            self.tags.extend(take.tagged.iter().chain(&take.not_tagged));
            self.labels.extend(
                take.left
                    .iter()
                    .chain(&take.not_left)
                    .map(|label| label.layer),
            );
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
            for term in &adjustment.per {
                self.number(term.fact);
            }
        }
        if let Some(floor) = &layer.floor {
            self.number(floor.of);
            self.table(&floor.ratio);
        }
        for ceiling in &layer.ceilings {
            self.table(&ceiling.amount);
            for linear in ceiling
                .amount
                .rows
                .iter()
                .filter_map(|row| row.value.as_ref())
            {
                self.linear(linear);
            }
        }
        if let Payer::Given(name) = layer.payer {
            self.given.insert(name);
        }
    }

    fn quantity(&mut self, quantity: &Quantity) {
        self.table(quantity);
        for row in &quantity.rows {
            self.linear(&row.value);
        }
    }

    fn linear(&mut self, linear: &Linear) {
        for term in &linear.terms {
            self.number(term.fact);
        }
    }

    fn table<T>(&mut self, table: &Table<T>) {
        for row in &table.rows {
            self.condition(&row.when);
        }
    }

    fn condition(&mut self, condition: &Condition) {
        for clause in condition.any.iter().flatten() {
            match clause {
                Clause::Between { fact, .. } => self.number(*fact),
                Clause::IsOneOf(..)
                | Clause::IsNoneOf(..)
                | Clause::Holds(_)
                | Clause::HoldsNot(_) => {}
            }
        }
    }

    fn number(&mut self, fact: NumberFact) {
        match fact {
            NumberFact::Part(_, Some(tag)) => {
                self.tags.insert(tag);
            }
            NumberFact::Given(name) => {
                self.given.insert(name);
            }
            NumberFact::Bill
            | NumberFact::Part(_, None)
            | NumberFact::Base
            | NumberFact::Age
            | NumberFact::YearsPaid
            | NumberFact::CoveredDays
            | NumberFact::CoveredYears
            | NumberFact::ClaimFreeYears
            | NumberFact::Days
            | NumberFact::Sessions
            | NumberFact::Ordinal
            | NumberFact::Index(_)
            | NumberFact::Total(_)
            | NumberFact::Balance(_) => {}
        }
    }
}
