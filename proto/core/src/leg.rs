//! Legs: what one region owes another for one fund of one settlement.
//!
//! The treatment region reports the receivable, the home region the payable, each as one gap-free numbered
//! stream out of its own journal. The two legs of one (settlement, fund) are equal in all but number and
//! side; only equal ones are netted.

use crate::canonical::Artifact;
use crate::date::BusinessDay;
use crate::digest::Digest;
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::money::Fen;
use crate::receipt::ReceiptBody;
use crate::region::RegionCode;
use crate::{canonical_enum, canonical_struct};

/// Which side of a debt a region reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Reported by the creditor, the treatment region.
    Receivable,
    /// Reported by the debtor, the home region.
    Payable,
}

canonical_enum!(Side { 1 => Receivable, 2 => Payable });

/// A debt between two regions, as both must report it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// The settlement.
    pub settlement: SettlementId,
    /// The home region.
    pub debtor: RegionCode,
    /// The treatment region.
    pub creditor: RegionCode,
    /// The fund or account that pays.
    pub fund: Fund,
    /// How much.
    pub amount: Fen,
    /// The business day the receipt names.
    pub business_day: BusinessDay,
    /// Digest of the receipt's signed body.
    pub receipt: Digest,
}

canonical_struct!(Leg {
    settlement,
    debtor,
    creditor,
    fund,
    amount,
    business_day,
    receipt
});

impl Artifact for Leg {
    const KIND: [u8; 4] = *b"LEGS";
    const VERSION: u16 = 1;
}

impl Leg {
    /// The legs of a receipt, one for each fund; none when both regions are one.
    #[must_use]
    pub fn of(body: &ReceiptBody) -> Vec<Self> {
        let part = &body.clearing;
        if part.home == part.treatment {
            return Vec::new();
        }
        let receipt = body.digest();
        part.amounts
            .iter()
            .map(|(fund, amount)| Self {
                settlement: part.settlement,
                debtor: part.home,
                creditor: part.treatment,
                fund: *fund,
                amount: *amount,
                business_day: part.business_day,
                receipt,
            })
            .collect()
    }
}

/// A leg in a region's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedLeg {
    /// Its number, from 1, without gaps.
    pub number: u64,
    /// Which side reports it.
    pub side: Side,
    /// The debt.
    pub leg: Leg,
}

canonical_struct!(NumberedLeg { number, side, leg });
