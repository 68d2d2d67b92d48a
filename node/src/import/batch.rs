//! The rows of one sound file.

use huitong_core::date::ServiceDate;
use huitong_core::digest::Digest;
use huitong_core::record::import::ImportKind;
use huitong_core::record::registry::RegistryRows;

use super::control::ControlSums;

/// All rows of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportBatch {
    kind: ImportKind,
    digest: Digest,
    as_of: Option<ServiceDate>,
    sums: ControlSums,
    rows: RegistryRows,
}

impl ImportBatch {
    pub(super) const fn new(
        kind: ImportKind,
        digest: Digest,
        as_of: Option<ServiceDate>,
        sums: ControlSums,
        rows: RegistryRows,
    ) -> Self {
        Self {
            kind,
            digest,
            as_of,
            sums,
            rows,
        }
    }

    /// What the file holds.
    #[must_use]
    pub const fn kind(&self) -> ImportKind {
        self.kind
    }

    /// SHA-256 of the file.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The day that totals and balances stand for.
    #[must_use]
    pub const fn as_of(&self) -> Option<ServiceDate> {
        self.as_of
    }

    /// How many rows, and what they sum to.
    #[must_use]
    pub const fn sums(&self) -> ControlSums {
        self.sums
    }

    /// The rows.
    #[must_use]
    pub const fn rows(&self) -> &RegistryRows {
        &self.rows
    }

    /// The rows alone.
    #[must_use]
    pub fn into_rows(self) -> RegistryRows {
        self.rows
    }
}
