//! Deductions as officers read them: in text, as JSON, and as tables. Amounts are yuan.

use std::io::Write;

use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::row::Belongs;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::id::DeductionId;
use huitong_core::leg::LegKind;
use huitong_core::money::{Fen, SignedFen};
use huitong_core::region::RegionCode;
use huitong_papers::{Cell, Kind, Table};
use huitong_proto::clearing::v1;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::leg::leg_kind_from_wire;
use serde_json::{Value, json};

use super::{All, Cycle, Period};
use crate::command::clearing::papers::{Listed, listed};
use crate::command::clearing::{shown, status};

/// What waits for nothing but the next cycle.
const AGREED: (&str, &str) = ("agreed", "双方一致，待下期轧差");

/// Why something waits.
fn why(leg: &v1::WaitingDeduction) -> (&'static str, &'static str) {
    if leg.reason() == v1::WaitingReason::Unspecified {
        return AGREED;
    }
    status::reason(leg.reason())
}

fn debt(leg: &v1::WaitingDeduction) -> anyhow::Result<&v1::NettedDeduction> {
    let debt = leg.debt.as_ref();
    debt.ok_or_else(|| anyhow::anyhow!("a leg that waits has no debt"))
}

/// How many there are of all cycles, and what they come to: of deductions, and of their ends.
fn sums(cycles: &[Cycle]) -> [(u64, i64); 2] {
    let mut sums = [(0_u64, 0_i64); 2];
    for row in cycles.iter().flat_map(|cycle| &cycle.head.rows) {
        let of_row = [
            (row.deductions, row.deducted_fen),
            (row.ends, row.ended_fen),
        ];
        for (sum, (count, fen)) in sums.iter_mut().zip(of_row) {
            *sum = (sum.0.saturating_add(count), sum.1.saturating_add(fen));
        }
    }
    sums
}

fn debt_text(debt: &v1::NettedDeduction) -> anyhow::Result<String> {
    let (english, chinese) = shown::kind(debt.kind());
    let earlier = if debt.of_earlier_month {
        ", of an earlier month / 以前月份"
    } else {
        ""
    };
    Ok(format!(
        "{} {english} {chinese}: {} → {} {} {} yuan of {}{earlier}",
        debt.deduction,
        debt.debtor,
        debt.creditor,
        shown::fund(debt.fund)?,
        shown::yuan(debt.amount_fen)?,
        debt.business_day
    ))
}

pub(super) fn print(all: &All, out: &mut dyn Write) -> anyhow::Result<()> {
    for cycle in &all.cycles {
        let head = &cycle.head;
        let (day, plan) = (&head.business_day, head.plan);
        writeln!(out, "cycle {day}, plan {plan} / 清算期与轧差方案:")?;
        shown::none(out, &head.rows, "  no deductions / 无扣款")?;
        for row in &head.rows {
            writeln!(
                out,
                "  {} → {} {}: deducted / 扣款 {} ({}), given back / 终止 {} ({}), of the row's / 该行合计 {} ({})",
                row.debtor,
                row.creditor,
                shown::fund(row.fund)?,
                shown::yuan(row.deducted_fen)?,
                row.deductions,
                shown::yuan(row.ended_fen)?,
                row.ends,
                shown::yuan(row.amount_fen)?,
                row.legs
            )?;
        }
        for debt in &cycle.deductions {
            writeln!(out, "    {}", debt_text(debt)?)?;
        }
    }
    if let Some(last) = all.cycles.last() {
        for day in &last.head.not_netted {
            writeln!(
                out,
                "cycle {day} is not netted, and not listed / 尚未轧差，未列入"
            )?;
        }
        let [(deductions, deducted), (ends, ended)] = sums(&all.cycles);
        let (deducted, ended) = (shown::yuan(deducted)?, shown::yuan(ended)?);
        writeln!(
            out,
            "in all / 合计: deducted / 扣款 {deducted} ({deductions}), given back / 终止 {ended} ({ends})"
        )?;
    }
    shown::none(out, &all.waiting, "nothing waits / 无待轧差扣款")?;
    for leg in &all.waiting {
        let (english, chinese) = why(leg);
        let field = if leg.field.is_empty() {
            String::new()
        } else {
            format!(" ({})", leg.field)
        };
        writeln!(
            out,
            "waits / 待轧差: {}; {english}{field} / {chinese}; {} number {} since {}",
            debt_text(debt(leg)?)?,
            leg.region,
            leg.number,
            Timestamp::from_millis(leg.since_ms)?
        )?;
    }
    Ok(())
}

