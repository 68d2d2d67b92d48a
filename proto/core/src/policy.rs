//! A region's benefit policy, as checked values.
//!
//! A policy is published as a document (bytes, named by their digest) and read into these types by
//! `huitong-document`; nodes elsewhere fetch the bytes and read them the same way. The types hold what a
//! document may say, [`Policy::new`] refuses what can have no meaning (see `rules`), and the engine in
//! `huitong-adjudication` says what it means. No serialised form of its own: the published bytes are it.

pub mod condition;
pub mod fact;
pub mod layer;
mod needs;
mod path;
pub mod provisional;
pub mod quantity;
mod rules;
pub mod tier;
pub mod total;

use std::collections::BTreeMap;

use crate::date::DateInterval;
use crate::digest::Digest;
use crate::money::Fen;
use crate::name::Name;
use crate::region::RegionCode;
use crate::vocabulary::{Scheme, Setting};

pub use needs::Needs;
pub use path::{FaultPath, PathStep};
pub use rules::{FaultKind, PolicyFault};

use layer::Layer;
use provisional::ProvisionalRule;
use tier::TierRow;
use total::TotalRule;

/// The most layers, totals, tags, and rows of one table that a policy may have.
pub mod limits {
    /// Layers, and so label names.
    pub const LAYERS: usize = 32;
    /// Declared totals.
    pub const TOTALS: usize = 64;
    /// Tags that takes and facts name.
    pub const TAGS: usize = 60;
    /// Rows of one table, alternatives of one condition, clauses of one alternative.
    pub const ROWS: usize = 512;
    /// Segments of one layer.
    pub const SEGMENTS: usize = 32;
    /// Documents that one document replaces.
    pub const SUPERSEDED: usize = 64;
}

/// Which claims a policy decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The region whose members it is for.
    pub region: RegionCode,
    /// The scheme.
    pub scheme: Scheme,
    /// The kinds of treatment; at least one.
    pub settings: Vec<Setting>,
    /// The days of care (the benefit date) it holds for.
    pub effective: DateInterval,
}

/// Which date of an inpatient visit is its benefit date: it picks the policy and the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BenefitDate {
    /// The day of discharge.
    Discharge,
    /// The day of admission.
    Admission,
    /// The last day that a bill covers, and no bill may cover days of two benefit years: a visit that
    /// goes on into another year is billed in parts, one for each.
    Split,
}

/// The parts of a policy before they are checked together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// A name for people, such as `ningbo-resident-2023`.
    pub title: String,
    /// Where the rules are published.
    pub source: String,
    /// Which claims it decides.
    pub scope: Scope,
    /// Which date of an inpatient visit counts.
    pub benefit_date: BenefitDate,
    /// Documents of the same region, scheme and a common setting which this one replaces from its first
    /// day on.
    pub supersedes: Vec<Digest>,
    /// Published figures by name and benefit year.
    pub indexes: BTreeMap<Name, BTreeMap<u16, Fen>>,
    /// The map from institutions to tiers.
    pub tiers: Vec<TierRow>,
    /// Names for people of tags that its rules ask for.
    pub tags: BTreeMap<Name, String>,
    /// The totals it reads or adds to.
    pub totals: Vec<TotalRule>,
    /// The layers, in order of payment.
    pub layers: Vec<Layer>,
    /// What it allows while its region cannot be reached; nothing unless it says so.
    pub provisional: Option<ProvisionalRule>,
}

/// A benefit policy whose parts agree with one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy(Draft);

impl Policy {
    /// Checks that the parts agree.
    ///
    /// # Errors
    /// Every [`PolicyFault`] found, each with the path of the part at fault.
    pub fn new(draft: Draft) -> Result<Self, Vec<PolicyFault>> {
        let faults = rules::faults(&draft);
        if faults.is_empty() {
            Ok(Self(draft))
        } else {
            Err(faults)
        }
    }

    /// The same rules, as if they held on these days: for trying them on days that are not theirs.
    #[must_use]
    pub fn holding_on(mut self, days: DateInterval) -> Self {
        self.0.scope.effective = days;
        self
    }

    /// A name for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// Where the rules are published.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Which claims it decides.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.0.scope
    }

    /// Which date of an inpatient visit counts.
    #[must_use]
    pub const fn benefit_date(&self) -> BenefitDate {
        self.0.benefit_date
    }

    /// Documents which this one replaces from its first day on.
    #[must_use]
    pub fn supersedes(&self) -> &[Digest] {
        &self.0.supersedes
    }

    /// Published figures by name and benefit year.
    #[must_use]
    pub const fn indexes(&self) -> &BTreeMap<Name, BTreeMap<u16, Fen>> {
        &self.0.indexes
    }

    /// The map from institutions to tiers.
    #[must_use]
    pub fn tiers(&self) -> &[TierRow] {
        &self.0.tiers
    }

    /// Names for people of tags; one without is called by its own name.
    #[must_use]
    pub const fn tags(&self) -> &BTreeMap<Name, String> {
        &self.0.tags
    }

    /// The totals it reads or adds to.
    #[must_use]
    pub fn totals(&self) -> &[TotalRule] {
        &self.0.totals
    }

    /// The layers, in order of payment.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.0.layers
    }

    /// What it allows while its region cannot be reached; `None`: nothing.
    #[must_use]
    pub const fn provisional(&self) -> Option<&ProvisionalRule> {
        self.0.provisional.as_ref()
    }
}
