//! A cycle that gives no plan, or one that does not pass its proof: it fails by itself, and nothing else does. What is wrong
//! is journaled once, with the legs or rows that it names, so that officers can leave them out ([`super::reopen`]).

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::record::clearing::{ClearingRecord, CycleRecord, LegsLeftOut, NettingFailed};
use huitong_core::region::RegionCode;
use huitong_netting::{AgreedLeg, PlanError, PlanFault};

use super::{Context, Decided};
use crate::refusal::{ClearingCode, Refusal};

/// Why a cycle is not netted.
#[derive(Debug)]
pub(super) enum NotNetted {
    /// What was asked for is not to be had; the cycle is as it was.
    Refused(Refusal),
    /// It gives no plan.
    Failed(Failure),
}

/// What is wrong with a cycle.
#[derive(Debug)]
pub(super) struct Failure {
    fault: String,
    named: LegsLeftOut,
}

impl Failure {
    /// One that names nothing of the cycle.
    pub(super) fn of(fault: impl std::fmt::Display) -> Self {
        Self {
            fault: fault.to_string(),
            named: LegsLeftOut::default(),
        }
    }

    /// The inputs give no plan.
    pub(super) fn of_planning(fault: PlanError, legs: &[AgreedLeg]) -> Self {
        let named = match fault {
            PlanError::OwnLeg { region, number }
            | PlanError::LaterDay { region, number, .. }
            | PlanError::NotToBeTaken { region, number } => leg(legs, region, number),
            PlanError::UnknownRegion(region) => rows(legs, |leg| names(leg, region)),
            PlanError::Sum { region, fund, .. } => {
                rows(legs, |leg| leg.fund == fund && names(leg, region))
            }
            PlanError::NotAfterParent { .. }
            | PlanError::NoMark(_)
            | PlanError::NoMember(_)
            | PlanError::Mark { .. } => LegsLeftOut::default(),
        };
        Self {
            fault: fault.to_string(),
            named,
        }
    }

    /// The plan does not pass its proof.
    pub(super) fn of_proof(fault: PlanFault, legs: &[AgreedLeg]) -> Self {
        let named = match fault {
            PlanFault::NotToBeTaken { region, number }
            | PlanFault::WithoutOriginal { region, number } => leg(legs, region, number),
            PlanFault::Gross {
                debtor,
                creditor,
                fund,
            } => LegsLeftOut {
                rows: [pair(debtor, creditor, fund)].into(),
                ..LegsLeftOut::default()
            },
            PlanFault::Window(region) | PlanFault::Consumed(region) => {
                rows(legs, |leg| names(leg, region))
            }
            PlanFault::Number { .. }
            | PlanFault::Day { .. }
            | PlanFault::Parent { .. }
            | PlanFault::Regions
            | PlanFault::TakenTwice
            | PlanFault::GrossRows { .. }
            | PlanFault::RegionNets
            | PlanFault::MemberNets
            | PlanFault::NotZero(_) => LegsLeftOut::default(),
        };
        Self {
            fault: format!("the plan does not pass its proof: {fault}"),
            named,
        }
    }

    /// The cycle fails: what is wrong is journaled, unless it is known.
    pub(super) fn decided<A>(self, context: &Context<'_>, day: BusinessDay) -> Decided<A> {
        let refusal = Refusal::new(ClearingCode::CycleCannotNet, &self.fault);
        let before = context.state.cycles.get(&day);
        let before = before.and_then(|cycle| cycle.failed.as_ref());
        let is_known =
            before.is_some_and(|failed| failed.fault == self.fault && failed.named == self.named);
        if is_known {
            return Decided::refuse(refusal);
        }
        let failed = NettingFailed {
            day,
            fault: self.fault,
            named: self.named,
            at: context.now,
        };
        Decided::of(
            Some(ClearingRecord::Cycle(CycleRecord::Failed(failed))),
            Err(refusal),
        )
    }
}

const fn pair(debtor: RegionCode, creditor: RegionCode, fund: Fund) -> Pair {
    Pair {
        debtor,
        creditor,
        fund,
    }
}

fn names(leg: &AgreedLeg, region: RegionCode) -> bool {
    [leg.debtor, leg.creditor].contains(&region)
}

/// The legs under a number of a region's stream.
fn leg(legs: &[AgreedLeg], region: RegionCode, number: u64) -> LegsLeftOut {
    let is_it = |leg: &&AgreedLeg| {
        (leg.creditor, leg.receivable) == (region, number)
            || (leg.debtor, leg.payable) == (region, number)
    };
    let found = legs.iter().filter(is_it);
    LegsLeftOut {
        debts: found
            .map(|leg| (leg.debt(), pair(leg.debtor, leg.creditor, leg.fund)))
            .collect(),
        ..LegsLeftOut::default()
    }
}

/// The rows of these legs.
fn rows(legs: &[AgreedLeg], are: impl Fn(&AgreedLeg) -> bool) -> LegsLeftOut {
    let found = legs.iter().filter(|leg| are(leg));
    LegsLeftOut {
        rows: found
            .map(|leg| pair(leg.debtor, leg.creditor, leg.fund))
            .collect(),
        ..LegsLeftOut::default()
    }
}
