//! A region's own book: legs as its node journaled them, under their numbers. What a cycle says of the region is held
//! against it. It comes from the region's node and never from the clearinghouse.

use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::leg::{NumberedLeg, Side};
use crate::region::RegionCode;

/// Consecutive legs of a region's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegBook {
    region: RegionCode,
    from: u64,
    legs: Vec<NumberedLeg>,
}

canonical_struct!(LegBook { region, from, legs } via LegBook::new);

impl Artifact for LegBook {
    const KIND: [u8; 4] = *b"LBOK";
    const VERSION: u16 = 1;
}

/// Legs that are no book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// Not the next number.
    #[error("leg {found} stands where {expected} belongs")]
    Number {
        /// The next number.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// The region is not on the side that it reports.
    #[error("leg {0} is not the region's own")]
    Foreign(u64),
}

impl LegBook {
    /// A region's legs from a number on.
    ///
    /// # Errors
    /// [`BookError`] when they are not consecutive, or not the region's own.
    pub fn new(region: RegionCode, from: u64, legs: Vec<NumberedLeg>) -> Result<Self, BookError> {
        for (expected, numbered) in (from..).zip(&legs) {
            let found = numbered.number;
            if found != expected {
                return Err(BookError::Number { expected, found });
            }
            let own = match numbered.side {
                Side::Receivable => numbered.leg.creditor,
                Side::Payable => numbered.leg.debtor,
            };
            if own != region {
                return Err(BookError::Foreign(found));
            }
        }
        Ok(Self { region, from, legs })
    }

    /// Whose.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// The legs, by consecutive numbers.
    #[must_use]
    pub fn legs(&self) -> &[NumberedLeg] {
        &self.legs
    }
}
