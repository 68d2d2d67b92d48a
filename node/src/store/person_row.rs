//! The rows of acts on people's records, and of emergencies that the bureau reviews.

use huitong_core::canonical_struct;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::record::person::EmergencyFinding;

use super::location::Location;

/// What became of an act's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActRow {
    /// What the id binds: the digest of whom it concerns and what was asked for.
    pub asked: Digest,
    /// Its record.
    pub at: Location,
}

canonical_struct!(ActRow { asked, at });

/// An emergency that was reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewedRow {
    /// What was found.
    pub finding: EmergencyFinding,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ReviewedRow { finding, at });
