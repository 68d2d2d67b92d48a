//! What the treatment region's bureau owes its institutions (对医疗机构的应付), month by month, and what it paid them.
//!
//! A month's payables follow from what was settled, reversed and deducted on its business days; they are no record of their
//! own. What is journaled is the money that left: one movement of the bureau's bank for one institution and month.
//! Deliberately absent: how a bank is reached, and account numbers.

use std::fmt;
use std::str::FromStr;

use crate::date::{BusinessDay, DateError};
use crate::institution::InstitutionCode;
use crate::money::Fen;
use crate::payment::BankReference;
use crate::{canonical_struct, canonical_text};

/// A month of business days, written `2026-11`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: BusinessDay,
    text: String,
}

/// A text that is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written as 2026-11 / 月份应写作 2026-11")]
pub struct MonthError;

impl Month {
    /// Reads a month.
    ///
    /// # Errors
    /// [`MonthError`].
    pub fn parse(text: &str) -> Result<Self, MonthError> {
        let first = BusinessDay::parse(&format!("{text}-01")).map_err(|_| MonthError)?;
        let month = Self::of(first);
        if month.text == text {
            Ok(month)
        } else {
            Err(MonthError)
        }
    }

    /// The month of a day.
    #[must_use]
    pub fn of(day: BusinessDay) -> Self {
        let first = BusinessDay::new(day.year(), day.month(), 1).unwrap_or(day);
        let text = format!("{:04}-{:02}", day.year(), day.month());
        Self { first, text }
    }

    /// Its first day.
    #[must_use]
    pub const fn first(&self) -> BusinessDay {
        self.first
    }

    /// Its last day.
    ///
    /// # Errors
    /// [`DateError`] at the end of the years that days have.
    pub fn last(&self) -> Result<BusinessDay, DateError> {
        self.in_next(1)?.plus_days(-1)
    }

    /// A day of the month after it, at most the 28th.
    ///
    /// # Errors
    /// [`DateError`] at the end of the years that days have, or for no day of every month.
    pub fn in_next(&self, day: u8) -> Result<BusinessDay, DateError> {
        let (year, month) = (self.first.year(), self.first.month());
        if month == 12 {
            BusinessDay::new(year.saturating_add(1), 1, day)
        } else {
            BusinessDay::new(year, month.saturating_add(1), day)
        }
    }

    /// The month before it.
    ///
    /// # Errors
    /// [`DateError`] at the beginning of the years that days have.
    pub fn previous(&self) -> Result<Self, DateError> {
        Ok(Self::of(self.first.plus_days(-1)?))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

canonical_text!(Month);

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        Self::parse(text)
    }
}

/// One movement of money from the bureau to an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// The bank's own reference: one movement is one payout.
    pub reference: BankReference,
    /// To whom.
    pub institution: InstitutionCode,
    /// For which month.
    pub month: Month,
    /// On which day the bank moved it.
    pub paid_on: BusinessDay,
    /// How much.
    pub amount: Fen,
}

canonical_struct!(Payout {
    reference,
    institution,
    month,
    paid_on,
    amount
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::{golden, laws};

    #[test]
    fn a_month_is_its_days_and_has_one_spelling() {
        let month = Month::parse("2024-02").unwrap();
        assert_eq!(month.first().to_string(), "2024-02-01");
        assert_eq!(month.last().unwrap().to_string(), "2024-02-29");
        assert_eq!(month.in_next(10).unwrap().to_string(), "2024-03-10");
        let december = Month::parse("2026-12").unwrap();
        assert_eq!(december.last().unwrap().to_string(), "2026-12-31");
        assert_eq!(december.in_next(20).unwrap().to_string(), "2027-01-20");
        assert_eq!(Month::of("2026-12-31".parse().unwrap()), december);
        let november = december.previous().unwrap();
        assert_eq!(november.as_str(), "2026-11");
        let january = Month::parse("2027-01").unwrap();
        assert_eq!(january.previous().unwrap(), december);
        for bad in ["2024-2", "2024-13", "2024", "2024-02-01", ""] {
            assert_eq!(Month::parse(bad), Err(MonthError), "{bad}");
        }
        golden(&month, "00000007323032342d3032");
    }

    #[test]
    fn a_payout_has_one_form() {
        laws(&Payout {
            reference: BankReference::parse("B-1").unwrap(),
            institution: "H51010400001".parse().unwrap(),
            month: Month::parse("2023-03").unwrap(),
            paid_on: "2023-04-20".parse().unwrap(),
            amount: Fen::new(100).unwrap(),
        });
    }
}
