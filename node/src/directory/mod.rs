//! The signed directory of the network, as the clearinghouse decides it: fetched version by version, checked, written down,
//! and gone by.
//!
//! | module | its question |
//! |---|---|
//! | [`report`] | How are versions fetched? |
//! | `following` | What is done by a version? |
//! | [`branches`] | What contradicts, and how is it gone by all the same? |
//! | `moment` | When may a version say that it was signed? |
//! | `records` | The decisions of the writer |
//! | [`seen`] | What does an officer see of it? |
//! | `watch` | How often is looked, and since when not? |
//!
//! Each version must be signed by the clearinghouse up to the operator's root, have the next number, name the one before and
//! be dated neither before that nor far ahead; and the one that is gone by must still be what the clearinghouse hands out,
//! whatever became of the root or the certificate that it was signed under. A signed version that contradicts is written down
//! as evidence; it changes nothing until an officer accepts it, and neither does what is not signed. Followed are which
//! regions there are, where their nodes are, with what they sign, as far as their certificates prove it, and how they stand.
//! Deliberately absent: stopping what was begun.

pub mod branches;
mod following;
mod moment;
mod records;
pub mod report;
pub mod seen;
mod watch;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use huitong_certs::signing::of_clearinghouse;
use huitong_core::canonical::Artifact;
use huitong_core::date::Timestamp;
use huitong_core::membership::SignedDirectory;
use huitong_core::record::NodeRecord;
use huitong_core::record::directory::{DirectorySplit, DirectoryTaken};
use huitong_transport::CredentialStore;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use self::moment::Dated;
use self::records::{NoteSplit, NoteTaken, Noted};
use self::report::DirectoryClient;
use self::watch::{LONGEST_WAIT, Watch, between};
use crate::chance::{Chance, jittered};
use crate::clock::Clock;
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::peers::Homes;
use crate::store::apply::Records;
use crate::store::{DirectoryHead, Location, Rows, StoreError};
use crate::witness::heard::Hearing;
use crate::writer::Writer;

/// Versions that are taken in one round; where more may follow, the next begins at once.
const AT_ONCE: usize = 256;

/// How a round ended that went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// The clearinghouse has no further version: the look is complete.
    AtTheLast,
    /// As many were taken as are in one round, and more may follow.
    MoreMayFollow,
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
    /// What it hands out is no version that it signed.
    #[error("the clearinghouse handed out what is not its signed directory: {0}")]
    NotSigned(String),
    /// A signed version that contradicts those that were taken.
    #[error(
        "the clearinghouse signed version {0} of the directory twice, or upon another: node members"
    )]
    Contradicts(u64),
    /// Another version than was asked for.
    #[error(
        "the clearinghouse handed out version {found} of the directory where {expected} belongs"
    )]
    NotNext {
        /// What belongs there.
        expected: u64,
        /// What came.
        found: u64,
    },
    /// It has not the version that it handed out before.
    #[error("the clearinghouse went back before version {0} of the directory, which it signed")]
    WentBack(u64),
    /// It is dated further ahead than is believed.
    #[error(
        "version {0} of the directory is dated {1}, more than a day ahead of this node's clock: one of the two clocks is wrong"
    )]
    Ahead(u64, Timestamp),
    /// It is dated before the version before it.
    #[error(
        "version {0} of the directory is dated {1}, before the one before it, which is of {2}: node members"
    )]
    Back(u64, Timestamp, Timestamp),
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
            Self::NotSigned(_)
            | Self::Contradicts(_)
            | Self::NotNext { .. }
            | Self::WentBack(_)
            | Self::Ahead(..)
            | Self::Back(..) => true,
        }
    }
}

/// Where the directory is followed.
pub struct DirectoryDesk {
    parts: Parts,
    /// What a person must look at; none when all is well.
    trouble: Mutex<Option<String>>,
    /// Since when it was not looked at.
    watch: Mutex<Watch>,
    /// Held while a version is gone by: the last one is gone by last.
    following: Mutex<()>,
    /// It is to be looked at now.
    due: Notify,
}

