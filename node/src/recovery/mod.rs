//! Recovery of a node that was restored from a backup (PROTOCOL 15 to 18).
//!
//! Before it answers anyone the node reads its own leg stream back from the clearinghouse, and from every
//! region what it had given there and what it had been given. All of it is checked as if a stranger had sent
//! it, and journaled; only when every party has answered does the node serve. Nothing is guessed: what nobody
//! holds is a gap, and the person it belongs to is held until the bureau has looked. A region that does not answer may
//! be left out by an officer: then nothing passes between the two until the node collects anew. Neither does it serve by other
//! documents than it decided under before, unless an officer says so.
//!
//! | module | its question |
//! |---|---|
//! | [`check`] | Is a word that came back the one that was given, and about what came with it? |
//! | [`give`] | What does a peer give back? |
//! | [`records`] | The decisions of the writer |
//! | `collect` | Who is asked for what, until all have answered? |
//! | `waiting` | Who is waited for, and for what? |
//! | `hands` | What of hand-overs comes back, in both directions? |
//! | `deductions` | Which deductions come back, and what ends with a reversal? |
//! | `refusals` | Which final refusals come back, in both directions? |
//! | `true_ups` | Which true-ups had been booked here? |
//! | [`policies`] | Are the documents those again that it decided under? |
//! | [`presented`] | What does an own institution give back, when the node serves already? |
//! | `moved` | What was a new home not told before the disk was lost? |
//!
//! Not here: putting files back (`backup`), and what follows from a word (`home::regained`,
//! `treatment::regained`).

pub mod check;
mod collect;
mod deductions;
pub mod give;
mod hands;
mod moved;
pub mod policies;
pub mod presented;
pub mod records;
mod refusals;
#[cfg(test)]
mod testing;
mod true_ups;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use huitong_certs::signing::CertifiedKey;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::id::SettlementId;
use huitong_core::officer::OfficerName;
use huitong_core::recovery::ReturnedWord;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use tokio_util::sync::CancellationToken;

use self::records::{LeaveOut, Left};
use self::waiting::Waiting;
use crate::chance::{Chance, jittered};
use crate::error::NodeError;
use crate::home::restored::is_left_out;
use crate::ledger::{Ledger, RecordsGone};
use crate::legs::report::Reporter;
use crate::peers::{Homes, REGIONS_AT_MOST};
use crate::policies::PolicyBook;
use crate::store::{Key, RestoreState, Row, Rows, StoreError, Table, incarnation};
use crate::treatment::TreatmentRole;
use crate::writer::Writer;

/// The longest wait between two rounds.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Somebody who holds what a restored node lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// The clearinghouse.
    Clearinghouse,
    /// Another region's node.
    Region(RegionCode),
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clearinghouse => f.write_str("clearinghouse"),
            Self::Region(region) => region.fmt(f),
        }
    }
}

/// Everyone who may hold what the node lacks, but whom an officer left out.
fn parties(homes: &Homes, reporter: Option<&Reporter>) -> BTreeSet<Party> {
    let asked = homes.others().filter(|(_, peer)| !peer.is_left_out());
    let regions = asked.map(|(region, _)| Party::Region(region));
    let clearing = reporter.map(|_| Party::Clearinghouse);
    clearing.into_iter().chain(regions).collect()
}

/// A node's recovery, or that there is none.
pub struct Recovery {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    treatment: Arc<TreatmentRole>,
    policies: Arc<PolicyBook>,
    homes: Homes,
    reporter: Option<Arc<Reporter>>,
    /// What the own words are signed with.
    signer: CertifiedKey,
    chance: Arc<dyn Chance>,
    every: Duration,
    waiting: Mutex<Waiting>,
    /// Held while an incarnation is taken, or a region left out in one: the rows and the peers say the same.
    order: tokio::sync::Mutex<()>,
    /// Words that wait for what fills the account they were paid from, whoever returns that.
    short: Mutex<BTreeMap<(RegionCode, SettlementId), ReturnedWord>>,
    /// What came back as taken back.
    taken: Mutex<BTreeSet<moved::Taken>>,
    /// How what came back was trued up where it was given.
    trued_up: Mutex<BTreeMap<moved::Taken, true_ups::Returned>>,
    /// What the words that came back were decided under.
    documents: Mutex<policies::Documents>,
    /// Ended once the node serves. No watch channel: that wakes those who wait in an order drawn by chance, and a
    /// seed of the simulation would not be one story.
    over: CancellationToken,
}

/// What a recovery is made of.
pub struct Parts {
    /// The node's region.
    pub region: RegionCode,
    /// Journal and rows.
    pub ledger: Arc<Ledger>,
    /// The writer.
    pub writer: Arc<Writer>,
    /// The treatment role.
    pub treatment: Arc<TreatmentRole>,
    /// The policies at hand.
    pub policies: Arc<PolicyBook>,
    /// The other regions.
    pub homes: Homes,
    /// The way to the clearinghouse, if there is one.
    pub reporter: Option<Arc<Reporter>>,
    /// The key that the node's words are signed with.
    pub signer: CertifiedKey,
    /// For jitter and marks.
    pub chance: Arc<dyn Chance>,
    /// How long to wait after a first failure.
    pub every: Duration,
}

