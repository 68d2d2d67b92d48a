//! What an officer of the region sees of provisional settlements: a page of them, by id.
//!
//! What was reversed since, or taken back, keeps what was once decided of it and is borne by nobody.

use huitong_core::date::BusinessDay;
use huitong_core::id::SettlementId;
use huitong_core::provisional::TrueUp;

use super::super::TreatmentRole;
use super::super::view::{TruedUpView, ViewState};
use crate::error::NodeError;
use crate::store::{Key, ProvisionalRow, Row, StoreError, Table};

/// Settlements of a page, at most.
pub const PAGE: usize = 200;

/// What became of a provisional settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// The home region has not answered yet.
    Open,
    /// The home region booked it.
    TruedUp,
    /// The home region finally refused it.
    Borne,
    /// It was trued up, and reversed since.
    Reversed,
    /// It was taken back before the home region booked it.
    TakenBack,
}

/// A provisional settlement as it is shown.
#[derive(Debug, Clone)]
pub struct GivenSeen {
    /// Its id.
    pub settlement: SettlementId,
    /// What was given, to whom and when.
    pub row: ProvisionalRow,
    /// What became of it.
    pub stands: Stands,
    /// To the fen, with the business day of the home region's word.
    pub true_up: Option<(TrueUp, BusinessDay)>,
}

impl TreatmentRole {
    /// A page of provisional settlements after one, and where the next begins.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn given(
        &self,
        after: Option<SettlementId>,
        limit: usize,
    ) -> Result<(Vec<GivenSeen>, Option<SettlementId>), NodeError> {
        let rows = match after {
            None => self.ledger.scan(Table::Provisional, limit)?,
            Some(after) => {
                let after = Key::Provisional(after);
                self.ledger.scan_after(Table::Provisional, &after, limit)?
            }
        };
        let is_full = rows.len() >= limit;
        let mut seen = Vec::with_capacity(rows.len());
        for (key, row) in rows {
            let (Key::Provisional(settlement), Row::Provisional(row)) = (key, row) else {
                return Err(StoreError::WrongRow("Provisional").into());
            };
            seen.push(self.seen(settlement, *row).await?);
        }
        let last = seen.last().map(|seen| seen.settlement);
        Ok((seen, last.filter(|_| is_full)))
    }

    async fn seen(
        &self,
        settlement: SettlementId,
        row: ProvisionalRow,
    ) -> Result<GivenSeen, NodeError> {
        let view = self.view(settlement).await?;
        let view = view.ok_or(StoreError::Inconsistent("a provisional settlement is gone"))?;
        let figures = |view: Option<Box<TruedUpView>>, day: BusinessDay| {
            view.map(|trued_up| (trued_up.true_up, day))
        };
        let (stands, true_up) = match view.state {
            ViewState::Prepared | ViewState::Provisional(_) | ViewState::BeingAbandoned => {
                (Stands::Open, None)
            }
            ViewState::Settled(settled) => {
                let day = settled.receipt.body.clearing.business_day;
                (Stands::TruedUp, figures(settled.trued_up, day))
            }
            ViewState::Reversed(reversed) => {
                let settled = reversed.settled;
                let day = settled.receipt.body.clearing.business_day;
                (Stands::Reversed, figures(settled.trued_up, day))
            }
            ViewState::Refused(refused) => {
                let day = refused.word.body.refused_at.business_day_shanghai();
                match figures(refused.borne, day) {
                    None => (Stands::TakenBack, None),
                    borne @ Some(_) => (Stands::Borne, borne),
                }
            }
            ViewState::Abandoned(_) => (Stands::TakenBack, None),
        };
        Ok(GivenSeen {
            settlement,
            row,
            stands,
            true_up,
        })
    }
}
