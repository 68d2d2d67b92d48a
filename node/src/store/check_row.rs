//! The rows of expense checks, in both roles.

use huitong_core::canonical_struct;
use huitong_core::date::BusinessDay;
use huitong_core::expense_check::course::Course;
use huitong_core::refusal::Refusal;

use super::location::Location;

/// An expense check, in either role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRow {
    /// What its words come to.
    pub course: Course,
    /// The records of its words, in their order.
    pub places: Vec<Location>,
    /// How many of them the other region is known to have.
    pub shared: u32,
    /// At the home region: until when the last answer may be confirmed or sent back.
    pub confirm_by: Option<BusinessDay>,
    /// Why the treatment region refused to take it.
    pub refused: Option<Refusal>,
}

canonical_struct!(CheckRow {
    course,
    places,
    shared,
    confirm_by,
    refused
});

impl CheckRow {
    /// The row with the places of its records completed.
    pub(crate) fn placed(self, place: impl Fn(Location) -> Location) -> Self {
        Self {
            places: self.places.into_iter().map(place).collect(),
            ..self
        }
    }

    /// The records of words that the other region is not known to have.
    #[must_use]
    pub fn to_send(&self) -> &[Location] {
        let shared = usize::try_from(self.shared).unwrap_or(usize::MAX);
        match self.refused {
            Some(_) => &[],
            None => self.places.get(shared..).unwrap_or_default(),
        }
    }

    /// Whether something is still to be said, or sent.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let is_to_say = self.refused.is_none() && self.course.turn().is_some();
        is_to_say || !self.to_send().is_empty()
    }
}
