//! What a node tells of institutions' own accounts, as values.

use huitong_core::institution_account::{
    Booked, DayStanding, Difference, LineFinding, LineVerdict, MonthLine,
};
use huitong_core::vocabulary::Setting;
use huitong_proto::conversion::institution_account::{
    booked_from_wire, day_standing_from_wire, difference_from_wire, finding_from_wire,
    month_line_from_wire, some_setting_from_wire, verdict_from_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;

/// A line that the two do not have alike.
#[derive(Debug, Clone)]
pub struct FoundTold {
    /// Under which id the institution asked; another one of what was booked again after a restore.
    pub request: String,
    /// Which settlement; empty where an earlier node answers.
    pub settlement: String,
    /// Of what.
    pub of: Booked,
    /// What was found.
    pub finding: LineFinding,
    /// In which amounts they differ.
    pub differences: Vec<Difference>,
    /// Its business day at the node, when it has one in the span.
    pub day: String,
}

/// A day of an institution's.
#[derive(Debug, Clone)]
pub struct DayTold {
    /// Whose.
    pub institution: String,
    /// Which.
    pub day: String,
    /// Of one kind of care; none for all.
    pub setting: Option<Setting>,
    /// How it stands.
    pub standing: DayStanding,
    /// How many settlements and reversals were stated.
    pub stated: (u64, u64),
    /// How many the node has now.
    pub own: (u64, u64),
}

/// A line of a month.
#[derive(Debug, Clone)]
pub struct LineTold {
    /// As it stands.
    pub line: MonthLine,
    /// The confirmation that answered it, and what was said; none while it waits.
    pub answer: Option<(String, LineVerdict)>,
    /// Whether it has changed since.
    pub changed_since: bool,
}

/// How an institution's month stands.
#[derive(Debug, Clone)]
pub struct MonthTold {
    /// Whose.
    pub institution: String,
    /// Which.
    pub month: String,
    /// How many lines: in all, waiting, confirmed, objected to, and changed since they were answered.
    pub lines: [u64; 5],
    /// What was left to be paid for those confirmed, in fen.
    pub applied_fen: i64,
    /// The day until which confirmations are taken back.
    pub confirm_by: String,
    /// Who closed it; none while it is open.
    pub closed_by: Option<String>,
    /// Its confirmations.
    pub confirmations: Vec<ConfirmationTold>,
}

/// A confirmation of a month.
#[derive(Debug, Clone)]
pub struct ConfirmationTold {
    /// Its id.
    pub id: String,
    /// How many lines it has.
    pub count: u64,
    /// What the agency pays for them, in fen.
    pub sum_fen: i64,
    /// When it was made, in milliseconds since 1970.
    pub at_ms: i64,
    /// Whether it stands, and was not taken back.
    pub stands: bool,
}

pub(super) fn differences(sent: &[v1::AccountDifference]) -> Result<Vec<Difference>, WireFault> {
    let path = Path::root("differences");
    sent.iter()
        .map(|sent| difference_from_wire(sent, path))
        .collect()
}

pub(super) fn found_from_wire(sent: v1::FoundLine) -> Result<FoundTold, WireFault> {
    let path = Path::root("found");
    Ok(FoundTold {
        of: booked_from_wire(sent.of, path)?,
        finding: finding_from_wire(sent.finding, path)?,
        differences: differences(&sent.differences)?,
        request: sent.request_id,
        settlement: sent.settlement,
        day: sent.business_day,
    })
}

pub(super) fn day_from_wire(sent: v1::ReconciledDay) -> Result<DayTold, WireFault> {
    let path = Path::root("days");
    Ok(DayTold {
        setting: some_setting_from_wire(sent.setting, path)?,
        standing: day_standing_from_wire(sent.standing, path)?,
        stated: (sent.stated_settled, sent.stated_reversed),
        own: (sent.settled, sent.reversed),
        institution: sent.institution,
        day: sent.day,
    })
}

pub(super) fn line_from_wire(sent: v1::MonthLine) -> Result<LineTold, WireFault> {
    let path = Path::root("lines");
    let line = month_line_from_wire(&sent, path)?;
    let answer = if sent.confirmation.is_empty() {
        None
    } else {
        Some((sent.confirmation, verdict_from_wire(sent.verdict, path)?))
    };
    Ok(LineTold {
        line,
        answer,
        changed_since: sent.changed_since,
    })
}

pub(super) fn month_from_wire(told: v1::InstitutionMonth) -> MonthTold {
    let confirmations = told.confirmations.into_iter();
    MonthTold {
        institution: told.institution,
        month: told.month,
        lines: [
            told.lines,
            told.waiting,
            told.confirmed,
            told.objected,
            told.changed_since,
        ],
        applied_fen: told.applied_fen,
        confirm_by: told.confirm_by,
        closed_by: Some(told.closed_by).filter(|by| !by.is_empty()),
        confirmations: confirmations
            .map(|it| ConfirmationTold {
                id: it.confirmation,
                count: it.count,
                sum_fen: it.sum_fen,
                at_ms: it.at_ms,
                stands: it.rolled_back_ms == 0,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_with_its_settlement() {
        let sent = v1::FoundLine {
            request_id: "restored".to_owned(),
            of: v1::AccountBooked::Settlement.into(),
            finding: v1::LineFinding::OnlyAtNode.into(),
            settlement: "stl_7".to_owned(),
            ..v1::FoundLine::default()
        };
        let told = found_from_wire(sent).unwrap();
        assert_eq!((&*told.request, &*told.settlement), ("restored", "stl_7"));
    }
}
