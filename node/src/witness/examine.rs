//! What is wrong with a checkpoint, as the own region can see it: from the checkpoint, the part that the clearinghouse
//! hands out of it, the checkpoint before, and the own book. Nothing here is decided by who sent it.
//!
//! A cycle before the first in which the region has a window has no part; a later one without is a fault, and so is one of
//! a day that the region closed with legs. A part whose window does not go on there is not held against the book: which
//! legs belong to it is what is wrong. After a part that could not be looked through nobody knows where the next begins: it
//! is only not before what is known. Deliberately absent: the signature, which was checked before.

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::Checkpoint;
use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::witness::{Finding, FindingKind, Findings, StreamReach, Verdict};
use huitong_core::digest::Digest;
use huitong_core::region::RegionCode;
use huitong_netting::Runs;
use huitong_netting::statement::{RegionPart, StatementFault, compare};

use crate::store::WitnessHead;

/// Findings that the log tells.
pub(super) const TOLD_AT_MOST: usize = 16;

/// Whether the own part of the checkpoint before was looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartBefore {
    /// It was, or there was none to look through.
    Read,
    /// It was not handed out, or could not be read as the own of that checkpoint.
    Unread,
}

impl PartBefore {
    /// After what was found then.
    pub(super) fn after(found: &Verdict) -> Self {
        let found = found.findings().map_or(&[][..], Findings::first);
        let is_unread = |finding: &Finding| UNREAD.contains(&finding.kind);
        // They are told among the first: nothing else is looked for then.
        if found.iter().any(is_unread) {
            Self::Unread
        } else {
            Self::Read
        }
    }
}

/// What is wrong with a part that is not looked through.
const UNREAD: [FindingKind; 4] = [
    FindingKind::Other,
    FindingKind::PartUnreadable,
    FindingKind::PartForeign,
    FindingKind::PartMissing,
];

/// What is looked at.
pub(super) struct Case<'a> {
    /// The own region.
    pub(super) region: RegionCode,
    /// The checkpoint that was seen before; none for the first.
    pub(super) before: Option<&'a WitnessHead>,
    /// What that one commits to of how many rows each region has, if it does.
    pub(super) counts_before: Option<Digest>,
    /// What became of the part of that one.
    pub(super) part_before: PartBefore,
    /// The highest number of the own legs in days that were closed up to the checkpoint's; 0 for none.
    pub(super) closed: u64,
    /// The checkpoint.
    pub(super) checkpoint: &'a Checkpoint,
    /// The region's part of it as it was handed out; empty when the region has no window.
    pub(super) part: &'a [u8],
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Examined {
    /// All that is wrong.
    pub(super) findings: Vec<Finding>,
    /// How far the own stream is in cycles now.
    pub(super) reach: Option<StreamReach>,
}

/// Looks at a checkpoint. `book` gives the own legs under the numbers that it could take.
pub(super) fn examine<E>(
    case: &Case<'_>,
    book: impl FnOnce(&Runs) -> Result<Vec<LegBook>, E>,
) -> Result<Examined, E> {
    let mut findings = Vec::new();
    if !follows(case) {
        findings.push(Finding::whole(FindingKind::Chain));
    }
    if case.counts_before.is_some() && !case.checkpoint.is_counted() {
        findings.push(Finding::whole(FindingKind::Uncounted));
    }
    let reach = case.before.and_then(|before| before.reach);
    if case.part.is_empty() {
        // Whoever had a mark once has one in every later cycle.
        if reach.is_some() || case.closed > 0 {
            findings.push(Finding::whole(FindingKind::PartMissing));
        }
        return Ok(Examined { findings, reach });
    }
    let part = match readable(case.region, case.checkpoint, case.part) {
        Ok(part) => part,
        Err(kind) => {
            findings.push(Finding::whole(kind));
            return Ok(Examined { findings, reach });
        }
    };
    findings.extend(part.check().iter().map(StatementFault::finding));
    let begins_wrong = match case.part_before {
        PartBefore::Read => part.follow(reach.as_ref()),
        PartBefore::Unread => part.falls_back(reach.as_ref()),
    };
    match (begins_wrong, part.takeable()) {
        (Some(fault), _) => findings.push(fault.finding()),
        (None, None) => {}
        (None, Some(runs)) => {
            let books = book(&runs)?;
            let faults = compare(part.statement(), &books);
            findings.extend(faults.iter().map(StatementFault::finding));
        }
    }
    let reach = part.reach();
    Ok(Examined { findings, reach })
}

/// Whether it names the checkpoint before that this region saw, and is of a later day.
fn follows(case: &Case<'_>) -> bool {
    let Checkpoint { day, before, .. } = case.checkpoint;
    *before == case.before.map(|head| head.digest) && case.before.is_none_or(|head| head.day < *day)
}

/// The part, when it is the own region's of this checkpoint.
pub(super) fn readable(
    region: RegionCode,
    checkpoint: &Checkpoint,
    part: &[u8],
) -> Result<RegionPart, FindingKind> {
    let part = RegionPart::from_bytes(part).map_err(|_| FindingKind::PartUnreadable)?;
    if part.region() != Some(region) {
        return Err(FindingKind::PartForeign);
    }
    if part.statement().checkpoint.signed.checkpoint != *checkpoint {
        return Err(FindingKind::Other);
    }
    Ok(part)
}
