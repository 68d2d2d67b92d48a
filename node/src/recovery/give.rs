//! What a node gives back to a peer that was restored, a page at a time.
//!
//! What the peer had given here is found by reading the journal through: receipts are not indexed by number
//! where they are booked, and a restore is rare. What this node had given to the peer lies in a numbered
//! stream; it is read in the order of the journal all the same, from the first record on that may be of it: if this
//! node was restored too, its words came back in another order than that of their numbers, and none is passed over.
//! Final refusals of claims have no number, and lie between. What was refused before the last word that the peer holds
//! without a gap was prepared there before it booked that word: its backup ends it, or has it open and drives it on. Not so
//! where that word itself came back, after a restore of this node: it may have waited for an account, and lies behind what
//! was given after it then. So from there on everything is given, and what is known there already changes nothing.

mod deductions;

use huitong_core::canonical::Artifact;
use huitong_core::coverage::Snapshot;
use huitong_core::final_refusal::FinalRefusal;
use huitong_core::id::SettlementId;
use huitong_core::record::sealed::{Joined, Remains, SealedRecord};
use huitong_core::record::{NodeRecord, is_booking, is_deduction_answered, is_hand_taken};
use huitong_core::recovery::{Returned, ReturnedWord};
use huitong_core::region::RegionCode;
use huitong_core::reversal::HomeWord;
use huitong_journal::{Frame, Position};

use crate::home::receipts::{Sent, claim_refused_by, is_regained, sent_by};
use crate::ledger::Ledger;
use crate::policies::PolicyBook;
use crate::store::apply::Records;
use crate::store::{
    HomeState, Key, Location, ProvisionalState, Rows, StoreError, Stream, StreamHead, Table,
    is_erased,
};
use crate::treatment::view::booked;

/// Words of one page.
const WORDS: usize = 64;
/// What the words of a page may take, but for the last.
const BYTES: usize = 4 << 20;
/// Frames that are read for one page.
const FRAMES: usize = 20_000;

/// A page, and where the next one begins; nothing after the last.
#[derive(Debug, Default)]
pub struct Page {
    /// Canonical bytes of what is given back.
    pub returned: Vec<Vec<u8>>,
    /// Where the next page begins.
    pub next: Option<Vec<u8>>,
}

impl Page {
    fn is_full(&self) -> bool {
        let bytes: usize = self.returned.iter().map(Vec::len).sum();
        self.returned.len() >= WORDS || bytes >= BYTES
    }
}

/// What a home region had given here under numbers above `written`, in the order in which it was booked.
///
/// # Errors
/// [`StoreError`] when it cannot be read, or `after` is no place of a page.
pub fn given_by(
    ledger: &Ledger,
    home: RegionCode,
    written: u64,
    after: &[u8],
) -> Result<Page, StoreError> {
    let begin = begin_of(after)?;
    page_from(ledger, begin, |_, (_, bytes)| {
        word_in(ledger, bytes, (home, written))
    })
}

/// The word that a stored record books, if the region gave it, under a number above if it has one.
fn word_in(
    ledger: &Ledger,
    bytes: &[u8],
    (home, written): (RegionCode, u64),
) -> Result<Option<Returned>, StoreError> {
    if !is_given(bytes) {
        return Ok(None);
    }
    // Another region's is not unsealed for this one, nor what it holds.
    if SealedRecord::is_form_of(bytes)
        && !may_be_of(&SealedRecord::remains_of(bytes)?, home, written)
    {
        return Ok(None);
    }
    let Joined::Whole(record) = ledger.unsealed(bytes)? else {
        // Of an erased person nothing is left to give back.
        return Ok(None);
    };
    word_of(record, home, written, ledger)
}

/// Whether what remains of a record in the clear may be of a word of the region, under a number above.
fn may_be_of(remains: &Remains, home: RegionCode, written: u64) -> bool {
    if let Remains::ReversalBooked { body, .. } = remains {
        body.clearing.home == home && body.number > written
    } else if let Remains::HandTaken { old_home, .. } = remains {
        *old_home == home
    } else {
        true
    }
}

