//! Regions by their administrative code, six digits after GB/T 2260.
//!
//! The shape is checked, not the existence: which regions take part is the directory's business.
//! Medical insurance reuses the standard's codes and adds two things: `99` as a city or county part
//! means the level's own fund (`430199` is what the city of Changsha runs itself, `119900` what a
//! province-level government does), and `66` stands for the Xinjiang Corps among the provinces.

use std::fmt;
use std::str::FromStr;

/// A region, such as `330200` (Ningbo). Ordered by its digits.
///
/// ```
/// use huitong_core::region::RegionCode;
/// let ningbo = RegionCode::parse("330200")?;
/// assert_eq!(ningbo.province().to_string(), "33");
/// assert!(RegionCode::parse("990000").is_err());
/// # Ok::<(), huitong_core::region::RegionError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode(u32);

impl RegionCode {
    /// The region of this number.
    ///
    /// # Errors
    /// Not six digits, a province that does not exist, a city part outside 00, 01 to 70, 90 and
    /// 99, or a county below a province without a city between them.
    pub fn from_number(number: u32) -> Result<Self, RegionError> {
        if !(100_000..=999_999).contains(&number) {
            return Err(RegionError::Malformed);
        }
        let (province, city, county) = (number / 10_000, number / 100 % 100, number % 100);
        ProvinceCode::from_number(province)?;
        match (city, county) {
            (0, 0) | (1..=70 | 90 | 99, _) => Ok(Self(number)),
            (_, _) => Err(RegionError::UnknownCity),
        }
    }

    /// Reads six digits.
    ///
    /// # Errors
    /// As [`RegionCode::from_number`].
    pub fn parse(text: &str) -> Result<Self, RegionError> {
        if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(RegionError::Malformed);
        }
        text.parse()
            .map_err(|_| RegionError::Malformed)
            .and_then(Self::from_number)
    }

    /// The six digits as a number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The regions that a place may belong to: itself, its city and its province, and what each of these two runs itself.
    pub fn lies_in(self) -> impl Iterator<Item = Self> {
        let number = self.0;
        let city = number.saturating_sub(number % 100);
        let province = self.province().region().0;
        let own = [city.saturating_add(99), province.saturating_add(9_900)];
        let places = [number, city, province].into_iter().chain(own);
        places.filter_map(|place| Self::from_number(place).ok())
    }

    /// The province, municipality or autonomous region it lies in.
    #[must_use]
    pub const fn province(self) -> ProvinceCode {
        ProvinceCode(self.0 / 10_000)
    }
}

crate::canonical_as!(
    RegionCode as u32,
    |region| region.0,
    RegionCode::from_number
);

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegionCode({self})")
    }
}

impl FromStr for RegionCode {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// A province-level division by the first two digits, such as `33` (Zhejiang).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProvinceCode(u32);

impl ProvinceCode {
    /// The province of this number.
    ///
    /// # Errors
    /// [`RegionError::UnknownProvince`] for a number that the standard and the insurance do not
    /// use.
    pub const fn from_number(number: u32) -> Result<Self, RegionError> {
        match number {
            11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=66 | 71 | 81 | 82 => {
                Ok(Self(number))
            }
            _ => Err(RegionError::UnknownProvince),
        }
    }

    /// The two digits as a number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The province itself as a region: `33` is `330000`.
    #[must_use]
    pub const fn region(self) -> RegionCode {
        RegionCode(self.0.saturating_mul(10_000))
    }
}

crate::canonical_as!(
    ProvinceCode as u32,
    |province| province.0,
    ProvinceCode::from_number
);

impl fmt::Display for ProvinceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for ProvinceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProvinceCode({self})")
    }
}

/// Why a code names no region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// Not six digits.
    #[error("a region is six digits after GB/T 2260, such as 330200")]
    Malformed,
    /// No such province.
    #[error("the first two digits of a region name its province, from 11 to 82")]
    UnknownProvince,
    /// No such city part.
    #[error("the middle two digits of a region name its city: 00, 01 to 70, 90 or 99")]
    UnknownCity,
}

impl RegionError {
    /// The same in Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Malformed => "统筹区代码为六位数字（GB/T 2260），如 330200",
            Self::UnknownProvince => "统筹区代码前两位为省份，11 至 82",
            Self::UnknownCity => "统筹区代码中间两位为城市：00、01 至 70、90 或 99",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::{golden, only_canonical};

    #[test]
    fn regions_seen_in_use_are_accepted() {
        let seen = [
            "110000", "110119", "119900", "310000", "310120", "330200", "361199", "411302",
            "419001", "430199", "500151", "510100", "429004", "469001", "659001", "660000",
            "710000", "820000",
        ];
        for text in seen {
            assert_eq!(RegionCode::parse(text).unwrap().to_string(), text);
        }
        let ningbo = RegionCode::parse("330200").unwrap();
        assert_eq!(ningbo.province().region().to_string(), "330000");
        assert_eq!(format!("{ningbo:?}"), "RegionCode(330200)");
    }

    #[test]
    fn a_place_lies_in_its_city_and_its_province_and_in_what_these_run_themselves() {
        let all = |text: &str| {
            let places = RegionCode::parse(text).unwrap().lies_in();
            places.map(|place| place.to_string()).collect::<Vec<_>>()
        };
        let district = ["510104", "510100", "510000", "510199", "519900"];
        assert_eq!(all("510104"), district);
        assert_eq!(
            all("110119"),
            ["110119", "110100", "110000", "110199", "119900"]
        );
        // A province has no city 00 that could run something.
        assert_eq!(all("510000"), ["510000", "510000", "510000", "519900"]);
    }

    #[test]
    fn golden_bytes() {
        golden(&RegionCode::parse("330200").unwrap(), "000509d8");
        golden(&ProvinceCode::from_number(33).unwrap(), "00000021");
    }

    #[test]
    fn what_names_no_region_is_refused() {
        let cases = [
            ("33020", RegionError::Malformed),
            ("3302000", RegionError::Malformed),
            ("33O200", RegionError::Malformed),
            ("+30200", RegionError::Malformed),
            ("010000", RegionError::Malformed),
            ("990000", RegionError::UnknownProvince),
            ("160000", RegionError::UnknownProvince),
            ("337100", RegionError::UnknownCity),
            ("330001", RegionError::UnknownCity),
        ];
        for (text, expected) in cases {
            assert_eq!(RegionCode::parse(text), Err(expected), "{text}");
        }
    }

    proptest! {
        /// Text, number and bytes accept the same regions.
        #[test]
        fn every_way_in_accepts_the_same(number in 0_u32..1_100_000) {
            let by_number = RegionCode::from_number(number);
            prop_assert_eq!(RegionCode::parse(&number.to_string()), by_number);
            only_canonical::<RegionCode>(&number.to_be_bytes());
        }
    }
}
