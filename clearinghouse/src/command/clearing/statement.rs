//! `huitong clearing statement`.

use std::io::Write;

use huitong_core::date::BusinessDay;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::{paid, shown};

/// A member's statement of a netted cycle.
#[derive(Debug, clap::Args)]
pub(super) struct Statement {
    #[command(flatten)]
    connection: Connection,
    /// The business day, such as 2026-03-31 / 业务日
    #[arg(long)]
    day: BusinessDay,
    /// The clearing member, such as 330000 / 清算成员
    #[arg(long)]
    member: RegionCode,
}

impl Statement {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut officer = self.connection.open().await?;
        let request = v1::StatementRequest {
            business_day: self.day.to_string(),
            member: self.member.to_string(),
        };
        let answer = officer
            .statement(request)
            .await
            .map_err(|status| told(&status))?
            .into_inner();
        match self.connection.shape() {
            Shape::Json => print_json(out, &document(&answer)?),
            Shape::Text => text(out, &answer),
        }
    }
}

fn side(side: v1::PostingSide) -> &'static str {
    match side {
        v1::PostingSide::Unspecified => "unknown",
        v1::PostingSide::Debit => "debit",
        v1::PostingSide::Credit => "credit",
    }
}

fn document(statement: &v1::StatementResponse) -> anyhow::Result<Value> {
    let pairs = statement.pairs.iter().map(shown::pair_json);
    let regions = statement
        .regions
        .iter()
        .map(|net| shown::net_json("region", net));
    let nets = statement
        .nets
        .iter()
        .map(|net| shown::net_json("member", net));
    let postings = statement.postings.iter().map(|posting| {
        Ok(json!({
            "holder": posting.holder,
            "fund": shown::fund(posting.fund)?.as_str(),
            "account": posting.account,
            "side": side(posting.side()),
            "amount": shown::yuan(posting.amount_fen)?,
        }))
    });
    Ok(json!({
        "plan": statement.plan,
        "business_day": statement.business_day,
        "member": statement.member,
        "pairs": pairs.collect::<anyhow::Result<Vec<_>>>()?,
        "regions": regions.collect::<anyhow::Result<Vec<_>>>()?,
        "nets": nets.collect::<anyhow::Result<Vec<_>>>()?,
        "postings": postings.collect::<anyhow::Result<Vec<_>>>()?,
        "payments": paid::payments_json(&statement.payments)?,
        "unpaid": paid::payments_json(&statement.unpaid)?,
    }))
}

fn text(out: &mut dyn Write, statement: &v1::StatementResponse) -> anyhow::Result<()> {
    let v1::StatementResponse {
        plan,
        business_day,
        member,
        ..
    } = statement;
    writeln!(
        out,
        "statement of {member} for {business_day}, plan {plan} / 清算对账单"
    )?;
    shown::pairs_text(out, &statement.pairs)?;
    shown::nets_text(out, "region", &statement.regions)?;
    shown::nets_text(out, "member", &statement.nets)?;
    writeln!(
        out,
        "{:<18}{:<28}{:<20}{:<8}{:>20}",
        "account of", "fund", "account", "side", "amount"
    )?;
    for posting in &statement.postings {
        let (fund, amount) = (shown::fund(posting.fund)?, shown::yuan(posting.amount_fen)?);
        let side = side(posting.side());
        writeln!(
            out,
            "{:<18}{fund:<28}{:<20}{side:<8}{amount:>20}",
            posting.holder, posting.account
        )?;
    }
    if !statement.payments.is_empty() {
        paid::payments_text(out, &statement.payments)?;
    }
    if !statement.unpaid.is_empty() {
        writeln!(out, "others still owe / 其他成员未清")?;
        paid::payments_text(out, &statement.unpaid)?;
    }
    Ok(())
}
