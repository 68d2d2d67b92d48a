//! `huitong node backup`: the journal of a running node, into a folder; again later, only what came since.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_transport::ClientOptions;
use serde_json::json;

use super::block_on;
use crate::backup::taking::Taking;
use crate::grpc::backup_client::back_up;

/// Take a backup of the running node's journal, or bring one up to now.
#[derive(Debug, clap::Args)]
pub struct Backup {
    /// The folder of the backup; one that is there is gone on with / 备份目录，已有备份则续备
    #[arg(long)]
    to: PathBuf,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let taking = Taking::begin(&self.to)?;
        let before = taking.tip().frame;
        let note = block_on(async { Ok(back_up(&self.server, taking).await?) })?;
        let new = note.frame.saturating_sub(before);
        if self.json {
            let answer = json!({
                "region": note.region.to_string(),
                "frame": note.frame,
                "chain": note.chain.to_string(),
                "new_frames": new,
            });
            writeln!(out, "{answer}")?;
        } else {
            writeln!(
                out,
                "backup of {} up to frame {}, {new} of them new, chain {} / 备份完成",
                note.region, note.frame, note.chain
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
