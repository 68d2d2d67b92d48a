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
use huitong_core::date::Timestamp;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::SignedFen;
use huitong_core::officer::OfficerName;
use huitong_core::payable::{Month, Payout};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::CorrectionReason;
use huitong_transport::aside;
use tokio::sync::Mutex;

use self::records::{Correct, Entered, Pay};
use self::seen::Payable;
use crate::clock::Clock;
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::store::{Rows, StoreError};
use crate::writer::Writer;

/// Until when institutions are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayableRule {
    /// Until which day of the next month an institution applies, 1 to 28.
    pub apply_by_day: u8,
    /// Within how many business days after that it is paid.
    pub pay_within_days: u32,
    /// Until which day of the next month an institution takes back what it confirmed, 1 to 28.
    pub confirm_by_day: u8,
}

impl PayableRule {
    /// By the tenth of the next month, and paid within 20 working days; confirmed by the twentieth.
    pub const STANDARD: Self = Self {
        apply_by_day: 10,
        pay_within_days: 20,
        confirm_by_day: 20,
    };
}

/// Whether a payment above what remains is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AboveDue {
    /// The officer says so.
    Meant,
    /// It would be a mistake.
    Refused,
}

/// The officers' and institutions' side.
pub struct PayableDesk {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    calendar: Arc<Calendar>,
    clock: Arc<dyn Clock>,
    rule: PayableRule,
    /// One payment is entered or taken out at a time: each of two may remain to be paid, and not both; and one that stands
    /// under a reference, so that nothing is asked of what remains, stands until the writer has looked at it.
    entering: Mutex<()>,
}

impl PayableDesk {
    /// Over a node's ledger and writer.
    #[must_use]
    pub fn new(
        region: RegionCode,
        (ledger, writer): (Arc<Ledger>, Arc<Writer>),
        calendar: Arc<Calendar>,
        clock: Arc<dyn Clock>,
        rule: PayableRule,
    ) -> Self {
        Self {
            region,
            ledger,
            writer,
            calendar,
            clock,
            rule,
            entering: Mutex::new(()),
        }
    }

    /// Enters a payment; the month as it stands by it. One of more than remains is refused, unless it is meant.
    ///
    /// # Errors
    /// A refusal: nothing was entered then; the node's own trouble.
    pub async fn pay(
        self: &Arc<Self>,
        payout: Payout,
        above: AboveDue,
        officer: OfficerName,
    ) -> Result<Payable, NodeError> {
        let of = self.known(payout.institution)?;
        let month = payout.month.clone();
        let _turn = self.entering.lock().await;
        if above == AboveDue::Refused {
            self.remains_of(&payout).await?;
        }
        let command = Pay { payout, officer };
        let entered = self.writer.run(command).await?.answer;
        self.after(entered, of, month).await
    }

    /// Takes a payment out; the month as it stands without it.
    ///
    /// # Errors
    /// As [`PayableDesk::pay`].
    pub async fn correct(
        self: &Arc<Self>,
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
        let turn = self.entering.lock().await;
        let entered = self.writer.run(command).await?.answer;
        drop(turn);
        self.after(entered, of, month).await
    }

    /// Refuses a payment of more than remains. One that stands under its reference is looked at by the writer.
    async fn remains_of(self: &Arc<Self>, payout: &Payout) -> Result<(), NodeError> {
        let known = self.ledger.payout(payout.reference)?;
        if known.is_some_and(|known| known.corrected.is_none()) {
            return Ok(());
        }
        let (of, month) = (payout.institution, payout.month.clone());
        let stands = self.after(Entered::Done, of, month).await?;
        let remains = stands.remains();
        if payout.amount.get() > remains {
            let remains = SignedFen::new(remains);
            let remains = remains.map_err(|_| StoreError::Range("what an institution is owed"))?;
            return Err(NodeError::refused(RefusalCode::PayoutExceeds, remains));
        }
        Ok(())
    }

    /// The month as it stands: many rows of a large hospital, so they are read beside everything else.
    async fn after(
        self: &Arc<Self>,
        entered: Entered,
        of: InstitutionCode,
        month: Month,
    ) -> Result<Payable, NodeError> {
        if let Entered::Refused(refusal) = entered {
            return Err(refusal.into());
        }
        let desk = Arc::clone(self);
        let read = aside(move || desk.payable(of, &month)).await;
        let read = read.map_err(|_| NodeError::refused(RefusalCode::Overloaded, of))?;
        Ok(read?)
    }

    /// The calendar of business days that it counts by, and until which day confirmations are taken back.
    #[must_use]
    pub fn confirming(&self) -> (Arc<Calendar>, u8) {
        (Arc::clone(&self.calendar), self.rule.confirm_by_day)
    }

    /// When the node was restored from a backup, if it was: payments that were entered after the backup are lost, and
    /// nobody can give them back.
    ///
    /// # Errors
    /// [`StoreError`] when that cannot be read.
    pub fn restored(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.ledger.restored()?.map(|restored| restored.since))
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

#[cfg(test)]
mod tests;
