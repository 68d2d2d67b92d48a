//! `archive`: full segments of the journal to `archive` beside it.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::archive::archive;

/// What is said below the options.
const AFTER: &str = "\
DATA/archive may be a mount of another disk; the server goes on finding what lies there, and may run meanwhile.
DATA/archive 可挂载到其他磁盘，服务仍可读取其中的段，移动期间无需停机。";

/// Move full segments of the journal away, but the newest.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Archive {
    /// The server's data folder / 数据目录
    #[arg(long)]
    data: PathBuf,
    /// How many of the newest segments stay / 保留最新段数
    #[arg(long, default_value_t = 4)]
    keep: usize,
}

impl Archive {
    /// Runs the command.
    ///
    /// # Errors
    /// A file that is not to be moved, with what the system said; what was moved before is found.
    pub fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let moved = archive(&self.data, self.keep)?;
        writeln!(out, "{} segments moved / 已移动段数", moved.len())?;
        for name in moved {
            writeln!(out, "  {name}")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
