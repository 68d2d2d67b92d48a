//! Conversions between the generated messages and the core types.
//!
//! What arrives is validated whole before anything else sees it: a missing field, an enum of 0 or of an
//! unknown number, a bad id, an amount out of range is a [`WireFault`] that names the path of the field.
//! What leaves needs no check, because core values are right by construction.

pub mod assistance;
pub mod attestation;
pub mod by_hand;
pub mod claim;
pub mod common;
mod days;
pub mod decision;
pub mod deduction;
pub mod dispute;
pub mod expense_check;
pub mod external;
pub mod field;
pub mod filing;
pub mod final_refusal;
pub mod institution_account;
pub mod insured;
pub mod leg;
pub mod month;
pub mod own_clearing;
pub mod payable;
pub mod payment;
pub mod person;
pub mod prefund;
pub mod publication;
pub mod receipt;
pub mod refusal;
pub mod reversal;
pub mod total;
pub mod visit;

pub use field::{Path, WireFault};
