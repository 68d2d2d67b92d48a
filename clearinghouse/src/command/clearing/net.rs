//! `huitong clearing net`.

use std::io::Write;

use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_proto::clearing::v1;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::shown;

/// Net a cycle that is cut off. Run again, it shows the plan there is.
#[derive(Debug, clap::Args)]
pub(super) struct Net {
    #[command(flatten)]
    connection: Connection,
    /// The business day, such as 2026-03-31 / 业务日
    #[arg(long)]
    day: BusinessDay,
    /// Net only if the plan comes to this digest, as `net` printed it before a restore / 须与原轧差摘要一致
    #[arg(long)]
    digest: Option<Digest>,
    /// After a restore: the cycle was cut off and not netted before it / 恢复前已日切、未轧差
    #[arg(long, conflicts_with = "digest")]
    never_netted: bool,
}

impl Net {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut officer = self.connection.open().await?;
        let request = v1::NetRequest {
            business_day: self.day.to_string(),
            never_netted: self.never_netted,
            digest: self
                .digest
                .map(|digest| digest.as_bytes().to_vec())
                .unwrap_or_default(),
        };
        let answer = officer
            .net(request)
            .await
            .map_err(|status| told(&status))?
            .into_inner();
        let plan = answer
            .plan
            .ok_or_else(|| anyhow::anyhow!("the answer has no plan"))?;
        match self.connection.shape() {
            Shape::Json => print_json(out, &document(&plan)?),
            Shape::Text => text(out, &plan),
        }
    }
}

fn document(plan: &v1::NettingPlan) -> anyhow::Result<Value> {
    let pairs = plan
        .pairs
        .iter()
        .map(shown::pair_json)
        .collect::<anyhow::Result<Vec<_>>>()?;
    let nets = plan.nets.iter().map(|net| shown::net_json("member", net));
    Ok(json!({
        "plan": plan.number,
        "business_day": plan.business_day,
        "digest": shown::hex(&plan.digest),
        "parent": (!plan.parent.is_empty()).then(|| shown::hex(&plan.parent)),
        "pairs": pairs,
        "nets": nets.collect::<anyhow::Result<Vec<_>>>()?,
        "legs": plan.legs,
        "legs_total": shown::yuan(plan.legs_total_fen)?,
    }))
}

fn text(out: &mut dyn Write, plan: &v1::NettingPlan) -> anyhow::Result<()> {
    let total = shown::yuan(plan.legs_total_fen)?;
    writeln!(
        out,
        "plan {} of {}: {} legs, {total} yuan / 轧差方案",
        plan.number, plan.business_day, plan.legs
    )?;
    writeln!(out, "digest {}", shown::hex(&plan.digest))?;
    shown::pairs_text(out, &plan.pairs)?;
    shown::nets_text(out, "member", &plan.nets)
}
