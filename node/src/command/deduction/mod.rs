//! `huitong node deduct`, `deductions` and `withdraw-deduction`: what an audit takes off the settlements of the region's
//! institutions.

pub mod list;
mod order;
mod shown;
mod withdraw;

pub use list::Deductions;
pub use order::Deduct;
pub use withdraw::WithdrawDeduction;
