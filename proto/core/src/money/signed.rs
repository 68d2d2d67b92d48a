//! Money that may be owed either way.

use std::fmt;
use std::str::FromStr;

use super::{Fen, MAX_FEN, MoneyError, write_yuan};

/// An amount that may be owed either way, from −10¹⁵ to 10¹⁵ fen.
///
/// The lines of a bill that return earlier ones and the net positions of members are signed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignedFen(i64);

impl SignedFen {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// A signed amount in fen.
    ///
    /// # Errors
    /// Beyond 10¹⁵ on either side.
    pub const fn new(fen: i64) -> Result<Self, MoneyError> {
        if fen < -MAX_FEN || fen > MAX_FEN {
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
    /// A sum beyond 10¹⁵ fen.
    pub const fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        Self::new(self.0.saturating_add(other.0))
    }

    /// The difference of two amounts.
    ///
    /// # Errors
    /// A difference beyond 10¹⁵ fen.
    pub const fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        Self::new(self.0.saturating_sub(other.0))
    }

    /// The same amount owed the other way.
    ///
    /// # Errors
    /// None today, since the range is symmetric; the signature is that of the other arithmetic.
    pub const fn checked_neg(self) -> Result<Self, MoneyError> {
        Self::new(self.0.saturating_neg())
    }

    /// The sum of all amounts.
    ///
    /// # Errors
    /// A partial sum beyond 10¹⁵ fen.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// The amount without its sign.
    #[must_use]
    pub const fn abs(self) -> Fen {
        Fen(self.0.saturating_abs())
    }

    /// Reads yuan with at most two decimals and an optional `-` or `+` before them.
    ///
    /// # Errors
    /// As [`Fen::parse_yuan`].
    pub fn parse_yuan(text: &str) -> Result<Self, MoneyError> {
        match text.strip_prefix('-') {
            Some(unsigned) => Self::from(Fen::parse_unsigned(unsigned)?).checked_neg(),
            None => Fen::parse_unsigned(text.strip_prefix('+').unwrap_or(text)).map(Self::from),
        }
    }
}

impl From<Fen> for SignedFen {
    fn from(fen: Fen) -> Self {
        Self(fen.0)
    }
}

impl TryFrom<SignedFen> for Fen {
    type Error = MoneyError;

    fn try_from(signed: SignedFen) -> Result<Self, Self::Error> {
        Self::new(signed.0)
    }
}

crate::canonical_as!(SignedFen as i64, |fen| fen.0, SignedFen::new);

/// Yuan with two decimals, such as `-13160.00`.
impl fmt::Display for SignedFen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_yuan(f, if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs())
    }
}

impl fmt::Debug for SignedFen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedFen({self})")
    }
}

impl FromStr for SignedFen {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse_yuan(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::golden;

    fn signed(fen: i64) -> SignedFen {
        SignedFen::new(fen).unwrap()
    }

    #[test]
    fn golden_bytes() {
        golden(&signed(-1), "ffffffffffffffff");
        golden(&signed(-MAX_FEN), "fffc72815b398000");
    }

    #[test]
    fn a_sign_goes_before_the_yuan() {
        assert_eq!(SignedFen::parse_yuan("-0.05"), Ok(signed(-5)));
        assert_eq!(SignedFen::parse_yuan("+0.05"), Ok(signed(5)));
        assert_eq!(SignedFen::parse_yuan("-0"), Ok(SignedFen::ZERO));
        assert_eq!(signed(-5).to_string(), "-0.05");
        for text in ["--1", "-+1", "+-1", "-", "+", ""] {
            assert_eq!(
                SignedFen::parse_yuan(text),
                Err(MoneyError::Malformed),
                "{text}"
            );
        }
    }

    #[test]
    fn arithmetic_stops_at_its_bounds() {
        let least = signed(-MAX_FEN);
        assert_eq!(least.checked_sub(signed(1)), Err(MoneyError::OutOfRange));
        assert_eq!(
            SignedFen::sum([least, signed(-1), signed(1)]),
            Err(MoneyError::OutOfRange)
        );
        assert_eq!(least.abs(), Fen::MAX);
        assert_eq!(least.checked_neg(), Ok(SignedFen::from(Fen::MAX)));
        assert_eq!(Fen::try_from(least), Err(MoneyError::Negative));
        assert_eq!(SignedFen::new(i64::MIN), Err(MoneyError::OutOfRange));
    }

    proptest! {
        /// A signed amount printed and read back is the amount.
        #[test]
        fn text_and_value_agree(fen in -MAX_FEN..=MAX_FEN) {
            prop_assert_eq!(signed(fen).to_string().parse(), Ok(signed(fen)));
        }
    }
}
