//! A late claim that the backup has as put to the new home, and that had been committed and taken back since.
//!
//! The legs of both came back from the clearinghouse and no word on either: it never stands again, and its id is given up like
//! that of any other settlement of which legs say so (`restored`). The new home has counted it in, since nothing is
//! committed before that; so it is told that it was taken back, unless the word that told it came back.

use huitong_core::date::Timestamp;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::id::SettlementId;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{HandWord, Handed, HandedVisit};
use huitong_core::record::transfer::{HandWritten, LateOffered};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::outcome::{NOT_LEFT, Put};
use super::{supplement, word};
use crate::home::refusing::{Refused, refused};
use crate::home::relation::handed_over;
use crate::ledger::Ledger;
use crate::store::apply::Records;
use crate::store::{Rows, StoreError, Stream, StreamHead};
use crate::writer::{Command, Verdict};

/// Whether a new home was told that a settlement was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It was.
    Yes,
    /// No word to it says so.
    No,
}

impl Told {
    /// What the words to a new home say, each of which is found by its own place.
    pub(super) fn of(
        ledger: &Ledger,
        new_home: RegionCode,
        (treatment, settlement): (RegionCode, SettlementId),
    ) -> Result<Self, StoreError> {
        let stream = Stream::Hands(new_home);
        let head = ledger.stream(stream)?.unwrap_or(StreamHead::EMPTY);
        for number in 1..=head.written {
            let Some(block) = stream.block_of(number) else {
                continue;
            };
            let Some(at) = ledger.block(stream, block)? else {
                continue;
            };
            let record = match ledger.record(at) {
                Ok(record) => record,
                // The word was about somebody else.
                Err(StoreError::Erased) => continue,
                Err(error) => return Err(error),
            };
            if let Some(HandWord {
                handed: Handed::Reversal(told),
                ..
            }) = word_of(&record)
                && (told.of.treatment, told.of.settlement) == (treatment, settlement)
            {
                return Ok(Self::Yes);
            }
        }
        Ok(Self::No)
    }
}

fn word_of(record: &NodeRecord) -> Option<&HandWord> {
    if let NodeRecord::HandWritten(written) = record {
        Some(written.word())
    } else if let NodeRecord::HandRegained(regained) = record {
        Some(regained.record.word())
    } else {
        None
    }
}

/// Gives such a claim up.
pub(super) struct BuryLate {
    /// What was put to the new home.
    pub(super) put: Put,
    /// What the new home was told.
    pub(super) told: Told,
    /// The salt of the tombstone.
    pub(super) salt: [u8; 16],
    /// The salt of the word to the new home.
    pub(super) hand_salt: [u8; 16],
}

impl Command for BuryLate {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        if !self.put.waits(rows)? {
            return Ok(Verdict::Answer(()));
        }
        let ended = self.put.ended(at);
        let LateOffered {
            settlement,
            claim,
            decision,
            ..
        } = self.put.record;
        let (treatment, home) = (claim.treatment, claim.person.home);
        let record = refused(Refused {
            settlement,
            home,
            treatment,
            refusal: Refusal::new(RefusalCode::Abandoned, at),
            request: RefusedRequest::Claim(claim.binding()),
            salt: self.salt,
            at,
        })?;
        let mut records = vec![NodeRecord::HomeRefused(record)];
        if self.told == Told::No {
            let leaving = handed_over(rows, claim.person.psn_no)?.ok_or(NOT_LEFT)?;
            let of = HandedVisit {
                treatment,
                settlement,
                visit: claim.visit_key(),
            };
            let handed = Handed::Reversal(supplement(&leaving, of, &decision));
            let word = word((home, leaving.new_home), handed, self.hand_salt, rows, at)?;
            records.push(NodeRecord::HandWritten(HandWritten::new(word)));
        }
        records.push(ended);
        Ok(Verdict::Append(records, ()))
    }
}
