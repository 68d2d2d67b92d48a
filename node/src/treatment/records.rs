//! What the writer decides for the treatment role: each from the rows alone, in the order id, then visit.

use huitong_core::bill::Visit;
use huitong_core::claim::{Binding, BoundField, VisitKey};
use huitong_core::date::Timestamp;
use huitong_core::final_refusal::FinalRefusal;
use huitong_core::id::{RequestId, ReversalId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::money::Fen;
use huitong_core::provisional::TrueUp;
use huitong_core::publication::SignedStatement;
use huitong_core::receipt::Receipt;
use huitong_core::record::NodeRecord;
use huitong_core::record::policy::PolicyFetched;
use huitong_core::record::provisional::{ProvisionalTakenBack, TruedUp};
use huitong_core::record::reversal::ReversalBooked;
use huitong_core::record::treatment::{
    Abandoned, Cancelled, Prepared, Refused, Reprepared, Settled,
};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::reversal::HomeWord;

use super::fence::{beyond_reason, is_void};
use crate::home::deduction::lift;
use crate::home::figures::loss_in;
use crate::home::restored::{Bound, bound, from, is_left_out, legs_standing};
use crate::store::{
    ProvisionalRow, Rows, SettlementRow, SettlementState, StoreError, Stream, StreamHead,
    is_erased, taken_visit,
};
use crate::writer::{Command, Verdict};

/// What stands in the way of a new settlement, if anything does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InTheWay {
    /// The id is known, for the same request.
    Known,
    /// The id is known, for a request that differs here.
    Conflict(BoundField),
    /// The visit is prepared or settled under another id.
    Visit(Refusal),
}

/// What stands in the way of an id, its binding and its visit, which of a stay are its parts or the whole as well.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub fn in_the_way(
    rows: &dyn Rows,
    settlement: SettlementId,
    binding: &Binding,
    (key, visit): (&VisitKey, &Visit),
) -> Result<Option<InTheWay>, StoreError> {
    if let Some(row) = rows.settlement(settlement)? {
        let prepared = row.prepared.as_ref();
        let differs = prepared.and_then(|prepared| prepared.binding.first_difference(binding));
        return Ok(Some(differs.map_or(InTheWay::Known, InTheWay::Conflict)));
    }
    if is_erased(rows, settlement)? {
        let refusal = Refusal::new(RefusalCode::Erased, settlement);
        return Ok(Some(InTheWay::Visit(refusal)));
    }
    let Some(other) = taken_visit(rows, key, visit)? else {
        return Ok(None);
    };
    let settled = rows.settlement(other)?.is_some_and(|row| match row.state {
        // A refused one that holds its visit was provisional, and is borne here.
        SettlementState::Settled(_) | SettlementState::Refused(_) => true,
        SettlementState::Prepared
        | SettlementState::Abandoned(_)
        | SettlementState::Reversed(_) => false,
    });
    let code = if settled {
        RefusalCode::VisitAlreadySettled
    } else {
        RefusalCode::VisitInProgress
    };
    Ok(Some(InTheWay::Visit(Refusal::new(code, other))))
}

/// Begins a settlement.
pub struct Prepare(pub Prepared);

impl Command for Prepare {
    type Answer = Option<InTheWay>;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        let Self(mut prepared) = self;
        let visit = (&prepared.claim.visit_key(), &prepared.claim.visit);
        if let Some(found) = in_the_way(rows, prepared.settlement, &prepared.binding, visit)? {
            return Ok(Verdict::Answer(Some(found)));
        }
        prepared.at = now;
        Ok(Verdict::Append(vec![NodeRecord::Prepared(prepared)], None))
    }
}

/// What became of a step that only an open settlement can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It was taken.
    Taken,
    /// The settlement was not open any more; nothing was done.
    NotOpen,
}

fn open(rows: &dyn Rows, settlement: SettlementId) -> Result<Option<SettlementRow>, StoreError> {
    Ok(rows
        .settlement(settlement)?
        .filter(|row| row.state == SettlementState::Prepared))
}

