//! What the writer decides of what comes from the other region: its words, that it has ours, or that it takes none.
//! Deliberately absent: signing and sending.

use std::sync::Arc;

use huitong_core::calendar::Calendar;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::Digest;
use huitong_core::expense_check::course::{Applied, Course};
use huitong_core::expense_check::{CheckSays, SignedCheckWord};
use huitong_core::id::CheckId;
use huitong_core::record::NodeRecord;
use huitong_core::record::expense_check::{CheckRefused, CheckWordBooked, CheckWordTaken};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::CheckRule;
use super::facts::Known;
use super::records::{DONE, Outcome, large, refusal_of, standing};
use crate::store::{Rows, SettlementState, StoreError, is_erased};
use crate::writer::{Command, Verdict};

/// How many milliseconds after the own clock an answer may be dated: a day.
const AHEAD_AT_MOST: i64 = 86_400_000;

/// On which way a word comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coming {
    /// The other region puts it.
    Put,
    /// It was held before a restore, and is given back.
    GivenBack,
}

/// Books a word, whose signature was checked.
pub(super) struct Book {
    pub(super) signed: SignedCheckWord,
    pub(super) region: RegionCode,
    /// At the treatment region, of a first word: what was settled.
    pub(super) known: Option<Known>,
    pub(super) coming: Coming,
    pub(super) rule: CheckRule,
    pub(super) calendar: Arc<Calendar>,
}

impl Command for Book {
    type Answer = Outcome;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Outcome>, StoreError> {
        let word = &self.signed.word;
        if let Some(row) = rows.check(word.check)? {
            let mut course = row.course;
            match course.apply(word) {
                Ok(Applied::Known) => return Ok(DONE),
                Ok(Applied::New) => {}
                Err(fault) => return Ok(Verdict::Answer(Err(refusal_of(fault)))),
            }
        } else {
            if let Err(fault) = Course::begun(word) {
                return Ok(Verdict::Answer(Err(refusal_of(fault))));
            }
            // An own question that comes back was asked rightly.
            if word.treatment == self.region
                && let Some(refusal) = self.in_the_way(rows)?
            {
                return Ok(Verdict::Answer(Err(refusal)));
            }
        }
        let confirm_by = match self.confirm_by(now) {
            Ok(confirm_by) => confirm_by,
            Err(refusal) => return Ok(Verdict::Answer(Err(refusal))),
        };
        let record = CheckWordBooked {
            signed: self.signed,
            confirm_by,
            at: now,
        };
        let record = NodeRecord::CheckWordBooked(record);
        Ok(Verdict::Append(vec![record], Ok(())))
    }
}

impl Book {
    /// Why a check is not taken at the treatment region.
    fn in_the_way(&self, rows: &dyn Rows) -> Result<Option<Refusal>, StoreError> {
        let refused = |code, detail: &dyn std::fmt::Display| Ok(Some(Refusal::new(code, detail)));
        let word = &self.signed.word;
        let CheckSays::Ask(ask) = &word.says else {
            return refused(RefusalCode::CheckNotNow, &word.says.word());
        };
        let settlement = ask.settlement;
        let Some(row) = rows
            .settlement(settlement)?
            .filter(|row| row.home == word.home)
        else {
            return if is_erased(rows, settlement)? {
                refused(RefusalCode::Erased, &settlement)
            } else {
                refused(RefusalCode::NotFound, &settlement)
            };
        };
        match (row.state, self.coming) {
            (SettlementState::Prepared, _) => {
                return refused(RefusalCode::OutcomeUnknown, &settlement);
            }
            (SettlementState::Refused(_) | SettlementState::Abandoned(_), _) => {
                return refused(RefusalCode::NothingStands, &settlement);
            }
            (SettlementState::Reversed(row), Coming::Put) => {
                return refused(RefusalCode::AlreadyReversed, &row.reversal);
            }
            (SettlementState::Reversed(_), Coming::GivenBack)
            | (SettlementState::Settled(_), _) => {}
        }
        let Some(known) = &self.known else {
            return refused(RefusalCode::Overloaded, &settlement);
        };
        let said = (ask.receipt, Some(&ask.paid), ask.bill, ask.settled_on);
        if said
            != (
                known.receipt,
                known.paid.as_ref(),
                known.bill,
                known.settled_on,
            )
        {
            return refused(RefusalCode::CheckDiffers, &settlement);
        }
        if self.coming == Coming::GivenBack {
            return Ok(None);
        }
        if large(known, self.rule).is_none() {
            return refused(RefusalCode::CheckTooSmall, &self.rule.at_least);
        }
        let open = standing(rows, (word.treatment, settlement))?;
        Ok(open.map(|open| Refusal::new(RefusalCode::CheckStands, open)))
    }

    /// Of an answer at the home region: until when it may be confirmed or sent back. The date is the other region's to
    /// say: one that lies too far ahead is refused.
    fn confirm_by(&self, now: Timestamp) -> Result<Option<BusinessDay>, Refusal> {
        let word = &self.signed.word;
        if word.home != self.region || !matches!(word.says, CheckSays::Answer(_)) {
            return Ok(None);
        }
        if now.millis_until(word.at) > AHEAD_AT_MOST {
            let dated = format_args!("the answer is dated {}", word.at);
            return Err(Refusal::new(RefusalCode::CheckNotNow, dated));
        }
        let today = now.business_day_shanghai();
        // Silence is counted from when it is here, and never from before it was said.
        let from = today.max(word.at.business_day_shanghai());
        let until = self.calendar.after(from, self.rule.confirm_days);
        until
            .map(Some)
            .map_err(|fault| Refusal::new(RefusalCode::CheckNotNow, fault))
    }
}

/// Writes down that the other region has a word.
pub(super) struct NoteTaken {
    pub(super) check: CheckId,
    pub(super) word: Digest,
}

impl Command for NoteTaken {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let Self { check, word } = self;
        let row = rows.check(check)?;
        let is_new = row.is_some_and(|row| {
            let shared = usize::try_from(row.shared).unwrap_or(usize::MAX);
            row.course.words.iter().skip(shared).any(|it| *it == word)
        });
        Ok(if is_new {
            let record = CheckWordTaken { check, word, at };
            Verdict::Append(vec![NodeRecord::CheckWordTaken(record)], ())
        } else {
            Verdict::Answer(())
        })
    }
}

/// Writes down that the treatment region refused to take a check.
pub(super) struct NoteRefused {
    pub(super) check: CheckId,
    pub(super) refusal: Refusal,
}

impl Command for NoteRefused {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let Self { check, refusal } = self;
        let row = rows.check(check)?;
        let is_new = row.is_some_and(|row| row.shared == 0 && row.refused.is_none());
        Ok(if is_new {
            let record = CheckRefused { check, refusal, at };
            Verdict::Append(vec![NodeRecord::CheckRefused(record)], ())
        } else {
            Verdict::Answer(())
        })
    }
}
