//! Clearing members: who pays and is paid for a region.
//!
//! A region's member is the region itself or the fund its province runs; which of the two is the
//! directory's choice, not a rule.

use std::collections::BTreeMap;
use std::fmt;

use huitong_core::canonical_as;
use huitong_core::region::RegionCode;

/// A clearing member, named by the region code of its fund: `330200`, or `330000` for a province.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member(RegionCode);

impl Member {
    /// The member that bears this code.
    #[must_use]
    pub const fn new(code: RegionCode) -> Self {
        Self(code)
    }

    /// Its code.
    #[must_use]
    pub const fn code(self) -> RegionCode {
        self.0
    }
}

canonical_as!(Member as RegionCode, |member| member.0, |code| {
    Ok::<_, MemberError>(Member(code))
});

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Why regions and members do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    /// The member is of another province than the region it stands for.
    #[error("region {region} is in another province than its clearing member {member}")]
    OtherProvince {
        /// The region.
        region: RegionCode,
        /// The member named for it.
        member: Member,
    },
    /// More regions than a plan takes.
    #[error("{regions} regions are named and a plan takes at most {limit}")]
    TooManyRegions {
        /// How many are named.
        regions: usize,
        /// The limit.
        limit: usize,
    },
}

/// Every region that takes part, with its member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members(BTreeMap<RegionCode, Member>);

impl Members {
    /// The most regions: above twice the pooling regions the country has.
    pub const LIMIT: usize = 1_024;

    /// Regions with their members.
    ///
    /// # Errors
    /// A member in another province than its region, or more regions than [`Members::LIMIT`].
    pub fn new(of: BTreeMap<RegionCode, Member>) -> Result<Self, MemberError> {
        if of.len() > Self::LIMIT {
            return Err(MemberError::TooManyRegions {
                regions: of.len(),
                limit: Self::LIMIT,
            });
        }
        let stranger = of
            .iter()
            .find(|(region, member)| region.province() != member.0.province());
        match stranger {
            Some((&region, &member)) => Err(MemberError::OtherProvince { region, member }),
            None => Ok(Self(of)),
        }
    }

    /// The member of a region.
    #[must_use]
    pub fn of(&self, region: RegionCode) -> Option<Member> {
        self.0.get(&region).copied()
    }

    /// The regions and their members, ascending by region.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (RegionCode, Member)> + '_ {
        self.0.iter().map(|(region, member)| (*region, *member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_of_the_regions_own_province() {
        let code = |text| RegionCode::parse(text).unwrap();
        let ningbo = code("330200");
        for member in ["330200", "330000"] {
            let members = Members::new(BTreeMap::from([(ningbo, Member::new(code(member)))]));
            assert_eq!(members.unwrap().of(ningbo), Some(Member::new(code(member))));
        }
        let elsewhere = Member::new(code("510000"));
        assert_eq!(
            Members::new(BTreeMap::from([(ningbo, elsewhere)])),
            Err(MemberError::OtherProvince {
                region: ningbo,
                member: elsewhere
            })
        );
    }
}