/// Writes `record` if the settlement is open.
fn if_open(
    rows: &dyn Rows,
    settlement: SettlementId,
    record: impl FnOnce(SettlementRow) -> Result<NodeRecord, StoreError>,
) -> Result<Verdict<Step>, StoreError> {
    match open(rows, settlement)? {
        Some(row) => Ok(Verdict::Append(vec![record(row)?], Step::Taken)),
        None => Ok(Verdict::Answer(Step::NotOpen)),
    }
}

/// Puts a newer adjudication in the place of the last one.
pub struct Reprepare(pub Reprepared);

impl Command for Reprepare {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let record = self.0;
        if_open(rows, record.settlement, |_| {
            Ok(NodeRecord::Reprepared(Reprepared { at, ..record }))
        })
    }
}

/// Books what the home region says, once it was verified: the receipt if it is not booked yet, and the
/// reversal if there is one.
pub struct Book {
    /// The word.
    pub word: HomeWord,
    /// The patient's cash by the decision that was committed.
    pub cash: Fen,
}

impl Command for Book {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let Self { word, cash } = self;
        let part = &word.receipt.body.clearing;
        let (settlement, home) = (part.settlement, part.home);
        if is_void(rows, home, &word)? {
            return Ok(Verdict::Answer(Step::NotOpen));
        }
        if let Some(beyond) = beyond_reason(rows, home, &word)? {
            // It stays open, and is asked for again.
            tracing::error!(%settlement, %home, %beyond, "a receipt or reversal is not booked");
            return Ok(Verdict::Answer(Step::NotOpen));
        }
        let row = rows.settlement(settlement)?;
        let trued_up = trued_up_by(rows, row.as_ref(), &word.receipt, cash, at)?;
        let HomeWord { receipt, reversal } = word;
        let state = row.map(|row| row.state);
        let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
        let mut next_leg = head.written.saturating_add(1);
        let mut records = Vec::new();
        match state {
            Some(SettlementState::Prepared) => {
                let standing = legs_standing(rows, settlement, LegKind::Settlement)?;
                let legs_from = from(standing, &Leg::of(&receipt.body), &mut next_leg)?;
                records.push(NodeRecord::Settled(Settled {
                    settlement,
                    receipt,
                    legs_from,
                    at,
                }));
                records.extend(trued_up.map(NodeRecord::TruedUp));
            }
            Some(SettlementState::Settled(_)) => {}
            Some(
                SettlementState::Reversed(_)
                | SettlementState::Refused(_)
                | SettlementState::Abandoned(_),
            )
            | None => return Ok(Verdict::Answer(Step::NotOpen)),
        }
        if let Some(reversal) = reversal {
            let standing = legs_standing(rows, settlement, LegKind::Reversal)?;
            let legs_from = from(standing, &Leg::of_reversal(&reversal.body), &mut next_leg)?;
            let lifted = lift::at_treatment(rows, &reversal.body, &mut next_leg, at)?;
            records.push(NodeRecord::ReversalBooked(ReversalBooked {
                reversal,
                legs_from,
                at,
            }));
            records.extend(lifted);
        }
        if records.is_empty() {
            return Ok(Verdict::Answer(Step::NotOpen));
        }
        Ok(Verdict::Append(records, Step::Taken))
    }
}

/// Ends an open settlement without a receipt.
pub struct End {
    /// Which settlement.
    pub settlement: SettlementId,
    /// Why it was refused; none when it was given up.
    pub refusal: Option<Refusal>,
    /// The home region's word that nothing can stand under the id.
    pub word: FinalRefusal,
    /// The institution's wish to reverse what was provisional, when it was given up for that.
    pub taken_back_by: Option<ReversalId>,
}

