//! The region's rule for filings: which classes institutions may file, and how long a filing holds.
//!
//! The bureau's own officers may file any class.

use std::collections::BTreeSet;

use huitong_core::date::{DateError, ServiceDate};
use huitong_core::vocabulary::FilingClass;

/// A region's rule for filings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingRule {
    /// The classes that institutions of other regions may file for a patient.
    pub elsewhere: BTreeSet<FilingClass>,
    /// The classes that institutions of the region itself may file for a patient whom they send elsewhere.
    pub here: BTreeSet<FilingClass>,
    /// How many months a filing holds when no last day is given; long-term residence has no end.
    pub temporary_months: u16,
}

impl FilingRule {
    /// What holds unless the configuration says otherwise: emergencies and temporary stays where the patient is
    /// treated, referrals at home, six months.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            elsewhere: [FilingClass::Emergency, FilingClass::Temporary].into(),
            here: [FilingClass::Referral].into(),
            temporary_months: 6,
        }
    }

    /// The last day of a filing for which none was given.
    ///
    /// # Errors
    /// [`DateError`] when it is past the calendar.
    pub fn last_day(
        &self,
        class: FilingClass,
        from: ServiceDate,
    ) -> Result<Option<ServiceDate>, DateError> {
        match class {
            FilingClass::LongTerm => Ok(None),
            FilingClass::Unfiled
            | FilingClass::Referral
            | FilingClass::Emergency
            | FilingClass::Temporary => months_later(from, self.temporary_months)?
                .plus_days(-1)
                .map(Some),
        }
    }
}

/// The same day some months later; the last day of that month when it has no such day.
fn months_later(from: ServiceDate, months: u16) -> Result<ServiceDate, DateError> {
    let since_january = u32::from(from.month())
        .saturating_sub(1)
        .saturating_add(u32::from(months));
    let (years, month) = (since_january / 12, since_january % 12);
    let year = u32::from(from.year()).saturating_add(years);
    let year = u16::try_from(year).map_err(|_| DateError::OutOfRange)?;
    let month = u8::try_from(month.saturating_add(1)).map_err(|_| DateError::OutOfRange)?;
    let mut day = from.day();
    loop {
        match ServiceDate::new(year, month, day) {
            Err(DateError::NoSuchDay) if day > 28 => day = day.saturating_sub(1),
            found => return found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_months_end_on_the_day_before_the_same_day() {
        let rule = FilingRule::standard();
        let last = |class, from: &str| {
            let last = rule.last_day(class, from.parse().unwrap()).unwrap();
            last.map(|day| day.to_string())
        };
        for (from, expected) in [
            ("2023-03-05", "2023-09-04"),
            ("2023-07-01", "2023-12-31"),
            ("2023-08-31", "2024-02-28"),
            ("2022-08-31", "2023-02-27"),
        ] {
            let found = last(FilingClass::Temporary, from);
            assert_eq!(found.as_deref(), Some(expected), "{from}");
        }
        assert_eq!(last(FilingClass::LongTerm, "2023-03-05"), None);
    }
}
