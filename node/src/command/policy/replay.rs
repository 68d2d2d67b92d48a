//! `huitong policy replay`: stored settlements under another document.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_core::date::ServiceDate;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::read;
use super::shown::{faults_as_json, moved, print_faults, print_funds};
use crate::command::{block_on, said};
use crate::grpc::office_answer::{GroupAnswer, ReplayAnswer};
use crate::grpc::office_client::OfficeClient;

/// Try a document on stored settlements; nothing is published.
///
/// All settlements of the region with these days of care are decided again, in the order of commit. The
/// document's own days are set aside, so that next year's rules can be tried on last year's bills. A total
/// that the document reads begins with what the settlement saw of it when it was decided, moved by what the
/// person's earlier replayed settlements would have added instead of what they did; one that the settlement's
/// own document does not declare begins at zero. Account balances move in the same way. Cover, filing, age
/// and the number of the admission stay as they were. What the document cannot decide is counted by reason
/// and stays as it was.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Replay {
    /// The document to try / 拟试算的政策文件
    #[arg(long)]
    policy: PathBuf,
    /// The first day of care / 起始日（按政策的待遇日期）
    #[arg(long)]
    from: ServiceDate,
    /// The last day of care / 截止日
    #[arg(long)]
    to: ServiceDate,
    /// How many of the biggest changes are named, at most 100 / 列出变化最大的结算笔数
    #[arg(long, default_value_t = 20)]
    biggest: u32,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Replay {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let document = read(&self.policy)?;
        let answer = block_on(async {
            let mut office = OfficeClient::connect(&self.server).await?;
            let bytes = document.bytes().to_vec();
            let replayed = office.replay(bytes, self.from, self.to, self.biggest, |_, _| {});
            replayed.await.map_err(said)
        })?;
        match answer {
            Ok(answer) => {
                if self.json {
                    writeln!(out, "{}", as_json(&answer))?;
                } else {
                    print(&answer, out)?;
                }
                Ok(ExitCode::SUCCESS)
            }
            Err((faults, count)) => {
                if self.json {
                    writeln!(out, "{}", faults_as_json(&document, &faults, count))?;
                } else {
                    print_faults(&document, &faults, count, out)?;
                }
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

fn as_json(answer: &ReplayAnswer) -> Value {
    let axes: serde_json::Map<String, Value> = answer
        .axes
        .iter()
        .map(|(axis, groups)| (axis.clone(), json!(groups)))
        .collect();
    let undecided: Vec<Value> = answer
        .undecided
        .iter()
        .map(|(reason, count)| json!({"reason": reason, "settlements": count}))
        .collect();
    let biggest: Vec<Value> = answer
        .biggest
        .iter()
        .map(|(settlement, patient)| json!({"settlement": settlement, "patient": patient}))
        .collect();
    json!({
        "all": answer.all,
        "funds": answer.funds,
        "by": axes,
        "undecided": undecided,
        "biggest": biggest,
    })
}

fn print(answer: &ReplayAnswer, out: &mut dyn Write) -> std::io::Result<()> {
    group("all / 合计", &answer.all, out)?;
    print_funds(&answer.funds, out)?;
    for (axis, groups) in &answer.axes {
        for one in groups {
            let value = if one.value.is_empty() {
                "—"
            } else {
                &one.value
            };
            group(&format!("{axis} {value}"), one, out)?;
        }
    }
    for (reason, count) in &answer.undecided {
        writeln!(out, "not decided / 无法核算 {count}: {reason}")?;
    }
    for (settlement, patient) in &answer.biggest {
        writeln!(out, "{settlement}  {}", moved(patient))?;
    }
    Ok(())
}

fn group(name: &str, group: &GroupAnswer, out: &mut dyn Write) -> std::io::Result<()> {
    let GroupAnswer {
        settlements,
        gaining,
        losing,
        unchanged,
        ..
    } = group;
    writeln!(
        out,
        "{name}: {settlements} settlements, {gaining} bear less, {losing} more, {unchanged} the same / {settlements} 笔，负担减少 {gaining}、增加 {losing}、不变 {unchanged}"
    )?;
    writeln!(out, "  {:26} {}", "funds 基金", moved(&group.funds))?;
    writeln!(out, "  {:26} {}", "patients 个人", moved(&group.patients))
}
