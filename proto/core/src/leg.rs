//! Legs: what one region owes another for one fund of one settlement, or owes back for its reversal.
//!
//! Each region reports its side, the creditor the receivable and the debtor the payable, as one gap-free
//! numbered stream out of its own journal. The two legs of one debt are equal in all but number and side;
//! only equal ones are netted. A reversal is a debt the other way round, above zero like any other: the
//! treatment region owes back what the home region owed. So sums need no sign, and a settlement and its
//! reversal cancel out in the nets, whatever cycles they fall into. An audit deduction is such a debt too, and its
//! end one the original way round; a settlement may have several, so each has an id of its own, which stands where the
//! settlement's would.

use std::fmt;

use crate::canonical::Artifact;
use crate::date::BusinessDay;
use crate::deduction::{DeductionAct, DeductionAmounts, DeductionBody, Lifted};
use crate::digest::Digest;
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::money::Fen;
use crate::receipt::ReceiptBody;
use crate::region::RegionCode;
use crate::reversal::ReversalBody;
use crate::{canonical_enum, canonical_struct};

/// The largest amount that is owed as one leg: ten million yuan, a thousand times what funds pay of a stay on average. A
/// million legs of this amount are what a sum holds.
pub const LARGEST_LEG: Fen = match Fen::new(1_000_000_000) {
    Ok(amount) => amount,
    Err(_) => Fen::MAX,
};

/// The first fund of a deduction whose payment between two regions is in no cycle since it is too large as a leg: a leg the
/// other way round would be in one, and take off what was never paid. Only what was settled before legs were bounded has such.
#[must_use]
pub fn first_never_netted(deducted: &DeductionAmounts, paid: &[(Fund, Fen)]) -> Option<Fund> {
    let is_large = |of: Fund| {
        let mut paid = paid.iter();
        paid.any(|(fund, amount)| *fund == of && *amount > LARGEST_LEG)
    };
    let mut asked = deducted.as_slice().iter().map(|(fund, _)| *fund);
    asked.find(|fund| is_large(*fund))
}

/// Which side of a debt a region reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Reported by the creditor, the treatment region.
    Receivable,
    /// Reported by the debtor, the home region.
    Payable,
}

canonical_enum!(Side { 1 => Receivable, 2 => Payable });

/// What a debt arose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LegKind {
    /// A settlement: the home region owes.
    Settlement,
    /// Its reversal: the treatment region owes back.
    Reversal,
    /// An audit deduction: the treatment region owes back.
    Deduction,
    /// The end of a deduction, which was withdrawn or whose settlement was reversed: the home region owes again.
    DeductionEnd,
    /// A settled dispute: the respondent owes the region that raised it.
    Correction,
}

canonical_enum!(LegKind {
    1 => Settlement,
    2 => Reversal,
    3 => Deduction,
    4 => DeductionEnd,
    10 => Correction,
});

impl LegKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Settlement,
        Self::Reversal,
        Self::Deduction,
        Self::DeductionEnd,
        Self::Correction,
    ];

    /// What a debt of this kind takes back, under the same id. Of which settlement a deduction is, its leg does not say: that
    /// is said beside it.
    #[must_use]
    pub const fn takes_back(self) -> Option<Self> {
        match self {
            Self::Reversal => Some(Self::Settlement),
            Self::DeductionEnd => Some(Self::Deduction),
            Self::Settlement | Self::Deduction | Self::Correction => None,
        }
    }

    /// The byte that stands for it in canonical bytes.
    #[must_use]
    pub const fn tag(self) -> u8 {
        match self {
            Self::Settlement => 1,
            Self::Reversal => 2,
            Self::Deduction => 3,
            Self::DeductionEnd => 4,
            Self::Correction => 10,
        }
    }
}

impl fmt::Display for LegKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Settlement => "settlement",
            Self::Reversal => "reversal",
            Self::Deduction => "deduction",
            Self::DeductionEnd => "deduction_end",
            Self::Correction => "correction",
        })
    }
}

/// A field in which two words on one debt can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LegField {
    /// Who owes.
    Debtor,
    /// Who is owed.
    Creditor,
    /// How much.
    Amount,
    /// The business day.
    BusinessDay,
    /// The receipt's digest.
    Receipt,
}

impl LegField {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debtor => "debtor",
            Self::Creditor => "creditor",
            Self::Amount => "amount",
            Self::BusinessDay => "business_day",
            Self::Receipt => "receipt",
        }
    }
}

impl fmt::Display for LegField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What two legs must have in common to be of one debt. A settlement is reversed at most once, a deduction ends at most
/// once, and a dispute, whose id stands in a settlement's place, is corrected once.
pub type Debt = (SettlementId, LegKind, Fund);

/// How many bytes [`debt_bytes`] has.
pub const DEBT_LEN: usize = 21;

/// The canonical bytes of a debt. Debts order as these do.
#[must_use]
pub fn debt_bytes((settlement, kind, fund): &Debt) -> [u8; DEBT_LEN] {
    let mut bytes = [0; DEBT_LEN];
    let (id, rest) = bytes.split_at_mut(16);
    id.copy_from_slice(&settlement.to_bytes());
    let (tag, code) = rest.split_at_mut(1);
    tag.copy_from_slice(&[kind.tag()]);
    code.copy_from_slice(&fund.code().to_be_bytes());
    bytes
}

/// How many bytes [`ends_bytes`] has.
pub const ENDS_LEN: usize = 8;

