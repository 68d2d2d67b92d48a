//! Conditions and tables: which rule applies.
//!
//! A condition is a list of alternatives, each a list of clauses that must all hold. A table is a list of
//! rows, and the first whose condition holds gives the value. There is no negation of a whole condition,
//! no nesting and no reference between rules; order and `not` inside a clause say all that real notices
//! say.

use rust_decimal::Decimal;

use super::fact::{FlagFact, NumberFact, WordFact};

/// When a rule applies: any alternative whose clauses all hold. No alternative at all means always.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The alternatives.
    pub any: Vec<Vec<Clause>>,
}

impl Condition {
    /// The condition that always holds.
    pub const ALWAYS: Self = Self { any: Vec::new() };
}

/// One test of one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// The fact is one of these words; a fact of several words needs one in common, one without a word
    /// has none.
    IsOneOf(WordFact, Vec<String>),
    /// The opposite of [`Clause::IsOneOf`].
    IsNoneOf(WordFact, Vec<String>),
    /// The number lies between two bounds, both included when given. Money is in fen.
    Between {
        /// Which number.
        fact: NumberFact,
        /// At least this.
        at_least: Option<Decimal>,
        /// At most this.
        at_most: Option<Decimal>,
    },
    /// The flag is up.
    Holds(FlagFact),
    /// The flag is down.
    HoldsNot(FlagFact),
}

/// Values by condition; the first row that holds is taken, and none is a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<T> {
    /// The rows, in the order written.
    pub rows: Vec<Row<T>>,
}

/// One row of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<T> {
    /// When it applies.
    pub when: Condition,
    /// What it gives.
    pub value: T,
}

impl<T> Table<T> {
    /// A table of one row that always holds.
    pub fn always(value: T) -> Self {
        Self {
            rows: vec![Row {
                when: Condition::ALWAYS,
                value,
            }],
        }
    }
}
