//! Whether a transfer is agreed to, or called back: decided by each home's writer for its own part.
//!
//! The old home looks at the person; the new one at the number. Nothing of a refusal is written: whoever asked
//! hears it. Until the hand-over is written either bureau can call it back.

use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::id::{SettlementId, TransferId};
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::TransferOrder;
use huitong_core::record::transfer::{TransferBy, TransferStep, TransferStepped};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use crate::home::restored::missing;
use crate::people::act::day_of;
use crate::store::{
    LeavingState, Rows, StoreError, TransferState, account_now, is_erased_transfer,
};
use crate::writer::{Command, Verdict};

/// How far from today the first day of the new cover may lie, either way.
const DAYS_AT_MOST: u64 = 366;

/// A transfer to be agreed to.
pub struct Agree {
    /// The region that decides.
    pub own: RegionCode,
    /// What is asked for.
    pub order: TransferOrder,
    /// Who asks.
    pub by: TransferBy,
    /// Old home: a settlement that stands for care from the first day of the new cover on.
    pub settled_since: Option<SettlementId>,
    /// Old home: the change of the person's record that it was looked for at.
    pub read_at: u64,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agreed {
    /// It is agreed to, now or before.
    Done,
    /// The person's record has moved since it was looked at: look again.
    Moved,
    /// The id was used for another transfer.
    Conflict,
    /// It is not.
    Refused(Refusal),
}

impl Command for Agree {
    type Answer = Agreed;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Agreed>, StoreError> {
        let transfer = self.order.transfer;
        if let Some(row) = rows.transfer(transfer)? {
            match row.state {
                _ if row.order != self.order => return Ok(Verdict::Answer(Agreed::Conflict)),
                TransferState::Agreed
                | TransferState::Frozen
                | TransferState::HandedOver(_)
                | TransferState::Arrived(_) => return Ok(Verdict::Answer(Agreed::Done)),
                TransferState::Cancelled(_) => {
                    let refusal = Refusal::new(RefusalCode::TransferUnknown, transfer);
                    return Ok(Verdict::Answer(Agreed::Refused(refusal)));
                }
                TransferState::Refused(_) => {}
            }
        }
        if is_erased_transfer(rows, transfer)? {
            let refusal = Refusal::new(RefusalCode::Erased, transfer);
            return Ok(Verdict::Answer(Agreed::Refused(refusal)));
        }
        if let Some(refusal) = self.in_the_way(rows, at)? {
            return Ok(Verdict::Answer(Agreed::Refused(refusal)));
        }
        let leaves = self.order.person.home == self.own;
        let account = account_now(rows, self.order.person.psn_no)?.filter(|_| leaves);
        if account.is_some_and(|account| account.version.change != self.read_at) {
            return Ok(Verdict::Answer(Agreed::Moved));
        }
        let is_due = self.order.cover.days.from() <= day_of(at)?;
        let step = |step| NodeRecord::TransferStepped(TransferStepped { transfer, step, at });
        let mut records = vec![step(TransferStep::Agreed {
            order: self.order,
            by: self.by,
        })];
        if leaves && is_due {
            records.push(step(TransferStep::Frozen));
        }
        Ok(Verdict::Append(records, Agreed::Done))
    }
}

impl Agree {
    /// What would be decided, with nothing written.
    ///
    /// # Errors
    /// [`StoreError`] when a row cannot be read.
    pub fn looked_at(self, rows: &dyn Rows, now: Timestamp) -> Result<Agreed, StoreError> {
        Ok(match self.decide(rows, now)? {
            Verdict::Append(_, agreed) | Verdict::Answer(agreed) => agreed,
        })
    }

    fn in_the_way(&self, rows: &dyn Rows, now: Timestamp) -> Result<Option<Refusal>, StoreError> {
        let (home, new_home) = (self.order.person.home, self.order.new_home);
        let from = self.order.cover.days.from();
        let refused = |code, detail: &dyn std::fmt::Display| Some(Refusal::new(code, detail));
        if home == new_home || (home != self.own && new_home != self.own) {
            return Ok(refused(
                RefusalCode::Malformed,
                &"to_region: two regions, one of them this",
            ));
        }
        if is_too_far(from, now)? {
            let why = format!("from_day: {from} is more than {DAYS_AT_MOST} days from today");
            return Ok(refused(RefusalCode::Malformed, &why));
        }
        if home == self.own {
            self.leaves(rows, from)
        } else {
            self.arrives(rows, from)
        }
    }

    /// Old home: whether the person can be handed over.
    fn leaves(&self, rows: &dyn Rows, from: ServiceDate) -> Result<Option<Refusal>, StoreError> {
        let psn_no = self.order.person.psn_no;
        let refused = |code, detail: &dyn std::fmt::Display| Ok(Some(Refusal::new(code, detail)));
        let Some(member) = rows.member(psn_no)? else {
            return refused(RefusalCode::UnknownPerson, &self.own);
        };
        if !member.credentials.contains(&self.order.credential) {
            return refused(RefusalCode::CredentialMismatch, &"");
        }
        let lacking = missing(rows, psn_no)?;
        if lacking > 0 {
            return refused(RefusalCode::PersonHeld, &lacking);
        }
        if let Some(leaving) = rows.relation(psn_no)?.and_then(|row| row.leaving) {
            return match leaving.state {
                LeavingState::HandedOver(_) => refused(RefusalCode::MemberMoved, &leaving.new_home),
                LeavingState::Agreed | LeavingState::Frozen => {
                    refused(RefusalCode::TransferStands, &leaving.transfer)
                }
            };
        }
        if rows.death(psn_no)?.is_some() {
            return refused(RefusalCode::PersonDead, &from);
        }
        let last = from.plus_days(-1);
        let last = last.map_err(|_| StoreError::Range("the calendar's days"))?;
        if !member
            .periods
            .iter()
            .any(|period| period.days.contains(last))
        {
            return refused(RefusalCode::CoverDoesNotFit, &last);
        }
        match self.settled_since {
            Some(settlement) => refused(RefusalCode::SettledSince, &settlement),
            None => Ok(None),
        }
    }

