//! A month as an officer of a region reads it, in text and JSON. Amounts are yuan.

use std::io::{self, Write};

use huitong_core::clearing_month::own::{InstitutionsSaid, MonthLines, OwnMonth, OwnMonthRow};
use huitong_core::clearing_month::row::{Belongs, MonthRow};
use huitong_core::clearing_month::seen::MonthSeen;
use huitong_core::region::RegionCode;
use serde_json::{Value, json};

pub(super) fn print(own: &OwnMonth, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{}: {} rows / 行; digest / 摘要: {}",
        own.month,
        own.rows.len(),
        own.digest
    )?;
    for row in &own.rows {
        print_row(own, row, out)?;
    }
    for fault in &own.faults {
        let (en, zh) = fault.finding.words();
        let (day, plan, code) = (fault.day, fault.plan, fault.finding.code());
        let row = fault.pair.map(|pair| {
            let fund = pair.fund.as_str();
            format!(", {} → {} {fund}", pair.debtor, pair.creditor)
        });
        let row = row.unwrap_or_default();
        writeln!(out, "  {day} plan {plan}{row}: {code}: {en} / {zh}")?;
    }
    match &own.said {
        Some((at, by)) => writeln!(out, "  said / 已答复: {at} by {by}"),
        None => writeln!(out, "  not confirmed yet / 尚未确认"),
    }
}

fn print_row(own: &OwnMonth, row: &OwnMonthRow, out: &mut dyn Write) -> io::Result<()> {
    let pair = row.pair;
    let (debtor, creditor, fund) = (pair.debtor, pair.creditor, pair.fund.as_str());
    let state = match (row.ties(), own.holds(row)) {
        (true, true) => "ties with the days / 与逐日一致",
        (true, false) => "ON A DAY THAT DOES NOT HOLD / 所涉日期未通过核对",
        (false, _) => "DOES NOT TIE / 不一致",
    };
    writeln!(
        out,
        "  {debtor} → {creditor} {fund}: {} {state}",
        amount(row.signed.as_ref())
    )?;
    for item in row.signed.iter().flat_map(MonthRow::items) {
        let of = match item.belongs {
            Belongs::ToMonth => "of the month / 当月",
            Belongs::ToEarlier => "of earlier months / 以前月份",
        };
        writeln!(
            out,
            "    {} {of}: {}, {} legs / 笔",
            item.kind, item.amount, item.legs
        )?;
    }
    if !row.ties() {
        writeln!(
            out,
            "    the days come to / 逐日合计: {}",
            amount(row.days.as_ref())
        )?;
    }
    if let Some(said) = &row.institutions {
        print_institutions(said, out)?;
    }
    if let Some(why) = row.objected {
        writeln!(out, "    objected to / 已提异议: {why}")?;
    }
    Ok(())
}

/// What institutions said of a row's settlements. What no institution's month lists is rare, and named when there is any.
fn print_institutions(said: &InstitutionsSaid, out: &mut dyn Write) -> io::Result<()> {
    let parts = [
        ("confirmed / 已确认", said.confirmed),
        ("waiting / 待确认", said.waiting),
        ("objected to / 有异议", said.objected),
    ];
    let unlisted = ("in no institution's month / 未列入机构月度", said.unlisted);
    let unlisted = (said.unlisted.lines > 0).then_some(unlisted);
    let parts = parts.into_iter().chain(unlisted);
    let parts = parts.map(|(name, of)| format!("{name} {} ({})", of.lines, of.amount));
    let parts: Vec<String> = parts.collect();
    writeln!(out, "    institutions / 医疗机构: {}", parts.join(", "))
}

fn institutions(said: &InstitutionsSaid) -> Value {
    let lines = |of: MonthLines| json!({ "lines": of.lines, "amount": of.amount.to_string() });
    json!({
        "confirmed": lines(said.confirmed),
        "waiting": lines(said.waiting),
        "objected": lines(said.objected),
        "unlisted": lines(said.unlisted),
    })
}

fn amount(row: Option<&MonthRow>) -> String {
    row.map_or_else(
        || "no such row / 无此行".to_owned(),
        |row| row.amount().to_string(),
    )
}

fn figures(row: Option<&MonthRow>) -> Value {
    let Some(row) = row else {
        return Value::Null;
    };
    let items = row.items().iter().map(|item| {
        json!({
            "kind": item.kind.to_string(),
            "of_earlier_months": item.belongs == Belongs::ToEarlier,
            "legs": item.legs,
            "amount": item.amount.to_string(),
        })
    });
    json!({
        "legs": row.legs(),
        "amount": row.amount().to_string(),
        "items": items.collect::<Vec<_>>(),
    })
}

pub(super) fn as_json(own: &OwnMonth) -> Value {
    let rows = own.rows.iter().map(|row| {
        json!({
            "debtor": row.pair.debtor.to_string(),
            "creditor": row.pair.creditor.to_string(),
            "fund": row.pair.fund.as_str(),
            "signed": figures(row.signed.as_ref()),
            "days": figures(row.days.as_ref()),
            "institutions": row.institutions.as_ref().map(institutions),
            "holds": own.holds(row),
            "objected": row.objected.map(|why| why.word()),
        })
    });
    let faults = own.faults.iter().map(|fault| {
        json!({
            "business_day": fault.day.to_string(),
            "plan": fault.plan,
            "finding": fault.finding.code(),
            "debtor": fault.pair.map(|pair| pair.debtor.to_string()),
            "creditor": fault.pair.map(|pair| pair.creditor.to_string()),
            "fund": fault.pair.map(|pair| pair.fund.as_str()),
        })
    });
    json!({
        "month": own.month.to_string(),
        "digest": own.digest.to_string(),
        "rows": rows.collect::<Vec<_>>(),
        "faults": faults.collect::<Vec<_>>(),
        "said": own.said.as_ref().map(|(at, by)| json!({
            "at": at.to_string(),
            "officer": by.to_string(),
        })),
    })
}

/// How many rows the region objects to, as the clearinghouse has it.
pub(super) fn objected(region: RegionCode, seen: &MonthSeen) -> Option<u64> {
    let mut regions = seen.regions.iter();
    let (_, said) = regions.find(|(of, _)| *of == region)?;
    said.as_ref().map(|said| said.objected)
}

pub(super) fn print_said(
    region: RegionCode,
    seen: &MonthSeen,
    out: &mut dyn Write,
) -> io::Result<()> {
    let objected = objected(region, seen).unwrap_or(0);
    writeln!(
        out,
        "{}: {region} confirmed it, but for {objected} rows / 已确认（异议行数）; {}, until / 期限 {}",
        seen.month, seen.stage, seen.confirm_by
    )
}

pub(super) fn said_as_json(region: RegionCode, seen: &MonthSeen) -> Value {
    json!({
        "month": seen.month.to_string(),
        "region": region.to_string(),
        "objected": objected(region, seen),
        "stage": seen.stage.word(),
        "confirm_by": seen.confirm_by.to_string(),
    })
}
