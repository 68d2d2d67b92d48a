//! The region as a witness of the clearinghouse's checkpoints: each is fetched in turn, held against the own book, and
//! countersigned when all of it holds.
//!
//! | module | its question |
//! |---|---|
//! | [`report`] | How are checkpoints and the own part of each fetched, and words handed in? |
//! | `look` | How is one looked at, and what does the region say of it? |
//! | `examine` | What is wrong with a checkpoint, as this region can see it? |
//! | `held` | What does a day come to once more, for a month? |
//! | `book` | Which of the own legs is it held against? |
//! | [`receipt`] | What proves one settlement to whoever holds its receipt? |
//! | [`heard`] | What do other regions' nodes say of theirs, on ordinary calls? |
//! | `split` | Did the clearinghouse sign another one for the same plan? |
//! | `records` | The decisions of the writer |
//! | [`seen`] | What does an officer see of it? |
//!
//! What is not signed by the clearinghouse is no word of it: nothing is written down of it, and an alarm says so. What
//! is signed and does not hold is written down, refused, and the next one is looked at: a fault of one day hides no other.
//! The clearing never waits for any of this. Deliberately absent: stopping to settle, whatever is found.

mod book;
mod examine;
pub mod heard;
pub(crate) mod held;
mod look;
pub mod receipt;
mod records;
pub mod report;
pub mod seen;
mod split;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use huitong_certs::SigningKey;
use huitong_core::canonical::Artifact;
use huitong_core::record::NodeRecord;
use huitong_core::record::witness::CheckpointSeen;
use huitong_core::region::RegionCode;
use huitong_transport::{Certified, CredentialStore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::chance::{Chance, jittered};
use crate::clock::Clock;
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::measures::Measures;
use crate::peers::Homes;
use crate::store::apply::Records;
use crate::store::{Rows, StoreError};
use crate::writer::Writer;

use heard::{Claim, Hearing};
use report::{AT_ONCE, ProofClient};

/// The waits after failures, from one failure to many.
const SHORTEST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Checkpoints are asked for so much more seldom than legs are reported: there is one a day.
const MORE_SELDOM: u32 = 10;

/// What is known beside the journal, since the node was started.
#[derive(Debug, Clone, Default)]
struct Known {
    /// The plan of the newest checkpoint that the clearinghouse has.
    newest: u64,
    /// The plan of the last own word that it holds; none before it said so.
    witnessed: Option<u64>,
    /// Why nothing more is seen or handed in, when that is an alarm.
    trouble: Option<String>,
}

/// Why a round ended early.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// The node's own.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The clearinghouse was not reached, or refused for now.
    #[error("{0}")]
    Call(String),
    /// It hands out what is no checkpoint of its own.
    #[error("the clearinghouse handed out what is not its signed checkpoint: {0}")]
    NotItsWord(String),
    /// Not the next checkpoint.
    #[error("the clearinghouse handed out the checkpoint of plan {found} where {expected} belongs")]
    NotNext {
        /// What belongs there.
        expected: u64,
        /// What came.
        found: u64,
    },
    /// It does not take the region's signature.
    #[error("the clearinghouse does not take this region's word on a checkpoint: {0}")]
    WordRefused(String),
    /// It has signed another checkpoint than it showed to this region.
    #[error("the clearinghouse signed another checkpoint than it showed to this region: {0}")]
    OtherSigned(String),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Node(error.into())
    }
}

impl Trouble {
    /// Whether a person must look.
    const fn is_alarm(&self) -> bool {
        match self {
            Self::Node(_) | Self::Call(_) => false,
            Self::NotItsWord(_)
            | Self::NotNext { .. }
            | Self::WordRefused(_)
            | Self::OtherSigned(_) => true,
        }
    }
}

/// Where checkpoints are looked at.
pub struct WitnessDesk {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    credentials: CredentialStore,
    key: Arc<SigningKey>,
    certified: Certified,
    client: Option<ProofClient>,
    measures: Arc<Measures>,
    homes: Homes,
    hearing: Arc<Hearing>,
    known: Mutex<Known>,
}

/// What a desk is made of.
pub struct Parts {
    /// The node's region.
    pub region: RegionCode,
    /// Journal and rows.
    pub ledger: Arc<Ledger>,
    /// The writer.
    pub writer: Arc<Writer>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// For jitter.
    pub chance: Arc<dyn Chance>,
    /// Whose signatures are trusted.
    pub credentials: CredentialStore,
    /// With what words are signed.
    pub key: Arc<SigningKey>,
    /// The certificate of that key, as it is renewed.
    pub certified: Certified,
    /// The way to the clearinghouse.
    pub client: Option<ProofClient>,
    /// What is counted.
    pub measures: Arc<Measures>,
    /// The other regions.
    pub homes: Homes,
    /// What their nodes remark.
    pub hearing: Arc<Hearing>,
}

