//! What the writer decides about reversals for the treatment role, from the rows alone.

use huitong_core::date::Timestamp;
use huitong_core::final_refusal::FinalRefusal;
use huitong_core::id::{ReversalId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::record::NodeRecord;
use huitong_core::record::reversal::{ReversalIntended, ReversalNoted, ReversalRefused};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::reversal::{BegunBy, ReversalField};

use super::records::Step;
use crate::store::{ReversalRow, ReversalState, Rows, SettlementState, StoreError, is_erased};
use crate::writer::{Command, Verdict};

/// Writes an institution's wish down: id, settlement, how it stands, reason.
pub struct Intend(pub ReversalIntended);

/// How a wish stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// The home region is to be asked.
    Open,
    /// The settlement is reversed by it.
    Booked,
    /// It is refused; when it was written down before, finally.
    Refused(Refusal),
}

impl Command for Intend {
    type Answer = Intent;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Intent>, StoreError> {
        let record = self.0;
        if let Some(known) = rows.reversal(record.reversal)? {
            return Ok(Verdict::Answer(known_wish(&record, known)));
        }
        let refused = |code, detail: &dyn std::fmt::Display| {
            Ok(Verdict::Answer(Intent::Refused(Refusal::new(code, detail))))
        };
        let settlement = record.settlement;
        let row = rows.settlement(settlement)?;
        // Another institution's settlement is as unknown as one that never was.
        let row = row.filter(|row| row.institution == record.institution);
        let provisional = row.as_ref().is_some_and(|row| row.provisional.is_some());
        match row.map(|row| row.state) {
            None if is_erased(rows, settlement)? => {
                return refused(RefusalCode::Erased, &settlement);
            }
            None => return refused(RefusalCode::NotFound, &settlement),
            // It is taken back before the home region has booked it, or right after.
            Some(SettlementState::Prepared) if provisional => {}
            Some(SettlementState::Prepared | SettlementState::Abandoned(None)) => {
                return refused(RefusalCode::OutcomeUnknown, &settlement);
            }
            Some(SettlementState::Refused(_) | SettlementState::Abandoned(Some(_))) => {
                return refused(RefusalCode::NothingStands, &settlement);
            }
            Some(SettlementState::Reversed(row)) => {
                return refused(RefusalCode::AlreadyReversed, &row.reversal);
            }
            Some(SettlementState::Settled(_)) => {}
        }
        if !BegunBy::Institution(record.institution).may_say(record.reason) {
            return refused(RefusalCode::ReasonNotAllowed, &record.reason);
        }
        let record = ReversalIntended { at, ..record };
        Ok(Verdict::Append(
            vec![NodeRecord::ReversalIntended(record)],
            Intent::Open,
        ))
    }
}

fn known_wish(wanted: &ReversalIntended, known: ReversalRow) -> Intent {
    let conflict =
        |field: ReversalField| Intent::Refused(Refusal::new(RefusalCode::IdConflict, field));
    if known.settlement != wanted.settlement {
        return conflict(ReversalField::Settlement);
    }
    if known.reason != wanted.reason {
        return conflict(ReversalField::Reason);
    }
    match known.state {
        ReversalState::Intended => Intent::Open,
        ReversalState::Booked => Intent::Booked,
        ReversalState::Refused(row) => Intent::Refused(row.refusal),
    }
}

/// Ends a wish that the home region finally refused.
pub struct EndReversal {
    /// Which.
    pub reversal: ReversalId,
    /// Why.
    pub refusal: Refusal,
    /// The home region's word on it.
    pub word: Option<FinalRefusal>,
}

impl Command for EndReversal {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let Self {
            reversal,
            refusal,
            word,
        } = self;
        let open = rows
            .reversal(reversal)?
            .is_some_and(|row| row.state == ReversalState::Intended);
        if !open {
            return Ok(Verdict::Answer(Step::NotOpen));
        }
        let record = ReversalRefused {
            reversal,
            refusal,
            word,
            at,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::ReversalRefused(record)],
            Step::Taken,
        ))
    }
}

/// An institution has seen a reversal that it had not begun.
pub struct Note {
    /// The institution.
    pub institution: InstitutionCode,
    /// Its settlement.
    pub settlement: SettlementId,
}

impl Command for Note {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let Self {
            institution,
            settlement,
        } = self;
        if rows.notice(institution, settlement)?.is_none() {
            return Ok(Verdict::Answer(Step::NotOpen));
        }
        let record = ReversalNoted {
            institution,
            settlement,
            at,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::ReversalNoted(record)],
            Step::Taken,
        ))
    }
}

#[cfg(test)]
mod tests;
