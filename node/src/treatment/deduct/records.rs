//! What the writer decides about audit deductions for the treatment role, from the rows alone.

use huitong_core::date::Timestamp;
use huitong_core::deduction::{
    DeductionAct, DeductionAmounts, DeductionBody, DeductionField, DeductionNote, DeductionVerdict,
    DeductionWord, left_of,
};
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::id::{DeductionId, SettlementId};
use huitong_core::leg::{Leg, Side, first_never_netted};
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::record::NodeRecord;
use huitong_core::record::deduction::{DeductionAnswered, DeductionOrdered};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::reversal::ReversalBody;
use huitong_core::vocabulary::{DeductionEndReason, DeductionReason};

use crate::home::deduct::kind;
use crate::home::deduction::lift::lifted;
use crate::home::restored::{from, is_left_out, legs_standing};
use crate::store::{
    DeductionState, Deductions, Rows, SettlementState, StoreError, Stream, StreamHead, is_erased,
};
use crate::treatment::records::Step;
use crate::writer::{Command, Verdict};

/// What a settlement's receipt says, as far as a deduction is held against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipted {
    /// Digest of the receipt's signed body.
    pub receipt: Digest,
    /// What funds and accounts pay.
    pub amounts: Vec<(Fund, Fen)>,
}

/// Writes an officer's order down.
pub struct Deduct {
    /// The id, which follows from the officer and the request.
    pub deduction: DeductionId,
    /// The own region.
    pub treatment: RegionCode,
    /// Which settlement.
    pub settlement: SettlementId,
    /// What is taken off.
    pub amounts: DeductionAmounts,
    /// Why.
    pub reason: DeductionReason,
    /// What the institution is told.
    pub note: Option<DeductionNote>,
    /// The officer.
    pub officer: OfficerName,
    /// What the receipt says; none when there was none when it was looked for.
    pub receipted: Option<Receipted>,
}

/// How an order stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ordered {
    /// The home region is to be asked, or has answered: the row says which.
    Known,
    /// It is refused, and nothing was written.
    Refused(Refusal),
}

fn refused(code: RefusalCode, detail: impl std::fmt::Display) -> Verdict<Ordered> {
    Verdict::Answer(Ordered::Refused(Refusal::new(code, detail)))
}

impl Command for Deduct {
    type Answer = Ordered;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Ordered>, StoreError> {
        if let Some(known) = rows.deduction(self.deduction)? {
            let differs = if known.settlement != self.settlement {
                Some(DeductionField::Settlement)
            } else if known.amounts != self.amounts {
                Some(DeductionField::Amounts)
            } else if known.reason != self.reason {
                Some(DeductionField::Reason)
            } else {
                None
            };
            return Ok(match differs {
                Some(field) => refused(RefusalCode::IdConflict, field),
                None => Verdict::Answer(Ordered::Known),
            });
        }
        let settlement = self.settlement;
        let Some(row) = rows.settlement(settlement)? else {
            return Ok(if is_erased(rows, settlement)? {
                refused(RefusalCode::Erased, settlement)
            } else {
                refused(RefusalCode::NotFound, settlement)
            });
        };
        match row.state {
            SettlementState::Prepared => {
                return Ok(refused(RefusalCode::OutcomeUnknown, settlement));
            }
            SettlementState::Refused(_) | SettlementState::Abandoned(_) => {
                return Ok(refused(RefusalCode::NothingStands, settlement));
            }
            SettlementState::Reversed(row) => {
                return Ok(refused(RefusalCode::AlreadyReversed, row.reversal));
            }
            SettlementState::Settled(_) => {}
        }
        let Some(receipted) = &self.receipted else {
            return Ok(refused(RefusalCode::Overloaded, settlement));
        };
        if is_left_out(rows, row.home)? {
            return Ok(refused(RefusalCode::LeftOut, row.home));
        }
        if let Some(refusal) = self.too_much(receipted, row.home, rows)? {
            return Ok(Verdict::Answer(Ordered::Refused(refusal)));
        }
        let body = DeductionBody {
            deduction: self.deduction,
            settlement,
            home: row.home,
            treatment: self.treatment,
            institution: row.institution,
            receipt: receipted.receipt,
            amounts: self.amounts,
            act: DeductionAct::Deduct(self.reason),
            officer: self.officer,
            ordered_at: now,
        };
        let record = DeductionOrdered::new(body, self.note);
        Ok(Verdict::Append(
            vec![NodeRecord::DeductionOrdered(record)],
            Ordered::Known,
        ))
    }
}

