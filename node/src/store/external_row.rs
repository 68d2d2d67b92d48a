//! The row of a settlement that the region's own core system made.

use huitong_core::canonical_struct;
use huitong_core::claim::{Binding, VisitKey};
use huitong_core::external::CoreId;
use huitong_core::person::PsnNo;

use super::location::Location;

/// A recorded settlement and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalRow {
    /// What its id binds.
    pub binding: Binding,
    /// Whose.
    pub psn_no: PsnNo,
    /// Its visit.
    pub visit: VisitKey,
    /// The record that noted it.
    pub noted: Location,
    /// The record that withdrew it.
    pub withdrawn: Option<Location>,
    /// The settlement that corrects it.
    pub corrected_by: Option<CoreId>,
}

canonical_struct!(ExternalRow {
    binding,
    psn_no,
    visit,
    noted,
    withdrawn,
    corrected_by
});

impl ExternalRow {
    /// The same with the places of its records completed.
    #[must_use]
    pub fn placed(self, place: impl Fn(Location) -> Location) -> Self {
        Self {
            noted: place(self.noted),
            withdrawn: self.withdrawn.map(place),
            ..self
        }
    }
}
