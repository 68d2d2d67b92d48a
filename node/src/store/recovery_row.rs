//! The rows of a restore: the node's own, and what it knows of other nodes'.

use huitong_core::leg::NumberedLeg;
use huitong_core::record::recovery::RestoreMark;
use huitong_core::{canonical_enum, canonical_struct};

/// The incarnation of a node that was never restored.
pub const FIRST_INCARNATION: u32 = 1;

/// The node's own last restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// The incarnation since then.
    pub incarnation: u32,
    /// What was drawn for it.
    pub mark: RestoreMark,
    /// Whether it is over.
    pub state: RestoreState,
}

canonical_struct!(Restored {
    incarnation,
    mark,
    state
});

/// Whether a restore is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoreState {
    /// What came after the backup is being collected.
    Collecting,
    /// The node serves.
    Over,
}

canonical_enum!(RestoreState { 1 => Collecting, 2 => Over });

/// Another region's node that was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestoredPeer {
    /// Its incarnation.
    pub incarnation: u32,
    /// What it drew.
    pub mark: RestoreMark,
    /// The last number of its stream to here that its backup has.
    pub written: u64,
    /// Up to which number it held the own stream to there.
    pub held: u64,
}

canonical_struct!(RestoredPeer {
    incarnation,
    mark,
    written,
    held
});

/// What was regained of a person's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegainedPerson {
    /// By which restore.
    pub incarnation: u32,
    /// The last change that the backup has.
    pub base: u64,
    /// The highest change that was regained.
    pub highest: u64,
    /// How many were.
    pub count: u64,
    /// What an earlier restore left missing.
    pub before: u64,
}

canonical_struct!(RegainedPerson {
    incarnation,
    base,
    highest,
    count,
    before
});

impl RegainedPerson {
    /// How many changes nobody returned.
    #[must_use]
    pub const fn missing(&self) -> u64 {
        let changed = self.highest.saturating_sub(self.base);
        self.before.saturating_add(changed.abs_diff(self.count))
    }
}

/// Legs that came back from the clearinghouse and are not booked again yet: of one debt's settlement or
/// reversal, by consecutive numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegainedLegs {
    /// Ascending by number; at least one.
    pub legs: Vec<NumberedLeg>,
}

canonical_struct!(RegainedLegs { legs });

impl RegainedLegs {
    /// The number of the first.
    #[must_use]
    pub fn from(&self) -> u64 {
        self.legs.first().map_or(0, |leg| leg.number)
    }
}
