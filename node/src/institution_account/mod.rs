//! Institutions' own accounts at the treatment region: a day's reconciliation (日对账), and the confirmation of what they settled
//! for other regions in a month (异地清算确认).
//!
//! An institution sees itself alone. Reconciling changes nothing of the book: only that it was done, and how it came out, is
//! written. A month's lines are confirmed under the digest that each was listed with.
//!
//! | module | its question |
//! |---|---|
//! | [`book`] | What does the node's book have of an institution's days? |
//! | [`compare`] | Where is an institution's list of lines another? |
//! | [`mod@line`] | What is listed of one settlement? |
//! | [`records`] | What is written? |
//! | [`month`] | Which lines has a month, and how does it stand? |
//! | [`seen`] | Who has reconciled which days? |
//!
//! Not here: what is owed and paid ([`crate::payables`]), and settlements of people who were erased since.

pub mod book;
pub mod compare;
pub mod line;
pub mod month;
pub mod records;
pub mod seen;

use std::sync::Arc;

use huitong_core::calendar::Calendar;
use huitong_core::date::{BusinessDay, DateError};
use huitong_core::id::ConfirmationId;
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{AnsweredLine, LinesInAll, MonthStanding, Span, Totals};
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Setting;
use huitong_transport::aside;

use self::month::MonthSeen;
use self::records::{Confirm, Reconcile, RollBack, SetMonth, Told};
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::store::{Rows, StoreError};
use crate::writer::Writer;

/// What institutions and officers ask of an institution's own accounts.
pub struct AccountDesk {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    calendar: Arc<Calendar>,
    confirm_by_day: u8,
}

impl AccountDesk {
    /// Over a node's ledger and writer. Confirmations are taken back until a day of the next month, 1 to 28, or the
    /// business day after it.
    #[must_use]
    pub fn new(
        region: RegionCode,
        (ledger, writer): (Arc<Ledger>, Arc<Writer>),
        calendar: Arc<Calendar>,
        confirm_by_day: u8,
    ) -> Self {
        Self {
            region,
            ledger,
            writer,
            calendar,
            confirm_by_day,
        }
    }

    /// What the node's book has of a span, held against what an institution states of it.
    ///
    /// # Errors
    /// A refusal; the node's own trouble.
    pub async fn reconcile(
        self: &Arc<Self>,
        institution: InstitutionCode,
        (span, setting): (Span, Option<Setting>),
        stated: Totals,
    ) -> Result<Totals, NodeError> {
        let institution = self.known(institution)?;
        let desk = Arc::clone(self);
        let read = aside(move || desk.days(institution, span, setting)).await;
        let (own, days) = read.map_err(|_| NodeError::refused(RefusalCode::Overloaded, ""))??;
        let command = Reconcile {
            institution,
            span,
            setting,
            stated,
            own,
            days,
        };
        self.writer.run(command).await?;
        Ok(own)
    }

    /// Confirms lines of a month, or objects to them; the confirmation's id.
    ///
    /// # Errors
    /// A refusal: nothing was written then; the node's own trouble.
    pub async fn confirm(
        &self,
        institution: InstitutionCode,
        month: Month,
        (lines, in_all): (Vec<AnsweredLine>, LinesInAll),
    ) -> Result<ConfirmationId, NodeError> {
        let command = Confirm {
            region: self.region,
            institution: self.known(institution)?,
            month,
            lines,
            in_all,
        };
        match self.writer.run(command).await?.answer {
            Told::Done(id) => Ok(id),
            Told::Refused(refusal) => Err(refusal.into()),
        }
    }

    /// Takes a confirmation back, whole.
    ///
    /// # Errors
    /// A refusal: nothing was written then; the node's own trouble.
    pub async fn roll_back(
        &self,
        institution: InstitutionCode,
        month: Month,
        confirmation: ConfirmationId,
    ) -> Result<(), NodeError> {
        let until = self.confirm_by(&month).map_err(calendar)?;
        let command = RollBack {
            institution,
            month,
            confirmation,
            until,
        };
        match self.writer.run(command).await?.answer {
            Told::Done(()) => Ok(()),
            Told::Refused(refusal) => Err(refusal.into()),
        }
    }

    /// Closes an institution's month, or opens it again; the month as it stands by it.
    ///
    /// # Errors
    /// A refusal: nothing was written then; the node's own trouble.
    pub async fn set_month(
        self: &Arc<Self>,
        institution: InstitutionCode,
        month: Month,
        (standing, officer): (MonthStanding, OfficerName),
    ) -> Result<MonthSeen, NodeError> {
        let institution = self.known(institution)?;
        let command = SetMonth {
            institution,
            month: month.clone(),
            standing,
            officer,
        };
        self.writer.run(command).await?;
        let desk = Arc::clone(self);
        let read = aside(move || desk.month(institution, &month)).await;
        let read = read.map_err(|_| NodeError::refused(RefusalCode::Overloaded, institution))?;
        Ok(read?)
    }

    /// The day until which confirmations of a month are taken back.
    ///
    /// # Errors
    /// [`DateError`] at the end of the years that days have.
    pub fn confirm_by(&self, month: &Month) -> Result<BusinessDay, DateError> {
        self.calendar
            .at_or_after(month.in_next(self.confirm_by_day)?)
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

fn calendar(_: DateError) -> StoreError {
    StoreError::Range("the calendar's days")
}
