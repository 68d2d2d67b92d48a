//! A bill, a person and a policy in; a decision with its trace out.
//!
//! - [`split`]: a bill by the treatment catalogue
//! - [`facts`](mod@facts): what rules may ask of person and visit
//! - [`slots`](mod@slots): where the totals of a visit are kept
//! - [`compiled`]: a policy ready to run
//! - [`case`]: what a decision starts from
//! - [`decide`](mod@decide): from a claim to its decision
//! - [`engine`]: the fold of layers over buckets
//! - [`version`]: the engines that this program holds
//! - [`lines`]: the shares of each line, when somebody reads them
//! - [`fault`]: why a bill cannot be adjudicated
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        reason = "tests compute what they expect with plain arithmetic; an overflow fails the test"
    )
)]

pub mod case;
pub mod compiled;
pub mod decide;
pub mod engine;
mod exact;
pub mod facts;
pub mod fault;
pub mod lines;
pub mod slots;
pub mod split;
pub mod version;

pub use case::{Case, StoredTotal, stored_totals};
pub use compiled::Compiled;
pub use decide::decide;
pub use engine::{ENGINE, adjudicate};
pub use facts::{Facts, facts};
pub use fault::{Blame, Fault};
pub use lines::{LineShare, line_shares};
pub use slots::slots;
pub use split::{SplitError, split_bill, split_line};
pub use version::{Engine, UnknownEngine};
