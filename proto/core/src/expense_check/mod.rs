//! The expense check between two regions (费用协查): the home region asks the treatment region to verify one settlement
//! that it finds suspicious, the treatment region answers, and the home region confirms or sends the answer back once.
//!
//! A check is a course of words ([`course::Course`]). Each is signed by the region whose turn it is and names the word
//! before, so that both books hold the same course or one is a part of the other. What a word must be held against
//! stands in the first one (what the receipt's funds paid, and the dates by which the course goes), and silence is a word
//! too: nothing depends on who reads a course, or when, but how it stands on a day. Deliberately absent: persons, lines of
//! the bill, and money. What was not owed goes back by an audit deduction of the treatment region.

pub mod course;

use crate::canonical::Artifact;
use crate::date::{BusinessDay, DateError, Timestamp};
use crate::deduction::DeductionAmounts;
use crate::digest::Digest;
use crate::id::{CheckId, DeductionId, SettlementId};
use crate::merkle;
use crate::money::Fen;
use crate::officer::OfficerName;
use crate::payable::Month;
use crate::receipt::GroupSignature;
use crate::region::RegionCode;
use crate::vocabulary::{CheckReason, DeductionReason, SendBackReason};
use crate::{canonical_as, canonical_enum, canonical_struct};

/// A day of the month that every month has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOfMonth(u8);

/// A day that not every month has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no day of every month: 1 to 28")]
pub struct DayOfMonthError(u8);

impl DayOfMonth {
    /// Checks a day.
    ///
    /// # Errors
    /// [`DayOfMonthError`].
    pub const fn new(day: u8) -> Result<Self, DayOfMonthError> {
        if day >= 1 && day <= 28 {
            Ok(Self(day))
        } else {
            Err(DayOfMonthError(day))
        }
    }

    /// The day.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The first such day that is not before a day.
    ///
    /// # Errors
    /// [`DateError`] at the end of the years that days have.
    pub fn at_or_after(self, day: BusinessDay) -> Result<BusinessDay, DateError> {
        if day.day() <= self.0 {
            BusinessDay::new(day.year(), day.month(), self.0)
        } else {
            self.in_month_after(day)
        }
    }

    /// That day of the month after a day's.
    ///
    /// # Errors
    /// As [`DayOfMonth::at_or_after`].
    pub fn in_month_after(self, day: BusinessDay) -> Result<BusinessDay, DateError> {
        Month::of(day).in_next(self.0)
    }
}

canonical_as!(DayOfMonth as u8, |day| day.0, DayOfMonth::new);

/// The days by which a check goes, as the home region had them when it asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckTerms {
    /// On which day of a month the treatment region takes requests up.
    pub take_up: DayOfMonth,
    /// Until which day of the month after that it answers; what is late rolls over to that day of the next.
    pub answer: DayOfMonth,
}

canonical_struct!(CheckTerms { take_up, answer });

impl CheckTerms {
    /// The 26th and the 26th, as the detailed rules of Hebei have it (articles 53 to 55).
    pub const STANDARD: Self = Self {
        take_up: DayOfMonth(26),
        answer: DayOfMonth(26),
    };
}

/// What is asked, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckAsk {
    /// The settlement.
    pub settlement: SettlementId,
    /// Digest of its receipt's signed body.
    pub receipt: Digest,
    /// What funds other than the person's accounts paid of it, as the receipt says: of each no more can have been owed
    /// wrongly.
    pub paid: DeductionAmounts,
    /// What the bill comes to.
    pub bill: Fen,
    /// The business day of the settlement.
    pub settled_on: BusinessDay,
    /// Why.
    pub reason: CheckReason,
    /// The days by which it goes.
    pub terms: CheckTerms,
}

canonical_struct!(CheckAsk {
    settlement,
    receipt,
    paid,
    bill,
    settled_on,
    reason,
    terms
});

impl CheckAsk {
    /// Whether both ask the same; the days by which it goes are no part of it.
    #[must_use]
    pub fn is_alike(&self, other: &Self) -> bool {
        let terms = self.terms;
        *self
            == Self {
                terms,
                ..other.clone()
            }
    }
}

/// What the treatment region found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The settlement is as it should be (核实无误).
    Verified,
    /// It is not (存在差异).
    Discrepancy {
        /// Why, in the words of audits.
        reason: DeductionReason,
        /// What of each fund should not have been owed.
        amounts: DeductionAmounts,
        /// The audit deduction that gives it back, when there is one already.
        deduction: Option<DeductionId>,
    },
}

canonical_enum!(Finding {
    1 => Verified,
    2 => Discrepancy { reason, amounts, deduction },
});

/// What a word says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckSays {
    /// The home region asks.
    Ask(CheckAsk),
    /// The treatment region answers.
    Answer(Finding),
    /// The home region confirms the answer.
    Confirm,
    /// The home region's node says that its officers said nothing until this day, which counts as confirmed.
    Silent(BusinessDay),
    /// The home region sends the answer back.
    SendBack(SendBackReason),
}

canonical_enum!(CheckSays {
    1 => Ask(ask),
    2 => Answer(finding),
    3 => Confirm,
    4 => Silent(until),
    5 => SendBack(reason),
});

impl CheckSays {
    /// Its stable text.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Ask(_) => "ask",
            Self::Answer(_) => "answer",
            Self::Confirm => "confirm",
            Self::Silent(_) => "silent",
            Self::SendBack(_) => "send_back",
        }
    }
}

/// What a region signs: one leaf of its commit group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckWord {
    /// The check.
    pub check: CheckId,
    /// The home region, which asks.
    pub home: RegionCode,
    /// The treatment region, which answers.
    pub treatment: RegionCode,
    /// Digest of the word before; none of the first.
    pub follows: Option<Digest>,
    /// What is said.
    pub says: CheckSays,
    /// The officer; none of what a node says by itself.
    pub officer: Option<OfficerName>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(CheckWord {
    check,
    home,
    treatment,
    follows,
    says,
    officer,
    at
});

impl Artifact for CheckWord {
    const KIND: [u8; 4] = *b"CHKW";
    const VERSION: u16 = 1;
}

impl CheckWord {
    /// The region that says it.
    #[must_use]
    pub const fn speaker(&self) -> RegionCode {
        match &self.says {
            CheckSays::Answer(_) => self.treatment,
            CheckSays::Ask(_)
            | CheckSays::Confirm
            | CheckSays::Silent(_)
            | CheckSays::SendBack(_) => self.home,
        }
    }

    /// The region that it is said to.
    #[must_use]
    pub fn listener(&self) -> RegionCode {
        if self.speaker() == self.home {
            self.treatment
        } else {
            self.home
        }
    }

    /// Its leaf in the tree of its commit group.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        merkle::leaf_hash(&self.to_bytes())
    }
}

/// A word that stands alone as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckWord {
    /// What is signed.
    pub word: CheckWord,
    /// The speaker's signature over the commit group.
    pub group: GroupSignature,
    /// The leaf's place in the group.
    pub index: u64,
    /// The path from the leaf to the root.
    pub path: Vec<Digest>,
}

canonical_struct!(SignedCheckWord {
    word,
    group,
    index,
    path
});

impl Artifact for SignedCheckWord {
    const KIND: [u8; 4] = *b"CHKS";
    const VERSION: u16 = 1;
}

impl SignedCheckWord {
    /// Whether the path leads from this word to the signed root.
    #[must_use]
    pub fn is_in_group(&self) -> bool {
        self.group.holds(self.word.leaf(), self.index, &self.path)
    }
}

#[cfg(test)]
mod tests;
