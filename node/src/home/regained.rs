//! Writing again what a restored node had given as a home region (PROTOCOL 16 to 18).
//!
//! What comes back is signed by this node, so that it stands is decided; here it is only worked out what
//! follows from it: totals and accounts as sums over what stands, whatever order it comes back in; the legs under
//! the numbers that the clearinghouse holds. No account is below nothing: what it did not hold of what was paid from it is
//! what it lacks from then on (`store::shortfall`). Whether the word is the own one was checked before; how it was
//! trued up is written when all is back (`recovery`).

use huitong_core::coverage::{Balances, PersonVersion, Snapshot};
use huitong_core::date::Timestamp;
use huitong_core::final_refusal::{FinalRefusal, RefusedRequest};
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::policy::total::ADMISSIONS;
use huitong_core::receipt::Receipt;
use huitong_core::record::NodeRecord;
use huitong_core::record::home::{Commitment, Committed, HomeRefused};
use huitong_core::record::recovery::{CommitRegained, Proof, RefusalRegained, ReversalRegained};
use huitong_core::record::reversal::{ReversalEffects, ReversalOrdered};
use huitong_core::record::transfer::LateEnded;
use huitong_core::recovery::ReturnedWord;
use huitong_core::region::RegionCode;
use huitong_core::reversal::Reversal;
use huitong_core::totals::TotalSlot;

use super::figures::{paid, totals_after};
use super::relation::handed_over;
use super::restored::{from, legs_standing};
use super::reverse::{balances_without, begun, totals_without};
use crate::ordinal;
use crate::store::{Account, HomeState, Moved, Rows, StoreError, Stream, StreamHead, incarnation};
use crate::writer::{Command, Verdict};

/// A word that came back, of this node and about what came with it.
pub struct Regain {
    /// The word.
    pub returned: ReturnedWord,
    /// What the journal has of the settlement already.
    pub original: Option<Committed>,
    /// What to do about an account that does not hold what was paid from it.
    pub short: Short,
}

/// What to do about an account that does not hold what was paid from it: something that filled it is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Short {
    /// Wait for what else comes back.
    Wait,
    /// It was as empty as it is, and the person is held.
    Empty,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regained {
    /// It is written, now or before.
    Written,
    /// Something that filled an account is missing yet.
    Short,
    /// The journal says that the id was refused or buried: the two cannot both be.
    Contradicts,
}

impl Command for Regain {
    type Answer = Regained;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Regained>, StoreError> {
        let part = &self.returned.word.receipt.body.clearing;
        let row = rows.home_settlement(part.treatment, part.settlement)?;
        let psn_no = self.returned.claim.person.psn_no;
        let account = rows.account(psn_no)?;
        let mut account = match account {
            Some(account) => account,
            None => Account::new(incarnation(rows)?),
        };
        let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
        let mut next_leg = head.written.saturating_add(1);
        let mut records = Vec::new();
        let mut original = self.original.clone();
        match row.map(|row| row.state) {
            Some(HomeState::Refused(_) | HomeState::Tombstone(_)) => {
                return Ok(Verdict::Answer(Regained::Contradicts));
            }
            Some(HomeState::Reversed(_)) => return Ok(Verdict::Answer(Regained::Written)),
            Some(HomeState::Committed(_)) => {}
            None => {
                let Some((record, lacked)) = self.commit(&mut account, &mut next_leg, rows)? else {
                    return Ok(Verdict::Answer(Regained::Short));
                };
                original = Some(record.clone());
                let proof = proof_of(&self.returned.word.receipt);
                // What was lacked is there again with the reversal that takes the settlement back.
                let is_held = self.returned.word.reversal.is_none();
                records.push(NodeRecord::CommitRegained(CommitRegained {
                    proof,
                    record,
                    lacked: if is_held { lacked } else { Balances::NONE },
                }));
                records.extend(late_ended((part.treatment, part.settlement), rows, now)?);
            }
        }
        if let Some(reversal) = &self.returned.word.reversal {
            let original = original.ok_or(StoreError::Inconsistent(
                "a settlement that is reversed cannot be read",
            ))?;
            let record = reversed(reversal, &original, &account, next_leg, rows)?;
            let proof = Proof {
                group: reversal.group.clone(),
                index: reversal.index,
                path: reversal.path.clone(),
            };
            records.push(NodeRecord::ReversalRegained(ReversalRegained {
                proof,
                record,
            }));
        }
        Ok(if records.is_empty() {
            Verdict::Answer(Regained::Written)
        } else {
            Verdict::Append(records, Regained::Written)
        })
    }
}

/// A final refusal that came back, of this node.
pub struct RegainRefusal(pub FinalRefusal);

impl Command for RegainRefusal {
    type Answer = Regained;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Regained>, StoreError> {
        let FinalRefusal {
            body,
            request,
            salt,
            group,
            index,
            path,
        } = self.0;
        let known = match &request {
            RefusedRequest::Reversal(wish) => {
                let asked_by = body.asked_by(&request);
                let row = rows.home_reversal(asked_by, wish.reversal)?;
                row.map(|row| row.refused.is_some())
            }
            RefusedRequest::Unseen | RefusedRequest::Claim(_) => {
                let row = rows.home_settlement(body.treatment, body.settlement)?;
                row.map(|row| matches!(row.state, HomeState::Refused(_) | HomeState::Tombstone(_)))
            }
        };
        match known {
            Some(true) => return Ok(Verdict::Answer(Regained::Written)),
            Some(false) => return Ok(Verdict::Answer(Regained::Contradicts)),
            None => {}
        }
        let late = match &request {
            RefusedRequest::Reversal(_) => None,
            RefusedRequest::Unseen | RefusedRequest::Claim(_) => {
                late_ended((body.treatment, body.settlement), rows, now)?
            }
        };
        let record = HomeRefused::new(body, request, salt);
        let record =
            record.map_err(|_| StoreError::Inconsistent("a refusal of another request"))?;
        let proof = Proof { group, index, path };
        let record = NodeRecord::RefusalRegained(RefusalRegained { proof, record });
        let records = [record].into_iter().chain(late).collect();
        Ok(Verdict::Append(records, Regained::Written))
    }
}

