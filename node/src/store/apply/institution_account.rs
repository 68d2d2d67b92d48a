//! Rows of institutions' own accounts. A confirmation that is taken back leaves its lines as they were said: they count no more,
//! since it does not stand.

use huitong_core::date::BusinessDay;
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{LineVerdict, MonthStanding};
use huitong_core::money::Fen;
use huitong_core::record::institution_account::{
    InstitutionMonthSet, InstitutionReconciled, MonthConfirmed, MonthRolledBack,
};

use super::super::institution_account_row::{
    ConfirmationRow, InstitutionMonthRow, MonthLineRow, ReconciledRow,
};
use super::super::{Key, Row, StoreError};
use super::{Changes, Ground};

/// What was answered holds for every day of the span.
pub(super) fn reconciled(record: &InstitutionReconciled, out: &mut Changes) {
    for day in &record.days {
        let row = ReconciledRow {
            span: record.span,
            stated: record.stated,
            own: record.own,
            settled: day.settled,
            reversed: day.reversed,
            at: record.at,
        };
        let key = Key::Reconciled(record.institution, day.day, record.setting);
        out.put(key, Row::Reconciled(row.into()));
    }
}

pub(super) fn confirmed(
    record: &MonthConfirmed,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (institution, first) = (record.institution, record.month.first());
    let is_confirmed = |verdict| matches!(verdict, LineVerdict::Confirmed);
    let confirmed = record.lines.iter();
    let confirmed: Vec<Fen> = confirmed
        .filter(|line| is_confirmed(line.verdict))
        .map(|line| line.payable)
        .collect();
    let count = u64::try_from(confirmed.len());
    let row = ConfirmationRow {
        id: record.confirmation,
        asked: record.asked,
        in_all: record.in_all,
        confirmed: count.map_err(|_| StoreError::Range("lines of a confirmation"))?,
        applied: Fen::sum(confirmed).map_err(|_| StoreError::Range("what is applied for"))?,
        at: record.at,
        rolled_back: None,
    };
    for line in &record.lines {
        let key = Key::MonthLine(institution, first, line.settlement);
        let row = MonthLineRow {
            confirmation: record.confirmation,
            line: line.line,
            verdict: line.verdict,
        };
        out.put(key, Row::MonthLine(row));
    }
    let mut month = month(institution, first, ground)?;
    month.confirmations.retain(|known| known.id != row.id);
    month.confirmations.push(row);
    put((institution, first), month, out);
    Ok(())
}

pub(super) fn rolled_back(
    record: &MonthRolledBack,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (institution, first) = (record.institution, record.month.first());
    let mut month = month(institution, first, ground)?;
    month.take_back(record.confirmation, record.at);
    put((institution, first), month, out);
    Ok(())
}

pub(super) fn set(
    record: &InstitutionMonthSet,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (institution, first) = (record.institution, record.month.first());
    let closed = match record.standing {
        MonthStanding::Open => None,
        MonthStanding::Closed => Some(record.officer.clone()),
    };
    let month = InstitutionMonthRow {
        closed,
        ..month(institution, first, ground)?
    };
    put((institution, first), month, out);
    Ok(())
}

fn month(
    institution: InstitutionCode,
    first: BusinessDay,
    ground: &Ground<'_>,
) -> Result<InstitutionMonthRow, StoreError> {
    let row = ground.rows.institution_month(institution, first)?;
    Ok(row.unwrap_or(InstitutionMonthRow::NEW))
}

fn put(
    (institution, first): (InstitutionCode, BusinessDay),
    month: InstitutionMonthRow,
    out: &mut Changes,
) {
    let key = Key::InstitutionMonth(institution, first);
    out.put(key, Row::InstitutionMonth(month));
}
