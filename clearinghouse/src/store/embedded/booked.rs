//! The books in the index: for each account one row a voucher, with what it came to then. So a balance at any moment is one
//! look-up, and a day's close writes as many rows as it posts to accounts, however many legs it took.
//!
//! Everything follows from the records in the order of the journal, so that an index of before there were vouchers is brought
//! up to them by going through its plans, payments and prefunds in that order.

use std::collections::BTreeMap;

use huitong_core::date::Timestamp;
use huitong_core::ledger::{Account, LedgerError};
use huitong_core::record::clearing::{ClearingRecord, PaymentRecord, PrefundRecord};

use super::journaled::{Journaled, misplaced, read_plan};
use super::scan::each;
use crate::books::{Booking, Movement, Turnover, Voucher, posted};
use crate::store::index::Pair;
use crate::store::keys::{self, Place, PlanRow};
use crate::store::{Index, StoreError};

/// How many rows are written at once while an index is brought up.
const ROWS_AT_ONCE: usize = 4_096;

/// The last voucher: its number and from when it counts.
pub(super) type Last = (u64, Timestamp);

/// The rows of a voucher, and what they leave behind.
pub(super) struct Booked {
    pub(super) rows: Vec<Pair>,
    pub(super) last: Last,
    /// What the accounts that it posts to come to.
    pub(super) stands: Vec<(Account, Turnover)>,
    /// The vouchers that stand of its movement.
    movement: Option<(Movement, Vec<u64>)>,
}

/// The rows of the voucher that comes after `last`. `of_movement` are the vouchers that stand of its movement, and `before`
/// says what an account came to.
pub(super) fn booked(
    booking: &Booking,
    last: Last,
    of_movement: Vec<u64>,
    before: impl Fn(&Account) -> Result<Turnover, StoreError>,
) -> Result<Booked, StoreError> {
    let number = last.0.saturating_add(1);
    let at = booking.at.max(last.1);
    let (mut rows, mut stands) = (Vec::new(), Vec::new());
    for (account, more) in posted(&booking.entries) {
        let after = before(&account)?.and(more);
        let value = [keys::turnover(more), keys::turnover(after)].concat();
        rows.push((keys::posted(&account, number), value));
        stands.push((account, after));
    }
    let (corrects, left) = if booking.takes_back() {
        (of_movement, Vec::new())
    } else {
        let stand = of_movement.into_iter().chain([number]);
        (Vec::new(), stand.collect())
    };
    let taken_back = corrects.iter();
    rows.extend(taken_back.map(|of| (keys::taken_back(*of), keys::value(&number))));
    let movement = booking.movement.map(|movement| (movement, left));
    if let Some((movement, left)) = &movement {
        rows.push((keys::of_movement(movement), keys::value(left)));
    }
    let voucher = Voucher {
        at,
        cause: booking.cause,
        about: booking.about.clone(),
        corrects,
    };
    rows.push((keys::voucher(number), keys::value(&voucher)));
    rows.push((keys::voucher_at(at), keys::value(&number)));
    Ok(Booked {
        rows,
        last: (number, at),
        stands,
        movement,
    })
}

/// The last voucher that is indexed.
pub(super) fn last(index: &dyn Index) -> Result<Last, StoreError> {
    match index.at_or_before(&keys::voucher(u64::MAX))? {
        Some((key, value)) if key.starts_with(keys::VOUCHERS) => {
            let voucher: Voucher = keys::read(&value)?;
            Ok((keys::of_key(&key)?, voucher.at))
        }
        Some(_) | None => Ok((0, Timestamp::EPOCH)),
    }
}

/// The vouchers that stand of a movement.
pub(super) fn of_movement(index: &dyn Index, movement: &Movement) -> Result<Vec<u64>, StoreError> {
    let value = index.get(&keys::of_movement(movement))?;
    value.map_or_else(|| Ok(Vec::new()), |value| keys::read(&value))
}

/// A posting that cannot be built from what is journaled.
pub(super) fn unbooked(error: LedgerError) -> StoreError {
    StoreError::Foreign(error.to_string())
}

/// What posts, by where it lies in the journal.
enum Source {
    Plan,
    Payment(Vec<u8>),
    Prefund(Vec<u8>),
}

/// Books anew all that is indexed, for an index that has no vouchers. Cut off in the middle it is done again, and writes the
/// same rows.
pub(super) fn bring_up(journaled: &Journaled) -> Result<(), StoreError> {
    let index = &*journaled.index;
    let mut sources: BTreeMap<Place, Source> = BTreeMap::new();
    each(index, keys::PLANS, |_, value| {
        let row: PlanRow = keys::read(value)?;
        sources.insert(row.place, Source::Plan);
        Ok(())
    })?;
    each(index, keys::PAYMENTS, |key, value| {
        sources.insert(keys::of_key(key)?, Source::Payment(value.to_vec()));
        Ok(())
    })?;
    each(index, keys::PREFUNDS, |key, value| {
        sources.insert(keys::of_key(key)?, Source::Prefund(value.to_vec()));
        Ok(())
    })?;
    let mut turnovers: BTreeMap<Account, Turnover> = BTreeMap::new();
    let mut movements: BTreeMap<Movement, Vec<u64>> = BTreeMap::new();
    let (mut last, mut rows) = ((0, Timestamp::EPOCH), Vec::new());
    for (place, source) in &sources {
        let Some(booking) = booking(journaled, place, source)? else {
            continue;
        };
        let of_movement = booking.movement.and_then(|of| movements.get(&of).cloned());
        let booked = booked(&booking, last, of_movement.unwrap_or_default(), |account| {
            Ok(turnovers.get(account).copied().unwrap_or(Turnover::ZERO))
        })?;
        last = booked.last;
        turnovers.extend(booked.stands);
        movements.extend(booked.movement);
        rows.extend(booked.rows);
        if rows.len() >= ROWS_AT_ONCE {
            index.write(std::mem::take(&mut rows))?;
        }
    }
    Ok(index.write(rows)?)
}

fn booking(
    journaled: &Journaled,
    place: &Place,
    source: &Source,
) -> Result<Option<Booking>, StoreError> {
    let booking = match source {
        Source::Plan => {
            let ClearingRecord::Netted(netted) = journaled.record(place)? else {
                return Err(misplaced("a plan"));
            };
            Booking::of_plan(&read_plan(&netted)?, netted.at)
        }
        Source::Payment(bytes) => Booking::of_payment(&keys::read::<PaymentRecord>(bytes)?),
        Source::Prefund(bytes) => Booking::of_prefund(&keys::read::<PrefundRecord>(bytes)?),
    };
    booking.map_err(unbooked)
}
