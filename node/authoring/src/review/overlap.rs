//! Other documents of the region: is there one decision for each claim, or two?

use huitong_core::date::ServiceDate;
use huitong_core::digest::Digest;
use huitong_core::policy::{FaultPath, Policy};
use huitong_document::policy::PolicyDocument;

use super::finding::Kind;
use super::report::Report;

/// Another document of the region, published or about to be.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// Its name.
    pub digest: Digest,
    /// What it says.
    pub policy: &'a Policy,
}

impl<'a> Beside<'a> {
    /// A document that reads.
    #[must_use]
    pub const fn of(document: &'a PolicyDocument) -> Self {
        Self {
            digest: document.digest(),
            policy: document.policy(),
        }
    }
}

/// Looks at the documents beside.
pub(super) fn check(
    policy: &Policy,
    digest: Digest,
    beside: &[Beside<'_>],
    report: &mut Report<'_>,
) {
    for (at, named) in policy.supersedes().iter().enumerate() {
        let path = FaultPath::ROOT.key("supersedes").index(at);
        let found = beside.iter().find(|other| other.digest == *named);
        if *named == digest || found.is_some_and(|other| !meet(policy, other.policy)) {
            report.note(&path, Kind::SupersedesStranger {});
        } else if found.is_none() && !beside.is_empty() {
            report.note(&path, Kind::SupersedesUnseen {});
        }
    }
    let own = Beside { digest, policy };
    for other in beside.iter().filter(|other| other.digest != digest) {
        let Some(from) = common_day(policy, other.policy) else {
            continue;
        };
        // A document that is replaced decides nothing from the first day of the one that replaces it.
        let decides = |one: Beside<'_>| {
            let all = beside.iter().copied().chain([own]);
            let mut replacing = all.filter(|by| by.policy.supersedes().contains(&one.digest));
            !replacing.any(|by| by.policy.scope().effective.from() <= from)
        };
        if decides(own) && decides(*other) {
            let (title, digest) = (other.policy.title().to_owned(), other.digest.to_string());
            let kind = Kind::Overlaps {
                title,
                digest,
                from: from.to_string(),
            };
            report.note(&FaultPath::ROOT.key("effective"), kind);
        }
    }
}

/// Whether two documents are for one region and scheme and a common setting.
fn meet(one: &Policy, other: &Policy) -> bool {
    let (one, other) = (one.scope(), other.scope());
    let common = |setting| other.settings.contains(setting);
    one.region == other.region && one.scheme == other.scheme && one.settings.iter().any(common)
}

/// The first day that both decide, for one scheme and a common setting.
fn common_day(one: &Policy, other: &Policy) -> Option<ServiceDate> {
    let days = (one.scope().effective, other.scope().effective);
    let common = meet(one, other) && days.0.overlaps(days.1);
    common.then(|| days.0.from().max(days.1.from()))
}