fn debt_json(debt: &v1::NettedDeduction, period: Period) -> anyhow::Result<Value> {
    let kind = leg_kind_from_wire(debt.kind, Path::root("kind"))?;
    Ok(json!({
        "deduction": debt.deduction,
        "kind": kind.to_string(),
        "debtor": debt.debtor,
        "creditor": debt.creditor,
        "fund": shown::fund(debt.fund)?.as_str(),
        "amount": shown::yuan(debt.amount_fen)?,
        "business_day": debt.business_day,
        "of_earlier_month": (period == Period::Month).then_some(debt.of_earlier_month),
    }))
}

fn sum_json((count, fen): (u64, i64)) -> anyhow::Result<Value> {
    Ok(json!({ "debts": count, "amount": shown::yuan(fen)? }))
}

fn cycle_json(cycle: &Cycle, period: Period) -> anyhow::Result<Value> {
    let rows = cycle.head.rows.iter().map(|row| {
        Ok(json!({
            "debtor": row.debtor,
            "creditor": row.creditor,
            "fund": shown::fund(row.fund)?.as_str(),
            "deducted": sum_json((row.deductions, row.deducted_fen))?,
            "given_back": sum_json((row.ends, row.ended_fen))?,
            "all": sum_json((row.legs, row.amount_fen))?,
        }))
    });
    let deductions = cycle.deductions.iter();
    let deductions = deductions.map(|debt| debt_json(debt, period));
    Ok(json!({
        "business_day": cycle.head.business_day,
        "plan": cycle.head.plan,
        "digest": shown::hex(&cycle.head.digest),
        "rows": rows.collect::<anyhow::Result<Vec<_>>>()?,
        "deductions": deductions.collect::<anyhow::Result<Vec<_>>>()?,
    }))
}

pub(super) fn as_json(all: &All) -> anyhow::Result<Value> {
    let cycles = all.cycles.iter();
    let cycles = cycles.map(|cycle| cycle_json(cycle, all.period));
    let waiting = all.waiting.iter().map(|leg| {
        let mut document = debt_json(debt(leg)?, Period::Other)?;
        let told = [
            ("region", json!(leg.region)),
            ("number", json!(leg.number)),
            (
                "since",
                json!(Timestamp::from_millis(leg.since_ms)?.to_string()),
            ),
            ("reason", json!(why(leg).0)),
            (
                "field",
                json!((!leg.field.is_empty()).then_some(&leg.field)),
            ),
        ];
        if let Some(object) = document.as_object_mut() {
            object.remove("of_earlier_month");
            object.extend(told.map(|(name, value)| (name.to_owned(), value)));
        }
        Ok(document)
    });
    let [deducted, given_back] = sums(&all.cycles);
    let last = all.cycles.last();
    Ok(json!({
        "cycles": cycles.collect::<anyhow::Result<Vec<_>>>()?,
        "deducted": sum_json(deducted)?,
        "given_back": sum_json(given_back)?,
        "not_netted": last.map(|cycle| &cycle.head.not_netted),
        "waiting": waiting.collect::<anyhow::Result<Vec<_>>>()?,
    }))
}

