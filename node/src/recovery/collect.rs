//! Asking every party for what the restored node lacks, until all have answered.
//!
//! A round asks whoever has not given back everything yet. Whatever breaks it off, the next one begins where
//! the journal says; what comes again changes nothing. What was handed over to here is asked for when all have given
//! back the own words (`hands`). A party that knows an incarnation as high as ours, of
//! another restore, makes us take a higher one and begin with everyone anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use huitong_core::id::{RequestId, SettlementId};
use huitong_core::record::erasure::ErasedWord;
use huitong_core::recovery::{Returned, ReturnedWord};
use huitong_core::region::RegionCode;

use super::check::{Between, Signers, check};
use super::moved::Taken;
use super::records::{Conclude, NoteErased, Raise, RegainDay, RegainLegs};
use super::waiting::{Asked, Waiting};
use super::{Party, Recovery, parties, true_ups};
use crate::chance::salt;
use crate::error::NodeError;
use crate::home::regained::{Regain, Regained, Short};
use crate::ledger::WriteError;
use crate::legs::report::{RegainedStream, Reporter};
use crate::peers::{Announced, Collect, HomeFault, Peer};
use crate::store::apply::Records;
use crate::store::{BeyondReason, HomeState, Restored, Rows, StoreError, Stream, StreamHead};
use crate::treatment::regained::{Rebook, Rebooked};
use crate::treatment::verify::ReceiptFault;

/// How long a party has for one answer: a page may mean reading a journal through.
pub(super) const WITHIN: Duration = Duration::from_secs(25);
/// Stands for the institution's own id of a request, which no other party knows.
const UNKNOWN_REQUEST: &str = "restored";

/// What stands for the institution's own id of what came back.
pub(super) fn unknown_request() -> Result<RequestId, StoreError> {
    RequestId::parse(UNKNOWN_REQUEST).map_err(|_| StoreError::Range("the id of a request"))
}

/// Why a round did not end it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfinished {
    #[error("{0}: {1}")]
    Party(Party, String),
    #[error("{party}: {fault}")]
    NotTheirs { party: Party, fault: ReceiptFault },
    #[error("{0}: {1}")]
    Beyond(Party, BeyondReason),
    #[error("another restore had incarnation {0} already: a higher one is taken")]
    Raised(u32),
    #[error(
        "{0} documents are missing that words which came back were decided under: `node status` names them"
    )]
    Policies(usize),
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl From<StoreError> for Unfinished {
    fn from(error: StoreError) -> Self {
        Self::Node(error.into())
    }
}

impl From<WriteError> for Unfinished {
    fn from(error: WriteError) -> Self {
        Self::Node(error.into())
    }
}

impl Recovery {
    /// One round; nothing is left to collect when it succeeds.
    pub(super) async fn round(&self) -> Result<(), Unfinished> {
        let restored = self.ledger.restored()?;
        let own = restored.ok_or(StoreError::Inconsistent("nothing was restored"))?;
        let asked = self.waiting().for_words();
        self.collect_from(asked, &own).await?;
        // The accounts of people who went on are the next homes', and nothing is short for them: what still is would
        // look like a change that a word of an old home had made.
        self.regain_filled().await?;
        // Every number that the node has given to anyone is back: what goes on after people takes the next ones.
        let asked = self.waiting().for_hands();
        self.collect_from(asked, &own).await?;
        self.regain_short().await?;
        self.book_true_ups().await?;
        self.lift_deductions().await?;
        self.tell_new_homes().await?;
        let lost = self.hold_policies()?;
        if !lost.is_empty() {
            return Err(Unfinished::Policies(lost.len()));
        }
        self.writer.run(Conclude).await?;
        Ok(())
    }

    /// Asks each for what is waited for; whoever does not give it back is asked again in the next round.
    async fn collect_from(&self, asked: Vec<Asked>, own: &Restored) -> Result<(), Unfinished> {
        let mut first = None;
        for asked in asked {
            let party = asked.party();
            if self.is_left_out(party) {
                self.waiting().has_answered(asked);
                continue;
            }
            match self.collect(asked, own).await {
                Ok(()) => self.waiting().has_answered(asked),
                // The legs come first: what is regained after them takes their numbers.
                Err(error) if party == Party::Clearinghouse => return Err(error),
                Err(raised @ Unfinished::Raised(_)) => return Err(raised),
                Err(_) if self.is_left_out(party) => self.waiting().has_answered(asked),
                Err(error) => {
                    tracing::warn!(%party, %error, "not everything was given back yet");
                    first = first.or(Some(error));
                }
            }
        }
        first.map_or(Ok(()), Err)
    }

