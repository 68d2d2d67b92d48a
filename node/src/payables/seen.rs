//! Payables of a month: counted from the rows of its business days, a page of institutions at a time.

use huitong_core::date::BusinessDay;
use huitong_core::id::SettlementId;
use huitong_core::institution::InstitutionCode;
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;
use huitong_core::payable::{Month, Payout};
use huitong_core::payment::BankReference;

use super::PayableDesk;
use crate::store::{InstitutionMonthRow, Key, Row, Rows, StoreError, Table};

/// Institutions of a page, at most.
pub const PAGE: usize = 100;
/// What is booked after which a page ends with its institution.
const BOOKED: u64 = 20_000;
/// Rows that are read at once.
const ROWS: usize = 4_096;

/// How many, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// How many.
    pub count: u64,
    /// How much.
    pub amount: i64,
}

impl Counted {
    fn add(&mut self, amount: Fen) {
        self.count = self.count.saturating_add(1);
        self.amount = self.amount.saturating_add(amount.get());
    }
}

/// What is owed to an institution for a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payable {
    /// The institution.
    pub institution: InstitutionCode,
    /// The month.
    pub month: Month,
    /// Settlements of its business days.
    pub settled: Counted,
    /// Reversals of its business days.
    pub reversed: Counted,
    /// Deductions of its business days.
    pub deducted: Counted,
    /// Deductions that ended on its business days.
    pub ended: Counted,
    /// Settlements for other regions that the institution has confirmed, and what was left to be paid for them then.
    pub applied: Counted,
    /// Settlements for other regions that it has neither confirmed nor objected to.
    pub waiting: u64,
    /// What was paid for it.
    pub payouts: Vec<Payout>,
    /// Until when it is to be paid.
    pub due_by: BusinessDay,
    /// So many days it is late.
    pub days_late: u32,
}

impl Payable {
    /// What is to be paid in all.
    #[must_use]
    pub const fn due(&self) -> i64 {
        let owed = self.settled.amount.saturating_add(self.ended.amount);
        let back = self.reversed.amount.saturating_add(self.deducted.amount);
        owed.saturating_sub(back)
    }

    /// What was paid.
    #[must_use]
    pub fn paid(&self) -> i64 {
        let paid = self.payouts.iter().map(|payout| payout.amount.get());
        paid.fold(0, i64::saturating_add)
    }

    /// What remains.
    #[must_use]
    pub fn remains(&self) -> i64 {
        self.due().saturating_sub(self.paid())
    }

    /// How many rows it was counted from.
    fn booked(&self) -> u64 {
        let booked = [self.settled, self.reversed, self.deducted, self.ended];
        booked
            .iter()
            .fold(0, |sum, of| of.count.saturating_add(sum))
    }

    /// Whether nothing of it happened.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let booked = [self.settled, self.reversed, self.deducted, self.ended];
        let mut counted = booked.into_iter().chain([self.applied]);
        counted.all(|counted| counted.count == 0) && self.payouts.is_empty()
    }
}

/// What confirmations that stand say in all.
fn applied(month: &InstitutionMonthRow) -> Counted {
    month
        .standing()
        .fold(Counted::default(), |sum, row| Counted {
            count: sum.count.saturating_add(row.confirmed),
            amount: sum.amount.saturating_add(row.applied.get()),
        })
}