impl Command for End {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let Self {
            settlement,
            refusal,
            word,
            taken_back_by,
        } = self;
        let Some(row) = open(rows, settlement)? else {
            return Ok(Verdict::Answer(Step::NotOpen));
        };
        let is_provisional = row.provisional.is_some();
        let treatment = word.body.treatment;
        let mut records = Vec::new();
        if let Some(refusal) = refusal {
            records.push(NodeRecord::Refused(Refused {
                settlement,
                refusal,
                word,
                at,
            }));
            if is_provisional {
                records.push(NodeRecord::TruedUp(true_up_of(
                    rows,
                    (treatment, settlement),
                    at,
                    |given| TrueUp::refused(given.told, given.advanced),
                )?));
            }
        } else {
            records.push(NodeRecord::Abandoned(Abandoned {
                settlement,
                word,
                at,
            }));
            if is_provisional {
                records.push(NodeRecord::ProvisionalTakenBack(ProvisionalTakenBack {
                    settlement,
                    reversal: taken_back_by,
                    at,
                }));
            }
        }
        Ok(Verdict::Append(records, Step::Taken))
    }
}

/// What becomes of the difference once a receipt is booked, when the patient's cash was decided to be so much;
/// nothing of what was not provisional.
pub(super) fn trued_up_by(
    rows: &dyn Rows,
    row: Option<&SettlementRow>,
    receipt: &Receipt,
    cash: Fen,
    at: Timestamp,
) -> Result<Option<TruedUp>, StoreError> {
    let part = &receipt.body.clearing;
    if row.is_none_or(|row| row.provisional.is_none()) {
        return Ok(None);
    }
    let borne = loss_in(&part.amounts);
    let id = (part.treatment, part.settlement);
    true_up_of(rows, id, at, |given| TrueUp::of(given.told, cash, borne)).map(Some)
}

/// What becomes of a provisional settlement.
fn true_up_of(
    rows: &dyn Rows,
    (treatment, settlement): (RegionCode, SettlementId),
    at: Timestamp,
    true_up: impl FnOnce(&ProvisionalRow) -> TrueUp,
) -> Result<TruedUp, StoreError> {
    let given = rows.provisional(settlement)?;
    let given = given.ok_or(StoreError::Inconsistent("a provisional settlement is gone"))?;
    Ok(TruedUp {
        treatment,
        settlement,
        person: given.person,
        true_up: true_up(&given),
        at,
    })
}

/// Buries an id that was never prepared here; refused while it may stand all the same, lost here with a disk.
pub struct Bury {
    /// The id it would have.
    pub settlement: SettlementId,
    /// The institution that cancels.
    pub institution: InstitutionCode,
    /// Its own id.
    pub request: RequestId,
    /// The home region that is asked too.
    pub home: RegionCode,
}

impl Command for Bury {
    type Answer = Result<Step, Refusal>;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        let Self {
            settlement,
            institution,
            request,
            home,
        } = self;
        if rows.settlement(settlement)?.is_some() || is_erased(rows, settlement)? {
            return Ok(Verdict::Answer(Ok(Step::NotOpen)));
        }
        // While the node collects nobody cancels; afterwards only who was left out may have words that did not come back.
        if is_left_out(rows, home)? {
            let refusal = Refusal::new(RefusalCode::LeftOut, home);
            return Ok(Verdict::Answer(Err(refusal)));
        }
        if !matches!(bound(rows, settlement)?, None | Some(Bound::TakenBack)) {
            let refusal = Refusal::new(RefusalCode::LegStands, settlement);
            return Ok(Verdict::Answer(Err(refusal)));
        }
        let record = Cancelled {
            settlement,
            institution,
            request,
            home,
            at,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::Cancelled(record)],
            Ok(Step::Taken),
        ))
    }
}

/// Keeps another region's policy, which was proven to be its own.
pub struct KeepPolicy {
    /// Whose it is.
    pub region: RegionCode,
    /// Its digest.
    pub digest: huitong_core::digest::Digest,
    /// Its bytes.
    pub document: Vec<u8>,
    /// What its region signed of it.
    pub statement: SignedStatement,
}

impl Command for KeepPolicy {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let Self {
            region,
            digest,
            document,
            statement,
        } = self;
        if rows.policy(digest)?.is_some() {
            return Ok(Verdict::Answer(()));
        }
        let record = PolicyFetched {
            region,
            document,
            statement,
            at,
        };
        Ok(Verdict::Append(vec![NodeRecord::PolicyFetched(record)], ()))
    }
}

#[cfg(test)]
mod tests;
