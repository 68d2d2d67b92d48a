//! What an institution settled for other regions in a month, line by line, and what it says of each.
//!
//! A line is listed with its digest, and confirmed under it: what changed in between is not what was confirmed.

use crate::canonical::Artifact;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::{Digest, sha256};
use crate::id::SettlementId;
use crate::money::Fen;
use crate::region::RegionCode;
use crate::vocabulary::{ObjectionReason, Setting};
use crate::{canonical_enum, canonical_struct};

/// One settlement for another region, as its institution's month lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthLine {
    /// Which.
    pub settlement: SettlementId,
    /// When it was booked.
    pub at: Timestamp,
    /// Its business day.
    pub business_day: BusinessDay,
    /// The home region.
    pub home: RegionCode,
    /// The kind of care.
    pub setting: Setting,
    /// The bill in all.
    pub total: Fen,
    /// What the region's agency pays to the institution for it.
    pub pays: Fen,
    /// Whether it was settled before the home region had answered.
    pub advanced: bool,
    /// What was deducted of it and stands.
    pub deducted: Fen,
    /// What was taken back of it: nothing, or all that the agency pays.
    pub reversed: Fen,
}

canonical_struct!(MonthLine {
    settlement,
    at,
    business_day,
    home,
    setting,
    total,
    pays,
    advanced,
    deducted,
    reversed
});

impl Artifact for MonthLine {
    const KIND: [u8; 4] = *b"IMLN";
    const VERSION: u16 = 1;
}

impl MonthLine {
    /// What is left to be paid for it.
    #[must_use]
    pub fn payable(&self) -> Fen {
        self.pays
            .saturating_sub(self.deducted)
            .saturating_sub(self.reversed)
    }
}

/// The digest of lines: SHA-256 over their digests, in their order.
#[must_use]
pub fn digest_of(lines: impl IntoIterator<Item = Digest>) -> Digest {
    let mut bytes = Vec::new();
    for line in lines {
        bytes.extend_from_slice(line.as_bytes());
    }
    sha256(&bytes)
}

/// What an institution says of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineVerdict {
    /// It is as its books have it.
    Confirmed,
    /// It is not.
    Objected(ObjectionReason),
}

canonical_enum!(LineVerdict { 1 => Confirmed, 2 => Objected(reason) });

/// A line that an institution answers, as it was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnsweredLine {
    /// Its business day.
    pub business_day: BusinessDay,
    /// Which settlement.
    pub settlement: SettlementId,
    /// The digest of the line as it was listed.
    pub line: Digest,
    /// What is said of it.
    pub verdict: LineVerdict,
}

canonical_struct!(AnsweredLine {
    business_day,
    settlement,
    line,
    verdict
});

/// What a confirmation says of its lines in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinesInAll {
    /// How many lines.
    pub count: u64,
    /// What the agency pays for them.
    pub sum: Fen,
    /// Their digest.
    pub digest: Digest,
}

canonical_struct!(LinesInAll { count, sum, digest });

/// Whether a month takes confirmations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthStanding {
    /// It does.
    Open,
    /// The bureau has closed it.
    Closed,
}

canonical_enum!(MonthStanding { 1 => Open, 2 => Closed });
