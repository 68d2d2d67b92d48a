//! Settling a bill by hand: the patient paid the institution, and the home region pays the patient.
//!
//! The same engine, totals and versions as for a direct settlement, in the same order of checks (id, visit,
//! version, decision), with the home region's own catalogue. A visit stands once, however it is settled: the
//! writer sees both kinds in one place. The receipt has no number and no legs follow from it, since no other
//! region takes part. A refusal writes nothing: the officer who asks waits for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use huitong_adjudication::Engine;
use huitong_core::bill::Bill;
use huitong_core::canonical::encode_to_vec;
use huitong_core::claim::Claim;
use huitong_core::date::Timestamp;
use huitong_core::digest::{Digest, sha256_parts};
use huitong_core::id::{ActId, RequestId, SettlementId};
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::person::PsnNo;
use huitong_core::receipt::{ClearingPart, ReceiptBody};
use huitong_core::record::NodeRecord;
use huitong_core::record::by_hand::SettledByHand;
use huitong_core::record::home::{Commitment, Committed};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::reversal::HomeWord;

use super::HomeRole;
use super::commit::{Commit, CommitVerdict, Recomputed};
use super::figures::paid_out;
use super::restored::missing;
use super::standing::{Asked, Settling, standing};
use crate::chance::salt;
use crate::compute::compute;
use crate::error::NodeError;
use crate::store::{LookedRow, Rows, StoreError, erased_act, standing_visit};
use crate::writer::{Command, Verdict};

/// How often a bill is decided again on a record that moved meanwhile.
const ATTEMPTS_AT_MOST: usize = 4;

/// A bill to be settled by hand.
#[derive(Debug, Clone)]
pub struct HandOrder {
    /// The act's id.
    pub act: ActId,
    /// Who asks.
    pub by: OfficerName,
    /// Their own id of the request.
    pub request: RequestId,
    /// What is asked for; the treatment region in it is where the person was treated.
    pub claim: Claim,
    /// The bill as charged.
    pub bill: Bill,
}

impl HandOrder {
    /// What the id binds.
    #[must_use]
    pub fn asked(&self) -> Digest {
        let Claim {
            treatment,
            institution,
            person,
            visit,
            given,
            ..
        } = &self.claim;
        let whose = (*treatment, institution.clone(), *person);
        let what = (visit.clone(), self.bill.clone(), given.clone());
        sha256_parts(&[b"HTAM\x00\x01", &encode_to_vec(&(whose, what))])
    }
}

/// The settlement of an act.
#[must_use]
pub const fn settlement_of(act: ActId) -> SettlementId {
    SettlementId::from_bytes(act.to_bytes())
}

/// A settlement by hand, as it stands.
#[derive(Debug, Clone)]
pub struct SettledHand {
    /// The commit.
    pub record: Committed,
    /// The receipt, and the reversal once there is one.
    pub word: HomeWord,
    /// The reversed one in whose place it stands.
    pub replaces: Option<ReplacedHand>,
}

/// A settlement by hand that was reversed, and that another of the same visit and person stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplacedHand {
    /// Which.
    pub settlement: SettlementId,
    /// What the region had paid to the person for it.
    pub paid_out: Fen,
}

/// What the writer decided.
#[derive(Debug, Clone, PartialEq, Eq)]
enum HandVerdict {
    Done,
    Conflict,
    Refused(Refusal),
    Stale,
}

struct SettleByHand {
    order: HandOrder,
    asked: Digest,
    commit: Commit,
}

/// Whether the id is of somebody who was erased, or the person is held.
fn barred(rows: &dyn Rows, act: ActId, psn_no: PsnNo) -> Result<Option<Refusal>, StoreError> {
    if let Some(refusal) = erased_act(rows, act)? {
        return Ok(Some(refusal));
    }
    Ok(match missing(rows, psn_no)? {
        0 => None,
        missing => Some(Refusal::new(RefusalCode::PersonHeld, missing)),
    })
}

