//! The rules of a treatment region's catalogue: what of an item is payable.
//!
//! The catalogue as a whole (import, dates, look-up) belongs to the node; how an entry splits a line
//! belongs to `huitong-adjudication`.

use crate::canonical_enum;
use crate::catalogue_code::{CatalogueCode, CatalogueKind};
use crate::date::DateInterval;
use crate::money::Fen;
use crate::name::Name;
use crate::ratio::Ratio;
use crate::vocabulary::{CatalogueClass, Grade};

/// The tag of an essential drug (国家基本药物).
pub const ESSENTIAL_DRUG: &str = "essential_drug";

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

/// One rule of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogueRule {
    /// A code is listed.
    Listed(CatalogueEntry),
    /// What is not listed is out of scope. Without such a rule a code that is not listed is refused.
    Unlisted(Unlisted),
}

canonical_enum!(CatalogueRule { 1 => Listed(entry), 2 => Unlisted(unlisted) });

/// Days on which codes that are not listed are out of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unlisted {
    /// Codes of this kind only; `None` is every kind.
    pub kind: Option<CatalogueKind>,
    /// The days of care it holds for.
    pub effective: DateInterval,
}

crate::canonical_struct!(Unlisted { kind, effective });

/// What a catalogue says of a code on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing<'c> {
    /// It is listed so.
    Entry(&'c CatalogueEntry),
    /// It is not listed, and so out of scope by the catalogue's own word.
    OutOfScope,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden;
    use crate::date::ServiceDate;

    #[test]
    fn golden_bytes() {
        let effective = DateInterval::new(
            ServiceDate::parse("2023-01-01").unwrap(),
            Some(ServiceDate::parse("2023-12-31").unwrap()),
        )
        .unwrap();
        let entry = CatalogueEntry {
            code: CatalogueCode::parse("001101000010000").unwrap(),
            effective,
            class: CatalogueClass::B,
            first_pay: Ratio::parse("0.1").unwrap(),
            limits: vec![(Grade::Three, Fen::parse_yuan("100").unwrap())],
            restricted: true,
            tags: vec![Name::parse("implant").unwrap()],
        };
        let days = "07e701010107e70c1f";
        golden(
            &CatalogueRule::Listed(entry),
            &format!(
                "010000000f303031313031303030303130303030{days}02000000003b9aca00\
                 000000010500000000000027100100000001000000\
                 07696d706c616e74"
            ),
        );
        let unlisted = Unlisted {
            kind: Some(CatalogueKind::ServiceItem),
            effective,
        };
        golden(&CatalogueRule::Unlisted(unlisted), &format!("020104{days}"));
    }

    #[test]
    fn a_limit_is_of_its_grade_alone() {
        let entry = CatalogueEntry {
            code: CatalogueCode::parse("L510100A").unwrap(),
            effective: DateInterval::new(ServiceDate::parse("2023-01-01").unwrap(), None).unwrap(),
            class: CatalogueClass::A,
            first_pay: Ratio::ZERO,
            limits: vec![(Grade::Three, Fen::MAX)],
            restricted: false,
            tags: Vec::new(),
        };
        assert_eq!(entry.limit(Grade::Three), Some(Fen::MAX));
        assert_eq!(entry.limit(Grade::Two), None);
    }
}
