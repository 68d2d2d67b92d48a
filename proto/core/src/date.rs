//! Days and instants, each of a kind that does not compare with another.
//!
//! A [`ServiceDate`] is a civil date of care, cover or birth; a [`BusinessDay`] is the day of
//! clearing that a settlement falls on; a [`Timestamp`] is an instant in UTC. All lie between 1900
//! and 2199, which catches mistyped years. Deliberately absent: a clock, which is passed in; time
//! zones other than Shanghai's fixed UTC+8; and the calendar of holidays, which is data.

mod timestamp;

pub use timestamp::Timestamp;

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};

macro_rules! civil_day {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(Date);

        impl $type {
            /// The day of this year (1900 to 2199), month (1 to 12) and day of the month.
            ///
            /// # Errors
            /// [`DateError::OutOfRange`] for another year, [`DateError::NoSuchDay`] for a day
            /// that the month does not have.
            pub fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
                civil(year, month, day).map(Self)
            }

            /// Reads `2026-01-31`.
            ///
            /// # Errors
            /// Another form, or a day that does not exist between 1900 and 2199.
            pub fn parse(text: &str) -> Result<Self, DateError> {
                parse_civil(text).map(Self)
            }

            /// The year.
            #[must_use]
            pub fn year(self) -> u16 {
                self.0.year().unsigned_abs()
            }

            /// The month, from 1 to 12.
            #[must_use]
            pub fn month(self) -> u8 {
                self.0.month().unsigned_abs()
            }

            /// The day of the month, from 1.
            #[must_use]
            pub fn day(self) -> u8 {
                self.0.day().unsigned_abs()
            }

            /// The day so many days later, or earlier when `days` is below zero.
            ///
            /// # Errors
            /// [`DateError::OutOfRange`] when it is not between 1900 and 2199.
            pub fn plus_days(self, days: i32) -> Result<Self, DateError> {
                let hours = i64::from(days).saturating_mul(24);
                let date = self.0.checked_add(SignedDuration::from_hours(hours));
                date.map_err(|_| DateError::OutOfRange).and_then(in_range).map(Self)
            }

            /// Days from this day to `later`; below zero when `later` comes before.
            #[must_use]
            pub fn days_until(self, later: Self) -> i64 {
                self.0.duration_until(later.0).as_hours() / 24
            }
        }

        $crate::canonical_as!(
            $type as (u16, u8, u8),
            |date| (date.year(), date.month(), date.day()),
            |(year, month, day)| $type::new(year, month, day)
        );

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.0)
            }
        }

        impl FromStr for $type {
            type Err = DateError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
    };
}

civil_day! {
    /// A civil date of care, cover, filing or birth.
    ///
    /// ```
    /// use huitong_core::date::ServiceDate;
    /// let admitted = ServiceDate::parse("2023-12-30")?;
    /// assert_eq!(admitted.plus_days(3)?.to_string(), "2024-01-02");
    /// # Ok::<(), huitong_core::date::DateError>(())
    /// ```
    ServiceDate
}

civil_day! {
    /// The day of clearing that a settlement falls on, in Shanghai, assigned by the home region.
    BusinessDay
}

impl ServiceDate {
    /// Whole years from this day to `later`, as an age is counted: a year is full on the birthday,
    /// and for one born on 29 February on 1 March of a common year. Zero when `later` comes before.
    #[must_use]
    pub fn whole_years_until(self, later: Self) -> u16 {
        let began = later.year().saturating_sub(self.year());
        let birthday_ahead = (later.month(), later.day()) < (self.month(), self.day());
        began.saturating_sub(u16::from(birthday_ahead))
    }
}

impl BusinessDay {
    /// Whether it is a Saturday or a Sunday. Holidays and make-up days are the calendar's.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), Weekday::Saturday | Weekday::Sunday)
    }
}

fn civil(year: u16, month: u8, day: u8) -> Result<Date, DateError> {
    let signed = |part: u8| i8::try_from(part).map_err(|_| DateError::NoSuchDay);
    let year = i16::try_from(year).map_err(|_| DateError::OutOfRange)?;
    let date = Date::new(year, signed(month)?, signed(day)?);
    date.map_err(|_| DateError::NoSuchDay).and_then(in_range)
}

fn in_range(date: Date) -> Result<Date, DateError> {
    if (1900..=2199).contains(&date.year()) {
        Ok(date)
    } else {
        Err(DateError::OutOfRange)
    }
}

fn parse_civil(text: &str) -> Result<Date, DateError> {
    let [y, e, a, r, b'-', m, n, b'-', d, t] = text.as_bytes() else {
        return Err(DateError::Malformed);
    };
    let number = |digits: &[&u8]| {
        digits.iter().try_fold(0_u16, |number, digit| {
            let digit = digit.wrapping_sub(b'0');
            let next = number.wrapping_mul(10).wrapping_add(u16::from(digit));
            (digit < 10).then_some(next).ok_or(DateError::Malformed)
        })
    };
    let narrow = |part: u16| u8::try_from(part).map_err(|_| DateError::Malformed);
    let (year, month, day) = (number(&[y, e, a, r])?, number(&[m, n])?, number(&[d, t])?);
    civil(year, narrow(month)?, narrow(day)?)
}

/// A stretch of days: the first, and the last if there is one; both belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateInterval {
    from: ServiceDate,
    until: Option<ServiceDate>,
}

impl DateInterval {
    /// The days from `from` to `until`, both included; without end when `until` is `None`.
    ///
    /// # Errors
    /// [`DateError::EndsBeforeItBegins`].
    pub fn new(from: ServiceDate, until: Option<ServiceDate>) -> Result<Self, DateError> {
        if until.is_some_and(|until| until < from) {
            return Err(DateError::EndsBeforeItBegins);
        }
        Ok(Self { from, until })
    }