impl Command for SettleByHand {
    type Answer = HandVerdict;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<HandVerdict>, StoreError> {
        if let Some(row) = rows.act(self.order.act)? {
            let same = row.asked == self.asked;
            let answer = if same {
                HandVerdict::Done
            } else {
                HandVerdict::Conflict
            };
            return Ok(Verdict::Answer(answer));
        }
        let psn_no = self.order.claim.person.psn_no;
        if let Some(refusal) = barred(rows, self.order.act, psn_no)? {
            return Ok(Verdict::Answer(HandVerdict::Refused(refusal)));
        }
        let claim = &self.order.claim;
        if let Some(other) = standing_visit(rows, &claim.visit_key(), &claim.visit)? {
            let refusal = Refusal::new(RefusalCode::VisitAlreadySettled, other);
            return Ok(Verdict::Answer(HandVerdict::Refused(refusal)));
        }
        let decided = self.commit.decide(rows, now)?;
        let (records, verdict) = match decided {
            Verdict::Append(records, verdict) => (records, verdict),
            Verdict::Answer(verdict) => (Vec::new(), verdict),
        };
        match verdict {
            CommitVerdict::Committed { .. } => {}
            CommitVerdict::Refused(record) => {
                let refusal = record.body().refusal.clone();
                return Ok(Verdict::Answer(HandVerdict::Refused(refusal)));
            }
            CommitVerdict::Stale => return Ok(Verdict::Answer(HandVerdict::Stale)),
            CommitVerdict::LegStands => {
                return Err(StoreError::Inconsistent("a settlement by hand has no legs"));
            }
            CommitVerdict::Moving(to) => {
                let refusal = Refusal::new(RefusalCode::MemberMoving, to);
                return Ok(Verdict::Answer(HandVerdict::Refused(refusal)));
            }
            CommitVerdict::Offered => {
                let refusal = Refusal::new(RefusalCode::LateByHand, "");
                return Ok(Verdict::Answer(HandVerdict::Refused(refusal)));
            }
            // The settlement's id is the act's: no other request has it.
            CommitVerdict::Repeated | CommitVerdict::Conflict(_) => {
                return Ok(Verdict::Answer(HandVerdict::Conflict));
            }
        }
        let [NodeRecord::Committed(record)] = &*records else {
            return Err(StoreError::Inconsistent("a commit writes one record"));
        };
        let record = at_home(record);
        let settled = SettledByHand {
            act: self.order.act,
            by: self.order.by,
            request: self.order.request,
            asked: self.asked,
            settlement: record.body().clearing.settlement,
            bill: self.order.bill,
            at: now,
        };
        Ok(Verdict::Append(
            vec![
                NodeRecord::Committed(record),
                NodeRecord::SettledByHand(settled),
            ],
            HandVerdict::Done,
        ))
    }
}

/// The same commit with a receipt of the home region alone.
fn at_home(record: &Committed) -> Committed {
    let body = record.body();
    let body = ReceiptBody {
        number: 0,
        clearing: ClearingPart {
            treatment: body.clearing.home,
            ..body.clearing.clone()
        },
        ..body.clone()
    };
    Committed::new(
        body,
        Commitment {
            salt: record.salt,
            claim: record.claim.clone(),
            decision: record.decision.clone(),
            snapshot: record.snapshot.clone(),
            after: record.after,
            totals: record.totals.clone(),
            balances: record.balances,
            legs_from: record.legs_from,
        },
    )
}