impl PayableDesk {
    /// A page of a month's payables by institution, and after which the next begins.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn of_month(
        &self,
        month: &Month,
        after: Option<InstitutionCode>,
    ) -> Result<(Vec<Payable>, Option<InstitutionCode>), StoreError> {
        let rows = match after {
            None => self.ledger.scan(Table::Institution, PAGE)?,
            Some(after) => {
                let after = Key::Institution(after);
                self.ledger.scan_after(Table::Institution, &after, PAGE)?
            }
        };
        let is_full = rows.len() >= PAGE;
        let (mut payables, mut last, mut read) = (Vec::new(), None, 0_u64);
        for (key, _) in rows {
            let Key::Institution(institution) = key else {
                return Err(StoreError::WrongRow("Institution"));
            };
            last = Some(institution);
            let payable = self.payable(institution, month)?;
            read = read.saturating_add(payable.booked());
            payables.extend((!payable.is_nothing()).then_some(payable));
            if read >= BOOKED {
                return Ok((payables, last));
            }
        }
        Ok((payables, last.filter(|_| is_full)))
    }

    /// What is owed to one institution for a month.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn payable(
        &self,
        institution: InstitutionCode,
        month: &Month,
    ) -> Result<Payable, StoreError> {
        let range = |_| StoreError::Range("the calendar's days");
        let last = month.last().map_err(range)?;
        let apply_by = month.in_next(self.rule.apply_by_day).map_err(range)?;
        let due_by = self.calendar.after(apply_by, self.rule.pay_within_days);
        let confirmed = self.ledger.institution_month(institution, month.first())?;
        let confirmed = confirmed.unwrap_or(InstitutionMonthRow::NEW);
        let mut payable = Payable {
            institution,
            month: month.clone(),
            settled: Counted::default(),
            reversed: Counted::default(),
            deducted: Counted::default(),
            ended: Counted::default(),
            applied: applied(&confirmed),
            waiting: 0,
            payouts: self.payouts(institution, month)?,
            due_by: due_by.map_err(range)?,
            days_late: 0,
        };
        let first = SettlementId::from_bytes([0; 16]);
        let mut after = Key::Due(institution, month.first(), LegKind::Settlement, first);
        'pages: loop {
            let rows = self.ledger.scan_after(Table::Due, &after, ROWS)?;
            let is_full = rows.len() >= ROWS;
            for (key, row) in rows {
                let (Key::Due(of, on, kind, id), Row::Due(row)) = (&key, row) else {
                    return Err(StoreError::WrongRow("Due"));
                };
                if *of != institution || *on > last {
                    break 'pages;
                }
                let is_line = *kind == LegKind::Settlement && row.home != self.region;
                if is_line && !self.is_answered(institution, month, (*id, &confirmed))? {
                    payable.waiting = payable.waiting.saturating_add(1);
                }
                let amount = Fen::sum(row.amounts.into_iter().map(|(_, amount)| amount));
                let amount =
                    amount.map_err(|_| StoreError::Range("what an institution is owed"))?;
                match kind {
                    LegKind::Settlement => payable.settled.add(amount),
                    LegKind::Reversal => payable.reversed.add(amount),
                    LegKind::Deduction => payable.deducted.add(amount),
                    LegKind::DeductionEnd => payable.ended.add(amount),
                    LegKind::Correction => {
                        return Err(StoreError::Inconsistent(
                            "a correction between regions is no institution's",
                        ));
                    }
                }
                after = key;
            }
            if !is_full {
                break;
            }
        }
        let today = self.clock.now().business_day_shanghai();
        if payable.remains() > 0 {
            let late = payable.due_by.days_until(today).max(0);
            payable.days_late = u32::try_from(late).unwrap_or(u32::MAX);
        }
        Ok(payable)
    }

    /// Whether an institution has confirmed a line of its month, or objected to it.
    fn is_answered(
        &self,
        institution: InstitutionCode,
        month: &Month,
        (settlement, confirmed): (SettlementId, &InstitutionMonthRow),
    ) -> Result<bool, StoreError> {
        if confirmed.standing().next().is_none() {
            return Ok(false);
        }
        let said = self
            .ledger
            .month_line(institution, month.first(), settlement)?;
        Ok(said.is_some_and(|said| confirmed.counts(&said)))
    }

    fn payouts(
        &self,
        institution: InstitutionCode,
        month: &Month,
    ) -> Result<Vec<Payout>, StoreError> {
        // What comes before every reference of the month: no month begins on the day before it does.
        let range = |_| StoreError::Range("the calendar's days");
        let before = month.first().plus_days(-1).map_err(range)?;
        let lowest = BankReference::parse("-");
        let lowest = lowest.map_err(|_| StoreError::Range("the reference of a bank"))?;
        let mut after = Key::PayoutOf(institution, before, lowest);
        let mut payouts = Vec::new();
        loop {
            let rows = self.ledger.scan_after(Table::PayoutOf, &after, ROWS)?;
            let is_full = rows.len() >= ROWS;
            for (key, _) in rows {
                let Key::PayoutOf(of, first, reference) = key else {
                    return Err(StoreError::WrongRow("PayoutOf"));
                };
                if (of, first) != (institution, month.first()) {
                    return Ok(payouts);
                }
                let row = self.ledger.payout(reference)?;
                payouts.extend(row.map(|row| row.payout));
                after = Key::PayoutOf(of, first, reference);
            }
            if !is_full {
                return Ok(payouts);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_applied_for_is_seen_also_when_nothing_of_it_is_booked_any_more() {
        let nothing = Payable {
            institution: "H51010400001".parse().unwrap(),
            month: Month::parse("2023-03").unwrap(),
            settled: Counted::default(),
            reversed: Counted::default(),
            deducted: Counted::default(),
            ended: Counted::default(),
            applied: Counted::default(),
            waiting: 0,
            payouts: Vec::new(),
            due_by: "2023-05-31".parse().unwrap(),
            days_late: 0,
        };
        assert!(nothing.is_nothing());
        let applied = Payable {
            applied: Counted {
                count: 1,
                amount: 100,
            },
            ..nothing
        };
        assert!(!applied.is_nothing());
    }
}
