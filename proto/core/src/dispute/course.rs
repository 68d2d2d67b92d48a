//! The course of a dispute: how far it is, and what may follow.
//!
//! [`Course::apply`] takes a step or says why it does not follow; nothing else changes a course. It compares days that
//! stand in the steps themselves, so that the same steps come to the same course whoever reads them, and whenever.

use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::dispute::fault::CourseFault;
use crate::dispute::name::DisputeName;
use crate::dispute::step::{
    DisputeConfirmed, DisputeProposed, DisputeSaid, DisputeStep, DisputeStood, Ruling, Settling,
    Then,
};
use crate::dispute::word::{Claim, Reply, Says, Word};
use crate::money::Fen;
use crate::officer::OfficerName;
use crate::region::RegionCode;
use crate::vocabulary::{DecisionReason, DisputeStage};
use crate::{canonical_enum, canonical_struct};

/// By what a dispute is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// The respondent owes all that was claimed.
    Conceded,
    /// The region that raised it accepted the answer.
    Accepted,
    /// It said nothing to the answer in time.
    Stood,
    /// Two officers of the operator decided.
    Decided {
        /// How.
        ruling: Ruling,
        /// Who proposed it.
        proposer: OfficerName,
        /// Who confirmed it.
        confirmer: OfficerName,
    },
}

canonical_enum!(Ground {
    1 => Conceded,
    2 => Accepted,
    3 => Stood,
    4 => Decided { ruling, proposer, confirmer },
});

impl Ground {
    /// Its stable text.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Conceded => "conceded",
            Self::Accepted => "accepted",
            Self::Stood => "stood",
            Self::Decided { .. } => "decided",
        }
    }
}

/// What is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What the respondent owes.
    pub amount: Fen,
    /// By what.
    pub ground: Ground,
    /// Its number and its business day.
    pub settling: Settling,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Settled {
    amount,
    ground,
    settling,
    at
});

/// How far a dispute is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The respondent is to answer by this day.
    Raised(BusinessDay),
    /// The region that raised it is to say something to the answer by this day.
    Answered(BusinessDay),
    /// The operator's officers are to decide by this day.
    Escalated(BusinessDay),
    /// It is settled.
    Settled(Settled),
    /// It was withdrawn then.
    Withdrawn(Timestamp),
}

/// What an officer proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// How.
    pub ruling: Ruling,
    /// Who.
    pub by: OfficerName,
}

/// A dispute, as its steps come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Its name.
    pub name: DisputeName,
    /// What is claimed.
    pub claim: Claim,
    /// Who is to answer.
    pub respondent: RegionCode,
    /// When it was raised.
    pub raised: Timestamp,
    /// The last word of a region.
    pub last: Digest,
    /// The answer, if there is one.
    pub reply: Option<Reply>,
    /// How an officer proposed to decide it.
    pub proposal: Option<Proposal>,
    /// How far it is.
    pub stage: Stage,
}

impl Course {
    /// The course that a first step begins.
    ///
    /// # Errors
    /// [`CourseFault`] when it begins none.
    pub fn begun(step: &DisputeStep) -> Result<Self, CourseFault> {
        let DisputeStep::Said(said) = step else {
            return Err(CourseFault::Other);
        };
        let word = said.signed.word()?;
        let Says::Raise(claim) = word.says else {
            return Err(CourseFault::Other);
        };
        let respondent = claim.subject.other(word.region);
        let Then::Due(due) = said.then else {
            return Err(CourseFault::Then);
        };
        Ok(Self {
            name: word.dispute,
            claim,
            respondent: respondent.ok_or(CourseFault::Region(word.region))?,
            raised: said.at,
            last: said.signed.named(),
            reply: None,
            proposal: None,
            stage: Stage::Raised(due),
        })
    }

    /// Takes a step.
    ///
    /// # Errors
    /// [`CourseFault`] when it does not follow; then nothing is changed.
    pub fn apply(&mut self, step: &DisputeStep) -> Result<(), CourseFault> {
        match step {
            DisputeStep::Said(said) => self.say(said),
            DisputeStep::Stood(stood) => self.stand(stood),
            DisputeStep::Proposed(proposed) => self.propose(proposed),
            DisputeStep::Confirmed(confirmed) => self.confirm(confirmed),
        }
    }