/// The canonical bytes of who owes and who is owed: what two regions call as two others do is another debt.
#[must_use]
pub fn ends_bytes(debtor: RegionCode, creditor: RegionCode) -> [u8; ENDS_LEN] {
    let mut bytes = [0; ENDS_LEN];
    let (owes, owed) = bytes.split_at_mut(4);
    owes.copy_from_slice(&debtor.number().to_be_bytes());
    owed.copy_from_slice(&creditor.number().to_be_bytes());
    bytes
}

/// How many bytes a [`NumberedLeg`] has: all have equally many.
pub const NUMBERED_LEG_LEN: usize = 82;

/// What tells the debts between two regions for one fund apart, and orders them.
pub type LegKey = (SettlementId, LegKind);

/// A debt between two regions, as both must report it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// The settlement; the deduction, by the bytes of its id, for one of a deduction.
    pub settlement: SettlementId,
    /// What it arose from.
    pub kind: LegKind,
    /// Who owes: the home region for a settlement and a deduction's end, the treatment region for a reversal and a
    /// deduction.
    pub debtor: RegionCode,
    /// Who is owed.
    pub creditor: RegionCode,
    /// The fund or account that pays, or is paid back.
    pub fund: Fund,
    /// How much.
    pub amount: Fen,
    /// The business day that the receipt or the reversal names.
    pub business_day: BusinessDay,
    /// Digest of the signed body of the receipt or of the reversal.
    pub receipt: Digest,
}

canonical_struct!(Leg {
    settlement,
    kind,
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
                kind: LegKind::Settlement,
                debtor: part.home,
                creditor: part.treatment,
                fund: *fund,
                amount: *amount,
                business_day: part.business_day,
                receipt,
            })
            .collect()
    }

    /// The legs of a reversal, one for each amount of the receipt, the other way round; none when both
    /// regions are one.
    #[must_use]
    pub fn of_reversal(body: &ReversalBody) -> Vec<Self> {
        let part = &body.clearing;
        if part.home == part.treatment {
            return Vec::new();
        }
        let receipt = body.digest();
        part.amounts
            .iter()
            .map(|(fund, amount)| Self {
                settlement: part.settlement,
                kind: LegKind::Reversal,
                debtor: part.treatment,
                creditor: part.home,
                fund: *fund,
                amount: *amount,
                business_day: part.business_day,
                receipt,
            })
            .collect()
    }

    /// The legs of a deduction that the home region accepted on this day, or of its withdrawal; none when both regions
    /// are one.
    #[must_use]
    pub fn of_deduction(body: &DeductionBody, day: BusinessDay) -> Vec<Self> {
        if body.home == body.treatment {
            return Vec::new();
        }
        let (kind, debtor, creditor) = match body.act {
            DeductionAct::Deduct(_) => (LegKind::Deduction, body.treatment, body.home),
            DeductionAct::Withdraw(_) => (LegKind::DeductionEnd, body.home, body.treatment),
        };
        let receipt = body.digest();
        let leg = |(fund, amount): &(Fund, Fen)| Self {
            settlement: body.deduction.as_debt(),
            kind,
            debtor,
            creditor,
            fund: *fund,
            amount: *amount,
            business_day: day,
            receipt,
        };
        body.amounts.as_slice().iter().map(leg).collect()
    }

    /// The legs of a deduction that ends with the reversal of its settlement; none when both regions are one.
    #[must_use]
    pub fn of_lifted(lifted: &Lifted) -> Vec<Self> {
        if lifted.home == lifted.treatment {
            return Vec::new();
        }
        let leg = |(fund, amount): &(Fund, Fen)| Self {
            settlement: lifted.deduction.as_debt(),
            kind: LegKind::DeductionEnd,
            debtor: lifted.home,
            creditor: lifted.treatment,
            fund: *fund,
            amount: *amount,
            business_day: lifted.business_day,
            receipt: lifted.reversal,
        };
        lifted.amounts.as_slice().iter().map(leg).collect()
    }

    /// The debt that it is a word on.
    #[must_use]
    pub const fn debt(&self) -> Debt {
        (self.settlement, self.kind, self.fund)
    }

    /// Whether it is of more than is owed as one leg. It is told and kept like any other, and never netted.
    #[must_use]
    pub const fn is_too_large(&self) -> bool {
        self.amount.get() > LARGEST_LEG.get()
    }

    /// The first field in which another word on the same debt differs.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> Option<LegField> {
        [
            (LegField::Debtor, self.debtor == other.debtor),
            (LegField::Creditor, self.creditor == other.creditor),
            (LegField::Amount, self.amount == other.amount),
            (
                LegField::BusinessDay,
                self.business_day == other.business_day,
            ),
            (LegField::Receipt, self.receipt == other.receipt),
        ]
        .into_iter()
        .find_map(|(field, same)| (!same).then_some(field))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::encode_to_vec;

    #[test]
    fn the_bytes_of_a_debt_are_its_canonical_ones() {
        let settlement = SettlementId::from_parts(7, [9; 10]);
        for debt in LegKind::ALL
            .iter()
            .flat_map(|kind| Fund::ALL.iter().map(|fund| (settlement, *kind, *fund)))
        {
            assert_eq!(debt_bytes(&debt).to_vec(), encode_to_vec(&debt), "{debt:?}");
        }
        let ends = ("330200".parse().unwrap(), "510100".parse().unwrap());
        let expected = encode_to_vec(&ends);
        assert_eq!(ends_bytes(ends.0, ends.1).to_vec(), expected);
    }
}
