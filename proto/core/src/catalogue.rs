//! One entry of a treatment region's catalogue: what of an item is payable.
//!
//! The catalogue as a whole (import, dates, look-up) belongs to the node; how an entry splits a line
//! belongs to `huitong-adjudication`.

use crate::catalogue_code::CatalogueCode;
use crate::date::DateInterval;
use crate::money::Fen;
use crate::name::Name;
use crate::ratio::Ratio;
use crate::vocabulary::{CatalogueClass, Grade};

/// What a catalogue says of one code between two dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// The code.
    pub code: CatalogueCode,
    /// The days of care it holds for.
    pub effective: DateInterval,
    /// Its class.
    pub class: CatalogueClass,
    /// What the patient bears first of the amount within the limit.
    pub first_pay: Ratio,
    /// The highest payable unit price by the institution's price grade; no row, no limit.
    pub limits: Vec<(Grade, Fen)>,
    /// Payable only where the hospital approved its use.
    pub restricted: bool,
    /// Tags that policies may ask for, ascending.
    pub tags: Vec<Name>,
}

crate::canonical_struct!(CatalogueEntry {
    code,
    effective,
    class,
    first_pay,
    limits,
    restricted,
    tags
});

impl CatalogueEntry {
    /// The highest payable unit price for a price grade.
    #[must_use]
    pub fn limit(&self, grade: Grade) -> Option<Fen> {
        self.limits
            .iter()
            .find(|(of, _)| *of == grade)
            .map(|(_, limit)| *limit)
    }
}
