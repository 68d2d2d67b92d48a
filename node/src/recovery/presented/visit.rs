//! In which order a visit was settled and reversed, whatever order the node was told of it in.
//!
//! A settlement takes the place of the one that was reversed last before it. Where words come in the order in which they were
//! given, the rows say that by themselves (`store::apply`); what is presented later is put where it belongs by when its words
//! were given.

use huitong_core::claim::{Claim, VisitKey};
use huitong_core::date::Timestamp;
use huitong_core::id::SettlementId;
use huitong_core::receipt::ReceiptBody;
use huitong_core::record::NodeRecord;
use huitong_core::record::recovery::{InPlace, VisitKept, VisitRegained};
use huitong_core::reversal::{HomeWord, ReversalBody};

use crate::ledger::Ledger;
use crate::store::apply::Records as _;
use crate::store::{Location, Rows, SettlementRow, SettlementState, StoreError, keys_of};

/// So many settlements of one visit are looked at, the latest first.
const SETTLEMENTS_AT_MOST: usize = 256;

/// When a word was given, among those of its home region also in one instant.
type Given = (Timestamp, u32, u64);

/// What was settled of a visit as far as the node has it.
#[derive(Debug, Default)]
pub(super) struct History {
    last_reversed: Option<SettlementId>,
    taken_by: Option<SettlementId>,
    known: Vec<Settled>,
}

#[derive(Debug)]
struct Settled {
    settlement: SettlementId,
    /// None before there is a receipt.
    settled: Option<Given>,
    reversed: Option<Given>,
}

const fn of_receipt(body: &ReceiptBody) -> Given {
    (body.committed_at, body.incarnation, body.number)
}

const fn of_reversal(body: &ReversalBody) -> Given {
    (body.reversed_at, body.incarnation, body.number)
}

impl History {
    /// What was settled of a visit; none while some of it is not on disk yet.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub(super) fn read(ledger: &Ledger, visit: &VisitKey) -> Result<Option<Self>, StoreError> {
        let mut history = Self {
            last_reversed: ledger.replaced(visit.clone())?,
            taken_by: ledger.visit(visit.clone())?,
            known: Vec::new(),
        };
        let mut next = [history.taken_by, history.last_reversed];
        for _ in 0..SETTLEMENTS_AT_MOST {
            let Some(place) = next.iter_mut().find(|next| next.is_some()) else {
                break;
            };
            let Some(settlement) = place.take() else {
                break;
            };
            if history.knows(settlement) {
                continue;
            }
            // Of whoever was erased nothing is told any more.
            let Some(row) = ledger.settlement(settlement)? else {
                continue;
            };
            if !row.is_written() {
                return Ok(None);
            }
            *place = row.replaces;
            history.known.push(Settled::read(ledger, settlement, &row)?);
        }
        Ok(Some(history))
    }

    fn knows(&self, settlement: SettlementId) -> bool {
        let mut known = self.known.iter();
        known.any(|of| of.settlement == settlement)
    }

    /// Whether nothing was settled or reversed of the visit since it was read.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub(super) fn still_holds(
        &self,
        rows: &dyn Rows,
        visit: &VisitKey,
    ) -> Result<bool, StoreError> {
        Ok(rows.replaced(visit.clone())? == self.last_reversed
            && rows.visit(visit.clone())? == self.taken_by)
    }

    /// What is to be written beside a word that is presented; none where rows come out right by themselves.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub(super) fn with(
        mut self,
        word: &HomeWord,
        claim: &Claim,
        rows: &dyn Rows,
    ) -> Result<Option<NodeRecord>, StoreError> {
        let body = &word.receipt.body;
        let settlement = body.clearing.settlement;
        self.known.retain(|of| of.settlement != settlement);
        if self.known.is_empty() {
            return Ok(None);
        }
        let reversal = word.reversal.as_ref();
        self.known.push(Settled {
            settlement,
            settled: Some(of_receipt(body)),
            reversed: reversal.map(|reversal| of_reversal(&reversal.body)),
        });
        let kept = if reversal.is_some() {
            kept(settlement, claim, rows)?
        } else {
            Vec::new()
        };
        let in_place = self.known.iter().map(|of| InPlace {
            settlement: of.settlement,
            of: self.last_before(of.settled),
        });
        Ok(Some(NodeRecord::VisitRegained(VisitRegained {
            person: claim.person,
            visit: claim.visit_key(),
            kept,
            last_reversed: self.last_before(None),
            in_place: in_place.collect(),
        })))
    }

    /// The last one that was reversed, before a moment where one is given.
    fn last_before(&self, moment: Option<Given>) -> Option<SettlementId> {
        let reversed = |of: &Settled| of.reversed.map(|at| (at, of.settlement));
        let reversed = self.known.iter().filter_map(reversed);
        let before = reversed.filter(|(at, _)| moment.is_none_or(|moment| *at < moment));
        before.max_by_key(|(at, _)| *at).map(|(_, of)| of)
    }
}

impl Settled {
    fn read(
        ledger: &Ledger,
        settlement: SettlementId,
        row: &SettlementRow,
    ) -> Result<Self, StoreError> {
        let (receipt, reversal) = match &row.state {
            SettlementState::Settled(at) => (Some(*at), None),
            SettlementState::Reversed(places) => (Some(places.settled), Some(places.reversed)),
            SettlementState::Prepared
            | SettlementState::Refused(_)
            | SettlementState::Abandoned(_) => (None, None),
        };
        Ok(Self {
            settlement,
            settled: receipt.map(|at| settled_at(ledger, at)).transpose()?,
            reversed: reversal.map(|at| reversed_at(ledger, at)).transpose()?,
        })
    }
}

fn settled_at(ledger: &Ledger, at: Location) -> Result<Given, StoreError> {
    if let NodeRecord::Settled(settled) = ledger.record(at)? {
        Ok(of_receipt(&settled.receipt.body))
    } else {
        Err(StoreError::Inconsistent(
            "a settlement's place holds another record",
        ))
    }
}

fn reversed_at(ledger: &Ledger, at: Location) -> Result<Given, StoreError> {
    if let NodeRecord::ReversalBooked(booked) = ledger.record(at)? {
        Ok(of_reversal(&booked.reversal.body))
    } else {
        Err(StoreError::Inconsistent(
            "a reversal's place holds another record",
        ))
    }
}

/// What others have taken, where it was treated, of the visit of a settlement that is booked and taken back in one: it takes
/// nothing from them. From what stands in the home role it takes nothing anyway (`store::apply`).
fn kept(
    settlement: SettlementId,
    claim: &Claim,
    rows: &dyn Rows,
) -> Result<Vec<VisitKept>, StoreError> {
    let mut kept = Vec::new();
    for visit in keys_of(claim.visit_key(), &claim.visit) {
        let taken_by = rows.visit(visit.clone())?;
        let by_another = taken_by.filter(|by| *by != settlement);
        kept.extend(by_another.map(|taken_by| VisitKept { visit, taken_by }));
    }
    Ok(kept)
}
