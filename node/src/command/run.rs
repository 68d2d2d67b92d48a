//! `huitong node run`: the server, until SIGINT or SIGTERM; then it drains and stops. SIGHUP has certificates read
//! again.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use super::{BAD_CONFIG, settings_of};
use crate::config::{NodeSettings, Telemetry};
use crate::node::Node;

/// Run the node.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// The configuration file / 配置文件
    #[arg(long)]
    config: PathBuf,
}

impl Run {
    pub(super) fn run<G>(
        self,
        observe: impl FnOnce(&Telemetry) -> anyhow::Result<G>,
        out: &mut dyn Write,
    ) -> anyhow::Result<ExitCode> {
        let Some(settings) = settings_of(&self.config)? else {
            return Ok(ExitCode::from(BAD_CONFIG));
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("the runtime / 运行时无法启动")?;
        // Telemetry needs the runtime, and ends after the node's last word.
        let guard = {
            let _inside = runtime.enter();
            observe(&settings.telemetry)?
        };
        let served = runtime.block_on(serve(settings, out));
        drop(guard);
        served.map(|()| ExitCode::SUCCESS)
    }
}

async fn serve(settings: NodeSettings, out: &mut dyn Write) -> anyhow::Result<()> {
    // Listened for before the node starts, so that a signal during a long replay is not lost.
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut reloads = signal(SignalKind::hangup())?;
    let region = settings.node.region;
    let node = Node::start(settings.node).await?;
    writeln!(out, "node {region} listening on https://{}", node.address())?;
    out.flush()?;
    loop {
        tokio::select! {
            biased;
            _ = interrupted.recv() => break,
            _ = terminated.recv() => break,
            _ = reloads.recv() => node.reload(),
        }
    }
    tracing::info!("told to stop: calls under way are finished first");
    node.shutdown().await;
    Ok(())
}
