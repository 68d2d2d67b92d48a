//! Checks as officers of either region see them.

use huitong_core::date::BusinessDay;
use huitong_core::expense_check::{Finding, SignedCheckWord};
use huitong_core::id::{CheckId, DeductionId};
use huitong_core::vocabulary::CheckStanding;

use super::CheckDesk;
use super::facts::is_reversed;
use super::words::word_at;
use crate::store::{
    CheckRow, DeductionState, HomeDeductionState, Key, Row, Rows, StoreError, Table,
};

/// Checks of one page.
pub const PAGE: usize = 200;

/// A check as it stands today.
#[derive(Debug, Clone)]
pub struct CheckSeen {
    /// Its row.
    pub row: CheckRow,
    /// How it stands.
    pub standing: CheckStanding,
    /// How often a day to answer by has passed without an answer.
    pub late: u32,
    /// How the deduction that the answer names stands in the own book; none when none is named, or it is not known here.
    pub deduction: Option<(DeductionId, Option<DeductionState>)>,
}

impl CheckDesk {
    /// One check.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn check(&self, check: CheckId) -> Result<Option<CheckSeen>, StoreError> {
        let row = self.parts.ledger.check(check)?;
        row.map(|row| self.seen(row)).transpose()
    }

    /// What was said in a check, in its order.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn words(&self, row: &CheckRow) -> Result<Vec<SignedCheckWord>, StoreError> {
        let written = row.places.iter().filter(|at| at.frame().is_some());
        written.map(|at| word_at(&self.parts.ledger, *at)).collect()
    }

    /// A page of checks by id, and after which the next begins.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn checks(
        &self,
        after: Option<CheckId>,
        limit: usize,
    ) -> Result<(Vec<CheckSeen>, Option<CheckId>), StoreError> {
        let first = after.unwrap_or(CheckId::from_bytes([0; 16]));
        let limit = limit.clamp(1, PAGE);
        let ledger = &self.parts.ledger;
        let rows = ledger.scan_after(Table::Check, &Key::Check(first), limit)?;
        let is_rest = rows.len() >= limit;
        let mut seen = Vec::with_capacity(rows.len());
        for (_, row) in rows {
            let Row::Check(row) = row else {
                return Err(StoreError::WrongRow("Check"));
            };
            seen.push(self.seen(row)?);
        }
        let last = seen.last().map(|seen| seen.row.course.check);
        Ok((seen, last.filter(|_| is_rest)))
    }

    fn seen(&self, row: CheckRow) -> Result<CheckSeen, StoreError> {
        let course = &row.course;
        let today = self.parts.clock.now().business_day_shanghai();
        let of = (course.treatment, course.ask.settlement);
        let said = course.standing(today);
        let standing = if row.refused.is_some() {
            CheckStanding::Refused
        } else if said.is_open() && is_reversed(&*self.parts.ledger, self.parts.region, of)? {
            CheckStanding::Reversed
        } else {
            said
        };
        Ok(CheckSeen {
            late: late(&row, standing, today),
            deduction: self.deduction_of(&row)?,
            standing,
            row,
        })
    }

    fn deduction_of(
        &self,
        row: &CheckRow,
    ) -> Result<Option<(DeductionId, Option<DeductionState>)>, StoreError> {
        let Some(Finding::Discrepancy {
            deduction: Some(named),
            ..
        }) = row.course.finding()
        else {
            return Ok(None);
        };
        let (ledger, course) = (&self.parts.ledger, &row.course);
        let state = if course.treatment == self.parts.region {
            ledger.deduction(*named)?.map(|row| row.state)
        } else {
            let row = ledger.home_deduction(course.treatment, *named)?;
            row.map(|row| match row.state {
                HomeDeductionState::Refused => DeductionState::Refused,
                HomeDeductionState::Stands => DeductionState::Stands,
                HomeDeductionState::Withdrawn => DeductionState::Withdrawn,
                HomeDeductionState::Lifted => DeductionState::Lifted,
            })
        };
        Ok(Some((*named, state)))
    }
}

/// What ended without an answer is late no more than it was answered late before.
fn late(row: &CheckRow, standing: CheckStanding, today: BusinessDay) -> u32 {
    if standing.is_open() {
        row.course.late_until(today)
    } else {
        row.course.late
    }
}
