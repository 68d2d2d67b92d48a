//! Payments between clearing members and the clearing account, as a bank's papers name them.
//!
//! What is to be paid bears a [`PaymentReference`], which whoever pays repeats to the bank; what was paid bears the
//! bank's own [`BankReference`], which makes one movement of money the same movement however often it is told.
//! Deliberately absent: account numbers, and how a bank is reached.

use std::fmt;
use std::str::FromStr;

use crate::canonical_struct;
use crate::date::{BusinessDay, DateError};
use crate::fund::Fund;
use crate::inline_text::InlineText;
use crate::money::Fen;
use crate::region::RegionCode;
use crate::vocabulary::Direction;

/// Where the numbers of months begin; those of plans, which count from 1, are below it.
const MONTHS_FROM: u64 = 1 << 63;

/// What payments are for: the nets of one plan, or those of a month's plans that were not ordered by the day.
///
/// It is kept as one number, as a plan's always was. From 2^63 on a number is a month, 2^63 + 202611 for November 2026: plans
/// are counted one by one and never come there. A number from 2^63 on that is no month is no purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purpose(u64);

/// A number that is neither a plan's nor a month's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is the number of no plan and of no month / 既非方案号也非月份")]
pub struct PurposeError(u64);

impl Purpose {
    /// The nets of a plan.
    ///
    /// # Errors
    /// [`PurposeError`] of a number that plans do not reach.
    pub const fn plan(number: u64) -> Result<Self, PurposeError> {
        if number < MONTHS_FROM {
            Ok(Self(number))
        } else {
            Err(PurposeError(number))
        }
    }

    /// The nets of the month in which a day lies.
    #[must_use]
    pub fn month(day: BusinessDay) -> Self {
        let year = u64::from(day.year()).saturating_mul(100);
        let month = year.saturating_add(u64::from(day.month()));
        Self(MONTHS_FROM.saturating_add(month))
    }

    /// The first day of the month; none of a plan.
    #[must_use]
    pub fn first_of_month(self) -> Option<BusinessDay> {
        let month = self.0.checked_sub(MONTHS_FROM)?;
        first_day(month).ok()
    }

    fn of_number(number: u64) -> Result<Self, PurposeError> {
        let month = number.checked_sub(MONTHS_FROM);
        match month.map(first_day) {
            None | Some(Ok(_)) => Ok(Self(number)),
            Some(Err(_)) => Err(PurposeError(number)),
        }
    }
}

/// The first day of the month 202611.
fn first_day(month: u64) -> Result<BusinessDay, DateError> {
    let year = month
        .checked_div(100)
        .and_then(|year| u16::try_from(year).ok());
    let month = month
        .checked_rem(100)
        .and_then(|month| u8::try_from(month).ok());
    // What is no number of a year or a month is none that a day has.
    BusinessDay::new(year.unwrap_or(0), month.unwrap_or(0), 1)
}

crate::canonical_as!(Purpose as u64, |purpose| purpose.0, Purpose::of_number);

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.checked_sub(MONTHS_FROM) {
            None => write!(f, "{}", self.0),
            Some(month) => write!(f, "M{month}"),
        }
    }
}

impl FromStr for Purpose {
    type Err = PaymentReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |digits: &str| digits.parse::<u64>().map_err(|_| PaymentReferenceError);
        let number = match text.strip_prefix('M') {
            None => return Self::plan(number(text)?).map_err(|_| PaymentReferenceError),
            Some(month) => number(month)?.checked_add(MONTHS_FROM),
        };
        let number = number.ok_or(PaymentReferenceError)?;
        Self::of_number(number).map_err(|_| PaymentReferenceError)
    }
}

/// What one payment is for: a plan or a month, a member and a fund, written `12-330000-resident_pool` for a plan and
/// `M202611-330000-resident_pool` for a month.
///
/// It follows from the plan or the month, so that the same always gives the same references.
///
/// ```
/// use huitong_core::payment::{PaymentReference, Purpose};
/// let reference: PaymentReference = "12-330000-resident_pool".parse()?;
/// assert_eq!(Ok(reference.purpose), Purpose::plan(12));
/// assert_eq!(reference.to_string(), "12-330000-resident_pool");
/// let reference: PaymentReference = "M202611-330000-resident_pool".parse()?;
/// assert_eq!(reference.purpose, Purpose::month("2026-11-30".parse()?));
/// assert_eq!(reference.to_string(), "M202611-330000-resident_pool");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentReference {
    /// The plan, or the month.
    pub purpose: Purpose,
    /// The member.
    pub member: RegionCode,
    /// The fund.
    pub fund: Fund,
}

canonical_struct!(PaymentReference {
    purpose,
    member,
    fund
});

/// A text that is no reference of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a payment reference is PLAN-MEMBER-FUND, such as 12-330000-resident_pool, or MONTH-MEMBER-FUND, such as \
     M202611-330000-resident_pool / 付款参考号格式为 方案号-成员代码-基金（例如 12-330000-resident_pool），\
     或 月份-成员代码-基金（例如 M202611-330000-resident_pool）"
)]
pub struct PaymentReferenceError;

impl FromStr for PaymentReference {
    type Err = PaymentReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().ok_or(PaymentReferenceError);
        let (purpose, member, fund) = (part()?, part()?, part()?);
        let read = Self {
            purpose: purpose.parse()?,
            member: member.parse().map_err(|_| PaymentReferenceError)?,
            fund: fund.parse().map_err(|_| PaymentReferenceError)?,
        };
        // One payment has one spelling: `+1`, `01`, `M0202611` and a fund's number are none.
        if read.to_string() == text {
            Ok(read)
        } else {
            Err(PaymentReferenceError)
        }
    }
}

impl fmt::Display for PaymentReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.purpose, self.member, self.fund)
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
    use crate::canonical::{CanonicalError, decode_exact};

    #[test]
    fn a_reference_has_one_spelling() {
        for text in [
            "1-330200-own_account",
            "12-330000-resident_pool",
            "M202611-330000-resident_pool",
        ] {
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
            "9223372036854775808-330000-resident_pool",
            "M-330000-resident_pool",
            "M202613-330000-resident_pool",
            "M202600-330000-resident_pool",
            "M20261101-330000-resident_pool",
            "M0202611-330000-resident_pool",
            "M+202611-330000-resident_pool",
            "M18446744073709551615-330000-resident_pool",
            "m202611-330000-resident_pool",
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
    fn a_number_that_plans_never_reach_is_a_month_or_nothing() {
        let november = Purpose::month("2026-11-30".parse().unwrap());
        golden(&november, "8000000000031773");
        assert_eq!(november.first_of_month(), "2026-11-01".parse().ok());
        let last_plan = Purpose::plan(MONTHS_FROM - 1).unwrap();
        golden(&last_plan, "7fffffffffffffff");
        assert_eq!(last_plan.first_of_month(), None);
        assert!(last_plan < november);
        assert_eq!(Purpose::plan(MONTHS_FROM), Err(PurposeError(MONTHS_FROM)));
        for none in [0, 202_600, 202_613, 20_261_101, 6_553_611, u64::MAX >> 1] {
            let number = MONTHS_FROM + none;
            let read = decode_exact::<Purpose>(&number.to_be_bytes());
            let refused = CanonicalError::invalid("Purpose", PurposeError(number));
            assert_eq!(read, Err(refused), "{none}");
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
