//! `huitong clearing reopen`, and how what is left out of a cycle is shown.

use std::io::Write;
use std::str::FromStr;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::fund::Fund;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::common::fund_to_wire;
use serde_json::{Value, json};

use super::connection::{Connection, Shape, print_json, told};
use super::shown;

/// Leave legs or rows out of a cycle that could not be netted. Two different officers say the same; then net it again. It keeps
/// its marks, and what is left out goes into the next cycle. Without --leg and --row it is what the fault names (status).
#[derive(Debug, clap::Args)]
pub(super) struct Reopen {
    #[command(flatten)]
    connection: Connection,
    /// The business day / 业务日
    #[arg(long)]
    day: BusinessDay,
    /// A leg by region and number, such as 510100:17 / 分录（统筹区:序号）
    #[arg(long = "leg", value_name = "REGION:NUMBER")]
    legs: Vec<LegAt>,
    /// A row by debtor, creditor and fund, such as 330200-510100-resident_pool / 行（债务方-债权方-基金）
    #[arg(long = "row", value_name = "DEBTOR-CREDITOR-FUND")]
    rows: Vec<RowOf>,
}

#[derive(Debug, Clone)]
struct LegAt(RegionCode, u64);

impl FromStr for LegAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':').ok_or("write REGION:NUMBER")?;
        let region = RegionCode::parse(parts.0).map_err(|error| error.to_string())?;
        let number = parts.1.parse().map_err(|_| "write REGION:NUMBER")?;
        Ok(Self(region, number))
    }
}

#[derive(Debug, Clone)]
struct RowOf(RegionCode, RegionCode, Fund);

impl FromStr for RowOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, '-');
        let mut next = || parts.next().ok_or("write DEBTOR-CREDITOR-FUND");
        let (debtor, creditor, fund) = (next()?, next()?, next()?);
        let region = |text| RegionCode::parse(text).map_err(|error| error.to_string());
        let of_name = Fund::ALL.iter().find(|known| known.as_str() == fund);
        let fund = of_name.ok_or_else(|| format!("{fund} is no fund"))?;
        Ok(Self(region(debtor)?, region(creditor)?, *fund))
    }
}

impl Reopen {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut officer = self.connection.open().await?;
        let legs = self
            .legs
            .iter()
            .map(|LegAt(region, number)| v1::StreamPlace {
                region: region.to_string(),
                number: *number,
            });
        let rows = self.rows.iter();
        let rows = rows.map(|RowOf(debtor, creditor, fund)| v1::CycleRow {
            debtor: debtor.to_string(),
            creditor: creditor.to_string(),
            fund: fund_to_wire(*fund),
        });
        let request = v1::ReopenRequest {
            business_day: self.day.to_string(),
            legs: legs.collect(),
            rows: rows.collect(),
        };
        let answer = officer.reopen(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        let left_out = answer.left_out.unwrap_or_default();
        match self.connection.shape() {
            Shape::Json => print_json(
                out,
                &json!({
                    "business_day": self.day.to_string(),
                    "waits": answer.waits,
                    "left_out": left_out_json(&left_out)?,
                }),
            ),
            Shape::Text => {
                let came = if answer.waits {
                    "proposed: another officer has to say the same / 已提出，尚需另一名人员作出相同剔除"
                } else {
                    "reopened: net it again / 已剔除，请重新轧差"
                };
                writeln!(out, "cycle {} {came}", self.day)?;
                left_out_text(out, &left_out)
            }
        }
    }
}

fn row(row: &v1::CycleRow) -> anyhow::Result<String> {
    let fund = shown::fund(row.fund)?;
    Ok(format!("{}-{}-{fund}", row.debtor, row.creditor))
}

fn of_debt(debt: &v1::CycleDebt) -> anyhow::Result<String> {
    let of = debt.row.as_ref();
    row(of.ok_or_else(|| anyhow::anyhow!("a debt has no row"))?)
}

/// What is left out, as JSON.
pub(super) fn left_out_json(left_out: &v1::LeftOut) -> anyhow::Result<Value> {
    let debts = left_out.debts.iter().map(|debt| {
        Ok(json!({
            "settlement": debt.settlement,
            "kind": shown::kind(debt.kind()).0,
            "row": of_debt(debt)?,
        }))
    });
    let rows = left_out.rows.iter().map(row);
    Ok(json!({
        "debts": debts.collect::<anyhow::Result<Vec<_>>>()?,
        "rows": rows.collect::<anyhow::Result<Vec<_>>>()?,
    }))
}

/// What is left out, a line each.
pub(super) fn left_out_text(out: &mut dyn Write, left_out: &v1::LeftOut) -> anyhow::Result<()> {
    for debt in &left_out.debts {
        let (english, chinese) = shown::kind(debt.kind());
        let (settlement, of) = (&debt.settlement, of_debt(debt)?);
        writeln!(out, "  {settlement} {english} / {chinese} ({of})")?;
    }
    for of in &left_out.rows {
        writeln!(out, "  {}", row(of)?)?;
    }
    Ok(())
}

