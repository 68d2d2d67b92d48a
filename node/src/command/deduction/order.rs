//! `huitong node deduct`: take money off a settlement after an audit.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use huitong_core::deduction::{DeductionAmounts, DeductionNote};
use huitong_core::fund::Fund;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::money::Fen;
use huitong_core::vocabulary::DeductionReason;
use huitong_transport::ClientOptions;

use super::shown::{as_json, print};
use crate::command::{block_on, said};
use crate::grpc::deduction_client::{DeductionClient, Order};

/// Take money off a settlement of one of the region's institutions, after an audit.
#[derive(Debug, clap::Args)]
pub struct Deduct {
    /// The settlement, stl_… / 结算编号
    settlement: SettlementId,
    /// What is taken off of a fund, as resident_pool=120.50; once for each fund / 各基金扣款额（元）
    #[arg(long = "fund", value_parser = amount, required = true)]
    funds: Vec<(Fund, Fen)>,
    /// overcharged, split_charge, duplicated_charge, not_in_catalogue, substituted, no_indication,
    /// excessive, split_admission, needless_admission, insufficient_record, not_rendered
    /// or other_breach / 扣款原因
    #[arg(long, verbatim_doc_comment)]
    reason: DeductionReason,
    /// What the institution is told: one line that names no patient / 告知医疗机构的说明，不得含患者信息
    #[arg(long)]
    note: Option<DeductionNote>,
    /// Your own id of this request: sent again, it is the same deduction / 请求编号
    #[arg(long)]
    request: RequestId,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// Reads a fund and what is taken off.
pub(in crate::command) fn amount(text: &str) -> anyhow::Result<(Fund, Fen)> {
    let parts = text.split_once('=');
    let (fund, amount) = parts
        .context("a fund and yuan, with = between, as resident_pool=120.50 / 应为 基金=金额")?;
    let fund = Fund::parse(fund).map_err(|it| anyhow!("{it} / {}", it.chinese()))?;
    let amount = Fen::parse_yuan(amount).map_err(|it| anyhow!("{it} / {}", it.chinese()))?;
    Ok((fund, amount))
}

impl Deduct {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut amounts = self.funds;
        amounts.sort_by_key(|(fund, _)| *fund);
        let order = Order {
            request: self.request,
            settlement: self.settlement,
            amounts: DeductionAmounts::new(amounts)?,
            reason: self.reason,
            note: self.note,
        };
        let told = block_on(async {
            let mut client = DeductionClient::connect(&self.server).await?;
            client.order(&order).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&told))?;
        } else {
            print(&told, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_a_fund_and_yuan() {
        let read = amount("resident_pool=120.50").unwrap();
        assert_eq!(read, (Fund::ResidentPool, Fen::new(12_050).unwrap()));
        for bad in [
            "resident_pool",
            "pool=1",
            "resident_pool=-1",
            "resident_pool=1.234",
        ] {
            assert!(amount(bad).is_err(), "{bad}");
        }
    }
}
