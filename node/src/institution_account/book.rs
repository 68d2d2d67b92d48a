//! The node's book of an institution's days: its settlements and reversals, as each was booked.
//!
//! What a line says follows from three rows: what is owed, the settlement, and what became of a provisional one. A settlement
//! that is not booked yet has no business day and stands in no book.

use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{Amounts, Booked, DayCount, Span, Totals};
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;
use huitong_core::vocabulary::Setting;

use super::AccountDesk;
use crate::store::{DueRow, Key, ProvisionalState, Row, Rows, SettlementRow, StoreError, Table};

/// Rows that are read at once.
pub(super) const ROWS: usize = 2_048;

/// A settlement or reversal in the node's book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which of the two.
    pub of: Booked,
    /// Its business day.
    pub on: BusinessDay,
    /// Of which settlement.
    pub settlement: SettlementId,
    /// The id under which the institution asked for the settlement; another one when it was booked again after a restore.
    pub request: RequestId,
    /// The kind of care.
    pub setting: Setting,
    /// How much.
    pub amounts: Amounts,
}

impl AccountDesk {
    /// What the book has of a span, and how many of each day.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub(super) fn days(
        &self,
        institution: InstitutionCode,
        span: Span,
        setting: Option<Setting>,
    ) -> Result<(Totals, Vec<DayCount>), StoreError> {
        let none = |day| DayCount {
            day,
            settled: 0,
            reversed: 0,
        };
        let mut days: Vec<DayCount> = span.days().map(none).collect();
        let mut totals = Totals::ZERO;
        self.entries(institution, (span, setting), |entry| {
            let sums = totals.with(entry.of, &entry.amounts);
            totals = sums.map_err(|_| StoreError::Range("an institution's sums"))?;
            if let Some(day) = days.iter_mut().find(|day| day.day == entry.on) {
                let count = match entry.of {
                    Booked::Settlement => &mut day.settled,
                    Booked::Reversal => &mut day.reversed,
                };
                *count = count.saturating_add(1);
            }
            Ok(())
        })?;
        Ok((totals, days))
    }

    /// Shows every entry of a span, by day.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read; what `take` said.
    pub(super) fn entries(
        &self,
        institution: InstitutionCode,
        (span, setting): (Span, Option<Setting>),
        mut take: impl FnMut(Entry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let first = (span.from(), SettlementId::from_bytes([0; 16]));
        self.booked(
            (institution, ROWS),
            first,
            span.to(),
            |on, kind, id, row| {
                let of = match kind {
                    LegKind::Settlement => Booked::Settlement,
                    LegKind::Reversal => Booked::Reversal,
                    LegKind::Deduction | LegKind::DeductionEnd | LegKind::Correction => {
                        return Ok(Go::On);
                    }
                };
                let entry = entry(&*self.ledger, (of, on), (id, &row))?;
                if setting.is_none_or(|setting| setting == entry.setting) {
                    take(entry)?;
                }
                Ok(Go::On)
            },
        )
    }

    /// Shows what an institution is owed, and owes back, after a settlement of a day and up to another day; so many rows are
    /// read at once.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read; what `take` said.
    pub(super) fn booked(
        &self,
        (institution, at_once): (InstitutionCode, usize),
        (day, settlement): (BusinessDay, SettlementId),
        to: BusinessDay,
        mut take: impl FnMut(BusinessDay, LegKind, SettlementId, DueRow) -> Result<Go, StoreError>,
    ) -> Result<(), StoreError> {
        let mut after = Key::Due(institution, day, LegKind::Settlement, settlement);
        loop {
            let rows = self.ledger.scan_after(Table::Due, &after, at_once)?;
            let is_full = rows.len() >= at_once;
            for (key, row) in rows {
                let (Key::Due(of, on, kind, id), Row::Due(row)) = (&key, row) else {
                    return Err(StoreError::WrongRow("Due"));
                };
                if *of != institution || *on > to {
                    return Ok(());
                }
                if take(*on, *kind, *id, row)? == Go::Stop {
                    return Ok(());
                }
                after = key;
            }
            if !is_full {
                return Ok(());
            }
        }
    }
}

