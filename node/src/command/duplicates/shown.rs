//! A duplicate, and how far the reporting is, as they are printed.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::grpc::duplicate_client::{CoverTold, DuplicateTold, StandingTold};

pub(super) fn print_standing(standing: &StandingTold, out: &mut dyn Write) -> io::Result<()> {
    let (written, held) = standing.batches;
    let (configured, reported) = (&standing.configured_key, &standing.reported_key);
    if configured.is_empty() {
        writeln!(out, "no key in the node's configuration / 节点未配置密钥")?;
    } else if reported.is_empty() {
        writeln!(
            out,
            "key {configured}: nothing is reported before `huitong node duplicates begin` / 尚未开始上报"
        )?;
    } else {
        let by = match standing.begun_by.as_str() {
            "" => "the node itself, after a restore 节点恢复后自行",
            by => by,
        };
        let how_much = if standing.whole {
            "everybody is reported 已全部上报"
        } else {
            "not everybody is reported yet 尚未全部上报"
        };
        writeln!(
            out,
            "key {reported}, begun by {by}: {how_much}; batches written {written}, held {held} 批次"
        )?;
        if reported != configured {
            writeln!(
                out,
                "the configured key is another, {configured}: begin anew / 配置密钥已更换，请重新开始上报"
            )?;
        }
    }
    for (region, key) in &standing.other_keys {
        writeln!(
            out,
            "region {region} reports under another key, {key}: its people are not compared / 密钥不同，未比对"
        )?;
    }
    if !standing.trouble.is_empty() {
        writeln!(
            out,
            "people are not compared now / 暂未比对: {}",
            standing.trouble
        )?;
    }
    Ok(())
}

pub(super) fn standing_json(standing: &StandingTold) -> Value {
    let (written, held) = standing.batches;
    let others = standing.other_keys.iter();
    let others = others.map(|(region, key)| json!({ "region": region, "key_id": key }));
    json!({
        "configured_key": standing.configured_key,
        "reported_key": standing.reported_key,
        "begun_by": standing.begun_by,
        "begun_at": standing.begun_at.to_string(),
        "written": written,
        "held": held,
        "whole": standing.whole,
        "other_keys": others.collect::<Vec<_>>(),
        "trouble": standing.trouble,
    })
}

pub(super) fn print(told: &DuplicateTold, out: &mut dyn Write) -> io::Result<()> {
    let state = match told.state {
        "asking" => "asking the other region / 正在询问对方",
        "open" => "open / 待处理",
        "resolved" => "resolved / 已处理",
        "sequential" => "one follows upon the other / 先后参保，不重复",
        "ended" => "ended / 已消除",
        other => other,
    };
    let days = told.age_ms / 86_400_000;
    writeln!(
        out,
        "{} and region {}: {state}; {days} d / 已历天数",
        told.person, told.region
    )?;
    print_cover("here 本地", &told.here, out)?;
    print_cover("there 对方", &told.there, out)?;
    let (from, until) = &told.overlap;
    if !from.is_empty() {
        writeln!(out, "  both from / 重叠 {from}..{until}")?;
    }
    if !told.reason.is_empty() {
        writeln!(
            out,
            "  said here / 本地处理: {}, by {} {}",
            told.reason, told.officer, told.note
        )?;
    }
    if !told.reason_there.is_empty() {
        writeln!(
            out,
            "  said there / 对方处理: {}, on {}",
            told.reason_there, told.resolved_there_on
        )?;
    }
    Ok(())
}

fn print_cover(whose: &str, cover: &[CoverTold], out: &mut dyn Write) -> io::Result<()> {
    cover
        .iter()
        .try_for_each(|(scheme, from, until)| writeln!(out, "  {whose}: {scheme} {from}..{until}"))
}

pub(super) fn as_json(told: &DuplicateTold) -> Value {
    let cover = |all: &[CoverTold]| -> Vec<Value> {
        let stretches = all.iter();
        stretches
            .map(|(scheme, from, until)| json!({ "scheme": scheme, "from": from, "until": until }))
            .collect()
    };
    json!({
        "person": told.person,
        "region": told.region,
        "state": told.state,
        "since": told.since.to_string(),
        "age_ms": told.age_ms,
        "here": cover(&told.here),
        "there": cover(&told.there),
        "overlap_from": told.overlap.0,
        "overlap_until": told.overlap.1,
        "reason": told.reason,
        "note": told.note,
        "officer": told.officer,
        "reason_there": told.reason_there,
        "resolved_there_on": told.resolved_there_on,
    })
}