    /// The first day.
    #[must_use]
    pub const fn from(self) -> ServiceDate {
        self.from
    }

    /// The last day, or `None` while it has no end.
    #[must_use]
    pub const fn until(self) -> Option<ServiceDate> {
        self.until
    }

    /// Whether the day belongs to it.
    #[must_use]
    pub fn contains(self, day: ServiceDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Whether a day belongs to both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.contains(other.from) || other.contains(self.from)
    }
}

crate::canonical_struct!(DateInterval { from, until } via DateInterval::new);

/// `2026-01-01/2026-12-31`, or `2026-01-01/` without end.
impl fmt::Display for DateInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.from)?;
        self.until.map_or(Ok(()), |until| until.fmt(f))
    }
}

/// Why a text or a number is no day or instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Another form.
    #[error("write a date as 2026-01-31 and an instant as 2026-01-31T08:00:00.000Z")]
    Malformed,
    /// A day that the month does not have.
    #[error("there is no such day")]
    NoSuchDay,
    /// Before 1900 (instants: 1970) or after 2199.
    #[error("a date is between 1900 and 2199, an instant between 1970 and 2199")]
    OutOfRange,
    /// The last day comes before the first.
    #[error("it ends before it begins")]
    EndsBeforeItBegins,
}

impl DateError {
    /// The same in Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Malformed => "日期写作 2026-01-31，时刻写作 2026-01-31T08:00:00.000Z",
            Self::NoSuchDay => "没有这一天",
            Self::OutOfRange => "日期须在 1900 至 2199 年之间，时刻须在 1970 至 2199 年之间",
            Self::EndsBeforeItBegins => "截止日早于起始日",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::golden;

    fn day(text: &str) -> ServiceDate {
        ServiceDate::parse(text).unwrap()
    }

    #[test]
    fn golden_bytes() {
        golden(&day("2024-02-29"), "07e8021d");
        golden(&BusinessDay::parse("2026-12-31").unwrap(), "07ea0c1f");
        golden(
            &DateInterval::new(day("2024-01-01"), None).unwrap(),
            "07e8010100",
        );
        golden(
            &DateInterval::new(day("2024-01-01"), Some(day("2024-12-31"))).unwrap(),
            "07e801010107e80c1f",
        );
    }

    #[test]
    fn what_is_no_day_is_refused() {
        let cases = [
            ("2023-02-29", DateError::NoSuchDay),
            ("2023-13-01", DateError::NoSuchDay),
            ("2023-00-10", DateError::NoSuchDay),
            ("1899-12-31", DateError::OutOfRange),
            ("2200-01-01", DateError::OutOfRange),
            ("9999-12-31", DateError::OutOfRange),
            ("20230201", DateError::Malformed),
            ("2023-2-01", DateError::Malformed),
            ("2023-02-01T00:00", DateError::Malformed),
            ("2023-02-01-", DateError::Malformed),
            ("2023-02", DateError::Malformed),
            ("-023-02-01", DateError::Malformed),
            ("", DateError::Malformed),
        ];
        for (text, expected) in cases {
            assert_eq!(ServiceDate::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn an_age_is_full_on_the_birthday() {
        let cases = [
            ("1949-12-31", "2023-12-30", 73),
            ("1949-12-31", "2023-12-31", 74),
            ("2020-02-29", "2021-02-28", 0),
            ("2020-02-29", "2021-03-01", 1),
            ("2020-02-29", "2019-12-31", 0),
        ];
        for (born, on, age) in cases {
            assert_eq!(day(born).whole_years_until(day(on)), age, "{born} on {on}");
        }
    }

    #[test]
    fn both_ends_belong_to_an_interval() {
        let (first, last) = (day("2024-01-01"), day("2024-12-31"));
        let year = DateInterval::new(first, Some(last)).unwrap();
        let open = DateInterval::new(last, None).unwrap();
        assert!(year.contains(first) && year.contains(last));
        assert!(!year.contains(day("2023-12-31")) && !year.contains(day("2025-01-01")));
        assert!(open.contains(day("2199-12-31")) && !open.contains(day("2024-12-30")));
        assert!(year.overlaps(open) && open.overlaps(year));
        let next = DateInterval::new(day("2025-01-01"), None).unwrap();
        assert!(!year.overlaps(next) && !next.overlaps(year));
        assert_eq!(
            DateInterval::new(last, Some(first)),
            Err(DateError::EndsBeforeItBegins)
        );
        assert_eq!(
            format!("{year} {open}"),
            "2024-01-01/2024-12-31 2024-12-31/"
        );
    }

    #[test]
    fn saturdays_and_sundays_are_the_weekend() {
        let days = ["2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05"];
        let weekend = days.map(|text| BusinessDay::parse(text).unwrap().is_weekend());
        assert_eq!(weekend, [false, true, true, false]);
    }

    proptest! {
        /// Going so many days on and counting them agree, and the text reads back.
        #[test]
        fn days_later_and_days_between_agree(days in 0..109_000_i32, back in 0..109_000_i32) {
            let (first, later) = (day("1900-01-01"), day("1900-01-01").plus_days(days).unwrap());
            prop_assert_eq!(first.days_until(later), i64::from(days));
            prop_assert_eq!(later.days_until(first), -i64::from(days));
            prop_assert_eq!(later.plus_days(-back).is_ok(), back <= days);
            prop_assert_eq!(later.to_string().parse(), Ok(later));
        }
    }
}