/// A page of what is found in the journal, from a record on.
fn page_from(
    ledger: &Ledger,
    (begin, first): (Position, u32),
    find: impl Fn(&Frame, (u32, &[u8])) -> Result<Option<Returned>, StoreError>,
) -> Result<Page, StoreError> {
    let mut page = Page::default();
    let mut frames = 0_usize;
    for frame in ledger.frames_from(Location::at(begin, 0)) {
        let frame = frame?;
        if frames >= FRAMES {
            page.next = Some(place_of(frame.position(), 0));
            return Ok(page);
        }
        frames = frames.saturating_add(1);
        let skipped = if frame.position() == begin { first } else { 0 };
        let records = (0_u32..).zip(frame.records());
        for (nth, bytes) in records.filter(|(nth, _)| *nth >= skipped) {
            if page.is_full() {
                page.next = Some(place_of(frame.position(), nth));
                return Ok(page);
            }
            let found = find(&frame, (nth, bytes))?;
            page.returned
                .extend(found.map(|returned| returned.to_bytes()));
        }
    }
    Ok(page)
}

/// Whether a record holds a word of another home region.
fn is_given(bytes: &[u8]) -> bool {
    is_booking(bytes) || is_hand_taken(bytes) || is_deduction_answered(bytes)
}

/// Where a page begins: a record in a frame. One frame may hold more than a page.
fn begin_of(after: &[u8]) -> Result<(Position, u32), StoreError> {
    if after.is_empty() {
        return Ok((Position::START, 0));
    }
    let place = after.split_last_chunk::<4>().and_then(|(frame, record)| {
        Some((Position::from_bytes(frame)?, u32::from_be_bytes(*record)))
    });
    place.ok_or(StoreError::Range("a page's place"))
}

fn place_of(frame: Position, record: u32) -> Vec<u8> {
    let mut place = frame.to_bytes().to_vec();
    place.extend_from_slice(&record.to_be_bytes());
    place
}

/// The word that a record books, if the region gave it: a refusal, or a receipt or reversal under a number above.
fn word_of(
    record: NodeRecord,
    home: RegionCode,
    written: u64,
    ledger: &Ledger,
) -> Result<Option<Returned>, StoreError> {
    let refusal = |word: FinalRefusal| (word.body.home == home).then_some(Returned::Refusal(word));
    let (settlement, receipt, reversal) = if let NodeRecord::Settled(record) = record {
        let body = &record.receipt.body;
        if body.clearing.home != home || body.number <= written {
            return Ok(None);
        }
        (record.settlement, Some(record.receipt), None)
    } else if let NodeRecord::ReversalBooked(record) = record {
        let body = &record.reversal.body;
        if body.clearing.home != home || body.number <= written {
            return Ok(None);
        }
        (body.clearing.settlement, None, Some(record.reversal))
    } else if let NodeRecord::HandTaken(taken) = record {
        // They are few, and the number that was announced is another stream's.
        let is_theirs = taken.hand.word.old_home == home;
        return Ok(is_theirs.then_some(Returned::Hand(taken.hand)));
    } else if let NodeRecord::DeductionAnswered(record) = record {
        // They have no number, and are few.
        let is_theirs = record.word.order.body.home == home;
        return Ok(is_theirs.then_some(Returned::Deduction(record.word)));
    } else if let NodeRecord::Refused(record) = record {
        return Ok(refusal(record.word));
    } else if let NodeRecord::Abandoned(record) = record {
        return Ok(refusal(record.word));
    } else if let NodeRecord::ReversalRefused(record) = record {
        return Ok(record.word.and_then(refusal));
    } else {
        return Ok(None);
    };
    let row = ledger.settlement(settlement)?;
    if row.is_none() && is_erased(ledger, settlement)? {
        return Ok(None);
    }
    let row = row.ok_or(StoreError::Inconsistent("a settlement is gone"))?;
    let (attempt, standing) = booked(ledger, &row)?;
    let provisional = ledger.provisional(settlement)?;
    let trued_up = provisional.and_then(|row| match row.state {
        ProvisionalState::TruedUp(true_up) => Some(true_up),
        // Nothing was booked of it at home.
        ProvisionalState::Open | ProvisionalState::Borne(_) | ProvisionalState::TakenBack => None,
    });
    Ok(Some(Returned::Word(ReturnedWord {
        word: HomeWord {
            receipt: receipt.unwrap_or(standing),
            reversal,
        },
        claim: attempt.prepared.claim,
        decision: attempt.decision,
        snapshot: attempt.snapshot,
        trued_up,
    })))
}

