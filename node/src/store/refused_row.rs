//! The row of a final refusal, of a settlement or of a wish to reverse one.

use huitong_core::canonical_struct;
use huitong_core::refusal::Refusal;

use super::location::Location;

/// A final refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Why.
    pub refusal: Refusal,
    /// The record that has the home region's word.
    pub at: Location,
}

canonical_struct!(RefusedRow { refusal, at });
