//! `huitong clearing month instruct`: the order to pay a month, and how far it is.

use std::io::Write;

use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::payable::Month;
use huitong_proto::clearing::v1;
use serde_json::{Value, json};

use super::super::connection::{Connection, Shape, print_json, told};
use super::{seen, shown, with_order};

/// Order payment of a month that two officers approved: of its cycles that are not ordered yet. Again, it changes nothing.
#[derive(Debug, clap::Args)]
pub(super) struct Instruct {
    #[command(flatten)]
    connection: Connection,
    /// The month, such as 2026-03 / 月份
    month: Month,
    /// Its digest, as it was approved / 摘要
    #[arg(long)]
    digest: Digest,
}

impl Instruct {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.months().await?;
        let request = v1::InstructMonthRequest {
            month: self.month.to_string(),
            digest: self.digest.as_bytes().to_vec(),
        };
        let answer = client.instruct_month(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        let month = seen(answer.month)?;
        let orders = answer.order.as_slice();
        match self.connection.shape() {
            Shape::Json => print_json(out, &with_order(&month, orders)?),
            Shape::Text => {
                shown::print(&month, out)?;
                if orders.is_empty() {
                    writeln!(
                        out,
                        "  each of its cycles is ordered by itself / 各期均已单独下达"
                    )?;
                }
                print(orders.first(), out)
            }
        }
    }
}

fn moment(millis: i64) -> anyhow::Result<Option<Timestamp>> {
    let given = Some(millis).filter(|millis| *millis != 0);
    Ok(given.map(Timestamp::from_millis).transpose()?)
}

/// The order to pay a month, if there is one.
pub(super) fn print(order: Option<&v1::MonthOrder>, out: &mut dyn Write) -> anyhow::Result<()> {
    let Some(order) = order else {
        return Ok(());
    };
    let (days, at) = (order.business_days.len(), moment(order.ordered_at_ms)?);
    let at = at.map(|at| at.to_string()).unwrap_or_default();
    writeln!(
        out,
        "  ordered to be paid / 已下达拨付: {at} by {}, {} payments of {days} cycles, due {} / 笔数、清算期数与期限",
        order.ordered_by, order.payments, order.due
    )?;
    if let Some(at) = moment(order.final_at_ms)? {
        writeln!(out, "  all of it moved / 已清讫: {at}")?;
    }
    Ok(())
}

pub(super) fn as_json(order: &v1::MonthOrder) -> anyhow::Result<Value> {
    let shown = |at: Option<Timestamp>| at.map(|at| at.to_string());
    Ok(json!({
        "business_days": order.business_days,
        "payments": order.payments,
        "due": order.due,
        "by": order.ordered_by,
        "at": shown(moment(order.ordered_at_ms)?),
        "final_at": shown(moment(order.final_at_ms)?),
    }))
}
