//! Splitting an amount so that the parts sum to the whole: largest remainder, ties by position.
//!
//! Every part is its exact share rounded down, and the fen that are left go one each to the parts
//! with the largest remainders; of equal ones, to those that come first. So no part is a fen or more
//! away from its exact share. Used for the shares of a line and the figures of a trace; the amount
//! that is split was rounded before, by [`crate::rounding`].

use std::cmp::Reverse;

use rust_decimal::Decimal;

use crate::money::{Fen, MoneyError};
use crate::rounding::half_up_to_fen;

/// Bills rarely have more lines than this; their remainders need no allocation.
const FEW: usize = 32;

/// Splits `total` in proportion to `weights`.
///
/// No part exceeds its weight when `total` is at most their sum.
///
/// ```
/// use huitong_core::{apportion::apportion, money::Fen};
/// let weights = [Fen::new(1)?, Fen::new(1)?, Fen::new(1)?];
/// let parts = apportion(Fen::new(2)?, &weights)?;
/// assert_eq!(parts, [Fen::new(1)?, Fen::new(1)?, Fen::ZERO]);
/// # Ok::<(), huitong_core::money::MoneyError>(())
/// ```
///
/// # Errors
/// Weights that are all zero under a total that is not, or that sum beyond 10¹⁵ fen.
pub fn apportion(total: Fen, weights: &[Fen]) -> Result<Vec<Fen>, MoneyError> {
    let mut parts = vec![Fen::ZERO; weights.len()];
    apportion_into(total, weights, &mut parts)?;
    Ok(parts)
}

/// [`apportion`] into a slice of the same length; allocates nothing for 32 weights or fewer.
///
/// # Errors
/// As [`apportion`], or a slice of another length. The slice is then of no use.
pub fn apportion_into(total: Fen, weights: &[Fen], parts: &mut [Fen]) -> Result<(), MoneyError> {
    if weights.len() != parts.len() {
        return Err(MoneyError::PartsDiffer {
            targets: weights.len(),
            room: parts.len(),
        });
    }
    let whole = Fen::sum(weights.iter().copied())?;
    if total.is_zero() {
        parts.fill(Fen::ZERO);
        return Ok(());
    }
    if total == whole {
        parts.copy_from_slice(weights);
        return Ok(());
    }
    if whole.is_zero() {
        return Err(MoneyError::NothingToSplitBy);
    }
    with_room(weights.len(), |remainders: &mut [Remainder<u64>]| {
        let mut left = total;
        let rows = weights
            .iter()
            .zip(parts.iter_mut())
            .zip(remainders.iter_mut());
        for (position, ((weight, part), remainder)) in rows.enumerate() {
            let (floor, rest) = divide(total, *weight, whole).ok_or(MoneyError::OutOfRange)?;
            *part = floor;
            *remainder = (Reverse(rest), position);
            left = left.checked_sub(floor)?;
        }
        hand_out(left, remainders, parts)
    })
}

/// Splits `total` into parts whose exact sizes are known.
///
/// # Errors
/// A part below zero, parts whose sum does not round to `total`, or parts beyond 10¹⁵ fen.
pub fn apportion_exact(total: Fen, exact: &[Decimal]) -> Result<Vec<Fen>, MoneyError> {
    let mut sum = Decimal::ZERO;
    let mut left = total;
    let mut parts = Vec::with_capacity(exact.len());
    let mut remainders = Vec::with_capacity(exact.len());
    for (position, size) in exact.iter().enumerate() {
        let floor = Fen::try_from(half_up_to_fen(size.floor())?)?;
        sum = sum.checked_add(*size).ok_or(MoneyError::OutOfRange)?;
        left = left
            .checked_sub(floor)
            .map_err(|_| MoneyError::TargetsDiffer)?;
        parts.push(floor);
        remainders.push((Reverse(size.fract()), position));
    }
    if half_up_to_fen(sum)?.get() != total.get() {
        return Err(MoneyError::TargetsDiffer);
    }
    hand_out(left, &mut remainders, &mut parts)?;
    Ok(parts)
}

/// What rounding down took from the part at a position; ascending order is the order of handing out.
type Remainder<T> = (Reverse<T>, usize);

/// `total × weight / whole`: the quotient, and the remainder in units of `1 / whole`.
fn divide(total: Fen, weight: Fen, whole: Fen) -> Option<(Fen, u64)> {
    let [total, weight, whole] = [total, weight, whole].map(|fen| fen.get().unsigned_abs());
    // Amounts up to 40 million yuan multiply within 64 bits, where division is faster.
    let (quotient, rest) = if let Some(product) = total.checked_mul(weight) {
        (product.checked_div(whole)?, product.checked_rem(whole)?)
    } else {
        let product = u128::from(total).checked_mul(u128::from(weight))?;
        let whole = u128::from(whole);
        let rest = product.checked_rem(whole)?;
        (
            u64::try_from(product.checked_div(whole)?).ok()?,
            u64::try_from(rest).ok()?,
        )
    };
    Some((Fen::new(i64::try_from(quotient).ok()?).ok()?, rest))
}

/// Gives one fen each to the parts with the largest remainders until nothing is left.
fn hand_out<T: Ord + Copy>(
    left: Fen,
    remainders: &mut [Remainder<T>],
    parts: &mut [Fen],
) -> Result<(), MoneyError> {
    let Some(last) = usize::try_from(left.get())
        .ok()
        .and_then(|left| left.checked_sub(1))
    else {
        return Ok(());
    };
    // Each remainder is below one fen, so there are fewer fen left than parts.
    if last >= remainders.len() {
        return Err(MoneyError::TargetsDiffer);
    }
    remainders.select_nth_unstable(last);
    let one = Fen::new(1)?;
    for (_, position) in remainders.iter().take(last.saturating_add(1)) {
        if let Some(part) = parts.get_mut(*position) {
            *part = part.checked_add(one)?;
        }
    }
    Ok(())
}

