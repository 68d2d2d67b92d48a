//! Exact figures, and the two ways in which they become fen: half up, and by largest remainder.
//!
//! Every figure is a rational of whole numbers without bound, so nothing here can round by accident.

use num_rational::BigRational;
use rust_decimal::Decimal;

pub type Exact = BigRational;

pub fn whole(number: i64) -> Exact {
    Exact::from_integer(number.into())
}

pub fn decimal(value: Decimal) -> Exact {
    let places = 10_i128.pow(value.scale());
    Exact::new(value.mantissa().into(), places.into())
}

/// ⌊x + ½⌋: half a fen goes up.
pub fn half_up(value: &Exact) -> i64 {
    let half = Exact::new(1.into(), 2.into());
    fen((value + half).floor())
}

/// A threshold: rounded once, then held at zero or above.
pub fn threshold(value: &Exact) -> i64 {
    if *value < whole(0) { 0 } else { half_up(value) }
}

fn fen(value: Exact) -> i64 {
    value.to_integer().try_into().unwrap()
}

/// Parts of a fen in one fen, as ratios have them: what a whole amount times a ratio is counted in.
pub const PARTS: i128 = 10_000_000_000;

/// A ratio in parts; `None` when it has more than ten places.
pub fn in_parts(ratio: &Exact) -> Option<i128> {
    let parts = ratio * Exact::from_integer(PARTS.into());
    parts
        .is_integer()
        .then(|| parts.to_integer().try_into().unwrap())
}

/// Half a fen goes up.
pub fn parts_half_up(parts: i128) -> i64 {
    i64::try_from((parts + PARTS / 2).div_euclid(PARTS)).unwrap()
}

/// Splits `total` so that each part is its exact size, `sizes[i] / of`, down or up to the next fen: rounded
/// down first, then a fen each to the largest remainders, ties to the earlier.
pub fn by_remainder(total: i64, sizes: &[i128], of: i128) -> Vec<i64> {
    let mut parts: Vec<i64> = sizes
        .iter()
        .map(|size| i64::try_from(size / of).unwrap())
        .collect();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(sizes[*at] % of));
    let missing = usize::try_from(total - parts.iter().sum::<i64>()).unwrap();
    for at in &order[..missing] {
        parts[*at] += 1;
    }
    parts
}

/// Splits `total` in proportion to whole weights, by largest remainder.
pub fn in_proportion(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i64 = weights.iter().sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    let sizes: Vec<i128> = weights
        .iter()
        .map(|weight| i128::from(total) * i128::from(*weight))
        .collect();
    by_remainder(total, &sizes, sum.into())
}
