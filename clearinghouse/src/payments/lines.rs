//! What has become of a movement of money: what it counts for, what of it is parked, and whether that went back.

use std::collections::BTreeMap;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::payment::{BankLine, BankReference, PaymentReference};
use huitong_core::record::clearing::{Confirmed, Parked};
use huitong_core::vocabulary::{CorrectionReason, ParkReason};

use super::PaymentError;

/// A movement of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// As the bank told it.
    pub(crate) line: BankLine,
    /// The reference that it bears, as it was entered.
    pub(crate) bears: String,
    /// Why it was parked, if it was.
    pub(crate) why: Option<ParkReason>,
    /// What it counts for.
    pub(crate) counted: BTreeMap<PaymentReference, Fen>,
    /// The movement that took back what did not count, and its day.
    pub(crate) back: Option<(BankReference, BusinessDay)>,
    /// The movement of which this one took back what did not count.
    pub(crate) takes_back: Option<BankReference>,
    /// When it was entered.
    pub(crate) at: Timestamp,
    /// Why, by whom and when it was taken out again; none of one that stands.
    pub(crate) corrected: Option<(CorrectionReason, OfficerName, Timestamp)>,
}

impl Line {
    /// One that counts for what it bears.
    pub(super) fn confirmed(confirmed: &Confirmed) -> Self {
        Self {
            line: confirmed.line,
            bears: confirmed.reference.to_string(),
            why: None,
            counted: BTreeMap::from([(confirmed.reference, confirmed.line.amount)]),
            back: None,
            takes_back: None,
            at: confirmed.at,
            corrected: None,
        }
    }

    /// One that counts for nothing yet.
    pub(super) fn parked(parked: &Parked) -> Self {
        Self {
            line: parked.line,
            bears: parked.bears.clone(),
            why: Some(parked.why),
            counted: BTreeMap::new(),
            back: None,
            takes_back: None,
            at: parked.at,
            corrected: None,
        }
    }

    /// How much of it is parked.
    pub(crate) fn parked_rest(&self) -> Fen {
        if self.back.is_some() || self.takes_back.is_some() || self.corrected.is_some() {
            return Fen::ZERO;
        }
        let counted = self.counted.values().copied();
        counted.fold(self.line.amount, Fen::saturating_sub)
    }

    /// Whether it was taken out again for this reason.
    pub(crate) fn was_corrected_as(&self, why: CorrectionReason) -> bool {
        let corrected = self.corrected.as_ref();
        corrected.is_some_and(|(of, _, _)| *of == why)
    }

    /// How much of it counts for a payment.
    pub(crate) fn counted_for(&self, reference: PaymentReference) -> Fen {
        self.counted.get(&reference).copied().unwrap_or(Fen::ZERO)
    }

    /// Has more of it count.
    pub(super) fn count(
        &mut self,
        reference: PaymentReference,
        amount: Fen,
    ) -> Result<(), PaymentError> {
        if amount > self.parked_rest() {
            return Err(PaymentError::TooMuch(reference));
        }
        let sum = self.counted_for(reference).checked_add(amount)?;
        self.counted.insert(reference, sum);
        Ok(())
    }
}