impl HomeRole {
    /// Settles a bill by hand. Idempotent by the act.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn settle_by_hand(&self, order: HandOrder) -> Result<SettledHand, NodeError> {
        let asked = order.asked();
        let (act, request) = (order.act, order.request);
        for _ in 0..ATTEMPTS_AT_MOST {
            let commit = self.by_hand(&order)?;
            let command = SettleByHand {
                order: order.clone(),
                asked,
                commit,
            };
            match self.writer.run(command).await?.answer {
                HandVerdict::Done => return self.settled_by_hand(act).await,
                HandVerdict::Conflict => {
                    return Err(NodeError::refused(RefusalCode::IdConflict, request));
                }
                HandVerdict::Refused(refusal) => return Err(refusal.into()),
                HandVerdict::Stale => {}
            }
        }
        Err(NodeError::refused(RefusalCode::StaleVersion, request))
    }

    /// What an act has settled, if it did.
    ///
    /// # Errors
    /// `id.conflict` when the act asked for something else, or the node's own trouble.
    pub async fn known_by_hand(&self, order: &HandOrder) -> Result<Option<SettledHand>, NodeError> {
        match self.ledger.act(order.act)? {
            None => Ok(None),
            Some(row) if row.asked == order.asked() => {
                self.settled_by_hand(order.act).await.map(Some)
            }
            Some(_) => Err(NodeError::refused(RefusalCode::IdConflict, order.request)),
        }
    }

    /// What stands of a visit here, directly or by hand.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn visit_settled(&self, claim: &Claim) -> Result<Option<SettlementId>, StoreError> {
        standing_visit(&*self.ledger, &claim.visit_key(), &claim.visit)
    }

    /// The regions that were shown the person for a visit, as far as it is kept: they may hold it open, and the one that a
    /// snapshot was signed for may have given it provisionally.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn shown_for(&self, claim: &Claim) -> Result<BTreeSet<RegionCode>, StoreError> {
        let (psn_no, visit) = (claim.person.psn_no, &claim.visit.number);
        let institution = claim.institution.code;
        let signed = self.ledger.signed(psn_no)?;
        let signed =
            signed.filter(|row| (row.visit.institution, &row.visit.visit) == (institution, visit));
        let looked = self.ledger.looked(psn_no)?.unwrap_or(LookedRow::NOBODY);
        let looked = looked.latest.into_iter();
        let looked = looked.filter(|at| (at.institution, &at.visit) == (institution, visit));
        let looked = looked.map(|at| at.treatment);
        Ok(looked.chain(signed.map(|row| row.treatment)).collect())
    }

    async fn settled_by_hand(&self, act: ActId) -> Result<SettledHand, NodeError> {
        let (own, settlement) = (self.region(), settlement_of(act));
        let original = self.original(own, settlement).await?;
        let lost = StoreError::Inconsistent("an act without its settlement");
        let (_, record) = original.ok_or(lost)?;
        let word = self.word(own, settlement).await?;
        let replaces = match word.reversal {
            None => self.replaced_by_hand(&record.claim).await?,
            Some(_) => None,
        };
        Ok(SettledHand {
            record,
            word,
            replaces,
        })
    }

    /// What was settled by hand of this person's visit before, and reversed. Under the visit of somebody else nothing is set
    /// against anything.
    async fn replaced_by_hand(&self, claim: &Claim) -> Result<Option<ReplacedHand>, NodeError> {
        let Some(settlement) = self.ledger.hand_replaced(claim.visit_key())? else {
            return Ok(None);
        };
        let original = self.original(self.region(), settlement).await?;
        let Some((_, before)) = original.filter(|(_, it)| it.claim.person == claim.person) else {
            return Ok(None);
        };
        let paid_out = paid_out(before.body());
        Ok(Some(ReplacedHand {
            settlement,
            paid_out: paid_out.map_err(|_| StoreError::Range("what a bill came to"))?,
        }))
    }

    /// The commit of a bill on the person's record as it stands now.
    fn by_hand(&self, order: &HandOrder) -> Result<Commit, NodeError> {
        let claim = &order.claim;
        let asked = Asked {
            treatment: claim.treatment,
            person: claim.person,
            institution: &claim.institution,
            visit: &claim.visit,
            settling: Settling::ByHand,
            credential: None,
        };
        let deciding = self.policies.deciding();
        let change = deciding.change;
        let standing = standing(&*self.ledger, &deciding.own, self.region(), &asked)??;
        let snapshot = standing.snapshot(&asked);
        let engine = Engine::newest_among(&snapshot.engines);
        let engine =
            engine.ok_or_else(|| NodeError::refused(RefusalCode::EngineNotAccepted, ""))?;
        let outcome = compute(claim.bill.lines().len(), || standing.decide(engine, claim));
        Ok(Commit {
            settlement: settlement_of(order.act),
            claim: claim.clone(),
            version: snapshot.version,
            policy: snapshot.policy,
            recomputed: Recomputed {
                snapshot: Some(snapshot),
                outcome,
                change,
            },
            promise: None,
            calendar: Arc::clone(&self.calendar),
            salt: salt(&*self.chance),
        })
    }
}
