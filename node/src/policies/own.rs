//! The region's own documents: how each stands, and which one decides.
//!
//! A document that names another under `supersedes` replaces it from its own first day of care on, for the
//! kinds of treatment that both have; whatever the older one's last day was. Naming goes on through a chain:
//! what supersedes the replacement supersedes the replaced. A withdrawn document neither decides nor
//! replaces, so that what it had replaced decides again. Should two still decide a day, the one published
//! later does. Which days are meant is each document's own to say: whether a visit falls on a document's
//! days follows from the benefit date as that document counts it, so that no visit falls between two.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use huitong_adjudication::facts::benefit_date;
use huitong_core::bill::Visit;
use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::digest::Digest;
use huitong_core::record::policy::WithdrawalAsked;
use huitong_core::vocabulary::{Scheme, Setting};

use super::{HeldPolicy, PolicyError};
use crate::store::{PolicyStanding, Publication, Withdrawn};

/// One document of the region.
#[derive(Debug, Clone)]
pub struct OwnPolicy {
    /// The document.
    pub policy: Arc<HeldPolicy>,
    /// How it stands.
    pub standing: PolicyStanding,
    /// The documents that replace it, once all are known.
    superseded_by: Vec<Arc<HeldPolicy>>,
}

/// All documents of the region.
#[derive(Debug, Clone, Default)]
pub struct OwnPolicies(BTreeMap<Digest, OwnPolicy>);

impl OwnPolicy {
    /// Its publication, while it stands.
    #[must_use]
    pub const fn publication(&self) -> Option<&Publication> {
        match &self.standing {
            PolicyStanding::Published(publication) => Some(publication),
            PolicyStanding::Fetched(_)
            | PolicyStanding::Proposed(_)
            | PolicyStanding::Rejected(_)
            | PolicyStanding::Withdrawn(_) => None,
        }
    }

    /// The documents that decide in its place on some or all of its days.
    #[must_use]
    pub fn superseded_by(&self) -> &[Arc<HeldPolicy>] {
        &self.superseded_by
    }

    /// Whether two officers published it, whatever became of it since.
    #[must_use]
    pub const fn was_published(&self) -> bool {
        match &self.standing {
            PolicyStanding::Published(_) | PolicyStanding::Withdrawn(_) => true,
            PolicyStanding::Fetched(_)
            | PolicyStanding::Proposed(_)
            | PolicyStanding::Rejected(_) => false,
        }
    }

    /// The days on which it decides this kind of treatment; none when it is replaced from its first day.
    fn days(&self, setting: Setting) -> Option<DateInterval> {
        let scope = self.policy.policy().scope();
        if !scope.settings.contains(&setting) {
            return None;
        }
        let replaced = self
            .superseded_by
            .iter()
            .map(|other| other.policy().scope())
            .filter(|other| other.settings.contains(&setting))
            .map(|other| other.effective.from())
            .min();
        let Some(replaced) = replaced else {
            return Some(scope.effective);
        };
        let last = replaced.plus_days(-1).ok()?;
        let until = scope
            .effective
            .until()
            .map_or(last, |until| until.min(last));
        DateInterval::new(scope.effective.from(), Some(until)).ok()
    }

    fn decides(&self, scheme: Scheme, visit: &Visit) -> bool {
        let replaces = |other: &Arc<HeldPolicy>| {
            let scope = other.policy().scope();
            scope.settings.contains(&visit.setting)
                && benefit_date(other.policy(), visit) >= scope.effective.from()
        };
        self.publication().is_some()
            && self.policy.covers(scheme, visit)
            && !self.superseded_by.iter().any(replaces)
    }
}

impl OwnPolicies {
    /// Every document, by digest.
    pub fn iter(&self) -> impl Iterator<Item = (&Digest, &OwnPolicy)> {
        self.0.iter()
    }

    /// One document.
    #[must_use]
    pub fn get(&self, digest: &Digest) -> Option<&OwnPolicy> {
        self.0.get(digest)
    }

    /// How many documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same with some documents as they stand now.
    #[must_use]
    pub fn with(mut self, stand: Vec<(Arc<HeldPolicy>, PolicyStanding)>) -> Self {
        for (policy, standing) in stand {
            let digest = policy.digest();
            let own = OwnPolicy {
                policy,
                standing,
                superseded_by: Vec::new(),
            };
            self.0.insert(digest, own);
        }
        let superseded: Vec<(Digest, Vec<Arc<HeldPolicy>>)> = self
            .0
            .keys()
            .map(|digest| (*digest, self.superseding(digest)))
            .collect();
        for (digest, superseded_by) in superseded {
            if let Some(own) = self.0.get_mut(&digest) {
                own.superseded_by = superseded_by;
            }
        }
        self
    }

