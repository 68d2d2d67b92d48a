//! The node's services: messages in, checked values through, messages out.
//!
//! One file for each service, one for the mapping of refusals to status, one for who may call what. Nothing
//! is decided here. Who calls is read from the certificate; what a message claims of it is compared.

pub mod access;
pub mod assistance;
mod assistance_all;
pub mod assistance_answer;
pub mod assistance_client;
mod by_hand;
pub mod deduction;
pub mod deduction_client;
pub mod directory;
pub mod directory_client;
pub mod dispute;
pub mod dispute_client;
pub mod duplicate;
pub mod duplicate_client;
pub mod evidence;
pub mod expense_check;
pub mod expense_check_client;
mod explained;
pub mod external;
pub mod external_client;
mod filing;
pub mod hand_client;
pub mod home;
mod import;
pub mod institution;
pub mod institution_account;
pub mod institution_account_client;
mod institution_account_shown;
mod institution_account_told;
pub mod leg_book;
pub mod month;
pub mod month_client;
pub mod office;
pub mod office_answer;
pub mod office_client;
mod office_shown;
mod office_stream;
pub mod officer;
pub mod own_clearing;
pub mod own_clearing_client;
pub mod payable;
pub mod payable_client;
pub mod people;
pub mod people_client;
pub mod policy;
pub mod prefund;
pub mod prefund_client;
pub mod provisional;
pub mod provisional_client;
pub mod recovery;
pub mod recovery_client;
mod regained;
pub mod regained_client;
pub mod registry;
mod rejected;
mod reversal;
pub mod reversal_client;
pub mod routes;
pub mod shown;
mod shown_provisional;
pub mod status;
pub mod transfer;
pub mod transfer_client;
pub mod treatment;
pub mod unsure;
pub mod witness;
pub mod witness_client;

use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::institution::InstitutionCode;
use huitong_core::officer::OfficerName;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_transport::{Deadline, deadline, peer};
use tonic::{Request, Status};

use status::refused;

/// Kept back from a caller's deadline, so that our own answer is the one that arrives.
const TO_ANSWER: Duration = Duration::from_millis(20);
/// What a call without a deadline is given.
const STANDARD: Duration = Duration::from_secs(30);

/// By when a request is to be answered. Made once for a request: whatever it waits for gets what is left of it.
fn due<T>(request: &Request<T>) -> Deadline {
    deadline(request)
        .unwrap_or_else(|| Deadline::after(STANDARD))
        .ahead(TO_ANSWER)
}

/// The region whose node calls.
fn calling_region<T>(request: &Request<T>) -> Result<RegionCode, Status> {
    if let Identity::RegionNode(region) = peer(request)? {
        Ok(*region)
    } else {
        Err(refused(RefusalCode::NotAllowed, "a region's node"))
    }
}

/// The institution that calls, when this region certified it.
fn calling_institution<T>(
    request: &Request<T>,
    own: RegionCode,
) -> Result<InstitutionCode, Status> {
    if let Identity::Institution { region, code } = peer(request)?
        && *region == own
    {
        Ok(*code)
    } else {
        Err(refused(
            RefusalCode::NotAllowed,
            "an institution of this region",
        ))
    }
}

/// The officer who calls, when this region certified them.
fn calling_officer<T>(request: &Request<T>, own: RegionCode) -> Result<OfficerName, Status> {
    if let Identity::RegionOfficer { region, name } = peer(request)?
        && *region == own
    {
        Ok(name.clone())
    } else {
        Err(refused(
            RefusalCode::NotAllowed,
            "an officer of this region",
        ))
    }
}
