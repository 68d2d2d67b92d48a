//! Settling while the home region does not answer (PROTOCOL 22): it cannot be reached, or its node says that it can do
//! nothing for now. On a snapshot that it signed before, under the policy that this names, within the ceiling, and one for a
//! person.
//!
//! Nothing of it leaves for the home region before it is synced, and only before any Commit of the visit left:
//! an id whose Commit may be on its way has an outcome, which is waited for. What is given here is made good
//! by `drive`, which puts it to the home region until that answers. No leg follows before.

pub mod records;
pub mod seen;

use std::sync::Arc;

use huitong_core::claim::Claim;
use huitong_core::id::SettlementId;
use huitong_core::person::PersonRef;
use huitong_core::provisional::{Provisional, SignedSnapshot};
use huitong_core::record::NodeRecord;
use huitong_core::record::provisional::SnapshotKept;
use huitong_core::record::treatment::Prepared;
use huitong_core::refusal::RefusalCode;
use huitong_transport::Deadline;

use super::TreatmentRole;
use super::driving::Outcome;
use super::open::{not_written, own_trouble, told};
use super::order::Order;
use super::settle::{Estimate, before_commit, check_dates, decide_on};
use crate::error::NodeError;
use crate::home::signing::{advanced, decides};
use crate::peers::Home;
use crate::store::apply::Records as _;
use crate::store::{Rows, StoreError};

use records::{GiveProvisional, Given, KeepSnapshot};

/// Whether the home region said nothing of the person: it cannot be reached, is restoring, has lost records, cannot write, or
/// has more to do than it can. What it refuses for another reason is an answer; and while one of the two leaves the other
/// out after a restore, nothing is settled between them at all.
const fn answers_nothing(failed: &NodeError) -> bool {
    match failed {
        NodeError::Refused(refusal) | NodeError::Pushed(refusal, _) => matches!(
            refusal.code,
            RefusalCode::HomeUnreachable
                | RefusalCode::Recovering
                | RefusalCode::RecordsGone
                | RefusalCode::StoreBroken
                | RefusalCode::Overloaded
        ),
        // The own node's trouble.
        NodeError::Write(_) | NodeError::Store(_) => false,
    }
}

impl TreatmentRole {
    /// Settles provisionally what could not be put to the home region, or says as before why it could not.
    ///
    /// # Errors
    /// `failed` where nothing allows it; a refusal that says which bound is met; the node's own trouble.
    pub(super) async fn provisionally(
        self: &Arc<Self>,
        settlement: SettlementId,
        order: Order,
        failed: NodeError,
        due: Deadline,
    ) -> Outcome {
        // The same id, sent twice at once, may have been prepared meanwhile: then its claim may have left.
        let found = self.in_the_way_of(settlement, &order, &order.binding());
        if let Some(found) = found.map_err(|error| own_trouble(settlement, &error.into()))? {
            return self.answer_standing(settlement, found, due).await;
        }
        let person = order.bill.person;
        if person.home == self.region || !answers_nothing(&failed) {
            return Err(failed);
        }
        if let Some(other) = self.ledger.provisional_of(person.home, person.psn_no)? {
            return Err(NodeError::refused(RefusalCode::ProvisionalStands, other));
        }
        let Some(signed) = self.kept(person).await? else {
            return Err(failed);
        };
        let Some((prepared, provisional)) = self.on_signed(settlement, order, signed)? else {
            return Err(failed);
        };
        let command = GiveProvisional {
            prepared,
            provisional,
        };
        let given = self.writer.run(command).await;
        match given
            .map_err(|error| not_written(settlement, error))?
            .answer
        {
            Given::Provisional => told(settlement, self.standing(settlement).await),
            Given::InTheWay(found) => self.answer_standing(settlement, found, due).await,
            Given::Another(other) => Err(NodeError::refused(RefusalCode::ProvisionalStands, other)),
            Given::Expired => Err(failed),
        }
    }