impl Deduct {
    /// Why so much, or anything, is not taken off what the settlement's receipt says.
    fn too_much(
        &self,
        receipted: &Receipted,
        home: RegionCode,
        rows: &dyn Rows,
    ) -> Result<Option<Refusal>, StoreError> {
        let counted = rows.deductions(self.settlement)?;
        let counted = counted.unwrap_or(Deductions::NONE);
        if counted.0.len() >= Deductions::AT_MOST {
            let code = RefusalCode::TooManyDeductions;
            return Ok(Some(Refusal::new(code, Deductions::AT_MOST)));
        }
        let left = left_of(&receipted.amounts, counted.amounts());
        if let Some((fund, left)) = self.amounts.first_over(&left) {
            let detail = format_args!("{fund} {left}");
            return Ok(Some(Refusal::new(RefusalCode::DeductionTooLarge, detail)));
        }
        let large = first_never_netted(&self.amounts, &receipted.amounts);
        let large = large.filter(|_| home != self.treatment);
        Ok(large.map(|fund| Refusal::new(RefusalCode::DeductionLegTooLarge, fund)))
    }
}

/// Writes down that a deduction is to be withdrawn.
pub struct Withdraw {
    /// Which.
    pub deduction: DeductionId,
    /// The own region.
    pub treatment: RegionCode,
    /// Why.
    pub reason: DeductionEndReason,
    /// What the institution is told.
    pub note: Option<DeductionNote>,
    /// The officer.
    pub officer: OfficerName,
    /// Why it is withdrawn already, or is to be, when that was looked for.
    pub before: Option<DeductionEndReason>,
}

impl Command for Withdraw {
    type Answer = Ordered;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Ordered>, StoreError> {
        let id = self.deduction;
        let Some(row) = rows.deduction(id)? else {
            return Ok(refused(RefusalCode::DeductionUnknown, id));
        };
        match row.state {
            DeductionState::Asked => return Ok(refused(RefusalCode::OutcomeUnknown, id)),
            DeductionState::Withdrawing | DeductionState::Withdrawn => {
                return Ok(match self.before {
                    Some(before) if before == self.reason => Verdict::Answer(Ordered::Known),
                    Some(_) => refused(RefusalCode::IdConflict, DeductionField::Reason),
                    None => refused(RefusalCode::Overloaded, id),
                });
            }
            DeductionState::Refused | DeductionState::Lifted => {
                return Ok(refused(RefusalCode::DeductionEnded, id));
            }
            DeductionState::Stands => {}
        }
        if is_left_out(rows, row.home)? {
            return Ok(refused(RefusalCode::LeftOut, row.home));
        }
        let body = DeductionBody {
            deduction: id,
            settlement: row.settlement,
            home: row.home,
            treatment: self.treatment,
            institution: row.institution,
            receipt: row.receipt,
            amounts: row.amounts,
            act: DeductionAct::Withdraw(self.reason),
            officer: self.officer,
            ordered_at: now,
        };
        let record = DeductionOrdered::new(body, self.note);
        Ok(Verdict::Append(
            vec![NodeRecord::DeductionOrdered(record)],
            Ordered::Known,
        ))
    }
}

/// Books the home region's word, once it was verified.
pub struct BookDeduction {
    /// The word.
    pub word: DeductionWord,
    /// The reversal of its settlement, when one was booked when that was looked for.
    pub reversal: Option<ReversalBody>,
    /// The incarnation in which it was answered; none from the own home role.
    pub said_in: Option<u32>,
}

/// What became of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booking {
    /// It is booked, now or before.
    Done(Step),
    /// Its settlement was reversed meanwhile: that is to be looked for again.
    Again,
}

