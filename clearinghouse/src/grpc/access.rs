//! Who may call what on the clearinghouse: the table of certs/NAMES.md, row by row.

use std::time::Duration;

use huitong_transport::access::AccessTableError;
use huitong_transport::{AccessTable, Caller, Row};

use super::status::status;
use crate::roles::Roles;

/// How long taking a backup may last.
const COPYING: Duration = Duration::from_secs(6 * 3_600);

/// How long writing a statement with all its legs may last.
const WRITING: Duration = Duration::from_secs(600);

/// The table of the clearinghouse, in which officers are held to their roles too.
///
/// # Errors
/// As [`access_table`].
pub(crate) fn access_table_with(roles: Roles) -> Result<AccessTable, AccessTableError> {
    Ok(access_table()?.closed_by(move |path, caller| {
        let refusal = roles.refusal(path, caller);
        refusal.map(|refusal| status(&refusal))
    }))
}

/// The table of the clearinghouse.
///
/// # Errors
/// None for the rows as they are; the type is the table's own.
pub fn access_table() -> Result<AccessTable, AccessTableError> {
    let anyone: &[Caller] = &[Caller::AnyCertified];
    let open = vec![
        Row::service("grpc.health.v1.Health", anyone),
        Row::service("grpc.reflection.v1.ServerReflection", anyone),
        Row::service("grpc.reflection.v1alpha.ServerReflection", anyone),
    ];
    AccessTable::new([of_nodes(), of_the_day(), of_what_is_around_it(), open].concat())
}

/// What regions' nodes call.
fn of_nodes() -> Vec<Row> {
    let node: &[Caller] = &[Caller::RegionNode];
    vec![
        Row::method("/huitong.clearing.v1.ClearingService/StreamPosition", node),
        Row::method("/huitong.clearing.v1.ClearingService/ReportLegs", node),
        Row::method("/huitong.clearing.v1.ClearingService/CloseDay", node),
        Row::method("/huitong.clearing.v1.ClearingService/RegainLegs", node),
        Row::method("/huitong.clearing.v1.AttestationService/GetWindow", node),
        Row::method("/huitong.clearing.v1.AttestationService/Attest", node),
        Row::method("/huitong.clearing.v1.AttestationService/LookInto", node),
        Row::method(
            "/huitong.clearing.v1.AttestationService/TellDifferences",
            node,
        ),
        Row::method("/huitong.clearing.v1.CallUpService/ListWanted", node),
        Row::method("/huitong.clearing.v1.CallUpService/GiveEvidence", node),
        Row::method("/huitong.clearing.v1.TagService/TagPosition", node),
        Row::method("/huitong.clearing.v1.TagService/ReportTags", node),
        Row::method("/huitong.clearing.v1.TagService/ListMatches", node),
        Row::method("/huitong.clearing.v1.DisputeService/Say", node),
        Row::method("/huitong.clearing.v1.DisputeService/GetDispute", node),
        Row::method("/huitong.clearing.v1.DisputeService/ListDisputes", node),
        Row::method("/huitong.clearing.v1.DisputeService/ListCorrections", node),
        Row::method("/huitong.clearing.v1.DirectoryService/FetchDirectory", node),
        Row::method("/huitong.clearing.v1.ProofService/ListCheckpoints", node),
        Row::method("/huitong.clearing.v1.ProofService/FetchCheckpoint", node),
        Row::method("/huitong.clearing.v1.ProofService/FetchPart", node).taking_up_to(WRITING),
        Row::method("/huitong.clearing.v1.ProofService/Witness", node),
        Row::method("/huitong.clearing.v1.MonthService/FetchMonth", node),
        Row::method("/huitong.clearing.v1.MonthService/SayOfMonth", node),
        Row::method(
            "/huitong.clearing.v1.OwnPrefundService/ListOwnPrefunds",
            node,
        ),
        Row::method("/huitong.clearing.v1.OwnPrefundService/TopUpOwn", node),
        Row::method(
            "/huitong.clearing.v1.OwnClearingService/ListOwnExceptions",
            node,
        ),
        Row::method(
            "/huitong.clearing.v1.OwnClearingService/ListOwnPayments",
            node,
        ),
        Row::method(
            "/huitong.clearing.v1.OwnClearingService/ListOwnNotices",
            node,
        ),
    ]
}

