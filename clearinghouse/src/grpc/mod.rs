//! The gRPC side: messages in and out, identity from the certificate, refusals as typed status.
//!
//! Nothing is decided here. Generated types appear in this folder and in the commands alone.

mod access;
mod asked;
mod attestation;
mod attested;
mod books;
mod clearing;
mod deduction;
mod dispute;
mod dispute_office;
mod evidence;
mod exception;
mod in_force;
mod in_steps;
mod lists;
mod member;
mod month;
mod month_office;
mod month_read;
mod month_what_if;
mod officer;
mod own_clearing;
mod own_prefund;
mod paid;
mod parts;
mod payment;
mod prefund;
mod proof;
mod reading;
mod routes;
mod status;
mod tags;
mod wire;
mod witness;

pub use access::access_table;
pub(crate) use access::access_table_with;
pub(crate) use in_steps::found;
pub(crate) use prefund::level_changed;
pub(crate) use routes::{DayRules, routes};
pub(crate) use status::refusal_of;
