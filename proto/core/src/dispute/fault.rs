//! Why a step of a dispute does not follow upon what stands.

use crate::canonical::CanonicalError;
use crate::date::BusinessDay;
use crate::money::Fen;
use crate::officer::OfficerName;
use crate::region::RegionCode;
use crate::vocabulary::DisputeStage;

/// Why a step does not follow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CourseFault {
    /// A word that cannot be read.
    #[error("a word cannot be read: {0}")]
    Unreadable(#[from] CanonicalError),
    /// Of another dispute, or not the first of one.
    #[error("it is of another dispute, or begins none")]
    Other,
    /// Of a region that does not stand in it.
    #[error("region {0} does not stand in this dispute")]
    Region(RegionCode),
    /// It follows upon another word than the last.
    #[error("it follows upon another word than the last")]
    NotLast,
    /// It is too far already, or not so far yet.
    #[error("it is {0}")]
    Stage(DisputeStage),
    /// The day by which something was due is not over.
    #[error("it is not over before {0} is")]
    NotDue(BusinessDay),
    /// An amount that does not fit.
    #[error("the amount does not fit what is claimed, {0}")]
    Amount(Fen),
    /// It is said that nobody answered, and somebody did.
    #[error("it is answered")]
    Answered,
    /// Nothing like that is proposed.
    #[error("something else is proposed")]
    OtherProposal,
    /// The same officer proposed it.
    #[error("{0} proposed it")]
    SameOfficer(OfficerName),
    /// What is to come of it is not what comes of such a word.
    #[error("what is said to come of it does not")]
    Then,
}