impl WitnessDesk {
    /// The desk of a node. What it has seen is what it remarks from now on.
    ///
    /// # Errors
    /// [`StoreError`] when that cannot be read.
    pub fn new(parts: Parts) -> Result<Self, StoreError> {
        let desk = Self {
            region: parts.region,
            ledger: parts.ledger,
            writer: parts.writer,
            clock: parts.clock,
            chance: parts.chance,
            credentials: parts.credentials,
            key: parts.key,
            certified: parts.certified,
            client: parts.client,
            measures: parts.measures,
            homes: parts.homes,
            hearing: parts.hearing,
            known: Mutex::default(),
        };
        let newest = desk.ledger.witness_head()?.map_or(0, |head| head.plan);
        let oldest = newest.saturating_sub(heard::REMEMBERED);
        for plan in oldest.saturating_add(1)..=newest {
            if let Some(seen) = desk.seen(plan)? {
                desk.hearing
                    .saw(Claim::of(&seen.checkpoint.signed.checkpoint));
            }
        }
        Ok(desk)
    }

    /// What other regions' nodes remark, and what is remarked to them.
    #[must_use]
    pub fn hearing(&self) -> Arc<Hearing> {
        Arc::clone(&self.hearing)
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// Looks at checkpoints until told to stop, `every` being how often legs are reported; at once over where there is no
    /// clearinghouse.
    pub async fn run(self: Arc<Self>, every: Duration, stop: CancellationToken) {
        let Some(client) = &self.client else {
            return;
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = self.over_and_over(client, every.saturating_mul(MORE_SELDOM)) => {}
        }
    }

    async fn over_and_over(&self, client: &ProofClient, every: Duration) {
        let mut failed = SHORTEST_WAIT;
        loop {
            let begun = Instant::now();
            let wait = match self.round(client).await {
                Ok(()) => {
                    self.note(|known| known.trouble = None);
                    failed = SHORTEST_WAIT;
                    every
                }
                Err(trouble) => {
                    self.tell(&trouble);
                    failed = failed.saturating_mul(2).min(LONGEST_WAIT);
                    failed
                }
            };
            tokio::select! {
                biased;
                () = self.hearing.due(begun) => {}
                () = tokio::time::sleep(jittered(&*self.chance, wait)) => {}
            }
        }
    }

    /// Says what keeps checkpoints from being seen; an alarm once, until it is another one.
    fn tell(&self, trouble: &Trouble) {
        let said = trouble.to_string();
        if !trouble.is_alarm() {
            tracing::warn!(trouble = said, "checkpoints are not looked at now");
            return;
        }
        let is_new = self.known().trouble.as_deref() != Some(said.as_str());
        if is_new {
            tracing::error!(
                trouble = said,
                "a checkpoint of the clearinghouse does not stand: look at `node status`"
            );
            self.measures.checkpoint_trouble();
        }
        self.note(|known| known.trouble = Some(said));
    }

    /// Looks at every checkpoint that is new, follows what was heard, and hands in the words that the clearinghouse does
    /// not have. None waits for another: what was heard is followed while the clearinghouse does not answer, and words are
    /// handed in while what it hands out next is wrong.
    async fn round(&self, client: &ProofClient) -> Result<(), Trouble> {
        let looked = self.look_at_all(client).await;
        let followed = self.follow().await;
        let handed_in = self.hand_in(client).await;
        looked?;
        followed?;
        handed_in
    }

    /// Looks at every checkpoint that is new.
    async fn look_at_all(&self, client: &ProofClient) -> Result<(), Trouble> {
        loop {
            let head = self.ledger.witness_head()?;
            let after = head.map_or(0, |head| head.plan);
            let told = client.checkpoints(after).await?;
            self.note(|known| {
                (known.newest, known.witnessed) = (told.newest, Some(told.witnessed))
            });
            if told.files.is_empty() {
                return Ok(());
            }
            for file in told.files {
                self.look(client, &file).await?;
            }
        }
    }

    /// Hands in the words that the clearinghouse does not hold, in order; none before it said which it holds.
    async fn hand_in(&self, client: &ProofClient) -> Result<(), Trouble> {
        let seen = self.ledger.witness_head()?.map_or(0, |head| head.plan);
        loop {
            let Some(held) = self.known().witnessed else {
                return Ok(());
            };
            let mut words = Vec::new();
            for plan in (held.saturating_add(1)..=seen).take(AT_ONCE) {
                if let Some(record) = self.seen(plan)? {
                    words.push(self.to_hand_in(record.word).to_bytes());
                }
            }
            if words.is_empty() {
                return Ok(());
            }
            let now = match client.witness(words).await {
                Err(refused @ Trouble::OtherSigned(_)) => {
                    self.keep_other(client, held).await?;
                    return Err(refused);
                }
                now => now?,
            };
            if now <= held {
                let why = format!("the clearinghouse stays at the word on plan {held}");
                return Err(Trouble::Call(why));
            }
            self.note(|known| known.witnessed = Some(now));
        }
    }

    /// A checkpoint that was seen, by its plan, once that is on disk.
    fn seen(&self, plan: u64) -> Result<Option<CheckpointSeen>, StoreError> {
        let at = self.ledger.checkpoint(plan)?;
        let Some(at) = at.filter(|at| at.frame().is_some()) else {
            return Ok(None);
        };
        let NodeRecord::CheckpointSeen(seen) = self.ledger.record(at)? else {
            return Err(StoreError::Inconsistent("another record than a checkpoint"));
        };
        Ok(Some(seen))
    }

    fn known(&self) -> Known {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    fn note(&self, note: impl FnOnce(&mut Known)) {
        note(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