/// What officers call from the cut-off until a day is paid.
fn of_the_day() -> Vec<Row> {
    let officer: &[Caller] = &[Caller::ClearinghouseOfficer];
    vec![
        Row::method("/huitong.clearing.v1.OfficerService/Status", officer),
        Row::method("/huitong.clearing.v1.OfficerService/ListCycles", officer),
        Row::method("/huitong.clearing.v1.OfficerService/CutOff", officer),
        Row::method("/huitong.clearing.v1.OfficerService/Net", officer),
        Row::method("/huitong.clearing.v1.OfficerService/Statement", officer),
        Row::method("/huitong.clearing.v1.OfficerService/WhatIf", officer),
        Row::method("/huitong.clearing.v1.OfficerService/ReleaseStream", officer),
        Row::method("/huitong.clearing.v1.OfficerService/Resume", officer),
        Row::method("/huitong.clearing.v1.OfficerService/Reopen", officer),
        Row::method(
            "/huitong.clearing.v1.ExceptionService/ListExceptions",
            officer,
        ),
        Row::method(
            "/huitong.clearing.v1.DeductionOfficeService/ListNettedDeductions",
            officer,
        )
        .taking_up_to(WRITING),
        Row::method(
            "/huitong.clearing.v1.DeductionOfficeService/ListWaitingDeductions",
            officer,
        )
        .taking_up_to(WRITING),
        Row::method("/huitong.clearing.v1.BooksService/ListAccounts", officer)
            .taking_up_to(WRITING),
        Row::method("/huitong.clearing.v1.BooksService/ListPostings", officer)
            .taking_up_to(WRITING),
        Row::method("/huitong.clearing.v1.PaymentService/Approve", officer),
        Row::method("/huitong.clearing.v1.PaymentService/Instruct", officer),
        Row::method("/huitong.clearing.v1.PaymentService/Confirm", officer),
        Row::method("/huitong.clearing.v1.PaymentService/Apply", officer),
        Row::method("/huitong.clearing.v1.PaymentService/SendBack", officer),
        Row::method("/huitong.clearing.v1.PaymentService/Correct", officer),
        Row::method("/huitong.clearing.v1.PaymentService/Delay", officer),
        Row::method("/huitong.clearing.v1.PaymentService/ListPayments", officer),
        Row::method("/huitong.clearing.v1.PaymentService/ListNotices", officer),
        Row::method("/huitong.clearing.v1.PaymentService/ListMovements", officer),
        Row::method("/huitong.clearing.v1.PrefundService/Set", officer),
        Row::method("/huitong.clearing.v1.PrefundService/TopUp", officer),
        Row::method("/huitong.clearing.v1.PrefundService/Enter", officer),
        Row::method("/huitong.clearing.v1.PrefundService/Correct", officer),
        Row::method("/huitong.clearing.v1.PrefundService/ListPrefunds", officer),
        Row::method(
            "/huitong.clearing.v1.PrefundService/ListPrefundMovements",
            officer,
        ),
        Row::method("/huitong.clearing.v1.PrefundService/Propose", officer),
    ]
}

/// What officers call beside that: proofs, disputes, members, certificates, backups.
fn of_what_is_around_it() -> Vec<Row> {
    let officer: &[Caller] = &[Caller::ClearinghouseOfficer];
    vec![
        Row::method("/huitong.clearing.v1.MemberService/ListMembers", officer),
        Row::method("/huitong.clearing.v1.MemberService/ChangeMember", officer),
        Row::method("/huitong.clearing.v1.MemberService/EndProposal", officer),
        Row::method(
            "/huitong.clearing.v1.AttestationOfficeService/ListAttestations",
            officer,
        ),
        Row::method(
            "/huitong.clearing.v1.MonthOfficeService/DrawUpMonth",
            officer,
        )
        .taking_up_to(WRITING),
        Row::method(
            "/huitong.clearing.v1.MonthOfficeService/ListMonths",
            officer,
        ),
        Row::method(
            "/huitong.clearing.v1.MonthOfficeService/ApproveMonth",
            officer,
        ),
        Row::method(
            "/huitong.clearing.v1.MonthOfficeService/InstructMonth",
            officer,
        ),
        Row::method(
            "/huitong.clearing.v1.MonthOfficeService/WhatIfMonth",
            officer,
        )
        .taking_up_to(WRITING),
        Row::method(
            "/huitong.clearing.v1.MonthOfficeService/FetchMonthFile",
            officer,
        )
        .taking_up_to(WRITING),
        Row::method(
            "/huitong.clearing.v1.DisputeOfficeService/ListAllDisputes",
            officer,
        ),
        Row::method(
            "/huitong.clearing.v1.DisputeOfficeService/ShowDispute",
            officer,
        ),
        Row::method(
            "/huitong.clearing.v1.DisputeOfficeService/SettleDispute",
            officer,
        ),
        Row::method(
            "/huitong.clearing.v1.ProofOfficeService/GetCheckpoint",
            officer,
        ),
        Row::method(
            "/huitong.clearing.v1.ProofOfficeService/GetProvenStatement",
            officer,
        )
        .taking_up_to(WRITING),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const NAMES: &str = include_str!("../../../certs/NAMES.md");

    #[test]
    fn the_table_is_the_one_in_names_md() {
        let section = NAMES.split("### The clearinghouse").nth(1).unwrap();
        let section = section.split("\n#").next().unwrap();
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        let written: BTreeSet<String> = rows.clone().map(str::to_owned).collect();
        assert_eq!(rows.count(), written.len(), "a row stands twice");
        let words = |callers: &[Caller]| match callers {
            [Caller::AnyCertified] => "any certified peer",
            [Caller::RegionNode] => "node of any region",
            [Caller::ClearinghouseOfficer] => "clearing officer",
            other => panic!("{other:?}: the page has no word for them"),
        };
        let table = access_table().unwrap();
        let ours: BTreeSet<String> = table
            .rows()
            .iter()
            .map(|row| format!("| `{}` | {} |", row.target(), words(row.callers())))
            .collect();
        assert_eq!(ours, written);
    }

    #[test]
    fn regions_report_and_officers_clear() {
        let table = access_table().unwrap();
        let callers = [
            "/region/330200/node",
            "/region/330200/officer/li.wei",
            "/region/330200/institution/H33020300001",
            "/clearinghouse",
            "/clearinghouse/officer/wang.fang",
        ];
        for row in table
            .rows()
            .iter()
            .filter(|row| row.target().starts_with("/huitong."))
        {
            let is_nodes = [
                ".ClearingService/",
                ".CallUpService/",
                ".TagService/",
                ".DirectoryService/",
                ".DisputeService/",
                ".AttestationService/",
                ".ProofService/",
                ".MonthService/",
                ".OwnPrefundService/",
                ".OwnClearingService/",
            ]
            .iter()
            .any(|service| row.target().contains(service));
            let expected = if is_nodes { "y...." } else { "....y" };
            let found: String = callers
                .iter()
                .map(|caller| {
                    if table.admits(row.target(), &caller.parse().unwrap()) {
                        'y'
                    } else {
                        '.'
                    }
                })
                .collect();
            assert_eq!(found, expected, "{}", row.target());
        }
    }
}
