//! Coming back to what was left open: at start every prepared settlement, every intended reversal and every ordered
//! deduction counts as sent.

use std::sync::Arc;

use huitong_core::id::SettlementId;
use huitong_transport::Deadline;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::TreatmentRole;
use crate::chance::jittered;
use crate::store::{Key, Rows as _, SettlementState, StoreError, Table};

/// Open settlements that are driven at once.
const AT_ONCE: usize = 64;
/// Open settlements that are looked at in one round.
const OPEN_AT_MOST: usize = 100_000;

impl TreatmentRole {
    /// Looks at open settlements until told to stop: at once, then at intervals.
    pub async fn resolve(self: Arc<Self>, stop: CancellationToken) {
        loop {
            if let Err(error) = self.resolve_open(&stop).await {
                tracing::error!(%error, "open settlements cannot be read");
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(jittered(&*self.chance, self.timing.resolve_every)) => {}
            }
        }
    }

    async fn resolve_open(self: &Arc<Self>, stop: &CancellationToken) -> Result<(), StoreError> {
        self.forget_credentials()?;
        let open = self.open_settlements(OPEN_AT_MOST)?;
        let wishes = self.open_reversals(OPEN_AT_MOST)?;
        let deductions = self.open_deductions(OPEN_AT_MOST)?;
        let mut driven = JoinSet::new();
        let all = async {
            // Wishes first: what an institution takes back needs not be booked before.
            for (reversal, settlement) in wishes {
                if driven.len() >= AT_ONCE {
                    driven.join_next().await;
                }
                let role = Arc::clone(self);
                driven.spawn(async move {
                    let due = role.in_a_round();
                    drop(role.reverse_and_wait(reversal, settlement, due).await);
                });
            }
            for settlement in open {
                if driven.len() >= AT_ONCE {
                    driven.join_next().await;
                }
                let role = Arc::clone(self);
                driven.spawn(async move {
                    let due = role.in_a_round();
                    // What is not resolved now is looked at again; the reason is logged where it arises.
                    drop(role.drive_and_wait(settlement, None, due).await);
                });
            }
            for deduction in deductions {
                if driven.len() >= AT_ONCE {
                    driven.join_next().await;
                }
                let role = Arc::clone(self);
                driven.spawn(async move {
                    if let Err(error) = role.ask_for(deduction).await {
                        tracing::warn!(%deduction, %error, "the home region has not answered a deduction");
                    }
                });
            }
            while driven.join_next().await.is_some() {}
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = all => {}
        }
        Ok(())
    }

    /// Forgets what was read for claims that have come to their outcome another way than by being driven.
    fn forget_credentials(&self) -> Result<(), StoreError> {
        for settlement in self.credentials.of_which() {
            let row = self.ledger.settlement(settlement)?;
            if row.is_none_or(|row| row.state != SettlementState::Prepared) {
                self.credentials.forget(settlement);
            }
        }
        Ok(())
    }

    /// By when a round goes on without what it has begun.
    fn in_a_round(&self) -> Deadline {
        Deadline::after(self.timing.commit.saturating_add(self.timing.ask))
    }

    /// The settlements whose outcome is not known, at most so many.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn open_settlements(&self, at_most: usize) -> Result<Vec<SettlementId>, StoreError> {
        let rows = self.ledger.scan(Table::Open, at_most)?;
        let id = |key: Key| {
            if let Key::Open(settlement) = key {
                Some(settlement)
            } else {
                None
            }
        };
        Ok(rows.into_iter().filter_map(|(key, _)| id(key)).collect())
    }
}
