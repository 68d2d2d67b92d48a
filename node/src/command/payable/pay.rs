//! `huitong node pay-institution`: enter what the bank paid to an institution, or take it out again.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::BusinessDay;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::Fen;
use huitong_core::payable::{Month, Payout};
use huitong_core::payment::BankReference;
use huitong_core::vocabulary::CorrectionReason;
use huitong_transport::ClientOptions;

use super::shown::{as_json, print};
use crate::command::{block_on, said};
use crate::grpc::payable_client::PayableClient;
use crate::payables::AboveDue;

/// Enter a payment to an institution for a month, or take one out that was entered.
#[derive(Debug, clap::Args)]
pub struct PayInstitution {
    /// The institution / 医疗机构
    institution: InstitutionCode,
    /// For which month, as 2026-11 / 月份
    #[arg(long)]
    month: Month,
    /// How much, in yuan / 金额（元）
    #[arg(long, value_parser = Fen::parse_yuan)]
    amount: Fen,
    /// The bank's own reference: sent again, it is the same payment / 银行流水号
    #[arg(long)]
    reference: BankReference,
    /// On which day the bank moved it / 付款日期
    #[arg(long)]
    on: BusinessDay,
    /// It is known that more was paid than remains for the month / 已知超付，照实登记
    #[arg(long, conflicts_with = "correct")]
    above_due: bool,
    /// Take this payment out again: wrong_amount, wrong_purpose, entered_twice or bounced / 更正原因
    #[arg(long)]
    correct: Option<CorrectionReason>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl PayInstitution {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let payout = Payout {
            reference: self.reference,
            institution: self.institution,
            month: self.month,
            paid_on: self.on,
            amount: self.amount,
        };
        let above = if self.above_due {
            AboveDue::Meant
        } else {
            AboveDue::Refused
        };
        let told = block_on(async {
            let mut client = PayableClient::connect(&self.server).await?;
            let told = match self.correct {
                None => client.pay(&payout, above).await,
                Some(reason) => client.correct(&payout, reason).await,
            };
            told.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&told))?;
        } else {
            print(&told, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
