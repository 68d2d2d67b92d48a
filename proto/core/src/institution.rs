//! Designated institutions (定点医药机构) by their national code: a letter, the six digits of the
//! region that registered them, and a serial of five digits. Names, grades and contracts are not
//! here; they belong to the region's own list.

use std::fmt;
use std::str::FromStr;

use crate::region::{RegionCode, RegionError};

/// An institution's code, such as `H51010400001`: `^[HPS]\d{11}$` with a region that exists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstitutionCode {
    kind: InstitutionKind,
    region: RegionCode,
    serial: u32,
}

impl InstitutionCode {
    /// Reads the twelve characters.
    ///
    /// # Errors
    /// Another length or character, another letter than H, P or S, or no region.
    pub fn parse(text: &str) -> Result<Self, InstitutionError> {
        let (letter, digits) = text
            .split_at_checked(1)
            .ok_or(InstitutionError::Malformed)?;
        let kind = match letter {
            "H" => InstitutionKind::Hospital,
            "P" => InstitutionKind::Pharmacy,
            "S" => InstitutionKind::Agency,
            _ => return Err(InstitutionError::Malformed),
        };
        let (region, serial) = digits
            .split_at_checked(6)
            .ok_or(InstitutionError::Malformed)?;
        if serial.len() != 5 || !serial.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InstitutionError::Malformed);
        }
        Ok(Self {
            kind,
            region: RegionCode::parse(region)?,
            serial: serial.parse().map_err(|_| InstitutionError::Malformed)?,
        })
    }

    /// What the letter says it is.
    #[must_use]
    pub const fn kind(self) -> InstitutionKind {
        self.kind
    }

    /// The region in its digits: where it is registered, often a district of the pooling region.
    #[must_use]
    pub const fn region(self) -> RegionCode {
        self.region
    }
}

/// The letter of an institution's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InstitutionKind {
    /// H: a hospital or clinic.
    Hospital,
    /// P: a retail pharmacy.
    Pharmacy,
    /// S: an agency of the insurance itself.
    Agency,
}

crate::canonical_enum!(InstitutionKind { 1 => Hospital, 2 => Pharmacy, 3 => Agency });

crate::canonical_as!(
    InstitutionCode as (InstitutionKind, RegionCode, u32),
    |code| (code.kind, code.region, code.serial),
    |(kind, region, serial)| {
        if serial <= 99_999 {
            Ok(InstitutionCode {
                kind,
                region,
                serial,
            })
        } else {
            Err(InstitutionError::Malformed)
        }
    }
);

impl fmt::Display for InstitutionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.kind {
            InstitutionKind::Hospital => 'H',
            InstitutionKind::Pharmacy => 'P',
            InstitutionKind::Agency => 'S',
        };
        write!(f, "{letter}{}{:05}", self.region, self.serial)
    }
}

impl fmt::Debug for InstitutionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InstitutionCode({self})")
    }
}

impl FromStr for InstitutionCode {
    type Err = InstitutionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Why a code names no institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstitutionError {
    /// Not a letter and eleven digits.
    #[error("an institution is H, P or S and eleven digits, such as H51010400001")]
    Malformed,
    /// Digits that name no region.
    #[error("the region in an institution's code: {0}")]
    Region(#[from] RegionError),
}

impl InstitutionError {
    /// The same in Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Malformed => "定点医药机构代码为 H、P 或 S 加十一位数字，如 H51010400001",
            Self::Region(error) => error.chinese(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::golden;

    #[test]
    fn codes_seen_in_use() {
        let pharmacy = InstitutionCode::parse("P43010201038").unwrap();
        assert_eq!(pharmacy.kind(), InstitutionKind::Pharmacy);
        assert_eq!(pharmacy.region().to_string(), "430102");
        assert_eq!(pharmacy.to_string(), "P43010201038");
        let hospital = InstitutionCode::parse("H41130200746").unwrap();
        assert_eq!(hospital.kind(), InstitutionKind::Hospital);
        golden(&hospital, "01000646a6000002ea");
    }

    #[test]
    fn what_names_no_institution_is_refused() {
        for text in [
            "",
            "H",
            "H4113020074",
            "H411302007460",
            "X41130200746",
            "h41130200746",
            "H411302+0746",
            "沪41130200746",
        ] {
            assert_eq!(
                InstitutionCode::parse(text),
                Err(InstitutionError::Malformed),
                "{text}"
            );
        }
        assert_eq!(
            InstitutionCode::parse("H99130200746"),
            Err(InstitutionError::Region(RegionError::UnknownProvince))
        );
    }

    proptest! {
        /// A code printed and read back is the code, and codes order as their texts do.
        #[test]
        fn text_and_value_agree(a in "[HPS](3302|5101)0[0-9]{6}", b in "[HPS](3302|5101)0[0-9]{6}") {
            let (code_a, code_b): (InstitutionCode, InstitutionCode) = (a.parse().unwrap(), b.parse().unwrap());
            prop_assert_eq!(code_a.to_string(), &*a);
            prop_assert_eq!(code_a.cmp(&code_b), a.cmp(&b));
        }
    }
}
