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
//! | `readings` | How many read at once? |
//! | [`seen`] | Who has reconciled which days? |
//! | [`unsure`] | And after a restore, which days does nobody else know? |
//!
//! Not here: what is owed and paid ([`crate::payables`]), and settlements of people who were erased since.

pub mod book;
pub mod compare;
pub mod line;
pub mod month;
mod readings;
pub mod records;
pub mod seen;
pub mod unsure;

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

use self::month::MonthSeen;
use self::readings::Readings;
use self::records::{Confirm, Reconcile, RollBack, SetMonth, Told};
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::store::{Rows, StoreError};
use crate::writer::Writer;

/// The most lines that an institution sends at once.
pub const LINES: usize = 500;

/// What institutions and officers ask of an institution's own accounts.
pub struct AccountDesk {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    calendar: Arc<Calendar>,
    confirm_by_day: u8,
    readings: Readings,
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
            readings: Readings::default(),
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
        let read = self.read(move |desk| desk.days(institution, span, setting));
        let (own, days) = read.await?;
        let command = Reconcile {
            institution,
            span,
            setting,
            stated,
            own,
            days,
        };
        match self.writer.run(command).await?.answer {
            Told::Done(()) => Ok(own),
            Told::Refused(refusal) => Err(refusal.into()),
        }
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
        // Whatever keeps it from being answered keeps it from being written.
        self.confirm_by(&month).map_err(calendar)?;
        let reading = self.readings.begin()?;
        let command = SetMonth {
            institution,
            month: month.clone(),
            standing,
            officer,
        };
        self.writer.run(command).await?;
        let desk = Arc::clone(self);
        reading.run(move || desk.month(institution, &month)).await
    }

    /// Reads rows beside everything else, when not too many do so already.
    ///
    /// # Errors
    /// A refusal when too many read; the node's own trouble.
    pub async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Self) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, NodeError> {
        let desk = Arc::clone(self);
        self.readings.begin()?.run(move || read(&desk)).await
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
