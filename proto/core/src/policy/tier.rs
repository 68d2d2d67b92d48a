//! Tiers: the home region's own levels of institutions.

use crate::name::Name;
use crate::vocabulary::{Administration, Grade, InstitutionType, Place};

/// One row of the map from an institution to the home region's level; the first that matches is taken.
///
/// An empty list matches everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierRow {
    /// Where it stands.
    pub place: Vec<Place>,
    /// Its grade for deductibles.
    pub grade: Vec<Grade>,
    /// Whom it belongs to.
    pub administration: Vec<Administration>,
    /// What it is.
    pub kind: Vec<InstitutionType>,
    /// Whether it is on the network.
    pub networked: Option<bool>,
    /// The level.
    pub tier: Name,
    /// The level's name for people; its own name where the document gives none.
    pub title: String,
}
