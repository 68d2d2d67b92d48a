//! What was read at the institution for a claim that is open: kept in memory until the claim has an outcome.
//!
//! A home region shows nobody's record without it. One that has lost what it showed asks for it again before it decides
//! (`drive`). Deliberately absent: the journal. What is read of a person opens their record, so it lies on no disk here;
//! a claim whose credential went with a restart stays open until it is sent again, which brings it, or lapses.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use huitong_core::claim::Binding;
use huitong_core::coverage::Snapshot;
use huitong_core::id::SettlementId;
use huitong_core::person::Credential;
use huitong_core::record::treatment::Prepared;
use huitong_core::refusal::{Refusal, RefusalCode, Retry};
use huitong_transport::Deadline;

use super::TreatmentRole;
use super::open::unknown;
use super::order::Order;
use super::records::{InTheWay, in_the_way};
use crate::error::NodeError;
use crate::home::SnapshotAsk;
use crate::peers::{Home, HomeFault};
use crate::store::{Rows as _, SettlementState, StoreError};

/// Claims whose credentials are kept at once.
const AT_MOST: usize = 65_536;

/// The credentials of open claims.
#[derive(Debug, Default)]
pub(super) struct Credentials(Mutex<HashMap<SettlementId, Credential>>);

impl Credentials {
    /// Keeps what was read for a claim, if there is room.
    pub(super) fn keep(&self, settlement: SettlementId, read: Credential) {
        let mut kept = self.kept();
        if kept.len() < AT_MOST {
            kept.insert(settlement, read);
        }
    }

    /// What was read for a claim.
    pub(super) fn of(&self, settlement: SettlementId) -> Option<Credential> {
        self.kept().get(&settlement).cloned()
    }

    /// Forgets what was read for a claim that has an outcome.
    pub(super) fn forget(&self, settlement: SettlementId) {
        self.kept().remove(&settlement);
    }

    /// For which claims something is kept.
    pub(super) fn of_which(&self) -> Vec<SettlementId> {
        self.kept().keys().copied().collect()
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<SettlementId, Credential>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TreatmentRole {
    /// What is in the way of a claim. Where that is the claim itself, sent again before it has an outcome, what was read for
    /// it is kept, if nothing is any more.
    pub(super) fn in_the_way_of(
        &self,
        settlement: SettlementId,
        order: &Order,
        binding: &Binding,
    ) -> Result<Option<InTheWay>, StoreError> {
        let (key, read) = (order.visit_key(), &order.bill.credential);
        let visit = (&key, &order.bill.visit);
        let found = in_the_way(&*self.ledger, settlement, binding, visit)?;
        let row = match found {
            Some(InTheWay::Known) => self.ledger.settlement(settlement)?,
            Some(InTheWay::Conflict(_) | InTheWay::Visit(_)) | None => None,
        };
        let is_open = row.is_some_and(|row| row.state == SettlementState::Prepared);
        if is_open && self.credentials.of(settlement).is_none() {
            self.credentials.keep(settlement, read.clone());
        }
        Ok(found)
    }

    /// Has the home region show the person again, that has lost that it did: with the credential that was read, as long as
    /// that is here. Without it the claim stays open: nothing of it was decided there, and sent again it brings it.
    pub(super) async fn shown_again(
        &self,
        prepared: &Prepared,
        home: &Home,
    ) -> Result<Result<Snapshot, Refusal>, NodeError> {
        let (settlement, claim) = (prepared.settlement, &prepared.claim);
        tracing::warn!(%settlement, home = %home.region(), "a home region has lost what it showed");
        let Some(credential) = self.credentials.of(settlement) else {
            let not_shown = Refusal::new(RefusalCode::NotShown, settlement);
            return Err(unknown(settlement, &HomeFault::Refused(not_shown)));
        };
        let ask = SnapshotAsk {
            treatment: self.region,
            person: claim.person,
            credential,
            institution: claim.institution.clone(),
            visit: claim.visit.clone(),
        };
        let held = self.receipts_held(home.region())?;
        let due = Deadline::after(self.timing.ask);
        match home.snapshot(&ask, held, due).await {
            Ok(fresh) => Ok(Ok(fresh)),
            // What may pass by itself is no reason to give up.
            Err(HomeFault::Refused(refusal)) if refusal.code.retry() == Retry::No => {
                Ok(Err(refusal))
            }
            Err(fault) => Err(unknown(settlement, &fault)),
        }
    }
}
