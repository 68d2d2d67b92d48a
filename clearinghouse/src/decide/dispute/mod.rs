//! Disputes between regions: what a region's word changes, when an answer stands, and what officers decide.
//!
//! Each word may be said again and changes nothing then. Whether a word follows is
//! `huitong_core::dispute::course`'s to know; here it is looked whether what it is about is known, whether it comes in
//! time, and what comes of it. Deliberately absent: signatures, which are checked before, and what nets, which no dispute
//! changes.

mod look;
mod raise;
mod settle;

use huitong_core::date::BusinessDay;
use huitong_core::dispute::course::{Course, Ground, Stage, is_over};
use huitong_core::dispute::fault::CourseFault;
use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::seen::DisputeSeen;
use huitong_core::dispute::step::{DisputeSaid, DisputeStep, DisputeStood, Settling, Then};
use huitong_core::dispute::word::{Reply, Says, SignedWord, Word};
use huitong_core::record::clearing::ClearingRecord;
use huitong_core::refusal::RefusalCode;
use huitong_core::vocabulary::DisputeStage;

pub(crate) use look::{Filter, Lateness, corrections, disputes, is_party, seen};
pub(crate) use raise::Found;
pub(crate) use settle::{confirm, propose};

use super::members::not_left;
use super::{Context, Decided, Decision, Fault, going_on};
use crate::disputes::DisputeRules;
use crate::refusal::{ClearingCode, Refusal};

/// A word that was read and whose signature was checked.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) signed: SignedWord,
    pub(crate) word: Word,
}

/// Takes a region's word. `found` is the netted leg that a claim is about, where the index has it.
pub(crate) fn say(
    context: &Context<'_>,
    said: Checked,
    found: Option<Found>,
    rules: &DisputeRules,
) -> Decision<DisputeSeen> {
    if let Err(refusal) = going_on(context) {
        return Ok(Decided::refuse(refusal));
    }
    let Checked { signed, word } = said;
    if let Err(refusal) = not_left(context, word.region) {
        return Ok(Decided::refuse(refusal));
    }
    let name = word.dispute;
    let Some(course) = context.state.disputes.course(name) else {
        let Says::Raise(claim) = &word.says else {
            return Ok(Decided::refuse(unknown(name)));
        };
        if let Some(refusal) = raise::refusal(context, name, claim, found, rules)? {
            return Ok(Decided::refuse(refusal));
        }
        return match due(context, rules.answer_days) {
            Ok(then) => record(context, None, signed, then),
            Err(refusal) => Ok(Decided::refuse(refusal)),
        };
    };
    if !course.names(word.region) {
        return Ok(Decided::refuse(unknown(name)));
    }
    match is_said(course, &word.says) {
        Known::Same => return Ok(Decided::answer(DisputeSeen::of(course, context.now))),
        Known::Other => {
            let refusal = Refusal::new(ClearingCode::DisputeReferenceTaken, name);
            return Ok(Decided::refuse(refusal));
        }
        Known::New => {}
    }
    if let Err(fault) = course.may_say(&word, context.now) {
        return Ok(Decided::refuse(refused(&fault, name)?));
    }
    let then = match &word.says {
        Says::Answer(Reply::Accepted) | Says::Accept => settling(context).map(Then::Settled),
        Says::Raise(_) => return Err(Fault::Broken(format!("dispute {name} is raised twice"))),
        Says::Answer(Reply::Partly(_) | Reply::Rejected(_)) => due(context, rules.accept_days),
        Says::Escalate => due(context, rules.decide_days),
        Says::Withdraw => Ok(Then::Ended),
    };
    match then {
        Ok(then) => record(context, Some(course), signed, then),
        Err(refusal) => Ok(Decided::refuse(refusal)),
    }
}

