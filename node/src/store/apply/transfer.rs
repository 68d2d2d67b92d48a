//! Rows of transfers of the relationship.

use huitong_core::coverage::Balances;
use huitong_core::date::ServiceDate;
use huitong_core::person::PsnNo;
use huitong_core::record::hand::{HandOver, HandWord, Handed, Supplement, TransferOrder};
use huitong_core::record::import::ImportKind;
use huitong_core::record::transfer::{
    AccountAfter, HandTaken, HandsAcknowledged, TransferBy, TransferStep, TransferStepped,
};

use super::super::{
    Account, Counted, Filings, Key, Leaving, LeavingState, Location, Moved, OpenRow, RelationRow,
    Row, Rows, StoreError, Stream, StreamHead, TransferRow, TransferState, account_now,
    is_erased_transfer,
};
use super::cover::covered_until;
use super::handed_id::{free, given_up, stands, taken_back};
use super::regained::came_back;
use super::{Changes, Ground};

const UNKNOWN: StoreError = StoreError::Inconsistent("a step of a transfer that was not agreed");

pub(super) fn stepped(
    record: &TransferStepped,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let rows = ground.rows;
    if let TransferStep::Agreed { order, by } = &record.step {
        let row = TransferRow {
            order: order.clone(),
            by: by.clone(),
            started: record.at,
            state: TransferState::Agreed,
            since: record.at,
            money: Balances::NONE,
        };
        out.put(Key::Transfer(record.transfer), Row::Transfer(row.into()));
        return agreed(order, record, ground, out);
    }
    let Some(row) = rows.transfer(record.transfer)? else {
        // It was written plain, and what was agreed to is erased.
        return if is_erased_transfer(rows, record.transfer)? {
            Ok(())
        } else {
            Err(UNKNOWN)
        };
    };
    let state = match &record.step {
        TransferStep::Agreed { .. } => TransferState::Agreed,
        TransferStep::Frozen => TransferState::Frozen,
        TransferStep::Cancelled(by) => TransferState::Cancelled(by.clone()),
        TransferStep::Refused(refusal) => TransferState::Refused(refusal.clone()),
    };
    let psn_no = row.order.person_at(ground.region).psn_no;
    let mut relation = rows.relation(psn_no)?.unwrap_or(RelationRow::NONE);
    if state == TransferState::Frozen {
        if let Some(leaving) = &mut relation.leaving {
            leaving.state = LeavingState::Frozen;
        }
    } else {
        let is_it = |leaving: &Leaving| leaving.transfer == record.transfer;
        relation.leaving = relation.leaving.filter(|leaving| !is_it(leaving));
        relation.arriving = relation.arriving.filter(|id| *id != record.transfer);
        out.remove(Key::OpenTransfer(record.transfer));
    }
    out.put(Key::Relation(psn_no), Row::Relation(relation.into()));
    let row = TransferRow {
        state,
        since: record.at,
        ..row
    };
    out.put(Key::Transfer(record.transfer), Row::Transfer(row.into()));
    Ok(())
}

fn agreed(
    order: &TransferOrder,
    record: &TransferStepped,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let psn_no = order.person_at(ground.region).psn_no;
    let mut relation = ground.rows.relation(psn_no)?.unwrap_or(RelationRow::NONE);
    if order.new_home == ground.region {
        relation.arriving = Some(record.transfer);
    } else {
        relation.leaving = Some(leaving(order, LeavingState::Agreed));
        let row = OpenRow { since: record.at };
        out.put(Key::OpenTransfer(record.transfer), Row::OpenTransfer(row));
    }
    out.put(Key::Relation(psn_no), Row::Relation(relation.into()));
    Ok(())
}

const fn leaving(order: &TransferOrder, state: LeavingState) -> Leaving {
    Leaving {
        transfer: order.transfer,
        new_home: order.new_home,
        number: order.number,
        from: order.cover.days.from(),
        state,
        mirror: None,
        offered: None,
    }
}

