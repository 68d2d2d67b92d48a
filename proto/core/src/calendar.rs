//! The calendar of business days, as a value.
//!
//! Which days are worked is published year by year, so it is data and given here. What belongs to a day that is no
//! business day belongs to the next one; a day that is closed takes nothing more. Deliberately absent: the days
//! themselves, and zones other than Shanghai's.

use std::collections::BTreeSet;

use crate::date::{BusinessDay, DateError, Timestamp};

/// Which days are business days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    weekends: Weekends,
    off: BTreeSet<BusinessDay>,
    worked: BTreeSet<BusinessDay>,
}

/// Whether Saturdays and Sundays are business days when nothing else is said of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weekends {
    Off,
    Worked,
}

/// The longest run of days without a business day that a calendar may have.
const RUN_AT_MOST: usize = 60;

impl Calendar {
    /// Every day is a business day.
    #[must_use]
    pub const fn every_day() -> Self {
        Self::of(Weekends::Worked)
    }

    /// Monday to Friday are business days.
    #[must_use]
    pub const fn weekdays() -> Self {
        Self::of(Weekends::Off)
    }

    const fn of(weekends: Weekends) -> Self {
        Self {
            weekends,
            off: BTreeSet::new(),
            worked: BTreeSet::new(),
        }
    }

    /// With these days off too; a day that was said to be worked no longer is.
    #[must_use]
    pub fn with_off(mut self, days: impl IntoIterator<Item = BusinessDay>) -> Self {
        for day in days {
            self.worked.remove(&day);
            self.off.insert(day);
        }
        self
    }

    /// With these days worked too; a day that was said to be off no longer is.
    #[must_use]
    pub fn with_worked(mut self, days: impl IntoIterator<Item = BusinessDay>) -> Self {
        for day in days {
            self.off.remove(&day);
            self.worked.insert(day);
        }
        self
    }

    /// Whether the day is a business day.
    ///
    /// ```
    /// use huitong_core::calendar::Calendar;
    /// let labour_day = "2026-05-01".parse()?;
    /// let saturday = "2026-05-09".parse()?;
    /// let calendar = Calendar::weekdays().with_off([labour_day]).with_worked([saturday]);
    /// assert!(!calendar.is_business(labour_day));
    /// assert!(calendar.is_business(saturday));
    /// # Ok::<(), huitong_core::date::DateError>(())
    /// ```
    #[must_use]
    pub fn is_business(&self, day: BusinessDay) -> bool {
        if self.worked.contains(&day) {
            return true;
        }
        let is_free_weekend = self.weekends == Weekends::Off && day.is_weekend();
        !is_free_weekend && !self.off.contains(&day)
    }

    /// The business day that something of a day belongs to: itself, or the next one.
    ///
    /// # Errors
    /// [`DateError`] when the calendar has no business day within two months.
    pub fn at_or_after(&self, day: BusinessDay) -> Result<BusinessDay, DateError> {
        let mut day = day;
        for _ in 0..RUN_AT_MOST {
            if self.is_business(day) {
                return Ok(day);
            }
            day = day.plus_days(1)?;
        }
        Err(DateError::OutOfRange)
    }

    /// The business day that a settlement of this moment falls on, when `last_closed` is closed.
    ///
    /// # Errors
    /// As [`Calendar::at_or_after`].
    pub fn day_of(
        &self,
        now: Timestamp,
        last_closed: Option<BusinessDay>,
    ) -> Result<BusinessDay, DateError> {
        let today = now.business_day_shanghai();
        match last_closed {
            Some(closed) if today <= closed => self.at_or_after(closed.plus_days(1)?),
            Some(_) | None => self.at_or_after(today),
        }
    }

    /// The business day so many business days after a day; after none, the day itself or the next one.
    ///
    /// # Errors
    /// As [`Calendar::at_or_after`].
    pub fn after(&self, day: BusinessDay, business_days: u32) -> Result<BusinessDay, DateError> {
        let mut day = self.at_or_after(day)?;
        for _ in 0..business_days {
            day = self.at_or_after(day.plus_days(1)?)?;
        }
        Ok(day)
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
        let weekend = [day("2023-03-11"), day("2023-03-12")];
        for calendar in [
            Calendar::every_day().with_off(weekend),
            Calendar::weekdays(),
        ] {
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

    #[test]
    fn what_is_said_last_of_a_day_holds() {
        let saturday = day("2026-05-09");
        let calendar = Calendar::weekdays().with_worked([saturday]);
        assert!(calendar.is_business(saturday));
        assert!(!calendar.clone().with_off([saturday]).is_business(saturday));
        let again = calendar.with_off([saturday]).with_worked([saturday]);
        assert!(again.is_business(saturday));
    }

    #[test]
    fn business_days_are_counted_over_holidays() {
        let off = ["2026-05-01", "2026-05-04", "2026-05-05"].map(day);
        let calendar = Calendar::weekdays()
            .with_off(off)
            .with_worked([day("2026-05-09")]);
        for (from, count, expected) in [
            ("2026-04-30", 0, "2026-04-30"),
            ("2026-04-30", 1, "2026-05-06"),
            ("2026-05-01", 0, "2026-05-06"),
            ("2026-05-01", 1, "2026-05-07"),
            ("2026-04-30", 4, "2026-05-09"),
            ("2026-04-30", 5, "2026-05-11"),
        ] {
            let found = calendar.after(day(from), count).unwrap();
            assert_eq!(found, day(expected), "{from} {count}");
        }
    }

    #[test]
    fn a_calendar_without_business_days_is_none() {
        let first = day("2026-05-01");
        let all = std::iter::successors(Some(first), |day| day.plus_days(1).ok()).take(61);
        let calendar = Calendar::every_day().with_off(all);
        assert_eq!(calendar.at_or_after(first), Err(DateError::OutOfRange));
    }
}
