//! What a plan is made from.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;
use huitong_core::leg::Leg;
use huitong_core::region::RegionCode;

use crate::member::Members;
use crate::netting_plan::NettingPlan;

/// A leg that both regions reported in the same words, with its number in each stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreedLeg {
    /// Its number in the creditor region's stream.
    pub receivable: u64,
    /// Its number in the debtor region's stream.
    pub payable: u64,
    /// What both said.
    pub leg: Leg,
}

/// All that a plan follows from.
///
/// Two callers that hold the same streams, marks and parent give the same inputs, whatever the order
/// in which the legs reached them.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The cycle.
    pub day: BusinessDay,
    /// The plan before; none for the first.
    pub parent: Option<&'a NettingPlan>,
    /// The member of each region with a mark.
    pub members: &'a Members,
    /// The mark of each region: the last number that belongs to this cycle or an earlier one. Every
    /// region of the parent has one.
    pub marks: &'a BTreeMap<RegionCode, u64>,
    /// The legs that agree, lie inside both marks, are of this day or an earlier one and were taken by
    /// no plan before. In any order.
    pub legs: &'a [AgreedLeg],
}
