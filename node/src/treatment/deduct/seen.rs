//! Deductions as officers and institutions see them: one, or a page by the days on which they were ordered.

use huitong_core::date::BusinessDay;
use huitong_core::deduction::{DeductionAct, DeductionBody, DeductionNote, DeductionVerdict};
use huitong_core::id::DeductionId;
use huitong_core::institution::InstitutionCode;
use huitong_core::officer::OfficerName;
use huitong_core::record::NodeRecord;
use huitong_core::refusal::Refusal;
use huitong_core::vocabulary::DeductionEndReason;

use crate::home::deduction::words::{order_at, word_at};
use crate::store::apply::Records;
use crate::store::{DeductionRow, DeductionState, Key, Location, Row, Rows, StoreError, Table};
use crate::treatment::TreatmentRole;

/// Deductions of a page, at most.
pub const PAGE: usize = 200;
/// Deductions that are looked through for a page: of all institutions, where one asks.
const LOOKED_AT: usize = 4_000;

/// Where a page ends.
pub type Place = (BusinessDay, DeductionId);

/// A deduction as it stands.
#[derive(Debug, Clone)]
pub struct DeductionSeen {
    /// Its id.
    pub deduction: DeductionId,
    /// What it is.
    pub row: DeductionRow,
    /// Who ordered it.
    pub officer: Option<OfficerName>,
    /// What the institution was told last.
    pub note: Option<DeductionNote>,
    /// The business day of its legs, once it was accepted.
    pub business_day: Option<BusinessDay>,
    /// Why it, or its withdrawal, was refused.
    pub refusal: Option<Refusal>,
    /// Why it is or was to be withdrawn.
    pub end_reason: Option<DeductionEndReason>,
    /// The business day on which it ended.
    pub ended_on: Option<BusinessDay>,
}

/// Which deductions are listed.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    /// Ordered on this day or later.
    pub from: BusinessDay,
    /// Ordered on this day or earlier.
    pub until: BusinessDay,
    /// Of this institution alone.
    pub institution: Option<InstitutionCode>,
    /// Where the page before ended.
    pub after: Option<Place>,
    /// How many at most.
    pub limit: usize,
}

