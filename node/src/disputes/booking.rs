//! Corrections: the settled disputes that concern the region are asked for again and again, proven, and booked once.
//!
//! How far they were looked through is remembered only while the node runs: at a start, and after a restore of the
//! clearinghouse, all are looked at again, and what is booked already stays as it is.

use std::sync::PoisonError;
use std::time::Duration;

use huitong_core::canonical::Artifact as _;
use huitong_core::dispute::history::DisputeHistory;
use huitong_core::leg::Side;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::records::{Book, Booked, IsBooked};
use super::report::DisputeClient;
use super::{DisputeDesk, proof};
use crate::chance::jittered;
use crate::error::NodeError;

/// How often it is asked for what is settled.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The longest wait after a failure.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How far settled disputes were looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cursor {
    /// The clearinghouse's incarnation; 0 before it was asked.
    incarnation: u32,
    /// The last number.
    number: u64,
}

/// Whether all that was looked at is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looked {
    All,
    /// Something was not.
    Unproven,
}

impl DisputeDesk {
    /// Books what is settled until told to stop; at once over where there is no clearinghouse.
    pub async fn run(self: std::sync::Arc<Self>, stop: CancellationToken) {
        let Some(client) = &self.client else {
            return;
        };
        let mut wait = LOOK_EVERY;
        loop {
            let outcome = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                outcome = self.look(client) => outcome,
            };
            match outcome {
                Ok(Looked::All) => wait = LOOK_EVERY,
                Ok(Looked::Unproven) => wait = wait.saturating_mul(2).min(LONGEST_WAIT),
                Err(error) => {
                    tracing::warn!(
                        error = error.message(),
                        "settled disputes were not looked at"
                    );
                    wait = wait.saturating_mul(2).min(LONGEST_WAIT);
                }
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(jittered(&*self.chance, wait)) => {}
            }
        }
    }

    /// Books all that is settled and new. The cursor stays before the first that is not proven, so that it is looked at
    /// again: a root or a revocation list may be taken in later.
    async fn look(&self, client: &DisputeClient) -> Result<Looked, Status> {
        let mut looked = Looked::All;
        let mut after = self.cursor().number;
        loop {
            let before = self.cursor();
            let page = client.corrections(after).await?;
            if before.incarnation != page.incarnation && after > 0 {
                // Restored since, it may give numbers anew.
                self.note(Cursor::default());
                (looked, after) = (Looked::All, 0);
                continue;
            }
            let proven = self.book_page(page.histories, (after, page.up_to)).await?;
            if looked == Looked::All {
                let (incarnation, number) = (page.incarnation, proven);
                self.note(Cursor {
                    incarnation,
                    number,
                });
            }
            if proven < page.up_to {
                looked = Looked::Unproven;
            }
            after = page.up_to;
            if !page.more {
                return Ok(looked);
            }
        }
    }

    /// Books a page; up to which number all of it is proven.
    pub(super) async fn book_page(
        &self,
        histories: Vec<DisputeHistory>,
        (after, up_to): (u64, u64),
    ) -> Result<u64, NodeError> {
        let (mut proven, mut looked) = (after, Looked::All);
        for history in histories {
            let number = history.outcome.as_ref().map(|it| it.outcome.number);
            match (self.book(history).await?, looked) {
                (Looked::All, Looked::All) => proven = number.unwrap_or(proven),
                (Looked::All | Looked::Unproven, _) => looked = Looked::Unproven,
            }
        }
        Ok(if looked == Looked::All { up_to } else { proven })
    }

    fn cursor(&self) -> Cursor {
        *self.cursor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, cursor: Cursor) {
        *self.cursor.lock().unwrap_or_else(PoisonError::into_inner) = cursor;
    }

    /// Books what a settled dispute came to. What is not proven is not booked, and stops nothing after it. What is booked
    /// already need not be proven again: its certificates may have run out, or be trusted no longer.
    pub(super) async fn book(&self, history: DisputeHistory) -> Result<Looked, NodeError> {
        if let Some(told) = &history.outcome {
            let (dispute, outcome) = (told.outcome.dispute, told.outcome.digest());
            let is_booked = self.writer.run(IsBooked { dispute, outcome }).await?;
            if is_booked.answer {
                return Ok(Looked::All);
            }
        }
        let credentials = self.credentials.credentials();
        let course = match proof::checked(&history, self.by(credentials.trust())) {
            Ok(course) => course,
            Err(fault) => {
                tracing::error!(%fault, "a settled dispute is not proven: nothing is booked");
                return Ok(Looked::Unproven);
            }
        };
        let dispute = course.name;
        let outcome = history.outcome.as_ref().map(|it| it.outcome.clone());
        let booked = outcome.and_then(|outcome| Some((outcome.leg()?, outcome)));
        let Some((leg, outcome)) = booked else {
            tracing::error!(%dispute, "a dispute is told as settled at something and is not");
            return Ok(Looked::Unproven);
        };
        let side = if leg.creditor == self.region {
            Side::Receivable
        } else if leg.debtor == self.region {
            Side::Payable
        } else {
            tracing::error!(%dispute, "a dispute of two other regions: nothing is booked");
            return Ok(Looked::Unproven);
        };
        let amount = leg.amount;
        let book = Book {
            history,
            outcome,
            side,
            leg,
        };
        match self.writer.run(book).await?.answer {
            Booked::Now => tracing::info!(%dispute, %amount, "a settled dispute is corrected"),
            Booked::Before => {}
            Booked::Otherwise => {
                tracing::error!(
                    %dispute,
                    "something else is booked for this dispute: a clearing officer must look"
                );
            }
        }
        Ok(Looked::All)
    }
}
