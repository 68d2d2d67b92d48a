//! The directory as officers decided it, what waits for a second officer, and how far it is signed.
//!
//! Whoever is in the configuration and in no version yet is an active member from the beginning.

use std::collections::{BTreeMap, VecDeque};

use huitong_core::canonical::Artifact as _;
use huitong_core::date::Timestamp;
use huitong_core::membership::{Directory, ListedRegion, MemberChange, SignedDirectory, Standing};
use huitong_core::record::clearing::{MemberProposed, MembersRecord};
use huitong_core::region::RegionCode;
use huitong_netting::Members;

/// What is known of the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DirectoryHeld {
    /// The last version that was decided.
    decided: Option<Directory>,
    /// What waits for a second officer, by region.
    waiting: BTreeMap<RegionCode, MemberProposed>,
    /// What waited of a region and an officer ended last, as long as nobody has wanted the same since.
    ended: BTreeMap<RegionCode, MemberProposed>,
    /// The versions that are not signed yet, ascending.
    unsigned: VecDeque<Directory>,
    /// The number of the last that is.
    signed: u64,
    /// When that was signed, by its own word.
    signed_at: Option<Timestamp>,
}

/// A signed version that is not the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("version {0} of the directory is signed, which is not the next")]
pub(crate) struct NotNext(u64);

impl DirectoryHeld {
    /// How a region stands; active when no version names it.
    pub(crate) fn standing(&self, region: RegionCode) -> Standing {
        let listed = self.listed(region);
        listed.map_or(Standing::Active, |listed| listed.standing)
    }

    /// What the last version says of a region.
    pub(crate) fn listed(&self, region: RegionCode) -> Option<&ListedRegion> {
        self.decided.as_ref()?.regions.get(&region)
    }

    /// The regions of the last version, each with who clears for it.
    pub(crate) fn members(&self) -> impl Iterator<Item = (RegionCode, RegionCode)> + '_ {
        let regions = self.decided.iter().flat_map(|decided| &decided.regions);
        regions.map(|(region, listed)| (*region, listed.member))
    }

    /// The number of the last version that was decided; 0 for none.
    pub(crate) fn number(&self) -> u64 {
        self.decided.as_ref().map_or(0, |decided| decided.number)
    }

    /// What waits for a second officer of a region.
    pub(crate) fn waiting(&self, region: RegionCode) -> Option<&MemberProposed> {
        self.waiting.get(&region)
    }

    /// What waited of a region and an officer ended last.
    pub(crate) fn ended(&self, region: RegionCode) -> Option<&MemberProposed> {
        self.ended.get(&region)
    }

    /// All that waits for a second officer.
    pub(crate) fn all_waiting(&self) -> impl Iterator<Item = &MemberProposed> {
        self.waiting.values()
    }

    /// Whether a word says of a region's standing what it is already, so that nothing else is wanted of it any more.
    pub(crate) fn withdraws(&self, region: RegionCode, change: &MemberChange) -> bool {
        let standing = self.standing(region);
        match change {
            MemberChange::Resume => standing == Standing::Active,
            MemberChange::Suspend => standing == Standing::Suspended,
            MemberChange::Join(_) | MemberChange::Change(_) | MemberChange::Leave => false,
        }
    }

    /// The version that is to be signed next.
    pub(crate) fn unsigned(&self) -> Option<&Directory> {
        self.unsigned.front()
    }

    /// As of when the next version is signed, where the clock says this: never before the last that is, whatever became of
    /// the clock since.
    pub(crate) fn dated(&self, now: Timestamp) -> Timestamp {
        self.signed_at.map_or(now, |last| last.max(now))
    }

    /// The version after the last, as yet without a change: with every region that clears.
    pub(crate) fn next(&self, members: &Members) -> Directory {
        let configured = members.iter().map(|(region, member)| {
            let listed = ListedRegion {
                member: member.code(),
                endpoint: None,
                signers: Vec::new(),
                standing: Standing::Active,
                since: None,
            };
            (region, listed)
        });
        let mut regions: BTreeMap<_, _> = configured.collect();
        if let Some(decided) = &self.decided {
            regions.extend(decided.regions.clone());
        }
        Directory {
            number: self.number().saturating_add(1),
            before: self.decided.as_ref().map(Directory::digest),
            regions,
        }
    }

    /// Changes what a record says has changed.
    pub(crate) fn apply(&mut self, record: &MembersRecord) {
        match record {
            MembersRecord::Proposed(said) if self.withdraws(said.region, &said.change) => {
                self.waiting.remove(&said.region);
            }
            MembersRecord::Proposed(proposed) => {
                // The same is wanted again, so that it is not told as ended any more.
                let ended = self.ended.get(&proposed.region);
                if ended.is_some_and(|ended| ended.change == proposed.change) {
                    self.ended.remove(&proposed.region);
                }
                self.waiting.insert(proposed.region, proposed.clone());
            }
            MembersRecord::Decided(decided) => {
                let waiting = self.waiting.get(&decided.region);
                if waiting.is_some_and(|waiting| waiting.change == decided.change) {
                    self.waiting.remove(&decided.region);
                }
                self.unsigned.push_back(decided.directory.clone());
                self.decided = Some(decided.directory.clone());
            }
            MembersRecord::Ended(said) => {
                let (region, ended) = (said.ended.region, said.ended.clone());
                self.waiting.remove(&region);
                self.ended.insert(region, ended);
            }
        }
    }

    /// Notes that a version is signed.
    pub(crate) fn signed(&mut self, signed: &SignedDirectory) -> Result<(), NotNext> {
        let number = signed.directory.number;
        match self.unsigned.pop_front() {
            Some(next) if next == signed.directory => {
                self.signed = number;
                self.signed_at = Some(signed.at);
                Ok(())
            }
            Some(_) | None => Err(NotNext(number)),
        }
    }
}
