//! How a settlement stands, as the institution is told: out of the rows and the journal.

use std::mem::discriminant;

use huitong_core::coverage::Snapshot;
use huitong_core::decision::Decision;
use huitong_core::final_refusal::FinalRefusal;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::money::Fen;
use huitong_core::provisional::{Provisional, TrueUp};
use huitong_core::receipt::Receipt;
use huitong_core::record::NodeRecord;
use huitong_core::record::treatment::{Prepared, Settled};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::reversal::Reversal;

use super::TreatmentRole;
use super::attempt::Attempt;
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::store::apply::Records;
use crate::store::{
    Location, ProvisionalState, Rows, SettlementRow, SettlementState, StoreError, is_erased,
};

/// How often a settlement may have moved on while it is read; each adjudication made again is a step.
const STEPS_AT_MOST: usize = 64;

/// A settlement as it stands.
#[derive(Debug, Clone)]
pub struct SettlementView {
    /// Its id.
    pub settlement: SettlementId,
    /// The institution that asked.
    pub institution: InstitutionCode,
    /// The institution's own id.
    pub request: RequestId,
    /// The reversed settlement of the same visit whose place it takes.
    pub replaces: Option<Replaced>,
    /// How it stands.
    pub state: ViewState,
}

/// How a settlement stands.
#[derive(Debug, Clone)]
pub enum ViewState {
    /// Put to the home region; the outcome is not known.
    Prepared,
    /// Settled provisionally; the home region has not answered yet.
    Provisional(Box<ProvisionalView>),
    /// Settled.
    Settled(Box<SettledView>),
    /// Settled, and reversed since.
    Reversed(Box<ReversedView>),
    /// Finally refused.
    Refused(Box<RefusedView>),
    /// Buried here, and the home region's word on it is not known: it may have been refused there before.
    BeingAbandoned,
    /// It can never be settled.
    Abandoned(Box<RefusedView>),
}

/// A settlement that ended without a receipt, after the home region was asked.
#[derive(Debug, Clone)]
pub struct RefusedView {
    /// Why: what the home region said, or why it was given up there.
    pub refusal: Refusal,
    /// The home region's word that nothing can stand under the id.
    pub word: FinalRefusal,
    /// What was prepared; none when a restore lost it and the word alone came back.
    pub prepared: Option<Prepared>,
    /// When it was provisional: what the treatment region bears of it.
    pub borne: Option<Box<TruedUpView>>,
}

/// A settlement that waits for the home region, given on its signed snapshot.
#[derive(Debug, Clone)]
pub struct ProvisionalView {
    /// What was prepared.
    pub prepared: Prepared,
    /// What was given.
    pub given: Provisional,
}

/// A provisional settlement against the home region's word.
#[derive(Debug, Clone)]
pub struct TruedUpView {
    /// What was given.
    pub given: Provisional,
    /// To the fen.
    pub true_up: TrueUp,
}

/// A settlement that was reversed, as it takes part in the one that takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// Its id.
    pub settlement: SettlementId,
    /// What the patient had paid at the counter.
    pub cash: Fen,
}

/// A settlement that stands no more.
#[derive(Debug, Clone)]
pub struct ReversedView {
    /// As it stood.
    pub settled: SettledView,
    /// The home region's word that it stands no more.
    pub reversal: Reversal,
}

/// A settlement that stands, with what it was decided on.
#[derive(Debug, Clone)]
pub struct SettledView {
    /// What was prepared.
    pub prepared: Prepared,
    /// What the home region said of the person, at the last adjudication.
    pub snapshot: Snapshot,
    /// That adjudication.
    pub decision: Decision,
    /// The receipt.
    pub receipt: Receipt,
    /// When it was provisional: what became of the difference.
    pub trued_up: Option<Box<TruedUpView>>,
}

