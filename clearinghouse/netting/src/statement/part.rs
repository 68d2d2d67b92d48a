//! A region's part of its member's statement: its rows with their legs, and nothing of the member's other regions.
//!
//! A region is told what it can check against its own book and no more. The member's net can follow from one region's
//! rows only where the member has no other, so it is not checked here; that every region's rows come to its own net is.

use huitong_core::canonical::{Artifact, encode_to_vec};
use huitong_core::canonical_struct;
use huitong_core::checkpoint::witness::StreamReach;
use huitong_core::digest::sha256;
use huitong_core::leg::Leg;
use huitong_core::region::RegionCode;

use super::check::{Extent, begins, faults, takeable};
use super::fault::{RegionFault, StatementFault};
use super::{MemberStatement, ProvenPlan, StatedRegion, of_regions};
use crate::runs::Runs;

/// A statement of one region alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionPart {
    statement: MemberStatement,
}

canonical_struct!(RegionPart { statement } via RegionPart::new);

impl Artifact for RegionPart {
    const KIND: [u8; 4] = *b"RPRT";
    const VERSION: u16 = MemberStatement::VERSION;
    const OLDEST: u16 = MemberStatement::OLDEST;

    fn version(&self) -> u16 {
        self.statement.version()
    }
}

/// A statement that is not of one region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a part is of one region, and this is of {0}")]
pub struct NotOne(pub usize);

impl RegionPart {
    /// A statement of one region.
    ///
    /// # Errors
    /// [`NotOne`].
    pub fn new(statement: MemberStatement) -> Result<Self, NotOne> {
        match statement.regions.len() {
            1 => Ok(Self { statement }),
            others => Err(NotOne(others)),
        }
    }

    /// What it states.
    #[must_use]
    pub const fn statement(&self) -> &MemberStatement {
        &self.statement
    }

    fn stated(&self) -> Option<&StatedRegion> {
        self.statement.regions.first()
    }

    /// Whose it is.
    #[must_use]
    pub fn region(&self) -> Option<RegionCode> {
        self.stated().map(|stated| stated.region)
    }

    /// The numbers of the region's stream that the cycle could take; none where they do not hold together.
    #[must_use]
    pub fn takeable(&self) -> Option<Runs> {
        self.stated().and_then(takeable)
    }

    /// How far the region's stream is in cycles with this one.
    #[must_use]
    pub fn reach(&self) -> Option<StreamReach> {
        self.stated()
            .map(|stated| reach_of(stated.to, &stated.carried))
    }

    /// Whether the cycle, or one before it, took a number of the region's stream.
    #[must_use]
    pub fn has_taken(&self, number: u64) -> bool {
        let taken = |stated: &StatedRegion| number <= stated.to && !stated.carried.contains(number);
        self.stated().is_some_and(taken)
    }

    /// All that is wrong with it by itself, in the order of trust.
    #[must_use]
    pub fn check(&self) -> Vec<StatementFault> {
        faults(&self.statement, Extent::Region)
    }

    /// Whether it goes on where the region's stream was in the cycle before, or begins where it was in none.
    #[must_use]
    pub fn follow(&self, before: Option<&StreamReach>) -> Option<StatementFault> {
        let stated = self.stated()?;
        let goes_on = match before {
            Some(before) => *before == reach_of(stated.from, &stated.waited),
            None => begins(stated),
        };
        let fault = StatementFault::Region(stated.region, RegionFault::Begin);
        (!goes_on).then_some(fault)
    }

    /// Whether it begins before where the region's stream was known to be, some cycles ago.
    #[must_use]
    pub fn falls_back(&self, known: Option<&StreamReach>) -> Option<StatementFault> {
        let stated = self.stated()?;
        let falls_back = known.is_some_and(|known| stated.from < known.to);
        falls_back.then_some(StatementFault::Region(stated.region, RegionFault::Begin))
    }
}

fn reach_of(to: u64, carried: &Runs) -> StreamReach {
    StreamReach {
        to,
        carried: sha256(&encode_to_vec(carried)),
    }
}

/// Writes a region's part. `legs` are those of the plan in which the region stands, each once, in any order. None when
/// the cycle has no window of the region.
#[must_use]
pub fn part(proven: &ProvenPlan<'_>, region: RegionCode, legs: &[Leg]) -> Option<RegionPart> {
    let own: Vec<_> = proven.plan.window(region).into_iter().collect();
    let member = own.first()?.member;
    let statement = of_regions(proven, member, &own, legs);
    RegionPart::new(statement).ok()
}
