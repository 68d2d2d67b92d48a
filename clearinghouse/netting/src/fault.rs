//! Why inputs give no plan, and why a plan is not the one its inputs give.

use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::money::MoneyError;
use huitong_core::region::RegionCode;

/// Inputs that give no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The cycle does not come after its parent's.
    #[error("the cycle of {day} does not come after {parent}, the cycle of the plan before")]
    NotAfterParent {
        /// The cycle.
        day: BusinessDay,
        /// The parent's.
        parent: BusinessDay,
    },
    /// A region of the parent plan has no mark.
    #[error("region {0} stood in the plan before and has no mark")]
    NoMark(RegionCode),
    /// A region with a mark has no member.
    #[error("region {0} has a mark and no clearing member")]
    NoMember(RegionCode),
    /// A mark goes back, or is past every stream.
    #[error("the mark of region {region} is {mark}, and {least} at least was taken before")]
    Mark {
        /// The region.
        region: RegionCode,
        /// Its mark.
        mark: u64,
        /// The mark in the plan before.
        least: u64,
    },
    /// A leg between a region and itself.
    #[error("leg {number} of region {region} is a debt to itself")]
    OwnLeg {
        /// The region.
        region: RegionCode,
        /// The number in its stream.
        number: u64,
    },
    /// A leg of a region that has no mark.
    #[error("a leg names region {0}, which has no mark")]
    UnknownRegion(RegionCode),
    /// A leg of a later business day.
    #[error("leg {number} of region {region} is of a later business day, {day}")]
    LaterDay {
        /// The creditor region.
        region: RegionCode,
        /// The number in its stream.
        number: u64,
        /// The leg's day.
        day: BusinessDay,
    },
    /// A number that is past the mark, was taken before, or is given twice.
    #[error(
        "number {number} of region {region} is past its mark, was taken before, or is given twice"
    )]
    NotToBeTaken {
        /// The region.
        region: RegionCode,
        /// The number in its stream.
        number: u64,
    },
    /// A sum out of range.
    #[error("the sum for region {region} and fund {fund:?}: {error}")]
    Sum {
        /// The region.
        region: RegionCode,
        /// The fund.
        fund: Fund,
        /// What is wrong with it.
        error: MoneyError,
    },
}

/// What is wrong with a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// Another number than the one after its parent's.
    #[error("the plan bears number {found} where {expected} belongs")]
    Number {
        /// The number that belongs there.
        expected: u64,
        /// The plan's.
        found: u64,
    },
    /// Another day than the cycle's, or none after the parent's.
    #[error("the plan is of {found}, the cycle of {expected}")]
    Day {
        /// The cycle.
        expected: BusinessDay,
        /// The plan's.
        found: BusinessDay,
    },
    /// The plan names another parent.
    #[error("the plan names another plan before it than the one it is built on")]
    Parent {
        /// The parent's digest.
        expected: Option<Digest>,
        /// The plan's word.
        found: Option<Digest>,
    },
    /// The regions are not those with a mark, each once, ascending.
    #[error("the plan's regions are not those that have a mark, each once and ascending")]
    Regions,
    /// Another member, beginning or end than the inputs give for the region.
    #[error("the member, beginning or end of region {0} is not the one the inputs give")]
    Window(RegionCode),
    /// What was taken and what is carried are not the region's legs, each once.
    #[error("what is taken and carried of region {0} is not every leg up to its mark, each once")]
    Consumed(RegionCode),
    /// A leg that this cycle must not take.
    #[error("number {number} of region {region} does not belong into this cycle")]
    NotToBeTaken {
        /// The region.
        region: RegionCode,
        /// The number in its stream.
        number: u64,
    },
    /// A leg takes back what neither this plan nor an earlier one takes.
    #[error("number {number} of region {region} takes back what no plan took")]
    WithoutOriginal {
        /// The creditor region.
        region: RegionCode,
        /// The number in its stream.
        number: u64,
    },
    /// The same settlement and fund twice.
    #[error("a settlement's leg for one fund is taken twice")]
    TakenTwice,
    /// The rows of gross amounts are not the sums of the legs.
    #[error(
        "the gross amounts between {debtor} and {creditor} for {fund:?} are not the sums of the legs"
    )]
    Gross {
        /// The debtor of the first row that differs.
        debtor: RegionCode,
        /// Its creditor.
        creditor: RegionCode,
        /// Its fund.
        fund: Fund,
    },
    /// The gross rows end early or go on after the last that belongs there.
    #[error("the plan has {found} gross rows where {expected} belong")]
    GrossRows {
        /// How many belong there.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A region's net does not follow from the gross amounts.
    #[error("the nets of regions do not follow from the gross amounts")]
    RegionNets,
    /// A member's net does not follow from its regions' nets.
    #[error("the nets of members do not follow from the nets of their regions")]
    MemberNets,
    /// A fund's nets do not sum to zero.
    #[error("the nets of fund {0:?} do not sum to zero")]
    NotZero(Fund),
}
