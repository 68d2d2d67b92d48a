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
