//! `huitong clearinghouse check-config`: all that is wrong with a configuration, and nothing opened.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::Config;

/// Read the configuration and say all that is wrong with it.
#[derive(Debug, clap::Args)]
pub(super) struct CheckConfig {
    /// The configuration file / 配置文件
    #[arg(long)]
    config: PathBuf,
}

impl CheckConfig {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let config = match Config::load(&self.config) {
            Ok(config) => config,
            Err(error) => return super::unusable(&error),
        };
        let regions = config.members().iter().len();
        writeln!(
            out,
            "{}: good, {regions} regions / 配置正确",
            self.config.display()
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
