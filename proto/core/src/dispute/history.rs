//! A dispute's whole history in a file: every word as it was signed, what the clearinghouse wrote down beside, and the
//! outcome as it signed that.
//!
//! Here is what must fit together without cryptography; who reads it checks the signatures.

use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::dispute::course::Course;
use crate::dispute::fault::CourseFault;
use crate::dispute::outcome::{CertifiedOutcome, Outcome};
use crate::dispute::step::DisputeStep;
use crate::dispute::word::SignedWord;

/// A dispute with all that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeHistory {
    /// Its steps, in their order; at least one.
    pub steps: Vec<DisputeStep>,
    /// What is settled; none while it is not, or while it is not signed yet.
    pub outcome: Option<CertifiedOutcome>,
}

canonical_struct!(DisputeHistory { steps, outcome });

impl Artifact for DisputeHistory {
    const KIND: [u8; 4] = *b"DHIS";
    const VERSION: u16 = 1;
}

/// Why a history does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoryFault {
    /// It is empty.
    #[error("it has no step / 无任何记录")]
    Empty,
    /// A step does not follow, counted from 1.
    #[error("step {0} does not follow: {1} / 第{0}步与前序不符")]
    Step(usize, CourseFault),
    /// The outcome is not what the steps come to.
    #[error("the outcome is not what the steps come to / 结果与各步记录不符")]
    Outcome,
}

impl DisputeHistory {
    /// What the steps come to, when each follows and the outcome is theirs.
    ///
    /// # Errors
    /// [`HistoryFault`].
    pub fn course(&self) -> Result<Course, HistoryFault> {
        let (first, rest) = self.steps.split_first().ok_or(HistoryFault::Empty)?;
        let begun = Course::begun(first);
        let mut course = begun.map_err(|fault| HistoryFault::Step(1, fault))?;
        for (number, step) in (2..).zip(rest) {
            let applied = course.apply(step);
            applied.map_err(|fault| HistoryFault::Step(number, fault))?;
        }
        let said = self.outcome.as_ref().map(|certified| &certified.outcome);
        if said.is_some_and(|said| Outcome::of(&course).as_ref() != Some(said)) {
            return Err(HistoryFault::Outcome);
        }
        Ok(course)
    }

    /// The words of regions in it, in their order.
    pub fn words(&self) -> impl Iterator<Item = &SignedWord> {
        self.steps.iter().filter_map(|step| match step {
            DisputeStep::Said(said) => Some(&said.signed),
            DisputeStep::Stood(_) | DisputeStep::Proposed(_) | DisputeStep::Confirmed(_) => None,
        })
    }
}
