//! A person's record as acts are decided on it.

use huitong_core::date::ServiceDate;
use huitong_core::person::PsnNo;
use huitong_core::record::person::HeldFiling;
use huitong_core::record::registry::Member;
use huitong_core::refusal::{Refusal, RefusalCode};

/// A person's record as it stands.
#[derive(Debug, Clone)]
pub struct Person {
    /// The person's number.
    pub psn_no: PsnNo,
    /// As insured, if known.
    pub member: Option<Member>,
    /// All filings.
    pub filings: Vec<HeldFiling>,
    /// The day of death, if known.
    pub died: Option<ServiceDate>,
    /// How many totals are kept.
    pub totals: usize,
}

/// A field of the request that is wrong.
pub fn malformed<E: std::fmt::Display>(field: &'static str) -> impl Fn(E) -> Refusal {
    move |fault| Refusal::new(RefusalCode::Malformed, format!("{field}: {fault}"))
}
