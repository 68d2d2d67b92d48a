//! What an officer sees of recorded settlements: one, or a person's, page by page.

use huitong_core::external::CoreId;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::external::{ExternalNoted, ExternalWithdrawn};
use huitong_core::refusal::RefusalCode;

use super::ExternalDesk;
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::store::apply::Records;
use crate::store::{ExternalRow, Key, Location, Row, Rows, StoreError, Table};

/// The most settlements of one page.
pub const PAGE: usize = 200;

/// A settlement with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// As it was recorded.
    pub noted: ExternalNoted,
    /// As it was withdrawn, if it was.
    pub withdrawn: Option<ExternalWithdrawn>,
    /// The settlement that corrects it.
    pub corrected_by: Option<CoreId>,
    /// The change of the person's record that stands.
    pub version: u64,
}

/// A page of a person's settlements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In the order in which they were recorded.
    pub recorded: Vec<Recorded>,
    /// After which change of the record the next page begins, if there is one.
    pub next: Option<u64>,
}

impl ExternalDesk {
    /// One settlement.
    ///
    /// # Errors
    /// `settlement.not_found`, or the node's own trouble.
    pub async fn recorded(&self, core_id: &CoreId) -> Result<Recorded, NodeError> {
        self.ledger.barrier().await?;
        let row = self.ledger.external(core_id.clone())?;
        let row = row.ok_or_else(|| NodeError::refused(RefusalCode::NotFound, core_id))?;
        Ok(self.read(row)?)
    }

    /// A page of a person's settlements recorded after a change of the record.
    ///
    /// # Errors
    /// `person.unknown`, or the node's own trouble.
    pub async fn of_person(
        &self,
        psn_no: PsnNo,
        after: u64,
        limit: usize,
    ) -> Result<Page, NodeError> {
        self.ledger.barrier().await?;
        if self.ledger.member(psn_no)?.is_none() {
            return Err(NodeError::refused(
                RefusalCode::UnknownPerson,
                self.region(),
            ));
        }
        let mut keys = keys(&self.ledger, psn_no, after, limit.saturating_add(1))?;
        let more = keys.len() > limit;
        keys.truncate(limit);
        let next = keys.last().filter(|_| more).map(|(change, _)| *change);
        let mut recorded = Vec::new();
        for (_, core_id) in keys {
            let row = self.ledger.external(core_id)?;
            let row = row.ok_or(GONE)?;
            recorded.push(self.read(row)?);
        }
        Ok(Page { recorded, next })
    }

    fn read(&self, row: ExternalRow) -> Result<Recorded, StoreError> {
        let withdrawn = if let Some(at) = row.withdrawn {
            let NodeRecord::ExternalWithdrawn(record) = self.ledger.record(at)? else {
                return Err(OTHER_RECORD);
            };
            Some(record)
        } else {
            None
        };
        let account = self.ledger.account(row.psn_no)?;
        Ok(Recorded {
            noted: noted(&self.ledger, row.noted)?,
            withdrawn,
            corrected_by: row.corrected_by,
            version: account.map_or(0, |account| account.version.change),
        })
    }
}

const OTHER_RECORD: StoreError =
    StoreError::Inconsistent("a settlement's place holds another record");

/// All that stands of what was recorded for a person.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub fn standing(ledger: &Ledger, psn_no: PsnNo) -> Result<Vec<ExternalNoted>, StoreError> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = keys(ledger, psn_no, after, PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(found);
        };
        after = *last;
        for (_, core_id) in page {
            let row = ledger.external(core_id)?.ok_or(GONE)?;
            if row.withdrawn.is_none() {
                found.push(noted(ledger, row.noted)?);
            }
        }
    }
}

/// What was recorded for a person before a change of the record and withdrawn after it.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub fn withdrawn_since(
    ledger: &Ledger,
    psn_no: PsnNo,
    change: u64,
) -> Result<Vec<ExternalNoted>, StoreError> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = keys(ledger, psn_no, after, PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(found);
        };
        after = *last;
        for (noted_at, core_id) in page {
            let row = ledger.external(core_id)?.ok_or(GONE)?;
            let Some(at) = row.withdrawn.filter(|_| noted_at < change) else {
                continue;
            };
            let NodeRecord::ExternalWithdrawn(record) = ledger.record(at)? else {
                return Err(OTHER_RECORD);
            };
            if record.after.change > change {
                found.push(noted(ledger, row.noted)?);
            }
        }
    }
}

const GONE: StoreError = StoreError::Inconsistent("a listed settlement is gone");

/// The ids of a person's settlements after a change of the record, with the change that each made.
fn keys(
    ledger: &Ledger,
    psn_no: PsnNo,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, CoreId)>, StoreError> {
    let after = Key::ExternalOf(psn_no, after);
    let rows = ledger.scan_after(Table::ExternalOf, &after, limit)?;
    let mut keys = Vec::new();
    for (key, row) in rows {
        let (Key::ExternalOf(whose, change), Row::ExternalOf(core_id)) = (key, row) else {
            return Err(StoreError::WrongRow("ExternalOf"));
        };
        if whose != psn_no {
            break;
        }
        keys.push((change, core_id));
    }
    Ok(keys)
}

fn noted(ledger: &Ledger, at: Location) -> Result<ExternalNoted, StoreError> {
    let NodeRecord::ExternalNoted(noted) = ledger.record(at)? else {
        return Err(OTHER_RECORD);
    };
    Ok(noted)
}
