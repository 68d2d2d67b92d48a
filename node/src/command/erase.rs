//! `huitong node erase`: people who are kept no longer are erased, by destroying their keys. It opens files and no port.
//!
//! The record that orders it is on disk before anything is destroyed, and what was derived from the journal is taken away
//! before the keys are: whenever it is killed, the next start or the same command finishes it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::sync_channel;

use anyhow::Context as _;
use huitong_core::digest::Digest;
use huitong_core::record::NodeRecord;
use huitong_core::record::erasure::PeopleErased;
use serde_json::json;

use super::{BAD_CONFIG, BAD_FILE, settings_of};
use crate::clock::{Clock, SystemClock};
use crate::erasure::{Listed, Looked, Plan, Rule, people_of, plan};
use crate::ledger::Ledger;
use crate::node::{NodeConfig, open_offline};
use crate::platform::{INDEX, copies};

/// What is said below the options.
const AFTER: &str = "\
The file has a region and a person's number on each line; # begins a remark. Without --digest it is shown what stands in
the way of each and what would be erased; with the digest that was shown it is done. It cannot be undone. Refused while a
node runs on the data folder. Afterwards replace older copies of the keyring: with one of them the people are readable again.
名单每行为统筹区代码与人员编号，# 后为备注。不带 --digest 时仅显示各人能否销毁；带所示摘要时执行，不可撤销。节点运行时拒绝。
执行后须同时替换密钥环的旧副本，否则凭旧副本仍可读取。";

/// Erase people who are kept no longer: their keys are destroyed.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Erase {
    /// The node's configuration file / 配置文件
    #[arg(long)]
    config: PathBuf,
    /// The people: a region and a number on each line / 人员名单
    #[arg(long)]
    people: PathBuf,
    /// The digest that was shown: do it / 所示摘要，执行销毁
    #[arg(long)]
    digest: Option<Digest>,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    Shown,
    Erased,
}

impl Erase {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let clock = SystemClock;
        let Some(settings) = settings_of(&self.config)? else {
            return Ok(ExitCode::from(BAD_CONFIG));
        };
        let settings = settings.node;
        let Some(people) = self.people()? else {
            return Ok(ExitCode::from(BAD_FILE));
        };
        let rule = Rule {
            keep_days: settings.store.keep_days,
            today: clock.now().business_day_shanghai(),
        };
        let ledger = open_offline(&settings)?;
        let plan = plan(&ledger, &people, rule)?;
        let differs = self.digest.is_some_and(|digest| digest != plan.digest);
        if !plan.is_clear() || differs || self.digest.is_none() {
            ledger.close();
            self.show(&plan, Came::Shown, out)?;
            if differs {
                writeln!(
                    std::io::stderr(),
                    "not what was shown under that digest: look again, nothing was erased / 与所示摘要不符，未销毁"
                )?;
            }
            let refused = differs || !plan.is_clear();
            return Ok(if refused {
                ExitCode::from(BAD_FILE)
            } else {
                ExitCode::SUCCESS
            });
        }
        let order = plan.order(&ledger, clock.now())?;
        erase(ledger, &settings, order)?;
        self.show(&plan, Came::Erased, out)?;
        Ok(ExitCode::SUCCESS)
    }

    fn people(&self) -> anyhow::Result<Option<Vec<Listed>>> {
        let shown = self.people.display();
        let text = std::fs::read_to_string(&self.people)
            .with_context(|| format!("{shown} / 名单无法读取"))?;
        match people_of(&text) {
            Ok(people) => Ok(Some(people)),
            Err(faults) => {
                for fault in faults {
                    writeln!(std::io::stderr(), "{shown}: {fault}")?;
                }
                Ok(None)
            }
        }
    }

    fn show(&self, plan: &Plan, came: Came, out: &mut dyn Write) -> anyhow::Result<()> {
        let erased = came == Came::Erased;
        if self.json {
            let people: Vec<_> = plan.people.iter().map(as_json).collect();
            let answer = json!({
                "people": people,
                "keys": plan.keys.len(),
                "members_afterwards": plan.members,
                "digest": plan.digest.to_string(),
                "erased": erased,
            });
            writeln!(out, "{answer}")?;
            return Ok(());
        }
        for looked in &plan.people {
            let Looked {
                listed,
                records,
                last,
                obstacles,
            } = looked;
            let line = listed.line;
            let until = last.map_or_else(|| "-".to_owned(), |day| day.to_string());
            writeln!(
                out,
                "line {line}: {records} records, the last by {until} / 第 {line} 行"
            )?;
            for obstacle in obstacles {
                writeln!(out, "  {obstacle}")?;
            }
        }
        let (people, keys) = (plan.people.len(), plan.keys.len());
        if erased {
            writeln!(
                out,
                "{people} people erased, {keys} keys destroyed: start the node, and replace older copies of the keyring / 已销毁，请启动节点并替换密钥环旧副本"
            )?;
        } else {
            writeln!(
                out,
                "{people} people, {keys} keys; digest {} / 摘要",
                plan.digest
            )?;
        }
        Ok(())
    }
}

fn as_json(looked: &Looked) -> serde_json::Value {
    let obstacles: Vec<_> = looked
        .obstacles
        .iter()
        .map(|obstacle| json!({ "code": obstacle.code(), "text": obstacle.to_string() }))
        .collect();
    json!({
        "line": looked.listed.line,
        "records": looked.records,
        "last_closed_day": looked.last.map(|day| day.to_string()),
        "obstacles": obstacles,
    })
}

/// Orders it, takes away what was derived, and destroys the keys.
fn erase(ledger: Ledger, settings: &NodeConfig, order: PeopleErased) -> anyhow::Result<()> {
    let keys = order.keys.clone();
    let (done, synced) = sync_channel(1);
    let permit = ledger.reserve()?;
    ledger.append(permit, &[NodeRecord::PeopleErased(order)], move |written| {
        // Whoever waits is there until it is told.
        drop(done.send(written));
    })?;
    synced
        .recv()
        .context("the journal ended / 日志写入中断")??;
    ledger.close();
    // No node is started before all is done.
    let (sealing, _held) = (ledger.sealing(), ledger.journal_lock());
    drop(ledger);
    remove(&settings.data.join(INDEX))?;
    copies(&settings.data).take_all_away()?;
    if let Some(keyring) = sealing.keyring() {
        keyring.destroy(&keys)?;
    }
    Ok(())
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| path.display().to_string())
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