/// Calls `body` with room for `count` remainders, on the stack when they are few.
fn with_room<R>(count: usize, body: impl FnOnce(&mut [Remainder<u64>]) -> R) -> R {
    let mut few = [(Reverse(0), 0); FEW];
    match few.get_mut(..count) {
        Some(room) => body(room),
        None => body(&mut vec![(Reverse(0), 0); count]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fen(fen: i64) -> Fen {
        Fen::new(fen).unwrap()
    }

    fn fens(amounts: &[i64]) -> Vec<Fen> {
        amounts.iter().copied().map(fen).collect()
    }

    #[test]
    fn the_fen_that_are_left_go_to_the_largest_remainders_and_then_by_position() {
        let cases: [(i64, &[i64], &[i64]); 7] = [
            (10, &[1, 1, 1], &[4, 3, 3]),
            (11, &[1, 1, 1], &[4, 4, 3]),
            (100, &[1, 2, 4], &[14, 29, 57]),
            (5, &[0, 10, 0], &[0, 5, 0]),
            (6, &[1, 2, 3], &[1, 2, 3]),
            (0, &[0, 0], &[0, 0]),
            (0, &[], &[]),
        ];
        for (total, weights, expected) in cases {
            let parts = apportion(fen(total), &fens(weights)).unwrap();
            assert_eq!(parts, fens(expected), "{total} by {weights:?}");
        }
    }

    #[test]
    fn what_cannot_be_split_is_refused() {
        let zeros = fens(&[0, 0]);
        assert_eq!(apportion(fen(1), &zeros), Err(MoneyError::NothingToSplitBy));
        assert_eq!(apportion(fen(1), &[]), Err(MoneyError::NothingToSplitBy));
        assert_eq!(
            apportion(fen(1), &[Fen::MAX, fen(1)]),
            Err(MoneyError::OutOfRange)
        );
        let mut room = [Fen::ZERO];
        assert_eq!(
            apportion_into(fen(1), &fens(&[1, 1]), &mut room),
            Err(MoneyError::PartsDiffer {
                targets: 2,
                room: 1
            })
        );
        let exact = |parts: &[&str]| {
            parts
                .iter()
                .map(|part| part.parse().unwrap())
                .collect::<Vec<Decimal>>()
        };
        assert_eq!(
            apportion_exact(fen(1), &exact(&["-1", "2"])),
            Err(MoneyError::Negative)
        );
        for (total, parts) in [
            (2, ["0.3", "0.3"]),
            (0, ["0.3", "0.3"]),
            (1, ["1", "1"]),
            (3, ["1", "1"]),
        ] {
            assert_eq!(
                apportion_exact(fen(total), &exact(&parts)),
                Err(MoneyError::TargetsDiffer)
            );
        }
    }

    #[test]
    fn exact_parts_keep_their_whole_fen() {
        let parts = ["10.25", "0.50", "3.5", "7.25", "0"].map(|part| part.parse().unwrap());
        assert_eq!(
            apportion_exact(fen(22), &parts),
            Ok(fens(&[10, 1, 4, 7, 0]))
        );
    }

    fn weights() -> impl Strategy<Value = Vec<i64>> {
        let weight =
            prop_oneof![1 => Just(0_i64), 4 => 0..1_000_i64, 1 => 0..10_000_000_000_000_i64];
        prop::collection::vec(weight, 1..80)
    }

    proptest! {
        /// The parts sum to the whole, and each is within one fen of its exact share; no part of a
        /// total within the sum of the weights is above its weight.
        #[test]
        fn parts_sum_to_the_whole(weights in weights(), scale in 0_u32..=130) {
            let whole: i64 = weights.iter().sum();
            prop_assume!(whole > 0);
            let total = i128::from(whole) * i128::from(scale) / 100;
            let total = fen(i64::try_from(total).unwrap());
            let parts = apportion(total, &fens(&weights)).unwrap();
            prop_assert_eq!(Fen::sum(parts.iter().copied()), Ok(total));
            for (part, weight) in parts.iter().zip(&weights) {
                let gap = i128::from(part.get()) * i128::from(whole)
                    - i128::from(total.get()) * i128::from(*weight);
                prop_assert!(gap.abs() < i128::from(whole));
                prop_assert!(total.get() > whole || part.get() <= *weight);
            }
        }

        /// With equal weights the earlier parts are never the smaller ones.
        #[test]
        fn ties_go_by_position(total in 0_i64..10_000, count in 1_usize..80, weight in 1_i64..100) {
            let parts = apportion(fen(total), &fens(&vec![weight; count])).unwrap();
            prop_assert!(parts.is_sorted_by(|earlier, later| earlier >= later));
        }

        /// Splitting by exact sizes gives what splitting by weights gives.
        #[test]
        fn exact_sizes_and_weights_agree(
            weights in prop::collection::vec(0_i64..1_000, 1..50), hundredths in 0_i64..=100,
        ) {
            let whole: i64 = weights.iter().sum();
            let exact: Vec<_> = weights.iter().map(|weight| Decimal::new(weight * hundredths, 2)).collect();
            let total = fen((whole * hundredths + 50) / 100);
            let parts = apportion_exact(total, &exact).unwrap();
            prop_assert_eq!(Fen::sum(parts.iter().copied()), Ok(total));
            for (part, exact) in parts.iter().zip(&exact) {
                prop_assert!((Decimal::from(part.get()) - exact).abs() < Decimal::ONE);
            }
            if whole * hundredths % 100 == 0 && whole > 0 {
                prop_assert_eq!(parts, apportion(total, &fens(&weights)).unwrap());
            }
        }
    }
}
