//! Audit deductions (审核扣款): what the treatment region takes off a settlement after an audit, and the home region's word
//! on it.
//!
//! The treatment region manages its institutions: it orders a deduction, signed, and the home region, which is owed the
//! money back, accepts or refuses it, signed. Only what was accepted moves money. A deduction is withdrawn in full,
//! never in part, by a second order under the same id. The patient's share is out of reach: an account cannot be named.
//! Deliberately absent: persons, lines of the bill, and the note that the institution is given.

mod word;

pub use word::{AnswerBody, DeductionVerdict, DeductionWord, SignedAnswer, SignedDeduction};

use std::collections::BTreeMap;

use crate::canonical::Artifact;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::fund::Fund;
use crate::id::{DeductionId, SettlementId};
use crate::institution::InstitutionCode;
use crate::merkle;
use crate::money::Fen;
use crate::officer::OfficerName;
use crate::region::RegionCode;
use crate::vocabulary::{DeductionEndReason, DeductionReason};
use crate::{canonical_as, canonical_enum, canonical_struct, canonical_text};

/// Why amounts are none of a deduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountsError {
    /// Nothing is deducted.
    #[error("a deduction names at least one fund")]
    Empty,
    /// One of them is zero.
    #[error("what is deducted of {0} is above zero")]
    Zero(Fund),
    /// A fund stands there twice, or before one with a lower number.
    #[error("each fund stands once, in the order of its number")]
    Order,
    /// It would be the patient's money.
    #[error("{0} is the patient's own money: nothing is deducted from it")]
    Account(Fund),
}

/// What is taken off, for each fund: at least one, each above zero, ascending, and no account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionAmounts(Vec<(Fund, Fen)>);

impl DeductionAmounts {
    /// Checks amounts.
    ///
    /// # Errors
    /// [`AmountsError`].
    pub fn new(amounts: Vec<(Fund, Fen)>) -> Result<Self, AmountsError> {
        if amounts.is_empty() {
            return Err(AmountsError::Empty);
        }
        if !amounts.is_sorted_by(|one, next| one.0 < next.0) {
            return Err(AmountsError::Order);
        }
        for (fund, amount) in &amounts {
            if amount.is_zero() {
                return Err(AmountsError::Zero(*fund));
            }
            if fund.is_account() {
                return Err(AmountsError::Account(*fund));
            }
        }
        Ok(Self(amounts))
    }

    /// The amounts.
    #[must_use]
    pub fn as_slice(&self) -> &[(Fund, Fen)] {
        &self.0
    }

    /// The first fund of which more is asked for than is left, and what is left of it.
    #[must_use]
    pub fn first_over(&self, left: &BTreeMap<Fund, Fen>) -> Option<(Fund, Fen)> {
        let left_of = |fund| left.get(&fund).copied().unwrap_or(Fen::ZERO);
        let mut asked = self.0.iter();
        asked.find_map(|(fund, amount)| {
            (*amount > left_of(*fund)).then_some((*fund, left_of(*fund)))
        })
    }
}

canonical_as!(
    DeductionAmounts as Vec<(Fund, Fen)>,
    |amounts| amounts.0.clone(),
    DeductionAmounts::new
);

/// What a receipt's funds paid less what deductions take off: what may still be deducted of each.
#[must_use]
pub fn left_of<'a>(
    paid: &[(Fund, Fen)],
    deducted: impl IntoIterator<Item = &'a DeductionAmounts>,
) -> BTreeMap<Fund, Fen> {
    let mut left: BTreeMap<Fund, Fen> = paid
        .iter()
        .filter(|(fund, _)| !fund.is_account())
        .copied()
        .collect();
    for (fund, amount) in deducted.into_iter().flat_map(DeductionAmounts::as_slice) {
        left.entry(*fund)
            .and_modify(|left| *left = left.saturating_sub(*amount));
    }
    left
}

/// What an officer tells the institution of a deduction: 1 to 200 characters in one line. It names no patient, stays in
/// its region, and prints as it is to those it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionNote(String);

/// A note that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a note is 1 to 200 characters in one line")]
pub struct NoteError;

impl DeductionNote {
    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let shaped = (1..=200).contains(&text.chars().count())
            && text.trim() == text
            && !text.chars().any(char::is_control);
        if shaped {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoteError)
        }
    }

    /// The note.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

canonical_text!(DeductionNote);

impl std::str::FromStr for DeductionNote {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        Self::parse(text)
    }
}

/// What is ordered under the id of a deduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeductionAct {
    /// Money is taken off.
    Deduct(DeductionReason),
    /// What was taken off is given again, in full.
    Withdraw(DeductionEndReason),
}

canonical_enum!(DeductionAct { 1 => Deduct(reason), 2 => Withdraw(reason) });

/// What the treatment region signs: one leaf of its commit group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionBody {
    /// Its id.
    pub deduction: DeductionId,
    /// The settlement.
    pub settlement: SettlementId,
    /// The home region, which is owed what is taken off.
    pub home: RegionCode,
    /// The treatment region, which orders.
    pub treatment: RegionCode,
    /// The institution that had settled.
    pub institution: InstitutionCode,
    /// Digest of the receipt's signed body.
    pub receipt: Digest,
    /// What is taken off, or given again.
    pub amounts: DeductionAmounts,
    /// What is ordered.
    pub act: DeductionAct,
    /// The officer.
    pub officer: OfficerName,
    /// When.
    pub ordered_at: Timestamp,
}

canonical_struct!(DeductionBody {
    deduction,
    settlement,
    home,
    treatment,
    institution,
    receipt,
    amounts,
    act,
    officer,
    ordered_at
});

impl Artifact for DeductionBody {
    const KIND: [u8; 4] = *b"DEDU";
    const VERSION: u16 = 1;
}

/// A part of a request that the id of a deduction binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeductionField {
    /// The settlement, and whose it is.
    Settlement,
    /// The amounts.
    Amounts,
    /// What is ordered, and why.
    Reason,
}

impl std::fmt::Display for DeductionField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Settlement => "settlement",
            Self::Amounts => "amounts",
            Self::Reason => "reason",
        })
    }
}

impl DeductionBody {
    /// Its leaf in the tree of its commit group.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        merkle::leaf_hash(&self.to_bytes())
    }

    /// The first part in which two orders under one id differ; when and by whom they were ordered is no part of it.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> Option<DeductionField> {
        let (one, two) = (self, other);
        let same_settlement = one.settlement == two.settlement
            && one.receipt == two.receipt
            && (one.home, one.treatment) == (two.home, two.treatment)
            && one.institution == two.institution;
        [
            (same_settlement, DeductionField::Settlement),
            (one.amounts == two.amounts, DeductionField::Amounts),
            (one.act == two.act, DeductionField::Reason),
        ]
        .into_iter()
        .find_map(|(same, field)| (!same).then_some(field))
    }
}

/// A deduction whose settlement was reversed: the reversal takes back everything, so what the deduction had given back is
/// given again. Both regions write it with the reversal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifted {
    /// The deduction.
    pub deduction: DeductionId,
    /// The settlement.
    pub settlement: SettlementId,
    /// The home region, which owes it again.
    pub home: RegionCode,
    /// The treatment region.
    pub treatment: RegionCode,
    /// The deduction's amounts.
    pub amounts: DeductionAmounts,
    /// Digest of the reversal's signed body.
    pub reversal: Digest,
    /// The reversal's business day.
    pub business_day: BusinessDay,
}

canonical_struct!(Lifted {
    deduction,
    settlement,
    home,
    treatment,
    amounts,
    reversal,
    business_day
});

#[cfg(test)]
mod tests;
