//! Ratios and coefficients: exact decimals with at most ten places.
//!
//! Ten places hold every ratio seen in a published policy, products of two of them included
//! (75 % + 0.2 × age, 0.92 × 0.8). More places are refused, never rounded.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

const PLACES: u32 = 10;
/// Ten-billionths in one.
const UNIT: u64 = 10_000_000_000;

/// A share of a whole: a decimal from 0 to 1 with at most ten places.
///
/// Kept as ten-billionths, so that a share of an amount is one exact integer product.
///
/// ```
/// use huitong_core::ratio::Ratio;
/// let ratio = Ratio::parse("0.70")?;
/// assert_eq!(ratio.to_string(), "0.7");
/// assert_eq!(ratio.complement().to_string(), "0.3");
/// # Ok::<(), huitong_core::ratio::RatioError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(u64);

impl Ratio {
    /// Nothing of the whole.
    pub const ZERO: Self = Self(0);
    /// The whole.
    pub const ONE: Self = Self(UNIT);

    /// A ratio of this value.
    ///
    /// # Errors
    /// Below 0, above 1, or more than ten places.
    pub fn new(value: Decimal) -> Result<Self, RatioError> {
        if value < Decimal::ZERO || value > Decimal::ONE {
            return Err(RatioError::OutOfRange);
        }
        let shortest = value.normalize();
        let missing = PLACES
            .checked_sub(shortest.scale())
            .ok_or(RatioError::TooManyPlaces)?;
        u64::try_from(shortest.mantissa())
            .ok()
            .and_then(|mantissa| mantissa.checked_mul(10_u64.checked_pow(missing)?))
            .map(Self)
            .ok_or(RatioError::OutOfRange)
    }

    /// Ten-billionths of the whole, from 0 to 10¹⁰.
    ///
    /// # Errors
    /// More than the whole.
    pub const fn from_ten_billionths(units: u64) -> Result<Self, RatioError> {
        if units > UNIT {
            Err(RatioError::OutOfRange)
        } else {
            Ok(Self(units))
        }
    }

    /// This ratio in ten-billionths: 0.7 is 7,000,000,000.
    #[must_use]
    pub const fn ten_billionths(self) -> u64 {
        self.0
    }

    /// Reads a plain decimal such as `0.7`.
    ///
    /// # Errors
    /// No plain decimal, below 0, above 1, or more than ten places.
    pub fn parse(text: &str) -> Result<Self, RatioError> {
        Self::new(plain_decimal(text)?)
    }

    /// The value, without trailing zeros.
    #[must_use]
    pub fn get(self) -> Decimal {
        // Most ratios are whole percents or tenths; shortening keeps later products exact.
        let (mut mantissa, mut places) = (self.0, PLACES);
        if mantissa.is_multiple_of(100_000_000) {
            (mantissa, places) = (mantissa / 100_000_000, 2);
        }
        while places > 0 && mantissa.is_multiple_of(10) {
            (mantissa, places) = (mantissa / 10, places.saturating_sub(1));
        }
        Decimal::from_i128_with_scale(i128::from(mantissa), places)
    }

    /// What is left of the whole.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self(UNIT.saturating_sub(self.0))
    }
}

crate::canonical_as!(Ratio as u64, |ratio| ratio.0, Ratio::from_ten_billionths);

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ratio({self})")
    }
}

impl FromStr for Ratio {
    type Err = RatioError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// A factor in a policy's own arithmetic: any decimal from −10⁹ to 10⁹ with at most ten places.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coefficient(Decimal);

impl Coefficient {
    /// No effect when added.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// No effect when multiplied.
    pub const ONE: Self = Self(Decimal::ONE);

    /// A coefficient of this value; trailing zeros are dropped.
    ///
    /// # Errors
    /// Beyond 10⁹ on either side, or more than ten places.
    pub fn new(value: Decimal) -> Result<Self, RatioError> {
        if value.abs() > Decimal::from(1_000_000_000) {
            return Err(RatioError::OutOfRange);
        }
        let shortest = value.normalize();
        if shortest.scale() > PLACES {
            return Err(RatioError::TooManyPlaces);
        }
        Ok(Self(shortest))
    }

    /// Reads a plain decimal such as `-0.05`.
    ///
    /// # Errors
    /// No plain decimal, beyond 10⁹ on either side, or more than ten places.
    pub fn parse(text: &str) -> Result<Self, RatioError> {
        Self::new(plain_decimal(text)?)
    }