/// Old home: a word is written, now or again.
pub(super) fn written(
    word: &HandWord,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let stream = Stream::Hands(word.new_home);
    out.extend(stream, word.number, 1, at, ground.rows)?;
    match &word.handed {
        Handed::Person(hand_over) => handed_over(word, hand_over, ground, out),
        Handed::Claim(_) | Handed::Reversal(_) => Ok(()),
        // A restore may lose the tombstone and bring this back: the id is never put again.
        Handed::GivenUp(of) => {
            let key = Key::GivenUp(of.treatment, of.settlement);
            out.put(key, Row::GivenUp(of.transfer));
            Ok(())
        }
    }
}

fn handed_over(
    word: &HandWord,
    hand_over: &HandOver,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (rows, order) = (ground.rows, &hand_over.order);
    let psn_no = order.person.psn_no;
    let before = rows.transfer(order.transfer)?;
    let row = TransferRow {
        order: order.clone(),
        // A restore may have lost who started it.
        by: before
            .as_ref()
            .map_or(TransferBy::Region(word.new_home), |row| row.by.clone()),
        started: before.map_or(word.at, |row| row.started),
        state: TransferState::HandedOver(word.number),
        since: word.at,
        money: hand_over.balances,
    };
    out.put(Key::Transfer(order.transfer), Row::Transfer(row.into()));
    out.remove(Key::OpenTransfer(order.transfer));
    let relation = rows.relation(psn_no)?.unwrap_or(RelationRow::NONE);
    let state = LeavingState::HandedOver(word.number);
    // Read twice, what was learned of the new home since stands.
    let known = relation.leaving.filter(|known| known.state == state);
    let relation = RelationRow {
        leaving: known.or_else(|| Some(leaving(order, state))),
        ..relation
    };
    out.put(Key::Relation(psn_no), Row::Relation(relation.into()));
    let member = covered_until(hand_over.member.clone(), order.cover.days.from());
    out.put(Key::Member(psn_no), Row::Member(member));
    let account = rows.account(psn_no)?;
    let mut account = account.unwrap_or_else(|| Account::new(word.incarnation));
    account.version = account.version.max(hand_over.version);
    account.balances = Balances::NONE;
    out.put(Key::Account(psn_no), Row::Account(account));
    Ok(())
}

/// The first day elsewhere of a person who was handed over: no file makes the person insured here from it on.
pub(crate) fn handed_from(
    rows: &dyn Rows,
    psn_no: PsnNo,
) -> Result<Option<ServiceDate>, StoreError> {
    let leaving = rows.relation(psn_no)?.and_then(|row| row.leaving);
    Ok(leaving.and_then(|leaving| match leaving.state {
        LeavingState::HandedOver(_) => Some(leaving.from),
        LeavingState::Agreed | LeavingState::Frozen => None,
    }))
}

/// New home: a word is taken.
pub(super) fn taken(
    record: &HandTaken,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let word = &record.hand.word;
    out.put(
        Key::HandsHeld(word.old_home),
        Row::HandsHeld(
            word.number
                .max(ground.rows.hands_held(word.old_home)?.unwrap_or(0)),
        ),
    );
    let (psn_no, moved) = match &word.handed {
        Handed::Person(hand_over) => {
            arrived(record, hand_over, ground, out)?;
            // Nobody is insured, nor given anything, by an arrival that is collected when they have gone on.
            let member = record.member.as_ref();
            let moved = member.map(|_| Moved::To(hand_over.balances));
            (hand_over.order.number, moved)
        }
        Handed::Claim(supplement) => {
            let of = &supplement.of;
            let known = ground.rows.handed_id(of.treatment, of.settlement)?;
            // What was counted in before its word came is as it was counted in.
            let counted = known.map_or_else(|| Counted::In(supplement.clone()), |row| row.counted);
            if counted != Counted::GivenUp {
                stands(word, (supplement.number, counted), of, out);
            }
            let moved = moved(record, supplement, Moved::From(supplement.paid), ground)?;
            (supplement.number, moved)
        }
        Handed::Reversal(supplement) => {
            taken_back(supplement, ground, out)?;
            let moved = moved(record, supplement, Moved::To(supplement.paid), ground)?;
            (supplement.number, moved)
        }
        Handed::GivenUp(of) => {
            let moved = match &given_up(word.old_home, of, ground, out)? {
                None => None,
                Some(supplement) => {
                    free(&supplement.of, ground, out)?;
                    moved(record, supplement, Moved::To(supplement.paid), ground)?
                }
            };
            (of.number, moved)
        }
    };
    if let Some(account) = &record.account {
        came_back(psn_no, &word.handed, ground, out)?;
        account_after(psn_no, account, moved, ground, out)?;
    }
    Ok(())
}

