//! What a policy must satisfy to have a meaning at all.
//!
//! Only what no engine could give a meaning to is refused here. Whether a policy is wise (gaps, jumps,
//! bounds set by the nation) is for the static checks of publishing.
//!
//! Two layers may share a label when they exclude each other. Deciding that in general needs knowledge
//! of the world (which tiers stand where), so only the plain cases are refused: a layer that always
//! applies, or two that share an alternative word for word.

mod kind;
mod layers;
mod provisional;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use super::condition::Condition;
use super::fact::{Dimension, NumberFact};
use super::layer::{Layer, Payer};
use super::path::FaultPath;
use super::total::{Adds, TotalRule};
use super::{Draft, limits};
use crate::name::Name;

pub use kind::FaultKind;

/// One thing wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {kind}")]
pub struct PolicyFault {
    /// The path of the part at fault, such as `layer[2].start`.
    pub path: FaultPath,
    /// What is wrong.
    pub kind: FaultKind,
}

/// Words that stand for something else where a document names a layer.
const RESERVED: [&str; 3] = ["part", "one", "total"];
/// The longest text for people.
const TEXT_AT_MOST: usize = 1000;

pub(super) fn faults(draft: &Draft) -> Vec<PolicyFault> {
    let mut check = Check::new(draft);
    check.header();
    check.indexes();
    check.totals();
    check.layers();
    check.provisional();
    check.faults
}

/// What is declared, and what was found wrong so far.
struct Check<'d> {
    draft: &'d Draft,
    totals: BTreeMap<Name, &'d TotalRule>,
    tiers: BTreeSet<Name>,
    given: BTreeSet<Name>,
    faults: Vec<PolicyFault>,
}

/// Where a rule stands, which decides the facts it may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// The condition of a total.
    Total,
    /// Before the layer has taken: its condition and its weights.
    BeforeTake,
    /// The start or a segment bound on a named axis.
    ThresholdOnAxis,
    /// Anywhere else in a layer.
    AfterTake,
}

