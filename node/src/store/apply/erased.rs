//! Rows of keys that people were given, of erasures, and of what remains of records of erased people.
//!
//! What remains keeps streams, legs and ids going and says nothing else: no row of a person follows from it. Records
//! that name a settlement and no person find here that it is an erased person's.

use huitong_core::leg::{Leg, LegKind};
use huitong_core::person::PersonRef;
use huitong_core::receipt::ReceiptBody;
use huitong_core::record::erasure::{ErasedWord, PeopleErased, WordErased};
use huitong_core::record::import::ImportKind;
use huitong_core::record::sealed::{Joined, PersonKeyId, Remains};
use huitong_core::region::RegionCode;
use huitong_core::reversal::ReversalBody;

use super::super::{
    Change, ErasedId, HeldReceipts, Key, Location, Row, Rows, StoreError, Stream, StreamHead,
};
use super::{Changes, Ground, changes, duplicate, expense_check, home};

/// The rows that a stored record changes, whole or what remains of it.
///
/// # Errors
/// As [`changes`].
pub fn opened(
    record: &Joined,
    at: Location,
    ground: &Ground<'_>,
) -> Result<Vec<Change>, StoreError> {
    let mut out = Changes { out: Vec::new() };
    match record {
        Joined::Whole(record) => return changes(record, at, ground),
        Joined::Erased(remains) => remaining(remains, at, ground, &mut out)?,
        Joined::Tags { batch, people } => duplicate::batch(batch, people, at, ground, &mut out)?,
    }
    Ok(out.out)
}

/// A key that a record lies under, and whose it is: nobody's when it is destroyed, or when only the record before
/// says whose.
pub type SeenKey = (PersonKeyId, Option<PersonRef>);

/// The rows of keys that a record lies under: whose each is, and that its place is given. The place of a destroyed
/// key stays given, and that of one whose person is not said, so that none is given twice.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub fn keys_given(keys: &[SeenKey], rows: &dyn Rows) -> Result<Vec<Change>, StoreError> {
    let mut out = Changes { out: Vec::new() };
    let mut next = 0;
    for (key, person) in keys {
        next = key.slot.saturating_add(1).max(next);
        if let Some(PersonRef { home, psn_no }) = *person
            && rows.person_key(home, psn_no)? != Some(*key)
        {
            out.put(Key::PersonKey(home, psn_no), Row::PersonKey(*key));
        }
    }
    if next > 0 && next > rows.keys_given()?.unwrap_or_default() {
        out.put(Key::KeysGiven(), Row::KeysGiven(next));
    }
    Ok(out.out)
}

/// People are erased. The count is the one afterwards: what is read again counts them in before.
pub(super) fn people(record: &PeopleErased, at: Location, out: &mut Changes) {
    out.put(Key::Erasure(record.number), Row::Erasure(at));
    let key = Key::Count(ImportKind::Members);
    out.put(key, Row::Count(record.members));
}

/// A peer erased whom a word was about: nothing else comes under its number.
pub(super) fn word(
    record: &WordErased,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    match record.word {
        ErasedWord::Receipt(number) => held(record.home, number, ground, out),
        ErasedWord::Hand(number) => hand_held(record.home, number, ground, out),
    }
}

fn remember(id: ErasedId, at: Location, out: &mut Changes) {
    out.put(Key::Erased(id), Row::Erased(at));
}