    /// What is decided on a signed snapshot; nothing when its policy does not allow it for this visit.
    fn on_signed(
        &self,
        settlement: SettlementId,
        order: Order,
        signed: SignedSnapshot,
    ) -> Result<Option<(Prepared, Provisional)>, NodeError> {
        let (at, visit) = (self.clock.now(), &order.bill.visit);
        let body = &signed.body;
        let usable = body.is_usable(&order.visit_key(), visit.admitted, at);
        let policy = self.policies.get(&body.snapshot.policy);
        let Some(policy) = policy.filter(|policy| usable && decides(policy.policy(), visit)) else {
            return Ok(None);
        };
        let rule = policy.policy().provisional();
        let Some(rule) = rule.filter(|rule| rule.care_of(visit).is_some()) else {
            return Ok(None);
        };
        check_dates(&order.bill.bill, visit)?;
        let institution = self.institution(&order)?;
        let (split, catalogue) = self.split(&order.bill.bill, institution.price_grade)?;
        let claim = Claim {
            treatment: self.region,
            institution,
            person: order.bill.person,
            visit: visit.clone(),
            bill: split,
            catalogue,
            given: order.bill.given.clone(),
        };
        let decision = decide_on(&policy, &claim, &body.snapshot)?;
        let advanced = advanced(&decision)?;
        if advanced > rule.ceiling {
            return Err(NodeError::refused(
                RefusalCode::OverProvisionalCeiling,
                rule.ceiling,
            ));
        }
        let prepared = Prepared {
            settlement,
            institution: order.institution,
            request: order.request,
            binding: order.binding(),
            bill: Some(order.bill.bill),
            claim,
            decision: decision.clone(),
            snapshot: body.snapshot.clone(),
            not_after: order.not_after,
            at,
        };
        let provisional = Provisional {
            settlement,
            signed,
            decision,
            advanced,
            at,
        };
        Ok(Some((prepared, provisional)))
    }

    /// The signed snapshot that is kept of a person.
    async fn kept(&self, person: PersonRef) -> Result<Option<SignedSnapshot>, NodeError> {
        // The place of one that is being kept at this moment is known once it is synced.
        self.ledger.barrier().await?;
        let Some(row) = self.ledger.kept(person.home, person.psn_no)? else {
            return Ok(None);
        };
        if let NodeRecord::SnapshotKept(SnapshotKept { signed, .. }) = self.ledger.record(row.at)? {
            Ok(Some(signed))
        } else {
            let other = StoreError::Inconsistent("a signed snapshot's place holds another record");
            Err(other.into())
        }
    }

    /// Asks for a signed snapshot and keeps it, where the policy allows the visit to be settled provisionally and
    /// none that may be used is kept.
    pub(super) async fn ask_signed(
        &self,
        order: &Order,
        home: &Home,
        found: &Estimate,
        due: Deadline,
    ) -> Result<(), NodeError> {
        let policy = self.policies.get(&found.snapshot.policy);
        let rule = policy
            .as_ref()
            .and_then(|policy| policy.policy().provisional());
        let (person, now) = (order.bill.person, self.clock.now());
        if rule.is_none_or(|rule| rule.care_of(&order.bill.visit).is_none()) {
            return Ok(());
        }
        let kept = self.ledger.kept(person.home, person.psn_no)?;
        let is_kept = kept.is_some_and(|row| row.usable_until >= now);
        let Home::Other(peer) = home else {
            return Ok(());
        };
        if is_kept {
            return Ok(());
        }
        let ask = self.snapshot_ask(order, found.claim.institution.clone());
        let held = self.receipts_held(person.home)?;
        let due = due.at_most(self.timing.ask);
        let signed = peer.signed_snapshot(&ask, held, due.remaining()).await;
        let Some(signed) = signed.map_err(before_commit)? else {
            return Ok(());
        };
        let body = &signed.body;
        let is_ours = body.treatment == self.region
            && body.snapshot.person == order.bill.person
            && body.visit == order.visit_key()
            && body.usable_until >= now;
        if !is_ours || self.verified.signed_snapshot(&signed, home).is_err() {
            tracing::error!(home = %home.region(), "a signed snapshot is not accepted");
            return Ok(());
        }
        self.writer.run(KeepSnapshot(signed)).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use huitong_core::refusal::Refusal;

    use super::*;
    use crate::ledger::WriteError;

    #[test]
    fn a_home_region_that_can_do_nothing_for_now_is_none_that_answers() {
        let silent = |code| {
            let pushed = NodeError::Pushed(Refusal::new(code, ""), Duration::ZERO);
            let refused = answers_nothing(&NodeError::refused(code, ""));
            assert_eq!(answers_nothing(&pushed), refused, "{code:?}");
            refused
        };
        let named = [
            RefusalCode::HomeUnreachable,
            RefusalCode::Recovering,
            RefusalCode::RecordsGone,
            RefusalCode::StoreBroken,
            RefusalCode::Overloaded,
        ];
        for code in RefusalCode::ALL {
            assert_eq!(silent(*code), named.contains(code), "{code:?}");
        }
        // The same words of the own node are not the home region's.
        assert!(!answers_nothing(&NodeError::Write(WriteError::Overloaded)));
        let broken = StoreError::Inconsistent("two rows");
        assert!(!answers_nothing(&NodeError::Store(broken)));
    }
}