impl<'d> Check<'d> {
    fn new(draft: &'d Draft) -> Self {
        let given = |layer: &Layer| match layer.payer {
            Payer::Given(name) => Some(name),
            Payer::Fund(_) | Payer::Hospital => None,
        };
        Self {
            draft,
            totals: draft
                .totals
                .iter()
                .map(|total| (total.name, total))
                .collect(),
            tiers: draft.tiers.iter().map(|row| row.tier).collect(),
            given: draft.layers.iter().filter_map(given).collect(),
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, path: &FaultPath, kind: FaultKind) {
        self.faults.push(PolicyFault {
            path: path.clone(),
            kind,
        });
    }

    fn at_most(&mut self, path: &FaultPath, found: usize, most: usize) {
        if found > most {
            self.fault(path, FaultKind::TooMany(most));
        }
    }

    fn text(&mut self, path: &FaultPath, text: &str) {
        if !(1..=TEXT_AT_MOST).contains(&text.chars().count()) {
            self.fault(path, FaultKind::Text);
        }
    }

    fn header(&mut self) {
        let (root, draft) = (FaultPath::ROOT, self.draft);
        self.text(&root.key("title"), &draft.title);
        self.text(&root.key("source"), &draft.source);
        self.supersedes(&root.key("supersedes"));
        let settings: BTreeSet<_> = draft.scope.settings.iter().collect();
        if settings.is_empty() || settings.len() < draft.scope.settings.len() {
            self.fault(&root.key("settings"), FaultKind::Settings);
        }
        let path = root.key("tier");
        self.at_most(&path, draft.tiers.len(), limits::ROWS);
        for (at, row) in draft.tiers.iter().enumerate() {
            self.text(&path.index(at).key("title"), &row.title);
        }
        let path = root.key("tags");
        self.at_most(&path, draft.tags.len(), limits::TAGS);
        for (tag, title) in &draft.tags {
            self.text(&path.key(tag), title);
        }
    }

    fn supersedes(&mut self, path: &FaultPath) {
        let named = &self.draft.supersedes;
        self.at_most(path, named.len(), limits::SUPERSEDED);
        for (at, digest) in named.iter().enumerate() {
            if named
                .get(..at)
                .is_some_and(|earlier| earlier.contains(digest))
            {
                self.fault(&path.index(at), FaultKind::RepeatedDigest);
            }
        }
    }

    fn indexes(&mut self) {
        let root = FaultPath::ROOT.key("indexes");
        self.at_most(&root, self.draft.indexes.len(), limits::ROWS);
        for (name, years) in &self.draft.indexes {
            if years.is_empty() {
                self.fault(&root.key(name), FaultKind::EmptyIndex);
            }
            self.at_most(&root.key(name), years.len(), limits::ROWS);
        }
    }

    fn totals(&mut self) {
        let (root, totals) = (FaultPath::ROOT.key("totals"), &self.draft.totals);
        self.at_most(&root, totals.len(), limits::TOTALS);
        let mut seen = BTreeSet::new();
        for total in totals {
            let path = root.key(total.name);
            if !seen.insert(total.name) {
                self.fault(&path, FaultKind::RepeatedName(total.name));
            }
            self.adds(&path.key("adds"), &total.adds);
            self.condition(&path.key("when"), &total.when, Position::Total);
        }
    }

    fn adds(&mut self, path: &FaultPath, adds: &[Adds]) {
        if adds.is_empty() {
            self.fault(path, FaultKind::NoAdds);
        }
        self.at_most(path, adds.len(), limits::ROWS);
        let counts = adds.iter().filter(|adds| adds.counts()).count();
        if counts > 0 && counts < adds.len() {
            self.fault(path, FaultKind::MixedTotal);
        }
        for (at, adds) in adds.iter().enumerate() {
            let layer = match adds {
                Adds::Base(layer)
                | Adds::Left(layer, _)
                | Adds::StartCharged(layer)
                | Adds::Paid(layer) => *layer,
                Adds::Bill(_, _) | Adds::One | Adds::Admission => continue,
            };
            if !self
                .draft
                .layers
                .iter()
                .any(|declared| declared.name == layer)
            {
                self.fault(&path.index(at), FaultKind::UndeclaredLayer(layer));
            }
        }
    }

    /// A total that is used as an amount.
    fn amount_total(&mut self, path: &FaultPath, name: Name) {
        match self.totals.get(&name).map(|total| total.dimension()) {
            None => self.fault(path, FaultKind::UndeclaredTotal(name)),
            Some(Dimension::Count) => self.fault(path, FaultKind::CountedTotal(name)),
            Some(Dimension::Money) => {}
        }
    }

    /// A number that a rule reads.
    fn number(&mut self, path: &FaultPath, fact: NumberFact, position: Position) {
        match fact {
            NumberFact::Index(name) if !self.draft.indexes.contains_key(&name) => {
                self.fault(path, FaultKind::UndeclaredIndex(name));
            }
            NumberFact::Total(name) if !self.totals.contains_key(&name) => {
                self.fault(path, FaultKind::UndeclaredTotal(name));
            }
            NumberFact::Given(name) if !self.given.contains(&name) => {
                self.fault(path, FaultKind::UndeclaredGiven(name));
            }
            NumberFact::Ordinal if !self.counts_admissions() => {
                self.fault(path, FaultKind::NoAdmissions);
            }
            NumberFact::Bill
            | NumberFact::Part(_, _)
            | NumberFact::Base
            | NumberFact::Age
            | NumberFact::YearsPaid
            | NumberFact::CoveredDays
            | NumberFact::CoveredYears
            | NumberFact::ClaimFreeYears
            | NumberFact::Days
            | NumberFact::Sessions
            | NumberFact::Ordinal
            | NumberFact::Index(_)
            | NumberFact::Total(_)
            | NumberFact::Balance(_)
            | NumberFact::Given(_) => {}
        }
        let of_layer = matches!(fact, NumberFact::Base | NumberFact::Total(_));
        match position {
            Position::Total if of_layer => self.fault(path, FaultKind::FactInTotal(fact)),
            Position::BeforeTake if fact == NumberFact::Base => {
                self.fault(path, FaultKind::BaseTooEarly);
            }
            Position::ThresholdOnAxis if fact.is_of_this_bill() => {
                self.fault(path, FaultKind::BillFactOnAxis(fact));
            }
            Position::Total
            | Position::BeforeTake
            | Position::ThresholdOnAxis
            | Position::AfterTake => {}
        }
    }

    fn counts_admissions(&self) -> bool {
        self.draft.totals.iter().any(TotalRule::counts_admissions)
    }
}

/// Whether two conditions plainly can hold together.
fn plainly_overlap(one: &Condition, other: &Condition) -> bool {
    one.any.is_empty()
        || other.any.is_empty()
        || one
            .any
            .iter()
            .any(|alternative| other.any.contains(alternative))
}

#[cfg(test)]
mod tests;
