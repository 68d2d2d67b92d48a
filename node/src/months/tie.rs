//! Adding the own days up, and holding them against the month that was signed.

use std::collections::BTreeMap;

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::row::Pair;
use huitong_core::checkpoint::witness::FindingKind;
use huitong_core::clearing_month::ClearingMonth;
use huitong_core::clearing_month::own::{MonthDayFault, OwnMonth, OwnMonthRow};
use huitong_core::clearing_month::part::MonthPart;
use huitong_core::clearing_month::row::{MonthRow, MonthRowError, MonthSums};
use huitong_core::money::MoneyError;

use crate::witness::held::HeldDay;

/// A month that is being held against its days.
pub(super) struct Tying<'a> {
    part: &'a MonthPart,
    sums: MonthSums,
    faults: Vec<MonthDayFault>,
}

impl<'a> Tying<'a> {
    /// Of a part, before any day.
    pub(super) fn of(part: &'a MonthPart) -> Self {
        Self {
            sums: MonthSums::after(part.certified.month.after),
            part,
            faults: Vec::new(),
        }
    }

    fn signed(&self) -> &ClearingMonth {
        &self.part.certified.month
    }

    /// Adds the day of a plan.
    ///
    /// # Errors
    /// A sum out of range.
    pub(super) fn add(&mut self, plan: u64, held: &HeldDay) -> Result<(), MoneyError> {
        let fault = |finding, pair| MonthDayFault {
            day: held.day,
            plan,
            finding,
            pair,
        };
        for found in &held.findings {
            self.faults.push(fault(found.kind, found.pair));
        }
        // The month names the checkpoint of its last day, which names those before.
        if plan == self.signed().last_plan && held.checkpoint != self.signed().checkpoint {
            self.faults.push(fault(FindingKind::Other, None));
        }
        // Every day of it lies after the month before, and not after its own last day.
        let month = self.signed();
        let is_outside = month.after.is_some_and(|after| held.day <= after)
            || month.month.last().is_ok_and(|last| held.day > last);
        if is_outside {
            self.faults.push(fault(FindingKind::Other, None));
        }
        let mut sums = held.sums.iter();
        sums.try_for_each(|(of, sum)| self.sums.add_sum(*of, *sum))
    }

    /// The region's rows, as they are signed and as the days come to them.
    ///
    /// # Errors
    /// A sum out of range.
    pub(super) fn rows(self) -> Result<OwnMonth, MonthRowError> {
        let signed = self.part.rows.iter().map(|placed| &placed.row);
        let mut rows: BTreeMap<Pair, [Option<MonthRow>; 2]> = BTreeMap::new();
        for row in signed {
            rows.entry(row.pair).or_default()[0] = Some(row.clone());
        }
        for row in self.sums.rows()? {
            let pair = row.pair;
            rows.entry(pair).or_default()[1] = Some(row);
        }
        // What is in doubt is shown, also where neither has a row of it: a leg that was left out of all.
        for pair in self.faults.iter().filter_map(|fault| fault.pair) {
            if pair.names(self.part.region) {
                rows.entry(pair).or_default();
            }
        }
        let rows = rows.into_iter().map(|(pair, [signed, days])| OwnMonthRow {
            pair,
            signed,
            days,
            institutions: None,
            objected: None,
        });
        let month = &self.part.certified.month;
        Ok(OwnMonth {
            month: month.month.clone(),
            digest: month.digest(),
            rows: rows.collect(),
            faults: self.faults,
            said: None,
        })
    }
}
