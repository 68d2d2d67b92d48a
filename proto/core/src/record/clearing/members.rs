//! What happens to the directory: what officers want of it, what is decided, and each version as it was signed.

use crate::date::Timestamp;
use crate::membership::{Directory, MemberChange};
use crate::officer::OfficerName;
use crate::region::RegionCode;
use crate::{canonical_enum, canonical_struct};

/// One step in the life of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MembersRecord {
    /// An officer wants a change that another has to want too, or says that all is to stay: of an active region that it is to go
    /// on, of a suspended one that it is to be suspended. Then whatever waited of it waits no more, and this does not either.
    Proposed(MemberProposed),
    /// A change is in force.
    Decided(MembersDecided),
    /// What waited for a second officer does not any more.
    Ended(ProposalEnded),
}

canonical_enum!(MembersRecord { 1 => Proposed(record), 2 => Decided(record), 3 => Ended(record) });

/// What an officer wants of a region. It waits for a second officer unless the region stands so already; what was wanted of the
/// region before waits no more in either case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberProposed {
    /// Of which region.
    pub region: RegionCode,
    /// What.
    pub change: MemberChange,
    /// Who wants it.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(MemberProposed {
    region,
    change,
    by,
    at
});

/// An officer ended what waited, whoever had wanted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalEnded {
    /// What waited, and who had wanted it.
    pub ended: MemberProposed,
    /// Who ended it.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ProposalEnded { ended, by, at });

/// A change that is in force, with the whole directory as it stands from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembersDecided {
    /// Of which region.
    pub region: RegionCode,
    /// What.
    pub change: MemberChange,
    /// Who wanted it first; none where one officer is enough.
    pub proposed_by: Option<OfficerName>,
    /// Who decided it.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
    /// The directory.
    pub directory: Directory,
}

canonical_struct!(MembersDecided {
    region,
    change,
    proposed_by,
    by,
    at,
    directory
});
