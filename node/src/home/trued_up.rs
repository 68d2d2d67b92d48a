//! What an officer of the home region sees of provisional settlements of its insured: a page of them, by
//! treatment region and id, with what this region bears of each.
//!
//! What is not booked yet is not known here, and what was finally refused is the treatment region's alone.

use huitong_core::claim::Claim;
use huitong_core::date::BusinessDay;
use huitong_core::id::SettlementId;
use huitong_core::institution::InstitutionCode;
use huitong_core::person::PsnNo;
use huitong_core::provisional::TrueUp;
use huitong_core::region::RegionCode;

use super::HomeRole;
use crate::error::NodeError;
use crate::store::apply::Records as _;
use crate::store::{HomeState, Key, Row, Rows, StoreError, Table};

/// Settlements of a page, at most.
pub const PAGE: usize = 200;

/// Whether what was trued up stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked {
    /// It does.
    Stands,
    /// It is reversed, and borne by nobody.
    Reversed,
}

/// A provisional settlement that was trued up here.
#[derive(Debug, Clone)]
pub struct TruedUpSeen {
    /// The treatment region.
    pub treatment: RegionCode,
    /// Its id of the settlement.
    pub settlement: SettlementId,
    /// The institution.
    pub institution: InstitutionCode,
    /// The insured person.
    pub psn_no: PsnNo,
    /// The business day that it was booked on.
    pub business_day: BusinessDay,
    /// Whether it stands.
    pub booked: Booked,
    /// To the fen.
    pub true_up: TrueUp,
}

/// Where a page ends.
pub type Place = (RegionCode, SettlementId);

impl HomeRole {
    /// A page of what was trued up, and where the next begins.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn trued_up(
        &self,
        after: Option<Place>,
        limit: usize,
    ) -> Result<(Vec<TruedUpSeen>, Option<Place>), NodeError> {
        let rows = match after {
            None => self.ledger.scan(Table::TruedUp, limit)?,
            Some((treatment, settlement)) => {
                let after = Key::TruedUp(treatment, settlement);
                self.ledger.scan_after(Table::TruedUp, &after, limit)?
            }
        };
        // What was just written is told once it is synced.
        self.ledger.barrier().await?;
        let is_full = rows.len() >= limit;
        let mut seen = Vec::with_capacity(rows.len());
        for (key, row) in rows {
            let (Key::TruedUp(treatment, settlement), Row::TruedUp(true_up)) = (key, row) else {
                return Err(StoreError::WrongRow("TruedUp").into());
            };
            seen.push(self.seen((treatment, settlement), true_up)?);
        }
        let last = seen.last().map(|seen| (seen.treatment, seen.settlement));
        Ok((seen, last.filter(|_| is_full)))
    }

    fn seen(
        &self,
        (treatment, settlement): Place,
        true_up: TrueUp,
    ) -> Result<TruedUpSeen, StoreError> {
        let row = self.ledger.home_settlement(treatment, settlement)?;
        let state = row.map(|row| row.state);
        let (at, booked) = match state {
            Some(HomeState::Committed(at)) => (at, Booked::Stands),
            // A reversal that was only just written is not told before it is synced.
            Some(HomeState::Reversed(row)) if row.reversed.frame().is_none() => {
                (row.settled, Booked::Stands)
            }
            Some(HomeState::Reversed(row)) => (row.settled, Booked::Reversed),
            Some(HomeState::Refused(_) | HomeState::Tombstone(_)) | None => return Err(NOT_BOOKED),
        };
        let record = self.ledger.record(at)?.into_committed().ok_or(NOT_BOOKED)?;
        let business_day = record.body().clearing.business_day;
        let Claim {
            institution,
            person,
            ..
        } = record.claim;
        Ok(TruedUpSeen {
            treatment,
            settlement,
            institution: institution.code,
            psn_no: person.psn_no,
            business_day,
            booked,
            true_up,
        })
    }
}

const NOT_BOOKED: StoreError = StoreError::Inconsistent("a true-up of what is not booked");

#[cfg(test)]
mod tests;