impl TreatmentRole {
    /// How a settlement stands, once all that this depends on is synced; `None` for an unknown id.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn view(
        &self,
        settlement: SettlementId,
    ) -> Result<Option<SettlementView>, NodeError> {
        let Some(mut seen) = self.ledger.settlement(settlement)? else {
            if is_erased(&*self.ledger, settlement)? {
                return Err(NodeError::refused(RefusalCode::Erased, settlement));
            }
            return Ok(None);
        };
        for _ in 0..STEPS_AT_MOST {
            self.ledger.barrier().await?;
            let row = self.ledger.settlement(settlement)?;
            let row = row.ok_or(StoreError::Inconsistent("a settlement is gone"))?;
            // What was seen before the barrier is synced, and its places are known only now. What another
            // task has written since is neither, and is waited for as well.
            if row.is_written() && discriminant(&row.state) == discriminant(&seen.state) {
                return Ok(Some(read(&self.ledger, settlement, row)?));
            }
            seen = row;
        }
        Err(NodeError::refused(RefusalCode::Overloaded, settlement))
    }

    /// The receipt of a settlement that is settled.
    pub(super) fn receipt_booked_at(&self, at: Location) -> Result<Receipt, StoreError> {
        Ok(settled(&self.ledger, at)?.receipt)
    }

    /// What was prepared for a settlement, with its last adjudication.
    pub(super) fn attempt(&self, row: &SettlementRow) -> Result<Attempt, StoreError> {
        attempt(&self.ledger, row)
    }
}

/// What a settlement that is or was settled was decided on, and its receipt.
///
/// # Errors
/// [`StoreError`] when it never was, or cannot be read.
pub(crate) fn booked(
    ledger: &Ledger,
    row: &SettlementRow,
) -> Result<(Attempt, Receipt), StoreError> {
    let at = match &row.state {
        SettlementState::Settled(at) => *at,
        SettlementState::Reversed(places) => places.settled,
        SettlementState::Prepared | SettlementState::Refused(_) | SettlementState::Abandoned(_) => {
            return Err(StoreError::Inconsistent("it was never settled"));
        }
    };
    Ok((attempt(ledger, row)?, settled(ledger, at)?.receipt))
}

fn read(
    ledger: &Ledger,
    settlement: SettlementId,
    row: SettlementRow,
) -> Result<SettlementView, StoreError> {
    let (institution, request) = (row.institution, row.request);
    let state = match &row.state {
        SettlementState::Prepared => {
            let Attempt {
                prepared,
                provisional,
                ..
            } = attempt(ledger, &row)?;
            match provisional {
                None => ViewState::Prepared,
                Some(given) => ViewState::Provisional(Box::new(ProvisionalView {
                    prepared,
                    given: *given,
                })),
            }
        }
        SettlementState::Refused(of) => {
            ViewState::Refused(Box::new(refused_view(ledger, &row, of.at)?))
        }
        SettlementState::Abandoned(None) => ViewState::BeingAbandoned,
        SettlementState::Abandoned(Some(at)) => {
            ViewState::Abandoned(Box::new(refused_view(ledger, &row, *at)?))
        }
        SettlementState::Settled(at) => {
            ViewState::Settled(Box::new(settled_view(ledger, &row, *at)?))
        }
        SettlementState::Reversed(places) => {
            let settled = settled_view(ledger, &row, places.settled)?;
            let NodeRecord::ReversalBooked(booked) = ledger.record(places.reversed)? else {
                return Err(StoreError::Inconsistent(
                    "a reversal's place holds another record",
                ));
            };
            let reversal = booked.reversal;
            ViewState::Reversed(Box::new(ReversedView { settled, reversal }))
        }
    };
    let replaces = row
        .replaces
        .map(|other| replaced(ledger, other))
        .transpose()?;
    Ok(SettlementView {
        settlement,
        institution,
        request,
        replaces,
        state,
    })
}

fn refused_view(
    ledger: &Ledger,
    row: &SettlementRow,
    at: Location,
) -> Result<RefusedView, StoreError> {
    let record = ledger.record(at)?;
    let (refusal, word) = if let NodeRecord::Refused(of) = record {
        (of.refusal, of.word)
    } else if let NodeRecord::Abandoned(of) = record {
        (of.word.body.refusal.clone(), of.word)
    } else {
        return Err(StoreError::Inconsistent(
            "a refusal's place holds another record",
        ));
    };
    if row.prepared.is_none() {
        return Ok(RefusedView {
            refusal,
            word,
            prepared: None,
            borne: None,
        });
    }
    let Attempt {
        prepared,
        provisional,
        ..
    } = attempt(ledger, row)?;
    let borne = trued_up(ledger, prepared.settlement, provisional)?;
    Ok(RefusedView {
        refusal,
        word,
        prepared: Some(prepared),
        borne,
    })
}

