//! Random conditions, tables and quantities, as the grammar allows them at each place of a policy.

use huitong_core::name::Name;
use huitong_core::policy::condition::{Clause, Condition, Row, Table};
use huitong_core::policy::fact::{Account, Dimension, FlagFact, NumberFact, WordFact};
use huitong_core::policy::quantity::{Linear, Quantity, Term};
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::{
    AssistanceIdentity, FilingClass, FilingTime, Part, Place, Scheme, Setting,
};
use rust_decimal::Decimal;

use super::dice::{Dice, name, names};
use super::words::{CATEGORIES, DISEASES, INDEXES, PACKAGES, TAGS, TIERS};

/// Where a rule stands, which decides what it may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// The condition of a total.
    Total,
    /// The condition of a layer, a weight.
    BeforeTake,
    /// A start or bound on a named axis.
    OnAxis,
    /// Anywhere else in a layer.
    AfterTake,
}

/// What rules may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Whatever the grammar allows.
    Anything,
    /// Only what stays as it is from bill to bill: the person, the visit, published figures.
    WhatStays,
}

/// What the rules of one policy may name, and the size of its amounts.
pub struct Declared {
    pub asks: Asks,
    /// Totals of amounts.
    pub amounts: Vec<Name>,
    /// Totals that count.
    pub counts: Vec<Name>,
    /// Payments made elsewhere.
    pub given: Vec<Name>,
    /// Whether `[totals.admissions]` is there.
    pub ordinal: bool,
    /// Whether there are tiers.
    pub tiers: bool,
    /// The largest usual amount, in fen.
    pub scale: i64,
}

impl Declared {
    fn money_facts(&self, place: Position) -> Vec<NumberFact> {
        let mut facts: Vec<_> = INDEXES
            .iter()
            .map(|index| NumberFact::Index(name(index)))
            .collect();
        if self.asks == Asks::WhatStays {
            return facts;
        }
        facts.extend([
            NumberFact::Balance(Account::Own),
            NumberFact::Balance(Account::Family),
        ]);
        if place != Position::Total {
            facts.extend(self.amounts.iter().map(|total| NumberFact::Total(*total)));
        }
        if place != Position::OnAxis {
            facts.push(NumberFact::Bill);
            facts.extend(Part::ALL.iter().map(|part| NumberFact::Part(*part, None)));
            facts.extend(
                TAGS.iter()
                    .map(|tag| NumberFact::Part(Part::InScope, Some(name(tag)))),
            );
            facts.extend(self.given.iter().map(|given| NumberFact::Given(*given)));
        }
        if place == Position::AfterTake {
            facts.extend([NumberFact::Base; 4]);
        }
        facts
    }

    fn count_facts(&self, place: Position) -> Vec<NumberFact> {
        let mut facts = vec![
            NumberFact::Age,
            NumberFact::YearsPaid,
            NumberFact::CoveredDays,
            NumberFact::CoveredYears,
            NumberFact::ClaimFreeYears,
            NumberFact::Days,
            NumberFact::Sessions,
        ];
        if self.ordinal {
            facts.push(NumberFact::Ordinal);
        }
        if place != Position::Total && self.asks == Asks::Anything {
            facts.extend(self.counts.iter().map(|total| NumberFact::Total(*total)));
        }
        facts
    }

    /// A usual amount: often nothing, one fen or a round figure.
    pub fn amount(&self, dice: &mut Dice) -> i64 {
        let scale = self.scale;
        match dice.between(0, 9) {
            0 => 0,
            1 => 1,
            2..=5 => dice.between(1, 10) * scale / 10,
            6 | 7 => dice.between(1, 100) * scale / 100,
            _ => dice.between(0, scale),
        }
    }

    pub fn condition(&self, dice: &mut Dice, place: Position) -> Condition {
        let alternatives = if dice.percent(80) { 1 } else { 2 };
        Condition {
            any: dice.list(alternatives, alternatives, |dice| {
                let clauses = if dice.percent(75) { 1 } else { 2 };
                let mut clauses = dice.list(clauses, clauses, |dice| self.clause(dice, place));
                // A document says one thing of a fact.
                let mut asked = Vec::new();
                clauses.retain(|clause| {
                    let fact = fact_of(clause);
                    !asked.contains(&fact) && {
                        asked.push(fact);
                        true
                    }
                });
                clauses
            }),
        }
    }

    fn clause(&self, dice: &mut Dice, place: Position) -> Clause {
        match dice.between(0, 9) {
            0..=3 => self.word_clause(dice),
            4 => Clause::Holds(dice.of(FlagFact::ALL)),
            5 => Clause::HoldsNot(dice.of(FlagFact::ALL)),
            6 | 7 => {
                let fact = dice.of(&self.count_facts(place));
                let bounds = [dice.between(0, 70), dice.between(0, 70)];
                between(dice, fact, bounds)
            }
            _ => {
                let fact = dice.of(&self.money_facts(place));
                let bounds = [self.amount(dice), self.amount(dice)];
                between(dice, fact, bounds)
            }
        }
    }

