//! The row of the directory that a node goes by.

use std::collections::BTreeMap;

use huitong_core::canonical_struct;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::membership::Standing;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::location::Location;

/// The last version that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryHead {
    /// Its number.
    pub number: u64,
    /// Its digest.
    pub digest: Digest,
    /// When it was taken.
    pub taken: Timestamp,
    /// Its record.
    pub at: Location,
    /// The regions that are not active, and how each stands.
    pub closed: BTreeMap<RegionCode, Standing>,
}

canonical_struct!(DirectoryHead {
    number,
    digest,
    taken,
    at,
    closed
});

impl DirectoryHead {
    /// Why nothing new is begun between two regions: the first of them that is not active. Nothing when both are, or are one.
    #[must_use]
    pub fn nothing_new(&self, between: [RegionCode; 2]) -> Option<Refusal> {
        let [one, other] = between;
        if one == other {
            return None;
        }
        between.into_iter().find_map(|region| {
            let code = match self.closed.get(&region) {
                None | Some(Standing::Active) => return None,
                Some(Standing::Suspended) => RefusalCode::RegionSuspended,
                Some(Standing::Left) => RefusalCode::RegionLeft,
            };
            Some(Refusal::new(code, region))
        })
    }

    /// With its record's place.
    #[must_use]
    pub fn placed(self, place: impl Fn(Location) -> Location) -> Self {
        Self {
            at: place(self.at),
            ..self
        }
    }
}
