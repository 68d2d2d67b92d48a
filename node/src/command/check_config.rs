//! `huitong node check-config`: every fault of a configuration at once, before anything is started.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use super::BAD_CONFIG;
use crate::clock::SystemClock;
use crate::config::{self, ConfigError};

/// Check a configuration.
#[derive(Debug, clap::Args)]
pub struct CheckConfig {
    /// The configuration file / 配置文件
    #[arg(long)]
    config: PathBuf,
}

impl CheckConfig {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match config::load(&self.config, Arc::new(SystemClock)) {
            Ok(settings) => {
                let (file, region) = (self.config.display(), settings.node.region);
                let regions = settings.node.directory.len();
                writeln!(
                    out,
                    "{file}: good; region {region}, {regions} in the directory / 配置无误"
                )?;
                Ok(ExitCode::SUCCESS)
            }
            Err(ConfigError::Faults(faults)) => {
                writeln!(out, "{faults}")?;
                Ok(ExitCode::from(BAD_CONFIG))
            }
            Err(error @ ConfigError::Unreadable { .. }) => Err(error.into()),
        }
    }
}
