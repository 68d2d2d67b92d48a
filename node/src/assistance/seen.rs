//! What an officer sees of grants: one, a person's, or everyone's, page by page.

use huitong_core::id::ActId;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::assistance::{AssistanceGranted, AssistanceWithdrawn};
use huitong_core::refusal::RefusalCode;

use super::AssistanceDesk;
use crate::error::NodeError;
use crate::store::apply::Records;
use crate::store::{Key, Row, Rows, StoreError, Table};

/// The most grants of one page.
pub const PAGE: usize = 200;

/// A grant with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// As it was granted.
    pub record: AssistanceGranted,
    /// As it was withdrawn, if it was.
    pub withdrawn: Option<AssistanceWithdrawn>,
    /// The change of the person's record that stands.
    pub version: u64,
}

/// Where a list goes on: after this change of this person's record.
pub type Place = (PsnNo, u64);

/// A page of grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// By person, then in the order in which they were granted.
    pub granted: Vec<Granted>,
    /// After which the next page begins, if there is one.
    pub next: Option<Place>,
}

const OTHER_RECORD: StoreError = StoreError::Inconsistent("a grant's place holds another record");

impl AssistanceDesk {
    /// One grant.
    ///
    /// # Errors
    /// `assistance.unknown`, or the node's own trouble.
    pub async fn granted(&self, act: ActId) -> Result<Granted, NodeError> {
        self.ledger.barrier().await?;
        let found = self.read(act)?;
        found.ok_or_else(|| NodeError::refused(RefusalCode::AssistanceUnknown, act))
    }

    /// A page of grants, of one person or of everyone.
    ///
    /// # Errors
    /// `person.unknown`, or the node's own trouble.
    pub async fn list(
        &self,
        of: Option<PsnNo>,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Page, NodeError> {
        self.ledger.barrier().await?;
        if let Some(psn_no) = of
            && self.ledger.member(psn_no)?.is_none()
        {
            return Err(NodeError::refused(
                RefusalCode::UnknownPerson,
                self.region(),
            ));
        }
        let after = after.or_else(|| of.map(|psn_no| (psn_no, 0)));
        let mut places = self.places(of, after, limit.saturating_add(1))?;
        let more = places.len() > limit;
        places.truncate(limit);
        let next = places.last().filter(|_| more).map(|(place, _)| *place);
        let granted = places.into_iter();
        let granted = granted.filter_map(|(_, act)| self.read(act).transpose());
        Ok(Page {
            granted: granted.collect::<Result<_, _>>()?,
            next,
        })
    }

    /// The grants after a place, each with its own.
    pub(super) fn places(
        &self,
        of: Option<PsnNo>,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Vec<(Place, ActId)>, StoreError> {
        let rows = match after {
            None => self.ledger.scan(Table::AssistanceAt, limit)?,
            Some((psn_no, change)) => {
                let key = Key::AssistanceAt(psn_no, change);
                self.ledger.scan_after(Table::AssistanceAt, &key, limit)?
            }
        };
        let mut places = Vec::new();
        for (key, row) in rows {
            let (Key::AssistanceAt(psn_no, change), Row::AssistanceAt(act)) = (key, row) else {
                return Err(StoreError::WrongRow("AssistanceAt"));
            };
            if of.is_some_and(|of| of != psn_no) {
                break;
            }
            places.push(((psn_no, change), act));
        }
        Ok(places)
    }

    pub(super) fn read(&self, act: ActId) -> Result<Option<Granted>, StoreError> {
        let Some(row) = self.ledger.assistance(act)? else {
            return Ok(None);
        };
        // Appended and not synced yet: it is not told before it stands.
        if row.granted.frame().is_none() {
            return Ok(None);
        }
        let NodeRecord::AssistanceGranted(record) = self.ledger.record(row.granted)? else {
            return Err(OTHER_RECORD);
        };
        let withdrawn = if let Some(at) = row.withdrawn.filter(|at| at.frame().is_some()) {
            let NodeRecord::AssistanceWithdrawn(record) = self.ledger.record(at)? else {
                return Err(OTHER_RECORD);
            };
            Some(record)
        } else {
            None
        };
        let account = self.ledger.account(row.psn_no)?;
        Ok(Some(Granted {
            record,
            withdrawn,
            version: account.map_or(0, |account| account.version.change),
        }))
    }
}
