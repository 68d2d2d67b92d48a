//! A dispute as a list shows it, on the day on which it is asked for.

use crate::date::{BusinessDay, Timestamp};
use crate::dispute::course::{Course, Proposal, Settled};
use crate::dispute::name::DisputeName;
use crate::dispute::word::{Claim, Reply};
use crate::region::RegionCode;
use crate::vocabulary::DisputeStage;

/// How a dispute stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeSeen {
    /// Its name.
    pub name: DisputeName,
    /// Who is to answer.
    pub respondent: RegionCode,
    /// What is claimed.
    pub claim: Claim,
    /// When it was raised.
    pub raised: Timestamp,
    /// How many days ago that is.
    pub days_old: u32,
    /// How far it is.
    pub stage: DisputeStage,
    /// The answer, if there is one.
    pub reply: Option<Reply>,
    /// By when the next step is due; none once it is over.
    pub due: Option<BusinessDay>,
    /// How many days that is over.
    pub days_late: u32,
    /// How an officer proposed to decide it.
    pub proposal: Option<Proposal>,
    /// What is settled.
    pub settled: Option<Settled>,
}

impl DisputeSeen {
    /// A dispute as it stands at a moment.
    #[must_use]
    pub fn of(course: &Course, now: Timestamp) -> Self {
        let today = now.business_day_shanghai();
        let due = course.due();
        let days = |from: BusinessDay| u32::try_from(from.days_until(today)).unwrap_or(0);
        Self {
            name: course.name,
            respondent: course.respondent,
            claim: course.claim,
            raised: course.raised,
            days_old: days(course.raised.business_day_shanghai()),
            stage: course.stage(),
            reply: course.reply,
            due,
            days_late: due.map_or(0, days),
            proposal: course.proposal.clone(),
            settled: course.settled().cloned(),
        }
    }
}
