//! Ends what waits of a region for a second officer: one officer does, also whoever wanted it, since nothing comes of it then.
//!
//! What is to end is named by its kind and who wants it, as it is listed, so that saying it again does not end what else was
//! wanted since. What the same officer wants once more, of the same kind, has the same name: that it does end.
//! That works of every region, also of one that is in no version or has left, of which no word says that all is to stay.
//! In order of precedence: just this waits, it was ended so before, something else waits, nothing does.

use std::fmt;

use huitong_core::membership::MemberChange;
use huitong_core::officer::OfficerName;
use huitong_core::record::clearing::{
    ClearingRecord, MemberProposed, MembersRecord, ProposalEnded,
};
use huitong_core::region::RegionCode;

use super::{Came, Changed, answer};
use crate::decide::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};

/// What a change is, without what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Join,
    Change,
    Suspend,
    Resume,
    Leave,
}

impl Kind {
    pub(crate) const fn of(change: &MemberChange) -> Self {
        match change {
            MemberChange::Join(_) => Self::Join,
            MemberChange::Change(_) => Self::Change,
            MemberChange::Suspend => Self::Suspend,
            MemberChange::Resume => Self::Resume,
            MemberChange::Leave => Self::Leave,
        }
    }

    /// As officers say it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Change => "change",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Leave => "leave",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Ends what waits of a region, where it is of this kind and this officer wants it.
pub(crate) fn end_proposal(
    context: &Context<'_>,
    region: RegionCode,
    (kind, wanted_by): (Kind, OfficerName),
    by: OfficerName,
) -> Decision<Changed> {
    let held = &context.state.directory;
    let is_named = |of: &&MemberProposed| Kind::of(&of.change) == kind && of.by == wanted_by;
    let (waiting, before) = (held.waiting(region), held.ended(region));
    let mut told = answer(context, region, Came::StoodSo);
    if let Some(ended) = waiting.filter(is_named) {
        told.ended = Some(ended.clone());
        if let Some(row) = &mut told.row {
            row.waiting = None;
        }
        let record = MembersRecord::Ended(ProposalEnded {
            ended: ended.clone(),
            by,
            at: context.now,
        });
        return Ok(Decided::record(ClearingRecord::Members(record), told));
    }
    if let Some(ended) = before.filter(is_named) {
        told.ended = Some(ended.clone());
        return Ok(Decided::answer(told));
    }
    Ok(Decided::refuse(match waiting {
        Some(other) => {
            let (what, who) = (Kind::of(&other.change), &other.by);
            let detail = format_args!("{region}: {what}, wanted by {who}");
            Refusal::new(ClearingCode::MemberOtherWaits, detail)
        }
        None => Refusal::new(ClearingCode::MemberNothingWaits, region),
    }))
}
