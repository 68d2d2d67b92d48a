//! Who may call what on a region's node: the table of certs/NAMES.md, row by row.

mod checks;

use std::sync::Arc;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_transport::access::AccessTableError;
use huitong_transport::{AccessTable, Caller, Row};

use super::status::refused;
use crate::recovery::Recovery;

/// How long taking a backup may last.
const COPYING: Duration = Duration::from_secs(6 * 3_600);

/// How long holding a month against its days, or proving a receipt, may last: days are fetched and hashed.
const TYING: Duration = Duration::from_secs(600);

/// What a node answers while it is in recovery: what leads out of it, and what tells of it.
const IN_RECOVERY: [&str; 12] = [
    "/huitong.settlement.v1.RelationService/CollectHands",
    "/huitong.settlement.v1.RecoveryService/",
    "/huitong.settlement.v1.RegistryService/NodeStatus",
    "/huitong.settlement.v1.RegistryService/LeaveOut",
    "/huitong.policy.v1.PolicyOfficeService/Propose",
    "/huitong.policy.v1.PolicyOfficeService/Approve",
    "/huitong.policy.v1.PolicyOfficeService/Reject",
    "/huitong.policy.v1.PolicyOfficeService/Withdraw",
    "/huitong.policy.v1.PolicyOfficeService/List",
    "/huitong.clearing.v1.DirectoryDeskService/",
    "/huitong.common.v1.BackupService/",
    "/huitong.common.v1.CertificateService/",
];

/// What a node answers while acknowledged records of its are gone: backups, which save the rest, and certificates.
const KEPT_OPEN: &str = "/huitong.common.v1.";

/// The table of a node that may be in recovery, or of which records may be gone.
///
/// # Errors
/// As [`table`].
pub fn table_of(own: RegionCode, recovery: Arc<Recovery>) -> Result<AccessTable, AccessTableError> {
    Ok(table(own)?.closed_by(move |path, caller| {
        let is_ours = path.starts_with("/huitong.");
        let is_open = || IN_RECOVERY.iter().any(|open| path.starts_with(open));
        let is_left_out =
            || matches!(caller, Identity::RegionNode(region) if recovery.leaves_out(*region));
        if !is_ours {
            None
        } else if let Some(gone) = recovery.records_gone() {
            (!path.starts_with(KEPT_OPEN)).then(|| refused(RefusalCode::RecordsGone, gone))
        } else if recovery.serves() {
            is_left_out().then(|| refused(RefusalCode::LeftOut, own))
        } else {
            (!is_open()).then(|| refused(RefusalCode::Recovering, ""))
        }
    }))
}

