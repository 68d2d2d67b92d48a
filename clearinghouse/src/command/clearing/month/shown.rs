//! A month as officers read it, in text and JSON. Amounts are yuan.

use std::collections::BTreeMap;
use std::io::{self, Write};

use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::MonthFile;
use huitong_core::clearing_month::row::{Belongs, MonthItem};
use huitong_core::clearing_month::seen::MonthSeen;
use huitong_core::vocabulary::MonthStage;
use serde_json::{Value, json};

use super::confirmed::{Says, Words};

const fn stage_zh(stage: MonthStage) -> &'static str {
    match stage {
        MonthStage::DrawnUp => "已编制，待签名",
        MonthStage::Signed => "待确认",
        MonthStage::Answered => "已确认",
        MonthStage::Approved => "已审批",
    }
}

fn print_head(month: &MonthSeen, out: &mut dyn Write) -> io::Result<()> {
    let (first, last) = month.plans;
    writeln!(
        out,
        "{}: {} {}; {} rows, plans {first} to {last} / 行数与轧差方案",
        month.month,
        month.stage,
        stage_zh(month.stage),
        month.rows
    )?;
    writeln!(out, "  digest / 摘要: {}", month.digest)?;
    writeln!(
        out,
        "  drawn up / 编制: {} by {}",
        month.drawn_at, month.drawn_by
    )?;
    let late = match month.days_late {
        0 => String::new(),
        days => format!(", {days} d overdue / 逾期"),
    };
    writeln!(
        out,
        "  to be confirmed by / 确认期限: {}{late}",
        month.confirm_by
    )?;
    Ok(())
}

/// A month in a list: how many regions said something, and not which.
pub(super) fn print_short(month: &MonthSeen, out: &mut dyn Write) -> io::Result<()> {
    print_head(month, out)?;
    let said = month.regions.iter().filter_map(|(_, said)| said.as_ref());
    let objecting = said.clone().filter(|said| said.objected > 0).count();
    writeln!(
        out,
        "  {} of {} regions confirmed, {objecting} of them but for some rows / 已确认统筹区数（含异议）; approvals / 审批 {}",
        said.count(),
        month.regions.len(),
        month.approvals.len()
    )
}

pub(super) fn print(month: &MonthSeen, out: &mut dyn Write) -> io::Result<()> {
    print_head(month, out)?;
    for (region, said) in &month.regions {
        match said {
            None => writeln!(out, "  {region}: not yet / 尚未确认")?,
            Some(said) if said.objected == 0 => {
                writeln!(
                    out,
                    "  {region}: confirmed / 已确认, {} by {}",
                    said.at, said.officer
                )?;
            }
            Some(said) => writeln!(
                out,
                "  {region}: confirmed but for {} rows / 除异议行外已确认, {} by {}",
                said.objected, said.at, said.officer
            )?,
        }
    }
    for (by, at) in &month.approvals {
        writeln!(out, "  approved / 审批: {at} by {by}")?;
    }
    Ok(())
}

const fn belongs(item: &MonthItem) -> &'static str {
    match item.belongs {
        Belongs::ToMonth => "of the month / 当月",
        Belongs::ToEarlier => "of earlier months / 以前月份",
    }
}

pub(super) fn print_rows(held: &MonthFile, out: &mut dyn Write) -> io::Result<()> {
    let words = Words::of(held);
    for row in held.table.rows() {
        let (pair, amount) = (row.pair, row.amount());
        let (debtor, creditor, fund) = (pair.debtor, pair.creditor, pair.fund.as_str());
        let (_, english, chinese) = words.by(&pair).words();
        writeln!(
            out,
            "  {debtor} → {creditor} {fund}: {amount}, {} legs / 笔; {english} / {chinese}",
            row.legs()
        )?;
        for item in row.items() {
            let MonthItem {
                kind, amount, legs, ..
            } = item;
            writeln!(out, "    {kind} {}: {amount}, {legs}", belongs(item))?;
        }
    }
    for said in &held.words {
        for row in said.word.objected() {
            let (region, pair) = (said.word.region, row.pair);
            let (debtor, creditor, fund) = (pair.debtor, pair.creditor, pair.fund.as_str());
            writeln!(
                out,
                "  {region} objects / 异议: {debtor} → {creditor} {fund}: {}",
                row.why
            )?;
        }
    }
    Ok(())
}

pub(super) fn as_json(month: &MonthSeen) -> Value {
    let regions = month.regions.iter().map(|(region, said)| {
        json!({
            "region": region.to_string(),
            "said": said.as_ref().map(|said| json!({
                "objected": said.objected,
                "officer": said.officer.to_string(),
                "at": said.at.to_string(),
            })),
        })
    });
    let approvals = month.approvals.iter();
    let approvals =
        approvals.map(|(by, at)| json!({ "officer": by.to_string(), "at": at.to_string() }));
    json!({
        "month": month.month.to_string(),
        "digest": month.digest.to_string(),
        "first_plan": month.plans.0,
        "last_plan": month.plans.1,
        "rows": month.rows,
        "stage": month.stage.word(),
        "drawn_by": month.drawn_by.to_string(),
        "drawn_at": month.drawn_at.to_string(),
        "confirm_by": month.confirm_by.to_string(),
        "days_late": month.days_late,
        "regions": regions.collect::<Vec<_>>(),
        "approvals": approvals.collect::<Vec<_>>(),
    })
}

pub(super) fn rows_as_json(held: &MonthFile) -> Value {
    let mut objections: BTreeMap<Pair, Vec<Value>> = BTreeMap::new();
    for said in &held.words {
        let region = said.word.region.to_string();
        for row in said.word.objected() {
            let objection = json!({ "region": region, "why": row.why.word() });
            objections.entry(row.pair).or_default().push(objection);
        }
    }
    let words = Words::of(held);
    let rows = held.table.rows().iter().map(|row| {
        let [debtor_says, creditor_says] = words.both(&row.pair).map(Says::word);
        let items = row.items().iter().map(|item| {
            json!({
                "kind": item.kind.to_string(),
                "of_earlier_months": item.belongs == Belongs::ToEarlier,
                "legs": item.legs,
                "amount": item.amount.to_string(),
            })
        });
        let objections = objections.get(&row.pair).into_iter().flatten();
        json!({
            "debtor": row.pair.debtor.to_string(),
            "creditor": row.pair.creditor.to_string(),
            "fund": row.pair.fund.as_str(),
            "legs": row.legs(),
            "amount": row.amount().to_string(),
            "items": items.collect::<Vec<_>>(),
            "confirmed_by": words.by(&row.pair).words().0,
            "debtor_says": debtor_says,
            "creditor_says": creditor_says,
            "objections": objections.collect::<Vec<_>>(),
        })
    });
    rows.collect()
}
