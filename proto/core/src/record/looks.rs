//! Home role: whose standing was shown to whom, for the person to see.
//!
//! Many are written together, a moment after they were given: they hold nobody up, and a person's own question who
//! looked is never urgent. What a settlement was decided on stands in its own record besides.

use crate::bill::VisitNumber;
use crate::canonical_struct;
use crate::date::Timestamp;
use crate::institution::InstitutionCode;
use crate::person::PsnNo;
use crate::region::RegionCode;

/// Snapshots that were given since the last such record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotsGiven {
    /// Its number, from 1: what is counted is counted once, however often the record is read.
    pub number: u64,
    /// Whose they are, each person once, ascending.
    pub people: Vec<PersonShown>,
    /// When it was written; they were given within the second or two before.
    pub at: Timestamp,
}

canonical_struct!(SnapshotsGiven { number, people, at });

/// The snapshots of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonShown {
    /// Whose.
    pub psn_no: PsnNo,
    /// To whom, in the order given.
    pub to: Vec<ShownTo>,
}

canonical_struct!(PersonShown { psn_no, to });

/// To whom a snapshot was given, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownTo {
    /// The region whose node asked.
    pub treatment: RegionCode,
    /// The institution that had read the person's credential.
    pub institution: InstitutionCode,
    /// The institution's number of the open visit.
    pub visit: VisitNumber,
}

canonical_struct!(ShownTo {
    treatment,
    institution,
    visit
});