    /// The stage, without its day.
    #[must_use]
    pub const fn stage(&self) -> DisputeStage {
        match self.stage {
            Stage::Raised(_) => DisputeStage::Raised,
            Stage::Answered(_) => DisputeStage::Answered,
            Stage::Escalated(_) => DisputeStage::Escalated,
            Stage::Settled(_) => DisputeStage::Settled,
            Stage::Withdrawn(_) => DisputeStage::Withdrawn,
        }
    }

    /// By when the next step is due; none once it is over.
    #[must_use]
    pub const fn due(&self) -> Option<BusinessDay> {
        match self.stage {
            Stage::Raised(due) | Stage::Answered(due) | Stage::Escalated(due) => Some(due),
            Stage::Settled(_) | Stage::Withdrawn(_) => None,
        }
    }

    /// What is settled, if it is.
    #[must_use]
    pub const fn settled(&self) -> Option<&Settled> {
        match &self.stage {
            Stage::Settled(settled) => Some(settled),
            Stage::Raised(_) | Stage::Answered(_) | Stage::Escalated(_) | Stage::Withdrawn(_) => {
                None
            }
        }
    }

    /// Whether a region stands in it.
    #[must_use]
    pub fn names(&self, region: RegionCode) -> bool {
        self.name.raiser == region || self.respondent == region
    }

    /// How much of the subject is disputed by it: what is claimed, or settled; nothing once it is withdrawn.
    #[must_use]
    pub const fn disputed(&self) -> Fen {
        match &self.stage {
            Stage::Raised(_) | Stage::Answered(_) | Stage::Escalated(_) => self.claim.amount,
            Stage::Settled(settled) => settled.amount,
            Stage::Withdrawn(_) => Fen::ZERO,
        }
    }

    /// Whether a word may be said at a moment; by no change of the course.
    ///
    /// # Errors
    /// [`CourseFault`] why not.
    pub fn may_say(&self, word: &Word, at: Timestamp) -> Result<(), CourseFault> {
        if word.dispute != self.name {
            return Err(CourseFault::Other);
        }
        if !self.names(word.region) {
            return Err(CourseFault::Region(word.region));
        }
        let here = CourseFault::Stage(self.stage());
        if matches!(self.stage, Stage::Settled(_) | Stage::Withdrawn(_)) {
            return Err(here);
        }
        if word.follows != Some(self.last) {
            return Err(CourseFault::NotLast);
        }
        match (&word.says, &self.stage) {
            (Says::Answer(reply), Stage::Raised(_)) if !reply.fits(self.claim.amount) => {
                Err(CourseFault::Amount(self.claim.amount))
            }
            (Says::Escalate, Stage::Raised(due)) if !is_over(*due, at) => {
                Err(CourseFault::NotDue(*due))
            }
            (Says::Answer(_), Stage::Raised(_))
            | (Says::Accept, Stage::Answered(_))
            | (Says::Escalate, Stage::Raised(_) | Stage::Answered(_))
            | (Says::Withdraw, Stage::Raised(_) | Stage::Answered(_) | Stage::Escalated(_)) => {
                Ok(())
            }
            (
                Says::Raise(_) | Says::Answer(_) | Says::Accept | Says::Escalate | Says::Withdraw,
                _,
            ) => Err(here),
        }
    }

    fn say(&mut self, said: &DisputeSaid) -> Result<(), CourseFault> {
        let word = said.signed.word()?;
        self.may_say(&word, said.at)?;
        let stage = match (&word.says, said.then) {
            (Says::Answer(Reply::Accepted), Then::Settled(settling)) => {
                self.at_amount(self.claim.amount, Ground::Conceded, settling, said.at)
            }
            (Says::Answer(Reply::Partly(_) | Reply::Rejected(_)), Then::Due(due)) => {
                Stage::Answered(due)
            }
            (Says::Accept, Then::Settled(settling)) => {
                self.at_amount(self.answered(), Ground::Accepted, settling, said.at)
            }
            (Says::Escalate, Then::Due(due)) => Stage::Escalated(due),
            (Says::Withdraw, Then::Ended) => Stage::Withdrawn(said.at),
            (
                Says::Raise(_) | Says::Answer(_) | Says::Accept | Says::Escalate | Says::Withdraw,
                Then::Due(_) | Then::Settled(_) | Then::Ended,
            ) => return Err(CourseFault::Then),
        };
        if let Says::Answer(reply) = word.says {
            self.reply = Some(reply);
        }
        self.stage = stage;
        self.last = said.signed.named();
        Ok(())
    }

