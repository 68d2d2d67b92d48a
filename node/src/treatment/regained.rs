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
use super::records::trued_up_by;
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

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rebooked {
    /// It is written now.
    Written,
    /// It was written before.
    Known,
    /// The journal says that the id was refused or given up by the home region's word: the two cannot both be.
    Contradicts,
}

impl Command for Rebook {
    type Answer = Result<Rebooked, BeyondReason>;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        let part = &self.returned.word.receipt.body.clearing;
        let settlement = part.settlement;
        // What the own region's institutions give back is bound by no number: it takes none.
        if part.home != part.treatment
            && let Some(beyond) = beyond_reason(rows, part.home, &self.returned.word)?
        {
            return Ok(Verdict::Answer(Err(beyond)));
        }
        let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
        let mut next_leg = head.written.saturating_add(1);
        let mut records = Vec::new();
        let row = rows.settlement(settlement)?;
        match row.as_ref().map(|row| &row.state) {
            // One that was buried here while the home region's word was not known is as unknown as one that never was.
            None | Some(SettlementState::Abandoned(None)) => {
                let request = row.as_ref().map_or(self.request, |row| row.request);
                records.push(NodeRecord::Prepared(self.prepared(request, at)));
            }
            Some(SettlementState::Prepared) => records.push(NodeRecord::Reprepared(Reprepared {
                settlement,
                decision: self.returned.decision.clone(),
                snapshot: self.returned.snapshot.clone(),
                at,
            })),
            Some(SettlementState::Settled(_)) => {}
            Some(SettlementState::Reversed(_)) => return Ok(Verdict::Answer(Ok(Rebooked::Known))),
            Some(SettlementState::Refused(_) | SettlementState::Abandoned(Some(_))) => {
                return Ok(Verdict::Answer(Ok(Rebooked::Contradicts)));
            }
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
            Verdict::Answer(Ok(Rebooked::Known))
        } else {
            Verdict::Append(records, Ok(Rebooked::Written))
        })
    }
}

impl Rebook {
    /// What must have been prepared. The bill as charged is known to the institution alone.
    fn prepared(&self, request: RequestId, at: Timestamp) -> Prepared {
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
            request,
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

#[cfg(test)]
mod tests {
    use huitong_core::final_refusal::RefusedRequest;
    use huitong_core::record::recovery::{InPlace, VisitKept, VisitRegained};
    use huitong_core::refusal::RefusalCode;

    use super::*;
    use crate::samples::{id, prepared, refusal, tombstone};
    use crate::treatment::records::{Bury, End, InTheWay, Prepare, Step};
    use crate::treatment::testing::{self, Treatment};

    fn rebook() -> Rebook {
        testing::rebook("restored".parse().unwrap())
    }

    #[test]
    fn a_receipt_stands_over_a_burial_of_which_the_home_region_never_said_anything() {
        let of = prepared(1, "V1");
        let node = Treatment::new();
        let bury = Bury {
            settlement: id(1),
            institution: of.institution,
            request: of.request,
            home: of.home(),
        };
        assert_eq!(node.run(bury), (Ok(Step::Taken), 1));
        assert_eq!(node.run(rebook()), (Ok(Rebooked::Written), 2));
        let row = node.rows.settlement(id(1)).unwrap().unwrap();
        assert!(matches!(row.state, SettlementState::Settled(_)));
        // What the institution called it is known from the cancellation.
        assert_eq!((row.institution, row.request), (of.institution, of.request));
        assert_eq!(node.rows.open(id(1)).unwrap(), None);
        let visit = node.run(Prepare(prepared(2, "V1"))).0;
        assert!(matches!(visit, Some(InTheWay::Visit(_))), "{visit:?}");
        assert_eq!(node.run(rebook()), (Ok(Rebooked::Known), 0));
    }

    #[test]
    fn of_a_visit_nobody_is_named_who_was_erased_since() {
        let node = Treatment::new();
        node.run(Prepare(prepared(1, "V1")));
        let claim = prepared(1, "V1").claim;
        let erased = Some(id(9));
        node.write(&NodeRecord::VisitRegained(VisitRegained {
            person: claim.person,
            visit: claim.visit_key(),
            kept: vec![VisitKept {
                visit: claim.visit_key(),
                taken_by: id(9),
            }],
            last_reversed: erased,
            in_place: vec![InPlace {
                settlement: id(1),
                of: erased,
            }],
        }));
        let rows = &node.rows;
        assert_eq!(rows.settlement(id(1)).unwrap().unwrap().replaces, None);
        assert_eq!(rows.replaced(claim.visit_key()).unwrap(), None);
        assert_eq!(rows.visit(claim.visit_key()).unwrap(), Some(id(1)));
    }

    #[test]
    fn a_receipt_contradicts_an_id_that_ended_by_the_home_regions_word() {
        let request = RefusedRequest::Claim(prepared(1, "V1").claim.binding());
        let refused = refusal(1, RefusalCode::VisitAlreadySettled, request);
        for word in [refused, tombstone(1)] {
            let node = Treatment::new();
            node.run(Prepare(prepared(1, "V1")));
            let refusal = (!word.body.is_tombstone()).then(|| word.body.refusal.clone());
            let end = End {
                settlement: id(1),
                refusal,
                word,
                taken_back_by: None,
            };
            assert_eq!(node.run(end), (Step::Taken, 1));
            assert_eq!(node.run(rebook()), (Ok(Rebooked::Contradicts), 0));
        }
    }
}
