//! Vouchers: what one record posts, and which earlier ones it takes back.
//!
//! Vouchers are numbered in the order of the journal. A movement of money has several: it came, it counted, it went back; a
//! correction takes back all of those that stand. Deliberately absent: where vouchers are kept, which is the index's.

use huitong_core::date::Timestamp;
use huitong_core::ledger::{Entry, LedgerError};
use huitong_core::payment::BankReference;
use huitong_core::record::clearing::{PaymentRecord, PrefundRecord};
use huitong_core::region::RegionCode;
use huitong_core::{canonical_enum, canonical_struct};
use huitong_netting::NettingPlan;

use super::{entries, left_with, moved};

/// Why something was posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Netted,
    PaymentConfirmed,
    PaymentParked,
    PaymentApplied,
    PaymentReturned,
    PaymentCorrected,
    PrefundMoved,
    PrefundCorrected,
}

canonical_enum!(Cause {
    1 => Netted,
    2 => PaymentConfirmed,
    3 => PaymentParked,
    4 => PaymentApplied,
    5 => PaymentReturned,
    6 => PaymentCorrected,
    7 => PrefundMoved,
    8 => PrefundCorrected,
});

/// A movement of money: of the clearing account, or of a prefund at a holder's bank.
pub(crate) type Movement = (Option<RegionCode>, BankReference);

/// A voucher that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Booking {
    /// When it was decided.
    pub(crate) at: Timestamp,
    pub(crate) cause: Cause,
    /// The cycle's day, or the bank's reference.
    pub(crate) about: String,
    /// What it belongs to; none of a cycle.
    pub(crate) movement: Option<Movement>,
    /// At least one.
    pub(crate) entries: Vec<Entry>,
}

/// A voucher, without what it posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Voucher {
    /// When it counts from: never before the one before it.
    pub(crate) at: Timestamp,
    pub(crate) cause: Cause,
    pub(crate) about: String,
    /// Those that it takes back, ascending.
    pub(crate) corrects: Vec<u64>,
}

canonical_struct!(Voucher {
    at,
    cause,
    about,
    corrects
});

impl Booking {
    /// Whether it takes back what stands of its movement.
    pub(crate) const fn takes_back(&self) -> bool {
        match self.cause {
            Cause::PaymentCorrected | Cause::PrefundCorrected => true,
            Cause::Netted
            | Cause::PaymentConfirmed
            | Cause::PaymentParked
            | Cause::PaymentApplied
            | Cause::PaymentReturned
            | Cause::PrefundMoved => false,
        }
    }

    /// The voucher of a plan; none of one that posts nothing.
    ///
    /// # Errors
    /// As [`entries`].
    pub(crate) fn of_plan(plan: &NettingPlan, at: Timestamp) -> Result<Option<Self>, LedgerError> {
        let entries = entries(plan)?;
        Ok((!entries.is_empty()).then(|| Self {
            at,
            cause: Cause::Netted,
            about: plan.day().to_string(),
            movement: None,
            entries,
        }))
    }

    /// The voucher of a record of payments; none of one that posts nothing.
    ///
    /// # Errors
    /// As [`moved`].
    pub(crate) fn of_payment(record: &PaymentRecord) -> Result<Option<Self>, LedgerError> {
        let (line, at, cause) = match record {
            PaymentRecord::Confirmed(of) => (&of.line, of.at, Cause::PaymentConfirmed),
            PaymentRecord::Parked(of) => (&of.line, of.at, Cause::PaymentParked),
            PaymentRecord::Applied(of) => (&of.line, of.at, Cause::PaymentApplied),
            PaymentRecord::Returned(of) => (&of.line, of.at, Cause::PaymentReturned),
            PaymentRecord::Corrected(of) => (&of.line, of.at, Cause::PaymentCorrected),
            PaymentRecord::Approved(_)
            | PaymentRecord::Instructed(_)
            | PaymentRecord::MonthInstructed(_)
            | PaymentRecord::Delayed(_)
            | PaymentRecord::Joined(_) => return Ok(None),
        };
        let entries = moved(record)?;
        Ok((!entries.is_empty()).then(|| Self {
            at,
            cause,
            about: line.bank_reference.to_string(),
            movement: Some((None, line.bank_reference)),
            entries,
        }))
    }

    /// The voucher of a record of prefunds; none of one that moves no money.
    ///
    /// # Errors
    /// As [`left_with`].
    pub(crate) fn of_prefund(record: &PrefundRecord) -> Result<Option<Self>, LedgerError> {
        let (line, at, cause) = match record {
            PrefundRecord::Moved(of) => (&of.line, of.at, Cause::PrefundMoved),
            PrefundRecord::Corrected(of) => (&of.line, of.at, Cause::PrefundCorrected),
            PrefundRecord::Set(_)
            | PrefundRecord::ToppedUp(_)
            | PrefundRecord::Asked(_)
            | PrefundRecord::AskedByHolder(_)
            | PrefundRecord::Levels(_) => return Ok(None),
        };
        Ok(left_with(record)?.map(|entry| Self {
            at,
            cause,
            about: line.bank_reference.to_string(),
            movement: Some((Some(line.prefund.holder), line.bank_reference)),
            entries: vec![entry],
        }))
    }
}