    fn word_clause(&self, dice: &mut Dice) -> Clause {
        let fact = dice.of(WordFact::ALL);
        let words = match fact {
            WordFact::Setting => spelled(Setting::ALL),
            WordFact::Scheme => spelled(Scheme::ALL),
            WordFact::Category => spelled(&CATEGORIES),
            WordFact::Tier if !self.tiers => Vec::new(),
            WordFact::Tier => spelled(&TIERS),
            WordFact::Place => spelled(Place::ALL),
            WordFact::Filing => spelled(FilingClass::ALL),
            WordFact::FilingTime => spelled(FilingTime::ALL),
            WordFact::Identity => spelled(AssistanceIdentity::ALL),
            WordFact::Disease => spelled(&DISEASES),
            WordFact::Package => spelled(&PACKAGES),
        };
        let places: Vec<usize> = (0..words.len()).collect();
        let words: Vec<String> = dice
            .some(&places)
            .into_iter()
            .map(|at| words[at].clone())
            .collect();
        if words.is_empty() {
            return Clause::Holds(FlagFact::Networked);
        }
        if dice.percent(75) {
            Clause::IsOneOf(fact, words)
        } else {
            Clause::IsNoneOf(fact, words)
        }
    }

    /// A table of one row that always holds, or of several; seldom one that leaves claims without a row.
    pub fn table<T>(
        &self,
        dice: &mut Dice,
        place: Position,
        mut value: impl FnMut(&Self, &mut Dice) -> T,
    ) -> Table<T> {
        let mut rows = Vec::new();
        if dice.percent(30) {
            let many = 1 + dice.count(2);
            for _ in 0..many {
                rows.push(Row {
                    when: self.condition(dice, place),
                    value: value(self, dice),
                });
            }
        }
        if rows.is_empty() || !dice.percent(2) {
            rows.push(Row {
                when: Condition::ALWAYS,
                value: value(self, dice),
            });
        }
        Table { rows }
    }

    pub fn ratios(&self, dice: &mut Dice) -> Table<Ratio> {
        self.table(dice, Position::AfterTake, |_, dice| ratio(dice))
    }

    pub fn quantity(&self, dice: &mut Dice, place: Position) -> Quantity {
        self.table(dice, place, |declared, dice| declared.linear(dice, place))
    }

    pub fn linear(&self, dice: &mut Dice, place: Position) -> Linear {
        let amount = self.amount(dice);
        if dice.percent(75) {
            return Linear::fixed(Decimal::from(amount));
        }
        let constant = if dice.percent(20) { -amount } else { amount };
        self.moved(dice, place, constant)
    }

    /// A quantity that at least one fact moves.
    pub fn moved(&self, dice: &mut Dice, place: Position, constant: i64) -> Linear {
        let mut facts = self.money_facts(place);
        facts.extend(self.count_facts(place));
        dice.shuffle(&mut facts);
        let mut terms = Vec::new();
        for fact in facts.into_iter().take(1 + dice.count(1)) {
            if terms.iter().all(|term: &Term| term.fact != fact) {
                terms.push(Term {
                    coefficient: self.coefficient(dice, fact),
                    fact,
                });
            }
        }
        let low = self.amount(dice);
        let high = low + self.amount(dice);
        Linear {
            constant: Decimal::from(constant),
            terms,
            at_least: dice.maybe(40, |_| Decimal::from(low)),
            at_most: dice.maybe(40, |_| Decimal::from(high)),
        }
    }

    /// Of an amount a share, of a count some fen for each unit; below zero only where nothing of the
    /// bill is counted.
    fn coefficient(&self, dice: &mut Dice, fact: NumberFact) -> Decimal {
        let of_total = |name: Name| {
            let counts = self.counts.contains(&name);
            Some(if counts {
                Dimension::Count
            } else {
                Dimension::Money
            })
        };
        let size = if fact.dimension(of_total) == Some(Dimension::Money) {
            Decimal::new(dice.of(&[1, 5, 10, 20, 50, 100, 200, 33]), 2)
        } else {
            Decimal::from(dice.between(1, self.scale / 20 + 1))
        };
        let falls = !fact.is_of_this_bill() && dice.percent(25);
        if falls { -size } else { size }
    }
}

/// Between two bounds, or on one side of one.
fn between(dice: &mut Dice, fact: NumberFact, mut bounds: [i64; 2]) -> Clause {
    bounds.sort_unstable();
    let [low, high] = bounds.map(Decimal::from);
    let (at_least, at_most) = match dice.between(0, 3) {
        0 => (Some(low), Some(high)),
        1 => (None, Some(low)),
        _ => (Some(low), None),
    };
    Clause::Between {
        fact,
        at_least,
        at_most,
    }
}

/// The key of what a clause asks.
fn fact_of(clause: &Clause) -> String {
    match clause {
        Clause::IsOneOf(fact, _) | Clause::IsNoneOf(fact, _) => fact.key().to_owned(),
        Clause::Between { fact, .. } => fact.to_string(),
        Clause::Holds(fact) | Clause::HoldsNot(fact) => fact.key().to_owned(),
    }
}

fn spelled<T: ToString>(words: &[T]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

/// A ratio as notices have them, and some that they have not.
pub fn ratio(dice: &mut Dice) -> Ratio {
    let units = match dice.between(0, 9) {
        0 => 0,
        1 => 100,
        2..=6 => dice.between(8, 19) * 5,
        _ => dice.between(1, 99),
    };
    let (mantissa, scale) = match dice.between(0, 19) {
        0 => (dice.between(0, 10_000_000_000), 10),
        1 => (dice.of(&[333, 667, 1, 999]), 3),
        _ => (units, 2),
    };
    Ratio::new(Decimal::new(mantissa, scale)).unwrap()
}

pub fn tags(dice: &mut Dice) -> Vec<Name> {
    dice.some(&names(&TAGS))
}
