//! `huitong clearing dispute …`: what regions dispute with each other, for the operator's officers, and the file that
//! proves one to anybody.

mod verify;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::seen::DisputeSeen;
use huitong_core::dispute::step::Ruling;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{DecisionReason, DisputeStage};
use huitong_desk::dispute as shown;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::dispute::{
    dispute_from_wire, dispute_ruling_to_wire, dispute_stage_to_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use serde_json::json;

use super::connection::{Connection, Shape, print_json, told};
use super::file;
use super::shown::exit_by;

/// Disputes between regions: listed, shown with every signed word, decided by two officers, and verified offline.
#[derive(Debug, clap::Args)]
pub(super) struct DisputeCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Disputes as they stand, with their age and what is overdue; exit 1 when something is / 争议清单与账龄，逾期的以1退出
    List(List),
    /// One dispute; with --out its whole signed history into a file / 查看争议，导出签名记录
    Show(Show),
    /// Propose how an escalated dispute is decided, or confirm another officer's proposal / 裁定争议（须两人）
    #[command(override_usage = "huitong clearing dispute settle [OPTIONS] <NAME>")]
    Settle(Settle),
    /// Check a dispute's signed history offline; exit 1 when something is wrong / 离线核验争议记录
    Verify(verify::Verify),
}

impl DisputeCommand {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let done = match self.action {
            Action::List(list) => return list.run(out).await,
            Action::Show(show) => show.run(out).await,
            Action::Settle(settle) => settle.run(out).await,
            Action::Verify(verify) => return verify.run(out),
        };
        done.map(|()| ExitCode::SUCCESS)
    }
}

fn seen(dispute: Option<v1::Dispute>) -> Result<DisputeSeen, WireFault> {
    dispute_from_wire(dispute, Path::root("dispute"))
}

/// Disputes as they stand, by their names; exit 1 when a step of one that is listed is overdue.
#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    connection: Connection,
    /// Only at this stage: raised, answered, escalated, settled or withdrawn / 状态
    #[arg(long)]
    stage: Option<DisputeStage>,
    /// Only those in which this region stands / 统筹区
    #[arg(long)]
    region: Option<RegionCode>,
    /// Only those of which a step is overdue / 仅逾期
    #[arg(long)]
    overdue: bool,
}

impl List {
    /// Fails with 1 when a step of a dispute that is listed is overdue.
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut client = self.connection.disputes().await?;
        let (mut disputes, mut after) = (Vec::new(), String::new());
        loop {
            let request = v1::ListAllDisputesRequest {
                filter: Some(v1::DisputeFilter {
                    stage: self.stage.map_or(0, dispute_stage_to_wire),
                    overdue: self.overdue,
                    after,
                }),
                region: self.region.map(|code| code.to_string()).unwrap_or_default(),
            };
            let page = client.list_all_disputes(request).await;
            let page = page.map_err(|status| told(&status))?.into_inner();
            for dispute in page.disputes {
                disputes.push(seen(Some(dispute))?);
            }
            after = page.next;
            if after.is_empty() {
                break;
            }
        }
        match self.connection.shape() {
            Shape::Json => {
                let disputes: Vec<_> = disputes.iter().map(shown::as_json).collect();
                print_json(out, &json!({ "disputes": disputes }))?;
            }
            Shape::Text => {
                writeln!(out, "{} disputes / 项争议", disputes.len())?;
                for dispute in &disputes {
                    shown::print(dispute, out)?;
                }
            }
        }
        Ok(exit_by(&disputes, |dispute| dispute.days_late > 0))
    }
}

/// One dispute.
#[derive(Debug, clap::Args)]
struct Show {
    #[command(flatten)]
    connection: Connection,
    /// REGION/REFERENCE / 争议编号
    name: DisputeName,
    /// The file to write its signed history into; it must not be there yet / 输出文件
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Show {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.disputes().await?;
        let request = v1::ShowDisputeRequest {
            name: self.name.to_string(),
        };
        let answer = client.show_dispute(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        if let Some(path) = &self.out {
            file::write(path, &answer.history)?;
        }
        print(&seen(answer.dispute)?, self.connection.shape(), out)
    }
}

/// Propose how an escalated dispute is decided, or confirm just what another officer proposed. Each may be said again.
#[derive(Debug, clap::Args)]
struct Settle {
    #[command(flatten)]
    connection: Connection,
    /// REGION/REFERENCE / 争议编号
    name: DisputeName,
    /// What the respondent is to owe, in yuan; 0.00 for nothing / 裁定金额（元）
    #[arg(long)]
    amount: Fen,
    /// claim_proven, partly_proven, not_proven or not_answered / 裁定理由
    #[arg(long)]
    reason: DecisionReason,
    /// Confirm that another officer proposed exactly this / 确认他人提出的裁定
    #[arg(long)]
    confirm: bool,
}

impl Settle {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.disputes().await?;
        let ruling = Ruling {
            amount: self.amount,
            reason: self.reason,
        };
        let request = v1::SettleDisputeRequest {
            name: self.name.to_string(),
            ruling: Some(dispute_ruling_to_wire(&ruling)),
            confirm: self.confirm,
        };
        let answer = client.settle_dispute(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        print(&seen(answer.dispute)?, self.connection.shape(), out)
    }
}

fn print(dispute: &DisputeSeen, shape: Shape, out: &mut dyn Write) -> anyhow::Result<()> {
    match shape {
        Shape::Json => print_json(out, &shown::as_json(dispute)),
        Shape::Text => Ok(shown::print(dispute, out)?),
    }
}
