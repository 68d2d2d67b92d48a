//! Whether the bureau's documents are those again that it decided under: a restored node has as many as its backup.
//!
//! Nobody gives them back, but every word that came back names the document that it was decided under. One that is not here
//! was published after the backup. And where another document decides the visit of the newest of these words, a publication
//! or a withdrawal of after the backup is missing. The node does not serve until officers have put that right, or one of
//! them has said that it serves without. Deliberately absent: what no word that came back tells of.

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
use crate::policies::{Deciding, OwnPolicies};
use crate::store::{Location, StoreError, Table};

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
    let_go: BTreeSet<Digest>,
}

/// What the words that came back were decided under.
#[derive(Debug)]
struct Decided {
    under: BTreeSet<Digest>,
    /// Those in whose place another decides since this change of the book.
    otherwise: BTreeSet<Digest>,
    change: u64,
}

/// The newest word of a scheme and a kind of treatment.
#[derive(Debug)]
struct Newest {
    at: Timestamp,
    under: Digest,
    visit: Visit,
}

/// What is gathered of the words that came back since the last recovery that ended.
#[derive(Debug, Default)]
struct Gathered {
    under: BTreeSet<Digest>,
    newest: BTreeMap<(Scheme, Setting), Newest>,
}

impl Recovery {
    /// What is not as it was when the words that came back were given. Nothing before all are back.
    #[must_use]
    pub fn policies_lost(&self) -> Vec<LostPolicy> {
        self.documents().lost(&self.policies.deciding())
    }

    /// The same once all words are back, which are read at first.
    pub(super) fn hold_policies(&self) -> Result<Vec<LostPolicy>, StoreError> {
        let is_known = self.documents().decided.is_some();
        if !is_known {
            let deciding = self.policies.deciding();
            let gathered = long(|| read(&self.ledger, &deciding.own))?;
            self.documents().decided = Some(gathered.held_against(&deciding));
        }
        Ok(self.policies_lost())
    }

    /// Has the node serve without a document that words which came back were decided under.
    ///
    /// # Errors
    /// `recovery.not_waited_for` for one that the node does not wait for.
    pub fn let_go(&self, policy: Digest, officer: &OfficerName) -> Result<(), NodeError> {
        let waits = self.policies_lost();
        if self.serves() || waits.iter().all(|lost| lost.digest != policy) {
            return Err(NodeError::refused(RefusalCode::NotWaitedFor, policy));
        }
        self.documents().let_go.insert(policy);
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

    fn lost(&self, deciding: &Deciding) -> Vec<LostPolicy> {
        let Some(decided) = &self.decided else {
            return Vec::new();
        };
        // Once officers have published or withdrawn something, what decides is as they say.
        let untouched = deciding.change == decided.change;
        let named = decided.under.difference(&self.let_go);
        let lost = named.filter_map(|digest| {
            let own = deciding.own.get(digest);
            let is_here = own.is_some_and(|own| own.was_published());
            let is_lost = !is_here || untouched && decided.otherwise.contains(digest);
            let digest = *digest;
            is_lost.then_some(LostPolicy { digest, is_here })
        });
        lost.collect()
    }
}

impl Gathered {
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

    fn held_against(self, deciding: &Deciding) -> Decided {
        let newest = self.newest.into_iter();
        let otherwise = newest.filter_map(|((scheme, _), word)| {
            let now = deciding.own.deciding(scheme, &word.visit);
            let same = now.is_some_and(|policy| policy.digest() == word.under);
            (!same).then_some(word.under)
        });
        Decided {
            otherwise: otherwise.collect(),
            under: self.under,
            change: deciding.change,
        }
    }
}

/// Reads what came back since the last recovery that ended.
fn read(ledger: &Ledger, own: &OwnPolicies) -> Result<Gathered, StoreError> {
    let mut found = Gathered::default();
    if ledger.scan(Table::Regained, 1)?.is_empty() {
        return Ok(found);
    }
    for frame in ledger.frames_from(Location::at(Position::START, 0)) {
        let frame = frame?;
        for bytes in frame.records() {
            if is_restore_ended(bytes) {
                found = Gathered::default();
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
