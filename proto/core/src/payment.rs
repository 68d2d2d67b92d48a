//! Payments between clearing members and the clearing account, as a bank's papers name them.
//!
//! What is to be paid bears a [`PaymentReference`], which whoever pays repeats to the bank; what was paid bears the
//! bank's own [`BankReference`], which makes one movement of money the same movement however often it is told.
//! Deliberately absent: account numbers, and how a bank is reached.

use std::fmt;
use std::str::FromStr;

use crate::canonical_struct;
use crate::date::BusinessDay;
use crate::fund::Fund;
use crate::inline_text::InlineText;
use crate::money::Fen;
use crate::region::RegionCode;
use crate::vocabulary::Direction;

/// What one payment is for: a plan, a member of it and a fund, written `12-330000-resident_pool`.
///
/// It follows from the plan, so that the same plan always gives the same references.
///
/// ```
/// use huitong_core::payment::PaymentReference;
/// let reference: PaymentReference = "12-330000-resident_pool".parse()?;
/// assert_eq!(reference.plan, 12);
/// assert_eq!(reference.to_string(), "12-330000-resident_pool");
/// # Ok::<(), huitong_core::payment::PaymentReferenceError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentReference {
    /// The number of the plan.
    pub plan: u64,
    /// The member.
    pub member: RegionCode,
    /// The fund.
    pub fund: Fund,
}

canonical_struct!(PaymentReference { plan, member, fund });

/// A text that is no reference of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a payment reference is PLAN-MEMBER-FUND, such as 12-330000-resident_pool \
     / 付款参考号格式为 方案号-成员代码-基金，例如 12-330000-resident_pool"
)]
pub struct PaymentReferenceError;

impl FromStr for PaymentReference {
    type Err = PaymentReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().ok_or(PaymentReferenceError);
        let (plan, member, fund) = (part()?, part()?, part()?);
        let read = Self {
            plan: plan.parse().map_err(|_| PaymentReferenceError)?,
            member: member.parse().map_err(|_| PaymentReferenceError)?,
            fund: fund.parse().map_err(|_| PaymentReferenceError)?,
        };
        // One payment has one spelling: `+1`, `01` and a fund's number are none.
        if read.to_string() == text {
            Ok(read)
        } else {
            Err(PaymentReferenceError)
        }
    }
}

impl fmt::Display for PaymentReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.plan, self.member, self.fund)
    }
}

/// The bank's own name of one movement of money: 1 to 64 of letters, digits, `.`, `_`, `:`, `/` and `-`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BankReference(InlineText<64>);

/// A text that is no reference of a bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a bank reference is 1 to 64 of letters, digits, '.', '_', ':', '/' and '-' \
     / 银行流水号为1至64位字母、数字或 . _ : / -"
)]
pub struct BankReferenceError;

impl BankReference {
    /// Reads a reference.
    ///
    /// # Errors
    /// Empty, longer than 64, or another character.
    pub fn parse(text: &str) -> Result<Self, BankReferenceError> {
        let allowed = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'/' | b'-')
        };
        InlineText::new(text, allowed)
            .filter(|_| !text.is_empty())
            .map(Self)
            .ok_or(BankReferenceError)
    }

    /// The reference as the bank wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

crate::canonical_text!(BankReference);

impl fmt::Display for BankReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for BankReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BankReference({self})")
    }
}

impl FromStr for BankReference {
    type Err = BankReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// What is to be paid for one plan, member and fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instruction {
    /// What for.
    pub reference: PaymentReference,
    /// Which way.
    pub direction: Direction,
    /// How much; above zero.
    pub amount: Fen,
}

canonical_struct!(Instruction {
    reference,
    direction,
    amount
});

/// One movement of money on the clearing account, as a line of the bank's statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BankLine {
    /// The bank's name of it.
    pub bank_reference: BankReference,
    /// From whom it came, or to whom it went.
    pub member: RegionCode,
    /// Which fund's money it is.
    pub fund: Fund,
    /// Which way.
    pub direction: Direction,
    /// How much; above zero.
    pub amount: Fen,
    /// The day on which the bank booked it.
    pub on: BusinessDay,
}

canonical_struct!(BankLine {
    bank_reference,
    member,
    fund,
    direction,
    amount,
    on
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden;

    #[test]
    fn a_reference_has_one_spelling() {
        for text in ["1-330200-own_account", "12-330000-resident_pool"] {
            assert_eq!(text.parse::<PaymentReference>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "12",
            "12-330000",
            "+12-330000-resident_pool",
            "012-330000-resident_pool",
            "12-330000-390100",
            "12-330000-resident_pool-",
            "12-33-resident_pool",
        ] {
            assert_eq!(
                text.parse::<PaymentReference>(),
                Err(PaymentReferenceError),
                "{text}"
            );
        }
    }

    #[test]
    fn a_banks_reference_is_kept_as_it_was_written() {
        assert_eq!(
            BankReference::parse("2026/0331-77").unwrap().as_str(),
            "2026/0331-77"
        );
        for text in ["", "流水", "a b", &"7".repeat(65)] {
            assert_eq!(
                BankReference::parse(text),
                Err(BankReferenceError),
                "{text}"
            );
        }
    }

    #[test]
    fn golden_bytes() {
        let reference = "12-330000-resident_pool".parse().unwrap();
        let amount = Fen::new(1_316_000).unwrap();
        golden(
            &Instruction {
                reference,
                direction: Direction::PayIn,
                amount,
            },
            "000000000000000c000509100005f3d40100000000001414a0",
        );
        golden(
            &BankLine {
                bank_reference: "2026/0331-77".parse().unwrap(),
                member: reference.member,
                fund: reference.fund,
                direction: Direction::PayOut,
                amount,
                on: "2026-03-31".parse().unwrap(),
            },
            "0000000c323032362f303333312d3737000509100005f3d40200000000001414a007ea031f",
        );
    }
}