/// What this region had given to a treatment region under numbers above `held`, and its final refusals of claims since
/// then, in the order of the journal, and then its words on that region's deductions.
///
/// # Errors
/// As [`given_by`].
pub fn given_to(
    ledger: &Ledger,
    policies: &PolicyBook,
    treatment: RegionCode,
    held: u64,
    after: &[u8],
) -> Result<Page, StoreError> {
    if let Some(after) = deductions::place(after) {
        return deductions::decided_for(ledger, treatment, after);
    }
    let begin = if after.is_empty() {
        match first_since(ledger, treatment, held)? {
            Some(begin) => (begin, 0),
            None => return deductions::after_words(Page::default(), ledger, treatment),
        }
    } else {
        begin_of(after)?
    };
    let above = (treatment, held.saturating_add(1));
    let page = page_from(ledger, begin, |frame, record| {
        Ok(match sent_by(ledger, frame, record, above)? {
            Some(Sent::Word(word)) => {
                Some(Returned::Word(with_its_ground(word, ledger, policies)?))
            }
            Some(Sent::Erased(number)) => Some(Returned::Erased(number)),
            None => claim_refused_by(ledger, frame, record, treatment)?.map(Returned::Refusal),
        })
    })?;
    deductions::after_words(page, ledger, treatment)
}

/// From where on the journal may have a word above a number, or a refusal that was given after the word that has it.
/// None where nothing was ever said to the region.
fn first_since(
    ledger: &Ledger,
    treatment: RegionCode,
    held: u64,
) -> Result<Option<Position>, StoreError> {
    let stream = Stream::Receipts(treatment);
    let written = ledger.stream(stream)?.unwrap_or(StreamHead::EMPTY).written;
    let begin = held.min(written);
    if begin == 0 {
        let before = Key::HomeSettlement(treatment, SettlementId::from_bytes([0; 16]));
        let rows = ledger.scan_after(Table::HomeSettlement, &before, 1)?;
        let is_of_it = |key: &Key| matches!(key, Key::HomeSettlement(of, _) if *of == treatment);
        let has_any = written > 0 || rows.iter().any(|(key, _)| is_of_it(key));
        return Ok(has_any.then_some(Position::START));
    }
    if is_regained(ledger, (treatment, begin), FRAMES)? {
        return Ok(Some(Position::START));
    }
    let block_of = |number| stream.block_of(number).unwrap_or_default();
    let mut first = None;
    for block in block_of(begin)..=block_of(written) {
        if let Some(at) = ledger.block(stream, block)? {
            first = Some(first.map_or(at, |first: Location| first.min(at)));
        }
    }
    Ok(Some(
        first.and_then(Location::frame).unwrap_or(Position::START),
    ))
}

/// A word of the own home role with what it was decided on, as far as the policy asks.
fn with_its_ground(
    word: HomeWord,
    ledger: &Ledger,
    policies: &PolicyBook,
) -> Result<ReturnedWord, StoreError> {
    let part = &word.receipt.body.clearing;
    let row = ledger.home_settlement(part.treatment, part.settlement)?;
    let at = match row.map(|row| row.state) {
        Some(HomeState::Committed(at)) => at,
        Some(HomeState::Reversed(row)) => row.settled,
        Some(HomeState::Refused(_) | HomeState::Tombstone(_)) | None => {
            return Err(StoreError::Inconsistent("a commit without its row"));
        }
    };
    let record = ledger.record(at)?.into_committed();
    let record = record.ok_or(StoreError::Inconsistent(
        "a commit's place holds another record",
    ))?;
    let snapshot = match policies.get(&record.decision.policy) {
        Some(policy) => {
            let needs = policy.compiled.needs();
            Snapshot {
                coverage: record.snapshot.coverage.as_asked(needs),
                balances: record.snapshot.balances.as_asked(needs),
                ..record.snapshot
            }
        }
        // Published after a backup that was put back: what came back with the settlement was as little as it asks.
        None => record.snapshot,
    };
    Ok(ReturnedWord {
        word,
        snapshot,
        claim: record.claim,
        decision: record.decision,
        trued_up: None,
    })
}

#[cfg(test)]
mod tests;
