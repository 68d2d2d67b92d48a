//! A leg in which a region's own book and what the clearinghouse holds differ.
//!
//! It carries both words whole, so that whoever reads it needs to believe neither. That a region names all of them is no
//! matter of trust either: what the clearinghouse holds, with its word put in the place of each, must come to the row
//! that the region attested ([`RowLegs::with`](super::search::RowLegs::with)).

use std::fmt;

use crate::canonical_struct;
use crate::leg::{Leg, LegField, LegKey};

/// A leg that one of two has otherwise, or alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    held: Option<Leg>,
    book: Option<Leg>,
}

canonical_struct!(Difference { held, book } via Difference::new);

/// Two words that are no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDifference {
    /// Neither has the leg.
    #[error("neither the region nor the clearinghouse has the leg")]
    Nothing,
    /// They are of two debts.
    #[error("the two words are of two debts")]
    TwoDebts,
    /// Both say the same.
    #[error("both say the same")]
    Alike,
}

/// How a region's book differs from what the clearinghouse holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Differs {
    /// The region's book has it, and the clearinghouse holds nothing of it in the row.
    NotHeld,
    /// The clearinghouse holds it, and the region's book has nothing of it.
    NotInBook,
    /// Both have it, with another field: the first that differs.
    Changed(LegField),
}

impl fmt::Display for Differs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHeld => f.write_str("not_held"),
            Self::NotInBook => f.write_str("not_in_book"),
            Self::Changed(field) => write!(f, "changed: {field}"),
        }
    }
}

impl Difference {
    /// What the clearinghouse holds beside what the region's book has.
    ///
    /// # Errors
    /// [`NoDifference`].
    pub fn new(held: Option<Leg>, book: Option<Leg>) -> Result<Self, NoDifference> {
        match (&held, &book) {
            (None, None) => Err(NoDifference::Nothing),
            (Some(held), Some(book)) if held.debt() != book.debt() => Err(NoDifference::TwoDebts),
            (Some(held), Some(book)) if held == book => Err(NoDifference::Alike),
            (Some(_), _) | (_, Some(_)) => Ok(Self { held, book }),
        }
    }

    /// What the clearinghouse holds.
    #[must_use]
    pub const fn held(&self) -> Option<&Leg> {
        self.held.as_ref()
    }

    /// What the region's own book has.
    #[must_use]
    pub const fn book(&self) -> Option<&Leg> {
        self.book.as_ref()
    }

    /// Where it stands in its row; none for a difference that is none.
    #[must_use]
    pub fn key(&self) -> Option<LegKey> {
        let leg = self.held.as_ref().or(self.book.as_ref())?;
        Some((leg.settlement, leg.kind))
    }

    /// How the two differ.
    #[must_use]
    pub fn differs(&self) -> Differs {
        match (&self.held, &self.book) {
            (Some(held), Some(book)) => held
                .first_difference(book)
                .map_or(Differs::NotHeld, Differs::Changed),
            (Some(_), None) => Differs::NotInBook,
            (None, _) => Differs::NotHeld,
        }
    }
}