fn settled_view(
    ledger: &Ledger,
    row: &SettlementRow,
    at: Location,
) -> Result<SettledView, StoreError> {
    let Attempt {
        prepared,
        snapshot,
        decision,
        provisional,
    } = attempt(ledger, row)?;
    let receipt = settled(ledger, at)?.receipt;
    let trued_up = trued_up(ledger, prepared.settlement, provisional)?;
    Ok(SettledView {
        prepared,
        snapshot,
        decision,
        receipt,
        trued_up,
    })
}

/// What became of the difference; nothing for what was not provisional, or of which nobody bears anything.
fn trued_up(
    ledger: &Ledger,
    settlement: SettlementId,
    provisional: Option<Box<Provisional>>,
) -> Result<Option<Box<TruedUpView>>, StoreError> {
    let Some(given) = provisional else {
        return Ok(None);
    };
    let row = ledger.provisional(settlement)?;
    let row = row.ok_or(StoreError::Inconsistent("a provisional settlement is gone"))?;
    Ok(match row.state {
        ProvisionalState::TruedUp(true_up) | ProvisionalState::Borne(true_up) => {
            let given = *given;
            Some(Box::new(TruedUpView { given, true_up }))
        }
        ProvisionalState::Open | ProvisionalState::TakenBack => None,
    })
}

fn replaced(ledger: &Ledger, settlement: SettlementId) -> Result<Replaced, StoreError> {
    let row = ledger.settlement(settlement)?;
    let row = row.ok_or(StoreError::Inconsistent("a reversed settlement is gone"))?;
    let decided = attempt(ledger, &row)?.decision.cash;
    // What was provisional cost the patient the lower of the two.
    let told = row.provisional.map(|_| ledger.provisional(settlement));
    let told = told.transpose()?.flatten().map(|row| row.told);
    let cash = told.map_or(decided, |told| told.min(decided));
    Ok(Replaced { settlement, cash })
}

fn attempt(ledger: &Ledger, row: &SettlementRow) -> Result<Attempt, StoreError> {
    let places = row
        .prepared
        .as_ref()
        .ok_or(StoreError::Inconsistent("it was never prepared"))?;
    let NodeRecord::Prepared(prepared) = ledger.record(places.at)? else {
        return Err(StoreError::Inconsistent(
            "a preparation's place holds another record",
        ));
    };
    let provisional = row.provisional.map(|at| provisional(ledger, at));
    let provisional = provisional.transpose()?.map(Box::new);
    let Some(again) = places.again else {
        let (snapshot, decision) = (prepared.snapshot.clone(), prepared.decision.clone());
        return Ok(Attempt {
            prepared,
            snapshot,
            decision,
            provisional,
        });
    };
    let NodeRecord::Reprepared(again) = ledger.record(again)? else {
        return Err(StoreError::Inconsistent(
            "an adjudication's place holds another record",
        ));
    };
    Ok(Attempt {
        prepared,
        snapshot: again.snapshot,
        decision: again.decision,
        provisional,
    })
}

fn provisional(ledger: &Ledger, at: Location) -> Result<Provisional, StoreError> {
    if let NodeRecord::Provisional(given) = ledger.record(at)? {
        Ok(given)
    } else {
        Err(StoreError::Inconsistent(
            "a provisional settlement's place holds another record",
        ))
    }
}

fn settled(ledger: &Ledger, at: Location) -> Result<Settled, StoreError> {
    let NodeRecord::Settled(settled) = ledger.record(at)? else {
        return Err(StoreError::Inconsistent(
            "a settlement's place holds another record",
        ));
    };
    Ok(settled)
}