/// What a desk is made of.
pub struct Parts {
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
    /// The way to the clearinghouse.
    pub client: Option<DirectoryClient>,
    /// The other regions.
    pub homes: Homes,
    /// Where their nodes' remarks are heard.
    pub hearing: Arc<Hearing>,
}

impl DirectoryDesk {
    /// The desk of a node. It goes by the last version that was taken from now on, whether the clearinghouse is there or not.
    ///
    /// # Errors
    /// [`StoreError`] when that cannot be read.
    pub fn new(parts: Parts) -> Result<Self, StoreError> {
        let desk = Self {
            watch: Mutex::new(Watch::new(parts.clock.now())),
            parts,
            trouble: Mutex::default(),
            following: Mutex::default(),
            due: Notify::new(),
        };
        desk.look_back()?;
        desk.follow_head()?;
        Ok(desk)
    }

    /// Follows the directory until told to stop, `every` being how often legs are reported; at once over where there is no
    /// clearinghouse.
    pub async fn run(self: Arc<Self>, every: Duration, stop: CancellationToken) {
        let Some(client) = &self.parts.client else {
            return;
        };
        let every = between(every);
        let mut failed = every;
        loop {
            let round = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                round = self.round(client) => round,
            };
            let wait = match round {
                Ok(Ended::AtTheLast) => {
                    self.note(None);
                    self.watch().complete(self.parts.clock.now());
                    self.parts.homes.note_looked();
                    failed = every;
                    every
                }
                Ok(Ended::MoreMayFollow) => {
                    self.keep("more versions follow than were taken");
                    failed = every;
                    continue;
                }
                Err(trouble) => {
                    self.tell(&trouble);
                    failed = failed.saturating_mul(2).min(LONGEST_WAIT).max(every);
                    failed
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = self.due.notified() => {}
                () = tokio::time::sleep(jittered(&*self.parts.chance, wait)) => {}
            }
        }
    }

    /// Says what keeps the directory from being followed; an alarm once, until it is another one, and what may pass once
    /// it lasts.
    fn tell(&self, trouble: &Trouble) {
        let said = trouble.to_string();
        if !trouble.is_alarm() {
            tracing::debug!(trouble = said, "the directory is not asked for now");
            self.keep(&said);
            return;
        }
        if self.trouble().as_deref() != Some(said.as_str()) {
            tracing::error!(
                trouble = said,
                "the network's directory is not followed: look at `node members`"
            );
        }
        self.note(Some(said));
    }

    /// Notes why a look was not completed, and warns of it once it lasts.
    fn keep(&self, why: &str) {
        let now = self.parts.clock.now();
        if let Some(since) = self.watch().keep(now, why.to_owned()) {
            tracing::warn!(%since, trouble = why, "the network's directory could not be looked at since");
        }
    }

    /// Looks whether the version that is gone by still stands, and takes those after it.
    async fn round(&self, client: &DirectoryClient) -> Result<Ended, Trouble> {
        let mut head = self.parts.ledger.directory_head()?;
        if let Some(head) = &head {
            self.still_stands(client, head).await?;
        }
        for _ in 0..AT_ONCE {
            let number = head.as_ref().map_or(0, |head| head.number);
            let Some(signed) = self.after(client, number).await? else {
                return Ok(Ended::AtTheLast);
            };
            if signed.directory.before != head.as_ref().map(|head| head.digest) {
                return Err(self.contradicted(signed).await);
            }
            match self.dated(&signed, head.as_ref()).await? {
                Dated::Rightly => {}
                Dated::UponAnother => return Ok(Ended::MoreMayFollow),
            }
            let (number, at) = (signed.directory.number, self.parts.clock.now());
            let taken = NoteTaken(DirectoryTaken { signed, at });
            let noted = self.parts.writer.run(taken).await;
            if noted.map_err(NodeError::from)?.answer == Noted::Not {
                // An officer accepted another branch meanwhile: the next round looks upon that.
                return Ok(Ended::MoreMayFollow);
            }
            self.follow_head()?;
            tracing::info!(number, "a version of the directory is in force");
            head = self.parts.ledger.directory_head()?;
        }
        Ok(Ended::MoreMayFollow)
    }