impl TreatmentRole {
    /// A deduction as it stands.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn deduction(&self, deduction: DeductionId) -> Result<Option<DeductionSeen>, StoreError> {
        let row = self.ledger.deduction(deduction)?;
        row.map(|row| self.seen_deduction(deduction, row))
            .transpose()
    }

    /// A page of deductions by day, and where the next begins.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn deductions(
        &self,
        listed: Listed,
    ) -> Result<(Vec<DeductionSeen>, Option<Place>), StoreError> {
        let first = (listed.from, DeductionId::from_bytes([0; 16]));
        let after = listed.after.unwrap_or(first).max(first);
        let key = Key::DeductionOn(after.0, after.1);
        let rows = self
            .ledger
            .scan_after(Table::DeductionOn, &key, LOOKED_AT)?;
        let mut rest = (rows.len() >= LOOKED_AT).then_some(());
        let (mut seen, mut last) = (Vec::new(), None);
        for (key, row) in rows {
            let (Key::DeductionOn(on, deduction), Row::DeductionOn(of)) = (key, row) else {
                return Err(StoreError::WrongRow("DeductionOn"));
            };
            if on > listed.until {
                rest = None;
                break;
            }
            if seen.len() >= listed.limit {
                rest = Some(());
                break;
            }
            last = Some((on, deduction));
            if listed.institution.is_none_or(|wanted| wanted == of) {
                let found = self.deduction(deduction)?;
                seen.push(found.ok_or(StoreError::Inconsistent("a listed deduction is gone"))?);
            }
        }
        Ok((seen, rest.and(last)))
    }

    fn seen_deduction(
        &self,
        deduction: DeductionId,
        row: DeductionRow,
    ) -> Result<DeductionSeen, StoreError> {
        let order = |at: Option<Location>| {
            let at = at.filter(|at| at.frame().is_some());
            at.map(|at| order_at(&self.ledger, at)).transpose()
        };
        let (ordered, withdrawal) = (order(row.ordered)?, order(row.withdrawal)?);
        let answered = self.answer(row.answered)?;
        let ended = self.answer(row.ended)?;
        let accepted = |verdict: &Option<DeductionVerdict>| match verdict {
            Some(DeductionVerdict::Accepted(day)) => Some(*day),
            Some(DeductionVerdict::Refused(_)) | None => None,
        };
        let refusal = |verdict: &Option<DeductionVerdict>| match verdict {
            Some(DeductionVerdict::Refused(refusal)) => Some(refusal.clone()),
            Some(DeductionVerdict::Accepted(_)) | None => None,
        };
        let lifted = row.ended.filter(|_| row.state == DeductionState::Lifted);
        let lifted_on = lifted.map(|at| self.lifted_on(at)).transpose()?.flatten();
        let (business_day, ended_on) = (accepted(&answered), accepted(&ended).or(lifted_on));
        let refusal = refusal(&ended).or_else(|| refusal(&answered));
        let end_reason = self.end_reason(&row)?;
        let first_note = ordered.as_ref().and_then(|(_, record)| record.note.clone());
        let last_note = withdrawal.and_then(|(_, record)| record.note);
        Ok(DeductionSeen {
            deduction,
            officer: self.ordered_by(&row)?,
            note: last_note.or(first_note),
            business_day,
            refusal,
            end_reason,
            ended_on,
            row,
        })
    }

    /// Who ordered it: as it was ordered, or, when that was lost with a disk, as the home region answered it.
    fn ordered_by(&self, row: &DeductionRow) -> Result<Option<OfficerName>, StoreError> {
        let body = self.ordered_or_answered(row.ordered, row.answered)?;
        Ok(body.map(|body| body.officer))
    }

    /// Why it was withdrawn, if it was or is to be.
    pub(super) fn end_reason(
        &self,
        row: &DeductionRow,
    ) -> Result<Option<DeductionEndReason>, StoreError> {
        let body = self.ordered_or_answered(row.withdrawal, row.ended)?;
        Ok(body.and_then(|body| match body.act {
            DeductionAct::Deduct(_) => None,
            DeductionAct::Withdraw(reason) => Some(reason),
        }))
    }

    /// What was ordered: from the order, or from the home region's word on it.
    fn ordered_or_answered(
        &self,
        order: Option<Location>,
        word: Option<Location>,
    ) -> Result<Option<DeductionBody>, StoreError> {
        let is_there = |at: &Location| at.frame().is_some();
        if let Some(at) = order.filter(is_there) {
            return Ok(Some(order_at(&self.ledger, at)?.0.body));
        }
        let Some(at) = word.filter(is_there) else {
            return Ok(None);
        };
        if let NodeRecord::DeductionLifted(_) = self.ledger.record(at)? {
            return Ok(None);
        }
        Ok(Some(word_at(&self.ledger, at)?.order.body))
    }

    /// The home region's word at a place, if there is one there.
    fn answer(&self, at: Option<Location>) -> Result<Option<DeductionVerdict>, StoreError> {
        let Some(at) = at.filter(|at| at.frame().is_some()) else {
            return Ok(None);
        };
        if let NodeRecord::DeductionLifted(_) = self.ledger.record(at)? {
            return Ok(None);
        }
        Ok(Some(word_at(&self.ledger, at)?.answer.body.verdict))
    }

    fn lifted_on(&self, at: Location) -> Result<Option<BusinessDay>, StoreError> {
        if at.frame().is_none() {
            return Ok(None);
        }
        let record = self.ledger.record(at)?;
        Ok(if let NodeRecord::DeductionLifted(record) = record {
            Some(record.lifted.business_day)
        } else {
            None
        })
    }
}
