//! Stored settlements under another document: what it would have paid, or what must be booked instead.
//!
//! | module | its question |
//! |---|---|
//! | [`again`] | What would one settlement have come to, after those before it? Pure |
//! | [`tally`] | What do many of them sum to, and who gains? Pure |
//! | [`trial`] | How do the days of care fare under a document that is published nowhere? |
//! | [`differences`] | What is to be booked for a withdrawn document? |
//! | [`later`] | What would a person's later settlements have come to without one that was reversed? |
//!
//! Settlements are read from the journal in the order in which they were committed, beside the writer and
//! never on its thread, and nothing is written. Both are bounded in what they keep and in time, and end as
//! soon as nobody listens.

pub mod again;
pub mod differences;
pub mod later;
mod provisional;
pub mod tally;
pub mod trial;

use std::ops::ControlFlow;
use std::time::Duration;

use huitong_core::money::MoneyError;
use huitong_core::record::home::Committed;
use huitong_core::refusal::RefusalCode;
use tokio::time::Instant;

use crate::error::NodeError;
use crate::home::receipts::committed;
use crate::ledger::Ledger;
use crate::store::{HomeState, Location, Rows, StoreError};

/// The longest that one reading may take.
const LONGEST: Duration = Duration::from_secs(600);

/// Whoever listens to a reading is told of it now and then, and may end it.
pub trait Listener<T> {
    /// Tells something. `Break` when nobody listens any more.
    fn tell(&mut self, part: T) -> ControlFlow<()>;

    /// Whether anybody listens.
    fn is_there(&self) -> bool;
}

/// How a reading ended without a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended<T> {
    /// With a result.
    With(T),
    /// Nobody listened any more.
    Unheard,
}

fn out_of_range(_: MoneyError) -> StoreError {
    StoreError::Range("a sum of settlements")
}

/// A settlement that was reversed is none any more: nothing is to be booked for it.
fn is_reversed(ledger: &Ledger, record: &Committed) -> Result<bool, StoreError> {
    let part = &record.body().clearing;
    let row = ledger.home_settlement(part.treatment, part.settlement)?;
    Ok(row.is_some_and(|row| match row.state {
        HomeState::Reversed(_) => true,
        HomeState::Committed(_) | HomeState::Refused(_) | HomeState::Tombstone(_) => false,
    }))
}

/// Reads every settlement committed from a place on that stands, in order, until `each` breaks off.
fn settlements(
    ledger: &Ledger,
    from: Location,
    is_heard: &mut dyn FnMut() -> bool,
    each: &mut dyn FnMut(Committed) -> Result<ControlFlow<()>, NodeError>,
) -> Result<ControlFlow<()>, NodeError> {
    let begun = Instant::now();
    for frame in ledger.frames_from(from) {
        let frame = frame.map_err(StoreError::from)?;
        if !is_heard() {
            return Ok(ControlFlow::Break(()));
        }
        if begun.elapsed() > LONGEST {
            return Err(NodeError::refused(RefusalCode::DeadlinePassed, ""));
        }
        for record in frame.records() {
            let Some(record) = committed(ledger, record) else {
                continue;
            };
            let record = record?;
            if is_reversed(ledger, &record)? {
                continue;
            }
            if each(record)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}
