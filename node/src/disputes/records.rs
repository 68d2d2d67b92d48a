//! The decisions of the writer about disputes: each looks again at what stands, so that each may be repeated.

use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::dispute::history::DisputeHistory;
use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::outcome::Outcome;
use huitong_core::dispute::word::{SignedWord, Word};
use huitong_core::leg::{Leg, Side};
use huitong_core::record::NodeRecord;
use huitong_core::record::dispute::{CorrectionBooked, DisputeWordSigned};

use crate::home::restored::{from, legs_standing};
use crate::store::{Rows, StoreError, Stream, StreamHead};
use crate::writer::{Command, Verdict};

/// Keeps a word before it is sent. The same on the same word before is sent as it was kept, whoever says it again: with
/// the certificate of now, where that was renewed since, and signed anew only where the key is another.
pub(super) struct KeepWord {
    pub(super) word: Word,
    pub(super) signed: SignedWord,
}

impl Command for KeepWord {
    type Answer = SignedWord;

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<SignedWord>, StoreError> {
        let Self { word, signed } = self;
        if let Some(row) = rows.dispute_word(word.dispute, word.says.number())? {
            let kept = row.signed.word()?;
            let is_same = (kept.says, kept.follows) == (word.says, word.follows);
            if is_same && row.signed.signer == signed.signer {
                return Ok(Verdict::Answer(row.signed));
            }
            let by_same_key =
                (row.signed.algorithm, row.signed.key_id) == (signed.algorithm, signed.key_id);
            if is_same && by_same_key {
                return Ok(keep(SignedWord {
                    signer: signed.signer,
                    ..row.signed
                }));
            }
        }
        Ok(keep(signed))
    }
}

fn keep(signed: SignedWord) -> Verdict<SignedWord> {
    let record = DisputeWordSigned {
        signed: signed.clone(),
    };
    Verdict::Append(vec![NodeRecord::DisputeWordSigned(record)], signed)
}

/// Whether just this outcome of a dispute is booked.
pub(super) struct IsBooked {
    pub(super) dispute: DisputeName,
    pub(super) outcome: Digest,
}

impl Command for IsBooked {
    type Answer = bool;

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<bool>, StoreError> {
        let row = rows.correction(self.dispute)?;
        let is_same = row.is_some_and(|row| row.outcome == self.outcome);
        Ok(Verdict::Answer(is_same))
    }
}

/// Books what a settled dispute came to, once.
pub(super) struct Book {
    pub(super) history: DisputeHistory,
    pub(super) outcome: Outcome,
    pub(super) side: Side,
    pub(super) leg: Leg,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Booked {
    /// It is booked now.
    Now,
    /// It was.
    Before,
    /// Something else is booked under its name.
    Otherwise,
}

impl Command for Book {
    type Answer = Booked;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Booked>, StoreError> {
        let Self {
            history,
            outcome,
            side,
            leg,
        } = self;
        if let Some(row) = rows.correction(outcome.dispute)? {
            let is_same = row.outcome == leg.receipt;
            return Ok(Verdict::Answer(if is_same {
                Booked::Before
            } else {
                Booked::Otherwise
            }));
        }
        let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
        let mut next = head.written.saturating_add(1);
        let standing = legs_standing(rows, leg.settlement, leg.kind)?;
        let legs_from = from(standing, std::slice::from_ref(&leg), &mut next)?;
        let record = CorrectionBooked {
            history,
            side,
            legs_from,
            at: now,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::CorrectionBooked(record)],
            Booked::Now,
        ))
    }
}
