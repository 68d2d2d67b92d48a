//! `huitong clearing statement`: shown, or with all that proves it as a file.

use std::io::Write;
use std::path::{Path, PathBuf};

use huitong_core::canonical::Artifact;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::region::RegionCode;
use huitong_netting::statement::MemberStatement;
use huitong_proto::clearing::v1;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::{file, moment, paid, shown};

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
    /// Payments as they stood at this moment, such as 2026-03-31T16:00:00Z, or at the end of this day in Shanghai / 截至时点
    #[arg(long, conflicts_with = "out", value_parser = moment::until)]
    as_of: Option<Timestamp>,
    /// Write it with all its legs and proof into this new file; check it with `verify` / 输出可离线核验的对账单
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Statement {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        if let Some(file) = &self.out {
            return self.write(file, out).await;
        }
        let mut officer = self.connection.open().await?;
        let request = v1::StatementRequest {
            business_day: self.day.to_string(),
            member: self.member.to_string(),
            as_of_ms: self.as_of.map_or(0, Timestamp::as_millis),
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

impl Statement {
    /// Writes the statement with all that proves it.
    async fn write(&self, path: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut officer = self.connection.proofs().await?;
        let request = v1::GetProvenStatementRequest {
            business_day: self.day.to_string(),
            member: self.member.to_string(),
        };
        let answer = officer.get_proven_statement(request).await;
        let mut parts = answer.map_err(|status| told(&status))?.into_inner();
        let mut bytes = Vec::new();
        while let Some(next) = parts.message().await.map_err(|status| told(&status))? {
            bytes.extend(next.part);
        }
        // A stream that broke off early is told here, and not only when somebody checks the file.
        let legs = MemberStatement::from_bytes(&bytes)?;
        let legs = legs.rows.iter().map(|row| row.legs.len()).sum::<usize>();
        file::write(path, &bytes)?;
        let shown = path.display().to_string();
        match self.connection.shape() {
            Shape::Json => print_json(out, &json!({"file": shown, "legs": legs})),
            Shape::Text => {
                writeln!(
                    out,
                    "{shown}: {legs} legs; check it with `huitong clearing verify` / 共{legs}笔，可用 verify 离线核验"
                )?;
                Ok(())
            }
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
