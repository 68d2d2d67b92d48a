//! All disputes, as their steps come to, and in which order they were settled.
//!
//! [`Disputes::apply`] and [`Disputes::signed`] are the only ways it changes, and they decide nothing: what a step says
//! has happened, and whether it follows is `huitong_core::dispute::course`'s to know. Courses stay in memory; the words
//! with their signatures stay in the journal. Deliberately absent: any effect on what nets.

use std::collections::BTreeMap;
use std::ops::Bound;

use huitong_core::canonical::CanonicalError;
use huitong_core::checkpoint::row::Pair;
use huitong_core::date::Timestamp;
use huitong_core::dispute::course::{Course, Stage, is_over};
use huitong_core::dispute::fault::CourseFault;
use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::outcome::Outcome;
use huitong_core::dispute::step::DisputeStep;
use huitong_core::region::RegionCode;

/// By when things are due in disputes, in business days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DisputeRules {
    /// Within how many of the cycle a dispute is raised.
    pub(crate) raise_days: u32,
    /// Within how many of that it is answered.
    pub(crate) answer_days: u32,
    /// Within how many of the answer it is accepted or escalated; else the answer stands.
    pub(crate) accept_days: u32,
    /// Within how many of its escalation it is decided.
    pub(crate) decide_days: u32,
}

impl DisputeRules {
    /// What holds unless an operator says otherwise. Five days to accept are Hebei's for a checked expense, and twenty to
    /// answer about its month for the check itself (from the 26th to the 26th); the other two are to be checked.
    pub(crate) const STANDARD: Self = Self {
        raise_days: 60,
        answer_days: 20,
        accept_days: 5,
        decide_days: 10,
    };
}

/// A record of disputes that does not fit what stands: damage, or a fault of this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DisputeFault {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] CanonicalError),
    /// A step does not follow.
    #[error("a step of dispute {0} does not follow: {1}")]
    Step(DisputeName, CourseFault),
    /// Of a dispute that was never raised, or raised twice.
    #[error("dispute {0} was never raised, or was before")]
    Unknown(DisputeName),
    /// Not the next number.
    #[error("number {0} of settled disputes is not the next")]
    Number(u64),
    /// An outcome that is not the dispute's.
    #[error("an outcome is signed that is not the dispute's: number {0}")]
    Outcome(u64),
}

/// All disputes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Disputes {
    courses: BTreeMap<DisputeName, Course>,
    /// Those that are settled, by their numbers.
    settled: BTreeMap<u64, DisputeName>,
    /// The last number whose outcome is signed.
    signed: u64,
}

impl Disputes {
    /// A dispute.
    pub(crate) fn course(&self, name: DisputeName) -> Option<&Course> {
        self.courses.get(&name)
    }

    /// Disputes after one, ascending by name.
    pub(crate) fn after(&self, after: Option<DisputeName>) -> impl Iterator<Item = &Course> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = self.courses.range((from, Bound::Unbounded));
        range.map(|(_, course)| course)
    }

    /// What a region disputes of a pair.
    pub(crate) fn of(&self, raiser: RegionCode, pair: Pair) -> impl Iterator<Item = &Course> {
        let all = self.courses.values();
        all.filter(move |it| it.name.raiser == raiser && it.claim.subject.pair() == pair)
    }

    /// The first of which the answer stands at a moment, since nothing was said to it in time.
    pub(crate) fn standing(&self, now: Timestamp) -> Option<&Course> {
        let stands = |it: &&Course| matches!(it.stage, Stage::Answered(due) if is_over(due, now));
        self.courses.values().find(stands)
    }

    /// Settled disputes whose outcome is signed, after a number.
    pub(crate) fn signed_after(&self, after: u64) -> impl Iterator<Item = (u64, &Course)> {
        let bounds = (
            Bound::Excluded(after),
            Bound::Included(self.signed.max(after)),
        );
        let range = self.settled.range(bounds);
        range.filter_map(|(number, name)| Some((*number, self.courses.get(name)?)))
    }

    /// The number of the next that is settled.
    pub(crate) fn next_number(&self) -> u64 {
        let last = self.settled.last_key_value();
        last.map_or(0, |(number, _)| *number).saturating_add(1)
    }

    /// What is settled and not signed yet, the first of it.
    pub(crate) fn unsigned(&self) -> Option<Outcome> {
        let number = self.signed.saturating_add(1);
        let course = self.courses.get(self.settled.get(&number)?)?;
        Outcome::of(course)
    }

    /// Changes what a step says has changed.
    pub(crate) fn apply(&mut self, step: &DisputeStep) -> Result<(), DisputeFault> {
        self.take(step)?;
        if let Some(settling) = step.settling() {
            let number = settling.number;
            if number != self.next_number() {
                return Err(DisputeFault::Number(number));
            }
            self.settled.insert(number, step.dispute()?);
        }
        Ok(())
    }

    /// As [`Disputes::apply`], of steps that come by dispute and not in the order in which they happened.
    pub(crate) fn load(&mut self, step: &DisputeStep) -> Result<(), DisputeFault> {
        self.take(step)?;
        if let Some(settling) = step.settling() {
            self.settled.insert(settling.number, step.dispute()?);
        }
        Ok(())
    }

    fn take(&mut self, step: &DisputeStep) -> Result<(), DisputeFault> {
        let name = step.dispute()?;
        match self.courses.get_mut(&name) {
            Some(course) => {
                let applied = course.apply(step);
                applied.map_err(|fault| DisputeFault::Step(name, fault))
            }
            None => {
                let begun = Course::begun(step).map_err(|_| DisputeFault::Unknown(name))?;
                self.courses.insert(name, begun);
                Ok(())
            }
        }
    }

    /// The outcome of the next settled dispute is signed.
    pub(crate) fn signed(&mut self, outcome: &Outcome) -> Result<(), DisputeFault> {
        if self.unsigned().as_ref() != Some(outcome) {
            return Err(DisputeFault::Outcome(outcome.number));
        }
        self.signed = outcome.number;
        Ok(())
    }

    /// As it was kept: up to which number outcomes are signed.
    pub(crate) const fn signed_up_to(&mut self, number: u64) {
        self.signed = number;
    }
}
