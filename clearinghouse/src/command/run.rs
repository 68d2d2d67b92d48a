//! `huitong clearinghouse run`: serve until a signal, then stop in order. SIGHUP has certificates read again.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use crate::{Clearinghouse, Config};

/// Serve until told to stop.
#[derive(Debug, clap::Args)]
pub(super) struct Run {
    /// The configuration file / 配置文件
    #[arg(long)]
    config: PathBuf,
}

impl Run {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = match Config::load(&self.config) {
            Ok(config) => config,
            Err(error) => return super::unusable(&error),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let mut terminated = signal(SignalKind::terminate())?;
            let mut interrupted = signal(SignalKind::interrupt())?;
            let mut reloads = signal(SignalKind::hangup())?;
            let running = Clearinghouse::start(config).await?;
            // A parent that started it on port 0 reads here where it is.
            let mut out = std::io::stdout();
            writeln!(out, "clearinghouse listening on {}", running.addr())?;
            out.flush()?;
            loop {
                tokio::select! {
                    biased;
                    _ = interrupted.recv() => break,
                    _ = terminated.recv() => break,
                    _ = reloads.recv() => running.reload(),
                }
            }
            running.shutdown().await?;
            Ok(ExitCode::SUCCESS)
        })
    }
}
