//! The course of a check: how far it is, and what may follow.
//!
//! [`Course::apply`] takes a word or says why it does not follow; nothing else changes a course. A word that is in it
//! already changes nothing, so that a word may come as often as it likes. Only one of the two regions may speak at a
//! time: two words never follow the same one, unless a region signs against its own book.

use crate::canonical::Artifact;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::fund::Fund;
use crate::id::CheckId;
use crate::money::Fen;
use crate::region::RegionCode;
use crate::vocabulary::{CheckStanding, SendBackReason};
use crate::{canonical_enum, canonical_struct};

use super::{CheckAsk, CheckSays, CheckWord, Finding};

/// Why a word does not follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckFault {
    /// It is of another check, between other regions, or asks something else under the same id.
    #[error("it is of another check")]
    Other,
    /// It names another word as the one before.
    #[error("it does not follow the last word")]
    NotLast,
    /// It may not be said now.
    #[error("nothing of this kind may be said while the check is {0}")]
    Stage(&'static str),
    /// The answer was sent back once already.
    #[error("an answer is sent back once")]
    SentBackBefore,
    /// More of a fund should not have been owed than it paid.
    #[error("{0} paid {1}")]
    Amount(Fund, Fen),
    /// The time to confirm is not over.
    #[error("the time to confirm is until {0}")]
    NotOver(BusinessDay),
    /// It is said by an officer and may not be, or by none and must be.
    #[error("it is an officer's to say, or a node's, and is said by the other")]
    Officer,
    /// Days have an end.
    #[error("a day is out of range")]
    Day,
}

/// Whether a word was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It was taken.
    New,
    /// It was there.
    Known,
}

/// How far a check is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The treatment region is to answer.
    Asked {
        /// From this day on it is taken up.
        take_up_on: BusinessDay,
        /// Until this day it is to be answered.
        answer_by: BusinessDay,
    },
    /// The home region is to confirm what was found, or to send it back.
    Answered {
        /// What was found.
        finding: Finding,
        /// On which day it was said.
        on: BusinessDay,
    },
    /// It is over.
    Confirmed {
        /// What was found.
        finding: Finding,
        /// Until when the home region had said nothing, if it said nothing.
        silent: Option<BusinessDay>,
    },
}

canonical_enum!(Stage {
    1 => Asked { take_up_on, answer_by },
    2 => Answered { finding, on },
    3 => Confirmed { finding, silent },
});

impl Stage {
    const fn word(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "asked",
            Self::Answered { .. } => "answered",
            Self::Confirmed { .. } => "confirmed",
        }
    }
}

/// A check, as its words come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Its id.
    pub check: CheckId,
    /// The home region.
    pub home: RegionCode,
    /// The treatment region.
    pub treatment: RegionCode,
    /// What is asked.
    pub ask: CheckAsk,
    /// When it was asked.
    pub asked: Timestamp,
    /// The digests of its words, in their order: at most five.
    pub words: Vec<Digest>,
    /// How often a day to answer by had passed before an answer came, over all answers.
    pub late: u32,
    /// Why an answer was sent back, if one was.
    pub sent_back: Option<SendBackReason>,
    /// How far it is.
    pub stage: Stage,
}

canonical_struct!(Course {
    check,
    home,
    treatment,
    ask,
    asked,
    words,
    late,
    sent_back,
    stage
});

impl Course {
    /// The course that a first word begins.
    ///
    /// # Errors
    /// [`CheckFault`] when it begins none.
    pub fn begun(word: &CheckWord) -> Result<Self, CheckFault> {
        let CheckSays::Ask(ask) = &word.says else {
            return Err(CheckFault::NotLast);
        };
        if word.home == word.treatment {
            return Err(CheckFault::Other);
        }
        if word.follows.is_some() {
            return Err(CheckFault::NotLast);
        }
        if word.officer.is_none() {
            return Err(CheckFault::Officer);
        }
        Ok(Self {
            check: word.check,
            home: word.home,
            treatment: word.treatment,
            stage: asked_on(ask, word.at)?,
            ask: ask.clone(),
            asked: word.at,
            words: vec![word.digest()],
            late: 0,
            sent_back: None,
        })
    }

    /// Takes a word.
    ///
    /// # Errors
    /// [`CheckFault`] when it does not follow; then nothing is changed.
    pub fn apply(&mut self, word: &CheckWord) -> Result<Applied, CheckFault> {
        let between = (word.check, word.home, word.treatment);
        if between != (self.check, self.home, self.treatment) {
            return Err(CheckFault::Other);
        }
        let digest = word.digest();
        if self.words.contains(&digest) {
            return Ok(Applied::Known);
        }
        if let CheckSays::Ask(_) = word.says {
            return Err(CheckFault::Other);
        }
        if word.follows.as_ref() != self.words.last() {
            return Err(CheckFault::NotLast);
        }
        let is_silent = matches!(word.says, CheckSays::Silent(_));
        if is_silent == word.officer.is_some() {
            return Err(CheckFault::Officer);
        }
        self.say(word)?;
        self.words.push(digest);
        Ok(Applied::New)
    }

