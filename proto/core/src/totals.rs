//! Where a running total is kept: its name, its stretch of time and its key.
//!
//! Values are `i64`: fen for sums, a plain number for counts. A reversal may carry one below what later
//! settlements assumed, never below zero.

use crate::name::Name;
use crate::{canonical_enum, canonical_struct};

/// One running total of one person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TotalSlot {
    /// The declared name.
    pub name: Name,
    /// The stretch it runs over.
    pub stretch: Stretch,
    /// What else tells it from others of the name: a disease, package or institution code.
    pub key: Option<String>,
}

canonical_struct!(TotalSlot { name, stretch, key });

/// One stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stretch {
    /// One visit at one institution: `institution/visit`.
    Visit(String),
    /// One admission with its transfers: `institution/episode`.
    Episode(String),
    /// A month of a year.
    Month(u16, u8),
    /// A quarter of a year, 1 to 4.
    Quarter(u16, u8),
    /// A benefit year.
    Year(u16),
    /// For life.
    Life,
}

canonical_enum!(Stretch {
    1 => Visit(number),
    2 => Episode(number),
    3 => Month(year, month),
    4 => Quarter(year, quarter),
    5 => Year(year),
    6 => Life,
});

/// What a settlement adds to a total; a reversal subtracts it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalChange {
    /// Which total.
    pub slot: TotalSlot,
    /// Fen, or a count.
    pub adds: i64,
}

canonical_struct!(TotalChange { slot, adds });
