//! Writing again what a restored node had booked as a treatment region (PROTOCOL 16, 17). Whether the word is
//! its home region's and about what came with it was checked before (`recovery`).

use huitong_core::canonical::encode_to_vec;
use huitong_core::claim::Binding;
use huitong_core::date::Timestamp;
use huitong_core::digest::sha256;
use huitong_core::id::RequestId;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::record::NodeRecord;
use huitong_core::record::reversal::ReversalBooked;
use huitong_core::record::treatment::{Prepared, Reprepared, Settled};
use huitong_core::recovery::ReturnedWord;
use huitong_core::reversal::HomeWord;

use super::fence::beyond_reason;
use super::records::{Step, trued_up_by};
use crate::home::restored::{from, legs_standing};
use crate::store::{BeyondReason, Rows, SettlementState, StoreError, Stream, StreamHead};
use crate::writer::{Command, Verdict};

/// A word that came back, of its home region and about what came with it.
pub struct Rebook {
    /// The word.
    pub returned: ReturnedWord,
    /// Stands for the institution's own id, which nobody else knows.
    pub request: RequestId,
}

impl Command for Rebook {
    type Answer = Result<Step, BeyondReason>;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        let part = &self.returned.word.receipt.body.clearing;
        let settlement = part.settlement;
        if let Some(beyond) = beyond_reason(rows, part.home, &self.returned.word)? {
            return Ok(Verdict::Answer(Err(beyond)));
        }
        let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
        let mut next_leg = head.written.saturating_add(1);
        let mut records = Vec::new();
        let row = rows.settlement(settlement)?;
        match row.as_ref().map(|row| &row.state) {
            None => records.push(NodeRecord::Prepared(self.prepared(at))),
            Some(SettlementState::Prepared) => records.push(NodeRecord::Reprepared(Reprepared {
                settlement,
                decision: self.returned.decision.clone(),
                snapshot: self.returned.snapshot.clone(),
                at,
            })),
            Some(SettlementState::Settled(_)) => {}
            Some(
                SettlementState::Refused(_)
                | SettlementState::Abandoned(_)
                | SettlementState::Reversed(_),
            ) => return Ok(Verdict::Answer(Ok(Step::NotOpen))),
        }
        let cash = self.returned.decision.cash;
        let HomeWord { receipt, reversal } = self.returned.word;
        if !records.is_empty() {
            let legs = Leg::of(&receipt.body);
            let standing = legs_standing(rows, settlement, LegKind::Settlement)?;
            let legs_from = from(standing, &legs, &mut next_leg)?;
            // The patient pays no more for the restore of what the backup has as provisional.
            let trued_up = trued_up_by(rows, row.as_ref(), &receipt, cash, at)?;
            records.push(NodeRecord::Settled(Settled {
                settlement,
                receipt,
                legs_from,
                at,
            }));
            records.extend(trued_up.map(NodeRecord::TruedUp));
        }
        if let Some(reversal) = reversal {
            let legs = Leg::of_reversal(&reversal.body);
            let standing = legs_standing(rows, settlement, LegKind::Reversal)?;
            let legs_from = from(standing, &legs, &mut next_leg)?;
            records.push(NodeRecord::ReversalBooked(ReversalBooked {
                reversal,
                legs_from,
                at,
            }));
        }
        Ok(if records.is_empty() {
            Verdict::Answer(Ok(Step::NotOpen))
        } else {
            Verdict::Append(records, Ok(Step::Taken))
        })
    }
}

impl Rebook {
    /// What must have been prepared. The bill as charged is known to the institution alone.
    fn prepared(&self, at: Timestamp) -> Prepared {
        let ReturnedWord {
            word,
            claim,
            decision,
            snapshot,
            trued_up: _,
        } = &self.returned;
        Prepared {
            settlement: word.receipt.body.clearing.settlement,
            institution: claim.institution.code,
            request: self.request,
            binding: Binding {
                institution: sha256(&encode_to_vec(&claim.institution.code)),
                person: sha256(&encode_to_vec(&claim.person)),
                visit: sha256(&encode_to_vec(&claim.visit)),
                bill: Binding::NO_BILL,
            },
            bill: None,
            claim: claim.clone(),
            decision: decision.clone(),
            snapshot: snapshot.clone(),
            not_after: None,
            at,
        }
    }
}
