//! A filing as officers read it.

use std::io::Write;

use huitong_proto::conversion::filing::FilingTold;
use serde_json::{Value, json};

pub(super) fn print_filing(filing: &FilingTold, out: &mut dyn Write) -> anyhow::Result<()> {
    let FilingTold {
        id,
        class,
        area,
        days,
        filed_on,
        by,
        ..
    } = filing;
    let class = class.word();
    writeln!(
        out,
        "{id}  {class:10} {area:6}  {days}  filed 办理 {filed_on} by {by}"
    )?;
    if let Some(amends) = filing.amends {
        writeln!(out, "  in the place of / 替代 {amends}")?;
    }
    if let Some(end) = filing.end {
        let (from, reason) = (end.from, end.reason);
        writeln!(out, "  holds no more from / 终止于 {from}: {reason}")?;
    }
    Ok(())
}

pub(super) fn filing_json(filing: &FilingTold) -> Value {
    json!({
        "filing": filing.id.to_string(),
        "class": filing.class.word(),
        "area": filing.area.to_string(),
        "from": filing.days.from().to_string(),
        "until": filing.days.until().map(|day| day.to_string()),
        "filed_on": filing.filed_on.to_string(),
        "by": filing.by,
        "amends": filing.amends.map(|id| id.to_string()),
        "ended_from": filing.end.map(|end| end.from.to_string()),
        "end_reason": filing.end.map(|end| end.reason.word()),
    })
}