    /// New home: whether the person can come under this number.
    fn arrives(&self, rows: &dyn Rows, from: ServiceDate) -> Result<Option<Refusal>, StoreError> {
        let number = self.order.number;
        let refused = |code, detail: &dyn std::fmt::Display| Ok(Some(Refusal::new(code, detail)));
        if let Some(relation) = rows.relation(number)? {
            if let Some(other) = relation.arriving.filter(|id| *id != self.order.transfer) {
                return refused(RefusalCode::TransferStands, &other);
            }
            if let Some(leaving) = relation.leaving
                && !matches!(leaving.state, LeavingState::HandedOver(_))
            {
                return refused(RefusalCode::TransferStands, &leaving.transfer);
            }
        }
        if rows.death(number)?.is_some() {
            return refused(RefusalCode::PersonDead, &from);
        }
        let Some(member) = rows.member(number)? else {
            return Ok(None);
        };
        let days = self.order.cover.days;
        let is_covered = member
            .periods
            .iter()
            .any(|period| period.days.overlaps(days));
        if is_covered || !member.credentials.contains(&self.order.credential) {
            return refused(RefusalCode::AlreadyEnrolled, &self.own);
        }
        Ok(None)
    }
}

/// A transfer to be called back: why it cannot be.
pub struct CallBack {
    /// Which.
    pub transfer: TransferId,
    /// By whom.
    pub by: TransferBy,
    /// Old home: what it would have agreed to, should it not know of it yet.
    pub order: Option<TransferOrder>,
}

impl Command for CallBack {
    type Answer = Option<Refusal>;

    fn decide(
        self,
        rows: &dyn Rows,
        at: Timestamp,
    ) -> Result<Verdict<Option<Refusal>>, StoreError> {
        let Self {
            transfer,
            by,
            order,
        } = self;
        let step = |step| NodeRecord::TransferStepped(TransferStepped { transfer, step, at });
        let state = rows.transfer(transfer)?.map(|row| row.state);
        let code = match state {
            None => match order {
                // It overtook its agreement, which finds what is agreed to and called back here in one.
                Some(order) if may_be_agreed_to(&order, rows, at)? => {
                    let agreed = TransferStep::Agreed {
                        order,
                        by: by.clone(),
                    };
                    let records = vec![step(agreed), step(TransferStep::Cancelled(by))];
                    return Ok(Verdict::Append(records, None));
                }
                Some(_) | None => RefusalCode::TransferUnknown,
            },
            Some(TransferState::HandedOver(_) | TransferState::Arrived(_)) => {
                RefusalCode::HandedOver
            }
            Some(TransferState::Cancelled(_) | TransferState::Refused(_)) => {
                return Ok(Verdict::Answer(None));
            }
            Some(TransferState::Agreed | TransferState::Frozen) => {
                let records = vec![step(TransferStep::Cancelled(by))];
                return Ok(Verdict::Append(records, None));
            }
        };
        Ok(Verdict::Answer(Some(Refusal::new(code, transfer))))
    }
}

/// Whether the first day of the new cover is so far from today that no home agrees to it.
fn is_too_far(from: ServiceDate, now: Timestamp) -> Result<bool, StoreError> {
    Ok(day_of(now)?.days_until(from).unsigned_abs() > DAYS_AT_MOST)
}

/// Whether an agreement that comes late might find the person here under the credential that it names, whom no other
/// transfer has touched. Of anything else nothing is written down: it would be refused.
fn may_be_agreed_to(
    order: &TransferOrder,
    rows: &dyn Rows,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let psn_no = order.person.psn_no;
    let Some(member) = rows.member(psn_no)? else {
        return Ok(false);
    };
    if !member.credentials.contains(&order.credential)
        || is_too_far(order.cover.days.from(), now)?
        || is_erased_transfer(rows, order.transfer)?
    {
        return Ok(false);
    }
    let leaving = rows.relation(psn_no)?.and_then(|row| row.leaving);
    Ok(leaving.is_none())
}

/// New home: the old one refuses a transfer that is expected here.
pub struct Refuse {
    /// Which.
    pub transfer: TransferId,
    /// Why.
    pub refusal: Refusal,
}

impl Command for Refuse {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let Self { transfer, refusal } = self;
        let state = rows.transfer(transfer)?.map(|row| row.state);
        if state != Some(TransferState::Agreed) {
            return Ok(Verdict::Answer(()));
        }
        let step = TransferStep::Refused(refusal);
        let record = TransferStepped { transfer, step, at };
        Ok(Verdict::Append(
            vec![NodeRecord::TransferStepped(record)],
            (),
        ))
    }
}
