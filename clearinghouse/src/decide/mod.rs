//! Decisions: the state and the moment in, at most one record and an answer out. Nothing changes here.
//!
//! One file for each thing that can be asked. The writer calls them one after the other, appends the
//! record, applies it, and gives the answer once the record and all before it are synced.

mod approve;
mod attest;
mod attested;
mod automatic;
mod bank;
mod close_day;
mod correct;
mod cut_off;
mod cycles;
mod deducted;
pub(crate) mod dispute;
mod evidence;
mod exceptions;
mod failed;
mod instruct;
mod intake;
mod late;
mod leaving;
mod members;
pub(crate) mod month;
mod net;
mod notices;
mod over;
mod own_payments;
mod paid;
mod parked;
pub(crate) mod prefund;
mod prove;
mod regain;
mod release;
mod reopen;
mod resume;
mod statement;
mod status;
mod tags;
#[cfg(test)]
mod tests;
mod what_if;
mod witness;

use huitong_core::calendar::Calendar;
use huitong_core::checkpoint::row::Pair;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::leg::Debt;
use huitong_core::record::clearing::ClearingRecord;
use huitong_core::region::RegionCode;

pub(crate) use approve::approve;
pub(crate) use attest::{ROWS_AT_ONCE, attest, row_held, tell_differences, window};
pub(crate) use attested::{AttestedRow, HeldRow, Side, attested};
pub(crate) use automatic::{Schedule, cut_off_when_due};
pub(crate) use bank::confirm;
pub(crate) use close_day::close_day;
pub(crate) use correct::correct;
pub(crate) use cut_off::{Condition, cut_off};
pub(crate) use cycles::{CycleState, OpenCycle, WaitsFor, cycles};
pub(crate) use deducted::{
    DEDUCTIONS_AT_MOST, Period, WaitingDeductions, Whose, begin_waiting_deductions,
    deducted_cycles, too_many_deductions, waiting_deductions,
};
pub(crate) use evidence::{give, listed_signers, not_proven, wanted};
pub(crate) use exceptions::{
    AgeGroup, Asked, Exception, Exceptions, Finding, FindingOwn, Listing, OwnListing, Unordered,
    begin_exceptions, begin_own_exceptions, exceptions, exceptions_page, own_exceptions,
    own_exceptions_page, reason_of,
};
pub(crate) use instruct::instruct;
pub(crate) use intake::{LEGS_AT_ONCE, Report, Told, position, report_legs};
pub(crate) use late::{LateLegs, Overdue, begin_late_legs, late_legs, overdue};
pub(crate) use members::{Came, Kind, MemberRow, change_member, end_proposal, members};
pub(crate) use net::{Expected, is_netted, net};
#[cfg(test)]
pub(crate) use net::{Planner, net_by};
pub(crate) use notices::{Notice, Notices, OrderOf, notices};
pub(crate) use own_payments::{own_notices, own_payments};
pub(crate) use paid::{Openness, Wanted, movement, movements, payments};
pub(crate) use parked::{count_parked, delay, send_back};
pub(crate) use prove::{Unsigned, prove};
pub(crate) use regain::{Regain, Regained, regain};
pub(crate) use release::{Release, release};
pub(crate) use reopen::{Named, Reopening, reopen};
pub(crate) use resume::resume;
pub(crate) use statement::{Statement, statement, statement_of};
pub(crate) use status::{
    RegionAttestation, RegionStatus, Status, WhichCycle, begin_status, status,
};
pub(crate) use tags::{PAIRS_AT_ONCE, may_match, report_tags, tag_position};
pub(crate) use what_if::{DaySuppose, DaysFound, what_if};
pub(crate) use witness::{Reached, reached, witness, witnesses};

use crate::refusal::{ClearingCode, Refusal};
use crate::state::State;
use crate::store::{LegsWritten, Store, StoreError};

/// What a decision is made by.
pub(crate) struct Context<'a> {
    pub(crate) state: &'a State,
    pub(crate) store: &'a dyn Store,
    pub(crate) calendar: &'a Calendar,
    pub(crate) now: Timestamp,
}

impl Context<'_> {
    /// The cycle that something of a day belongs to. A region whose calendar is another one may tell of a day that is
    /// no business day here; that never stops a cycle.
    fn cycle_of(&self, day: BusinessDay) -> BusinessDay {
        self.calendar.at_or_after(day).unwrap_or(day)
    }

    /// The plan that took a debt of these two, if one did. What two others call the same is none of it.
    fn plan_that_took(&self, debt: Debt, pair: Pair) -> Result<Option<u64>, StoreError> {
        match self.state.matching.taken_by(debt, pair) {
            Some(plan) => Ok(Some(plan)),
            None => self.store.netted_between(debt, pair),
        }
    }
}

/// What was decided.
#[derive(Debug)]
pub(crate) struct Decided<A> {
    /// What happened, if anything did.
    pub(crate) record: Option<ClearingRecord>,
    /// The legs of the record as they lie in it, when whoever brought them has written them.
    pub(crate) written: Option<LegsWritten>,
    /// The answer, which holds once the record and all before it are synced.
    pub(crate) answer: Result<A, Refusal>,
}

impl<A> Decided<A> {
    pub(crate) const fn of(record: Option<ClearingRecord>, answer: Result<A, Refusal>) -> Self {
        Self {
            record,
            written: None,
            answer,
        }
    }

    pub(crate) const fn answer(answer: A) -> Self {
        Self::of(None, Ok(answer))
    }

    pub(crate) const fn refuse(refusal: Refusal) -> Self {
        Self::of(None, Err(refusal))
    }

    pub(crate) const fn record(record: ClearingRecord, answer: A) -> Self {
        Self::of(Some(record), Ok(answer))
    }

    /// The same, whose record has legs that are written already.
    pub(crate) fn written(self, legs: LegsWritten) -> Self {
        Self {
            written: Some(legs),
            ..self
        }
    }

    /// The same, with what goes with the answer; it is let go when there is none.
    pub(crate) fn beside<B>(self, with: B) -> Decided<(A, B)> {
        Decided {
            record: self.record,
            written: self.written,
            answer: self.answer.map(|answer| (answer, with)),
        }
    }
}

/// Why nothing can be decided any more.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Fault {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What must hold does not hold: a fault of this program.
    #[error("broken: {0}")]
    Broken(String),
}

/// A decision, or why none can be made.
pub(crate) type Decision<A> = Result<Decided<A>, Fault>;

/// Whether a region whose part alone is asked for is one that ever reported or may: of a code that is none nothing is listed,
/// which would read as if nothing waited.
fn has_stream(context: &Context<'_>, region: Option<RegionCode>) -> Result<(), Refusal> {
    let streams = &context.state.streams;
    match region.filter(|region| !streams.contains_key(region)) {
        Some(unknown) => Err(Refusal::new(ClearingCode::StreamUnknownRegion, unknown)),
        None => Ok(()),
    }
}

/// Whether cycles go on: after a restore of the clearinghouse only once an officer has said so.
fn going_on(context: &Context<'_>) -> Result<(), Refusal> {
    match context.state.restored.waits_since {
        Some(since) => Err(Refusal::new(ClearingCode::CycleRestored, since)),
        None => Ok(()),
    }
}
