//! The row of assistance that was granted on a year's totals.

use huitong_core::canonical_struct;
use huitong_core::date::ServiceDate;
use huitong_core::person::PsnNo;

use super::location::Location;

/// A grant and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssistanceRow {
    /// To whom; the act's id binds it.
    pub psn_no: PsnNo,
    /// The day on which need was found; the act's id binds it.
    pub on: ServiceDate,
    /// The record that granted it.
    pub granted: Location,
    /// The record that withdrew it.
    pub withdrawn: Option<Location>,
}

canonical_struct!(AssistanceRow {
    psn_no,
    on,
    granted,
    withdrawn
});

impl AssistanceRow {
    /// The first part in which another request under the same id differs, or `None` when they are one.
    #[must_use]
    pub fn first_difference(&self, psn_no: PsnNo, on: ServiceDate) -> Option<&'static str> {
        if self.psn_no != psn_no {
            Some("psn_no")
        } else if self.on == on {
            None
        } else {
            Some("on")
        }
    }

    /// The same with the places of its records completed.
    #[must_use]
    pub fn placed(self, place: impl Fn(Location) -> Location) -> Self {
        Self {
            granted: place(self.granted),
            withdrawn: self.withdrawn.map(place),
            ..self
        }
    }
}
