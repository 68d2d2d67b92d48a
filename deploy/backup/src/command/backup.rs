//! `backup`: the journal of a running server, into a folder; again later, only what came since.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_transport::ClientOptions;
use serde_json::json;

use crate::grpc::client::back_up;
use crate::taking::Taking;

/// Whose journal is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// The node of the caller's own region.
    OwnNode,
    /// The clearinghouse.
    Clearinghouse,
}

/// Take a backup of the running server's journal, or bring one up to now.
#[derive(Debug, clap::Args)]
pub struct Backup {
    /// The folder of the backup; one that is there is gone on with / 备份目录，已有备份则续备
    #[arg(long)]
    to: PathBuf,
    #[command(flatten)]
    connection: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Backup {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever keeps a backup from being taken, with what to do about it; what was there before stands.
    pub fn run(self, of: Server, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let taking = Taking::begin(&self.to)?;
        let before = taking.tip().frame;
        let taken = async {
            let channel = match of {
                Server::OwnNode => self.connection.own_node().await?.1,
                Server::Clearinghouse => self.connection.clearinghouse().await?,
            };
            anyhow::Ok(back_up(channel, taking).await?)
        };
        let note = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the runtime / 运行时无法启动")?
            .block_on(taken)?;
        let new = note.frame.saturating_sub(before);
        if self.json {
            let answer = json!({
                "owner": note.owner.to_string(),
                "frame": note.frame,
                "chain": note.chain.to_string(),
                "new_frames": new,
            });
            writeln!(out, "{answer}")?;
        } else {
            writeln!(
                out,
                "backup of {} up to frame {}, {new} of them new, chain {} / 备份完成",
                note.owner, note.frame, note.chain
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
