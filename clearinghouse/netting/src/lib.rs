//! Netting, pure: agreeing legs and marks in, an immutable numbered plan out, and an independent
//! proof of any plan.
//!
//! | room | its question |
//! |---|---|
//! | [`member`] | Which clearing member stands for a region? |
//! | [`runs`] | Which numbers of a stream, written as runs? |
//! | [`inputs`] | What is netted: the legs that agree, the marks, the plan before |
//! | [`plan`](crate::plan()) | What does everyone owe and receive? |
//! | [`what_if`](crate::what_if()) | What would they, if a member dropped out or did not pay? |
//! | [`check`](crate::check()) | Is that so? By another way, from the same inputs |
//! | [`statement`] | What is a member told of it, that it can check by itself? |
//!
//! Deliberately absent: matching (a leg given here agrees already), streams and their intake, time,
//! storage. Executing a plan decides nothing, so whatever is to be decided is in the plan.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        reason = "tests compute what they expect with plain arithmetic; an overflow fails the test"
    )
)]

pub mod fault;
pub mod inputs;
pub mod member;
mod netting_plan;
mod planner;
mod proof;
pub mod runs;
pub mod statement;
mod taken;
mod what_if;

pub use fault::{PlanError, PlanFault};
pub use inputs::{AgreedLeg, Inputs};
pub use member::{Member, MemberError, Members};
pub use netting_plan::{Gross, MemberNet, NettingPlan, RegionNet, Window};
pub use planner::plan;
pub use proof::{Half, check, check_beside, check_originals};
pub use runs::{Run, Runs};
pub use what_if::{Scenario, Short, Shortfall, Supposing, WhatIf, what_if};

#[cfg(test)]
mod tests;