    /// The value, without trailing zeros.
    #[must_use]
    pub const fn get(self) -> Decimal {
        self.0
    }
}

crate::canonical_as!(
    Coefficient as Decimal,
    |coefficient| coefficient.0,
    Coefficient::new
);

impl From<Ratio> for Coefficient {
    fn from(ratio: Ratio) -> Self {
        Self(ratio.get())
    }
}

impl fmt::Display for Coefficient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Coefficient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Coefficient({self})")
    }
}

impl FromStr for Coefficient {
    type Err = RatioError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Digits with at most one point between them and an optional `-`; never rounded on the way in.
fn plain_decimal(text: &str) -> Result<Decimal, RatioError> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, places) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(places) {
        return Err(RatioError::Malformed);
    }
    if whole.len() > 12 {
        return Err(RatioError::OutOfRange);
    }
    if places.trim_end_matches('0').len() > 10 || places.len() > 15 {
        return Err(RatioError::TooManyPlaces);
    }
    Decimal::from_str_exact(text).map_err(|_| RatioError::Malformed)
}

/// Why a value is no ratio or coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RatioError {
    /// Beyond the range of the type.
    #[error("a ratio is from 0 to 1, a coefficient from -1000000000 to 1000000000")]
    OutOfRange,
    /// More than ten places.
    #[error("a ratio or coefficient has at most ten decimals")]
    TooManyPlaces,
    /// Text that is no plain decimal.
    #[error("write a ratio as a plain decimal, such as 0.7 for 70 %")]
    Malformed,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::golden;

    #[test]
    fn golden_bytes() {
        golden(&Ratio::parse("0.7").unwrap(), "00000001a13b8600");
        golden(&Ratio::ONE, "00000002540be400");
        golden(
            &Coefficient::parse("-0.05").unwrap(),
            "fffffffffffffffffffffffffffffffb02",
        );
    }

    #[test]
    fn spellings_of_one_ratio_are_equal() {
        for text in ["0.7", "0.70", "0.7000000000", "00.7"] {
            assert_eq!(Ratio::parse(text).unwrap().to_string(), "0.7", "{text}");
        }
        assert_eq!(Ratio::parse("1").unwrap(), Ratio::ONE);
        assert_eq!(Ratio::parse("0").unwrap(), Ratio::ZERO);
        assert_eq!(Coefficient::parse("12.50").unwrap().to_string(), "12.5");
    }

    #[test]
    fn what_is_no_ratio_is_refused() {
        let cases = [
            ("1.0000000001", RatioError::OutOfRange),
            ("-0.1", RatioError::OutOfRange),
            ("99999999999999999999999999999999", RatioError::OutOfRange),
            ("0.00000000001", RatioError::TooManyPlaces),
            ("70%", RatioError::Malformed),
            ("7e-1", RatioError::Malformed),
            (".7", RatioError::Malformed),
            ("0.", RatioError::Malformed),
            ("", RatioError::Malformed),
            ("+0.7", RatioError::Malformed),
            ("0_0.7", RatioError::Malformed),
        ];
        for (text, expected) in cases {
            assert_eq!(Ratio::parse(text), Err(expected), "{text}");
        }
        assert_eq!(
            Coefficient::parse("1000000000.1"),
            Err(RatioError::OutOfRange)
        );
        assert_eq!(
            Coefficient::parse("-1000000000")
                .map(|c| c.to_string())
                .unwrap(),
            "-1000000000"
        );
        assert_eq!(
            Coefficient::parse("0.12345678901"),
            Err(RatioError::TooManyPlaces)
        );
    }

    proptest! {
        /// A ratio, its value and its text say the same.
        #[test]
        fn value_text_and_units_agree(units in 0..=UNIT, zeros in 0_u32..10) {
            let units = units - units % 10_u64.pow(zeros);
            let ratio = Ratio::from_ten_billionths(units).unwrap();
            prop_assert_eq!(Ratio::new(ratio.get()), Ok(ratio));
            prop_assert_eq!(ratio.to_string().parse(), Ok(ratio));
            prop_assert_eq!(ratio.get().scale(), ratio.get().normalize().scale());
            prop_assert_eq!(ratio.get() + ratio.complement().get(), Decimal::ONE);
        }

        /// A coefficient printed and read back is the coefficient.
        #[test]
        fn coefficients_read_back(mantissa in -1_000_000_000_i64..=1_000_000_000, scale in 0_u32..=10) {
            let coefficient = Coefficient::new(Decimal::new(mantissa, scale)).unwrap();
            prop_assert_eq!(coefficient.to_string().parse(), Ok(coefficient));
        }
    }
}
