//! Money: whole fen, never more than ten trillion yuan, never through a float.
//!
//! Arithmetic is checked and named; `+` is deliberately not implemented, so that every place where
//! money is added says what it does when the sum is out of range. Rounding is not here either: it
//! has one door, [`crate::rounding`].

mod signed;
mod sum;

pub use signed::SignedFen;
pub use sum::FenSum;

use std::fmt;
use std::str::FromStr;

/// The largest amount, 10¹⁵ fen: ten trillion yuan, thrice what the whole country's funds pay in a
/// year. A product of an amount and a ratio fits an `i128` with room to sum billions of them.
const MAX_FEN: i64 = 1_000_000_000_000_000;

/// An amount of money from zero to 10¹⁵ fen.
///
/// ```
/// use huitong_core::money::Fen;
/// let pool = Fen::parse_yuan("13160.00")?;
/// assert_eq!(pool.get(), 1_316_000);
/// assert_eq!(pool.checked_add(Fen::new(5)?)?.to_string(), "13160.05");
/// # Ok::<(), huitong_core::money::MoneyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(i64);

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount, 10¹⁵ fen.
    pub const MAX: Self = Self(MAX_FEN);

    /// An amount in fen.
    ///
    /// # Errors
    /// Below zero, or above 10¹⁵.
    pub const fn new(fen: i64) -> Result<Self, MoneyError> {
        if fen < 0 {
            Err(MoneyError::Negative)
        } else if fen > MAX_FEN {
            Err(MoneyError::OutOfRange)
        } else {
            Ok(Self(fen))
        }
    }

    /// The amount in fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether this is no money.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum of two amounts.
    ///
    /// # Errors
    /// A sum above 10¹⁵ fen.
    pub const fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        // Two amounts of at most 10¹⁵ never reach the end of an i64.
        Self::new(self.0.saturating_add(other.0))
    }

    /// The difference of two amounts.
    ///
    /// # Errors
    /// [`MoneyError::Negative`] when `other` is the larger one.
    pub const fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        Self::new(self.0.saturating_sub(other.0))
    }

    /// What is left of this amount after `other`, never below zero.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// The sum of all amounts.
    ///
    /// # Errors
    /// A sum above 10¹⁵ fen.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// Reads yuan with at most two decimals: `13160`, `13160.5` or `13160.50`.
    ///
    /// # Errors
    /// A sign, an exponent, a third decimal, any other character, or an amount above 10¹⁵ fen. An amount with a
    /// minus before it is told as what it is, [`MoneyError::Negative`].
    pub fn parse_yuan(text: &str) -> Result<Self, MoneyError> {
        match text.strip_prefix('-').map(Self::parse_unsigned) {
            Some(Ok(_)) => Err(MoneyError::Negative),
            Some(Err(_)) | None => Self::parse_unsigned(text),
        }
    }

    fn parse_unsigned(text: &str) -> Result<Self, MoneyError> {
        let (yuan, decimals) = match text.split_once('.') {
            Some((_, "")) => return Err(MoneyError::Malformed),
            Some(parts) => parts,
            None => (text, ""),
        };
        let yuan = digits(yuan)?;
        let fen = match decimals.len() {
            0 => 0,
            1 => digits(decimals)?.saturating_mul(10),
            2 => digits(decimals)?,
            _ => return Err(MoneyError::Malformed),
        };
        Self::new(yuan.saturating_mul(100).saturating_add(fen))
    }
}

/// Reads ASCII digits; past the range of an `i64` the value stays at its end, beyond every amount.
fn digits(text: &str) -> Result<i64, MoneyError> {
    if text.is_empty() {
        return Err(MoneyError::Malformed);
    }
    text.bytes().try_fold(0_i64, |value, byte| match byte {
        b'0'..=b'9' => Ok(value
            .saturating_mul(10)
            .saturating_add(i64::from(byte.wrapping_sub(b'0')))),
        _ => Err(MoneyError::Malformed),
    })
}

crate::canonical_as!(Fen as i64, |fen| fen.0, Fen::new);

/// Yuan with two decimals, such as `13160.00`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_yuan(f, "", self.0.unsigned_abs())
    }
}

impl fmt::Debug for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fen({self})")
    }
}

fn write_yuan(f: &mut dyn fmt::Write, sign: &str, fen: u64) -> fmt::Result {
    write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
}

impl FromStr for Fen {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse_yuan(text)
    }
}