/// A debt in core's terms.
fn row_of(
    debt: &v1::NettedDeduction,
) -> anyhow::Result<(Pair, (DeductionId, LegKind), Fen, BusinessDay)> {
    let pair = Pair {
        debtor: RegionCode::parse(&debt.debtor)?,
        creditor: RegionCode::parse(&debt.creditor)?,
        fund: shown::fund(debt.fund)?,
    };
    let kind = leg_kind_from_wire(debt.kind, Path::root("kind"))?;
    let deduction = (debt.deduction.parse::<DeductionId>()?, kind);
    let day = BusinessDay::parse(&debt.business_day)?;
    Ok((pair, deduction, Fen::new(debt.amount_fen)?, day))
}

/// The tables, each with its name.
pub(super) fn tables(all: &All) -> anyhow::Result<[(&'static str, Table); 3]> {
    let mut rows = Vec::new();
    for cycle in &all.cycles {
        let day = BusinessDay::parse(&cycle.head.business_day)?;
        for debt in &cycle.deductions {
            let (pair, deduction, amount, business_day) = row_of(debt)?;
            let belongs = if debt.of_earlier_month {
                Belongs::ToEarlier
            } else {
                Belongs::ToMonth
            };
            rows.push(Listed {
                cycle: (day, cycle.head.plan),
                pair,
                deduction,
                amount,
                business_day,
                belongs: (all.period == Period::Month).then_some(belongs),
            });
        }
    }
    Ok([
        ("deductions", listed(rows)?),
        ("deduction_rows", row_table(&all.cycles)?),
        ("deductions_waiting", waiting_table(&all.waiting)?),
    ])
}

fn text(of: &str) -> Cell {
    Cell::Text(of.to_owned())
}

fn amount(fen: i64) -> anyhow::Result<Cell> {
    Ok(Cell::Amount(SignedFen::new(fen)?))
}

fn row_table(cycles: &[Cycle]) -> anyhow::Result<Table> {
    let mut table = Table::new(&[
        ("cycle", Kind::Day),
        ("plan", Kind::Count),
        ("debtor", Kind::Text),
        ("creditor", Kind::Text),
        ("fund", Kind::Text),
        ("deductions", Kind::Count),
        ("deducted", Kind::Amount),
        ("ends", Kind::Count),
        ("given_back", Kind::Amount),
        ("legs", Kind::Count),
        ("amount", Kind::Amount),
    ]);
    for cycle in cycles {
        for row in &cycle.head.rows {
            table.push(vec![
                Cell::Day(BusinessDay::parse(&cycle.head.business_day)?),
                Cell::Count(cycle.head.plan),
                text(&row.debtor),
                text(&row.creditor),
                text(shown::fund(row.fund)?.as_str()),
                Cell::Count(row.deductions),
                amount(row.deducted_fen)?,
                Cell::Count(row.ends),
                amount(row.ended_fen)?,
                Cell::Count(row.legs),
                amount(row.amount_fen)?,
            ])?;
        }
    }
    Ok(table)
}

fn waiting_table(waiting: &[v1::WaitingDeduction]) -> anyhow::Result<Table> {
    let mut table = Table::new(&[
        ("region", Kind::Text),
        ("number", Kind::Count),
        ("debtor", Kind::Text),
        ("creditor", Kind::Text),
        ("fund", Kind::Text),
        ("deduction", Kind::Text),
        ("kind", Kind::Text),
        ("amount", Kind::Amount),
        ("business_day", Kind::Day),
        ("since", Kind::Text),
        ("reason", Kind::Text),
        ("field", Kind::Text),
    ]);
    for leg in waiting {
        let (pair, (deduction, kind), fen, day) = row_of(debt(leg)?)?;
        table.push(vec![
            text(&leg.region),
            Cell::Count(leg.number),
            text(&pair.debtor.to_string()),
            text(&pair.creditor.to_string()),
            text(pair.fund.as_str()),
            text(&deduction.to_string()),
            text(&kind.to_string()),
            Cell::Amount(fen.into()),
            Cell::Day(day),
            text(&Timestamp::from_millis(leg.since_ms)?.to_string()),
            text(why(leg).0),
            text(&leg.field),
        ])?;
    }
    Ok(table)
}