impl AccountDesk {
    /// Shows under which ids an institution began settlements on the days of a span that have no outcome yet, those that are
    /// provisional among them. What is open of all institutions is looked through: it is little on any day.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub(super) fn open(
        &self,
        institution: InstitutionCode,
        (span, setting): (Span, Option<Setting>),
        mut take: impl FnMut(RequestId),
    ) -> Result<(), StoreError> {
        let mut after = Key::Open(SettlementId::from_bytes([0; 16]));
        loop {
            let rows = self.ledger.scan_after(Table::Open, &after, ROWS)?;
            let is_full = rows.len() >= ROWS;
            for (key, row) in rows {
                let (Key::Open(id), Row::Open(open)) = (&key, row) else {
                    return Err(StoreError::WrongRow("Open"));
                };
                let begun = open.since.business_day_shanghai();
                let begun = self.begun_in(institution, (span, setting), (*id, begun))?;
                begun.into_iter().for_each(&mut take);
                after = key;
            }
            if !is_full {
                return Ok(());
            }
        }
    }
}

impl AccountDesk {
    /// Under which id an institution began a settlement that has no outcome yet, when it did so on a day of a span.
    pub(super) fn begun_in(
        &self,
        institution: InstitutionCode,
        (span, setting): (Span, Option<Setting>),
        (id, begun): (SettlementId, BusinessDay),
    ) -> Result<Option<RequestId>, StoreError> {
        if !(span.from()..=span.to()).contains(&begun) {
            return Ok(None);
        }
        let row = self.ledger.settlement(id)?;
        let row = row.filter(|row| {
            let visit = row.prepared.as_ref().map(|prepared| &prepared.visit);
            row.institution == institution
                && visit.is_some_and(|visit| setting.is_none_or(|of| of == visit.setting))
        });
        Ok(row.map(|row| row.request))
    }
}

/// Whether more is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Go {
    /// It is.
    On,
    /// It is not.
    Stop,
}

pub(super) fn entry(
    rows: &dyn Rows,
    (of, on): (Booked, BusinessDay),
    (id, due): (SettlementId, &DueRow),
) -> Result<Entry, StoreError> {
    let row = rows.settlement(id)?;
    let row = row.ok_or(StoreError::Inconsistent(
        "a settlement that is owed is gone",
    ))?;
    let prepared = row.prepared.as_ref().ok_or(NEVER_PREPARED)?;
    let part = |is_of: fn(Fund) -> bool| {
        let amounts = due.amounts.iter().filter(|(fund, _)| is_of(*fund));
        Fen::sum(amounts.map(|(_, amount)| *amount))
            .map_err(|_| StoreError::Range("what an institution is owed"))
    };
    Ok(Entry {
        of,
        on,
        settlement: id,
        request: row.request,
        setting: prepared.visit.setting,
        amounts: Amounts {
            total: prepared.total,
            funds: part(|fund| !fund.is_account())?,
            accounts: part(Fund::is_account)?,
            cash: cash(rows, id, &row)?.unwrap_or(prepared.cash),
        },
    })
}

pub(super) const NEVER_PREPARED: StoreError =
    StoreError::Inconsistent("what is owed was never prepared");

/// What the patient pays of a settlement that had been provisional: the lower of what was told and what was decided.
fn cash(rows: &dyn Rows, id: SettlementId, row: &SettlementRow) -> Result<Option<Fen>, StoreError> {
    if row.provisional.is_none() {
        return Ok(None);
    }
    let state = rows.provisional(id)?.map(|row| row.state);
    Ok(match state {
        Some(ProvisionalState::TruedUp(true_up) | ProvisionalState::Borne(true_up)) => {
            Some(true_up.patient)
        }
        Some(ProvisionalState::Open | ProvisionalState::TakenBack) | None => None,
    })
}
