//! What many amounts come to, for people to read. Deliberately absent: arithmetic with it, and its bound, since nothing is owed by it.

use std::fmt;

use super::write_yuan;

/// What amounts come to that are only counted and shown. Each of them is bounded and their sum is not: two of the largest
/// amounts come to more than an amount may be, and a list is shown all the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FenSum(i64);

impl FenSum {
    /// A sum in fen; of what is counted no further than `i64::MAX`, that means so much or more.
    #[must_use]
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// The sum in fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// Yuan with two decimals, such as `20000000000000.00`.
impl fmt::Display for FenSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        // Padded as one word, as lists show it in columns.
        let mut yuan = String::new();
        write_yuan(&mut yuan, sign, self.0.unsigned_abs())?;
        f.pad(&yuan)
    }
}

impl fmt::Debug for FenSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FenSum({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::FenSum;
    use crate::money::Fen;

    #[test]
    fn a_sum_is_shown_beyond_the_largest_amount() {
        let two = FenSum::new(Fen::MAX.get().saturating_mul(2));
        assert_eq!(two.to_string(), "20000000000000.00");
        assert_eq!(FenSum::new(i64::MAX).to_string(), "92233720368547758.07");
        assert_eq!(format!("{:>8}", FenSum::new(-701)), "   -7.01");
    }
}
