//! Institutions' own accounts as they are printed.

use std::io::Write;

use huitong_core::institution_account::{Booked, Difference, Figure, LineFinding, Sums};
use huitong_core::money::SignedFen;
use serde_json::{Value, json};

use crate::grpc::institution_account_client::{DayTold, FoundTold, MonthTold};

const fn of_in_both(of: Booked) -> &'static str {
    match of {
        Booked::Settlement => "settlement 结算",
        Booked::Reversal => "reversal 冲正",
    }
}

/// A figure as people read it: a count, or yuan.
fn figure(figure: Figure, value: i64) -> anyhow::Result<String> {
    Ok(match figure {
        Figure::Count => value.to_string(),
        Figure::Total | Figure::Funds | Figure::Accounts | Figure::Cash => {
            SignedFen::new(value)?.to_string()
        }
    })
}

pub(super) fn print_difference(
    difference: &Difference,
    indent: &str,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let of = difference.figure;
    writeln!(
        out,
        "{indent}{} {} {}: institution 院端 {}, node 节点 {}",
        of_in_both(difference.of),
        of.word(),
        of.chinese(),
        figure(of, difference.institution)?,
        figure(of, difference.node)?
    )?;
    Ok(())
}

pub(super) fn difference_as_json(difference: &Difference) -> Value {
    json!({
        "of": difference.of.word(),
        "figure": difference.figure.word(),
        "institution": difference.institution,
        "node": difference.node,
    })
}

pub(super) fn sums_as_json(sums: &Sums) -> Value {
    json!({
        "count": sums.count,
        "total_fen": sums.amounts.total.get(),
        "funds_fen": sums.amounts.funds.get(),
        "accounts_fen": sums.amounts.accounts.get(),
        "cash_fen": sums.amounts.cash.get(),
    })
}

pub(super) fn print_found(found: &FoundTold, out: &mut dyn Write) -> anyhow::Result<()> {
    let (word, chinese) = (found.finding.word(), found.finding.chinese());
    let of = of_in_both(found.of);
    write!(out, "  {} {of}: {word} {chinese}", found.request)?;
    // The node has nothing under the id that follows from the request; what else it has is told by its own.
    if found.finding != LineFinding::OnlyAtInstitution && !found.settlement.is_empty() {
        write!(out, ", {}", found.settlement)?;
    }
    writeln!(out)?;
    for difference in &found.differences {
        print_difference(difference, "    ", out)?;
    }
    Ok(())
}

pub(super) fn found_as_json(found: &FoundTold) -> Value {
    let differences = found.differences.iter().map(difference_as_json);
    json!({
        "request": found.request,
        "settlement": found.settlement,
        "of": found.of.word(),
        "finding": found.finding.word(),
        "differences": differences.collect::<Vec<_>>(),
        "business_day": found.day,
    })
}

pub(super) fn print_day(day: &DayTold, out: &mut dyn Write) -> anyhow::Result<()> {
    let (word, chinese) = (day.standing.word(), day.standing.chinese());
    let setting = day.setting.map(|it| format!(" {it}")).unwrap_or_default();
    writeln!(
        out,
        "{} {}{setting}: {word} {chinese}, settled 结算 {}, reversed 冲正 {}",
        day.institution, day.day, day.own.0, day.own.1
    )?;
    Ok(())
}

pub(super) fn day_as_json(day: &DayTold) -> Value {
    json!({
        "institution": day.institution,
        "day": day.day,
        "setting": day.setting.map(huitong_core::vocabulary::Setting::word),
        "standing": day.standing.word(),
        "stated": { "settled": day.stated.0, "reversed": day.stated.1 },
        "node": { "settled": day.own.0, "reversed": day.own.1 },
    })
}

pub(super) fn print_month(month: &MonthTold, out: &mut dyn Write) -> anyhow::Result<()> {
    let [lines, waiting, confirmed, objected, changed] = month.lines;
    writeln!(out, "{} {}", month.institution, month.month)?;
    writeln!(
        out,
        "  lines 明细 {lines}, waiting 待确认 {waiting}, confirmed 已确认 {confirmed}, objected 有异议 {objected}, changed since 确认后变动 {changed}"
    )?;
    let applied = SignedFen::new(month.applied_fen)?;
    writeln!(out, "  applied 已申报 {applied}")?;
    for it in &month.confirmations {
        let sum = SignedFen::new(it.sum_fen)?;
        let stands = if it.stands {
            "stands 有效"
        } else {
            "taken back 已回退"
        };
        writeln!(out, "  {}: {}, {sum}, {stands}", it.id, it.count)?;
    }
    match &month.closed_by {
        None => writeln!(
            out,
            "  open 开放, taken back until 回退截止 {}",
            month.confirm_by
        )?,
        Some(by) => writeln!(out, "  closed by 关闭人 {by}")?,
    }
    Ok(())
}

pub(super) fn month_as_json(month: &MonthTold) -> Value {
    let [lines, waiting, confirmed, objected, changed] = month.lines;
    let confirmations = month.confirmations.iter().map(|it| {
        json!({
            "confirmation": it.id,
            "count": it.count,
            "sum_fen": it.sum_fen,
            "at_ms": it.at_ms,
            "stands": it.stands,
        })
    });
    json!({
        "institution": month.institution,
        "month": month.month,
        "lines": lines,
        "waiting": waiting,
        "confirmed": confirmed,
        "applied_fen": month.applied_fen,
        "objected": objected,
        "changed_since": changed,
        "confirm_by": month.confirm_by,
        "closed_by": month.closed_by,
        "confirmations": confirmations.collect::<Vec<_>>(),
    })
}