/// What a supplement moves here: nothing of whoever has gone on, whose accounts are the next home's, and nothing where it
/// is part of a hand-over that came back. Then the record has the account as it stands, in no new version.
fn moved(
    record: &HandTaken,
    supplement: &Supplement,
    moved: Moved,
    ground: &Ground<'_>,
) -> Result<Option<Moved>, StoreError> {
    let number = supplement.number;
    let before = account_now(ground.rows, number)?.map(|account| account.version);
    let after = record.account.as_ref().map(|account| account.version);
    let gone_on = handed_from(ground.rows, number)?.is_some();
    Ok((!gone_on && before != after).then_some(moved))
}

pub(super) fn account_after(
    psn_no: PsnNo,
    after: &AccountAfter,
    moved: Option<Moved>,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let account = ground.rows.account(psn_no)?;
    let mut account = account.unwrap_or_else(|| Account::new(after.version.incarnation));
    account.version = account.version.max(after.version);
    match moved {
        Some(moved) => account.moved(moved, after.balances)?,
        None => account.balances = after.balances,
    }
    for (slot, value) in &after.totals {
        account.totals.insert(slot.clone(), *value);
    }
    out.put(Key::Account(psn_no), Row::Account(account));
    Ok(())
}

fn arrived(
    record: &HandTaken,
    hand_over: &HandOver,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (rows, word, order) = (ground.rows, &record.hand.word, &hand_over.order);
    let psn_no = order.number;
    let before = rows.transfer(order.transfer)?;
    let row = TransferRow {
        order: order.clone(),
        by: before
            .as_ref()
            .map_or(TransferBy::Region(word.old_home), |row| row.by.clone()),
        started: before.map_or(record.at, |row| row.started),
        state: TransferState::Arrived(word.number),
        since: record.at,
        money: hand_over.balances,
    };
    out.put(Key::Transfer(order.transfer), Row::Transfer(row.into()));
    let known = rows.relation(psn_no)?.unwrap_or(RelationRow::NONE);
    let mut prior = known.prior;
    let member = covered_until(hand_over.member.clone(), order.cover.days.from());
    prior.extend(hand_over.prior.iter().cloned().chain(member.periods));
    prior.sort_by_key(|period| period.days.from());
    prior.dedup();
    let relation = RelationRow {
        // Nobody is insured by an arrival that is collected when they have gone on.
        leaving: known.leaving.filter(|_| record.member.is_none()),
        arriving: None,
        prior,
    };
    out.put(Key::Relation(psn_no), Row::Relation(relation.into()));
    for of in &hand_over.visits {
        stands(word, (psn_no, Counted::Came), of, out);
    }
    if let Some(member) = &record.member {
        if rows.member(psn_no)?.is_none() {
            let held = rows.count(ImportKind::Members)?.unwrap_or_default();
            let key = Key::Count(ImportKind::Members);
            out.put(key, Row::Count(held.saturating_add(1)));
        }
        out.put(Key::Member(psn_no), Row::Member(member.clone()));
    }
    if let Some(filings) = &record.filings {
        let filings = Filings(filings.clone());
        out.put(Key::Filings(psn_no), Row::Filings(filings));
    }
    Ok(())
}

/// Old home: a new home holds its words up to a number.
pub(super) fn acknowledged(
    record: &HandsAcknowledged,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let stream = Stream::Hands(record.new_home);
    let head = ground.rows.stream(stream)?.unwrap_or(StreamHead::EMPTY);
    let acknowledged = head.acknowledged.max(record.up_to);
    let head = StreamHead {
        acknowledged,
        ..head
    };
    out.put(Key::Stream(stream), Row::Stream(head));
    Ok(())
}
