//! Whether a treatment region's audit deduction stands: id, settlement, what the receipt says, what is left.
//!
//! The id comes first, so that a repeated question gets the answer it had. Every other answer is journaled and signed, so
//! that a deduction that wandered about in the network can never do what its asker was told is not done. A withdrawal that
//! is refused leaves no row: asked again it is answered anew, with another word of its own. What is accepted is
//! owed back from then on, by legs in the same frame. The person's record is not touched: a fund's payment counts towards
//! totals and ceilings as it was adjudicated, since the patient's benefit is what it was.

use std::sync::Arc;

use huitong_core::calendar::Calendar;
use huitong_core::canonical::Artifact;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::deduction::{
    AnswerBody, DeductionAct, DeductionBody, DeductionField, DeductionVerdict, DeductionWord,
    SignedDeduction, left_of,
};
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::institution::InstitutionCode;
use huitong_core::leg::{Leg, LegKind, first_never_netted};
use huitong_core::money::Fen;
use huitong_core::record::NodeRecord;
use huitong_core::record::deduction::{DeductionDecided, DeductionRegained};
use huitong_core::record::home::Committed;
use huitong_core::record::recovery::Proof;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::HomeRole;
use super::deduction::words::word_at;
use super::restored::{from, is_left_out, legs_standing};
use crate::error::NodeError;
use crate::store::{
    Deductions, HomeDeductionRow, HomeDeductionState, HomeState, Location, Rows, StoreError,
    Stream, StreamHead, incarnation, is_erased,
};
use crate::writer::{Command, Done, Verdict};

/// What was committed of the settlement, as far as a deduction is held against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// The institution.
    pub institution: InstitutionCode,
    /// Digest of the receipt's signed body.
    pub receipt: Digest,
    /// What funds and accounts pay.
    pub amounts: Vec<(Fund, Fen)>,
}

impl Paid {
    /// Of a settlement that was sent to its treatment region. One that was settled by hand was paid to the patient, and
    /// nothing of it is the institution's.
    #[must_use]
    pub fn of(original: &Committed) -> Option<Self> {
        let body = original.body();
        (body.number > 0).then(|| Self {
            institution: original.claim.institution.code,
            receipt: body.digest(),
            amounts: body.clearing.amounts.clone(),
        })
    }
}

/// An order to be decided; that it is the treatment region's was checked before.
pub struct Decide {
    /// The order.
    pub order: SignedDeduction,
    /// The incarnation in which it was sent; none from the own treatment role.
    pub sent_in: Option<u32>,
    /// What was committed; none when nothing was.
    pub paid: Option<Paid>,
    /// Which days are business days.
    pub calendar: Arc<Calendar>,
}

/// What the writer decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeductVerdict {
    /// It is decided from now on, by the record that was written.
    Decided(Box<DeductionDecided>),
    /// It was decided before.
    Repeated,
    /// The id was used for an order that differs here.
    Conflict(DeductionField),
    /// It was sent before the treatment region's node was restored.
    OldIncarnation(u32),
    /// One of the two regions serves without the other: nothing is decided yet.
    LeftOut(RegionCode),
}

impl Command for Decide {
    type Answer = DeductVerdict;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<DeductVerdict>, StoreError> {
        let order = &self.order.body;
        let (treatment, id) = (order.treatment, order.deduction);
        if let (Some(sent_in), Some(peer)) = (self.sent_in, rows.restored_peer(treatment)?)
            && sent_in < peer.incarnation
        {
            let answer = DeductVerdict::OldIncarnation(peer.incarnation);
            return Ok(Verdict::Answer(answer));
        }
        let known = rows.home_deduction(treatment, id)?;
        if let Some(known) = &known
            && let Some(field) = differs(order, known)
        {
            return Ok(Verdict::Answer(DeductVerdict::Conflict(field)));
        }
        if is_left_out(rows, treatment)? {
            return Ok(Verdict::Answer(DeductVerdict::LeftOut(treatment)));
        }
        let said = match (order.act, known.map(|row| row.state)) {
            (DeductionAct::Deduct(_), Some(_))
            | (DeductionAct::Withdraw(_), Some(HomeDeductionState::Withdrawn)) => {
                return Ok(Verdict::Answer(DeductVerdict::Repeated));
            }
            (DeductionAct::Deduct(_), None) => self.in_the_way(rows)?,
            (DeductionAct::Withdraw(_), Some(HomeDeductionState::Stands)) => None,
            (DeductionAct::Withdraw(_), None) => {
                Some(Refusal::new(RefusalCode::DeductionUnknown, id))
            }
            (
                DeductionAct::Withdraw(_),
                Some(HomeDeductionState::Refused | HomeDeductionState::Lifted),
            ) => Some(Refusal::new(RefusalCode::DeductionEnded, id)),
        };
        self.say(said, rows, now)
    }
}

