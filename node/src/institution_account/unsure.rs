//! After a restore of the node: the days of which only institutions know what was lost, and who has not reconciled them since.
//!
//! What is settled for the own insured at the own region's institutions no other region holds, and it has no legs: what came
//! after the backup does not come back by itself. An institution that reconciles such a day is told which lines the node
//! lacks ([`super::compare`]), and presents their evidence ([`crate::recovery::presented`]). Deliberately absent: what was lost, which
//! nobody here knows.

use huitong_core::date::{BusinessDay, ServiceDate, Timestamp};
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{DAYS_AT_MOST, Span};
use huitong_core::vocabulary::Setting;

use crate::ledger::Ledger;
use crate::store::{Key, Row, Rows, StoreError, Table};

/// Institutions that are looked at: more than a region has.
const INSTITUTIONS: usize = 100_000;
/// So many days after its agreement ended an institution has nothing more to settle.
const AFTERWARDS: i32 = 366;
/// The day after the restore: one that is closed early makes it the open one.
const AHEAD: i32 = 1;

/// What only institutions know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsure {
    /// Of which business days: where that are more than an institution reconciles at once, the last of them.
    pub days: Span,
    /// Who has not reconciled all of these since.
    pub left: Vec<InstitutionCode>,
}

/// What only institutions know since the node's last restore; none where it was never restored, or all have reconciled.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub fn unsure(ledger: &Ledger) -> Result<Option<Unsure>, StoreError> {
    let Some(restored) = ledger.restored()? else {
        return Ok(None);
    };
    let closed = ledger.backup_day()?.and_then(|row| row.closed);
    let days = days(closed, restored.since)?;
    // What was admitted under an agreement is settled also after its end.
    let ended =
        ServiceDate::parse(&days.from().to_string()).and_then(|day| day.plus_days(-AFTERWARDS));
    let ended = ended.map_err(|_| StoreError::Range("the days of a backup"))?;
    let mut left = Vec::new();
    for (key, row) in ledger.scan(Table::Institution, INSTITUTIONS)? {
        let (Key::Institution(code), Row::Institution(institution)) = (key, row) else {
            return Err(StoreError::WrongRow("Institution"));
        };
        let until = institution.agreement.until();
        let is_gone = until.is_some_and(|until| until < ended);
        if !is_gone && !has_reconciled(ledger, code, days, restored.since)? {
            left.push(code);
        }
    }
    Ok((!left.is_empty()).then_some(Unsure { days, left }))
}

/// The days after the last one that is closed in the backup, up to the restore.
fn days(closed: Option<BusinessDay>, since: Timestamp) -> Result<Span, StoreError> {
    let range = |_| StoreError::Range("the days of a backup");
    let to = since
        .business_day_shanghai()
        .plus_days(AHEAD)
        .map_err(range)?;
    let from = closed
        .map(|day| day.plus_days(1))
        .transpose()
        .map_err(range)?;
    // A day may have been closed ahead.
    let from = from.map(|from| from.min(to));
    if let Some(span) = from.and_then(|from| Span::new(from, to).ok()) {
        return Ok(span);
    }
    let longest = i32::try_from(DAYS_AT_MOST).map_err(|_| StoreError::Range("days"))?;
    let from = to.plus_days(1_i32.saturating_sub(longest)).map_err(range)?;
    Span::new(from, to).map_err(|_| StoreError::Range("the days of a backup"))
}

/// Whether an institution has reconciled all days since a moment, each whole or every kind of care of it: what it has reconciled
/// at any time, it has reconciled since.
fn has_reconciled(
    rows: &dyn Rows,
    institution: InstitutionCode,
    days: Span,
    since: Timestamp,
) -> Result<bool, StoreError> {
    for day in days.days() {
        let is_said = |setting| -> Result<Option<bool>, StoreError> {
            let row = rows.reconciled(institution, day, setting)?;
            Ok(row.map(|row| row.at >= since))
        };
        let kinds = Setting::ALL.iter().copied().map(Some).map(is_said);
        let kinds: Vec<Option<bool>> = kinds.collect::<Result<_, _>>()?;
        let whole = is_said(None)?;
        let is_old = kinds
            .iter()
            .chain([&whole])
            .any(|said| *said == Some(false));
        let is_all = whole.is_some() || kinds.iter().all(Option::is_some);
        if is_old || !is_all {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use huitong_core::institution_account::Totals;

    use super::*;
    use crate::home::testing::Home;
    use crate::samples::claim;
    use crate::store::ReconciledRow;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn span(from: &str, to: &str) -> Span {
        Span::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_days_are_those_that_were_open_in_the_backup_or_after_it_up_to_the_day_after_the_restore()
    {
        let since = at("2023-03-10T04:00:00.000Z");
        for (closed, expected) in [
            (Some("2023-03-08"), span("2023-03-09", "2023-03-11")),
            (Some("2023-03-10"), span("2023-03-11", "2023-03-11")),
            // Closed ahead.
            (Some("2023-03-14"), span("2023-03-11", "2023-03-11")),
            // The last that can be reconciled at once.
            (Some("2023-01-08"), span("2023-02-09", "2023-03-11")),
            (None, span("2023-02-09", "2023-03-11")),
        ] {
            let closed = closed.map(|day| day.parse().unwrap());
            assert_eq!(days(closed, since).unwrap(), expected, "{closed:?}");
        }
    }

    #[test]
    fn a_day_is_reconciled_when_all_that_was_said_of_it_was_said_since() {
        let home = Home::new();
        let (days, institution) = (
            span("2023-03-09", "2023-03-10"),
            claim("V1").institution.code,
        );
        let say = |day: &str, setting: Option<Setting>, when: &str| {
            let row = ReconciledRow {
                span: days,
                stated: Totals::ZERO,
                own: Totals::ZERO,
                settled: 0,
                reversed: 0,
                at: at(when),
            };
            let key = Key::Reconciled(institution, day.parse().unwrap(), setting);
            home.put(key, Row::Reconciled(Box::new(row)));
        };
        let since = at("2023-03-10T04:00:00.000Z");
        let is_done = || has_reconciled(&home.rows, institution, days, since).unwrap();
        let (before, after) = ("2023-03-10T03:00:00.000Z", "2023-03-10T05:00:00.000Z");
        let care = Some(Setting::Inpatient);
        say("2023-03-09", None, after);
        assert!(!is_done(), "of the second day nothing is said");
        say("2023-03-10", care, before);
        say("2023-03-10", None, after);
        assert!(!is_done(), "of one kind of care it was said before");
        say("2023-03-10", care, after);
        assert!(is_done());
        let days = span("2023-03-11", "2023-03-11");
        let is_done = || has_reconciled(&home.rows, institution, days, since).unwrap();
        for setting in Setting::ALL {
            assert!(!is_done(), "of {setting} nothing is said");
            say("2023-03-11", Some(*setting), after);
        }
        assert!(is_done());
    }
}
