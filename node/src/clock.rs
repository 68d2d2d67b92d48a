//! The clock and the calendar, passed down.
//!
//! Only what runs here asks for the time; decisions get it as a value. The calendar is data: days that are
//! no business days. A settlement falls on the business day of Shanghai's date, a non-business day belongs
//! to the next business day, and a closed day takes nothing more.

use std::collections::BTreeSet;

use huitong_core::date::{BusinessDay, DateError, Timestamp};
pub use huitong_transport::{Clock, SystemClock};

/// Days that are no business days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    closed: BTreeSet<BusinessDay>,
}

/// The longest run of days without a business day that a calendar may have.
const RUN_AT_MOST: usize = 60;

impl Calendar {
    /// A calendar in which these days are no business days and all others are.
    #[must_use]
    pub const fn new(non_business: BTreeSet<BusinessDay>) -> Self {
        Self {
            closed: non_business,
        }
    }

    /// Whether the day is a business day.
    #[must_use]
    pub fn is_business(&self, day: BusinessDay) -> bool {
        !self.closed.contains(&day)
    }

    /// The business day that a settlement of this moment falls on, when `last_closed` is closed.
    ///
    /// # Errors
    /// [`DateError`] when the calendar has no business day within two months.
    pub fn day_of(
        &self,
        now: Timestamp,
        last_closed: Option<BusinessDay>,
    ) -> Result<BusinessDay, DateError> {
        let mut day = now.business_day_shanghai();
        if let Some(closed) = last_closed
            && day <= closed
        {
            day = closed.plus_days(1)?;
        }
        for _ in 0..RUN_AT_MOST {
            if self.is_business(day) {
                return Ok(day);
            }
            day = day.plus_days(1)?;
        }
        Err(DateError::OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> BusinessDay {
        text.parse().unwrap()
    }

    #[test]
    fn a_settlement_falls_on_the_next_open_business_day() {
        let weekend = BTreeSet::from([day("2023-03-11"), day("2023-03-12")]);
        let calendar = Calendar::new(weekend);
        let cases = [
            // In Shanghai it is already the 10th.
            ("2023-03-09T16:00:00.000Z", None, "2023-03-10"),
            ("2023-03-09T15:59:59.999Z", None, "2023-03-09"),
            ("2023-03-11T04:00:00.000Z", None, "2023-03-13"),
            ("2023-03-10T04:00:00.000Z", Some("2023-03-10"), "2023-03-13"),
            ("2023-03-10T04:00:00.000Z", Some("2023-03-09"), "2023-03-10"),
            ("2023-03-10T04:00:00.000Z", Some("2023-03-14"), "2023-03-15"),
        ];
        for (now, closed, expected) in cases {
            let now = Timestamp::parse(now).unwrap();
            let found = calendar.day_of(now, closed.map(day)).unwrap();
            assert_eq!(found, day(expected), "{now} {closed:?}");
        }
    }
}