/// The first part in which an order differs from what was decided under its id.
fn differs(order: &DeductionBody, known: &HomeDeductionRow) -> Option<DeductionField> {
    if order.settlement != known.settlement {
        Some(DeductionField::Settlement)
    } else if order.amounts != known.amounts {
        Some(DeductionField::Amounts)
    } else {
        None
    }
}

impl Decide {
    /// Why money is not taken off.
    fn in_the_way(&self, rows: &dyn Rows) -> Result<Option<Refusal>, StoreError> {
        let order = &self.order.body;
        let settlement = order.settlement;
        let refused = |code, detail: &dyn std::fmt::Display| Ok(Some(Refusal::new(code, detail)));
        let state = rows
            .home_settlement(order.treatment, settlement)?
            .map(|row| row.state);
        match state {
            None if is_erased(rows, settlement)? => {
                return refused(RefusalCode::Erased, &settlement);
            }
            None => return refused(RefusalCode::NotFound, &settlement),
            Some(HomeState::Refused(_) | HomeState::Tombstone(_)) => {
                return refused(RefusalCode::NothingStands, &settlement);
            }
            Some(HomeState::Reversed(row)) => {
                return refused(RefusalCode::AlreadyReversed, &row.reversal);
            }
            Some(HomeState::Committed(_)) => {}
        }
        let Some(paid) = &self.paid else {
            return refused(RefusalCode::NothingStands, &settlement);
        };
        if (paid.institution, paid.receipt) != (order.institution, order.receipt) {
            return refused(RefusalCode::DeductionDiffers, &settlement);
        }
        // Between a region and itself nothing is netted.
        if order.home != order.treatment
            && let Some(fund) = first_never_netted(&order.amounts, &paid.amounts)
        {
            return refused(RefusalCode::DeductionLegTooLarge, &fund);
        }
        let standing = rows.home_deductions(order.treatment, settlement)?;
        let standing = standing.unwrap_or(Deductions::NONE);
        if standing.0.len() >= Deductions::AT_MOST {
            return refused(RefusalCode::TooManyDeductions, &Deductions::AT_MOST);
        }
        let left = left_of(&paid.amounts, standing.amounts());
        Ok(order.amounts.first_over(&left).map(|(fund, left)| {
            Refusal::new(
                RefusalCode::DeductionTooLarge,
                format_args!("{fund} {left}"),
            )
        }))
    }

