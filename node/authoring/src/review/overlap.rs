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
        if let Some(other) = found.filter(|other| begins(other.policy) > begins(policy)) {
            let kind = Kind::SupersedesLater {
                title: other.policy.title().to_owned(),
                from: begins(other.policy).to_string(),
            };
            report.note(&path, kind);
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
            let kind = overlap(own, *other, from);
            report.note(&FaultPath::ROOT.key("effective"), kind);
        }
    }
}

/// Of two documents for one day the one that begins later replaces the other, never the reverse.
fn overlap(own: Beside<'_>, other: Beside<'_>, from: ServiceDate) -> Kind {
    let (title, from_text) = (other.policy.title().to_owned(), from.to_string());
    match from.plus_days(-1) {
        Ok(until) if begins(other.policy) > begins(own.policy) => Kind::OverlapsLater {
            title,
            from: from_text,
            until: until.to_string(),
            digest: own.digest.to_string(),
        },
        Ok(_) | Err(_) => Kind::Overlaps {
            title,
            digest: other.digest.to_string(),
            from: from_text,
        },
    }
}

/// The first day of a document.
const fn begins(policy: &Policy) -> ServiceDate {
    policy.scope().effective.from()
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
