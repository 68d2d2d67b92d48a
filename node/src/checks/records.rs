//! What the writer decides of what the region itself says in checks, from the rows alone. Deliberately absent: signing
//! and sending.

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::deduction::DeductionAmounts;
use huitong_core::digest::Digest;
use huitong_core::expense_check::course::{CheckFault, Course, Stage};
use huitong_core::expense_check::{CheckAsk, CheckSays, CheckWord, Finding};
use huitong_core::id::{CheckId, SettlementId};
use huitong_core::officer::OfficerName;
use huitong_core::record::NodeRecord;
use huitong_core::record::expense_check::CheckWordSaid;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{CheckReason, Setting};

use super::CheckRule;
use super::facts::Known;
use crate::home::restored::is_left_out;
use crate::store::{
    CheckRow, DeductionState, HomeState, Rows, StoreError, is_check_reversed, is_erased,
};
use crate::writer::{Command, Verdict};

/// Whether something was done, or why not.
pub(super) type Outcome = Result<(), Refusal>;

fn refused(
    code: RefusalCode,
    detail: impl std::fmt::Display,
) -> Result<Verdict<Outcome>, StoreError> {
    Ok(Verdict::Answer(Err(Refusal::new(code, detail))))
}

pub(super) const DONE: Verdict<Outcome> = Verdict::Answer(Ok(()));

/// Writes down what an officer asks.
pub(super) struct Ask {
    pub(super) check: CheckId,
    pub(super) home: RegionCode,
    /// Treatment region and settlement.
    pub(super) of: (RegionCode, SettlementId),
    /// What was committed; none when nothing was.
    pub(super) known: Option<Known>,
    pub(super) reason: CheckReason,
    pub(super) officer: OfficerName,
    pub(super) rule: CheckRule,
}

impl Command for Ask {
    type Answer = Outcome;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Outcome>, StoreError> {
        let (treatment, settlement) = self.of;
        if let Some(known) = rows.check(self.check)? {
            let course = &known.course;
            return if (course.treatment, course.ask.settlement) != self.of {
                refused(RefusalCode::IdConflict, "settlement")
            } else if course.ask.reason != self.reason {
                refused(RefusalCode::IdConflict, "reason")
            } else {
                Ok(DONE)
            };
        }
        match rows
            .home_settlement(treatment, settlement)?
            .map(|row| row.state)
        {
            None if is_erased(rows, settlement)? => {
                return refused(RefusalCode::Erased, settlement);
            }
            None => return refused(RefusalCode::NotFound, settlement),
            Some(HomeState::Refused(_) | HomeState::Tombstone(_)) => {
                return refused(RefusalCode::NothingStands, settlement);
            }
            Some(HomeState::Reversed(row)) => {
                return refused(RefusalCode::AlreadyReversed, row.reversal);
            }
            Some(HomeState::Committed(_)) => {}
        }
        let Some(known) = self.known else {
            return refused(RefusalCode::NothingStands, settlement);
        };
        let Some(paid) = large(&known, self.rule) else {
            return refused(RefusalCode::CheckTooSmall, self.rule.at_least);
        };
        if let Some(open) = standing(rows, self.of)? {
            return refused(RefusalCode::CheckStands, open);
        }
        if is_left_out(rows, treatment)? {
            return refused(RefusalCode::LeftOut, treatment);
        }
        let word = CheckWord {
            check: self.check,
            home: self.home,
            treatment,
            follows: None,
            says: CheckSays::Ask(CheckAsk {
                settlement,
                receipt: known.receipt,
                paid,
                bill: known.bill,
                settled_on: known.settled_on,
                reason: self.reason,
                terms: self.rule.terms,
            }),
            officer: Some(self.officer),
            at: now,
        };
        match Course::begun(&word) {
            Ok(_) => Ok(said(word)),
            Err(fault) => refused(RefusalCode::CheckNotNow, fault),
        }
    }
}

/// What funds other than the person's accounts paid of a settlement of which a check may be asked.
pub(super) fn large(known: &Known, rule: CheckRule) -> Option<DeductionAmounts> {
    let is_large = known.setting == Setting::Inpatient && known.bill >= rule.at_least;
    known.paid.clone().filter(|_| is_large)
}

/// The check of a settlement in which something is still to be said, or to be sent: the other region holds it open
/// then.
pub(super) fn standing(
    rows: &dyn Rows,
    (treatment, settlement): (RegionCode, SettlementId),
) -> Result<Option<CheckId>, StoreError> {
    let Some(last) = rows.check_of(treatment, settlement)? else {
        return Ok(None);
    };
    let open = rows.check(last)?.filter(CheckRow::is_open);
    Ok(open.map(|_| last))
}

fn said(word: CheckWord) -> Verdict<Outcome> {
    let record = NodeRecord::CheckWordSaid(CheckWordSaid::new(word));
    Verdict::Append(vec![record], Ok(()))
}

/// Writes down what is said in a check.
pub(super) struct Say {
    pub(super) check: CheckId,
    pub(super) region: RegionCode,
    pub(super) says: CheckSays,
    /// The officer, and the last word that was looked at; none of what the node says by itself.
    pub(super) by: Option<(OfficerName, Digest)>,
    /// Until when officers may still say what they could not while words were given back.
    pub(super) heard_until: Option<BusinessDay>,
}

