//! `huitong node dispute raise`: what another region is to owe on a debt or a row of a cycle.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::dispute::name::{DisputeName, Subject};
use huitong_core::dispute::word::{Claim, Says};
use huitong_core::fund::Fund;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::DisputeReason;
use huitong_transport::ClientOptions;

use super::say::{Shaped, told};
use crate::command::{block_on, said};
use crate::disputes::Saying;
use crate::grpc::dispute_client::DisputeDeskClient;

const AFTER: &str = "\
A debt is named by its settlement (--settlement), a row of a netted cycle by its day (--day); both with who owes whom for which
fund, as the region's legs and the clearinghouse's statements say it. The same again under the same reference changes nothing.
The file of neither names a patient: papers go between the bureaus.
单笔以结算号（--settlement）、清算行以清算日（--day）指明，并写明应付方、应收方和基金。同一编号重复提交不产生变化。证明材料由经办机构之间另行传递。";

/// What the debt arose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    Settlement,
    Reversal,
    Correction,
}

/// Say what another region owes on a debt or a row of a cycle.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER, override_usage = "huitong node dispute raise [OPTIONS] <REFERENCE>")]
pub struct Raise {
    /// The region's own reference, such as 2026-03-001 / 自编号
    #[arg(value_parser = RequestId::parse)]
    reference: RequestId,
    /// The settlement of the debt / 结算号
    #[arg(long, conflicts_with = "day", required_unless_present = "day")]
    settlement: Option<SettlementId>,
    /// What the debt arose from / 债务类型
    #[arg(long, value_enum, default_value = "settlement", conflicts_with = "day")]
    kind: Kind,
    /// The cycle of the row, such as 2026-03-31 / 清算日
    #[arg(long)]
    day: Option<BusinessDay>,
    /// Who owes by it / 应付方
    #[arg(long)]
    debtor: RegionCode,
    /// Who is owed by it / 应收方
    #[arg(long)]
    creditor: RegionCode,
    /// The fund / 基金
    #[arg(long)]
    fund: Fund,
    /// What the other region is to owe, in yuan; at most the debt or the row / 诉求金额（元）
    #[arg(long)]
    amount: Fen,
    /// not_insured_here, not_treated, amount_wrong, already_reversed, paid_elsewhere, wrong_fund, rules_misapplied,
    /// deduction_missing or not_reported / 争议原因
    #[arg(long)]
    reason: DisputeReason,
    #[command(flatten)]
    server: ClientOptions,
    #[command(flatten)]
    shape: Shaped,
}

impl Raise {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let pair = Pair {
            debtor: self.debtor,
            creditor: self.creditor,
            fund: self.fund,
        };
        let kind = match self.kind {
            Kind::Settlement => LegKind::Settlement,
            Kind::Reversal => LegKind::Reversal,
            Kind::Correction => LegKind::Correction,
        };
        let subject = match (self.settlement, self.day) {
            (Some(settlement), _) => Subject::Debt {
                settlement,
                kind,
                pair,
            },
            (None, Some(day)) => Subject::Row { day, pair },
            // One of them is required.
            (None, None) => anyhow::bail!("name a settlement or a day / 请指明结算号或清算日"),
        };
        let claim = Claim {
            subject,
            amount: self.amount,
            reason: self.reason,
        };
        let seen = block_on(async {
            let mut client = DisputeDeskClient::connect(&self.server).await?;
            let name = DisputeName {
                raiser: client.region(),
                reference: self.reference,
            };
            let saying = Saying {
                says: Says::Raise(claim),
                settles_at: None,
            };
            client.say(name, &saying).await.map_err(said)
        })?;
        told(&seen, self.shape.shape(), out)
    }
}
