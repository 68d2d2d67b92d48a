//! From a bill document to what the engine starts from.
//!
//! A document states facts as a person knows them. Two are resolved here as a node resolves them of a real
//! claim: a tier stated outright wins, else it is worked out from the institution; a filing for a referral
//! counts as referred. The bill is split already, so no catalogue is named; totals of periods and keys are
//! kept where a node would keep them for a first visit. Nothing is read from any store.

use std::collections::BTreeMap;

use huitong_adjudication::{
    Case, Compiled, Facts, Fault, StoredTotal, adjudicate, facts, slots, stored_totals,
};
use huitong_core::bill::{Arrival, Institution};
use huitong_core::claim::Claim;
use huitong_core::decision::Decision;
use huitong_core::digest::Digest;
use huitong_core::institution::InstitutionCode;
use huitong_core::name::Name;
use huitong_core::person::{PersonRef, PsnNo};
use huitong_core::policy::Policy;
use huitong_core::totals::TotalSlot;
use huitong_core::vocabulary::{Administration, FilingClass, Grade, InstitutionType};
use huitong_document::bill::{BillDocument, Networked};

/// A bill document in the engine's terms.
#[derive(Debug)]
pub struct Inputs<'a> {
    document: &'a BillDocument,
    facts: Facts,
    totals: BTreeMap<Name, StoredTotal>,
}

/// Settles a bill document under a policy.
///
/// # Errors
/// Any [`Fault`] of the engine.
pub fn decide(compiled: &Compiled, document: &BillDocument) -> Result<Decision, Fault> {
    adjudicate(compiled, &Inputs::of(compiled.policy(), document)?.case())
}

impl<'a> Inputs<'a> {
    /// Resolves the facts and totals of a document that was read under this policy.
    ///
    /// # Errors
    /// [`Fault::NoTier`] when the policy's tier map has no row for the institution.
    pub fn of(policy: &Policy, document: &'a BillDocument) -> Result<Self, Fault> {
        let facts = resolve(policy, document)?;
        let totals = match claim(policy, document) {
            Some(claim) => stored(slots(policy, &facts, &claim), document),
            None => BTreeMap::new(),
        };
        Ok(Self {
            document,
            facts,
            totals,
        })
    }

    /// What the engine is given.
    #[must_use]
    pub const fn case(&self) -> Case<'_> {
        Case {
            bill: &self.document.bill,
            facts: &self.facts,
            totals: &self.totals,
            balances: self.document.balances,
            given: &self.document.given,
            catalogue: NO_CATALOGUE,
        }
    }
}

/// The digest of no catalogue at all.
const NO_CATALOGUE: Digest = Digest::from_bytes([0; 32]);

fn resolve(policy: &Policy, document: &BillDocument) -> Result<Facts, Fault> {
    let stated = &document.facts;
    let (coverage, visit) = (&stated.coverage, &stated.visit);
    let tier = match (stated.tier, &stated.institution) {
        (Some(tier), _) => Some(tier),
        (None, Some(institution)) => facts::tier(policy, institution, stated.place)?,
        (None, None) => None,
    };
    Ok(Facts {
        setting: visit.setting,
        scheme: coverage.scheme,
        category: coverage.category,
        retired: coverage.retired,
        age: coverage.age,
        years_paid: coverage.years_paid,
        covered_days: coverage.covered_days,
        covered_years: coverage.covered_years,
        claim_free_years: coverage.claim_free_years,
        days: visit.days(),
        sessions: visit.sessions,
        ordinal: coverage.ordinal,
        continued: coverage.continued,
        tier,
        place: stated.place,
        networked: stated.networked == Networked::Yes,
        filing: coverage.filing,
        filing_time: coverage.filing_time,
        referred: visit.arrival == Arrival::Referred || coverage.filing == FilingClass::Referral,
        identities: coverage.identities.clone(),
        diseases: visit.diseases.clone(),
        package: visit.package,
        benefit_date: facts::benefit_date(policy, visit),
    })
}

/// A claim around the document, for the places where its totals are kept; only its institution and visit
/// are looked at.
fn claim(policy: &Policy, document: &BillDocument) -> Option<Claim> {
    let region = policy.scope().region;
    let stand_in = || {
        Some(Institution {
            code: InstitutionCode::parse(&format!("H{region}00001")).ok()?,
            kind: InstitutionType::General,
            grade: Grade::Ungraded,
            price_grade: Grade::Ungraded,
            administration: Administration::City,
            networked: document.facts.networked == Networked::Yes,
        })
    };
    Some(Claim {
        treatment: region,
        institution: document.facts.institution.clone().or_else(stand_in)?,
        person: PersonRef {
            home: region,
            psn_no: PsnNo::parse(&format!("{region}000000000001")).ok()?,
        },
        visit: document.facts.visit.clone(),
        bill: document.bill.clone(),
        catalogue: NO_CATALOGUE,
        given: document.given.clone(),
    })
}

fn stored(
    slots: BTreeMap<Name, TotalSlot>,
    document: &BillDocument,
) -> BTreeMap<Name, StoredTotal> {
    let values = slots
        .iter()
        .filter_map(|(name, slot)| Some((slot.clone(), *document.totals.get(name)?)))
        .collect();
    stored_totals(slots, &values)
}