    fn stand(&mut self, stood: &DisputeStood) -> Result<(), CourseFault> {
        let Stage::Answered(due) = self.stage else {
            return Err(CourseFault::Stage(self.stage()));
        };
        if !is_over(due, stood.at) {
            return Err(CourseFault::NotDue(due));
        }
        self.stage = self.at_amount(self.answered(), Ground::Stood, stood.settling, stood.at);
        Ok(())
    }

    /// Whether officers may decide it so.
    ///
    /// # Errors
    /// [`CourseFault`] why not.
    pub fn may_rule(&self, ruling: &Ruling) -> Result<(), CourseFault> {
        if !matches!(self.stage, Stage::Escalated(_)) {
            return Err(CourseFault::Stage(self.stage()));
        }
        if !ruling.fits(self.claim.amount) {
            return Err(CourseFault::Amount(self.claim.amount));
        }
        if ruling.reason == DecisionReason::NotAnswered && self.reply.is_some() {
            return Err(CourseFault::Answered);
        }
        Ok(())
    }

    fn propose(&mut self, proposed: &DisputeProposed) -> Result<(), CourseFault> {
        self.may_rule(&proposed.ruling)?;
        let (ruling, by) = (proposed.ruling, proposed.by.clone());
        self.proposal = Some(Proposal { ruling, by });
        Ok(())
    }

    /// Whether an officer may confirm that it is decided so: who proposed it.
    ///
    /// # Errors
    /// [`CourseFault`] why not.
    pub fn may_confirm(
        &self,
        ruling: &Ruling,
        by: &OfficerName,
    ) -> Result<&OfficerName, CourseFault> {
        self.may_rule(ruling)?;
        let proposal = self.proposal.as_ref();
        let same = proposal.filter(|proposal| proposal.ruling == *ruling);
        let proposer = &same.ok_or(CourseFault::OtherProposal)?.by;
        if proposer == by {
            return Err(CourseFault::SameOfficer(by.clone()));
        }
        Ok(proposer)
    }

    fn confirm(&mut self, confirmed: &DisputeConfirmed) -> Result<(), CourseFault> {
        let ruling = confirmed.ruling;
        let ground = Ground::Decided {
            ruling,
            proposer: self.may_confirm(&ruling, &confirmed.by)?.clone(),
            confirmer: confirmed.by.clone(),
        };
        self.stage = self.at_amount(ruling.amount, ground, confirmed.settling, confirmed.at);
        Ok(())
    }

    /// At how much it is settled when this is said now; none when it is settled by nothing of it.
    #[must_use]
    pub fn settled_by(&self, says: &Says) -> Option<Fen> {
        match says {
            Says::Answer(Reply::Accepted) => Some(self.claim.amount),
            Says::Accept => Some(self.answered()),
            Says::Answer(Reply::Partly(_) | Reply::Rejected(_))
            | Says::Raise(_)
            | Says::Escalate
            | Says::Withdraw => None,
        }
    }

    /// What the respondent owes by its answer.
    fn answered(&self) -> Fen {
        let reply = self.reply.as_ref();
        reply.map_or(Fen::ZERO, |reply| reply.amount(self.claim.amount))
    }

    const fn at_amount(
        &self,
        amount: Fen,
        ground: Ground,
        settling: Settling,
        at: Timestamp,
    ) -> Stage {
        Stage::Settled(Settled {
            amount,
            ground,
            settling,
            at,
        })
    }
}

/// Whether a day by which something was due is over at a moment, in Shanghai.
#[must_use]
pub fn is_over(due: BusinessDay, at: Timestamp) -> bool {
    at.business_day_shanghai() > due
}