/// The end of a late claim that the backup has as put to the new home, when its outcome came back: it has no other.
fn late_ended(
    (treatment, settlement): (RegionCode, SettlementId),
    rows: &dyn Rows,
    at: Timestamp,
) -> Result<Option<NodeRecord>, StoreError> {
    let row = rows.late_claim(treatment, settlement)?;
    Ok(row.map(|row| {
        NodeRecord::LateEnded(LateEnded {
            psn_no: row.psn_no,
            treatment,
            settlement,
            at,
        })
    }))
}

impl Regain {
    /// The settlement with all that follows from it, and what the accounts lacked for it; none while it is waited
    /// for what they lack. `account` is as it stands after it.
    fn commit(
        &self,
        account: &mut Account,
        next_leg: &mut u64,
        rows: &dyn Rows,
    ) -> Result<Option<(Committed, Balances)>, StoreError> {
        let ReturnedWord {
            word,
            claim,
            decision,
            snapshot,
            trued_up: _,
        } = &self.returned;
        let body = &word.receipt.body;
        let after = after(&word.receipt, snapshot.version);
        let totals = totals_after(decision, account)?;
        let before = account.balances;
        // The accounts of whoever was handed over are the new home's, whatever was paid from them before.
        let left = handed_over(rows, claim.person.psn_no)?.is_some();
        let paid = if left { Balances::NONE } else { paid(decision) };
        let lacked = Balances {
            own: paid.own.saturating_sub(before.own),
            family: paid.family.saturating_sub(before.family),
        };
        let waits = self.short == Short::Wait && word.reversal.is_none();
        if lacked != Balances::NONE && waits {
            return Ok(None);
        }
        let balances = Balances {
            own: before.own.saturating_sub(paid.own),
            family: before.family.saturating_sub(paid.family),
        };
        let snapshot = self.as_admitted(&totals, rows)?;
        let legs = Leg::of(body);
        let legs_from = from(
            legs_standing(rows, body.clearing.settlement, LegKind::Settlement)?,
            &legs,
            next_leg,
        )?;
        let of = Commitment {
            salt: word.receipt.salt,
            claim: claim.clone(),
            decision: decision.clone(),
            snapshot,
            after,
            totals: totals.clone(),
            balances,
            legs_from,
        };
        account.version = account.version.max(after);
        account.moved(Moved::From(paid), balances)?;
        account.totals.extend(totals);
        Ok(Some((Committed::new(body.clone(), of), lacked)))
    }

    /// The snapshot with the admission that the bill belongs to, as far as it is known again.
    fn as_admitted(
        &self,
        totals: &[(TotalSlot, i64)],
        rows: &dyn Rows,
    ) -> Result<Snapshot, StoreError> {
        let ReturnedWord {
            claim, decision, ..
        } = &self.returned;
        let mut snapshot = self.returned.snapshot.clone();
        if !claim.visit.setting.is_stay() {
            return Ok(snapshot);
        }
        let began = claim.visit.episode_began_at(claim.institution.code);
        let number = claim.visit.episode.clone();
        let episode = rows.episode(claim.person.psn_no, began, number)?;
        let counts = |name: &str| name == ADMISSIONS;
        let counted = decision
            .totals
            .iter()
            .find(|change| counts(change.slot.name.as_str()))
            .and_then(|change| totals.iter().find(|(slot, _)| *slot == change.slot))
            .map(|(_, value)| ordinal::of_count(*value));
        let coverage = &mut snapshot.coverage;
        coverage.continued = episode.is_some_and(|episode| episode.begun > 0);
        coverage.ordinal = episode
            .map(|episode| episode.ordinal)
            .or(counted)
            .unwrap_or(coverage.ordinal);
        Ok(snapshot)
    }
}

/// The version that a commit made, computed on this one.
#[must_use]
pub fn after(receipt: &Receipt, before: PersonVersion) -> PersonVersion {
    PersonVersion {
        incarnation: receipt.body.incarnation,
        change: before.change.saturating_add(1),
    }
}

fn proof_of(receipt: &Receipt) -> Proof {
    Proof {
        group: receipt.group.clone(),
        index: receipt.index,
        path: receipt.path.clone(),
    }
}

fn reversed(
    reversal: &Reversal,
    original: &Committed,
    account: &Account,
    mut next_leg: u64,
    rows: &dyn Rows,
) -> Result<ReversalOrdered, StoreError> {
    let body = reversal.body.clone();
    let standing = legs_standing(rows, body.clearing.settlement, LegKind::Reversal)?;
    let left = handed_over(rows, original.claim.person.psn_no)?.is_some();
    let effects = ReversalEffects {
        salt: reversal.salt,
        person: reversal.person,
        visit: original.claim.visit_key(),
        begun: begun(original),
        totals: totals_without(&original.decision, account),
        balances: if left {
            account.balances
        } else {
            balances_without(&original.decision, account)
                .map_err(|_| StoreError::Range("the balance of an account"))?
        },
        legs_from: from(standing, &Leg::of_reversal(&body), &mut next_leg)?,
    };
    Ok(ReversalOrdered::new(body, effects))
}

#[cfg(test)]
mod tests;
