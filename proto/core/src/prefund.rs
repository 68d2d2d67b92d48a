//! Prefunds (预付金): what one clearing member leaves with another, which cushions it until cycles are paid.
//!
//! A prefund is of one fund: money of one fund never stands against another's. It moves between the two members
//! themselves, at their own banks. Deliberately absent: how much of it is used, which follows from netted cycles, and
//! what is said about that, but for how one stands, which regions are told.

use std::fmt;
use std::str::FromStr;

use crate::canonical_struct;
use crate::date::{BusinessDay, Timestamp};
use crate::fund::Fund;
use crate::money::Fen;
use crate::payment::BankReference;
use crate::region::RegionCode;
use crate::vocabulary::{Direction, PrefundLevel};

/// Whose money is with whom, written `330000-510100-resident_pool`.
///
/// ```
/// use huitong_core::prefund::Prefund;
/// let prefund: Prefund = "330000-510100-resident_pool".parse()?;
/// assert_eq!(prefund.holder.to_string(), "510100");
/// assert_eq!(prefund.to_string(), "330000-510100-resident_pool");
/// # Ok::<(), huitong_core::prefund::PrefundError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefund {
    /// The member whose insured are treated.
    pub payer: RegionCode,
    /// The member in whose regions they are treated; never the payer.
    pub holder: RegionCode,
    /// The fund.
    pub fund: Fund,
}

canonical_struct!(Prefund {
    payer,
    holder,
    fund
} via Prefund::new);

/// What is no prefund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a prefund is PAYER-HOLDER-FUND of two different members, such as 330000-510100-resident_pool \
     / 预付金格式为 付款成员-持有成员-基金（两成员须不同），例如 330000-510100-resident_pool"
)]
pub struct PrefundError;

impl Prefund {
    /// What a payer has with a holder.
    ///
    /// # Errors
    /// Nobody holds its own money for itself.
    pub fn new(payer: RegionCode, holder: RegionCode, fund: Fund) -> Result<Self, PrefundError> {
        if payer == holder {
            return Err(PrefundError);
        }
        Ok(Self {
            payer,
            holder,
            fund,
        })
    }
}

impl FromStr for Prefund {
    type Err = PrefundError;

    fn from_str(text: &str) -> Result<Self, PrefundError> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().ok_or(PrefundError);
        let (payer, holder, fund) = (part()?, part()?, part()?);
        let read = Self::new(
            payer.parse().map_err(|_| PrefundError)?,
            holder.parse().map_err(|_| PrefundError)?,
            fund.parse().map_err(|_| PrefundError)?,
        )?;
        // One prefund has one spelling: a fund's number is none.
        if read.to_string() == text {
            Ok(read)
        } else {
            Err(PrefundError)
        }
    }
}

impl fmt::Display for Prefund {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.payer, self.holder, self.fund)
    }
}

/// One movement of a prefund's money, as the holder's bank told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrefundLine {
    /// The bank's name of it, which holds for the holder's bank.
    pub bank_reference: BankReference,
    /// Which prefund.
    pub prefund: Prefund,
    /// Whether the payer paid it in, or it was paid out to the payer again.
    pub direction: Direction,
    /// How much; above zero.
    pub amount: Fen,
    /// The day on which the bank booked it.
    pub on: BusinessDay,
}

canonical_struct!(PrefundLine {
    bank_reference,
    prefund,
    direction,
    amount,
    on
});

/// How a prefund stands, as its payer and its holder see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefundSeen {
    /// Which prefund.
    pub prefund: Prefund,
    /// For which year it is set.
    pub year: u16,
    /// How much is set.
    pub set: Fen,
    /// How much was asked for on top of that.
    pub topped_up: Fen,
    /// The last top-up, while it is not paid in full.
    pub open_top_up: Option<Fen>,
    /// What the holder has.
    pub held: Fen,
    /// What the payer owes the holder of cycles that are not paid.
    pub used: Fen,
    /// How much that is, as it was found last.
    pub level: PrefundLevel,
    /// When it became so; none when it never changed.
    pub since: Option<Timestamp>,
    /// By when the holder is to ask for more.
    pub ask_by: Option<BusinessDay>,
    /// Days since then; 0 when it is not late.
    pub ask_days_late: u32,
    /// By when it is to be set anew, when it is set for an earlier year.
    pub set_by: Option<BusinessDay>,
    /// Days since then; 0 when it is not late.
    pub set_days_late: u32,
    /// What is missing.
    pub missing: Fen,
    /// What is over.
    pub over: Fen,
    /// By when that comes, or goes back.
    pub due: Option<BusinessDay>,
    /// Days since then; 0 when it is not late.
    pub days_late: u32,
}

impl PrefundSeen {
    /// How much is used of what is held, in whole per cent, cut off; none when nothing is held.
    #[must_use]
    pub fn used_percent(&self) -> Option<i128> {
        let used = i128::from(self.used.get()).saturating_mul(100);
        used.checked_div(self.held.get().into())
    }
}

/// How the prefunds of a clearing member stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPrefunds {
    /// Who clears for the region.
    pub member: RegionCode,
    /// Ascending by payer, holder and fund.
    pub prefunds: Vec<PrefundSeen>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::decode_exact;
    use crate::canonical::testing::golden;

    #[test]
    fn a_prefund_has_one_spelling_and_two_members() {
        for text in [
            "00000003422d39000509100007c8940005f3d40100000000001414a007ea031f",
            "330000-510100",
            "330000-330000-resident_pool",
            "330000-510100-390100",
            "33-510100-resident_pool",
            "330000-510100-resident_pool-",
        ] {
            assert_eq!(text.parse::<Prefund>(), Err(PrefundError), "{text}");
        }
    }

    #[test]
    fn bytes_of_a_prefund_with_oneself_are_none() {
        let right: Prefund = "330000-510100-resident_pool".parse().unwrap();
        let wrong = Prefund {
            holder: right.payer,
            ..right
        };
        let bytes = crate::canonical::encode_to_vec(&wrong);
        assert!(decode_exact::<Prefund>(&bytes).is_err());
    }

    #[test]
    fn golden_bytes() {
        golden(
            &PrefundLine {
                bank_reference: "B-9".parse().unwrap(),
                prefund: "330000-510100-resident_pool".parse().unwrap(),
                direction: Direction::PayIn,
                amount: Fen::new(1_316_000).unwrap(),
                on: "2026-03-31".parse().unwrap(),
            },
            "00000003422d39000509100007c8940005f3d40100000000001414a007ea031f",
        );
    }
}