    /// Whether the clearinghouse still hands out what was taken last.
    async fn still_stands(
        &self,
        client: &DirectoryClient,
        head: &DirectoryHead,
    ) -> Result<(), Trouble> {
        let before = head.number.saturating_sub(1);
        match fetched(client, before).await? {
            None => Err(Trouble::WentBack(head.number)),
            // It was checked when it was taken, under the roots of then.
            Some(signed) if signed.directory.digest() == head.digest => Ok(()),
            Some(signed) => {
                self.check(&signed, before)?;
                Err(self.contradicted(signed).await)
            }
        }
    }

    /// The signed version after a number; none when the clearinghouse has none.
    async fn after(
        &self,
        client: &DirectoryClient,
        number: u64,
    ) -> Result<Option<SignedDirectory>, Trouble> {
        let signed = fetched(client, number).await?;
        if let Some(signed) = &signed {
            self.check(signed, number)?;
        }
        Ok(signed)
    }

    /// Whether what was handed out is signed, and the version after a number.
    fn check(&self, signed: &SignedDirectory, number: u64) -> Result<(), Trouble> {
        self.is_signed(signed).map_err(Trouble::NotSigned)?;
        let (expected, found) = (number.saturating_add(1), signed.directory.number);
        if found != expected {
            return Err(Trouble::NotNext { expected, found });
        }
        Ok(())
    }

    /// Whether the clearinghouse signed a version, by what is trusted now.
    fn is_signed(&self, signed: &SignedDirectory) -> Result<(), String> {
        let credentials = self.parts.credentials.credentials();
        let checked = of_clearinghouse::directory(signed, credentials.trust());
        checked.map_err(|fault| fault.to_string())
    }

    /// Keeps what contradicts, once; what is to be said of it.
    async fn contradicted(&self, other: SignedDirectory) -> Trouble {
        let number = other.directory.number;
        match self.keep_split(other).await {
            Ok(()) => Trouble::Contradicts(number),
            Err(error) => Trouble::Node(error),
        }
    }

    /// Keeps a signed version that cannot stand upon those that were taken, once.
    async fn keep_split(&self, other: SignedDirectory) -> Result<(), NodeError> {
        let at = self.parts.clock.now();
        let noted = NoteSplit(DirectorySplit { other, at });
        self.parts.writer.run(noted).await?;
        Ok(())
    }

    /// The version that is gone by, once that is on disk.
    fn taken(&self) -> Result<Option<(DirectoryHead, SignedDirectory)>, StoreError> {
        let head = self.parts.ledger.directory_head()?;
        let Some(head) = head.filter(|head| head.at.frame().is_some()) else {
            return Ok(None);
        };
        let signed = self.version_at(head.at)?;
        Ok(Some((head, signed)))
    }

    /// The version of a record by which one came to be gone by.
    fn version_at(&self, at: Location) -> Result<SignedDirectory, StoreError> {
        let record = self.parts.ledger.record(at)?;
        if let NodeRecord::DirectoryTaken(taken) = record {
            return Ok(taken.signed);
        }
        if let NodeRecord::DirectoryAccepted(accepted) = record {
            return Ok(accepted.signed);
        }
        Err(StoreError::Inconsistent("another record than a directory"))
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.clone()
    }

    fn note(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

/// What is handed out after a number, as it is; none when there is nothing.
async fn fetched(
    client: &DirectoryClient,
    number: u64,
) -> Result<Option<SignedDirectory>, Trouble> {
    let file = client.after(number).await.map_err(Trouble::Call)?;
    if file.is_empty() {
        return Ok(None);
    }
    let signed = SignedDirectory::from_bytes(&file);
    let signed = signed.map_err(|error| Trouble::NotSigned(error.to_string()))?;
    Ok(Some(signed))
}
