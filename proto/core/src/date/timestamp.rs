//! Instants in UTC, to the millisecond.

use std::fmt;
use std::str::FromStr;

use jiff::tz::Offset;

use super::{BusinessDay, DateError};

/// The last millisecond of 2199 in Shanghai.
const LAST_MILLIS: i64 = 7_258_089_599_999;

/// An instant in UTC with millisecond precision, from 1970 to the end of 2199 in Shanghai.
///
/// ```
/// use huitong_core::date::Timestamp;
/// let instant = Timestamp::parse("2026-03-31T16:00:00.000Z")?;
/// assert_eq!(instant.business_day_shanghai().to_string(), "2026-04-01");
/// # Ok::<(), huitong_core::date::DateError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// The start of 1970.
    pub const EPOCH: Self = Self(jiff::Timestamp::UNIX_EPOCH);

    /// The instant so many milliseconds after the start of 1970.
    ///
    /// # Errors
    /// [`DateError::OutOfRange`].
    pub fn from_millis(millis: i64) -> Result<Self, DateError> {
        if !(0..=LAST_MILLIS).contains(&millis) {
            return Err(DateError::OutOfRange);
        }
        jiff::Timestamp::from_millisecond(millis)
            .map(Self)
            .map_err(|_| DateError::OutOfRange)
    }

    /// Milliseconds since the start of 1970.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// The instant so many milliseconds later, or earlier when below zero.
    ///
    /// # Errors
    /// [`DateError::OutOfRange`].
    pub fn plus_millis(self, millis: i64) -> Result<Self, DateError> {
        self.as_millis()
            .checked_add(millis)
            .ok_or(DateError::OutOfRange)
            .and_then(Self::from_millis)
    }

    /// Milliseconds from this instant to `later`; below zero when `later` comes before.
    #[must_use]
    pub fn millis_until(self, later: Self) -> i64 {
        later.as_millis().saturating_sub(self.as_millis())
    }

    /// The civil date in Shanghai at this instant, at the fixed offset UTC+8. Moving it past
    /// weekends and holidays is the business of the clearing calendar.
    #[must_use]
    pub fn business_day_shanghai(self) -> BusinessDay {
        BusinessDay(Offset::constant(8).to_datetime(self.0).date())
    }

    /// Reads RFC 3339, with `Z` or an offset, to the millisecond at most.
    ///
    /// # Errors
    /// Another form, a finer fraction, or an instant out of range.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| DateError::Malformed)?;
        if instant.subsec_nanosecond() % 1_000_000 != 0 {
            return Err(DateError::Malformed);
        }
        Self::from_millis(instant.as_millisecond())
    }
}

crate::canonical_as!(
    Timestamp as i64,
    |instant| instant.as_millis(),
    Timestamp::from_millis
);

/// RFC 3339 in UTC with three decimals, such as `2026-03-31T16:00:00.000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

impl FromStr for Timestamp {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::golden;

    #[test]
    fn midnight_in_shanghai_begins_the_day() {
        let cases = [
            ("2026-03-31T15:59:59.999Z", "2026-03-31"),
            ("2026-03-31T16:00:00Z", "2026-04-01"),
            ("2026-04-01T00:00:00+08:00", "2026-04-01"),
            // Shanghai kept summer time in 1988; the business day does not.
            ("1988-07-01T15:30:00Z", "1988-07-01"),
            ("2199-12-31T15:59:59.999Z", "2199-12-31"),
        ];
        for (text, expected) in cases {
            let day = Timestamp::parse(text).unwrap().business_day_shanghai();
            assert_eq!(day.to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "2026-03-31",
            "2026-03-31T16:00:00",
            "2026-03-31T16:00:00.0001Z",
            "now",
            "",
        ] {
            assert_eq!(Timestamp::parse(text), Err(DateError::Malformed), "{text}");
        }
        for millis in [-1, LAST_MILLIS + 1, i64::MAX] {
            assert_eq!(Timestamp::from_millis(millis), Err(DateError::OutOfRange));
        }
    }

    proptest! {
        /// An instant printed and read back is the instant, and so are its bytes.
        #[test]
        fn text_and_value_agree(millis in 0..=LAST_MILLIS, more in 0..=LAST_MILLIS) {
            let instant = Timestamp::from_millis(millis).unwrap();
            prop_assert_eq!(instant.to_string().parse(), Ok(instant));
            golden(&instant, &format!("{millis:016x}"));
            if let Ok(later) = instant.plus_millis(more) {
                prop_assert_eq!(instant.millis_until(later), more);
            } else {
                prop_assert!(millis + more > LAST_MILLIS);
            }
        }
    }
}