impl Recovery {
    /// With what own words were signed, by when they say that they were.
    fn own_signer(&self, key_id: Digest, at: Timestamp) -> Arc<CertifiedKey> {
        self.homes.own_signer(&self.signer, key_id, at)
    }

    /// Of a node whose journal says whether there is anything to recover.
    ///
    /// # Errors
    /// [`StoreError`] when that cannot be read.
    pub fn new(parts: Parts) -> Result<Self, StoreError> {
        let Parts {
            region,
            ledger,
            writer,
            treatment,
            policies,
            homes,
            reporter,
            signer,
            chance,
            every,
        } = parts;
        let restored = ledger.restored()?;
        for (region, peer) in homes.others() {
            let row = ledger.left_out(region)?;
            if row.is_some_and(|row| Some(row.incarnation) == restored.map(|own| own.incarnation)) {
                peer.leave_out();
            }
        }
        let collects = restored.is_some_and(|row| row.state == RestoreState::Collecting);
        let waiting = if collects {
            // Nobody else is asked before the directory says who there is.
            Waiting::of(match reporter {
                Some(_) => [Party::Clearinghouse].into(),
                None => parties(&homes, None),
            })
        } else {
            Waiting::default()
        };
        let over = CancellationToken::new();
        if !collects {
            over.cancel();
        }
        Ok(Self {
            region,
            ledger,
            writer,
            treatment,
            policies,
            homes,
            reporter,
            signer,
            chance,
            every,
            waiting: Mutex::new(waiting),
            order: tokio::sync::Mutex::default(),
            short: Mutex::default(),
            taken: Mutex::default(),
            trued_up: Mutex::default(),
            documents: Mutex::default(),
            over,
        })
    }

    /// Whether the node serves.
    #[must_use]
    pub fn serves(&self) -> bool {
        self.over.is_cancelled()
    }

    /// Whether acknowledged records are gone, as others say: then nobody is served either.
    #[must_use]
    pub fn records_gone(&self) -> Option<RecordsGone> {
        self.ledger.records_gone()
    }

    /// Who has not given back everything yet; the last of them until the node serves.
    #[must_use]
    pub fn waits_for(&self) -> Vec<Party> {
        self.waiting().now()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the node serves without a region, because an officer said so: also one that the node does not call now.
    #[must_use]
    pub fn leaves_out(&self, region: RegionCode) -> bool {
        if let Some(peer) = self.homes.other(region) {
            return peer.is_left_out();
        }
        is_left_out(&*self.ledger, region).unwrap_or_else(|error| {
            tracing::error!(%region, %error, "whether a region is left out cannot be read: it is answered nothing");
            true
        })
    }

    /// The regions that the node serves without, those among them that it does not call now.
    ///
    /// # Errors
    /// [`StoreError`] when a row cannot be read.
    pub fn left_out(&self) -> Result<Vec<RegionCode>, StoreError> {
        let own = incarnation(&*self.ledger)?;
        let rows = self.ledger.scan(Table::LeftOut, REGIONS_AT_MOST)?;
        let left = |row: (Key, Row)| {
            let (Key::LeftOut(region), Row::LeftOut(row)) = row else {
                return None;
            };
            (row.incarnation == own).then_some(region)
        };
        Ok(rows.into_iter().filter_map(left).collect())
    }

    /// Has the node serve without a region that does not answer. Said again, it changes nothing.
    ///
    /// # Errors
    /// [`NodeError`]: refused for one that it does not wait for.
    pub async fn leave_out(
        &self,
        region: RegionCode,
        officer: OfficerName,
    ) -> Result<(), NodeError> {
        if self.leaves_out(region) {
            return Ok(());
        }
        let party = Party::Region(region);
        let peer = self.homes.other(region);
        let waits = !self.serves() && self.waits_for().contains(&party);
        let Some(peer) = peer.filter(|_| waits) else {
            return Err(Refusal::new(RefusalCode::NotWaitedFor, region).into());
        };
        let _order = self.order.lock().await;
        let left = self.writer.run(LeaveOut { region, officer }).await?.answer;
        if left == Left::TooLate {
            return Err(Refusal::new(RefusalCode::NotWaitedFor, region).into());
        }
        // The next round waits for it no more.
        peer.leave_out();
        tracing::warn!(%region, "the node serves without what this region holds");
        Ok(())
    }

    /// Waits until the node serves; forever, when it is stopped before.
    pub async fn over(&self) {
        self.over.cancelled().await;
    }

    /// Collects until everything is here, or until told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        if !self.serves() && self.reporter.is_some() {
            // Regions that joined since the backup hold something too. An alarm is no look: an officer may accept a branch.
            tracing::info!("recovery waits for the directory: `node members` says why");
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = self.homes.looked() => {}
            }
            *self.waiting() = Waiting::of(parties(&self.homes, self.reporter.as_deref()));
        }
        let mut wait = self.every;
        while !self.serves() {
            let outcome = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                outcome = self.round() => outcome,
            };
            match outcome {
                Ok(()) => {
                    self.over.cancel();
                    *self.waiting() = Waiting::default();
                    tracing::info!("recovery is over: the node serves");
                    return;
                }
                Err(error) => tracing::warn!(%error, "recovery goes on"),
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(jittered(&*self.chance, wait)) => {}
            }
            wait = wait.saturating_mul(2).min(LONGEST_WAIT);
        }
    }
}
