//! Whether the bureau's documents are those again that it decided under: a restored node has as many as its backup.
//!
//! Nobody gives them back, but every word that came back names the document that it was decided under. One that is not here
//! was published after the backup. And where another document decides the visit of the newest of these words, and not because
//! of what was published or withdrawn after that word, a publication or a withdrawal of after the backup is missing. The node
//! does not serve until officers have put that right, or one of them has said that it serves without. Deliberately absent: what
//! no word that came back tells of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};

use huitong_core::bill::Visit;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::officer::OfficerName;
use huitong_core::record::home::Committed;
use huitong_core::record::sealed::Joined;
use huitong_core::record::{NodeRecord, is_regained_word, is_restore_ended};
use huitong_core::refusal::RefusalCode;
use huitong_core::vocabulary::{Scheme, Setting};
use huitong_journal::Position;

use super::Recovery;
use crate::compute::long;
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::policies::{HeldPolicy, OwnPolicies, OwnPolicy};
use crate::store::{Location, PolicyStanding, StoreError, Table};

/// A document that words which came back were decided under, and that does not decide here as it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostPolicy {
    /// The document.
    pub digest: Digest,
    /// Whether it is here, and another decides in its place.
    pub is_here: bool,
}

/// How the documents are held against the words that came back.
#[derive(Debug, Default)]
pub(super) struct Documents {
    decided: Option<Decided>,
    /// Without which an officer has the node serve.
    left_out: BTreeSet<Digest>,
}

/// What the words that came back since the last recovery that ended were decided under.
#[derive(Debug, Default)]
struct Decided {
    under: BTreeSet<Digest>,
    newest: BTreeMap<(Scheme, Setting), Newest>,
}

/// The newest word of a scheme and a kind of treatment.
#[derive(Debug)]
struct Newest {
    at: Timestamp,
    under: Digest,
    visit: Visit,
}

impl Recovery {
    /// What is not as it was when the words that came back were given. Nothing before all are back.
    #[must_use]
    pub fn policies_lost(&self) -> Vec<LostPolicy> {
        self.documents().lost(&self.policies.deciding().own)
    }

    /// The same once all words are back, which are read at first.
    pub(super) fn hold_policies(&self) -> Result<Vec<LostPolicy>, StoreError> {
        let is_known = self.documents().decided.is_some();
        if !is_known {
            let deciding = self.policies.deciding();
            let decided = long(|| read(&self.ledger, &deciding.own))?;
            self.documents().decided = Some(decided);
        }
        Ok(self.policies_lost())
    }

    /// Has the node serve without a document that words which came back were decided under.
    ///
    /// # Errors
    /// `recovery.not_waited_for` for one that the node does not wait for.
    pub fn leave_out_policy(&self, policy: Digest, officer: &OfficerName) -> Result<(), NodeError> {
        let waits = self.policies_lost();
        if self.serves() || waits.iter().all(|lost| lost.digest != policy) {
            return Err(NodeError::refused(RefusalCode::NotWaitedFor, policy));
        }
        self.documents().left_out.insert(policy);
        tracing::warn!(%policy, %officer, "the node serves without a document that it had decided under");
        Ok(())
    }

    pub(super) fn documents(&self) -> MutexGuard<'_, Documents> {
        self.documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Documents {
    /// More words come back: they are read anew.
    pub(super) fn begin_anew(&mut self) {
        self.decided = None;
    }

    fn lost(&self, own: &OwnPolicies) -> Vec<LostPolicy> {
        let Some(decided) = &self.decided else {
            return Vec::new();
        };
        let otherwise = decided.otherwise(own);
        let named = decided.under.difference(&self.left_out);
        let lost = named.filter_map(|digest| {
            let is_here = own.get(digest).is_some_and(OwnPolicy::was_published);
            let is_lost = !is_here || otherwise.contains(digest);
            let digest = *digest;
            is_lost.then_some(LostPolicy { digest, is_here })
        });
        lost.collect()
    }
}

impl Decided {
    fn take(&mut self, record: &Committed, own: &OwnPolicies) {
        let under = record.decision.policy;
        self.under.insert(under);
        let Some(policy) = own.get(&under) else {
            return;
        };
        let (at, visit) = (record.body().committed_at, &record.claim.visit);
        let of = (policy.policy.policy().scope().scheme, visit.setting);
        if self.newest.get(&of).is_none_or(|newest| newest.at < at) {
            let visit = visit.clone();
            self.newest.insert(of, Newest { at, under, visit });
        }
    }

    /// Those in whose place another document decides, though nothing was published or withdrawn for it after the word. So each
    /// is named until what it misses is put right, whatever else officers publish or withdraw.
    fn otherwise(&self, own: &OwnPolicies) -> BTreeSet<Digest> {
        let newest = self.newest.iter();
        let otherwise = newest.filter_map(|((scheme, _), word)| {
            let now = own.deciding(*scheme, &word.visit);
            let same = now.as_ref().is_some_and(|it| it.digest() == word.under);
            // What came later than the word is the bureau's own doing: nothing of it is lost.
            let is_later = || since(own, word.under, now.as_deref()) >= Some(word.at);
            (!same && !is_later()).then_some(word.under)
        });
        otherwise.collect()
    }
}

/// When that was published or withdrawn because of which a document does not decide any more, and this one or none does.
fn since(own: &OwnPolicies, document: Digest, now: Option<&HeldPolicy>) -> Option<Timestamp> {
    let before = own.get(&document)?;
    let withdrawn = match &before.standing {
        PolicyStanding::Withdrawn(withdrawn) => Some(withdrawn.approved.at),
        PolicyStanding::Published(_)
        | PolicyStanding::Fetched(_)
        | PolicyStanding::Proposed(_)
        | PolicyStanding::Rejected(_) => None,
    };
    let published = |digest: Digest| Some(own.get(&digest)?.publication()?.approved.at);
    let replaced = match now {
        Some(now) => published(now.digest()),
        None => {
            let others = before.superseded_by().iter();
            others.filter_map(|other| published(other.digest())).max()
        }
    };
    withdrawn.max(replaced)
}

/// Reads what came back since the last recovery that ended.
fn read(ledger: &Ledger, own: &OwnPolicies) -> Result<Decided, StoreError> {
    let mut found = Decided::default();
    if ledger.scan(Table::Regained, 1)?.is_empty() {
        return Ok(found);
    }
    for frame in ledger.frames_from(Location::at(Position::START, 0)) {
        let frame = frame?;
        for bytes in frame.records() {
            if is_restore_ended(bytes) {
                found = Decided::default();
            }
            if !is_regained_word(bytes) {
                continue;
            }
            if let Joined::Whole(NodeRecord::CommitRegained(word)) = ledger.unsealed(bytes)? {
                found.take(&word.record, own);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
