//! A bill that an insured person paid and brought home.

use std::collections::BTreeMap;

use huitong_core::bill::{Bill, Institution, Visit};
use huitong_core::id::RequestId;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::person::PsnNo;
use huitong_core::region::RegionCode;

use super::claim::{institution_from_wire, institution_to_wire};
use super::field::{Path, WireFault};
use super::visit::{
    given_from_wire, given_to_wire, line_to_wire, lines_from_wire, visit_from_wire, visit_to_wire,
};
use crate::settlement::v1;

/// A bill to be settled by hand.
#[derive(Debug, Clone)]
pub struct BroughtHome {
    /// The officer's own id of the request.
    pub request: RequestId,
    /// Whose bill.
    pub psn_no: PsnNo,
    /// Where the person was treated.
    pub treatment: RegionCode,
    /// The institution, as its papers say.
    pub institution: Institution,
    /// The visit.
    pub visit: Visit,
    /// The bill.
    pub bill: Bill,
    /// What others have paid, by the name the policy gives it.
    pub given: BTreeMap<Name, Fen>,
}

/// The wire form of a bill that was brought home.
#[must_use]
pub fn brought_home_to_wire(of: &BroughtHome) -> v1::SettleByHandRequest {
    v1::SettleByHandRequest {
        request_id: of.request.to_string(),
        psn_no: of.psn_no.expose().to_owned(),
        treatment: of.treatment.to_string(),
        institution: Some(institution_to_wire(&of.institution)),
        visit: Some(visit_to_wire(&of.visit)),
        total_fen: of.bill.total().get(),
        lines: of.bill.lines().iter().map(line_to_wire).collect(),
        given_fen: given_to_wire(&of.given),
    }
}

/// Reads a bill that was brought home. Sums, signs and returns are checked as well.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn brought_home_from_wire(sent: v1::SettleByHandRequest) -> Result<BroughtHome, WireFault> {
    let lines_path = Path::root("lines");
    let lines = lines_from_wire(&sent.lines, lines_path)?;
    let total = Path::root("total_fen").fen(sent.total_fen)?;
    Ok(BroughtHome {
        request: Path::root("request_id").parse(&sent.request_id, RequestId::parse)?,
        psn_no: Path::root("psn_no").parse(&sent.psn_no, PsnNo::parse)?,
        treatment: Path::root("treatment").parse(&sent.treatment, RegionCode::parse)?,
        institution: institution_from_wire(sent.institution, Path::root("institution"))?,
        visit: visit_from_wire(sent.visit, Path::root("visit"))?,
        bill: Bill::new(total, lines).map_err(|fault| lines_path.wrong(fault))?,
        given: given_from_wire(&sent.given_fen, Path::root("given_fen"))?,
    })
}
