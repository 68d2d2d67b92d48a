//! Which institutions have reconciled which days, what has changed since, and who has not.

use std::collections::BTreeMap;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{Booked, DayStanding, Span};
use huitong_core::vocabulary::Setting;

use super::AccountDesk;
use crate::store::{ReconciledRow, Rows, StoreError};

/// How many settlements and reversals.
type Counts = (u64, u64);

/// A day of an institution's, of one kind of care or of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySeen {
    /// Whose.
    pub institution: InstitutionCode,
    /// Which.
    pub day: BusinessDay,
    /// Of one kind of care; none for all.
    pub setting: Option<Setting>,
    /// How it stands.
    pub standing: DayStanding,
    /// What was stated last: the span, how many settlements and reversals, and when.
    pub stated: Option<(Span, u64, u64, Timestamp)>,
    /// How many settlements the node's book has of the day now.
    pub settled: u64,
    /// How many reversals.
    pub reversed: u64,
}

impl AccountDesk {
    /// A day, by institution, and after which institution the next page begins.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn reconciled_on(
        &self,
        day: BusinessDay,
        after: Option<InstitutionCode>,
    ) -> Result<(Vec<DaySeen>, Option<InstitutionCode>), StoreError> {
        let (institutions, next) = self.institutions(after)?;
        let mut seen = Vec::new();
        for institution in institutions {
            seen.extend(self.reconciled_by(institution, Span::day(day))?);
        }
        Ok((seen, next))
    }

    /// The days of an institution.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn reconciled_by(
        &self,
        institution: InstitutionCode,
        span: Span,
    ) -> Result<Vec<DaySeen>, StoreError> {
        let counts = self.counts(institution, span)?;
        let count_of = |day, setting| counts.get(&(day, setting)).copied().unwrap_or((0, 0));
        let mut seen = Vec::new();
        for day in span.days() {
            let (mut known, mut missing) = (Vec::new(), Vec::new());
            let some = Setting::ALL.iter().copied().map(Some);
            for setting in std::iter::once(None).chain(some) {
                let (of, count) = ((institution, day, setting), count_of(day, setting));
                match self.ledger.reconciled(institution, day, setting)? {
                    Some(row) => known.push(of_row(of, &row, count)),
                    None if count == (0, 0) => {}
                    None => missing.push(of_none(of, count)),
                }
            }
            seen.extend(of_day(known, missing));
        }
        Ok(seen)
    }

    /// How many the book has of each day, of each kind of care and of all.
    fn counts(
        &self,
        institution: InstitutionCode,
        span: Span,
    ) -> Result<BTreeMap<(BusinessDay, Option<Setting>), Counts>, StoreError> {
        let mut counts = BTreeMap::<_, Counts>::new();
        self.entries(institution, (span, None), |entry| {
            for setting in [None, Some(entry.setting)] {
                let (settled, reversed) = counts.entry((entry.on, setting)).or_default();
                let count = match entry.of {
                    Booked::Settlement => settled,
                    Booked::Reversal => reversed,
                };
                *count = count.saturating_add(1);
            }
            Ok(())
        })?;
        Ok(counts)
    }
}

/// What was reconciled of a day, and what is missing: all of it when nothing was, and nothing when all kinds of care were at
/// once. Otherwise each kind that was not.
fn of_day(known: Vec<DaySeen>, mut missing: Vec<DaySeen>) -> Vec<DaySeen> {
    if known.iter().any(|day| day.setting.is_none()) {
        return known;
    }
    let is_all = known.is_empty();
    missing.retain(|day| day.setting.is_none() == is_all);
    known.into_iter().chain(missing).collect()
}

const fn of_none(
    (institution, day, setting): (InstitutionCode, BusinessDay, Option<Setting>),
    (settled, reversed): Counts,
) -> DaySeen {
    DaySeen {
        institution,
        day,
        setting,
        standing: DayStanding::Missing,
        stated: None,
        settled,
        reversed,
    }
}

fn of_row(
    (institution, day, setting): (InstitutionCode, BusinessDay, Option<Setting>),
    row: &ReconciledRow,
    (settled, reversed): Counts,
) -> DaySeen {
    let standing = if (row.settled, row.reversed) != (settled, reversed) {
        DayStanding::ChangedSince
    } else if row.stated == row.own {
        DayStanding::Equal
    } else {
        DayStanding::Differs
    };
    let (stated, back) = (row.stated.settled.count, row.stated.reversed.count);
    DaySeen {
        institution,
        day,
        setting,
        standing,
        stated: Some((row.span, stated, back, row.at)),
        settled,
        reversed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(setting: Option<Setting>) -> DaySeen {
        let institution = "H51010400001".parse().unwrap();
        of_none(
            (institution, "2023-03-09".parse().unwrap(), setting),
            (1, 0),
        )
    }

    #[test]
    fn a_kind_of_care_that_nobody_reconciled_is_missing_beside_one_that_somebody_did() {
        let (inpatient, outpatient) = (Some(Setting::Inpatient), Some(Setting::Outpatient));
        let missing = || vec![day(None), day(inpatient)];
        let reconciled = |setting| DaySeen {
            standing: DayStanding::Equal,
            ..day(setting)
        };
        let one = reconciled(outpatient);
        let seen = of_day(vec![one.clone()], missing());
        assert_eq!(seen, [one, day(inpatient)]);
        assert_eq!(of_day(Vec::new(), missing()), [day(None)]);
        let all = reconciled(None);
        assert_eq!(of_day(vec![all.clone()], missing()), [all]);
    }
}
