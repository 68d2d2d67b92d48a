//! Notices as tables: one row for each notice, and one for each part of it.

use huitong_core::date::BusinessDay;
use huitong_core::money::SignedFen;
use huitong_papers::{Cell, Kind, Table};
use huitong_proto::clearing::v1;

use super::page::{Headed, debts, head};
use crate::command::clearing::shown;

/// The tables, each with its name.
pub(super) fn tables(
    answer: &v1::ListNoticesResponse,
) -> anyhow::Result<Vec<(&'static str, Table)>> {
    Ok(vec![
        ("notices", notice_table(answer)?),
        ("notice_parts", part_table(answer)?),
    ])
}

fn text(of: &str) -> Cell {
    Cell::Text(of.to_owned())
}

fn day(of: &str) -> anyhow::Result<Cell> {
    Ok(Cell::Day(BusinessDay::parse(of)?))
}

fn amount(fen: i64) -> anyhow::Result<Cell> {
    Ok(Cell::Amount(SignedFen::new(fen)?))
}

/// What stands under `amount` is never below zero; `notice` says which way it moves.
fn notice_table(answer: &v1::ListNoticesResponse) -> anyhow::Result<Table> {
    let mut table = Table::new(&[
        ("reference", Kind::Text),
        ("notice", Kind::Text),
        ("member", Kind::Text),
        ("fund", Kind::Text),
        ("amount", Kind::Amount),
        ("due", Kind::Day),
        ("cycles", Kind::Count),
        ("debts", Kind::Count),
        ("approved_by", Kind::Text),
        ("ordered_by", Kind::Text),
    ]);
    let approvals = answer.approvals.iter();
    let approved: Vec<_> = approvals.map(|of| of.officer.as_str()).collect();
    for notice in &answer.notices {
        let Headed { payment, name, .. } = head(notice)?;
        table.push(vec![
            text(&payment.reference),
            text(name),
            text(&payment.member),
            text(shown::fund(payment.fund)?.as_str()),
            amount(payment.amount_fen)?,
            day(&payment.due)?,
            Cell::Count(u64::try_from(notice.parts.len())?),
            Cell::Count(debts(notice)),
            text(&approved.join(" ")),
            text(&answer.ordered_by),
        ])?;
    }
    Ok(table)
}

fn part_table(answer: &v1::ListNoticesResponse) -> anyhow::Result<Table> {
    let mut table = Table::new(&[
        ("reference", Kind::Text),
        ("cycle", Kind::Day),
        ("plan", Kind::Count),
        ("receivable", Kind::Amount),
        ("payable", Kind::Amount),
        ("net", Kind::Amount),
        ("debts", Kind::Count),
    ]);
    for notice in &answer.notices {
        let Headed { payment, .. } = head(notice)?;
        for part in &notice.parts {
            table.push(vec![
                text(&payment.reference),
                day(&part.business_day)?,
                Cell::Count(part.plan),
                amount(part.receivable_fen)?,
                amount(part.payable_fen)?,
                amount(part.net_fen)?,
                Cell::Count(part.legs),
            ])?;
        }
    }
    Ok(table)
}
