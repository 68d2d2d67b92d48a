//! What a plan is made from.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Debt, Leg, LegKind};
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;

use crate::member::Members;
use crate::netting_plan::NettingPlan;

/// What netting needs of a debt that both regions reported in the same words: no more, since a day brings millions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreedLeg {
    /// Its number in the creditor region's stream.
    pub receivable: u64,
    /// Its number in the debtor region's stream.
    pub payable: u64,
    /// The settlement.
    pub settlement: SettlementId,
    /// Whether it arose from the settlement or from its reversal.
    pub kind: LegKind,
    /// Who owes.
    pub debtor: RegionCode,
    /// Who is owed.
    pub creditor: RegionCode,
    /// The fund or account.
    pub fund: Fund,
    /// How much.
    pub amount: Fen,
    /// The business day of the receipt or of the reversal.
    pub business_day: BusinessDay,
}

impl AgreedLeg {
    /// What both said under these numbers.
    #[must_use]
    pub const fn new(receivable: u64, payable: u64, leg: &Leg) -> Self {
        Self {
            receivable,
            payable,
            settlement: leg.settlement,
            kind: leg.kind,
            debtor: leg.debtor,
            creditor: leg.creditor,
            fund: leg.fund,
            amount: leg.amount,
            business_day: leg.business_day,
        }
    }

    /// The debt.
    #[must_use]
    pub const fn debt(&self) -> Debt {
        (self.settlement, self.kind, self.fund)
    }
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
