//! The findings so far, each put at its place in the document.

use huitong_core::policy::FaultPath;
use huitong_document::reader::Places;

use super::finding::{Finding, Kind, Severity};
use super::work::LimitMet;

/// What has been found so far.
pub(super) struct Report<'d> {
    places: &'d Places,
    findings: Vec<Finding>,
    most: usize,
}

impl<'d> Report<'d> {
    pub(super) const fn new(places: &'d Places, most: usize) -> Self {
        Self {
            places,
            findings: Vec::new(),
            most,
        }
    }

    pub(super) const fn places(&self) -> &'d Places {
        self.places
    }

    /// Notes a finding of the part of the policy that a path leads to.
    pub(super) fn note(&mut self, path: &FaultPath, kind: Kind) {
        let place = self.places.find(path);
        self.put(Finding {
            line: place.line,
            column: place.column,
            path: place.path,
            kind,
        });
    }

    /// Notes a finding whose place is known.
    pub(super) fn put(&mut self, finding: Finding) {
        // A refusal is never dropped for a warning's sake.
        let most = match finding.severity() {
            Severity::Refused => self.most.saturating_mul(2),
            Severity::Warned => self.most,
        };
        if self.findings.len() <= most {
            self.findings.push(finding);
        }
    }

    /// Notes that a limit was met while a part was looked at.
    pub(super) fn limit(&mut self, path: &FaultPath, limit: LimitMet) {
        let limit = match limit {
            LimitMet::Steps(steps) => format!("{steps} steps"),
            LimitMet::Combinations(most) => format!("{most} combinations of facts"),
            LimitMet::Bills(most) => format!("{most} bills"),
        };
        self.note(path, Kind::LimitMet { limit });
    }

    /// Whether something is noted at the layer that has this place already.
    pub(super) fn has_refusal_below(&self, path: &FaultPath) -> bool {
        let below = path.to_string();
        self.findings.iter().any(|finding| {
            finding.severity() == Severity::Refused
                && finding
                    .path
                    .strip_prefix(&below)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// All, in the order of the document; a limit on their number is the last of them.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        self.findings.sort_by(|one, other| {
            let key = |finding: &Finding| (finding.line, finding.column, finding.path.clone());
            key(one).cmp(&key(other))
        });
        self.findings.dedup();
        if self.findings.len() > self.most {
            let most = self.most;
            let mut warned = self.findings.len().saturating_sub(most);
            self.findings.retain(|finding| {
                let drop = warned > 0 && finding.severity() == Severity::Warned;
                warned = warned.saturating_sub(usize::from(drop));
                !drop
            });
            self.findings.truncate(most);
            self.findings.push(Finding {
                line: 1,
                column: 1,
                path: String::new(),
                kind: Kind::LimitMet {
                    limit: format!("{most} findings"),
                },
            });
        }
        self.findings
    }
}
