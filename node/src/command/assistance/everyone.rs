//! Everyone's year at once, for the bureau's yearly work: assessed, and then granted one by one.
//!
//! Each grant has an id of its own, the run's with the person's number, and the digest that was assessed. Whoever's
//! year moved in between is refused and listed. A run that broke off is typed again: what it granted stays.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::ServiceDate;
use huitong_core::digest::Digest;
use huitong_core::id::RequestId;
use huitong_core::refusal::Retry;
use huitong_proto::conversion::refusal::refusal_from_details;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::shown::{funds_json, yuan};
use crate::command::{block_on, said};
use crate::grpc::assistance_answer::{EntitledAnswer, EveryoneAnswer};
use crate::grpc::assistance_client::AssistanceClient;

/// How it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    Text,
    Json,
}

pub(super) fn assess(
    server: &ClientOptions,
    (on, run): (ServiceDate, Option<RequestId>),
    shown: As,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let mut people = Vec::new();
    let sums = block_on(async {
        let mut client = AssistanceClient::connect(server).await?;
        let each = |entitled| people.push(entitled);
        client.everyone(on, run, None, each).await.map_err(said)
    })?;
    match shown {
        As::Json => writeln!(out, "{}", as_json(&sums, &people)?)?,
        As::Text => {
            writeln!(out, "assessed; nothing was written / 测算，未写入")?;
            for one in &people {
                writeln!(out, "{}  {}", one.psn_no.expose(), words(one)?)?;
            }
            print(&sums, out)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What came of a run.
struct Run {
    sums: EveryoneAnswer,
    granted: u64,
    refused: Vec<(EntitledAnswer, String)>,
}

pub(super) fn grant(
    server: &ClientOptions,
    (on, run, digest): (ServiceDate, RequestId, Digest),
    shown: As,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let done = block_on(async {
        let mut client = AssistanceClient::connect(server).await?;
        let mut people = Vec::new();
        let each = |entitled| people.push(entitled);
        let sums = client.everyone(on, Some(run), Some(digest), each).await;
        let mut done = Run {
            sums: sums.map_err(said)?,
            granted: 0,
            refused: Vec::new(),
        };
        people.retain(|one| one.granted.is_empty());
        for one in people {
            let Some(request) = one.request else {
                anyhow::bail!("the node's answer is not whole / 节点应答不完整");
            };
            let asked = (&one.psn_no, on);
            match client.grant(request, asked, Some(one.digest)).await {
                Ok(_) => done.granted = done.granted.saturating_add(1),
                Err(status) => match refusal_from_details(status.details()) {
                    Some(refusal) if refusal.code.retry() == Retry::No => {
                        done.refused.push((one, refusal.to_string()));
                    }
                    Some(_) | None => {
                        let so_far = done.granted;
                        let why = said(status);
                        anyhow::bail!(
                            "{why}\n{so_far} granted so far; the same command goes on / 已核定 {so_far} 笔，可重复本命令继续"
                        );
                    }
                },
            }
        }
        Ok(done)
    })?;
    let Run { sums, granted, .. } = &done;
    match shown {
        As::Json => writeln!(out, "{}", run_json(&done)?)?,
        As::Text => {
            let before = sums.granted;
            writeln!(
                out,
                "{granted} granted, {before} were before / 本次核定 {granted} 笔，此前 {before} 笔"
            )?;
            for (one, why) in &done.refused {
                writeln!(out, "{}  {why}", one.psn_no.expose())?;
            }
            print(sums, out)?;
        }
    }
    Ok(if done.refused.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn words(one: &EntitledAnswer) -> anyhow::Result<String> {
    let each = one.pays.iter().map(|(fund, fen)| {
        let paid = yuan(*fen)?;
        Ok(format!("{fund} {paid}"))
    });
    let mut words = each.collect::<anyhow::Result<Vec<_>>>()?.join(", ");
    if !one.granted.is_empty() {
        words.push_str("  granted 已核定 ");
        words.push_str(&one.granted);
    }
    Ok(words)
}

fn print(sums: &EveryoneAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    let EveryoneAnswer {
        people,
        entitled,
        granted,
        nothing,
        ..
    } = sums;
    writeln!(out, "{people} people with settlements 有结算人员")?;
    writeln!(
        out,
        "{entitled} entitled 可救助, {granted} of them granted in this run 其中本批已核定"
    )?;
    writeln!(out, "{nothing} below the start 未达起付线")?;
    for (code, people) in &sums.refused {
        writeln!(out, "{people} {code}")?;
    }
    for (fund, fen) in &sums.pays {
        writeln!(out, "  {:30} {:>16}", fund.as_str(), yuan(*fen)?)?;
    }
    writeln!(out, "digest 摘要 {}", sums.digest)?;
    Ok(())
}

fn as_json(sums: &EveryoneAnswer, people: &[EntitledAnswer]) -> anyhow::Result<Value> {
    let people = people.iter().map(|one| {
        Ok(json!({
            "psn_no": one.psn_no.expose(),
            "digest": one.digest.to_string(),
            "pays": funds_json(&one.pays)?,
            "granted": Some(&one.granted).filter(|id| !id.is_empty()),
        }))
    });
    Ok(json!({
        "everyone": sums_json(sums)?,
        "entitled": people.collect::<anyhow::Result<Vec<_>>>()?,
    }))
}

fn run_json(done: &Run) -> anyhow::Result<Value> {
    let refused = done.refused.iter();
    let refused = refused.map(|(one, why)| json!({ "psn_no": one.psn_no.expose(), "why": why }));
    Ok(json!({
        "everyone": sums_json(&done.sums)?,
        "granted_now": done.granted,
        "refused_now": refused.collect::<Vec<_>>(),
    }))
}

fn sums_json(sums: &EveryoneAnswer) -> anyhow::Result<Value> {
    let refused = sums.refused.iter();
    let refused = refused.map(|(code, people)| (code.clone(), json!(people)));
    Ok(json!({
        "people": sums.people,
        "entitled": sums.entitled,
        "granted": sums.granted,
        "nothing": sums.nothing,
        "refused": refused.collect::<serde_json::Map<_, _>>(),
        "pays": funds_json(&sums.pays)?,
        "digest": sums.digest.to_string(),
    }))
}
