//! What the writer decides for a restore, the node's own or a peer's.

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::leg::NumberedLeg;
use huitong_core::officer::OfficerName;
use huitong_core::person::PsnNo;
use huitong_core::record::erasure::{ErasedWord, WordErased};
use huitong_core::record::recovery::{
    LegsRegained, PeerRestored, PersonReleased, RegionLeftOut, RestoreBegan, RestoreEnded,
    RestoreMark,
};
use huitong_core::record::{DayClosed, NodeRecord};
use huitong_core::region::RegionCode;

use crate::home::restored::missing;
use crate::store::{
    BeyondReason, HeldReceipts, RestoreState, Rows, StoreError, Stream, StreamHead, incarnation,
};
use crate::writer::{Command, Verdict};

/// A peer says that it was restored.
pub struct NotePeer {
    /// Which region.
    pub region: RegionCode,
    /// Its incarnation.
    pub incarnation: u32,
    /// What it drew.
    pub mark: RestoreMark,
    /// The last number of its stream to here that its backup has.
    pub written: u64,
    /// Up to which number it holds the own stream to there.
    pub held: u64,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It is written, now or before.
    Written {
        /// The highest number of its stream that is held here.
        known: u64,
    },
    /// An incarnation as high is known, of another restore.
    Older {
        /// That incarnation.
        known: u32,
    },
}

impl Command for NotePeer {
    type Answer = Noted;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Noted>, StoreError> {
        let Self {
            region,
            incarnation,
            mark,
            written,
            held,
        } = self;
        let known = rows.held(region)?.unwrap_or(HeldReceipts::NONE).highest();
        if let Some(peer) = rows.restored_peer(region)? {
            if (peer.incarnation, peer.mark) == (incarnation, mark) {
                return Ok(Verdict::Answer(Noted::Written { known }));
            }
            if peer.incarnation >= incarnation {
                let known = peer.incarnation;
                return Ok(Verdict::Answer(Noted::Older { known }));
            }
        }
        let record = PeerRestored {
            region,
            incarnation,
            mark,
            written,
            held,
            at,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::PeerRestored(record)],
            Noted::Written { known },
        ))
    }
}

/// Raises the own incarnation above one that somebody knows.
pub struct Raise {
    /// What is known.
    pub above: u32,
    /// What is drawn for the one above it.
    pub mark: RestoreMark,
}

impl Command for Raise {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let record = RestoreBegan {
            incarnation: incarnation(rows)?.max(self.above).saturating_add(1),
            mark: self.mark,
            at,
        };
        Ok(Verdict::Append(vec![NodeRecord::RestoreBegan(record)], ()))
    }
}

/// Everything is here.
pub struct Conclude;

impl Command for Conclude {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let incarnation = incarnation(rows)?;
        let record = RestoreEnded { incarnation, at };
        Ok(Verdict::Append(vec![NodeRecord::RestoreEnded(record)], ()))
    }
}

/// Legs that came back, by consecutive numbers.
pub struct RegainLegs(pub Vec<NumberedLeg>);

impl Command for RegainLegs {
    /// The last number that is written now.
    type Answer = u64;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<u64>, StoreError> {
        let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
        let legs: Vec<NumberedLeg> = self.0;
        let new: Vec<NumberedLeg> = legs
            .into_iter()
            .filter(|leg| leg.number > head.written)
            .collect();
        let consecutive = (head.written.saturating_add(1)..)
            .zip(&new)
            .all(|(number, leg)| leg.number == number);
        if !consecutive {
            return Err(StoreError::Inconsistent(
                "the legs that came back leave a gap",
            ));
        }
        let written = new.last().map_or(head.written, |last| last.number);
        // A record never reaches into a third block, so that each block is found.
        let block = usize::try_from(Stream::BLOCK).unwrap_or(usize::MAX);
        let records = new.chunks(block).map(|legs| {
            NodeRecord::LegsRegained(LegsRegained {
                legs: legs.to_vec(),
                at,
            })
        });
        let records: Vec<NodeRecord> = records.collect();
        Ok(if records.is_empty() {
            Verdict::Answer(written)
        } else {
            Verdict::Append(records, written)
        })
    }
}

/// A day that the clearinghouse knows as closed.
pub struct RegainDay {
    /// The day.
    pub day: BusinessDay,
    /// Its last leg number.
    pub up_to: u64,
}

impl Command for RegainDay {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let Self { day, up_to } = self;
        let last = rows.last_closed_day()?.map(|row| row.day);
        if last.is_some_and(|last| last >= day) {
            return Ok(Verdict::Answer(()));
        }
        let record = DayClosed { day, up_to, at };
        Ok(Verdict::Append(vec![NodeRecord::DayClosed(record)], ()))
    }
}

/// A peer says that nothing comes under a number any more, because it has erased whom the word was about.
pub struct NoteErased {
    /// Which region.
    pub home: RegionCode,
    /// Which word of its.
    pub word: ErasedWord,
}

impl Command for NoteErased {
    type Answer = Result<(), BeyondReason>;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        let Self { home, word } = self;
        let is_gap = match word {
            ErasedWord::Receipt(number) => {
                let held = rows.held(home)?.unwrap_or(HeldReceipts::NONE);
                if let Err(beyond) = held.may_come(number) {
                    return Ok(Verdict::Answer(Err(beyond)));
                }
                number > held.up_to && !held.beyond.contains(&number)
            }
            // Words of an old home are taken one after another: what is not taken yet is not passed over.
            ErasedWord::Hand(number) => {
                let held = rows.hands_held(home)?.unwrap_or_default();
                number == held.saturating_add(1)
            }
        };
        if !is_gap {
            return Ok(Verdict::Answer(Ok(())));
        }
        let record = WordErased { home, word, at };
        Ok(Verdict::Append(
            vec![NodeRecord::WordErased(record)],
            Ok(()),
        ))
    }
}

/// An officer has the node serve without a region.
pub struct LeaveOut {
    /// The region.
    pub region: RegionCode,
    /// The officer.
    pub officer: OfficerName,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// It is written, now or before.
    Out,
    /// Nothing is collected any more.
    TooLate,
}

impl Command for LeaveOut {
    type Answer = Left;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Left>, StoreError> {
        let Self { region, officer } = self;
        let incarnation = incarnation(rows)?;
        let known = rows.left_out(region)?;
        if known.is_some_and(|row| row.incarnation == incarnation) {
            return Ok(Verdict::Answer(Left::Out));
        }
        let restored = rows.restored()?;
        if restored.is_none_or(|row| row.state != RestoreState::Collecting) {
            return Ok(Verdict::Answer(Left::TooLate));
        }
        let record = RegionLeftOut {
            region,
            incarnation,
            officer,
            at,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::RegionLeftOut(record)],
            Left::Out,
        ))
    }
}

/// An officer has looked at a person who is held.
pub struct Release {
    /// The person.
    pub psn_no: PsnNo,
    /// The officer.
    pub officer: OfficerName,
}

impl Command for Release {
    /// How many changes were missing.
    type Answer = u64;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<u64>, StoreError> {
        let Self { psn_no, officer } = self;
        let missing = missing(rows, psn_no)?;
        if missing == 0 {
            return Ok(Verdict::Answer(0));
        }
        let record = PersonReleased {
            psn_no,
            officer,
            at,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::PersonReleased(record)],
            missing,
        ))
    }
}
