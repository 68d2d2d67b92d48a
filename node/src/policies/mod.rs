//! The policies at hand: the region's own, and those fetched from other regions.
//!
//! A policy is its published bytes; everything else here is derived from them and from the rows, and may be
//! forgotten. At most one own policy decides a scheme, a kind of treatment and a day (`own`). Whoever decides
//! under them reads them as one value, which is swapped whole and numbered: the writer compares the number
//! with its own, so that nothing is committed under what was changed meanwhile.

mod own;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use huitong_adjudication::Compiled;
use huitong_adjudication::facts::benefit_date;
use huitong_core::bill::Visit;
use huitong_core::digest::{Digest, sha256};
use huitong_core::policy::Policy;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Scheme;
use huitong_document::policy::PolicyDocument;
use tokio::sync::watch;

use crate::store::PolicyStanding;

pub use own::{OwnPolicies, OwnPolicy};

/// The largest document, in bytes.
pub const DOCUMENT_BYTES_AT_MOST: usize = 1 << 20;
/// The most policies that are kept ready.
const POLICIES_AT_MOST: usize = 8_192;

/// A policy ready to run, with the bytes it was published as.
#[derive(Debug)]
pub struct HeldPolicy {
    /// The bytes.
    pub document: Vec<u8>,
    /// The policy in the form the engine runs.
    pub compiled: Compiled,
}

/// Why bytes are no policy that can be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PolicyError {
    /// The document has faults.
    #[error("{0}")]
    Document(String),
    /// Its rules cannot be run.
    #[error("{0}")]
    Rules(String),
    /// It is for another region.
    #[error("the policy is for region {found}, not {expected}")]
    Region {
        /// Whose it should be.
        expected: RegionCode,
        /// Whose it is.
        found: RegionCode,
    },
    /// Another policy decides some of the same claims.
    #[error("the policy overlaps with \"{title}\" ({digest})")]
    Overlap {
        /// The other one's title.
        title: String,
        /// The other one.
        digest: Digest,
    },
    /// It names a document that it cannot replace.
    #[error("{0} is no published document of this scheme with a common kind of visit")]
    Supersedes(Digest),
    /// There are too many.
    #[error("the node keeps at most {POLICIES_AT_MOST} policies")]
    TooMany,
}

impl HeldPolicy {
    /// Reads and compiles a policy of a region.
    ///
    /// # Errors
    /// [`PolicyError`]: faults, rules that cannot be run, or another region's policy.
    pub fn read(document: Vec<u8>, region: RegionCode) -> Result<Self, PolicyError> {
        let read = PolicyDocument::parse(&document);
        let read = read.map_err(|faults| PolicyError::Document(faults.to_string()))?;
        Self::compile(document, read, region)
    }

    /// Compiles a policy that was read from these bytes.
    ///
    /// # Errors
    /// [`PolicyError`]: rules that cannot be run, or another region's policy.
    pub fn compile(
        document: Vec<u8>,
        read: PolicyDocument,
        region: RegionCode,
    ) -> Result<Self, PolicyError> {
        let (digest, policy) = (read.digest(), read.into_policy());
        let found = policy.scope().region;
        if found != region {
            return Err(PolicyError::Region {
                expected: region,
                found,
            });
        }
        let compiled = Compiled::new(policy, digest);
        let compiled = compiled.map_err(|fault| PolicyError::Rules(fault.to_string()))?;
        Ok(Self { document, compiled })
    }

    /// The digest of its bytes.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.compiled.digest()
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        self.compiled.policy()
    }

    /// Whether a visit is one of those that its head names.
    fn covers(&self, scheme: Scheme, visit: &Visit) -> bool {
        let scope = self.policy().scope();
        scope.scheme == scheme
            && scope.settings.contains(&visit.setting)
            && scope.effective.contains(benefit_date(self.policy(), visit))
    }
}

/// What decides at one moment: the own policies, and the number of the last change of them.
#[derive(Debug, Default)]
pub struct Deciding {
    /// The nth change of what decides.
    pub change: u64,
    /// The policies.
    pub own: OwnPolicies,
}

/// The policies at hand.
#[derive(Debug)]
pub struct PolicyBook {
    region: RegionCode,
    fetched: RwLock<HashMap<Digest, Arc<HeldPolicy>>>,
    own: watch::Sender<Arc<Deciding>>,
}

impl PolicyBook {
    /// No policies yet, for a node of this region.
    #[must_use]
    pub fn new(region: RegionCode) -> Self {
        Self {
            region,
            fetched: RwLock::default(),
            own: watch::Sender::new(Arc::default()),
        }
    }

    /// The region whose node it is.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// A policy under which something may have been decided: fetched, or published here at any time.
    #[must_use]
    pub fn get(&self, digest: &Digest) -> Option<Arc<HeldPolicy>> {
        let fetched = self.fetched.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(policy) = fetched.get(digest) {
            return Some(Arc::clone(policy));
        }
        let deciding = self.deciding();
        let own = deciding.own.get(digest)?;
        match own.standing {
            PolicyStanding::Published(_) | PolicyStanding::Withdrawn(_) => {
                Some(Arc::clone(&own.policy))
            }
            PolicyStanding::Fetched(_)
            | PolicyStanding::Proposed(_)
            | PolicyStanding::Rejected(_) => None,
        }
    }

    /// What decides now.
    #[must_use]
    pub fn deciding(&self) -> Arc<Deciding> {
        Arc::clone(&self.own.borrow())
    }

    /// Waits, at most so long, until a change of what decides is known here.
    pub async fn reached(&self, change: u64, within: Duration) {
        let mut own = self.own.subscribe();
        let known = own.wait_for(|deciding| deciding.change >= change);
        // When it is not known in time, whoever asked is told of what decided before, and asks again.
        drop(tokio::time::timeout(within, known).await);
    }

    /// How many policies there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let fetched = self
            .fetched
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len();
        fetched.saturating_add(self.deciding().own.len())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is room for one more.
    ///
    /// # Errors
    /// [`PolicyError::TooMany`].
    pub fn room(&self) -> Result<(), PolicyError> {
        if self.len() < POLICIES_AT_MOST {
            Ok(())
        } else {
            Err(PolicyError::TooMany)
        }
    }

    /// Keeps a fetched policy ready.
    pub fn keep_fetched(&self, policy: Arc<HeldPolicy>) {
        let mut fetched = self.fetched.write().unwrap_or_else(PoisonError::into_inner);
        fetched.insert(policy.digest(), policy);
    }

    /// Puts own policies as they stand now, after so many changes of what decides.
    pub fn put_own(&self, stand: Vec<(Arc<HeldPolicy>, PolicyStanding)>, change: u64) {
        self.own.send_modify(|deciding| {
            let own = deciding.own.clone().with(stand);
            *deciding = Arc::new(Deciding { change, own });
        });
    }

    /// Whether bytes are the document of a digest.
    #[must_use]
    pub fn is_document_of(bytes: &[u8], digest: &Digest) -> bool {
        sha256(bytes) == *digest
    }
}
