//! What the region's bureau owes its institutions, month by month, and what it paid them (对医疗机构的应付).
//!
//! What is owed follows from the business days of settlements, reversals and deductions; nothing of it is entered. Payments
//! are: by an officer, each under the bank's own reference, and taken out again whole when one was entered wrongly.
//!
//! | module | its question |
//! |---|---|
//! | [`records`] | What is written of a payment? |
//! | [`seen`] | What is owed, and how late is it? |
//!
//! Not here: what the treatment region bears of provisional settlements beyond the home region's word, and what of persons
//! who were erased since.

pub mod records;
pub mod seen;

use std::sync::Arc;

use huitong_core::calendar::Calendar;
use huitong_core::institution::InstitutionCode;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Payout;
use huitong_core::refusal::RefusalCode;
use huitong_core::vocabulary::CorrectionReason;

use self::records::{Correct, Entered, Pay};
use self::seen::Payable;
use crate::clock::Clock;
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::store::Rows;
use crate::writer::Writer;

/// Until when institutions are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayableRule {
    /// Until which day of the next month an institution applies, 1 to 28.
    pub apply_by_day: u8,
    /// Within how many business days after that it is paid.
    pub pay_within_days: u32,
}

impl PayableRule {
    /// By the tenth of the next month, and paid within 20 working days.
    pub const STANDARD: Self = Self {
        apply_by_day: 10,
        pay_within_days: 20,
    };
}

/// The officers' and institutions' side.
pub struct PayableDesk {
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    calendar: Arc<Calendar>,
    clock: Arc<dyn Clock>,
    rule: PayableRule,
}

impl PayableDesk {
    /// Over a node's ledger and writer.
    #[must_use]
    pub fn new(
        (ledger, writer): (Arc<Ledger>, Arc<Writer>),
        calendar: Arc<Calendar>,
        clock: Arc<dyn Clock>,
        rule: PayableRule,
    ) -> Self {
        Self {
            ledger,
            writer,
            calendar,
            clock,
            rule,
        }
    }

    /// Enters a payment; the month as it stands by it.
    ///
    /// # Errors
    /// A refusal: nothing was entered then; the node's own trouble.
    pub async fn pay(&self, payout: Payout, officer: OfficerName) -> Result<Payable, NodeError> {
        let of = self.known(payout.institution)?;
        let month = payout.month.clone();
        let command = Pay { payout, officer };
        let entered = self.writer.run(command).await?.answer;
        self.after(entered, of, &month)
    }

    /// Takes a payment out; the month as it stands without it.
    ///
    /// # Errors
    /// As [`PayableDesk::pay`].
    pub async fn correct(
        &self,
        payout: Payout,
        reason: CorrectionReason,
        officer: OfficerName,
    ) -> Result<Payable, NodeError> {
        let (of, month) = (payout.institution, payout.month.clone());
        let command = Correct {
            payout,
            reason,
            officer,
        };
        let entered = self.writer.run(command).await?.answer;
        self.after(entered, of, &month)
    }

    fn after(
        &self,
        entered: Entered,
        of: InstitutionCode,
        month: &huitong_core::payable::Month,
    ) -> Result<Payable, NodeError> {
        match entered {
            Entered::Refused(refusal) => Err(refusal.into()),
            Entered::Done => Ok(self.payable(of, month)?),
        }
    }

    fn known(&self, institution: InstitutionCode) -> Result<InstitutionCode, NodeError> {
        if self.ledger.institution(institution)?.is_none() {
            return Err(NodeError::refused(
                RefusalCode::UnknownInstitution,
                institution,
            ));
        }
        Ok(institution)
    }
}
