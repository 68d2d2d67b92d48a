//! `huitong node certificates`: how long the node's certificates hold; `--reload` has them read again first.

use std::io::Write;
use std::process::ExitCode;

use huitong_desk::certificates::{as_json, print};
use huitong_desk::grpc::client::{Reload, certificates};
use huitong_transport::ClientOptions;

use super::{block_on, said};

/// How the certificates of the node stand.
#[derive(Debug, clap::Args)]
pub struct Certificates {
    /// Have certificates, roots and revocation lists read again first / 先重新加载
    #[arg(long)]
    reload: bool,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Certificates {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let reload = if self.reload {
            Reload::First
        } else {
            Reload::Not
        };
        let held = block_on(async {
            let (_, channel) = self.server.own_node().await?;
            certificates(channel, reload).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&held))?;
        } else {
            print(&held, out)?;
        }
        if self.reload && !held.refused.is_empty() {
            anyhow::bail!("what there was stays in force / 原证书继续有效");
        }
        Ok(ExitCode::SUCCESS)
    }
}
