//! Closing a business day: later commits fall on a later day.

use std::sync::Arc;

use huitong_core::calendar::Calendar;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::record::{DayClosed, NodeRecord};

use crate::store::{Rows, StoreError, Stream, StreamHead};
use crate::writer::{Command, Verdict};

/// A day to be closed.
pub struct CloseDay {
    /// The day.
    pub day: BusinessDay,
    /// Which days are business days.
    pub calendar: Arc<Calendar>,
}

/// What closing ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayVerdict {
    /// It is closed, now or before, and the last leg number was this.
    Closed {
        /// The last number.
        up_to: u64,
    },
    /// It has not begun.
    NotBegun {
        /// The day that is open.
        open: BusinessDay,
    },
    /// It is no business day, or a later one is closed.
    NotOpen {
        /// The day that is open.
        open: BusinessDay,
    },
}

impl Command for CloseDay {
    type Answer = DayVerdict;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<DayVerdict>, StoreError> {
        let Self { day, calendar } = self;
        if let Some(closed) = rows.closed_day(day)? {
            return Ok(Verdict::Answer(DayVerdict::Closed {
                up_to: closed.up_to,
            }));
        }
        let last = rows.last_closed_day()?.map(|row| row.day);
        let open = calendar
            .day_of(now, last)
            .map_err(|_| StoreError::Range("the calendar's days"))?;
        // A day that passed without being closed may be closed late; one to come may not be, although it is the open one
        // once those before it are closed: the clearinghouse would not count it either.
        let passed = last.is_none_or(|last| day > last);
        if !calendar.is_business(day) || !passed {
            return Ok(Verdict::Answer(DayVerdict::NotOpen { open }));
        }
        if day > now.business_day_shanghai() {
            return Ok(Verdict::Answer(DayVerdict::NotBegun { open }));
        }
        let up_to = rows
            .stream(Stream::Legs)?
            .unwrap_or(StreamHead::EMPTY)
            .written;
        let record = DayClosed {
            day,
            up_to,
            at: now,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::DayClosed(record)],
            DayVerdict::Closed { up_to },
        ))
    }
}
