//! The rows of a restore: the node's own, and what it knows of other nodes'.

use huitong_core::date::{BusinessDay, Timestamp};
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
    /// When it began.
    pub since: Timestamp,
    /// Whether it is over.
    pub state: RestoreState,
}

canonical_struct!(Restored {
    incarnation,
    mark,
    since,
    state
});

/// The last business day that was closed in the backup that the node was restored from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupDay {
    /// That day; none when none was.
    pub closed: Option<BusinessDay>,
}

canonical_struct!(BackupDay { closed });

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoredPeer {
    /// Its incarnation.
    pub incarnation: u32,
    /// What it drew.
    pub mark: RestoreMark,
    /// The last number of its stream to here that its backup has.
    pub written: u64,
    /// Up to which number it held the own stream to there.
    pub held: u64,
    /// Its restores before this one: the incarnation and the last number of each, ascending.
    pub before: Vec<(u32, u64)>,
}

canonical_struct!(RestoredPeer {
    incarnation,
    mark,
    written,
    held,
    before
});

impl RestoredPeer {
    /// Restores that are remembered one by one; of older ones what they come to together.
    const REMEMBERED: usize = 64;

    /// What is remembered of its restores once it is restored again.
    #[must_use]
    pub fn into_before(self) -> Vec<(u32, u64)> {
        let mut before = self.before;
        before.push((self.incarnation, self.written));
        if before.len() > Self::REMEMBERED {
            let (_, oldest) = before.remove(0);
            if let Some((_, written)) = before.first_mut() {
                *written = oldest.min(*written);
            }
        }
        before
    }

    /// The number above which it is given back what it gave here. A restore that another one follows may not
    /// have collected everything, so the lowest of all counts.
    #[must_use]
    pub fn given_above(&self) -> u64 {
        let before = self.before.iter().map(|(_, written)| *written);
        before.fold(self.written, u64::min)
    }

    /// The last number that stands of those that it gave in an incarnation, if that has ended.
    #[must_use]
    pub fn last_of(&self, incarnation: u32) -> Option<u64> {
        let restores = self.before.iter().copied();
        restores
            .chain([(self.incarnation, self.written)])
            .filter(|(restored, _)| incarnation < *restored)
            .map(|(_, written)| written)
            .min()
    }
}

/// A region that a restored node serves without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// The node's incarnation: in a later one it is asked like all others.
    pub incarnation: u32,
    /// Since when.
    pub since: Timestamp,
}

canonical_struct!(LeftOut { incarnation, since });

/// What was regained of a person's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegainedPerson {
    /// By which restore.
    pub incarnation: u32,
    /// The incarnation of the record before any of it came back.
    pub since: u32,
    /// The last change that it had then.
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
    since,
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

/// Legs that came back from the clearinghouse and are not booked again yet: of one receipt or one reversal of a debt, the
/// last that was told, by consecutive numbers.
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

    /// Whether they are just so many numbers from this one on.
    #[must_use]
    pub fn is_at(&self, from: u64, count: usize) -> bool {
        self.from() == from && self.legs.len() == count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restored(incarnation: u32, written: u64, before: Vec<(u32, u64)>) -> RestoredPeer {
        RestoredPeer {
            incarnation,
            mark: [1; 16],
            written,
            held: 0,
            before,
        }
    }

    #[test]
    fn a_restore_that_another_one_follows_is_given_again_and_its_line_stays_drawn() {
        let first = restored(2, 10, Vec::new());
        assert_eq!(first.given_above(), 10);
        // It came back as far as 12, without 11, when it was restored again.
        let second = restored(3, 12, first.into_before());
        assert_eq!(second.given_above(), 10);
        assert_eq!(second.last_of(1), Some(10));
        assert_eq!(second.last_of(2), Some(12));
        assert_eq!(second.last_of(3), None);
    }

    #[test]
    fn of_many_restores_the_oldest_are_remembered_together() {
        let mut peer = restored(1, 500, Vec::new());
        for incarnation in 2..200 {
            let written = u64::from(incarnation) * 1_000;
            peer = restored(incarnation, written, peer.into_before());
        }
        assert_eq!(peer.before.len(), RestoredPeer::REMEMBERED);
        assert_eq!((peer.given_above(), peer.last_of(0)), (500, Some(500)));
        assert_eq!(peer.last_of(198), Some(199_000));
    }
}