impl Command for Say {
    type Answer = Outcome;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Outcome>, StoreError> {
        let Some(row) = rows.check(self.check)? else {
            return refused(RefusalCode::CheckUnknown, self.check);
        };
        let course = &row.course;
        let (officer, looked_at) = self.by.unzip();
        let word = CheckWord {
            check: self.check,
            home: course.home,
            treatment: course.treatment,
            follows: course.last(),
            says: self.says,
            officer,
            at: now,
        };
        if word.speaker() != self.region {
            let whose = format_args!("it is region {}'s to say", word.speaker());
            return refused(RefusalCode::CheckNotNow, whose);
        }
        let is_looked_at = |word: Option<Digest>| looked_at.is_none_or(|it| Some(it) == word);
        if is_said(&row, &word.says)
            && (is_looked_at(course.last()) || is_looked_at(followed(course, &word.says)))
        {
            return Ok(DONE);
        }
        if !is_looked_at(course.last()) {
            let what = "something was said since it was looked at";
            return refused(RefusalCode::CheckNotNow, what);
        }
        if row.refused.is_some() {
            return refused(RefusalCode::CheckNotNow, "refused");
        }
        if is_check_reversed(rows, course)? {
            return refused(RefusalCode::AlreadyReversed, course.ask.settlement);
        }
        let until = row.confirm_by.max(self.heard_until);
        if let (CheckSays::SendBack(_), Some(until)) = (&word.says, until)
            && now.business_day_shanghai() > until
        {
            return refused(RefusalCode::CheckNotNow, until);
        }
        if let CheckSays::Answer(finding) = &word.says
            && let Some(fault) = named_deduction(rows, course, finding)?
        {
            return Ok(Verdict::Answer(Err(fault)));
        }
        match course.clone().apply(&word) {
            Ok(_) => Ok(said(word)),
            Err(fault) => Ok(Verdict::Answer(Err(refusal_of(fault)))),
        }
    }
}

/// Whether what is said stands already as the last thing that was said of its kind.
fn is_said(row: &CheckRow, says: &CheckSays) -> bool {
    match (says, &row.course.stage) {
        (
            CheckSays::Answer(finding),
            Stage::Answered {
                finding: stands, ..
            }
            | Stage::Confirmed {
                finding: stands, ..
            },
        ) => finding == stands,
        (CheckSays::Confirm | CheckSays::Silent(_), Stage::Confirmed { .. }) => true,
        (CheckSays::SendBack(reason), Stage::Asked { .. }) => row.course.sent_back == Some(*reason),
        (
            CheckSays::Ask(_)
            | CheckSays::Answer(_)
            | CheckSays::Confirm
            | CheckSays::Silent(_)
            | CheckSays::SendBack(_),
            Stage::Asked { .. } | Stage::Answered { .. } | Stage::Confirmed { .. },
        ) => false,
    }
}

/// The word after which what stands of a kind was said.
fn followed(course: &Course, says: &CheckSays) -> Option<Digest> {
    let after = match (says, &course.stage) {
        // The confirmation came after the answer.
        (CheckSays::Answer(_), Stage::Confirmed { .. }) => 2,
        (
            CheckSays::Ask(_)
            | CheckSays::Answer(_)
            | CheckSays::Confirm
            | CheckSays::Silent(_)
            | CheckSays::SendBack(_),
            Stage::Asked { .. } | Stage::Answered { .. } | Stage::Confirmed { .. },
        ) => 1,
    };
    course.words.iter().rev().nth(after).copied()
}

/// Why the deduction that an answer names gives nothing back: it is none of the settlement's, has ended, or is not accepted by
/// the home region yet, which may still refuse it.
pub(super) fn named_deduction(
    rows: &dyn Rows,
    course: &Course,
    finding: &Finding,
) -> Result<Option<Refusal>, StoreError> {
    let Finding::Discrepancy {
        deduction: Some(named),
        ..
    } = finding
    else {
        return Ok(None);
    };
    let row = rows.deduction(*named)?;
    let its = row.filter(|row| row.settlement == course.ask.settlement);
    let code = match its.map(|row| row.state) {
        None => RefusalCode::DeductionUnknown,
        Some(DeductionState::Stands) => return Ok(None),
        Some(DeductionState::Asked) => RefusalCode::OutcomeUnknown,
        Some(
            DeductionState::Refused
            | DeductionState::Withdrawing
            | DeductionState::Withdrawn
            | DeductionState::Lifted,
        ) => RefusalCode::DeductionEnded,
    };
    Ok(Some(Refusal::new(code, named)))
}

pub(super) fn refusal_of(fault: CheckFault) -> Refusal {
    let code = match fault {
        CheckFault::Other => RefusalCode::IdConflict,
        CheckFault::Amount(..) => RefusalCode::CheckTooLarge,
        CheckFault::NotLast
        | CheckFault::Stage(_)
        | CheckFault::SentBackBefore
        | CheckFault::NotOver(_)
        | CheckFault::Officer
        | CheckFault::Day => RefusalCode::CheckNotNow,
    };
    Refusal::new(code, fault)
}
