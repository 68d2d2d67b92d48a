//! What regions and officers see of disputes: how each stands, how old it is, what is overdue, and what is to be
//! corrected.

use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::seen::DisputeSeen;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::DisputeStage;

use super::unknown;
use crate::decide::{Context, Decided, Decision, has_stream};

/// The most disputes of one page.
const ROWS_AT_ONCE: usize = 500;
/// The most corrections of one page: each comes with every word and its certificates.
const CORRECTIONS_AT_ONCE: usize = 64;
/// The most settled disputes that are looked through for one page.
const LOOKED_AT_ONCE: usize = 10_000;

/// Which disputes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) region: Option<RegionCode>,
    pub(crate) stage: Option<DisputeStage>,
    pub(crate) lateness: Lateness,
    pub(crate) after: Option<DisputeName>,
}

/// Whether only those are asked for of which a step is overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lateness {
    Any,
    Overdue,
}

/// Disputes as they stand, ascending by name, a page at a time, and after which the next page begins.
pub(crate) fn disputes(
    context: &Context<'_>,
    filter: Filter,
) -> Decision<(Vec<DisputeSeen>, Option<DisputeName>)> {
    if let Err(refusal) = has_stream(context, filter.region) {
        return Ok(Decided::refuse(refusal));
    }
    let all = context.state.disputes.after(filter.after);
    let all = all.filter(|course| {
        let is_of = |region| course.names(region);
        filter.region.is_none_or(is_of) && filter.stage.is_none_or(|stage| course.stage() == stage)
    });
    let seen = all.map(|course| DisputeSeen::of(course, context.now));
    let mut seen = seen.filter(|seen| filter.lateness == Lateness::Any || seen.days_late > 0);
    let rows: Vec<_> = seen.by_ref().take(ROWS_AT_ONCE).collect();
    let next = seen.next().and_then(|_| rows.last().map(|last| last.name));
    Ok(Decided::answer((rows, next)))
}

/// How a dispute stands; of a region only one in which it stands itself.
pub(crate) fn seen(
    context: &Context<'_>,
    name: DisputeName,
    region: Option<RegionCode>,
) -> Decision<DisputeSeen> {
    let course = context.state.disputes.course(name);
    let course = course.filter(|course| region.is_none_or(|region| course.names(region)));
    Ok(match course {
        Some(course) => Decided::answer(DisputeSeen::of(course, context.now)),
        None => Decided::refuse(unknown(name)),
    })
}

/// Whether a region stands in a dispute.
pub(crate) fn is_party(
    context: &Context<'_>,
    name: DisputeName,
    region: RegionCode,
) -> Decision<()> {
    let decided = seen(context, name, Some(region))?;
    Ok(Decided::of(None, decided.answer.map(|_| ())))
}

/// What a region is to correct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Corrections {
    /// Ascending by number.
    pub(crate) disputes: Vec<DisputeName>,
    /// Up to which number all are here.
    pub(crate) up_to: u64,
    /// Whether there are more.
    pub(crate) more: bool,
    /// The clearinghouse's own incarnation.
    pub(crate) incarnation: u32,
}

/// The disputes in which a region stands that are settled at more than nothing, after a number.
pub(crate) fn corrections(
    context: &Context<'_>,
    region: RegionCode,
    after: u64,
) -> Decision<Corrections> {
    let mut found = Corrections {
        disputes: Vec::new(),
        up_to: after,
        more: false,
        incarnation: context.state.restored.incarnation,
    };
    for (looked, (number, course)) in context.state.disputes.signed_after(after).enumerate() {
        if found.disputes.len() >= CORRECTIONS_AT_ONCE || looked >= LOOKED_AT_ONCE {
            found.more = true;
            break;
        }
        found.up_to = number;
        if course.names(region) && !course.disputed().is_zero() {
            found.disputes.push(course.name);
        }
    }
    Ok(Decided::answer(found))
}
