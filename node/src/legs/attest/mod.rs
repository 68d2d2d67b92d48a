//! Attesting the region's rows of a cycle to the clearinghouse, after cut-off (PROTOCOL 14).
//!
//! | module | its question |
//! |---|---|
//! | [`rows`] | What do the rows come to in the own book, and in which legs does one differ? |
//! | [`remote`] | How is the clearinghouse asked? |
//!
//! The clearinghouse says which numbers of the own stream a cycle may take. What stands under them is read from the own
//! journal and from nowhere else: not from what the clearinghouse gave back after a restore, as long as nothing is booked
//! of it here. A number that is missing here keeps no other leg from being attested. Deliberately absent: any memory of it
//! here. The clearinghouse holds the word, and asks for it until it has it; said again it is the same.

pub mod remote;
pub mod rows;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use huitong_core::checkpoint::search::SearchError;
use huitong_core::date::BusinessDay;
use huitong_core::leg::Leg;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::remote::{AttestationClient, Window};
use self::rows::{OwnRows, Unsaid};
use super::book::own;
use super::report::{Attested, Reported, Reporter};
use crate::chance::{Chance, jittered};
use crate::ledger::Ledger;
use crate::store::{StoreError, incarnation};

/// How often it is asked at most whether there is anything to attest.
const ASKED_AGAIN: Duration = Duration::from_secs(1);
/// The longest wait after a failure.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Attests cycles.
pub struct Attester {
    ledger: Arc<Ledger>,
    client: AttestationClient,
    chance: Arc<dyn Chance>,
    every: Duration,
    reported: watch::Sender<Reported>,
}

/// Why a cycle is not attested.
#[derive(Debug, thiserror::Error)]
enum AttestError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Call(String),
    #[error("the own book: {0}")]
    Book(String),
    #[error("row {row}: {error}")]
    Search { row: String, error: SearchError },
}

impl From<Unsaid> for AttestError {
    fn from(unsaid: Unsaid) -> Self {
        match unsaid {
            Unsaid::Call(error) => Self::Call(error),
            Unsaid::Search { pair, error } => {
                let row = format!("{} owes {} {}", pair.debtor, pair.creditor, pair.fund);
                Self::Search { row, error }
            }
        }
    }
}

impl Attester {
    /// An attester beside a reporter, to the same clearinghouse.
    #[must_use]
    pub fn beside(reporter: &Reporter) -> Self {
        let way = reporter.way();
        Self {
            client: AttestationClient::new(way.channel, way.within),
            ledger: way.ledger,
            chance: way.chance,
            every: way.every.max(ASKED_AGAIN),
            reported: way.reported,
        }
    }

    /// Attests what there is until told to stop; after a failure later and later.
    pub async fn run(self, stop: CancellationToken) {
        let mut wait = self.every;
        loop {
            let outcome = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                outcome = self.attest() => outcome,
            };
            wait = match outcome {
                Ok(()) => self.every,
                Err(error) => {
                    tracing::warn!(%error, "the region's rows were not attested");
                    wait.saturating_mul(2).min(LONGEST_WAIT)
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(jittered(&*self.chance, wait)) => {}
            }
        }
    }

    /// Attests the cycle that the clearinghouse asks about, if there is one.
    async fn attest(&self) -> Result<(), AttestError> {
        let own = incarnation(&*self.ledger)?;
        let window = self.client.window(own).await.map_err(AttestError::Call)?;
        let Some(window) = window else {
            return Ok(());
        };
        let legs = self.legs(&window).await?;
        let rows = OwnRows::of(legs).map_err(|error| AttestError::Book(error.to_string()))?;
        let day = window.day;
        let cycle = self.client.cycle(own, day);
        let told = rows.say(&cycle).await?;
        let (count, otherwise) = (rows.count(), told.len());
        if told.is_empty() {
            tracing::info!(%day, rows = count, "the region's rows are attested");
        } else {
            tell(day, &told);
        }
        let wide = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        self.reported.send_modify(|reported| {
            reported.attested = Some(Attested {
                day,
                rows: wide(count),
                otherwise: wide(otherwise),
            });
        });
        Ok(())
    }

    /// The legs of a window, as they stand in the own book.
    async fn legs(&self, window: &Window) -> Result<Vec<Leg>, AttestError> {
        let numbers = window.numbers();
        let ledger = Arc::clone(&self.ledger);
        let read = huitong_transport::aside(move || of_book(&ledger, numbers)).await;
        let (legs, without) = read.map_err(|error| AttestError::Book(error.to_string()))??;
        if without > 0 {
            let day = window.day;
            tracing::warn!(%day, without, "the own book has nothing under numbers that the cycle may take: the others are attested");
        }
        Ok(legs)
    }
}

/// What the own book has under these numbers, and under how many of them it has nothing.
fn of_book(
    ledger: &Ledger,
    numbers: Vec<RangeInclusive<u64>>,
) -> Result<(Vec<Leg>, u64), StoreError> {
    let (mut legs, mut without) = (Vec::new(), 0_u64);
    for run in numbers {
        let asked = run.end().saturating_sub(*run.start()).saturating_add(1);
        let found = own(ledger, run)?;
        let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
        without = without.saturating_add(asked.saturating_sub(count));
        legs.extend(found.into_iter().map(|numbered| numbered.leg));
    }
    Ok((legs, without))
}

/// Tells of each leg that the clearinghouse has otherwise than the own book.
fn tell(day: BusinessDay, told: &BTreeMap<rows::RowPair, Vec<rows::Differing>>) {
    for (pair, differences) in told {
        let (debtor, creditor, fund) = (pair.debtor, pair.creditor, pair.fund);
        for difference in differences {
            let differs = difference.differs();
            let settlement = difference
                .key()
                .map(|(settlement, _)| settlement.to_string());
            tracing::error!(%day, %debtor, %creditor, %fund, settlement, %differs,
                "the clearinghouse holds a leg otherwise than the own book: an officer must look");
        }
    }
}

#[cfg(test)]
mod tests;