/// Settles the next dispute of which the answer stands, since nothing was said to it in time; answers which. After a
/// restore nothing stands while words may be missing: before cycles go on, and for as long as an answer may be
/// accepted.
pub(crate) fn stand(context: &Context<'_>, rules: &DisputeRules) -> Decision<Option<DisputeName>> {
    let settling = match waits_for_words(context, rules) {
        Ok(true) => return Ok(Decided::answer(None)),
        Ok(false) => settling(context),
        Err(refusal) => Err(refusal),
    };
    let Some(course) = context.state.disputes.standing(context.now) else {
        return Ok(Decided::answer(None));
    };
    let settling = match settling {
        Ok(settling) => settling,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let stood = DisputeStood {
        dispute: course.name,
        settling,
        at: context.now,
    };
    let record = ClearingRecord::Dispute(DisputeStep::Stood(stood));
    Ok(Decided::record(record, Some(course.name)))
}

/// Whether regions may still say again what was lost with the clearinghouse's disk.
fn waits_for_words(context: &Context<'_>, rules: &DisputeRules) -> Result<bool, Refusal> {
    let restored = context.state.restored;
    if restored.waits_since.is_some() {
        return Ok(true);
    }
    let Some(since) = restored.since else {
        return Ok(false);
    };
    let until = after(context, since.business_day_shanghai(), rules.accept_days)?;
    Ok(!is_over(until, context.now))
}

/// Whether a word was said already.
enum Known {
    New,
    Same,
    /// Another was said under the name.
    Other,
}

/// Whether a dispute has this word, whoever of the region's bureau said it and whenever.
fn is_said(course: &Course, says: &Says) -> Known {
    let same = match says {
        Says::Raise(claim) if course.claim == *claim => true,
        Says::Raise(_) => return Known::Other,
        Says::Answer(reply) => course.reply.as_ref() == Some(reply),
        Says::Accept => course
            .settled()
            .is_some_and(|settled| settled.ground == Ground::Accepted),
        Says::Escalate => {
            let decided = |settled: &huitong_core::dispute::course::Settled| {
                matches!(settled.ground, Ground::Decided { .. })
            };
            matches!(course.stage, Stage::Escalated(_)) || course.settled().is_some_and(decided)
        }
        Says::Withdraw => matches!(course.stage, Stage::Withdrawn(_)),
    };
    if same { Known::Same } else { Known::New }
}

/// The step, and how the dispute stands by it.
fn record(
    context: &Context<'_>,
    course: Option<&Course>,
    signed: SignedWord,
    then: Then,
) -> Decision<DisputeSeen> {
    let step = DisputeStep::Said(DisputeSaid {
        signed,
        then,
        at: context.now,
    });
    stepped(context, course, step)
}

/// A step that follows, and how the dispute stands by it.
fn stepped(
    context: &Context<'_>,
    course: Option<&Course>,
    step: DisputeStep,
) -> Decision<DisputeSeen> {
    let after = match course {
        None => Course::begun(&step),
        Some(course) => {
            let mut after = course.clone();
            after.apply(&step).map(|()| after)
        }
    };
    let after = after.map_err(|fault| Fault::Broken(format!("a dispute's step: {fault}")))?;
    let seen = DisputeSeen::of(&after, context.now);
    Ok(Decided::record(ClearingRecord::Dispute(step), seen))
}

/// A day so many business days after another. One that no calendar has is refused and stops nobody else.
fn after(context: &Context<'_>, day: BusinessDay, days: u32) -> Result<BusinessDay, Refusal> {
    let found = context.calendar.after(day, days);
    found.map_err(|error| Refusal::general(RefusalCode::Malformed, error))
}

/// The next step is due so many business days from today.
fn due(context: &Context<'_>, days: u32) -> Result<Then, Refusal> {
    let today = context.now.business_day_shanghai();
    after(context, today, days).map(Then::Due)
}

/// The next number, and a business day whose cycle is not cut off.
fn settling(context: &Context<'_>) -> Result<Settling, Refusal> {
    let today = after(context, context.now.business_day_shanghai(), 0)?;
    let open = match context.state.last_cut_off() {
        Some((last, _)) => after(context, last, 1)?,
        None => today,
    };
    Ok(Settling {
        number: context.state.disputes.next_number(),
        day: today.max(open),
    })
}

fn unknown(name: DisputeName) -> Refusal {
    Refusal::new(ClearingCode::DisputeUnknown, name)
}

/// Why something does not follow, as a refusal.
fn refused(fault: &CourseFault, name: DisputeName) -> Result<Refusal, Fault> {
    Ok(match fault {
        CourseFault::Unreadable(error) => Refusal::general(RefusalCode::Malformed, error),
        CourseFault::Other | CourseFault::Region(_) => unknown(name),
        CourseFault::NotLast => Refusal::new(ClearingCode::DisputeWentOn, name),
        CourseFault::Stage(stage @ (DisputeStage::Settled | DisputeStage::Withdrawn)) => {
            Refusal::new(ClearingCode::DisputeOver, format_args!("{name}: {stage}"))
        }
        CourseFault::Stage(
            stage @ (DisputeStage::Raised | DisputeStage::Answered | DisputeStage::Escalated),
        ) => Refusal::new(ClearingCode::DisputeStage, format_args!("{name}: {stage}")),
        CourseFault::NotDue(due) => Refusal::new(ClearingCode::DisputeNotDue, due),
        CourseFault::Amount(claimed) => Refusal::new(ClearingCode::DisputeAmount, claimed),
        CourseFault::Answered => Refusal::new(ClearingCode::DisputeAnswered, name),
        CourseFault::OtherProposal => Refusal::new(ClearingCode::DisputeOtherProposal, name),
        CourseFault::SameOfficer(by) => Refusal::new(ClearingCode::DisputeSameOfficer, by),
        CourseFault::Then => return Err(Fault::Broken(format!("dispute {name}: {fault}"))),
    })
}