    /// The day of the legs: that of those which came back from the clearinghouse, else today's.
    fn say(
        &self,
        refusal: Option<Refusal>,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<Verdict<DeductVerdict>, StoreError> {
        let order = &self.order.body;
        let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
        let mut legs_from = head.written.saturating_add(1);
        let verdict = match refusal {
            Some(refusal) => DeductionVerdict::Refused(refusal),
            None => {
                let standing = legs_standing(rows, order.deduction.as_debt(), kind(order.act))?;
                let first = standing.as_ref().and_then(|row| row.legs.first());
                let day = match first {
                    Some(first) => first.leg.business_day,
                    None => self.today(rows, now)?,
                };
                let legs = Leg::of_deduction(order, day);
                let mut next = legs_from;
                legs_from = from(standing, &legs, &mut next)?;
                DeductionVerdict::Accepted(day)
            }
        };
        let body = AnswerBody {
            deduction: order.deduction,
            home: order.home,
            treatment: order.treatment,
            order: order.digest(),
            verdict,
            answered_at: now,
        };
        let record = DeductionDecided::new(body, self.order.clone(), legs_from);
        Ok(Verdict::Append(
            vec![NodeRecord::DeductionDecided(record.clone())],
            DeductVerdict::Decided(Box::new(record)),
        ))
    }

    fn today(&self, rows: &dyn Rows, now: Timestamp) -> Result<BusinessDay, StoreError> {
        let last_closed = rows.last_closed_day()?.map(|row| row.day);
        let today = self.calendar.day_of(now, last_closed);
        today.map_err(|_| StoreError::Range("the calendar's days"))
    }
}

/// What the legs of an act arose from.
#[must_use]
pub const fn kind(act: DeductionAct) -> LegKind {
    match act {
        DeductionAct::Deduct(_) => LegKind::Deduction,
        DeductionAct::Withdraw(_) => LegKind::DeductionEnd,
    }
}

/// A word of the own home role that came back after a restore; that it is its own was checked before.
pub struct RegainDeduction(pub DeductionWord);

impl Command for RegainDeduction {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let DeductionWord { order, answer } = self.0;
        let known = rows.home_deduction(order.body.treatment, order.body.deduction)?;
        let state = known.map(|row| row.state);
        let is_new = match (order.body.act, &answer.body.verdict) {
            (DeductionAct::Deduct(_), _) => state.is_none(),
            (DeductionAct::Withdraw(_), DeductionVerdict::Accepted(_)) => {
                state == Some(HomeDeductionState::Stands)
            }
            // It stood as it stood.
            (DeductionAct::Withdraw(_), DeductionVerdict::Refused(_)) => false,
        };
        if !is_new {
            return Ok(Verdict::Answer(()));
        }
        let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
        let mut next_leg = head.written.saturating_add(1);
        let legs = match &answer.body.verdict {
            DeductionVerdict::Accepted(day) => Leg::of_deduction(&order.body, *day),
            DeductionVerdict::Refused(_) => Vec::new(),
        };
        let of = (order.body.deduction.as_debt(), kind(order.body.act));
        let legs_from = from(legs_standing(rows, of.0, of.1)?, &legs, &mut next_leg)?;
        let proof = Proof {
            group: answer.group,
            index: answer.index,
            path: answer.path,
        };
        let record = DeductionDecided::new(answer.body, order, legs_from);
        let record = NodeRecord::DeductionRegained(DeductionRegained { proof, record });
        Ok(Verdict::Append(vec![record], ()))
    }
}

impl HomeRole {
    /// Decides an order of a treatment region, whose signature was checked. Idempotent by (treatment region, deduction,
    /// act), but for withdrawals that are refused.
    ///
    /// # Errors
    /// A refusal that is no outcome, or the node's own trouble.
    pub async fn deduct(
        &self,
        order: SignedDeduction,
        sent_in: Option<u32>,
    ) -> Result<DeductionWord, NodeError> {
        let (treatment, settlement) = (order.body.treatment, order.body.settlement);
        let (id, act) = (order.body.deduction, order.body.act);
        let original = match self.original(treatment, settlement).await {
            // What the person's settlement was is gone; that it was is remembered, and refused finally.
            Err(NodeError::Store(StoreError::Erased)) => None,
            original => original?,
        };
        let command = Decide {
            order,
            sent_in,
            paid: original.and_then(|(_, original)| Paid::of(&original)),
            calendar: Arc::clone(&self.calendar),
        };
        let Done { answer, written } = self.writer.run(command).await?;
        match answer {
            DeductVerdict::Decided(record) => {
                let proof = written.and_then(|written| {
                    let group = written.group?;
                    group.proof(written.first.record())
                });
                let lost = StoreError::Inconsistent("a deduction without its group");
                Ok(record.word(proof.ok_or(lost)?))
            }
            DeductVerdict::Repeated => {
                self.ledger.barrier().await?;
                let row = self.ledger.home_deduction(treatment, id)?;
                let at = row.and_then(|row| decided_by(&row, act));
                let at = at.ok_or(StoreError::Inconsistent(
                    "a decided deduction without its row",
                ))?;
                Ok(word_at(&self.ledger, at)?)
            }
            DeductVerdict::Conflict(field) => {
                Err(NodeError::refused(RefusalCode::IdConflict, field))
            }
            DeductVerdict::OldIncarnation(known) => {
                Err(NodeError::refused(RefusalCode::OldIncarnation, known))
            }
            DeductVerdict::LeftOut(region) => Err(NodeError::refused(RefusalCode::LeftOut, region)),
        }
    }

    /// In which incarnation the node answers.
    ///
    /// # Errors
    /// [`StoreError`] when the row cannot be read.
    pub fn incarnation(&self) -> Result<u32, StoreError> {
        incarnation(&*self.ledger)
    }
}

/// The record that decided an act.
const fn decided_by(row: &HomeDeductionRow, act: DeductionAct) -> Option<Location> {
    match act {
        DeductionAct::Deduct(_) => Some(row.decided),
        DeductionAct::Withdraw(_) => row.withdrawn,
    }
}

#[cfg(test)]
pub(crate) mod tests;