    async fn collect(&self, asked: Asked, own: &Restored) -> Result<(), Unfinished> {
        match asked {
            Asked::ForWords(Party::Clearinghouse) => match &self.reporter {
                Some(reporter) => self.collect_legs(reporter, own).await,
                None => Ok(()),
            },
            Asked::ForWords(Party::Region(region)) => match self.homes.other(region) {
                Some(peer) => self.collect_words(&peer, own).await,
                None => Ok(()),
            },
            Asked::ForHands(region) => match self.homes.other(region) {
                Some(peer) => self.collect_hands(&peer).await,
                None => Ok(()),
            },
        }
    }

    /// Whether an officer left the party out while it was being asked.
    fn is_left_out(&self, party: Party) -> bool {
        matches!(party, Party::Region(region) if self.leaves_out(region))
    }

    /// Takes an incarnation above one that is known, and begins with everyone anew.
    async fn raise(&self, known: u32) -> Unfinished {
        let mark = salt(&*self.chance);
        let _order = self.order.lock().await;
        let raised = self.writer.run(Raise { above: known, mark }).await;
        // In the new incarnation nobody is left out yet.
        self.homes.others().for_each(|(_, peer)| peer.take_in());
        *self.waiting() = Waiting::of(parties(&self.homes, self.reporter.as_deref()));
        self.short().clear();
        self.documents().begin_anew();
        match raised {
            Ok(_) => Unfinished::Raised(known),
            Err(error) => error.into(),
        }
    }

    /// The own leg stream, before anything else (PROTOCOL 17).
    async fn collect_legs(&self, reporter: &Reporter, own: &Restored) -> Result<(), Unfinished> {
        let head = self.ledger.stream(Stream::Legs)?;
        let mut written = head.unwrap_or(StreamHead::EMPTY).written;
        loop {
            let page = reporter.regain(own, written).await;
            match page.map_err(|why| Unfinished::Party(Party::Clearinghouse, why))? {
                RegainedStream::Older { known } => return Err(self.raise(known).await),
                RegainedStream::Page { legs, held, closed } => {
                    let before = written;
                    written = self.writer.run(RegainLegs(legs)).await?.answer;
                    if written < held && written == before {
                        let why = format!("it holds {held} legs and gives back {written}");
                        return Err(Unfinished::Party(Party::Clearinghouse, why));
                    }
                    if written >= held {
                        for (day, up_to) in closed {
                            self.writer.run(RegainDay { day, up_to }).await?;
                        }
                        return Ok(());
                    }
                }
            }
        }
    }

    /// What was given to a region and what it gave.
    async fn collect_words(&self, peer: &Peer, own: &Restored) -> Result<(), Unfinished> {
        let region = peer.region();
        let failed = |fault: HomeFault| Unfinished::Party(Party::Region(region), fault.to_string());
        // What it counts from is on disk.
        let head = self.ledger.on_disk().stream(Stream::Receipts(region))?;
        let written = head.unwrap_or(StreamHead::EMPTY).written;
        let held = self.treatment.receipts_held(region)?;
        match peer.announce(own, written, held, WITHIN).await {
            Ok(Announced::Written) => {}
            Ok(Announced::Older { known }) => return Err(self.raise(known).await),
            Err(fault) => return Err(failed(fault)),
        }
        let institutions = self.institutions()?;
        for what in [Collect::Given, Collect::Received] {
            let mut after = Vec::new();
            loop {
                let page = peer.collect(own, what, after, WITHIN).await;
                let page = page.map_err(failed)?;
                for returned in page.returned {
                    match (what, returned) {
                        (Collect::Given, Returned::Word(word)) => {
                            if self.regain(&word, peer, Short::Wait).await? == Regained::Short {
                                let settlement = word.word.receipt.body.clearing.settlement;
                                self.short().insert((region, settlement), word);
                            }
                        }
                        (Collect::Given, Returned::Refusal(refusal)) => {
                            self.regain_refusal(refusal, peer).await?;
                        }
                        (Collect::Received, Returned::Word(word)) => {
                            self.rebook(word, peer).await?;
                        }
                        (Collect::Given, Returned::Deduction(word)) => {
                            self.regain_deduction(word, peer).await?;
                        }
                        (Collect::Received, Returned::Deduction(word)) => {
                            self.rebook_deduction(word, peer).await?;
                        }
                        (Collect::Given, Returned::Hand(hand)) => {
                            self.regain_hand(hand, peer).await?;
                        }
                        (Collect::Received, Returned::Erased(number)) => {
                            self.note_erased(region, ErasedWord::Receipt(number))
                                .await?;
                        }
                        // What a treatment region has erased it does not give back.
                        (Collect::Given, Returned::Erased(_)) => {}
                        // What this home takes is asked for by number.
                        (Collect::Received, Returned::Hand(_)) => {}
                        // In their order: in a higher incarnation it is asked for what comes after the words.
                        (Collect::Received, Returned::Refusal(word)) => {
                            self.rebook_refusal(word, &institutions, peer).await?;
                        }
                    }
                }
                if page.next.is_empty() {
                    break;
                }
                after = page.next;
            }
        }
        Ok(())
    }