/// The table of a node.
///
/// # Errors
/// None for the rows as they are; the type is the table's own.
pub fn table(own: RegionCode) -> Result<AccessTable, AccessTableError> {
    let node: &[Caller] = &[Caller::RegionNode];
    let institution: &[Caller] = &[Caller::InstitutionOf(own)];
    let officer: &[Caller] = &[Caller::OfficerOf(own)];
    let either: &[Caller] = &[Caller::InstitutionOf(own), Caller::OfficerOf(own)];
    let mut rows = vec![
        Row::method("/huitong.settlement.v1.HomeService/Snapshot", node),
        Row::method("/huitong.settlement.v1.HomeService/Commit", node),
        Row::method("/huitong.settlement.v1.HomeService/Abandon", node),
        Row::method("/huitong.settlement.v1.HomeService/Reverse", node),
        Row::method("/huitong.settlement.v1.HomeService/File", node),
        Row::method(
            "/huitong.settlement.v1.TreatmentService/DeliverReceipts",
            node,
        ),
        Row::method(
            "/huitong.settlement.v1.TreatmentService/VisitStanding",
            node,
        ),
        Row::method("/huitong.settlement.v1.RecoveryService/Announce", node),
        Row::method("/huitong.settlement.v1.RecoveryService/CollectGiven", node),
        Row::method(
            "/huitong.settlement.v1.RecoveryService/CollectReceived",
            node,
        ),
        Row::method("/huitong.policy.v1.PolicyService/FetchPolicy", node),
        Row::method("/huitong.policy.v1.PolicyOfficeService/Propose", officer),
        Row::method("/huitong.policy.v1.PolicyOfficeService/Approve", officer),
        Row::method("/huitong.policy.v1.PolicyOfficeService/Reject", officer),
        Row::method("/huitong.policy.v1.PolicyOfficeService/Withdraw", officer),
        Row::method("/huitong.policy.v1.PolicyOfficeService/List", officer),
        Row::method(
            "/huitong.policy.v1.PolicyOfficeService/Differences",
            officer,
        ),
        Row::method("/huitong.policy.v1.PolicyOfficeService/Replay", officer),
    ];
    rows.extend(of_transfers(node, officer));
    rows.extend(of_duplicates(node, officer));
    rows.extend(of_deductions(node, officer, either));
    rows.extend(checks::rows(node, officer));
    rows.extend(of_accounts(institution, officer, either));
    rows.extend(of_witnesses(node, officer));
    rows.extend(of_institutions(institution, either));
    rows.extend(of_officers(officer));
    rows.extend(of_clearing(officer));
    rows.extend(of_anyone(&[Caller::AnyCertified]));
    AccessTable::new(rows)
}

/// What home regions ask of each other about a transfer, and what officers do.
fn of_transfers(node: &[Caller], officer: &[Caller]) -> Vec<Row> {
    let relation = [
        "/huitong.settlement.v1.RelationService/AgreeTransfer",
        "/huitong.settlement.v1.RelationService/CancelTransfer",
        "/huitong.settlement.v1.RelationService/DeliverHands",
        "/huitong.settlement.v1.RelationService/LateStanding",
        "/huitong.settlement.v1.RelationService/OfferSupplement",
        "/huitong.settlement.v1.RelationService/CollectHands",
    ];
    let own = [
        "/huitong.settlement.v1.TransferService/StartTransfer",
        "/huitong.settlement.v1.TransferService/CallBackTransfer",
        "/huitong.settlement.v1.TransferService/ListTransfers",
    ];
    let of_nodes = relation.into_iter().map(|path| Row::method(path, node));
    let of_officers = own.into_iter().map(|path| Row::method(path, officer));
    of_nodes.chain(of_officers).collect()
}

/// What regions tell each other of people whom both insure, and what officers do.
fn of_duplicates(node: &[Caller], officer: &[Caller]) -> Vec<Row> {
    let own = [
        "/huitong.settlement.v1.DuplicateOfficeService/BeginTags",
        "/huitong.settlement.v1.DuplicateOfficeService/ListDuplicates",
        "/huitong.settlement.v1.DuplicateOfficeService/ResolveDuplicate",
    ];
    let compare = "/huitong.settlement.v1.DuplicateService/CompareCover";
    let of_officers = own.into_iter().map(|path| Row::method(path, officer));
    [Row::method(compare, node)]
        .into_iter()
        .chain(of_officers)
        .collect()
}

/// What regions ask of each other about audit deductions, what officers do and pay, and what an institution sees of its
/// own.
fn of_deductions(node: &[Caller], officer: &[Caller], either: &[Caller]) -> [Row; 7] {
    [
        Row::method("/huitong.settlement.v1.DeductionService/Decide", node),
        Row::method("/huitong.settlement.v1.DeductionService/Order", officer),
        Row::method("/huitong.settlement.v1.DeductionService/Withdraw", officer),
        Row::method("/huitong.settlement.v1.DeductionService/List", either),
        Row::method("/huitong.settlement.v1.PayableService/List", either),
        Row::method("/huitong.settlement.v1.PayableService/Pay", officer),
        Row::method("/huitong.settlement.v1.PayableService/Correct", officer),
    ]
}