    fn say(&mut self, word: &CheckWord) -> Result<(), CheckFault> {
        let on = word.at.business_day_shanghai();
        match (&word.says, &self.stage) {
            (CheckSays::Answer(finding), Stage::Asked { answer_by, .. }) => {
                self.fits(finding)?;
                self.late = self.late.saturating_add(rolled(*answer_by, on));
                let finding = finding.clone();
                self.stage = Stage::Answered { finding, on };
            }
            (CheckSays::Confirm, Stage::Answered { finding, .. }) => {
                self.stage = Stage::Confirmed {
                    finding: finding.clone(),
                    silent: None,
                };
            }
            (
                CheckSays::Silent(until),
                Stage::Answered {
                    finding,
                    on: answered,
                },
            ) => {
                if until <= answered || on <= *until {
                    return Err(CheckFault::NotOver(*until));
                }
                self.stage = Stage::Confirmed {
                    finding: finding.clone(),
                    silent: Some(*until),
                };
            }
            (CheckSays::SendBack(reason), Stage::Answered { .. }) => {
                if self.sent_back.is_some() {
                    return Err(CheckFault::SentBackBefore);
                }
                self.stage = asked_on(&self.ask, word.at)?;
                self.sent_back = Some(*reason);
            }
            (
                CheckSays::Ask(_)
                | CheckSays::Answer(_)
                | CheckSays::Confirm
                | CheckSays::Silent(_)
                | CheckSays::SendBack(_),
                stage,
            ) => return Err(CheckFault::Stage(stage.word())),
        }
        Ok(())
    }

    /// Whether no more of a fund should not have been owed than it paid.
    fn fits(&self, finding: &Finding) -> Result<(), CheckFault> {
        let Finding::Discrepancy { amounts, .. } = finding else {
            return Ok(());
        };
        let paid = self.ask.paid.as_slice().iter().copied().collect();
        match amounts.first_over(&paid) {
            Some((fund, paid)) => Err(CheckFault::Amount(fund, paid)),
            None => Ok(()),
        }
    }

    /// The last word.
    #[must_use]
    pub fn last(&self) -> Option<Digest> {
        self.words.last().copied()
    }

    /// Whose turn it is; nobody's once it is over.
    #[must_use]
    pub const fn turn(&self) -> Option<RegionCode> {
        match self.stage {
            Stage::Asked { .. } => Some(self.treatment),
            Stage::Answered { .. } => Some(self.home),
            Stage::Confirmed { .. } => None,
        }
    }

    /// The other of the two regions.
    #[must_use]
    pub fn other(&self, region: RegionCode) -> RegionCode {
        if region == self.home {
            self.treatment
        } else {
            self.home
        }
    }

    /// What was found last, if it was not sent back.
    #[must_use]
    pub const fn finding(&self) -> Option<&Finding> {
        match &self.stage {
            Stage::Asked { .. } => None,
            Stage::Answered { finding, .. } | Stage::Confirmed { finding, .. } => Some(finding),
        }
    }

    /// How it stands on a day, as far as its words say.
    #[must_use]
    pub fn standing(&self, today: BusinessDay) -> CheckStanding {
        match &self.stage {
            Stage::Asked { answer_by, .. } if today > *answer_by => CheckStanding::Overdue,
            Stage::Asked { take_up_on, .. } if today < *take_up_on => CheckStanding::Waiting,
            Stage::Asked { .. } => CheckStanding::TakenUp,
            Stage::Answered { .. } => CheckStanding::Answered,
            Stage::Confirmed { silent: None, .. } => CheckStanding::Confirmed,
            Stage::Confirmed {
                silent: Some(_), ..
            } => CheckStanding::ConfirmedBySilence,
        }
    }

    /// How often a day to answer by has passed without an answer, until a day.
    #[must_use]
    pub fn late_until(&self, today: BusinessDay) -> u32 {
        match &self.stage {
            Stage::Asked { answer_by, .. } => self.late.saturating_add(rolled(*answer_by, today)),
            Stage::Answered { .. } | Stage::Confirmed { .. } => self.late,
        }
    }
}

/// The stage of what was asked, or sent back, at a moment.
fn asked_on(ask: &CheckAsk, at: Timestamp) -> Result<Stage, CheckFault> {
    let days = || {
        let take_up_on = ask.terms.take_up.at_or_after(at.business_day_shanghai())?;
        let answer_by = ask.terms.answer.in_month_after(take_up_on)?;
        Ok::<_, crate::date::DateError>(Stage::Asked {
            take_up_on,
            answer_by,
        })
    };
    days().map_err(|_| CheckFault::Day)
}

/// How often that day of a month has passed, from the first on, until a day.
fn rolled(first: BusinessDay, until: BusinessDay) -> u32 {
    if until <= first {
        return 0;
    }
    let months = |day: BusinessDay| {
        u32::from(day.year())
            .saturating_mul(12)
            .saturating_add(u32::from(day.month()))
    };
    let whole = months(until).saturating_sub(months(first));
    whole.saturating_add(u32::from(until.day() > first.day()))
}
