//! A settlement of the core system as it is printed.

use std::io::Write;

use huitong_core::external::CoreId;
use serde_json::{Value, json};

use crate::grpc::external_client::ExternalAnswer;

pub(super) fn print(told: &ExternalAnswer, out: &mut dyn Write) -> std::io::Result<()> {
    let of = &told.settlement;
    let (id, visit) = (&of.core_id, &of.visit);
    let (setting, institution, total) = (visit.setting, of.institution, of.total);
    let (from, until) = (visit.admitted, visit.discharged);
    writeln!(
        out,
        "{id}  {institution} {} {setting} {from}..{until}  {total}",
        visit.number
    )?;
    for (fund, amount) in &of.payments {
        writeln!(out, "  {:26} {amount:>16}", fund.as_str())?;
    }
    writeln!(out, "  {:26} {:>16}", "cash 现金", of.cash)?;
    let stands_as = &told.stands_as;
    match &told.end {
        None => writeln!(
            out,
            "  counts; its visit stands as / 计入累计，就诊占用编号 {stands_as}"
        )?,
        Some((reason, by)) => writeln!(out, "  withdrawn by 已撤回 {by}: {reason}")?,
    }
    if !told.corrected_by.is_empty() {
        writeln!(out, "  corrected by 已更正为 {}", told.corrected_by)?;
    }
    if let Some(corrects) = &of.corrects {
        writeln!(out, "  corrects 更正 {corrects}")?;
    }
    Ok(())
}

pub(super) fn as_json(told: &ExternalAnswer) -> Value {
    let of = &told.settlement;
    let payments = of.payments.iter();
    let payments = payments.map(|(fund, paid)| (fund.as_str().to_owned(), json!(paid.to_string())));
    let changes = told.changes.iter().map(|(total, stretch, key, adds)| {
        json!({ "total": total, "stretch": stretch, "key": key, "adds": adds })
    });
    json!({
        "core_id": of.core_id.to_string(),
        "institution": of.institution.to_string(),
        "visit": of.visit.number.to_string(),
        "setting": of.visit.setting.word(),
        "interim": of.visit.interim,
        "admitted": of.visit.admitted.to_string(),
        "discharged": of.visit.discharged.to_string(),
        "total": of.total.to_string(),
        "payments": payments.collect::<serde_json::Map<_, _>>(),
        "cash": of.cash.to_string(),
        "changes": changes.collect::<Vec<_>>(),
        "stands_as": told.stands_as,
        "withdrawn": told.end.as_ref().map(|(reason, _)| reason.word()),
        "withdrawn_by": told.end.as_ref().map(|(_, by)| by),
        "corrected_by": Some(&told.corrected_by).filter(|id| !id.is_empty()),
        "corrects": of.corrects.as_ref().map(CoreId::to_string),
    })
}
