//! Prefunds as an officer reads them, in text, JSON and CSV. Amounts are yuan.

use std::io::Write;

use huitong_core::date::Timestamp;
use huitong_core::money::SignedFen;
use huitong_core::prefund::Prefund;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::payment::correction_reason_from_wire;
use huitong_proto::conversion::prefund::{
    prefund_from_wire, prefund_level_from_wire, prefund_line_from_wire,
};
use serde_json::{Value, json};

use crate::command::clearing::connection::{Shape, print_json};
use crate::command::clearing::shown::{none, yuan};

fn prefund(key: Option<&v1::PrefundKey>) -> anyhow::Result<Prefund> {
    Ok(prefund_from_wire(key.cloned(), Path::root("prefund"))?)
}

fn moment(ms: i64) -> anyhow::Result<Option<String>> {
    if ms == 0 {
        return Ok(None);
    }
    Ok(Some(Timestamp::from_millis(ms)?.to_string()))
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// How much is used of what is held, in whole per cent; none when nothing is held.
fn percent(standing: &v1::PrefundStanding) -> Option<i128> {
    let used = i128::from(standing.used_fen).saturating_mul(100);
    used.checked_div(standing.held_fen.into())
}

pub(super) fn print_standings(
    out: &mut dyn Write,
    shape: Shape,
    standings: &[v1::PrefundStanding],
) -> anyhow::Result<()> {
    match shape {
        Shape::Json => {
            let prefunds = standings.iter().map(standing_json);
            let prefunds = prefunds.collect::<anyhow::Result<Vec<_>>>()?;
            print_json(out, &json!({ "prefunds": prefunds }))
        }
        Shape::Text => standings_text(out, standings),
    }
}

fn standing_json(standing: &v1::PrefundStanding) -> anyhow::Result<Value> {
    let prefund = prefund(standing.prefund.as_ref())?;
    let level = prefund_level_from_wire(standing.level, Path::root("level"))?;
    Ok(json!({
        "payer": prefund.payer.to_string(),
        "holder": prefund.holder.to_string(),
        "fund": prefund.fund.as_str(),
        "year": standing.year,
        "set": yuan(standing.set_fen)?,
        "topped_up": yuan(standing.topped_up_fen)?,
        "held": yuan(standing.held_fen)?,
        "used": yuan(standing.used_fen)?,
        "used_percent": percent(standing).map(|of| of.to_string()),
        "level": level.word(),
        "since": moment(standing.since_ms)?,
        "ask_by": some(&standing.ask_by),
        "missing": yuan(standing.missing_fen)?,
        "over": yuan(standing.over_fen)?,
        "due": some(&standing.due),
        "days_late": standing.days_late,
        "ask_days_late": standing.ask_days_late,
        "set_by": some(&standing.set_by),
        "set_days_late": standing.set_days_late,
    }))
}

/// Whether a person is late with something of it.
pub(super) const fn is_late(standing: &v1::PrefundStanding) -> bool {
    standing.days_late > 0 || standing.ask_days_late > 0 || standing.set_days_late > 0
}

fn late(days: u32) -> String {
    match days {
        0 => String::new(),
        days => format!(", {days} days late / 逾期{days}天"),
    }
}

fn standings_text(out: &mut dyn Write, standings: &[v1::PrefundStanding]) -> anyhow::Result<()> {
    none(out, standings, "no prefunds / 无预付金")?;
    for standing in standings {
        let prefund = prefund(standing.prefund.as_ref())?;
        let level = prefund_level_from_wire(standing.level, Path::root("level"))?;
        let (set, more) = (yuan(standing.set_fen)?, yuan(standing.topped_up_fen)?);
        let (held, used) = (yuan(standing.held_fen)?, yuan(standing.used_fen)?);
        let percent = percent(standing).map_or_else(|| "-".to_owned(), |of| format!("{of}%"));
        writeln!(
            out,
            "{prefund}  {level}  used {used} of {held} ({percent}), set {set} for {} and {more} on top",
            standing.year
        )?;
        if !standing.ask_by.is_empty() {
            let late = late(standing.ask_days_late);
            writeln!(
                out,
                "  more is to be asked for by {} / 须于该日前申请补拨{late}",
                standing.ask_by
            )?;
        }
        if !standing.set_by.is_empty() {
            let late = late(standing.set_days_late);
            writeln!(
                out,
                "  it is of an earlier year, and to be set anew by {} / 须于该日前核定本年度金额{late}",
                standing.set_by
            )?;
        }
        let late = late(standing.days_late);
        for (amount, what) in [
            (standing.missing_fen, "missing / 待缴"),
            (standing.over_fen, "over, goes back / 多缴待退"),
        ] {
            if amount != 0 {
                let (amount, due) = (yuan(amount)?, &standing.due);
                writeln!(out, "  {amount} {what}, due {due}{late}")?;
            }
        }
    }
    Ok(())
}

pub(super) fn movement_json(movement: &v1::PrefundMovement) -> anyhow::Result<Value> {
    let line = prefund_line_from_wire(movement.line.clone(), Path::root("line"))?;
    let corrected = match movement.corrected {
        0 => None,
        why => Some(json!({
            "because": correction_reason_from_wire(why, Path::root("corrected"))?.word(),
            "by": movement.corrected_by,
            "at": moment(movement.corrected_ms)?,
        })),
    };
    Ok(json!({
        "bank_reference": line.bank_reference.to_string(),
        "payer": line.prefund.payer.to_string(),
        "holder": line.prefund.holder.to_string(),
        "fund": line.prefund.fund.as_str(),
        "direction": line.direction.word(),
        "amount": SignedFen::from(line.amount).to_string(),
        "on": line.on.to_string(),
        "corrected": corrected,
    }))
}

pub(super) fn movements_text(
    out: &mut dyn Write,
    movements: &[v1::PrefundMovement],
) -> anyhow::Result<()> {
    none(out, movements, "no movements / 无预付金流水")?;
    for movement in movements {
        let line = prefund_line_from_wire(movement.line.clone(), Path::root("line"))?;
        writeln!(
            out,
            "{}  {}  {} {} on {}",
            line.bank_reference, line.prefund, line.direction, line.amount, line.on
        )?;
        if movement.corrected != 0 {
            let why = correction_reason_from_wire(movement.corrected, Path::root("corrected"))?;
            let by = &movement.corrected_by;
            writeln!(out, "  taken out again by {by}: {why} / 已更正")?;
        }
    }
    Ok(())
}

pub(super) fn proposal_json(proposal: &v1::PrefundProposal) -> anyhow::Result<Value> {
    let prefund = prefund(proposal.prefund.as_ref())?;
    Ok(json!({
        "payer": prefund.payer.to_string(),
        "holder": prefund.holder.to_string(),
        "fund": prefund.fund.as_str(),
        "spent": yuan(proposal.spent_fen)?,
        "months": proposal.months,
        "proposed": yuan(proposal.proposed_fen)?,
        "set": yuan(proposal.set_fen)?,
    }))
}

pub(super) fn proposals_text(
    out: &mut dyn Write,
    proposals: &[v1::PrefundProposal],
) -> anyhow::Result<()> {
    if proposals.is_empty() {
        let said = "nothing to propose: nothing was netted in the year before, and none is set / 上年无轧差，亦无已核定，无可测算";
        return Ok(none(out, proposals, said)?);
    }
    let (spent, proposed) = ("spent last year", "proposed");
    writeln!(
        out,
        "{:<42}{spent:>20}{:>8}{proposed:>20}{:>20}",
        "prefund", "months", "set now"
    )?;
    for proposal in proposals {
        let prefund = prefund(proposal.prefund.as_ref())?.to_string();
        let (spent, proposed) = (yuan(proposal.spent_fen)?, yuan(proposal.proposed_fen)?);
        let (months, set) = (proposal.months, yuan(proposal.set_fen)?);
        writeln!(
            out,
            "{prefund:<42}{spent:>20}{months:>8}{proposed:>20}{set:>20}"
        )?;
    }
    Ok(())
}

pub(super) fn proposals_csv(
    out: &mut dyn Write,
    proposals: &[v1::PrefundProposal],
) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record([
        "payer", "holder", "fund", "spent", "months", "proposed", "set",
    ])?;
    for proposal in proposals {
        let prefund = prefund(proposal.prefund.as_ref())?;
        writer.write_record([
            prefund.payer.to_string(),
            prefund.holder.to_string(),
            prefund.fund.as_str().to_owned(),
            yuan(proposal.spent_fen)?,
            proposal.months.to_string(),
            yuan(proposal.proposed_fen)?,
            yuan(proposal.set_fen)?,
        ])?;
    }
    writer.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use huitong_proto::clearing::v1;
    use huitong_proto::common::v1::Fund;

    use super::{is_late, movements_text, proposals_text, standings_text};

    #[test]
    fn whoever_does_not_ask_or_set_in_time_is_late_too() {
        let standing = v1::PrefundStanding {
            prefund: Some(v1::PrefundKey {
                payer: "330000".to_owned(),
                holder: "510100".to_owned(),
                fund: Fund::ResidentPool.into(),
            }),
            level: v1::PrefundLevel::Red.into(),
            ..v1::PrefundStanding::default()
        };
        assert!(!is_late(&standing));
        let asks = v1::PrefundStanding {
            ask_by: "2026-04-03".to_owned(),
            ask_days_late: 3,
            ..standing.clone()
        };
        let sets = v1::PrefundStanding {
            set_by: "2027-01-31".to_owned(),
            set_days_late: 2,
            ..standing
        };
        assert!(is_late(&asks) && is_late(&sets));
        let mut out = Vec::new();
        standings_text(&mut out, &[asks, sets]).unwrap();
        let told = String::from_utf8(out).unwrap();
        assert!(told.contains("asked for by 2026-04-03 / 须于该日前申请补拨, 3 days late"));
        assert!(told.contains("set anew by 2027-01-31 / 须于该日前核定本年度金额, 2 days late"));
    }

    #[test]
    fn an_empty_list_says_that_it_is_empty() {
        let mut out = Vec::new();
        standings_text(&mut out, &[]).unwrap();
        movements_text(&mut out, &[]).unwrap();
        proposals_text(&mut out, &[]).unwrap();
        let told = String::from_utf8(out).unwrap();
        let lines: Vec<_> = told.lines().collect();
        assert_eq!(
            lines[..2],
            ["no prefunds / 无预付金", "no movements / 无预付金流水"]
        );
        assert!(
            lines[2].starts_with("nothing to propose") && lines.len() == 3,
            "{told}"
        );
    }
}
