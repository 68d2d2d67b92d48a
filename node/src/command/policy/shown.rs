//! Policies, faults and amounts as text.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;

use huitong_document::parts::Resolved;
use serde_json::{Value, json};

use crate::grpc::office_answer::{ActAnswer, FaultAnswer, MovedAnswer, PolicyAnswer};

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Json,
}

/// A document after a step.
pub(super) fn print_step(
    policy: &PolicyAnswer,
    form: Form,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    match form {
        Form::Text => print_policy(policy, out)?,
        Form::Json => writeln!(out, "{}", serde_json::to_value(policy)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The state in both languages.
fn state(state: &str) -> &'static str {
    match state {
        "proposed" => "proposed, waits for a second officer / 已提出，待另一名经办人员批准",
        "expired" => "expired, put it forward again / 已失效，请重新提出",
        "rejected" => "rejected / 已驳回",
        "published" => "published / 已发布",
        "superseded" => "superseded / 已被替代",
        "withdrawn" => "withdrawn / 已撤回",
        _ => "unknown / 未知",
    }
}

pub(super) fn print_policy(policy: &PolicyAnswer, out: &mut dyn Write) -> io::Result<()> {
    let until = policy.until.as_deref().unwrap_or("…");
    writeln!(out, "{}", policy.title)?;
    line(out, "digest", &policy.digest)?;
    line(out, "state", state(policy.state))?;
    let settings = policy.settings.join(", ");
    line(out, "decides", &format!("{}: {settings}", policy.scheme))?;
    line(out, "days of care", &format!("{} – {until}", policy.from))?;
    for digest in &policy.supersedes {
        line(out, "supersedes", digest)?;
    }
    for digest in &policy.superseded_by {
        line(out, "superseded by", digest)?;
    }
    act(out, "proposed", policy.proposed.as_ref())?;
    act(out, "approved", policy.approved.as_ref())?;
    act(out, "rejected", policy.rejected.as_ref())?;
    if let Some(reason) = &policy.reject_reason {
        line(out, "because", reason)?;
    }
    if let Some(withdrawal) = &policy.withdrawal {
        act(out, "withdraw asked", withdrawal.asked.as_ref())?;
        line(out, "because", &withdrawal.reason)?;
        if let Some(digest) = &withdrawal.in_favour_of {
            line(out, "in favour of", digest)?;
        }
        act(out, "withdrawn", withdrawal.approved.as_ref())?;
    }
    Ok(())
}

fn line(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "  {name:15} {value}")
}

fn act(out: &mut dyn Write, name: &str, act: Option<&ActAnswer>) -> io::Result<()> {
    match act {
        Some(ActAnswer { officer, at }) => line(out, name, &format!("{officer}, {at}")),
        None => Ok(()),
    }
}

/// Faults of a document, each in the file and at the line where it was written.
pub(super) fn print_faults(
    document: &Resolved,
    faults: &[FaultAnswer],
    count: u64,
    out: &mut dyn Write,
) -> io::Result<()> {
    for fault in faults {
        let FaultAnswer {
            line,
            column,
            path,
            en,
            zh,
        } = fault;
        let (file, line) = document
            .origins()
            .of(usize::try_from(*line).unwrap_or(usize::MAX));
        let field = if path.is_empty() {
            String::new()
        } else {
            format!("{path}: ")
        };
        writeln!(out, "{file}:{line}:{column} {field}{en} / {zh}")?;
    }
    writeln!(
        out,
        "{}: {count} faults; nothing was done / 共 {count} 处错误，未作任何变更",
        document.file()
    )
}

/// Faults of a document as one JSON document.
pub(super) fn faults_as_json(document: &Resolved, faults: &[FaultAnswer], count: u64) -> Value {
    let faults: Vec<Value> = faults
        .iter()
        .map(|fault| {
            let line = usize::try_from(fault.line).unwrap_or(usize::MAX);
            let (file, line) = document.origins().of(line);
            json!({
                "file": file,
                "line": line,
                "column": fault.column,
                "path": fault.path,
                "en": fault.en,
                "zh": fault.zh,
            })
        })
        .collect();
    json!({"fault_count": count, "faults": faults})
}

/// `old → new (difference)`.
pub(super) fn moved(amount: &MovedAnswer) -> String {
    let MovedAnswer {
        old,
        new,
        difference,
    } = amount;
    format!("{old:>16} → {new:>16}  ({difference})")
}

pub(super) fn print_funds(
    funds: &BTreeMap<&'static str, MovedAnswer>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (fund, amount) in funds {
        writeln!(out, "  {fund:26} {}", moved(amount))?;
    }
    Ok(())
}
