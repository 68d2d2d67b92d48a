//! A claim: one visit's bill, split by the treatment catalogue, put to the home region under one id.
//!
//! An id binds the claim, not the attempt: version, decision and deadline belong to the attempt and may
//! change between two tries. [`Binding`] is what is remembered to tell a repetition from another request.

use std::collections::BTreeMap;
use std::fmt;

use crate::bill::{Institution, SplitBill, Visit};
use crate::canonical::encode_to_vec;
use crate::canonical_struct;
use crate::digest::{Digest, sha256};
use crate::money::Fen;
use crate::name::Name;
use crate::person::PersonRef;
use crate::region::RegionCode;

/// What the home region is asked to pay for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The treatment region, as its certificate says.
    pub treatment: RegionCode,
    /// The institution, as the treatment region answers for it.
    pub institution: Institution,
    /// Whom it is for.
    pub person: PersonRef,
    /// The visit.
    pub visit: Visit,
    /// The bill, split.
    pub bill: SplitBill,
    /// The treatment catalogue that split it.
    pub catalogue: Digest,
    /// What others have paid already, by the name the policy gives it.
    pub given: BTreeMap<Name, Fen>,
}

canonical_struct!(Claim {
    treatment,
    institution,
    person,
    visit,
    bill,
    catalogue,
    given
});

impl crate::canonical::Artifact for Claim {
    const KIND: [u8; 4] = *b"CLAM";
    const VERSION: u16 = 1;
}

impl Claim {
    /// What an id binds.
    #[must_use]
    pub fn binding(&self) -> Binding {
        Binding {
            institution: sha256(&encode_to_vec(&self.institution.code)),
            person: sha256(&encode_to_vec(&self.person)),
            visit: sha256(&encode_to_vec(&self.visit)),
            bill: sha256(&encode_to_vec(&(self.bill.clone(), self.given.clone()))),
        }
    }

    /// The visit as it is unique among standing settlements.
    #[must_use]
    pub fn visit_key(&self) -> VisitKey {
        VisitKey::of(&self.institution, &self.visit)
    }
}

/// Digests of the parts of a request that an id binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// Of the institution's code.
    pub institution: Digest,
    /// Of the person.
    pub person: Digest,
    /// Of the visit.
    pub visit: Digest,
    /// Of the bill and of what others gave; [`Binding::NO_BILL`] when that is not known any more.
    pub bill: Digest,
}

canonical_struct!(Binding {
    institution,
    person,
    visit,
    bill
});

/// A part of a request that an id binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundField {
    /// The institution.
    Institution,
    /// The person.
    Person,
    /// The visit.
    Visit,
    /// The bill.
    Bill,
}

impl fmt::Display for BoundField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Institution => "institution",
            Self::Person => "person",
            Self::Visit => "visit",
            Self::Bill => "bill",
        })
    }
}

impl Binding {
    /// Stands for the bill in a binding that a restored treatment node made from the claim: it never saw the
    /// bill as charged, and takes whichever comes again under the id for the one that was settled.
    pub const NO_BILL: Digest = Digest::from_bytes([0; 32]);

    /// The first part in which two requests differ, or `None` when they are one.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> Option<BoundField> {
        [
            (
                self.institution == other.institution,
                BoundField::Institution,
            ),
            (self.person == other.person, BoundField::Person),
            (self.visit == other.visit, BoundField::Visit),
            (
                self.bill == other.bill
                    || self.bill == Self::NO_BILL
                    || other.bill == Self::NO_BILL,
                BoundField::Bill,
            ),
        ]
        .into_iter()
        .find_map(|(same, field)| (!same).then_some(field))
    }
}

/// (institution, visit, kind, interim part): unique among standing settlements at both nodes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitKey {
    /// The institution.
    pub institution: crate::institution::InstitutionCode,
    /// The institution's number of the visit.
    pub visit: crate::bill::VisitNumber,
    /// The kind of treatment.
    pub setting: crate::vocabulary::Setting,
    /// The interim part.
    pub interim: u16,
}

canonical_struct!(VisitKey {
    institution,
    visit,
    setting,
    interim
});

impl VisitKey {
    /// The key of a visit at an institution.
    #[must_use]
    pub fn of(institution: &Institution, visit: &Visit) -> Self {
        Self {
            institution: institution.code,
            visit: visit.number.clone(),
            setting: visit.setting,
            interim: visit.interim,
        }
    }
}
