//! `huitong node recover`: a journal whose end is lost, made whole from the other parties. It opens files and
//! no port.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_backup::restore::recover;

use super::{BAD_CONFIG, settings_of};
use crate::backup::Anew;
use crate::chance::{SystemChance, salt};
use crate::clock::{Clock, SystemClock};

/// What is said below the options.
const AFTER: &str = "\
For a node that refuses to serve because acknowledged records are gone, when no backup reaches further than its journal.
Start the node afterwards: it collects from every region and the clearinghouse what its journal lacks, and only then serves.
用于日志末尾丢失、且没有更新备份的节点；之后启动节点，收齐各方所持业务后方提供服务。";

/// Have a node collect what its own journal has lost.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Recover {
    /// The node's configuration file / 配置文件
    #[arg(long)]
    config: PathBuf,
}

impl Recover {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let clock = SystemClock;
        let Some(settings) = settings_of(&self.config)? else {
            return Ok(ExitCode::from(BAD_CONFIG));
        };
        let settings = settings.node;
        let mut anew = Anew::new(salt(&SystemChance), clock.now());
        let recovered = recover(&settings.data, settings.journal, &mut anew)?;
        writeln!(
            out,
            "the journal ends with frame {} ({} records), incarnation {}: start the node, it collects the rest / \
             请启动节点收集其余业务",
            recovered.frame,
            recovered.records,
            anew.incarnation()
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
