//! The one door through which an exact figure becomes fen: half up.
//!
//! It is opened exactly where the algebra says: over-limit and first-pay of each line, a take entry
//! with a weight below one, each threshold, and each amount a payer pays. Ratios and the products
//! of segments are never rounded on the way. Deliberately absent: other modes, other precisions.

use rust_decimal::Decimal;

use crate::money::{Fen, MoneyError, SignedFen};
use crate::ratio::Ratio;

/// Ten-billionths, the unit of a ratio, in one.
const UNIT: i128 = 10_000_000_000;

/// Rounds an exact number of fen half up: 0.5 fen is 1 fen.
///
/// Below zero half goes away from zero, −0.5 to −1, so that the return of a line rounds to exactly
/// what the line itself was rounded to.
///
/// ```
/// use huitong_core::rounding::half_up_to_fen;
/// use rust_decimal::Decimal;
/// assert_eq!(half_up_to_fen(Decimal::new(1005, 1))?.get(), 101);
/// # Ok::<(), huitong_core::money::MoneyError>(())
/// ```
///
/// # Errors
/// Beyond 10¹⁵ fen on either side.
pub fn half_up_to_fen(fen: Decimal) -> Result<SignedFen, MoneyError> {
    // A scale is at most 28, and 10²⁸ fits an i128.
    let divisor = 10_i128
        .checked_pow(fen.scale())
        .ok_or(MoneyError::OutOfRange)?;
    let rounded = half_up_quotient(fen.mantissa(), divisor).ok_or(MoneyError::OutOfRange)?;
    i64::try_from(rounded)
        .map_err(|_| MoneyError::OutOfRange)
        .and_then(SignedFen::new)
}

/// This share of an amount, rounded half up; never more than the amount.
///
/// # Errors
/// None today: a share lies between zero and the amount.
pub fn share(amount: Fen, ratio: Ratio) -> Result<Fen, MoneyError> {
    let exact = i128::from(amount.get())
        .checked_mul(i128::from(ratio.ten_billionths()))
        .ok_or(MoneyError::OutOfRange)?;
    let rounded = half_up_quotient(exact, UNIT).ok_or(MoneyError::OutOfRange)?;
    i64::try_from(rounded)
        .map_err(|_| MoneyError::OutOfRange)
        .and_then(Fen::new)
}

/// Rounds a whole number of equal parts of a fen half up, as [`half_up_to_fen`] does: with
/// `in_one_fen` 10, 15 parts are 2 fen.
///
/// # Errors
/// Beyond 10¹⁵ fen on either side, or an `in_one_fen` that is no power of ten.
pub fn half_up_parts_to_fen(parts: i128, in_one_fen: i128) -> Result<SignedFen, MoneyError> {
    let places = in_one_fen.checked_ilog10().ok_or(MoneyError::OutOfRange)?;
    if 10_i128.checked_pow(places) != Some(in_one_fen) {
        return Err(MoneyError::OutOfRange);
    }
    let rounded = half_up_quotient(parts, in_one_fen).ok_or(MoneyError::OutOfRange)?;
    i64::try_from(rounded)
        .map_err(|_| MoneyError::OutOfRange)
        .and_then(SignedFen::new)
}

/// `value / divisor`, half away from zero, for a divisor that is a power of ten.
fn half_up_quotient(value: i128, divisor: i128) -> Option<i128> {
    if divisor == 1 {
        return Some(value);
    }
    // A power of ten above one is even, so its half is whole. Figures of a bill nearly always fit
    // 64 bits, where division is several times faster.
    let half = divisor / 2;
    let shifted = if value < 0 {
        value.checked_sub(half)?
    } else {
        value.checked_add(half)?
    };
    match (i64::try_from(shifted), i64::try_from(divisor)) {
        (Ok(shifted), Ok(divisor)) => shifted.checked_div(divisor).map(i128::from),
        (Err(_), _) | (_, Err(_)) => shifted.checked_div(divisor),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::RoundingStrategy;

    use super::*;

    #[test]
    fn half_a_fen_goes_up_and_its_return_goes_down() {
        let cases = [
            ("0", 0),
            ("0.4999999999999999999999999999", 0),
            ("0.5", 1),
            ("0.50", 1),
            ("1.5", 2),
            ("2.5", 3),
            ("-0.5", -1),
            ("-0.49", 0),
            ("-2.5", -3),
            ("1000000000000000.4", 1_000_000_000_000_000),
        ];
        for (exact, expected) in cases {
            let rounded = half_up_to_fen(exact.parse().unwrap()).unwrap();
            assert_eq!(rounded.get(), expected, "{exact}");
        }
    }

    #[test]
    fn beyond_the_largest_amount_is_refused() {
        for exact in [
            "1000000000000000.5",
            "-1000000000000000.5",
            "79228162514264337593543950335",
        ] {
            assert_eq!(
                half_up_to_fen(exact.parse().unwrap()),
                Err(MoneyError::OutOfRange),
                "{exact}"
            );
        }
    }

    #[test]
    fn only_powers_of_ten_divide_a_fen() {
        for in_one_fen in [0, -10, 2, 11, 20] {
            assert_eq!(
                half_up_parts_to_fen(15, in_one_fen),
                Err(MoneyError::OutOfRange)
            );
        }
        assert_eq!(half_up_parts_to_fen(15, 10), SignedFen::new(2));
        assert_eq!(half_up_parts_to_fen(15, 1), SignedFen::new(15));
    }

    #[test]
    fn the_published_case_of_ningbo_and_chengdu() {
        let base = Fen::parse_yuan("18800").unwrap();
        let paid = share(base, Ratio::parse("0.7").unwrap()).unwrap();
        assert_eq!(paid.to_string(), "13160.00");
    }

    proptest! {
        /// The integer path of a share gives what decimal arithmetic gives, to the fen.
        #[test]
        fn a_share_equals_the_decimal_product(
            amount in 0..=Fen::MAX.get(), units in 0_u64..=10_000_000_000, zeros in 0_u32..10,
        ) {
            let ratio = Ratio::from_ten_billionths(units - units % 10_u64.pow(zeros)).unwrap();
            let by_decimal = (Decimal::from(amount) * ratio.get())
                .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
            let amount = Fen::new(amount).unwrap();
            let share = share(amount, ratio).unwrap();
            prop_assert_eq!(Decimal::from(share.get()), by_decimal);
            prop_assert!(share <= amount);
        }

        /// The door gives what the decimal library's half away from zero gives.
        #[test]
        fn the_door_equals_the_decimal_library(mantissa in any::<i64>(), scale in 4_u32..=28) {
            let exact = Decimal::new(mantissa, scale);
            let by_decimal = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
            prop_assert_eq!(Decimal::from(half_up_to_fen(exact).unwrap().get()), by_decimal);
        }

        /// Parts of a fen round as the decimal of the same value does.
        #[test]
        fn parts_round_as_decimals(parts in any::<i64>(), places in 4_u32..=18) {
            let by_decimal = half_up_to_fen(Decimal::new(parts, places));
            prop_assert_eq!(half_up_parts_to_fen(i128::from(parts), 10_i128.pow(places)), by_decimal);
        }

        /// A return rounds to exactly what its line was rounded to.
        #[test]
        fn a_return_mirrors_its_line(mantissa in any::<i32>(), scale in 0_u32..=12) {
            let exact = Decimal::new(i64::from(mantissa), scale);
            let there = half_up_to_fen(exact).unwrap();
            prop_assert_eq!(half_up_to_fen(-exact).unwrap(), there.checked_neg().unwrap());
        }
    }
}
