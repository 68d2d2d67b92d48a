//! One stored decision: its policy by digest, its inputs, and its bytes.
//!
//! The engine's own types of inputs have no bytes, since a node stores the claim and the coverage that they
//! are resolved from. Bill documents have neither, so here each fact is stored as the engine was given it.

use std::collections::{BTreeMap, BTreeSet};

use huitong_adjudication::{Case, Engine, Facts, Fault, StoredTotal};
use huitong_core::bill::SplitBill;
use huitong_core::canonical::Artifact;
use huitong_core::canonical_struct;
use huitong_core::coverage::Balances;
use huitong_core::date::ServiceDate;
use huitong_core::decision::Decision;
use huitong_core::digest::Digest;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::totals::TotalSlot;
use huitong_core::vocabulary::{
    AssistanceIdentity, FilingClass, FilingTime, Place, Scheme, Setting,
};

use super::store::Store;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where it comes from.
    pub name: String,
    pub policy: Digest,
    pub bill: SplitBill,
    pub facts: StoredFacts,
    pub totals: BTreeMap<Name, (TotalSlot, i64)>,
    pub balances: Balances,
    pub given: BTreeMap<Name, Fen>,
    pub catalogue: Digest,
    /// The canonical bytes of the decision.
    pub decision: Vec<u8>,
}

canonical_struct!(Stored {
    name,
    policy,
    bill,
    facts,
    totals,
    balances,
    given,
    catalogue,
    decision
});

impl Artifact for Stored {
    const KIND: [u8; 4] = *b"CRPS";
    const VERSION: u16 = 1;
}

/// Declares the facts once: as they are stored, and to and from the engine's own.
macro_rules! facts {
    ($($field:ident: $type:ty),+ $(,)?) => {
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct StoredFacts { $($field: $type),+ }

        canonical_struct!(StoredFacts { $($field),+ });

        impl From<&Facts> for StoredFacts {
            fn from(facts: &Facts) -> Self {
                Self { $($field: facts.$field.clone()),+ }
            }
        }

        impl From<&StoredFacts> for Facts {
            fn from(facts: &StoredFacts) -> Self {
                Self { $($field: facts.$field.clone()),+ }
            }
        }
    };
}

facts! {
    setting: Setting,
    scheme: Scheme,
    category: Name,
    retired: bool,
    age: u16,
    years_paid: u16,
    covered_days: u32,
    covered_years: u16,
    claim_free_years: u16,
    days: u32,
    sessions: u32,
    ordinal: u16,
    continued: bool,
    tier: Option<Name>,
    place: Place,
    networked: bool,
    filing: FilingClass,
    filing_time: FilingTime,
    referred: bool,
    identities: BTreeSet<AssistanceIdentity>,
    diseases: Vec<Name>,
    package: Option<Name>,
    benefit_date: ServiceDate,
}

impl Stored {
    /// A case with the decision that an engine made of it.
    pub fn new(name: String, policy: Digest, case: &Case<'_>, decision: &Decision) -> Self {
        let totals = case.totals.iter();
        Self {
            name,
            policy,
            bill: case.bill.clone(),
            facts: case.facts.into(),
            totals: totals
                .map(|(name, total)| (*name, (total.slot.clone(), total.value)))
                .collect(),
            balances: case.balances,
            given: case.given.clone(),
            catalogue: case.catalogue,
            decision: decision.to_bytes(),
        }
    }

    /// Makes the decision again.
    pub fn decide(&self, engine: Engine, store: &Store) -> Result<Decision, Fault> {
        let totals = self.totals.iter().map(|(name, (slot, value))| {
            (
                *name,
                StoredTotal {
                    slot: slot.clone(),
                    value: *value,
                },
            )
        });
        engine.adjudicate(
            store.policy(self.policy),
            &Case {
                bill: &self.bill,
                facts: &Facts::from(&self.facts),
                totals: &totals.collect(),
                balances: self.balances,
                given: &self.given,
                catalogue: self.catalogue,
            },
        )
    }
}
