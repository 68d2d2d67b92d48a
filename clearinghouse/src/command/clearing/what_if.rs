//! `huitong clearing what-if`.

use std::io::Write;

use huitong_core::date::BusinessDay;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::shown;

/// What nets would be if a member dropped out, did not pay or paid late, a day were no business day, or several days were netted as
/// one. Nothing is changed.
#[derive(Debug, clap::Args)]
pub(super) struct WhatIf {
    #[command(flatten)]
    connection: Connection,
    /// A business day; several are looked at as one. A day that is not netted is taken as it stands now / 业务日，可重复
    #[arg(long = "day", required = true)]
    days: Vec<BusinessDay>,
    /// A member that drops out: nothing of its regions is netted / 假定退出的清算成员
    #[arg(long)]
    without: Vec<RegionCode>,
    /// A member that is netted and does not pay / 假定未缴款的清算成员
    #[arg(long)]
    unpaid: Vec<RegionCode>,
    /// A member that pays late, by --days-late / 假定迟缴的清算成员
    #[arg(long, requires = "days_late")]
    late: Vec<RegionCode>,
    /// So many business days after it is due / 迟缴工作日数
    #[arg(long, requires = "late", value_parser = clap::value_parser!(u32).range(1..=250))]
    days_late: Option<u32>,
    /// One of the days is no business day and is carried over to a later one: 2026-05-04=2026-05-06 / 假定调休，业务日顺延
    #[arg(long, value_name = "DAY=LATER", value_parser = moved)]
    move_day: Vec<(BusinessDay, BusinessDay)>,
}

/// A day and the one to which it is carried over.
fn moved(text: &str) -> Result<(BusinessDay, BusinessDay), String> {
    let said = "write DAY=LATER, such as 2026-05-04=2026-05-06 / 请写作 业务日=顺延日";
    let (from, to) = text.split_once('=').ok_or(said)?;
    let day = |text| BusinessDay::parse(text).map_err(|_| said.to_owned());
    Ok((day(from)?, day(to)?))
}

impl WhatIf {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut officer = self.connection.open().await?;
        let texts = |codes: &[RegionCode]| codes.iter().map(ToString::to_string).collect();
        let moves = self.move_day.iter().map(|(from, to)| v1::SupposedMove {
            from: from.to_string(),
            to: to.to_string(),
        });
        let request = v1::WhatIfRequest {
            business_days: self.days.iter().map(ToString::to_string).collect(),
            without: texts(&self.without),
            unpaid: texts(&self.unpaid),
            late: texts(&self.late),
            days_late: self.days_late.unwrap_or(0),
            moves: moves.collect(),
        };
        let answer = officer.what_if(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        match self.connection.shape() {
            Shape::Json => print_json(out, &document(&answer)?),
            Shape::Text => text(out, &answer),
        }
    }
}

fn document(answer: &v1::WhatIfResponse) -> anyhow::Result<Value> {
    let short = answer.short.iter().map(|row| {
        Ok(json!({
            "member": row.member,
            "fund": shown::fund(row.fund)?.as_str(),
            "owed": shown::yuan(row.owed_fen)?,
            "on_due": shown::yuan(row.on_due_fen)?,
            "in_the_end": shown::yuan(row.in_the_end_fen)?,
        }))
    });
    let days = answer.days.iter().map(|day| {
        Ok(json!({
            "business_day": day.business_day,
            "nets": nets_json(&day.nets)?,
        }))
    });
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(json!({
        "nets": nets_json(&answer.nets)?,
        "shortfalls": shortfalls_json(&answer.shortfalls)?,
        "due": given(&answer.due),
        "late_until": given(&answer.late_until),
        "on_due": shortfalls_json(&answer.on_due)?,
        "short": short.collect::<anyhow::Result<Vec<_>>>()?,
        "days": days.collect::<anyhow::Result<Vec<_>>>()?,
    }))
}

fn shortfalls_json(shortfalls: &[v1::Shortfall]) -> anyhow::Result<Vec<Value>> {
    let shortfalls = shortfalls.iter().map(|row| {
        Ok(json!({
            "fund": shown::fund(row.fund)?.as_str(),
            "owed": shown::yuan(row.owed_fen)?,
            "missing": shown::yuan(row.missing_fen)?,
        }))
    });
    shortfalls.collect()
}

/// Nets as planned and as supposed, of a day or of a month.
pub(super) fn nets_json(nets: &[v1::SupposedNet]) -> anyhow::Result<Vec<Value>> {
    let nets = nets.iter().map(|net| {
        Ok(json!({
            "member": net.member,
            "fund": shown::fund(net.fund)?.as_str(),
            "planned": shown::yuan(net.planned_fen)?,
            "supposed": shown::yuan(net.supposed_fen)?,
        }))
    });
    nets.collect()
}

/// The same as a table, with what the supposition changes.
pub(super) fn nets_table(out: &mut dyn Write, nets: &[v1::SupposedNet]) -> anyhow::Result<()> {
    writeln!(
        out,
        "{:<8}{:<28}{:>20}{:>20}{:>20}",
        "member", "fund", "planned", "supposed", "difference"
    )?;
    for net in nets {
        let difference = net.supposed_fen.saturating_sub(net.planned_fen);
        writeln!(
            out,
            "{:<8}{:<28}{:>20}{:>20}{:>20}",
            net.member,
            shown::fund(net.fund)?,
            shown::yuan(net.planned_fen)?,
            shown::yuan(net.supposed_fen)?,
            shown::yuan(difference)?
        )?;
    }
    Ok(())
}

fn text(out: &mut dyn Write, answer: &v1::WhatIfResponse) -> anyhow::Result<()> {
    nets_table(out, &answer.nets)?;
    for day in &answer.days {
        writeln!(out, "{} / 业务日", day.business_day)?;
        nets_table(out, &day.nets)?;
    }
    if !answer.due.is_empty() {
        let (due, until) = (&answer.due, &answer.late_until);
        writeln!(
            out,
            "due {due}, whoever is late pays on {until} / 缴款期限与迟缴日"
        )?;
    }
    for row in &answer.on_due {
        let in_the_end = answer.shortfalls.iter().find(|end| end.fund == row.fund);
        writeln!(
            out,
            "{}: {} of {} would be missing when it is due, {} in the end / 缺口",
            shown::fund(row.fund)?,
            shown::yuan(row.missing_fen)?,
            shown::yuan(row.owed_fen)?,
            shown::yuan(in_the_end.map_or(0, |end| end.missing_fen))?
        )?;
    }
    for row in &answer.short {
        writeln!(
            out,
            "  {} is short of {} of {} when it is due, of {} in the end / 债权方缺口",
            row.member,
            shown::yuan(row.on_due_fen)?,
            shown::yuan(row.owed_fen)?,
            shown::yuan(row.in_the_end_fen)?
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_moved_to_one_that_is_named() {
        let day = |text: &str| BusinessDay::parse(text).unwrap();
        let both = (day("2026-05-04"), day("2026-05-06"));
        assert_eq!(moved("2026-05-04=2026-05-06"), Ok(both));
        for wrong in ["2026-05-04", "2026-05-04=", "may=2026-05-06"] {
            assert!(moved(wrong).unwrap_err().contains("DAY=LATER"), "{wrong}");
        }
    }
}
