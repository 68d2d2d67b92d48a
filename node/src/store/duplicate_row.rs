//! The rows of people whom another region insures too: the tags that are reported, and what became of each match.

use huitong_core::canonical_struct;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::duplicate::{Reach, Tag, TagStanding, TagStream, ToldCover};
use huitong_core::officer::OfficerName;
use huitong_core::person::PsnNo;
use huitong_core::record::duplicate::Resolution;

/// How far the stream of tags is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagHead {
    /// The stream.
    pub stream: TagStream,
    /// Who began it; none when the node did so itself.
    pub by: Option<OfficerName>,
    /// When.
    pub begun: Timestamp,
    /// The number of its last batch; 0 for none.
    pub written: u64,
    /// The digest of that batch.
    pub chain: Digest,
    /// Whether all people were reported once.
    pub reach: Reach,
}

canonical_struct!(TagHead {
    stream,
    by,
    begun,
    written,
    chain,
    reach
});

/// A tag that was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagRow {
    /// Whose.
    pub psn_no: PsnNo,
    /// In which stream.
    pub stream: TagStream,
    /// How it stands there.
    pub standing: TagStanding,
}

canonical_struct!(TagRow {
    psn_no,
    stream,
    standing
});

impl TagRow {
    /// Whether a stream says that the person has cover.
    #[must_use]
    pub fn is_covered_in(&self, stream: TagStream) -> bool {
        self.stream == stream && self.standing == TagStanding::Covered
    }
}

/// A person whom another region insures too, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateRow {
    /// The tag by which they were matched.
    pub tag: Tag,
    /// When the match was seen first.
    pub since: Timestamp,
    /// When it was gone.
    pub gone: Option<Timestamp>,
    /// What an officer of this region said.
    pub resolution: Option<Resolution>,
    /// The other region's word.
    pub told: Option<ToldCover>,
}

canonical_struct!(DuplicateRow {
    tag,
    since,
    gone,
    resolution,
    told
});
