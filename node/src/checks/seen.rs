//! Checks as officers of either region see them. Deliberately absent: any change.

use huitong_core::date::BusinessDay;
use huitong_core::expense_check::{Finding, SignedCheckWord};
use huitong_core::id::{CheckId, SettlementId};
use huitong_core::refusal::Refusal;
use huitong_core::vocabulary::CheckStanding;

use super::words::word_at;
use super::{CheckDesk, held};
use crate::error::NodeError;
use crate::store::{
    CheckRow, DeductionState, HomeDeductionState, Key, Row, Rows, StoreError, Table,
    is_check_reversed,
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
    /// The deduction that the answer names, as the own book has it; none when none is named.
    pub deduction: Option<Named>,
    /// At the home region: until when the last answer may be confirmed or sent back.
    pub confirm_by: Option<BusinessDay>,
    /// Why the other region did not take what is to be sent, when it was last sent.
    pub held: Option<Refusal>,
}

/// A deduction that an answer names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// It is not known here.
    Unknown,
    /// It is another settlement's: this one gets nothing back by it.
    OfAnother,
    /// It is this settlement's, and stands so.
    Its(DeductionState),
}

impl Named {
    /// Of a settlement's check: whose a deduction is, and how it stands.
    fn of(found: Option<(SettlementId, DeductionState)>, settlement: SettlementId) -> Self {
        match found {
            None => Self::Unknown,
            Some((whose, state)) if whose == settlement => Self::Its(state),
            Some(_) => Self::OfAnother,
        }
    }
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

    /// Waits until everything that the rows say so far is on disk.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn on_disk(&self) -> Result<(), NodeError> {
        Ok(self.parts.ledger.barrier().await?)
    }

    /// How a check stands, and what was said in it, in its order: all of it on disk. None under an unknown id.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn shown(
        &self,
        check: CheckId,
    ) -> Result<Option<(CheckSeen, Vec<SignedCheckWord>)>, NodeError> {
        let ledger = &self.parts.ledger;
        let Some(row) = ledger.check(check)? else {
            return Ok(None);
        };
        // Before the wait: how it stands follows from other rows too, and those are to be on disk as well.
        let seen = self.seen(row)?;
        self.on_disk().await?;
        // Where its words lie is known only now; what was said meanwhile is not looked at.
        let Some(now) = ledger.check(check)? else {
            return Ok(None);
        };
        let said = seen.row.places.len();
        let places = now.places.into_iter().take(said).collect();
        let row = CheckRow { places, ..seen.row };
        let words = self.words(&row)?;
        Ok(Some((CheckSeen { row, ..seen }, words)))
    }

    /// What was said in a check, in its order.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    fn words(&self, row: &CheckRow) -> Result<Vec<SignedCheckWord>, StoreError> {
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
            seen.push(self.seen(*row)?);
        }
        let last = seen.last().map(|seen| seen.row.course.check);
        Ok((seen, last.filter(|_| is_rest)))
    }

    fn seen(&self, row: CheckRow) -> Result<CheckSeen, StoreError> {
        let course = &row.course;
        let today = self.parts.clock.now().business_day_shanghai();
        let said = course.standing(today);
        let standing = if row.refused.is_some() {
            CheckStanding::Refused
        } else if said.is_open() && is_check_reversed(&*self.parts.ledger, course)? {
            CheckStanding::Reversed
        } else {
            said
        };
        let heard = self.heard_until(course.other(self.parts.region))?;
        let confirm_by = row
            .confirm_by
            .map(|by| heard.map_or(by, |heard| by.max(heard)));
        let held_up = held(&self.held_up).get(&course.check).cloned();
        Ok(CheckSeen {
            held: held_up.filter(|_| !row.to_send().is_empty()),
            confirm_by,
            late: late(&row, standing, today),
            deduction: self.deduction_of(&row)?,
            standing,
            row,
        })
    }

    fn deduction_of(&self, row: &CheckRow) -> Result<Option<Named>, StoreError> {
        let Some(Finding::Discrepancy {
            deduction: Some(named),
            ..
        }) = row.course.finding()
        else {
            return Ok(None);
        };
        let (ledger, course) = (&self.parts.ledger, &row.course);
        let found = if course.treatment == self.parts.region {
            let row = ledger.deduction(*named)?;
            row.map(|row| (row.settlement, row.state))
        } else {
            let row = ledger.home_deduction(course.treatment, *named)?;
            row.map(|row| {
                let state = match row.state {
                    HomeDeductionState::Refused => DeductionState::Refused,
                    HomeDeductionState::Stands => DeductionState::Stands,
                    HomeDeductionState::Withdrawn => DeductionState::Withdrawn,
                    HomeDeductionState::Lifted => DeductionState::Lifted,
                };
                (row.settlement, state)
            })
        };
        Ok(Some(Named::of(found, course.ask.settlement)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_another_settlements_deduction_says_nothing_of_this_one() {
        let own = SettlementId::from_bytes([1; 16]);
        let other = SettlementId::from_bytes([2; 16]);
        let stands = DeductionState::Stands;
        assert_eq!(Named::of(None, own), Named::Unknown);
        assert_eq!(Named::of(Some((own, stands)), own), Named::Its(stands));
        assert_eq!(Named::of(Some((other, stands)), own), Named::OfAnother);
    }
}
