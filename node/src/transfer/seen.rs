//! What an officer sees of transfers: a page of them, by id.

use huitong_core::date::Timestamp;
use huitong_core::id::TransferId;
use huitong_core::region::RegionCode;

use super::TransferDesk;
use crate::error::NodeError;
use crate::home::relation::is_acknowledged;
use crate::store::{Key, Row, StoreError, Table, TransferRow, TransferState};

/// Transfers of a page, at most.
pub const PAGE: usize = 200;

/// Which transfers are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those that are not done.
    Open,
}

/// A transfer as it is shown.
#[derive(Debug, Clone)]
pub struct TransferSeen {
    /// The transfer.
    pub row: TransferRow,
    /// How it stands.
    pub stands: Stands,
    /// When it was looked at.
    pub now: Timestamp,
}

/// How a transfer stands, as either home can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// Agreed.
    Agreed,
    /// Nothing is settled for the person.
    Frozen,
    /// The hand-over is written, and not acknowledged.
    HandedOver,
    /// The new home serves.
    Done,
    /// Called back.
    Cancelled,
    /// The old home refuses it.
    Refused,
}

impl TransferDesk {
    /// A page of transfers after one, and where the next begins.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn list(
        &self,
        after: Option<TransferId>,
        limit: usize,
        which: Which,
    ) -> Result<(Vec<TransferSeen>, Option<TransferId>), NodeError> {
        let rows = match after {
            None => self.ledger.scan(Table::Transfer, limit)?,
            Some(after) => {
                let after = Key::Transfer(after);
                self.ledger.scan_after(Table::Transfer, &after, limit)?
            }
        };
        self.ledger.barrier().await?;
        let is_full = rows.len() >= limit;
        let mut last = None;
        let mut seen = Vec::with_capacity(rows.len());
        for (_, row) in rows {
            if let Row::Transfer(row) = row {
                last = Some(row.order.transfer);
                let row = self.seen(*row)?;
                let is_open = matches!(
                    row.stands,
                    Stands::Agreed | Stands::Frozen | Stands::HandedOver
                );
                if is_open || which == Which::All {
                    seen.push(row);
                }
            }
        }
        Ok((seen, last.filter(|_| is_full)))
    }

    /// A transfer as it is shown.
    ///
    /// # Errors
    /// [`StoreError`] when a row cannot be read.
    pub fn seen(&self, row: TransferRow) -> Result<TransferSeen, StoreError> {
        let new_home: RegionCode = row.order.new_home;
        let stands = match &row.state {
            TransferState::Agreed => Stands::Agreed,
            TransferState::Frozen => Stands::Frozen,
            TransferState::HandedOver(number) => {
                if is_acknowledged(&*self.ledger, new_home, *number)? {
                    Stands::Done
                } else {
                    Stands::HandedOver
                }
            }
            TransferState::Arrived(_) => Stands::Done,
            TransferState::Cancelled(_) => Stands::Cancelled,
            TransferState::Refused(_) => Stands::Refused,
        };
        Ok(TransferSeen {
            row,
            stands,
            now: self.clock.now(),
        })
    }
}
