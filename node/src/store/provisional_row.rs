//! The rows of settlements made while the home region could not be reached, in both roles.

use huitong_core::claim::VisitKey;
use huitong_core::date::Timestamp;
use huitong_core::id::RequestId;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::Fen;
use huitong_core::person::PersonRef;
use huitong_core::provisional::TrueUp;
use huitong_core::region::RegionCode;
use huitong_core::{canonical_enum, canonical_struct};

use super::location::Location;

/// Treatment role: a settlement that is or was provisional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisionalRow {
    /// The institution that asked.
    pub institution: InstitutionCode,
    /// Its own id.
    pub request: RequestId,
    /// Whose it is.
    pub person: PersonRef,
    /// What the patient was asked for at the counter.
    pub told: Fen,
    /// What funds and accounts were to pay.
    pub advanced: Fen,
    /// When it was given.
    pub since: Timestamp,
    /// What became of it.
    pub state: ProvisionalState,
}

canonical_struct!(ProvisionalRow {
    institution,
    request,
    person,
    told,
    advanced,
    since,
    state
});

/// What became of a provisional settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProvisionalState {
    /// The home region has not answered yet.
    Open,
    /// The home region booked it.
    TruedUp(TrueUp),
    /// The home region finally refused it.
    Borne(TrueUp),
    /// It was taken back.
    TakenBack,
}

canonical_enum!(ProvisionalState {
    1 => Open,
    2 => TruedUp(true_up),
    3 => Borne(true_up),
    4 => TakenBack,
});

/// Treatment role: a signed snapshot that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptRow {
    /// Its record.
    pub at: Location,
    /// Until when it may be used.
    pub usable_until: Timestamp,
}

canonical_struct!(KeptRow { at, usable_until });

/// Home role: the last snapshot that was signed of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRow {
    /// For which region.
    pub treatment: RegionCode,
    /// For which visit.
    pub visit: VisitKey,
    /// Until when it may be used.
    pub usable_until: Timestamp,
    /// Its record.
    pub at: Location,
}

canonical_struct!(SignedRow {
    treatment,
    visit,
    usable_until,
    at
});
