//! Exact arithmetic under the rules: whole fen, ten-billionths of a fen, and decimals that never round.
//!
//! `rust_decimal` rounds a product that does not fit; a ratio must not. So coefficients become integers
//! over a power of ten when a policy is compiled, every operation is checked, and the only way out is the
//! rounding door of `huitong_core`.

use huitong_core::money::Fen;
use huitong_core::ratio::Ratio;
use huitong_core::rounding::half_up_parts_to_fen;
use rust_decimal::Decimal;

use crate::fault::RuleFault;

/// Ten-billionths in one: the unit of a ratio, and so of a product of whole fen and a ratio.
pub(crate) const UNIT: i128 = 10_000_000_000;
const UNIT_PLACES: u32 = 10;

/// The largest amount or position.
const MAX: i64 = Fen::MAX.get();

/// Exact decimal: `mantissa / 10^places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exact {
    mantissa: i128,
    places: u32,
}

impl Exact {
    pub(crate) fn new(value: Decimal) -> Self {
        let shortest = value.normalize();
        Self {
            mantissa: shortest.mantissa(),
            places: shortest.scale(),
        }
    }

    pub(crate) fn of(ratio: Ratio) -> Self {
        Self {
            mantissa: i128::from(ratio.ten_billionths()),
            places: UNIT_PLACES,
        }
    }

    pub(crate) const fn places(self) -> u32 {
        self.places
    }

    /// The mantissa over `10^places`, for at least as many places as it has.
    pub(crate) fn over(self, places: u32) -> Option<i128> {
        let factor = 10_i128.checked_pow(places.checked_sub(self.places)?)?;
        self.mantissa.checked_mul(factor)
    }

    pub(crate) fn times(self, other: Self) -> Option<Self> {
        Some(Self {
            mantissa: self.mantissa.checked_mul(other.mantissa)?,
            places: self.places.checked_add(other.places)?,
        })
    }

    pub(crate) fn times_whole(self, whole: i64) -> Option<Self> {
        Some(Self {
            mantissa: self.mantissa.checked_mul(i128::from(whole))?,
            ..self
        })
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let places = self.places.max(other.places);
        Some(Self {
            mantissa: self.over(places)?.checked_add(other.over(places)?)?,
            places,
        })
    }

    /// The ratio that this is, held between two bounds; `None` when it needs more than ten places.
    pub(crate) fn between(self, at_least: Ratio, at_most: Ratio) -> Option<Ratio> {
        let (low, high) = (
            i128::from(at_least.ten_billionths()),
            i128::from(at_most.ten_billionths()),
        );
        let (whole, rest) = if self.places <= UNIT_PLACES {
            (self.over(UNIT_PLACES)?, 0)
        } else {
            let beyond = 10_i128.checked_pow(self.places.checked_sub(UNIT_PLACES)?)?;
            (
                self.mantissa.checked_div_euclid(beyond)?,
                self.mantissa.checked_rem_euclid(beyond)?,
            )
        };
        if whole < low {
            Some(at_least)
        } else if whole > high || (whole == high && rest > 0) {
            Some(at_most)
        } else if rest > 0 {
            None
        } else {
            u64::try_from(whole)
                .ok()
                .and_then(|units| Ratio::from_ten_billionths(units).ok())
        }
    }
}

/// A whole amount times a ratio, in ten-billionths of a fen.
pub(crate) fn product(amount: i64, ratio: Ratio) -> Result<i128, RuleFault> {
    i128::from(amount)
        .checked_mul(i128::from(ratio.ten_billionths()))
        .ok_or(RuleFault::Overflow)
}

/// Rounds `parts` of which `in_one_fen`, a power of ten, make a fen; the result is a position or an
/// amount, so it is refused below zero.
pub(crate) fn round(parts: i128, in_one_fen: i128) -> Result<i64, RuleFault> {
    half_up_parts_to_fen(parts, in_one_fen)
        .ok()
        .map(huitong_core::money::SignedFen::get)
        .filter(|fen| *fen >= 0)
        .ok_or(RuleFault::Overflow)
}

/// The sum of two amounts or positions.
pub(crate) fn add(one: i64, other: i64) -> Result<i64, RuleFault> {
    one.checked_add(other)
        .filter(|sum| *sum <= MAX)
        .ok_or(RuleFault::Overflow)
}

/// What is left of `from` after `less`, which is never more.
pub(crate) fn sub(from: i64, less: i64) -> Result<i64, RuleFault> {
    from.checked_sub(less)
        .filter(|rest| *rest >= 0)
        .ok_or(RuleFault::Overflow)
}

/// What is left of `from` after `less`, zero when that is more.
pub(crate) fn rest(from: i64, less: i64) -> i64 {
    from.saturating_sub(less).max(0)
}

/// The length that two stretches have in common.
pub(crate) fn overlap(one: (i64, i64), other: (i64, i64)) -> i64 {
    rest(one.1.min(other.1), one.0.max(other.0))
}

/// An amount as money.
pub(crate) fn fen(amount: i64) -> Result<Fen, RuleFault> {
    Fen::new(amount).map_err(|_| RuleFault::Overflow)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::new(text.parse().unwrap())
    }

    #[test]
    fn a_ratio_is_held_between_its_bounds_and_never_rounded() {
        let (low, high) = (Ratio::parse("0.4").unwrap(), Ratio::parse("0.9").unwrap());
        let cases = [
            ("0.4", Some("0.4")),
            ("0.1234567890123", Some("0.4")),
            ("-3", Some("0.4")),
            ("0.7500", Some("0.75")),
            ("0.7000000000000", Some("0.7")),
            ("0.70000000001", None),
            ("0.90000000001", Some("0.9")),
            ("17", Some("0.9")),
        ];
        for (value, expected) in cases {
            let expected = expected.map(|text| Ratio::parse(text).unwrap());
            assert_eq!(exact(value).between(low, high), expected, "{value}");
        }
        // Seven tenths with more places than a ratio has, as a product gives it, is still seven tenths.
        let product = Exact {
            mantissa: 700_000_000_000,
            places: 12,
        };
        assert_eq!(product.between(low, high), Ratio::parse("0.7").ok());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let huge = Exact {
            mantissa: i128::MAX,
            places: 0,
        };
        assert_eq!(huge.times_whole(2), None);
        assert_eq!(huge.plus(huge), None);
        assert_eq!(huge.times(huge), None);
        assert_eq!(huge.over(1), None);
        assert_eq!(add(Fen::MAX.get(), 1), Err(RuleFault::Overflow));
        assert_eq!(sub(1, 2), Err(RuleFault::Overflow));
        assert_eq!(round(-6, 10), Err(RuleFault::Overflow));
        assert_eq!(round(15, 10), Ok(2));
    }

    proptest! {
        /// Integers over a power of ten compute what decimals compute, as long as those do not round.
        #[test]
        fn exact_is_what_decimals_are(
            one in any::<i32>(), other in any::<i32>(), places in (0_u32..=8, 0_u32..=8), whole in any::<i16>(),
        ) {
            let (one, other) = (Decimal::new(one.into(), places.0), Decimal::new(other.into(), places.1));
            let computed = Exact::new(one)
                .times(Exact::new(other))
                .and_then(|product| product.plus(Exact::new(one).times_whole(whole.into())?));
            let expected = Exact::new(one * other + one * Decimal::from(whole));
            let places = computed.unwrap().places().max(expected.places());
            prop_assert_eq!(computed.unwrap().over(places), expected.over(places));
        }
    }
}
