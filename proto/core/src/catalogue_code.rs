//! Codes of the national catalogues, and of a region's own items, by their shape.
//!
//! | kind | shape |
//! |---|---|
//! | western drug | `X` and 22 digits or capital letters (23 characters) |
//! | Chinese patent medicine | `Z` and 19 digits or capital letters (20) |
//! | consumable | `C` and 19 digits (20), or 26 with the specification's serial (27) |
//! | service item | 15 digits |
//! | local item | `L`, the six digits of a region, and 1 to 12 digits or capital letters |
//!
//! The first four are the national forms. The last is our own, for what a region lists without a
//! national code. Whether a code is listed, and as what, is the catalogue's business.

use std::fmt;
use std::str::FromStr;

use crate::inline_text::InlineText;
use crate::region::RegionCode;

/// The code of what a line of a bill charges for. Ordered by its text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CatalogueCode {
    text: InlineText<27>,
    kind: CatalogueKind,
}

/// What a code's shape says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CatalogueKind {
    /// A western drug.
    WesternDrug,
    /// A Chinese patent medicine.
    ChinesePatentMedicine,
    /// A consumable.
    Consumable,
    /// A medical service item.
    ServiceItem,
    /// An item that a region lists under a code of its own.
    LocalItem,
}

crate::canonical_enum!(CatalogueKind {
    1 => WesternDrug,
    2 => ChinesePatentMedicine,
    3 => Consumable,
    4 => ServiceItem,
    5 => LocalItem,
});

impl CatalogueKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::WesternDrug,
        Self::ChinesePatentMedicine,
        Self::Consumable,
        Self::ServiceItem,
        Self::LocalItem,
    ];

    /// Its stable name in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::WesternDrug => "western_drug",
            Self::ChinesePatentMedicine => "chinese_patent_medicine",
            Self::Consumable => "consumable",
            Self::ServiceItem => "service_item",
            Self::LocalItem => "local_item",
        }
    }
}

impl CatalogueCode {
    /// Reads a code.
    ///
    /// # Errors
    /// A text of none of the five shapes.
    pub fn parse(text: &str) -> Result<Self, CatalogueCodeError> {
        let kind = kind_of(text).ok_or(CatalogueCodeError)?;
        let text = InlineText::new(text, digit_or_capital).ok_or(CatalogueCodeError)?;
        Ok(Self { text, kind })
    }

    /// The code as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// What its shape says it is.
    #[must_use]
    pub const fn kind(self) -> CatalogueKind {
        self.kind
    }
}

const fn digit_or_capital(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

fn kind_of(text: &str) -> Option<CatalogueKind> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (first, rest) = text.split_at_checked(1)?;
    match (first, rest.len()) {
        ("X", 22) => Some(CatalogueKind::WesternDrug),
        ("Z", 19) => Some(CatalogueKind::ChinesePatentMedicine),
        ("C", 19 | 26) if digits(rest) => Some(CatalogueKind::Consumable),
        ("L", 7..=18) => {
            let (region, _) = rest.split_at_checked(6)?;
            RegionCode::parse(region)
                .ok()
                .map(|_| CatalogueKind::LocalItem)
        }
        (_, 14) if digits(text) => Some(CatalogueKind::ServiceItem),
        (_, _) => None,
    }
}

crate::canonical_text!(CatalogueCode);

impl fmt::Display for CatalogueCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl fmt::Debug for CatalogueCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CatalogueCode({self})")
    }
}

impl FromStr for CatalogueCode {
    type Err = CatalogueCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// A text of none of the shapes of a catalogue code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a catalogue code is X and 22 characters (western drug), Z and 19 (Chinese patent medicine), \
     C and 19 or 26 digits (consumable), 15 digits (service item), or L, a region and up to 12 \
     characters (local item)"
)]
pub struct CatalogueCodeError;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::{golden, laws};

    #[test]
    fn each_shape_says_its_kind() {
        let cases = [
            ("XA01ABD075A002010100483", CatalogueKind::WesternDrug),
            ("ZA01AAA0002010100001", CatalogueKind::ChinesePatentMedicine),
            ("C0101010010000104770", CatalogueKind::Consumable),
            ("C01010100100001047700000123", CatalogueKind::Consumable),
            ("001101000010000", CatalogueKind::ServiceItem),
            ("L510100A", CatalogueKind::LocalItem),
            ("L510100ABCDEF123456", CatalogueKind::LocalItem),
        ];
        for (text, kind) in cases {
            let code = CatalogueCode::parse(text).unwrap();
            assert_eq!(
                (code.kind(), code.as_str(), &*code.to_string()),
                (kind, text, text)
            );
            laws(&code);
        }
        golden(
            &CatalogueCode::parse("001101000010000").unwrap(),
            "0000000f303031313031303030303130303030",
        );
    }

    #[test]
    fn what_has_no_shape_is_refused() {
        let bad = [
            "",
            "X",
            "XA01ABD075A00201010048",
            "XA01ABD075A0020101004833",
            "xA01ABD075A002010100483",
            "XA01ABD075A00201010048-",
            "C010101001000010477A",
            "C010101001000010477012",
            "00110100001000A",
            "0011010000100001",
            "L990000A",
            "L510100",
            "L510100ABCDEF1234567",
            "L510100a",
            "药1101000010000",
        ];
        for text in bad {
            assert_eq!(
                CatalogueCode::parse(text),
                Err(CatalogueCodeError),
                "{text}"
            );
        }
    }

    proptest! {
        /// Codes order as their texts do.
        #[test]
        fn order_is_the_order_of_the_texts(a in "[0-9]{15}|L510100[A-Z0-9]{1,12}", b in "[0-9]{15}|L510100[A-Z0-9]{1,12}") {
            let (code_a, code_b): (CatalogueCode, CatalogueCode) = (a.parse().unwrap(), b.parse().unwrap());
            prop_assert_eq!(code_a.cmp(&code_b), a.cmp(&b));
        }
    }
}
