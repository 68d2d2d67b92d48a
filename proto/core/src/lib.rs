//! What all parties must compute alike: money, codes, policies, decisions and their canonical bytes.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::string_slice,
        reason = "tests compute what they expect with plain arithmetic; an overflow fails the test"
    )
)]

pub mod apportion;
pub mod assistance;
pub mod bill;
pub mod bounds;
pub mod calendar;
pub mod canonical;
pub mod catalogue;
pub mod catalogue_code;
pub mod checkpoint;
pub mod claim;
pub mod clearing_evidence;
pub mod clearing_month;
pub mod coverage;
pub mod date;
pub mod decision;
pub mod deduction;
pub mod deduction_evidence;
pub mod digest;
pub mod dispute;
pub mod duplicate;
pub mod evidence;
pub mod expense_check;
pub mod external;
pub mod final_refusal;
pub mod fund;
#[cfg(test)]
mod golden;
pub mod id;
mod inline_text;
pub mod institution;
pub mod institution_account;
pub mod ledger;
pub mod leg;
pub mod membership;
pub mod merkle;
pub mod money;
pub mod name;
pub mod officer;
pub mod own_clearing;
pub mod payable;
pub mod payment;
pub mod person;
pub mod policy;
pub mod prefund;
pub mod provisional;
pub mod publication;
pub mod ratio;
pub mod receipt;
pub mod record;
pub mod recovery;
pub mod redacted;
pub mod refusal;
pub mod region;
pub mod reversal;
pub mod rounding;
pub mod totals;
pub mod vocabulary;
