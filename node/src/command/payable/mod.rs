//! `huitong node payables` and `pay-institution`: what institutions are owed and were paid.

mod list;
mod pay;
mod shown;

pub use list::Payables;
pub use pay::PayInstitution;
