//! Tags of people that are reported to the clearinghouse, and what becomes of those whom another region insures too.
//!
//! Deliberately absent: whom the clearinghouse matched otherwise than with the own region, which it never tells.

use crate::canonical_struct;
use crate::date::Timestamp;
use crate::duplicate::{ResolutionNote, Tag, TagBatch, TagStream, ToldCover};
use crate::officer::OfficerName;
use crate::person::PsnNo;
use crate::region::RegionCode;
use crate::vocabulary::DuplicateReason;

/// The stream of tags begins, or begins anew: nothing reported before it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagsBegun {
    /// The stream.
    pub stream: TagStream,
    /// Who began it; none when the node did so itself, because it was restored.
    pub by: Option<OfficerName>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(TagsBegun { stream, by, at });

/// A batch of tags for the clearinghouse, with whose they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagsWritten {
    /// The batch, as it is sent.
    pub batch: TagBatch,
    /// Whose tag each of its changes is.
    pub people: Vec<PsnNo>,
}

canonical_struct!(TagsWritten { batch, people });

/// A person of the own region whom the clearinghouse matched with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Who.
    pub psn_no: PsnNo,
    /// The other region.
    pub region: RegionCode,
    /// The tag by which they were matched.
    pub tag: Tag,
}

canonical_struct!(Match {
    psn_no,
    region,
    tag
});

/// What the clearinghouse's matches have become since they were looked at last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchesSeen {
    /// New ones, and known ones by another tag.
    pub found: Vec<Match>,
    /// Those that are no more.
    pub gone: Vec<(PsnNo, RegionCode)>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(MatchesSeen { found, gone, at });

/// The other region's word on one of them, where it differs from the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverTold {
    /// Who.
    pub psn_no: PsnNo,
    /// The other region.
    pub region: RegionCode,
    /// Its word.
    pub told: ToldCover,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(CoverTold {
    psn_no,
    region,
    told,
    at
});

/// An officer says what becomes of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateResolved {
    /// Who.
    pub psn_no: PsnNo,
    /// The other region.
    pub region: RegionCode,
    /// What was said.
    pub resolution: Resolution,
}

canonical_struct!(DuplicateResolved {
    psn_no,
    region,
    resolution
});

/// What an officer said of a duplicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The reason.
    pub reason: DuplicateReason,
    /// In the bureau's words.
    pub note: Option<ResolutionNote>,
    /// Who.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Resolution {
    reason,
    note,
    by,
    at
});
