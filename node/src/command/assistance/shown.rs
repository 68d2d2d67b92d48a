//! An assessed year and a grant as they are printed.

use std::io::Write;

use huitong_core::fund::Fund;
use huitong_core::money::SignedFen;
use serde_json::{Value, json};

use crate::grpc::assistance_answer::{GrantAnswer, YearAnswer};

pub(super) fn print_year(year: &YearAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    print_sum(year, out)?;
    for (zh, en) in &year.explanation {
        writeln!(out, "{zh}\n{en}")?;
    }
    writeln!(out, "digest 摘要 {}", year.digest)?;
    Ok(())
}

fn print_sum(year: &YearAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    let (psn_no, on) = (&year.psn_no, &year.on);
    writeln!(out, "{psn_no}  need found on 认定日期 {on}")?;
    for one in &year.counted {
        writeln!(
            out,
            "  {} {}  in scope 范围内 {:>14}  paid 已支付 {:>14}",
            one.treatment,
            one.settlement,
            yuan(one.in_scope_fen)?,
            yuan(one.paid_fen)?
        )?;
    }
    for one in &year.uncounted {
        let why = one.why;
        writeln!(
            out,
            "  {} {}  not counted 未计入: {why}",
            one.treatment, one.settlement
        )?;
    }
    let (outside, bills) = year.outside;
    if outside > 0 {
        let bills = yuan(bills)?;
        writeln!(
            out,
            "  {outside} settlements outside Huitong, {bills}: not counted, their part in scope is not known / \
             网外结算 {outside} 笔未计入，范围内金额不明"
        )?;
    }
    let in_scope = yuan(year.in_scope_fen)?;
    writeln!(out, "  {:30} {in_scope:>16}", "in scope 范围内合计")?;
    for (fund, fen) in &year.pays {
        writeln!(out, "  {:30} {:>16}", fund.as_str(), yuan(*fen)?)?;
    }
    let left = yuan(year.left_fen)?;
    writeln!(out, "  {:30} {left:>16}", "still borne 仍由个人负担")?;
    Ok(())
}

pub(super) fn print_grant(granted: &GrantAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    print_head(granted, out)?;
    print_year(&granted.year, out)
}

pub(super) fn print_short(granted: &GrantAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    print_head(granted, out)?;
    print_sum(&granted.year, out)
}

pub(super) fn print_head(granted: &GrantAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    let (grant, request, by) = (&granted.grant, &granted.request_id, &granted.officer);
    match &granted.end {
        None => writeln!(out, "{grant}  {request}  {by}  stands 有效")?,
        Some((reason, ended_by)) => writeln!(
            out,
            "{grant}  {request}  {by}  withdrawn by 已撤回 {ended_by}: {reason}"
        )?,
    }
    Ok(())
}

pub(super) fn year_json(year: &YearAnswer) -> anyhow::Result<Value> {
    let counted = year.counted.iter().map(|one| {
        Ok(json!({
            "treatment": one.treatment,
            "settlement": one.settlement,
            "in_scope": yuan(one.in_scope_fen)?,
            "paid": yuan(one.paid_fen)?,
        }))
    });
    let uncounted = year.uncounted.iter().map(|one| {
        json!({
            "treatment": one.treatment,
            "settlement": one.settlement,
            "why": one.why.word(),
        })
    });
    let changes = year.changes.iter().map(|(total, stretch, key, adds)| {
        json!({ "total": total, "stretch": stretch, "key": key, "adds": adds })
    });
    let explanation = year.explanation.iter();
    let explanation = explanation.map(|(zh, en)| json!({ "zh": zh, "en": en }));
    Ok(json!({
        "psn_no": year.psn_no,
        "on": year.on,
        "counted": counted.collect::<anyhow::Result<Vec<_>>>()?,
        "uncounted": uncounted.collect::<Vec<_>>(),
        "decided_as": year.decided_as,
        "outside": year.outside.0,
        "outside_total": yuan(year.outside.1)?,
        "in_scope": yuan(year.in_scope_fen)?,
        "pays": funds_json(&year.pays)?,
        "left": yuan(year.left_fen)?,
        "changes": changes.collect::<Vec<_>>(),
        "digest": year.digest.to_string(),
        "explanation": explanation.collect::<Vec<_>>(),
    }))
}

pub(super) fn grant_json(granted: &GrantAnswer) -> anyhow::Result<Value> {
    let end = granted.end.as_ref();
    Ok(json!({
        "grant": granted.grant,
        "request_id": granted.request_id,
        "officer": granted.officer,
        "year": year_json(&granted.year)?,
        "withdrawn": end.map(|(reason, _)| reason.word()),
        "withdrawn_by": end.map(|(_, by)| by),
    }))
}

pub(super) fn funds_json(pays: &[(Fund, i64)]) -> anyhow::Result<Value> {
    let pays = pays.iter();
    let pays = pays.map(|(fund, fen)| Ok((fund.as_str().to_owned(), json!(yuan(*fen)?))));
    let pays = pays.collect::<anyhow::Result<serde_json::Map<_, _>>>()?;
    Ok(Value::Object(pays))
}

pub(super) fn yuan(fen: i64) -> anyhow::Result<String> {
    Ok(SignedFen::new(fen)?.to_string())
}