/// Why a cycle could not be netted, as JSON.
pub(super) fn failure_json(failure: &v1::CycleFailure) -> anyhow::Result<Value> {
    let named = failure.named.as_ref().map(left_out_json).transpose()?;
    let proposed = failure.proposed.as_ref().map(left_out_json).transpose()?;
    Ok(json!({
        "fault": failure.fault,
        "at": Timestamp::from_millis(failure.at_ms)?.to_string(),
        "named": named,
        "proposed_by": (!failure.proposed_by.is_empty()).then_some(&failure.proposed_by),
        "proposed": proposed,
    }))
}

/// What an officer wants to leave out of a cycle that is not known to have failed, as JSON.
pub(super) fn wanted_json(wanted: &v1::LeavingOut) -> anyhow::Result<Value> {
    let left_out = wanted.left_out.as_ref().map(left_out_json).transpose()?;
    Ok(json!({ "by": wanted.by, "left_out": left_out }))
}

/// Why a cycle could not be netted, and what is to be done.
pub(super) fn failure_text(out: &mut dyn Write, failure: &v1::CycleFailure) -> anyhow::Result<()> {
    let at = Timestamp::from_millis(failure.at_ms)?;
    writeln!(out, "NOT NETTED since {at}: {} / 轧差失败", failure.fault)?;
    if let Some(named) = &failure.named {
        left_out_text(out, named)?;
    }
    match &failure.proposed {
        Some(proposed) => wanted_text(out, &failure.proposed_by, proposed),
        None => Ok(writeln!(
            out,
            "two different officers leave out what is wrong (reopen), then net again / 须由两名不同人员剔除（reopen）后重新轧差"
        )?),
    }
}

/// Who wants to leave what out of a cycle, and what is to be done.
pub(super) fn wanted_text(
    out: &mut dyn Write,
    by: &str,
    wanted: &v1::LeftOut,
) -> anyhow::Result<()> {
    writeln!(
        out,
        "{by} wants to leave out, and another officer has to say the same (reopen) / {by} 提出剔除，尚需另一名人员："
    )?;
    left_out_text(out, wanted)
}

#[cfg(test)]
mod tests {
    use huitong_proto::common::v1::Fund as WireFund;

    use super::*;

    fn left_out() -> v1::LeftOut {
        let row = v1::CycleRow {
            debtor: "330200".to_owned(),
            creditor: "510100".to_owned(),
            fund: WireFund::ResidentPool.into(),
        };
        let debt = v1::CycleDebt {
            settlement: "stl_1".to_owned(),
            kind: v1::LegKind::Reversal.into(),
            row: Some(row.clone()),
        };
        v1::LeftOut {
            debts: vec![debt],
            rows: vec![row],
        }
    }

    #[test]
    fn what_is_wrong_is_shown_with_what_it_names_and_who_wants_to_leave_it_out() {
        let mut failure = v1::CycleFailure {
            fault: "the sum is out of range".to_owned(),
            at_ms: 1_772_413_200_000,
            named: Some(left_out()),
            ..v1::CycleFailure::default()
        };
        let shown = |failure: &v1::CycleFailure| {
            let mut out = Vec::new();
            failure_text(&mut out, failure).unwrap();
            String::from_utf8(out).unwrap()
        };
        let first = shown(&failure);
        assert!(
            first.contains("NOT NETTED since 2026-03-02T01:00:00.000Z: the sum is out of range")
        );
        assert!(
            first.contains("\n  330200-510100-resident_pool\n"),
            "{first}"
        );
        assert!(first.contains("two different officers"));
        failure.proposed_by = "wang.fang".to_owned();
        failure.proposed = Some(left_out());
        assert!(shown(&failure).contains("wang.fang wants to leave out"));
        let document = failure_json(&failure).unwrap();
        assert_eq!(document["proposed_by"], "wang.fang");
        assert_eq!(document["named"]["debts"][0]["kind"], "reversal");
        assert_eq!(document["named"]["rows"][0], "330200-510100-resident_pool");
        let wanted = v1::LeavingOut {
            by: failure.proposed_by,
            left_out: failure.proposed,
        };
        let document = wanted_json(&wanted).unwrap();
        assert_eq!(document["by"], "wang.fang");
        let rows = &document["left_out"]["rows"];
        assert_eq!(rows[0], "330200-510100-resident_pool");
    }

    #[test]
    fn legs_and_rows_are_read_as_they_are_shown() {
        let LegAt(region, number) = "510100:17".parse().unwrap();
        assert_eq!((region.to_string().as_str(), number), ("510100", 17));
        let RowOf(debtor, creditor, fund) = "330200-510100-resident_pool".parse().unwrap();
        assert_eq!(
            [debtor, creditor].map(|of| of.to_string()),
            ["330200", "510100"]
        );
        assert_eq!(fund, Fund::ResidentPool);
        for wrong in ["510100", "510100:x", "1:2"] {
            assert!(wrong.parse::<LegAt>().is_err(), "{wrong}");
        }
        for wrong in [
            "330200-510100",
            "330200-510100-gold",
            "330200-x-resident_pool",
        ] {
            assert!(wrong.parse::<RowOf>().is_err(), "{wrong}");
        }
    }
}
