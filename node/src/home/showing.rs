//! What is shown of a person, and on what grounds.
//!
//! Nothing is told of whoever's credential was not read, not even that they are insured or have died. Whoever asks is
//! counted, and what is shown is noted for the person, also when it is shown because a commit came too late.

use huitong_core::claim::Claim;
use huitong_core::coverage::Snapshot;
use huitong_core::id::SettlementId;
use huitong_core::record::looks::ShownTo;
use huitong_core::refusal::RefusalCode;
use huitong_transport::Deadline;
use tokio::time::Instant;

use super::anew::is_known;
use super::looks::Full;
use super::signing::Beforehand;
use super::standing::{Asked, Settling, standing};
use super::{HomeRole, SnapshotAsk};
use crate::error::NodeError;
use crate::ledger::WriteError;
use crate::store::Rows as _;

impl HomeRole {
    /// Coverage, totals and policy for one open visit. Changes nothing, and may tell of totals that are not
    /// synced yet: a commit is decided on the home region's own.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn snapshot(&self, ask: &SnapshotAsk, due: Deadline) -> Result<Snapshot, NodeError> {
        self.may_begin(ask.treatment)?;
        self.is_not_held(ask.person)?;
        let (psn_no, admitted) = (ask.person.psn_no, ask.visit.admitted);
        let member = self.ledger.member(psn_no)?;
        // Nothing is told, and no other region asked, of whoever's credential was not read.
        if member.is_some_and(|member| member.credentials.contains(&ask.credential)) {
            self.mirror_if_late(psn_no, admitted, due).await?;
        }
        self.shown(&Asked {
            treatment: ask.treatment,
            person: ask.person,
            institution: &ask.institution,
            visit: &ask.visit,
            settling: Settling::Direct,
            credential: Some(&ask.credential),
        })
    }

    /// Whether a claim may be decided: something here knows of it, this region had signed a snapshot for it, or its person
    /// was shown for its visit, for which the credential was read. Otherwise nothing is told, not even whether there is
    /// such a person: it is no outcome, and whoever asks begins with a snapshot.
    ///
    /// # Errors
    /// `snapshot.not_shown`, `snapshot.too_many`, or the node's own trouble.
    pub(super) fn was_shown(
        &self,
        settlement: SettlementId,
        claim: &Claim,
        beforehand: Beforehand,
    ) -> Result<(), NodeError> {
        let (institution, psn_no) = (claim.institution.code, claim.person.psn_no);
        let to = ShownTo {
            treatment: claim.treatment,
            institution,
            visit: claim.visit.number.clone(),
        };
        // What was noted last is in memory, so that a claim that follows at once costs no look at the row.
        if self.looks.has(psn_no, &to)
            || beforehand != Beforehand::Nothing
            || self.ledger.looked(psn_no)?.is_some_and(|row| row.has(&to))
            || is_known(&*self.ledger, settlement, claim)?
        {
            return Ok(());
        }
        let (asker, now) = ((claim.treatment, institution), Instant::now());
        self.watch.admit(asker, psn_no, now)?;
        if self.ledger.member(psn_no)?.is_none() {
            self.watch.unknown_claimed(asker, psn_no, now);
        }
        Err(NodeError::refused(RefusalCode::NotShown, settlement))
    }

    /// How a person stands now whose claim was decided on what has changed since. The credential was read when the claim
    /// was begun ([`HomeRole::was_shown`]).
    pub(super) fn fresh(&self, claim: &Claim) -> Result<Snapshot, NodeError> {
        self.shown(&Asked {
            treatment: claim.treatment,
            person: claim.person,
            institution: &claim.institution,
            visit: &claim.visit,
            settling: Settling::Direct,
            credential: None,
        })
    }

    fn shown(&self, asked: &Asked<'_>) -> Result<Snapshot, NodeError> {
        let (asker, psn_no) = (
            (asked.treatment, asked.institution.code),
            asked.person.psn_no,
        );
        let now = Instant::now();
        self.watch.admit(asker, psn_no, now)?;
        let deciding = self.policies.deciding();
        let standing = match standing(&*self.ledger, &deciding.own, self.region, asked)? {
            Ok(standing) => standing,
            Err(refusal) => {
                if matches!(
                    refusal.code,
                    RefusalCode::UnknownPerson | RefusalCode::CredentialMismatch
                ) {
                    self.watch.unknown(asker, now);
                }
                return Err(refusal.into());
            }
        };
        let noted = self.looks.note(asked);
        noted.map_err(|Full| NodeError::from(WriteError::Overloaded))?;
        self.watch.given(asker, psn_no, now);
        Ok(standing.told(asked))
    }
}