/// What institutions reconcile and confirm, each for itself, and what officers see and close.
fn of_accounts(institution: &[Caller], officer: &[Caller], either: &[Caller]) -> Vec<Row> {
    let methods = [
        (
            "/huitong.settlement.v1.InstitutionAccountService/Reconcile",
            institution,
        ),
        (
            "/huitong.settlement.v1.InstitutionAccountService/CompareLines",
            institution,
        ),
        (
            "/huitong.settlement.v1.InstitutionAccountService/CompareBySettlement",
            institution,
        ),
        (
            "/huitong.settlement.v1.InstitutionAccountService/ListReconciled",
            either,
        ),
        (
            "/huitong.settlement.v1.InstitutionAccountService/ListMonth",
            either,
        ),
        (
            "/huitong.settlement.v1.InstitutionAccountService/ConfirmMonth",
            institution,
        ),
        (
            "/huitong.settlement.v1.InstitutionAccountService/RollBackMonth",
            institution,
        ),
        (
            "/huitong.settlement.v1.InstitutionAccountService/MonthStatus",
            either,
        ),
        (
            "/huitong.settlement.v1.InstitutionAccountService/SetMonth",
            officer,
        ),
    ];
    let rows = methods.into_iter();
    rows.map(|(path, callers)| Row::method(path, callers))
        .collect()
}

/// What regions show each other of checkpoints, and what officers see of them.
fn of_witnesses(node: &[Caller], officer: &[Caller]) -> [Row; 4] {
    [
        Row::method(
            "/huitong.clearing.v1.WitnessService/GetSeenCheckpoint",
            node,
        ),
        Row::method(
            "/huitong.clearing.v1.WitnessOfficeService/ListSeenCheckpoints",
            officer,
        ),
        Row::method(
            "/huitong.clearing.v1.WitnessOfficeService/ListSplitViews",
            officer,
        ),
        Row::method(
            "/huitong.clearing.v1.WitnessOfficeService/ProveReceipt",
            officer,
        )
        .taking_up_to(TYING),
    ]
}

/// What whoever has a certificate may ask.
fn of_anyone(anyone: &[Caller]) -> [Row; 3] {
    [
        Row::service("grpc.health.v1.Health", anyone),
        Row::service("grpc.reflection.v1.ServerReflection", anyone),
        Row::service("grpc.reflection.v1alpha.ServerReflection", anyone),
    ]
}

/// What institutions do, and what they share with officers.
fn of_institutions(institution: &[Caller], either: &[Caller]) -> Vec<Row> {
    vec![
        Row::method(
            "/huitong.settlement.v1.InstitutionService/Estimate",
            institution,
        ),
        Row::method(
            "/huitong.settlement.v1.InstitutionService/Settle",
            institution,
        ),
        Row::method(
            "/huitong.settlement.v1.InstitutionService/GetSettlement",
            either,
        ),
        Row::method(
            "/huitong.settlement.v1.InstitutionService/Cancel",
            institution,
        ),
        Row::method(
            "/huitong.settlement.v1.InstitutionService/Reverse",
            institution,
        ),
        Row::method(
            "/huitong.settlement.v1.InstitutionService/ListReversals",
            institution,
        ),
        Row::method(
            "/huitong.settlement.v1.InstitutionService/AcknowledgeReversal",
            institution,
        ),
        Row::method(
            "/huitong.settlement.v1.InstitutionService/File",
            institution,
        ),
        Row::method("/huitong.settlement.v1.EvidenceService/GetEvidence", either),
        Row::method(
            "/huitong.settlement.v1.EvidenceService/PresentEvidence",
            either,
        ),
    ]
}

