//! Quantities: amounts that a rule works out from facts.
//!
//! Σ cᵢ·factᵢ + c, held between two fixed bounds, chosen from a table. A quantity is rounded once, by the
//! engine, where it becomes a threshold (ALGEBRA: start, segment bound, ceiling, floor).

use rust_decimal::Decimal;

use super::condition::Table;
use super::fact::NumberFact;

/// An amount by condition.
pub type Quantity = Table<Linear>;

/// Σ cᵢ·factᵢ + c between two bounds, in fen.
///
/// A coefficient of an amount is a plain number; one of a count is in fen for each unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linear {
    /// c, in fen.
    pub constant: Decimal,
    /// cᵢ·factᵢ.
    pub terms: Vec<Term>,
    /// Never less than this many fen.
    pub at_least: Option<Decimal>,
    /// Never more than this many fen.
    pub at_most: Option<Decimal>,
}

/// One cᵢ·factᵢ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// cᵢ.
    pub coefficient: Decimal,
    /// factᵢ.
    pub fact: NumberFact,
}

impl Linear {
    /// A fixed amount of fen.
    #[must_use]
    pub const fn fixed(fen: Decimal) -> Self {
        Self {
            constant: fen,
            terms: Vec::new(),
            at_least: None,
            at_most: None,
        }
    }
}
