//! `huitong clearing what-if`.

use std::io::Write;

use huitong_core::date::BusinessDay;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::shown;

/// What nets would be if a member dropped out or did not pay, or several days were netted as one. Nothing is changed.
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
}

impl WhatIf {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut officer = self.connection.open().await?;
        let texts = |codes: &[RegionCode]| codes.iter().map(ToString::to_string).collect();
        let request = v1::WhatIfRequest {
            business_days: self.days.iter().map(ToString::to_string).collect(),
            without: texts(&self.without),
            unpaid: texts(&self.unpaid),
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
    let shortfalls = answer.shortfalls.iter().map(|row| {
        Ok(json!({
            "fund": shown::fund(row.fund)?.as_str(),
            "owed": shown::yuan(row.owed_fen)?,
            "missing": shown::yuan(row.missing_fen)?,
        }))
    });
    Ok(json!({
        "nets": nets_json(&answer.nets)?,
        "shortfalls": shortfalls.collect::<anyhow::Result<Vec<_>>>()?,
    }))
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
    for row in &answer.shortfalls {
        writeln!(
            out,
            "{}: {} of {} would be missing / 缺口",
            shown::fund(row.fund)?,
            shown::yuan(row.missing_fen)?,
            shown::yuan(row.owed_fen)?
        )?;
    }
    Ok(())
}
