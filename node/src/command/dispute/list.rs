//! `huitong node dispute list`: the disputes in which the region stands, as the clearinghouse has them.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::vocabulary::DisputeStage;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use crate::command::{block_on, said};
use crate::disputes::report::{Lateness, Wanted};
use crate::grpc::dispute_client::DisputeDeskClient;
use huitong_desk::dispute as shown;

/// List the disputes.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only at this stage: raised, answered, escalated, settled or withdrawn / 状态
    #[arg(long)]
    stage: Option<DisputeStage>,
    /// Only those of which a step is overdue / 仅逾期
    #[arg(long)]
    overdue: bool,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut wanted = Wanted {
            stage: self.stage,
            lateness: if self.overdue {
                Lateness::Overdue
            } else {
                Lateness::Any
            },
            after: String::new(),
        };
        let disputes = block_on(async {
            let mut client = DisputeDeskClient::connect(&self.server).await?;
            let mut disputes = Vec::new();
            loop {
                let (page, next) = client.page(&wanted).await.map_err(said)?;
                disputes.extend(page);
                if next.is_empty() {
                    return Ok(disputes);
                }
                wanted.after = next;
            }
        })?;
        if self.json {
            let disputes: Vec<Value> = disputes.iter().map(shown::as_json).collect();
            writeln!(out, "{}", json!({ "disputes": disputes }))?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "{} disputes / 项争议", disputes.len())?;
        for dispute in &disputes {
            shown::print(dispute, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