fn remaining(
    remains: &Remains,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    numbered(remains, at, ground, out)?;
    match remains {
        Remains::Prepared(settlement) => {
            remember(ErasedId::Settlement(*settlement), at, out);
            Ok(())
        }
        Remains::Committed {
            body, legs_from, ..
        }
        | Remains::CommitRegained { body, legs_from } => {
            committed(body, *legs_from, at, ground, out)
        }
        Remains::ReversalOrdered {
            body, legs_from, ..
        }
        | Remains::ReversalRegained { body, legs_from } => {
            reversed(body, *legs_from, at, ground, out)
        }
        Remains::ReversalBooked {
            body, legs_from, ..
        } => {
            let home = body.clearing.home;
            held(home, body.number, ground, out)?;
            out.remove(Key::Reversal(body.reversal));
            out.remove(Key::OpenReversal(body.reversal));
            reversed(body, *legs_from, at, ground, out)
        }
        Remains::PersonChanged(act)
        | Remains::SettledByHand(act)
        | Remains::AssistanceGranted(act) => {
            remember(ErasedId::Act(*act), at, out);
            Ok(())
        }
        Remains::TransferStepped(transfer) => {
            remember(ErasedId::Transfer(*transfer), at, out);
            Ok(())
        }
        Remains::HandWritten {
            new_home, number, ..
        }
        | Remains::HandRegained { new_home, number } => {
            out.extend(Stream::Hands(*new_home), *number, 1, at, ground.rows)
        }
        Remains::HandTaken { old_home, number } => hand_held(*old_home, *number, ground, out),
        Remains::ImportChunk { .. }
        | Remains::SnapshotsGiven { .. }
        | Remains::TagsWritten(_)
        | Remains::MatchesSeen(_)
        | Remains::Reprepared(_)
        | Remains::VisitFreed
        | Remains::VisitRegained
        | Remains::PersonReleased
        | Remains::LateMirrored
        | Remains::LateOffered
        | Remains::LateEnded
        | Remains::SupplementTaken
        | Remains::SnapshotSigned(_)
        | Remains::SnapshotKept
        | Remains::Provisional(_)
        | Remains::TruedUp
        | Remains::ExternalNoted
        | Remains::ExternalWithdrawn
        | Remains::AssistanceWithdrawn
        | Remains::CoverTold
        | Remains::DuplicateResolved => Ok(()),
    }
}

/// A word of the home role goes on having its number in its stream.
fn numbered(
    remains: &Remains,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    if let Remains::Committed { body, .. } = remains {
        home::numbered((body.clearing.treatment, body.number), at, ground, out)
    } else if let Remains::ReversalOrdered { body, .. } = remains {
        home::numbered((body.clearing.treatment, body.number), at, ground, out)
    } else if let Remains::CommitRegained { body, .. } = remains {
        home::numbered_again((body.clearing.treatment, body.number), at, ground, out)
    } else if let Remains::ReversalRegained { body, .. } = remains {
        home::numbered_again((body.clearing.treatment, body.number), at, ground, out)
    } else {
        Ok(())
    }
}

fn committed(
    body: &ReceiptBody,
    legs_from: u64,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let settlement = body.clearing.settlement;
    remember(ErasedId::Settlement(settlement), at, out);
    let debt = (settlement, LegKind::Settlement);
    out.legs(legs_from, Leg::of(body).len(), debt, at, ground.rows)
}

fn reversed(
    body: &ReversalBody,
    legs_from: u64,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let part = &body.clearing;
    expense_check::reversed((part.treatment, part.settlement), ground, out)?;
    let debt = (part.settlement, LegKind::Reversal);
    let legs = Leg::of_reversal(body).len();
    out.legs(legs_from, legs, debt, at, ground.rows)
}

/// A word of a home region is booked, whoever it was about.
pub(super) fn held(
    home: RegionCode,
    number: u64,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    if home == ground.region {
        // What the own region's institutions gave back after a restore took no number in its stream, and a word that takes it
        // later is not held for that.
        let head = ground.rows.stream(Stream::Receipts(home))?;
        if number > head.unwrap_or(StreamHead::EMPTY).written {
            return Ok(());
        }
    }
    let held = ground.rows.held(home)?.unwrap_or(HeldReceipts::NONE);
    out.put(Key::Held(home), Row::Held(held.with(number)));
    Ok(())
}

/// A word of an old home is taken, whoever it was about.
fn hand_held(
    old_home: RegionCode,
    number: u64,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let taken = ground.rows.hands_held(old_home)?.unwrap_or_default();
    let row = Row::HandsHeld(taken.max(number));
    out.put(Key::HandsHeld(old_home), row);
    Ok(())
}
