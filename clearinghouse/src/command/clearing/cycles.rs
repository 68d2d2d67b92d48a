//! The cycles that are not final, as officers read them beside the status of the earliest that waits for them.

use std::io::Write;

use huitong_core::date::Timestamp;
use huitong_proto::clearing::v1;
use serde_json::{Value, json};

use super::connection::{Connection, told};

/// All of them, ascending by day.
pub(super) async fn all(connection: &Connection) -> anyhow::Result<Vec<v1::OpenCycle>> {
    let mut officer = connection.open().await?;
    let (mut cycles, mut after) = (Vec::new(), String::new());
    loop {
        let page = officer.list_cycles(v1::ListCyclesRequest { after }).await;
        let page = page.map_err(|status| told(&status))?.into_inner();
        cycles.extend(page.cycles);
        after = page.next;
        if after.is_empty() {
            return Ok(cycles);
        }
    }
}

/// Whether somebody is late with it: one that failed waits for officers at once.
pub(super) fn is_late(cycle: &v1::OpenCycle) -> bool {
    cycle.days_late > 0 || cycle.waits_for() == v1::CycleWaits::Reopening
}

/// How far a cycle is: in a word, and in Chinese.
pub(super) const fn state(state: v1::CycleState) -> (&'static str, &'static str) {
    match state {
        v1::CycleState::Unspecified => ("unknown", "未知"),
        v1::CycleState::Open => ("open", "未日切"),
        v1::CycleState::CutOff => ("cut_off", "已日切"),
        v1::CycleState::Attested => ("attested", "已核对"),
        v1::CycleState::Failed => ("failed", "轧差失败"),
        v1::CycleState::Netted => ("netted", "已轧差"),
        v1::CycleState::Approved => ("approved", "已审批"),
        v1::CycleState::Instructed => ("instructed", "已下达拨付"),
        v1::CycleState::Final => ("final", "已清讫"),
    }
}

/// What a cycle waits for: in a word, and for people.
const fn waits_for(waits: v1::CycleWaits) -> (&'static str, &'static str, &'static str) {
    match waits {
        v1::CycleWaits::Unspecified => ("unknown", "unknown", "未知"),
        v1::CycleWaits::CutOff => ("cut_off", "its cut-off", "待日切"),
        v1::CycleWaits::Netting => ("netting", "an officer nets it (net)", "待轧差（net）"),
        v1::CycleWaits::Reopening => (
            "reopening",
            "two officers leave out what it cannot be netted with (reopen), or it is netted once the program is mended (net)",
            "待两人剔除（reopen）或重新轧差（net）",
        ),
        v1::CycleWaits::Approval => (
            "approval",
            "two different officers approve its plan (approve)",
            "待两人审批（approve）",
        ),
        v1::CycleWaits::Order => (
            "order",
            "its payment is ordered (instruct)",
            "待下达拨付（instruct）",
        ),
        v1::CycleWaits::Month => (
            "month",
            "its month, with which it is approved and ordered (month list)",
            "随月度清算审批、下达（month list）",
        ),
        v1::CycleWaits::Money => (
            "money",
            "what was ordered moves (payments --open)",
            "待资金收付（payments --open）",
        ),
    }
}

fn cut_off(cycle: &v1::OpenCycle) -> anyhow::Result<Option<Timestamp>> {
    let at = Some(cycle.cut_off_at_ms).filter(|millis| *millis > 0);
    Ok(at.map(Timestamp::from_millis).transpose()?)
}

pub(super) fn as_json(cycles: &[v1::OpenCycle]) -> anyhow::Result<Vec<Value>> {
    let row = |cycle: &v1::OpenCycle| {
        Ok(json!({
            "business_day": cycle.business_day,
            "state": state(cycle.state()).0,
            "waits_for": waits_for(cycle.waits_for()).0,
            "cut_off_at": cut_off(cycle)?.map(|at| at.to_string()),
            "due": (!cycle.due.is_empty()).then_some(&cycle.due),
            "days_late": cycle.days_late,
        }))
    };
    cycles.iter().map(row).collect()
}

pub(super) fn text(out: &mut dyn Write, cycles: &[v1::OpenCycle]) -> anyhow::Result<()> {
    if cycles.is_empty() {
        writeln!(out, "no cycle is open / 无未清讫清算期")?;
        return Ok(());
    }
    writeln!(out, "cycles that are not final / 未清讫清算期:")?;
    for cycle in cycles {
        let (state, state_zh) = state(cycle.state());
        let (_, english, chinese) = waits_for(cycle.waits_for());
        let since = cut_off(cycle)?.map_or_else(String::new, |at| format!(" since {at}"));
        let due = match (&*cycle.due, cycle.days_late) {
            ("", _) => String::new(),
            (due, 0) => format!(", by {due} / 期限"),
            (due, days) => format!(", by {due}, {days} d overdue / 逾期{days}天"),
        };
        writeln!(
            out,
            "  {}: {state}{since}, waits for: {english}{due} / {state_zh}，{chinese}",
            cycle.business_day
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cycle_is_told_with_what_it_waits_for_and_how_late_that_is() {
        let failed = v1::OpenCycle {
            business_day: "2026-03-02".to_owned(),
            state: v1::CycleState::Failed.into(),
            waits_for: v1::CycleWaits::Reopening.into(),
            cut_off_at_ms: 1,
            due: "2026-03-03".to_owned(),
            days_late: 0,
        };
        let waiting = v1::OpenCycle {
            state: v1::CycleState::Netted.into(),
            waits_for: v1::CycleWaits::Approval.into(),
            ..failed.clone()
        };
        let late = v1::OpenCycle {
            days_late: 2,
            ..waiting.clone()
        };
        assert!(is_late(&failed) && is_late(&late) && !is_late(&waiting));
        let mut out = Vec::new();
        text(&mut out, &[failed, waiting, late.clone()]).unwrap();
        let said = String::from_utf8(out).unwrap();
        let lines: Vec<_> = said.lines().collect();
        assert!(lines[1].contains("2026-03-02: failed since 1970"), "{said}");
        assert!(lines[2].contains("approve its plan"), "{said}");
        assert!(!lines[2].contains("overdue"), "{said}");
        assert!(lines[3].contains("2 d overdue"), "{said}");
        let document = as_json(&[late]).unwrap();
        assert_eq!(document[0]["waits_for"], "approval");
        assert_eq!(document[0]["days_late"], 2);
    }
}
