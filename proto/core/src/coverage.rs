//! What the home region says of a person for one visit: coverage, totals as they stand, balances.
//!
//! A snapshot carries it to the treatment region; the home region works it out again at commit. Facts are
//! resolved to the visit (which filing holds, which identities are valid on the day), so the treatment
//! region never sees a person's history.

use std::collections::{BTreeMap, BTreeSet};

use crate::canonical_struct;
use crate::digest::Digest;
use crate::money::Fen;
use crate::name::Name;
use crate::person::PersonRef;
use crate::totals::TotalSlot;
use crate::vocabulary::{AssistanceIdentity, FilingClass, FilingTime, Scheme};

/// A person's standing on the days of one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The scheme that covers the visit.
    pub scheme: Scheme,
    /// The region's own class of insured people.
    pub category: Name,
    /// Whether retired by the scheme's rules.
    pub retired: bool,
    /// Whole years of age on the day of admission.
    pub age: u16,
    /// Years of contribution.
    pub years_paid: u16,
    /// Days of unbroken cover, the day of admission among them.
    pub covered_days: u32,
    /// Whole years of the same unbroken cover.
    pub covered_years: u16,
    /// Years in a row before this one without a claim.
    pub claim_free_years: u16,
    /// Assistance identities valid on the day of admission.
    pub identities: BTreeSet<AssistanceIdentity>,
    /// The filing that holds for the treatment region on the day of admission.
    pub filing: FilingClass,
    /// When that filing was made.
    pub filing_time: FilingTime,
    /// The visit is the person's nth admission of the benefit year, from 1.
    pub ordinal: u16,
}

canonical_struct!(Coverage {
    scheme,
    category,
    retired,
    age,
    years_paid,
    covered_days,
    covered_years,
    claim_free_years,
    identities,
    filing,
    filing_time,
    ordinal
});

/// What the accounts hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balances {
    /// The person's own account.
    pub own: Fen,
    /// What a family member's account may pay for this person.
    pub family: Fen,
}

canonical_struct!(Balances { own, family });

impl Balances {
    /// Nothing in either account.
    pub const NONE: Self = Self {
        own: Fen::ZERO,
        family: Fen::ZERO,
    };
}

/// The version of a person's record at home. Any change of it is a new version.
///
/// A node restored from a backup raises its incarnation, so a version is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonVersion {
    /// How often the home node was restored.
    pub incarnation: u32,
    /// Changes of this person's record.
    pub change: u64,
}

canonical_struct!(PersonVersion {
    incarnation,
    change
});

/// What the home region answers before an adjudication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Whom it is about.
    pub person: PersonRef,
    /// The version that a commit must name.
    pub version: PersonVersion,
    /// Standing on the days of the visit.
    pub coverage: Coverage,
    /// The totals that the policy reads, as they stand.
    pub totals: BTreeMap<TotalSlot, i64>,
    /// The accounts.
    pub balances: Balances,
    /// The policy that decides the visit.
    pub policy: Digest,
    /// The engine versions the home region accepts, ascending.
    pub engines: Vec<u16>,
}

canonical_struct!(Snapshot {
    person,
    version,
    coverage,
    totals,
    balances,
    policy,
    engines
});

impl crate::canonical::Artifact for Snapshot {
    const KIND: [u8; 4] = *b"SNAP";
    const VERSION: u16 = 1;
}