/// What officers do beside policies: files and days, people and filings.
fn of_officers(officer: &[Caller]) -> Vec<Row> {
    vec![
        Row::method("/huitong.settlement.v1.RegistryService/Import", officer),
        Row::method("/huitong.settlement.v1.RegistryService/CloseDay", officer),
        Row::method("/huitong.settlement.v1.RegistryService/Reverse", officer),
        Row::method(
            "/huitong.settlement.v1.RegistryService/SettleByHand",
            officer,
        ),
        Row::method("/huitong.settlement.v1.RegistryService/NodeStatus", officer),
        Row::method("/huitong.settlement.v1.RegistryService/WhoLooked", officer),
        Row::method("/huitong.settlement.v1.PeopleService/Change", officer),
        Row::method("/huitong.settlement.v1.PeopleService/GetPerson", officer),
        Row::method("/huitong.settlement.v1.PeopleService/ListFilings", officer),
        Row::method(
            "/huitong.settlement.v1.PeopleService/ListEmergencies",
            officer,
        ),
        Row::method(
            "/huitong.settlement.v1.PeopleService/ReviewEmergency",
            officer,
        ),
        Row::method(
            "/huitong.settlement.v1.RegistryService/ReleasePerson",
            officer,
        ),
        Row::method("/huitong.settlement.v1.RegistryService/LeaveOut", officer),
        Row::method("/huitong.settlement.v1.RegistryService/GiveUp", officer),
        Row::method("/huitong.settlement.v1.ExternalService/Record", officer),
        Row::method("/huitong.settlement.v1.ExternalService/Withdraw", officer),
        Row::method("/huitong.settlement.v1.ExternalService/List", officer),
        Row::method("/huitong.settlement.v1.AssistanceService/Assess", officer),
        Row::method("/huitong.settlement.v1.AssistanceService/Grant", officer),
        Row::method("/huitong.settlement.v1.AssistanceService/Withdraw", officer),
        Row::method("/huitong.settlement.v1.AssistanceService/List", officer),
        Row::method(
            "/huitong.settlement.v1.AssistanceService/Differences",
            officer,
        ),
        Row::method(
            "/huitong.settlement.v1.AssistanceService/AssessAll",
            officer,
        ),
        Row::method(
            "/huitong.settlement.v1.ProvisionalService/ListGiven",
            officer,
        ),
        Row::method(
            "/huitong.settlement.v1.ProvisionalService/ListTruedUp",
            officer,
        ),
        Row::method(
            "/huitong.common.v1.CertificateService/ShowCertificates",
            officer,
        ),
        Row::method(
            "/huitong.common.v1.CertificateService/ReloadCertificates",
            officer,
        ),
        Row::method("/huitong.common.v1.BackupService/CopyJournal", officer).taking_up_to(COPYING),
    ]
}

/// What officers do about clearing.
fn of_clearing(officer: &[Caller]) -> Vec<Row> {
    let of = |method| Row::method(method, officer);
    vec![
        Row::method("/huitong.clearing.v1.LegBookService/ListLegs", officer),
        Row::method(
            "/huitong.clearing.v1.MonthDeskService/ShowOwnMonth",
            officer,
        )
        .taking_up_to(TYING),
        Row::method(
            "/huitong.clearing.v1.MonthDeskService/ConfirmOwnMonth",
            officer,
        )
        .taking_up_to(TYING),
        of("/huitong.clearing.v1.DirectoryDeskService/ShowDirectory"),
        of("/huitong.clearing.v1.DirectoryDeskService/AcceptBranch"),
        of("/huitong.clearing.v1.PrefundDeskService/ShowPrefunds"),
        of("/huitong.clearing.v1.PrefundDeskService/AskTopUp"),
        of("/huitong.clearing.v1.ClearingDeskService/ShowOwnExceptions"),
        of("/huitong.clearing.v1.ClearingDeskService/ShowOwnPayments"),
        of("/huitong.clearing.v1.ClearingDeskService/ShowOwnNotices"),
        of("/huitong.clearing.v1.DisputeDeskService/SayInDispute"),
        of("/huitong.clearing.v1.DisputeDeskService/ListOwnDisputes"),
    ]
}

#[cfg(test)]
mod tests;
