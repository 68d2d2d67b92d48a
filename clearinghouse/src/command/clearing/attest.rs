//! `huitong clearing attest`.

use std::io::Write;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_proto::clearing::v1;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::shown;

/// What both regions of each row of a cycle attested from their own books, and which legs differ.
#[derive(Debug, clap::Args)]
pub(super) struct Attest {
    #[command(flatten)]
    connection: Connection,
    /// The business day, such as 2026-03-31 / 业务日
    #[arg(long)]
    day: BusinessDay,
}

/// All pages of a cycle.
struct Found {
    outstanding: Vec<String>,
    waits_until: Option<Timestamp>,
    rows: Vec<v1::Attestation>,
}

impl Attest {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let found = self.all().await?;
        match self.connection.shape() {
            Shape::Json => print_json(out, &document(self.day, &found)?),
            Shape::Text => text(out, self.day, &found),
        }
    }

    async fn all(&self) -> anyhow::Result<Found> {
        let mut client = self.connection.attestations().await?;
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let request = v1::ListAttestationsRequest {
                business_day: self.day.to_string(),
                after,
            };
            let page = client.list_attestations(request).await;
            let page = page.map_err(|status| told(&status))?.into_inner();
            rows.extend(page.rows);
            after = page.next;
            if after.is_none() {
                let until = Some(page.waits_until_ms).filter(|until| *until > 0);
                return Ok(Found {
                    outstanding: page.outstanding,
                    waits_until: until.map(Timestamp::from_millis).transpose()?,
                    rows,
                });
            }
        }
    }
}

/// A row's pair, which every row has.
fn pair(pair: Option<&v1::RowPair>) -> anyhow::Result<&v1::RowPair> {
    pair.ok_or_else(|| anyhow::anyhow!("a row has no pair"))
}

const fn state(state: v1::AttestationState) -> (&'static str, &'static str) {
    match state {
        v1::AttestationState::Unspecified => ("not_asked", "未要求核对"),
        v1::AttestationState::Outstanding => ("outstanding", "未核对"),
        v1::AttestationState::Alike => ("alike", "核对一致"),
        v1::AttestationState::Otherwise => ("otherwise", "核对不符"),
        v1::AttestationState::Searched => ("searched", "核对不符，查找中"),
    }
}

fn sum(row: Option<&v1::AttestedRow>) -> anyhow::Result<Value> {
    let Some(row) = row else {
        return Ok(Value::Null);
    };
    let root = (!row.root.is_empty()).then(|| shown::hex(&row.root));
    Ok(json!({
        "legs": row.legs,
        "amount": shown::yuan(row.amount_fen)?,
        "root": root,
    }))
}

fn leg(leg: Option<&v1::LegBody>) -> anyhow::Result<Value> {
    let Some(leg) = leg else {
        return Ok(Value::Null);
    };
    Ok(json!({
        "debtor": leg.debtor,
        "creditor": leg.creditor,
        "amount": shown::yuan(leg.amount_fen)?,
        "business_day": leg.business_day,
        "receipt": shown::hex(&leg.receipt),
    }))
}

fn side(region: &str, side: Option<&v1::AttestedSide>) -> anyhow::Result<Value> {
    let side = side.cloned().unwrap_or_default();
    let differences = side.differences.iter().map(|difference| {
        let place = difference.place.clone().unwrap_or_default();
        Ok(json!({
            "settlement": place.settlement,
            "kind": shown::kind(place.kind()).0,
            "differs": difference.differs,
            "field": (!difference.field.is_empty()).then_some(&difference.field),
            "held": leg(difference.held.as_ref())?,
            "book": leg(difference.book.as_ref())?,
        }))
    });
    let at = Some(side.at_ms).filter(|at| *at > 0);
    let at = at.map(Timestamp::from_millis).transpose()?;
    Ok(json!({
        "region": region,
        "state": state(side.state()).0,
        "at": at.map(|at| at.to_string()),
        "told": sum(side.told.as_ref())?,
        "differing": side.differing,
        "differences": differences.collect::<anyhow::Result<Vec<_>>>()?,
    }))
}

fn document(day: BusinessDay, found: &Found) -> anyhow::Result<Value> {
    let rows = found.rows.iter().map(|row| {
        let pair = pair(row.pair.as_ref())?;
        Ok(json!({
            "debtor": side(&pair.debtor, row.debtor.as_ref())?,
            "creditor": side(&pair.creditor, row.creditor.as_ref())?,
            "fund": shown::fund(pair.fund)?.as_str(),
            "held": sum(row.held.as_ref())?,
        }))
    });
    Ok(json!({
        "business_day": day.to_string(),
        "outstanding": found.outstanding,
        "waits_until": found.waits_until.map(|until| until.to_string()),
        "rows": rows.collect::<anyhow::Result<Vec<_>>>()?,
    }))
}

fn text(out: &mut dyn Write, day: BusinessDay, found: &Found) -> anyhow::Result<()> {
    writeln!(out, "cycle {day}: {} rows / 清算期核对", found.rows.len())?;
    if !found.outstanding.is_empty() {
        let regions = found.outstanding.join(", ");
        let until = found.waits_until.map_or_else(String::new, |until| {
            format!(", netting waits until {until}")
        });
        writeln!(out, "not attested by {regions}{until} / 尚未核对")?;
    }
    for row in &found.rows {
        let pair = pair(row.pair.as_ref())?;
        let held = row.held.as_ref();
        let (legs, amount) = held.map_or((0, 0), |held| (held.legs, held.amount_fen));
        writeln!(
            out,
            "{} owes {} {}: {legs} legs, {} yuan",
            pair.debtor,
            pair.creditor,
            shown::fund(pair.fund)?,
            shown::yuan(amount)?
        )?;
        side_text(out, &pair.debtor, row.debtor.as_ref())?;
        side_text(out, &pair.creditor, row.creditor.as_ref())?;
    }
    Ok(())
}

fn side_text(
    out: &mut dyn Write,
    region: &str,
    side: Option<&v1::AttestedSide>,
) -> anyhow::Result<()> {
    let side = side.cloned().unwrap_or_default();
    let (english, chinese) = state(side.state());
    let told = match side.state() {
        v1::AttestationState::Otherwise | v1::AttestationState::Searched => {
            let told = side.told.as_ref();
            let (legs, amount) = told.map_or((0, 0), |told| (told.legs, told.amount_fen));
            format!(": {legs} legs, {} yuan", shown::yuan(amount)?)
        }
        v1::AttestationState::Unspecified
        | v1::AttestationState::Outstanding
        | v1::AttestationState::Alike => String::new(),
    };
    writeln!(out, "  {region} {english}{told} / {chinese}")?;
    for difference in &side.differences {
        let place = difference.place.clone().unwrap_or_default();
        let field = Some(&difference.field).filter(|field| !field.is_empty());
        let field = field.map_or_else(String::new, |field| format!(" ({field})"));
        writeln!(
            out,
            "    {} {}: {}{field}",
            place.settlement,
            shown::kind(place.kind()).0,
            difference.differs
        )?;
    }
    Ok(())
}
