//! Booking receipts that a home region delivers (PROTOCOL 8). What is acknowledged is durably booked.

use std::sync::Arc;

use huitong_core::receipt::Receipt;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::TreatmentRole;
use super::records::{Book, Step};
use crate::error::NodeError;
use crate::store::{Rows, SettlementState};

impl TreatmentRole {
    /// Books what is not booked yet; up to which number the receipts of the region are held then.
    ///
    /// # Errors
    /// A refusal when a receipt is not the caller's or not for this region; the node's own trouble.
    pub async fn take_receipts(
        self: &Arc<Self>,
        caller: RegionCode,
        receipts: Vec<Receipt>,
    ) -> Result<u64, NodeError> {
        for receipt in receipts {
            let part = &receipt.body.clearing;
            if part.home != caller || part.treatment != self.region {
                return Err(NodeError::refused(
                    RefusalCode::IdentityMismatch,
                    part.settlement,
                ));
            }
            if !self.take_receipt(receipt).await? {
                break;
            }
        }
        self.ledger.barrier().await?;
        Ok(self.receipts_held(caller)?)
    }

    /// Whether the receipt is booked now; one that is not holds up those after it.
    async fn take_receipt(&self, receipt: Receipt) -> Result<bool, NodeError> {
        let settlement = receipt.body.clearing.settlement;
        let home = self.home(receipt.body.clearing.home)?;
        let Some(row) = self.ledger.settlement(settlement)? else {
            tracing::error!(%settlement, "a receipt for a settlement that is not known here");
            return Ok(false);
        };
        match row.state {
            SettlementState::Settled(_) => Ok(true),
            SettlementState::Refused(_) | SettlementState::Abandoned => {
                tracing::error!(%settlement, "a receipt for a settlement that ended without one");
                Ok(false)
            }
            SettlementState::Prepared => {
                self.ledger.barrier().await?;
                let row = self.ledger.settlement(settlement)?;
                let Some(row) = row.filter(|row| row.state == SettlementState::Prepared) else {
                    return Ok(true);
                };
                if !row.is_written() {
                    // It is being adjudicated again at this moment; the next delivery finds it settled.
                    return Ok(false);
                }
                let attempt = self.attempt(&row)?;
                if let Err(fault) = self.verified.check(&receipt, &attempt, &home) {
                    tracing::error!(%settlement, %fault, "a delivered receipt is not accepted");
                    return Ok(false);
                }
                let booked = self
                    .writer
                    .run(Book {
                        settlement,
                        receipt,
                    })
                    .await?
                    .answer;
                Ok(booked == Step::Taken)
            }
        }
    }
}
