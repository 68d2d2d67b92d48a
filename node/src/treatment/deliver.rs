//! Booking receipts and reversals that a home region delivers (PROTOCOL 8, 10). What is acknowledged is
//! durably booked.

use std::sync::Arc;

use huitong_core::person::PersonRef;
use huitong_core::receipt::Receipt;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::reversal::{HomeWord, Reversal};

use super::TreatmentRole;
use super::records::{Book, Step};
use super::verify::{ReceiptFault, about_reversal};
use crate::error::NodeError;
use crate::peers::Home;
use crate::store::{Rows, SettlementRow, SettlementState, StoreError, is_erased};

impl TreatmentRole {
    /// Books what is not booked yet; up to which number the region's stream is held then.
    ///
    /// # Errors
    /// A refusal when a receipt or reversal is not the caller's or not for this region; the node's own
    /// trouble.
    pub async fn take_delivered(
        self: &Arc<Self>,
        caller: RegionCode,
        delivered: Vec<HomeWord>,
    ) -> Result<u64, NodeError> {
        for word in delivered {
            let part = &word.receipt.body.clearing;
            let foreign = |home, treatment| home != caller || treatment != self.region;
            let other = word.reversal.as_ref().is_some_and(|reversal| {
                let part = &reversal.body.clearing;
                foreign(part.home, part.treatment)
            });
            if other || foreign(part.home, part.treatment) {
                return Err(NodeError::refused(
                    RefusalCode::IdentityMismatch,
                    part.settlement,
                ));
            }
            let home = self.home(caller)?;
            if !self.book_word(word, &home).await? {
                break;
            }
        }
        // What another task books of it at this moment counts once it is on disk: before the wait, or not at all.
        self.ledger.barrier().await?;
        Ok(self.receipts_held(caller)?)
    }

    /// Whether everything of it is booked now, by this or before. What is not holds up what comes after it.
    pub(super) async fn book_word(&self, word: HomeWord, home: &Home) -> Result<bool, NodeError> {
        let settlement = word.receipt.body.clearing.settlement;
        self.ledger.barrier().await?;
        let Some(row) = self.ledger.settlement(settlement)? else {
            if is_erased(&*self.ledger, settlement)? {
                // It was booked while the person was known.
                return Ok(true);
            }
            tracing::error!(%settlement, "a receipt for a settlement that is not known here");
            return Ok(false);
        };
        if !row.is_written() {
            // It is being adjudicated again or booked at this moment; the next delivery finds it done.
            return Ok(false);
        }
        match &row.state {
            SettlementState::Refused(_) | SettlementState::Abandoned(_) => {
                tracing::error!(%settlement, "a receipt for a settlement that ended without one");
                return Ok(false);
            }
            SettlementState::Reversed(_) => return Ok(true),
            SettlementState::Settled(_) if word.reversal.is_none() => return Ok(true),
            SettlementState::Prepared | SettlementState::Settled(_) => {}
        }
        let attempt = self.attempt(&row)?;
        let cash = attempt.decision.cash;
        let checked = match &row.state {
            SettlementState::Prepared => self.verified.check(&word.receipt, &attempt, home),
            SettlementState::Settled(_)
            | SettlementState::Reversed(_)
            | SettlementState::Refused(_)
            | SettlementState::Abandoned(_) => Ok(()),
        };
        let checked = match (checked, &word.reversal) {
            (Err(fault), _) => Err(fault),
            (Ok(()), None) => Ok(()),
            (Ok(()), Some(reversal)) => {
                let booked = self.booked_receipt(&row, &word)?;
                self.check_reversal(reversal, &booked, attempt.prepared.claim.person, home)
            }
        };
        if let Err(fault) = checked {
            tracing::error!(%settlement, %fault, "a delivered receipt or reversal is not accepted");
            return Ok(false);
        }
        let is_reversal = word.reversal.is_some();
        let step = self.writer.run(Book { word, cash }).await?.answer;
        let row = self.ledger.settlement(settlement)?;
        let state = row
            .ok_or(StoreError::Inconsistent("a settlement is gone"))?
            .state;
        Ok(match state {
            SettlementState::Reversed(_) => true,
            SettlementState::Settled(_) => !is_reversal || step == Step::Taken,
            SettlementState::Prepared
            | SettlementState::Refused(_)
            | SettlementState::Abandoned(_) => false,
        })
    }

    /// The receipt that a reversal must be of: the one that is booked here, else the one that came with it.
    fn booked_receipt(&self, row: &SettlementRow, word: &HomeWord) -> Result<Receipt, StoreError> {
        match &row.state {
            SettlementState::Settled(at) => self.receipt_booked_at(*at),
            SettlementState::Prepared
            | SettlementState::Reversed(_)
            | SettlementState::Refused(_)
            | SettlementState::Abandoned(_) => Ok(word.receipt.clone()),
        }
    }

    fn check_reversal(
        &self,
        reversal: &Reversal,
        receipt: &Receipt,
        person: PersonRef,
        home: &Home,
    ) -> Result<(), ReceiptFault> {
        about_reversal(reversal, receipt, person)?;
        self.verified.signed_reversal(reversal, home)
    }
}