/// Why an amount cannot be built or split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// An amount below zero where money is counted.
    #[error("an amount cannot be below zero; write it without a minus")]
    Negative,
    /// An amount beyond 10¹⁵ fen.
    #[error("an amount cannot be beyond 10,000,000,000,000.00 yuan")]
    OutOfRange,
    /// Text that is no amount.
    #[error("write an amount in yuan with at most two decimals, such as 13160.00")]
    Malformed,
    /// Something to split, and nothing to split it by.
    #[error("an amount cannot be split in proportion to parts that are all zero")]
    NothingToSplitBy,
    /// As many parts as targets are needed.
    #[error("{targets} parts are asked for and there is room for {room}")]
    PartsDiffer {
        /// How many parts the weights ask for.
        targets: usize,
        /// How many the caller gave room for.
        room: usize,
    },
    /// Exact parts that do not sum to the amount they are parts of.
    #[error("the exact parts do not sum to the amount that is split")]
    TargetsDiffer,
}

impl MoneyError {
    /// The same in Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Negative => "金额不能为负，请不带负号填写",
            Self::OutOfRange => "金额不能超过 10,000,000,000,000.00 元",
            Self::Malformed => "金额以元为单位，至多两位小数，如 13160.00",
            Self::NothingToSplitBy => "各部分均为零，无法按比例分摊",
            Self::PartsDiffer { .. } => "分摊的份数与可容纳的份数不符",
            Self::TargetsDiffer => "各部分之和与被分摊金额不符",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::golden;

    fn fen(fen: i64) -> Fen {
        Fen::new(fen).unwrap()
    }

    #[test]
    fn golden_bytes() {
        golden(&fen(1_316_000), "00000000001414a0");
        golden(&Fen::MAX, "00038d7ea4c68000");
    }

    #[test]
    fn yuan_in_every_accepted_spelling() {
        for text in ["13160", "13160.0", "13160.00", "0013160"] {
            assert_eq!(Fen::parse_yuan(text), Ok(fen(1_316_000)), "{text}");
        }
        assert_eq!(Fen::parse_yuan("0.05"), Ok(fen(5)));
        assert_eq!(Fen::parse_yuan("0.5"), Ok(fen(50)));
        assert_eq!(Fen::parse_yuan("10000000000000.00"), Ok(Fen::MAX));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let malformed = [
            "", ".", "1.", ".5", "1.234", "+1", "1e3", " 1", "1,000", "１", "1.-5", "--1", "1.0.0",
        ];
        for text in malformed {
            assert_eq!(Fen::parse_yuan(text), Err(MoneyError::Malformed), "{text}");
        }
        for text in ["-1", "-12.00", "-0"] {
            assert_eq!(Fen::parse_yuan(text), Err(MoneyError::Negative), "{text}");
        }
        for text in ["--1", "-+1", "+-1", "-", "+", ""] {
            assert_eq!(
                SignedFen::parse_yuan(text),
                Err(MoneyError::Malformed),
                "{text}"
            );
        }
        for text in ["10000000000000.01", "99999999999999999999999"] {
            assert_eq!(Fen::parse_yuan(text), Err(MoneyError::OutOfRange), "{text}");
        }
    }

    #[test]
    fn arithmetic_stops_at_its_bounds() {
        assert_eq!(Fen::new(-1), Err(MoneyError::Negative));
        assert_eq!(Fen::MAX.checked_add(fen(1)), Err(MoneyError::OutOfRange));
        assert_eq!(fen(1).checked_sub(fen(2)), Err(MoneyError::Negative));
        assert_eq!(fen(1).saturating_sub(fen(2)), Fen::ZERO);
        assert_eq!(fen(3).saturating_sub(fen(2)), fen(1));
        assert_eq!(Fen::sum([fen(1), fen(2), fen(3)]), Ok(fen(6)));
        assert_eq!(Fen::sum([Fen::MAX, Fen::MAX]), Err(MoneyError::OutOfRange));
    }

    proptest! {
        /// An amount printed and read back is the amount.
        #[test]
        fn text_and_value_agree(amount in 0..=MAX_FEN) {
            prop_assert_eq!(fen(amount).to_string().parse(), Ok(fen(amount)));
        }

        /// What was added can be taken away again.
        #[test]
        fn subtraction_undoes_addition(a in 0..=MAX_FEN / 2, b in 0..=MAX_FEN / 2) {
            prop_assert_eq!(fen(a).checked_add(fen(b)).and_then(|sum| sum.checked_sub(fen(b))), Ok(fen(a)));
        }
    }
}