impl Command for BookDeduction {
    type Answer = Booking;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Booking>, StoreError> {
        let order = &self.word.order.body;
        let not_open = Ok(Verdict::Answer(Booking::Done(Step::NotOpen)));
        if let (Some(said_in), Some(peer)) = (self.said_in, rows.restored_peer(order.home)?)
            && said_in < peer.incarnation
        {
            // It may not stand there any more, and is asked for again.
            return not_open;
        }
        let Some(row) = rows.deduction(order.deduction)? else {
            return not_open;
        };
        let waits = match order.act {
            DeductionAct::Deduct(_) => row.state == DeductionState::Asked,
            DeductionAct::Withdraw(_) => row.state == DeductionState::Withdrawing,
        };
        if !waits {
            return not_open;
        }
        let settled = rows.settlement(row.settlement)?;
        let is_reversed =
            settled.is_some_and(|row| matches!(row.state, SettlementState::Reversed(_)));
        if is_reversed && self.reversal.is_none() {
            return Ok(Verdict::Answer(Booking::Again));
        }
        let (stands, id) = (stands_by(&self.word), order.deduction);
        let (mut records, mut next_leg) = booked(self.word, rows, at)?;
        if let Some(reversal) = self.reversal.filter(|_| stands) {
            let of = (id, row.amounts, Side::Receivable);
            records.push(lifted(rows, of, &reversal, &mut next_leg, at)?);
        }
        Ok(Verdict::Append(records, Booking::Done(Step::Taken)))
    }
}

/// Whether the deduction stands by a word.
fn stands_by(word: &DeductionWord) -> bool {
    match (word.order.body.act, &word.answer.body.verdict) {
        (DeductionAct::Deduct(_), DeductionVerdict::Accepted(_))
        | (DeductionAct::Withdraw(_), DeductionVerdict::Refused(_)) => true,
        (DeductionAct::Deduct(_), DeductionVerdict::Refused(_))
        | (DeductionAct::Withdraw(_), DeductionVerdict::Accepted(_)) => false,
    }
}

/// The record of a word with its legs, and the number of the leg after them.
fn booked(
    word: DeductionWord,
    rows: &dyn Rows,
    at: Timestamp,
) -> Result<(Vec<NodeRecord>, u64), StoreError> {
    let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
    let mut next_leg = head.written.saturating_add(1);
    let order = &word.order.body;
    let legs = match &word.answer.body.verdict {
        DeductionVerdict::Accepted(day) => Leg::of_deduction(order, *day),
        DeductionVerdict::Refused(_) => Vec::new(),
    };
    let standing = legs_standing(rows, order.deduction.as_debt(), kind(order.act))?;
    let legs_from = from(standing, &legs, &mut next_leg)?;
    let record = NodeRecord::DeductionAnswered(DeductionAnswered {
        word,
        legs_from,
        at,
    });
    Ok((vec![record], next_leg))
}

/// A word that came back after a restore; that it is the home region's was checked before. Whatever ends with a reversal
/// is written when all is back.
pub struct RebookDeduction(pub DeductionWord);

impl Command for RebookDeduction {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let order = &self.0.order.body;
        let state = rows.deduction(order.deduction)?.map(|row| row.state);
        let accepted = matches!(self.0.answer.body.verdict, DeductionVerdict::Accepted(_));
        let is_new = match (order.act, state) {
            (DeductionAct::Deduct(_), None | Some(DeductionState::Asked)) => true,
            (
                DeductionAct::Withdraw(_),
                Some(DeductionState::Stands | DeductionState::Withdrawing),
            ) => accepted,
            (
                DeductionAct::Deduct(_),
                Some(
                    DeductionState::Stands
                    | DeductionState::Refused
                    | DeductionState::Withdrawing
                    | DeductionState::Withdrawn
                    | DeductionState::Lifted,
                ),
            )
            | (
                DeductionAct::Withdraw(_),
                None
                | Some(
                    DeductionState::Asked
                    | DeductionState::Refused
                    | DeductionState::Withdrawn
                    | DeductionState::Lifted,
                ),
            ) => false,
        };
        if !is_new {
            return Ok(Verdict::Answer(Step::NotOpen));
        }
        let (records, _) = booked(self.0, rows, at)?;
        Ok(Verdict::Append(records, Step::Taken))
    }
}
