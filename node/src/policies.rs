//! The policies at hand: the region's own, and those fetched from other regions.
//!
//! A policy is its published bytes; everything else here is derived from them and may be forgotten. Own
//! policies never overlap: at most one decides a scheme, a kind of treatment and a day.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use huitong_adjudication::Compiled;
use huitong_adjudication::facts::benefit_date;
use huitong_core::bill::Visit;
use huitong_core::digest::{Digest, sha256};
use huitong_core::policy::Policy;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Scheme;
use huitong_document::policy::PolicyDocument;

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

    fn decides(&self, scheme: Scheme, visit: &Visit) -> bool {
        let scope = self.policy().scope();
        scope.scheme == scheme
            && scope.settings.contains(&visit.setting)
            && scope.effective.contains(benefit_date(self.policy(), visit))
    }
}

/// The policies at hand.
#[derive(Debug)]
pub struct PolicyBook {
    own: RegionCode,
    held: RwLock<HashMap<Digest, Arc<HeldPolicy>>>,
}

impl PolicyBook {
    /// No policies yet, for a node of this region.
    #[must_use]
    pub fn new(own: RegionCode) -> Self {
        Self {
            own,
            held: RwLock::default(),
        }
    }

    /// The policy of a digest.
    #[must_use]
    pub fn get(&self, digest: &Digest) -> Option<Arc<HeldPolicy>> {
        self.held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(digest)
            .cloned()
    }

    /// The own policy that decides a visit.
    #[must_use]
    pub fn deciding(&self, scheme: Scheme, visit: &Visit) -> Option<Arc<HeldPolicy>> {
        self.own_policies()
            .into_iter()
            .find(|policy| policy.decides(scheme, visit))
    }

    /// The own policies, by title.
    #[must_use]
    pub fn own_policies(&self) -> Vec<Arc<HeldPolicy>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let own = held
            .values()
            .filter(|held| held.policy().scope().region == self.own);
        let mut own: Vec<_> = own.cloned().collect();
        own.sort_by(|one, other| one.policy().title().cmp(other.policy().title()));
        own
    }

    /// Whether a policy may be published beside those at hand.
    ///
    /// # Errors
    /// [`PolicyError::Overlap`] or [`PolicyError::TooMany`].
    pub fn admit(&self, policy: &HeldPolicy) -> Result<(), PolicyError> {
        let scope = policy.policy().scope();
        let own = self.own_policies();
        let overlap = own
            .iter()
            .filter(|other| other.digest() != policy.digest())
            .find(|other| {
                let other = other.policy().scope();
                other.scheme == scope.scheme
                    && other.effective.overlaps(scope.effective)
                    && other
                        .settings
                        .iter()
                        .any(|setting| scope.settings.contains(setting))
            });
        if let Some(other) = overlap {
            let (title, digest) = (other.policy().title().to_owned(), other.digest());
            return Err(PolicyError::Overlap { title, digest });
        }
        let held = self
            .held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len();
        if held < POLICIES_AT_MOST {
            Ok(())
        } else {
            Err(PolicyError::TooMany)
        }
    }

    /// Keeps a policy ready.
    pub fn keep(&self, policy: Arc<HeldPolicy>) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.insert(policy.digest(), policy);
    }

    /// Whether bytes are the document of a digest.
    #[must_use]
    pub fn is_document_of(bytes: &[u8], digest: &Digest) -> bool {
        sha256(bytes) == *digest
    }
}
