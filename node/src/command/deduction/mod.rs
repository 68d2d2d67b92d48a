//! `huitong node deduct`, `deductions` and `withdraw-deduction`: what an audit takes off the settlements of the region's
//! institutions.

pub mod list;
mod order;
pub(in crate::command) mod shown;
mod withdraw;

pub use list::Deductions;
pub use order::Deduct;
pub(in crate::command) use order::amount;
pub use withdraw::WithdrawDeduction;