    /// The standing documents that replace one, by name or through others that were published.
    fn superseding(&self, digest: &Digest) -> Vec<Arc<HeldPolicy>> {
        let mut reached = BTreeSet::from([*digest]);
        let mut found: Vec<(u64, Arc<HeldPolicy>)> = Vec::new();
        loop {
            let next: Vec<&OwnPolicy> = self
                .0
                .values()
                .filter(|own| own.was_published() && !reached.contains(&own.policy.digest()))
                .filter(|own| {
                    let named = own.policy.policy().supersedes();
                    named.iter().any(|named| reached.contains(named))
                })
                .collect();
            if next.is_empty() {
                break;
            }
            for own in next {
                reached.insert(own.policy.digest());
                let settings = &own.policy.policy().scope().settings;
                if let Some(publication) = own.publication()
                    && self.0.get(digest).is_some_and(|replaced| {
                        shares(&replaced.policy.policy().scope().settings, settings)
                    })
                {
                    found.push((publication.number, Arc::clone(&own.policy)));
                }
            }
        }
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, policy)| policy).collect()
    }

    /// The document that decides a visit.
    #[must_use]
    pub fn deciding(&self, scheme: Scheme, visit: &Visit) -> Option<Arc<HeldPolicy>> {
        let deciding = self.0.values().filter(|own| own.decides(scheme, visit));
        newest(deciding)
    }

    /// The document that decides a day of care for a kind of treatment.
    fn deciding_day(
        &self,
        scheme: Scheme,
        setting: Setting,
        day: ServiceDate,
    ) -> Option<Arc<HeldPolicy>> {
        let deciding = self.0.values().filter(|own| {
            own.publication().is_some()
                && own.policy.policy().scope().scheme == scheme
                && own.days(setting).is_some_and(|days| days.contains(day))
        });
        newest(deciding)
    }

    /// Whether a document may be published beside those that stand.
    ///
    /// # Errors
    /// [`PolicyError::Overlap`] with a document that it does not name, [`PolicyError::Supersedes`] when it
    /// names one that it cannot replace.
    pub fn admit(&self, policy: &HeldPolicy) -> Result<(), PolicyError> {
        let scope = policy.policy().scope();
        let named = policy.policy().supersedes();
        for digest in named {
            let replaceable = self.0.get(digest).is_some_and(|other| {
                let other_scope = other.policy.policy().scope();
                other.was_published()
                    && other_scope.scheme == scope.scheme
                    && shares(&other_scope.settings, &scope.settings)
            });
            if !replaceable {
                return Err(PolicyError::Supersedes(*digest));
            }
        }
        let overlap = self.0.iter().find(|(digest, other)| {
            **digest != policy.digest()
                && !named.contains(digest)
                && other.publication().is_some()
                && other.policy.policy().scope().scheme == scope.scheme
                && scope.settings.iter().any(|setting| {
                    let days = other.days(*setting);
                    days.is_some_and(|days| days.overlaps(scope.effective))
                })
        });
        match overlap {
            None => Ok(()),
            Some((digest, other)) => Err(PolicyError::Overlap {
                title: other.policy.policy().title().to_owned(),
                digest: *digest,
            }),
        }
    }

    /// The first day and kind of treatment of a published document that another would not decide, were the
    /// first withdrawn as asked.
    #[must_use]
    pub fn not_replaced(&self, asked: &WithdrawalAsked) -> Option<(Setting, ServiceDate)> {
        let by = asked.in_favour_of?;
        let own = self.0.get(&asked.policy)?;
        let withdrawn = Withdrawn {
            publication: own.publication()?.clone(),
            asked: asked.clone(),
            approved: asked.asked.clone(),
        };
        let standing = PolicyStanding::Withdrawn(withdrawn);
        let without = self.clone().with(vec![(Arc::clone(&own.policy), standing)]);
        let scope = own.policy.policy().scope();
        let turns = without.turns(scope.effective);
        let undecided = |setting: Setting| {
            turns.iter().copied().find(|day| {
                let deciding = without.deciding_day(scope.scheme, setting, *day);
                deciding.is_none_or(|policy| policy.digest() != by)
            })
        };
        scope
            .settings
            .iter()
            .find_map(|setting| Some((*setting, undecided(*setting)?)))
    }

    /// The days within an interval on which what decides may change: nothing changes between them.
    fn turns(&self, within: DateInterval) -> BTreeSet<ServiceDate> {
        let mut turns = BTreeSet::from([within.from()]);
        for own in self.0.values() {
            let days = own.policy.policy().scope().effective;
            turns.insert(days.from());
            turns.extend(days.until().and_then(|until| until.plus_days(1).ok()));
        }
        turns.retain(|day| within.contains(*day));
        turns
    }
}

fn newest<'a>(policies: impl Iterator<Item = &'a OwnPolicy>) -> Option<Arc<HeldPolicy>> {
    policies
        .filter_map(|own| Some((own.publication()?.number, &own.policy)))
        .max_by_key(|(number, _)| *number)
        .map(|(_, policy)| Arc::clone(policy))
}

fn shares(one: &[Setting], other: &[Setting]) -> bool {
    one.iter().any(|setting| other.contains(setting))
}

#[cfg(test)]
mod tests;
