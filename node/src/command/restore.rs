//! `huitong node restore`: a backup in the place of a journal that is lost. It opens files and no port.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_backup::note::Owner;
use huitong_backup::restore::{Order, restore};
use serde_json::json;

use super::{BAD_CONFIG, BAD_FILE, settings_of};
use crate::backup::Anew;
use crate::chance::{SystemChance, salt};
use crate::clock::{Clock, SystemClock};
use crate::node::{NodeConfig, keyring_lacking};

/// What is said below the options.
const AFTER: &str = "\
Refused while a node runs on the data folder, when there is a journal already, and for a backup that does not verify.
Start the node afterwards: it collects from every region and the clearinghouse what came after the backup, and only then serves.
数据目录有节点运行、已有日志或备份校验不通过时拒绝。恢复后启动节点，节点先向各统筹区和清算中心收集备份之后的业务，收齐后方提供服务。";

/// Put a backup in the place of the node's lost journal.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Restore {
    /// The node's configuration file / 配置文件
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
        let clock = SystemClock;
        let Some(settings) = settings_of(&self.config)? else {
            return Ok(ExitCode::from(BAD_CONFIG));
        };
        let settings = settings.node;
        let order = Order {
            from: &self.from,
            data: &settings.data,
            owner: Owner::Region(settings.region),
            journal: settings.journal,
        };
        let mut anew = Anew::new(salt(&SystemChance), clock.now());
        let restored = match restore(&order, &mut anew) {
            Ok(restored) => restored,
            Err(error) if error.is_of_backup() => {
                writeln!(std::io::stderr(), "{error}")?;
                return Ok(ExitCode::from(BAD_FILE));
            }
            Err(error) => return Err(error.into()),
        };
        let lacks = keyring_lacks(&settings);
        if self.json {
            let answer = json!({
                "keyring_lacks": lacks,
                "frame": restored.frame,
                "records": restored.records,
                "incarnation": anew.incarnation(),
            });
            writeln!(out, "{answer}")?;
        } else {
            writeln!(
                out,
                "restored up to frame {} ({} records), incarnation {}: start the node, it collects the rest / \
                 已恢复，请启动节点收集其余业务",
                restored.frame,
                restored.records,
                anew.incarnation()
            )?;
            if let Some(lacks) = lacks {
                writeln!(out, "BEFORE THE START        {lacks}")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What the keyring lacks for the journal that was put back, and what is to be done about it.
fn keyring_lacks(config: &NodeConfig) -> Option<String> {
    let what = match keyring_lacking(config) {
        Ok(None) => return None,
        Ok(Some(keyring)) => format!("the keyring {keyring:08x} is not here"),
        Err(error) => error.to_string(),
    };
    Some(format!(
        "{what}: put the newest copy of the keyring into {}, its files directly in it / \
         启动前请将最新密钥环副本中的文件直接置于该目录",
        config.store.keyring.display()
    ))
}
