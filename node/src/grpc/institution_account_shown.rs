//! What is seen of institutions' own accounts, as messages.

use huitong_proto::conversion::institution_account::{
    account_amounts_to_wire, booked_to_wire, day_standing_to_wire, difference_to_wire,
    finding_to_wire, month_line_to_wire, some_setting_to_wire, span_to_wire, verdict_to_wire,
};
use huitong_proto::settlement::v1;

use crate::institution_account::compare::Found;
use crate::institution_account::month::{ListedLine, MonthSeen, Since};
use crate::institution_account::seen::DaySeen;

pub(super) fn found_to_wire(found: &Found) -> v1::FoundLine {
    let (day, node) = match &found.node {
        None => (String::new(), None),
        Some((day, amounts)) => (day.to_string(), Some(account_amounts_to_wire(amounts))),
    };
    v1::FoundLine {
        request_id: found.request.to_string(),
        of: booked_to_wire(found.of),
        finding: finding_to_wire(found.finding),
        institution: found.institution.as_ref().map(account_amounts_to_wire),
        node,
        differences: found.differences.iter().map(difference_to_wire).collect(),
        business_day: day,
        settlement: found.settlement.to_string(),
    }
}

pub(super) fn day_to_wire(seen: &DaySeen) -> v1::ReconciledDay {
    let (stated_settled, stated_reversed) = seen
        .stated
        .map_or((0, 0), |(_, settled, reversed, _)| (settled, reversed));
    v1::ReconciledDay {
        institution: seen.institution.to_string(),
        day: seen.day.to_string(),
        setting: some_setting_to_wire(seen.setting),
        standing: day_standing_to_wire(seen.standing),
        stated_settled,
        stated_reversed,
        settled: seen.settled,
        reversed: seen.reversed,
        span: seen.stated.map(|(span, ..)| span_to_wire(&span)),
        at_ms: seen.stated.map_or(0, |(.., at)| at.as_millis()),
    }
}

pub(super) fn line_to_wire(listed: &ListedLine) -> v1::MonthLine {
    let line = month_line_to_wire(&listed.line);
    match listed.answer {
        None => line,
        Some(answer) => v1::MonthLine {
            confirmation: answer.confirmation.to_string(),
            verdict: Some(verdict_to_wire(answer.verdict)),
            changed_since: answer.since == Since::Changed,
            ..line
        },
    }
}

pub(super) fn month_to_wire(seen: &MonthSeen) -> v1::InstitutionMonth {
    let (confirmed, applied_fen) = seen.applied();
    let confirmations = seen.confirmations.iter().map(|row| v1::MonthConfirmation {
        confirmation: row.id.to_string(),
        count: row.in_all.count,
        sum_fen: row.in_all.sum.get(),
        at_ms: row.at.as_millis(),
        rolled_back_ms: row.rolled_back.map_or(0, |at| at.as_millis()),
    });
    v1::InstitutionMonth {
        institution: seen.institution.to_string(),
        month: seen.month.to_string(),
        lines: seen.lines,
        waiting: seen.waiting,
        confirmed,
        applied_fen,
        objected: seen.objected,
        changed_since: seen.changed,
        confirm_by: seen.confirm_by.to_string(),
        closed_by: seen
            .closed
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        confirmations: confirmations.collect(),
    }
}