    /// Nothing comes under a number of the region any more.
    pub(super) async fn note_erased(
        &self,
        home: RegionCode,
        word: ErasedWord,
    ) -> Result<(), Unfinished> {
        let noted = self.writer.run(NoteErased { home, word }).await?.answer;
        noted.map_err(|beyond| Unfinished::Beyond(Party::Region(home), beyond))
    }

    fn short(&self) -> MutexGuard<'_, BTreeMap<(RegionCode, SettlementId), ReturnedWord>> {
        self.short.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn taken(&self) -> MutexGuard<'_, BTreeSet<Taken>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn trued_up(&self) -> MutexGuard<'_, BTreeMap<Taken, true_ups::Returned>> {
        self.trued_up.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the words that waited for what others return, now that all have answered. When nothing fills an
    /// account any more, the earliest is written all the same, and its person held.
    async fn regain_short(&self) -> Result<(), Unfinished> {
        loop {
            self.regain_filled().await?;
            let Some((of, word)) = self.waiting_words().into_iter().next() else {
                return Ok(());
            };
            self.regain_waiting(of, &word, Short::Empty).await?;
        }
    }

    /// Writes those words that waited whose accounts are filled now.
    async fn regain_filled(&self) -> Result<(), Unfinished> {
        loop {
            let waiting = self.waiting_words();
            for (of, word) in &waiting {
                self.regain_waiting(*of, word, Short::Wait).await?;
            }
            if self.short().len() == waiting.len() {
                return Ok(());
            }
        }
    }

    /// The words that wait for what fills an account, the earliest first.
    fn waiting_words(&self) -> Vec<(Taken, ReturnedWord)> {
        let mut waiting: Vec<_> = self.short().clone().into_iter().collect();
        waiting.sort_by_key(|(of, word)| (word.snapshot.version, *of));
        waiting
    }

    async fn regain_waiting(
        &self,
        of: (RegionCode, SettlementId),
        word: &ReturnedWord,
        short: Short,
    ) -> Result<(), Unfinished> {
        let peer = self.homes.other(of.0);
        let peer = peer.ok_or(StoreError::Inconsistent("a region that left its place"))?;
        if self.regain(word, &peer, short).await? != Regained::Short {
            self.short().remove(&of);
        }
        Ok(())
    }

    /// Writes a word of the own home role again.
    async fn regain(
        &self,
        word: &ReturnedWord,
        peer: &Peer,
        short: Short,
    ) -> Result<Regained, Unfinished> {
        let between = Between {
            home: self.region,
            treatment: peer.region(),
        };
        let own = |key_id, at| self.own_signer(key_id, at);
        theirs(word, between, &own, peer.region())?;
        let part = &word.word.receipt.body.clearing;
        let settlement = part.settlement;
        let row = self.ledger.home_settlement(part.treatment, settlement)?;
        let original = match row.map(|row| row.state) {
            Some(HomeState::Committed(at)) => self.ledger.record(at)?.into_committed(),
            Some(HomeState::Reversed(_) | HomeState::Refused(_) | HomeState::Tombstone(_))
            | None => None,
        };
        let command = Regain {
            returned: word.clone(),
            original,
            short,
        };
        let regained = self.writer.run(command).await?.answer;
        let of = (peer.region(), settlement);
        if word.word.reversal.is_some() {
            self.taken().insert(of);
        }
        if let Some(true_up) = word.trued_up
            && regained == Regained::Written
        {
            self.trued_up().insert(of, (word.claim.person, true_up));
        }
        if regained == Regained::Contradicts {
            tracing::error!(%settlement, peer = %peer.region(),
                "a receipt came back for an id that the backup says was refused or given up");
        }
        Ok(regained)
    }

    /// Books a word of another home region again.
    async fn rebook(&self, word: ReturnedWord, peer: &Peer) -> Result<(), Unfinished> {
        let between = Between {
            home: peer.region(),
            treatment: self.region,
        };
        let signers = |key_id, at| self.homes.signer(peer, key_id, at);
        theirs(&word, between, &signers, peer.region())?;
        let settlement = word.word.receipt.body.clearing.settlement;
        let command = Rebook {
            returned: word,
            request: unknown_request()?,
        };
        let rebooked = self.writer.run(command).await?.answer;
        let party = Party::Region(peer.region());
        let rebooked = rebooked.map_err(|beyond| Unfinished::Beyond(party, beyond))?;
        if rebooked == Rebooked::Contradicts {
            tracing::error!(%settlement, %party, "a receipt came back for an id that ended here without one");
        }
        tracing::debug!(%settlement, ?rebooked, "a word came back");
        Ok(())
    }
}

fn theirs(
    word: &ReturnedWord,
    between: Between,
    signers: Signers<'_>,
    region: RegionCode,
) -> Result<(), Unfinished> {
    check(word, between, signers).map_err(|fault| Unfinished::NotTheirs {
        party: Party::Region(region),
        fault,
    })
}
