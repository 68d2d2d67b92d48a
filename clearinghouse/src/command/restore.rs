//! `huitong clearinghouse restore` and `recover`: a journal that is lost, or whose end is, begins anew. They open files
//! and no port.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_backup::note::Owner;
use huitong_backup::restore::{Order, Restored, recover, restore};
use huitong_transport::{Clock as _, SystemClock};
use serde_json::json;

use crate::Config;
use crate::backup::Anew;
use crate::platform::journal_options;

/// The backup was refused (`EX_DATAERR`).
const BAD_BACKUP: u8 = 65;

/// What is said below the options of `restore`.
const AFTER_RESTORE: &str = "\
Refused while a clearinghouse runs on the data folder, when there is a journal already, and for a backup that does not verify.
Start the clearinghouse afterwards: regions send their legs and closed days again by themselves. No cycle goes on before an
officer has cut off again what was cut off after the backup (huitong clearing cut-off --marks) and said which was the last
(huitong clearing resume).
数据目录有服务运行、已有日志或备份校验不通过时拒绝。恢复后启动服务，各统筹区自动重传数据；备份之后已日切的清算期须以原截止序号重新日切，再以resume确认后方可继续清算。";

/// What is said below the options of `recover`.
const AFTER_RECOVER: &str = "\
For a clearinghouse that refuses to serve because acknowledged records are gone, when no backup reaches further than its journal.
It goes on as after a restore.
用于日志末尾丢失、且没有更新备份的清算中心，其后处理与恢复相同。";

/// Put a backup in the place of the clearinghouse's lost journal.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_RESTORE)]
pub(super) struct Restore {
    /// The configuration file / 配置文件
    #[arg(long)]
    config: PathBuf,
    /// The folder of the backup / 备份目录
    #[arg(long)]
    from: PathBuf,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let config = match Config::load(&self.config) {
            Ok(config) => config,
            Err(error) => return super::unusable(&error),
        };
        let order = Order {
            from: &self.from,
            data: &config.data,
            owner: Owner::Clearinghouse,
            journal: journal_options(&config),
        };
        let mut anew = Anew::new(SystemClock.now());
        match restore(&order, &mut anew) {
            Ok(restored) if self.json => told_json(out, &restored, &anew),
            Ok(restored) => told(out, &restored, &anew),
            Err(error) if error.is_of_backup() => {
                writeln!(io::stderr().lock(), "{error}")?;
                Ok(ExitCode::from(BAD_BACKUP))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Have a clearinghouse begin anew on a journal whose end is lost.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_RECOVER)]
pub(super) struct Recover {
    /// The configuration file / 配置文件
    #[arg(long)]
    config: PathBuf,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Recover {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let config = match Config::load(&self.config) {
            Ok(config) => config,
            Err(error) => return super::unusable(&error),
        };
        let mut anew = Anew::new(SystemClock.now());
        let recovered = recover(&config.data, journal_options(&config), &mut anew)?;
        if self.json {
            return told_json(out, &recovered, &anew);
        }
        told(out, &recovered, &anew)
    }
}

fn told(out: &mut dyn Write, restored: &Restored, anew: &Anew) -> anyhow::Result<ExitCode> {
    let (frame, records) = (restored.frame, restored.records);
    writeln!(
        out,
        "the journal ends with frame {frame} ({records} records), incarnation {}: start the clearinghouse, then cut off \
         again what came after it and resume / 请启动服务，重新日切后以resume确认",
        anew.incarnation()
    )?;
    Ok(ExitCode::SUCCESS)
}

fn told_json(out: &mut dyn Write, restored: &Restored, anew: &Anew) -> anyhow::Result<ExitCode> {
    let answer = json!({
        "frame": restored.frame,
        "records": restored.records,
        "incarnation": anew.incarnation(),
    });
    writeln!(out, "{answer}")?;
    Ok(ExitCode::SUCCESS)
}
