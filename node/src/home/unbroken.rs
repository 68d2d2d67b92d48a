//! How long a person has been covered without a gap.
//!
//! A waiting period after a lapse and a bonus for years in a row both ask this. What counts is days: a
//! stretch that begins the day after another ended goes on with it, whatever scheme, category or
//! retirement either is of; a single day between them breaks it. What comes after the day asked for does
//! not matter. Whether the person is covered on that day at all is decided before.

use huitong_core::date::ServiceDate;
use huitong_core::record::registry::CoveragePeriod;

/// Cover without a gap, up to and including a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unbroken {
    /// Its days; zero for a day that is not covered.
    pub(super) days: u32,
    /// The whole years among them: 1 January to 31 December is one.
    pub(super) years: u16,
}

/// The unbroken cover that a day ends; the stretches ascend and do not overlap.
pub(super) fn unbroken(periods: &[CoveragePeriod], day: ServiceDate) -> Unbroken {
    let mut began: Option<ServiceDate> = None;
    let mut next: Option<ServiceDate> = None;
    for period in periods.iter().filter(|period| period.days.from() <= day) {
        if began.is_none() || next != Some(period.days.from()) {
            began = Some(period.days.from());
        }
        next = period.days.until().and_then(after);
    }
    let lapsed = next.is_some_and(|next| next <= day);
    match began.filter(|_| !lapsed) {
        None => Unbroken { days: 0, years: 0 },
        Some(began) => Unbroken {
            days: u32::try_from(began.days_until(day))
                .unwrap_or(0)
                .saturating_add(1),
            years: began.whole_years_until(after(day).unwrap_or(day)),
        },
    }
}

/// The day after; none after the last day there is.
fn after(day: ServiceDate) -> Option<ServiceDate> {
    day.plus_days(1).ok()
}

#[cfg(test)]
mod tests {
    use huitong_core::date::DateInterval;
    use huitong_core::vocabulary::Scheme;

    use super::*;

    fn period(from: &str, until: &str, scheme: Scheme) -> CoveragePeriod {
        let until = (!until.is_empty()).then(|| until.parse().unwrap());
        CoveragePeriod {
            scheme,
            category: "any".parse().unwrap(),
            retired: false,
            days: DateInterval::new(from.parse().unwrap(), until).unwrap(),
        }
    }

    #[track_caller]
    fn check(periods: &[CoveragePeriod], day: &str, days: u32, years: u16) {
        assert_eq!(
            unbroken(periods, day.parse().unwrap()),
            Unbroken { days, years },
            "{day}"
        );
    }

    #[test]
    fn the_first_day_and_the_day_of_admission_both_count() {
        let since = [period("2020-01-01", "", Scheme::Resident)];
        check(&since, "2020-01-01", 1, 0);
        check(&since, "2020-12-30", 365, 0);
        // 1 January to 31 December is a whole year of cover.
        check(&since, "2020-12-31", 366, 1);
        check(&since, "2023-03-01", 1156, 3);
        check(&since, "2199-12-31", 65_744, 179);
    }

    #[test]
    fn one_day_between_two_stretches_breaks_the_cover() {
        let gap = [
            period("2020-01-01", "2022-12-30", Scheme::Resident),
            period("2023-01-01", "", Scheme::Resident),
        ];
        check(&gap, "2023-03-31", 90, 0);
        check(&gap, "2023-04-01", 91, 0);
    }

    #[test]
    fn stretches_that_touch_are_one_whatever_they_are_of() {
        let mut chain = [
            period("2019-01-01", "2019-06-30", Scheme::Resident),
            period("2020-01-01", "2020-12-31", Scheme::Resident),
            period("2021-01-01", "2021-12-31", Scheme::Employee),
            period("2022-01-01", "", Scheme::Employee),
        ];
        chain[3].retired = true;
        check(&chain, "2022-01-01", 732, 2);
        check(&chain, "2023-01-01", 1097, 3);
    }

    #[test]
    fn what_comes_later_does_not_matter() {
        let later = [
            period("2020-01-01", "2020-12-31", Scheme::Resident),
            period("2022-01-01", "", Scheme::Resident),
        ];
        check(&later, "2020-03-01", 61, 0);
    }

    #[test]
    fn a_day_without_cover_has_none() {
        let ended = [period("2020-01-01", "2020-12-31", Scheme::Resident)];
        check(&ended, "2021-01-01", 0, 0);
        check(&ended, "2019-12-31", 0, 0);
        check(&[], "2020-01-01", 0, 0);
    }
}
