//! What each clearing officer may do: named in the configuration, held at the door.
//!
//! A certificate says who somebody is and that they are a clearing officer; what they may do is the operator's to say and to
//! change without a new certificate. Everybody who has any role may look. Where no officer is named, every clearing officer
//! may do everything: that is how a small operator begins. Deliberately absent: that two different officers approve, which no
//! role changes; and what nodes may call, which is the table of access.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use huitong_certs::Identity;
use huitong_core::officer::OfficerName;
use huitong_document::config::Scalar;

use crate::refusal::{ClearingCode, Refusal};

/// What an officer may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Look at everything, and take it along.
    Look,
    /// Cut off, net, leave out of a cycle what cannot be netted, draw up months, release a stream, go on after a restore.
    Clear,
    /// Approve plans and months.
    Approve,
    /// Order payment, and enter what the bank says.
    Pay,
    /// Set prefunds, and enter what moved of them.
    Prefund,
    /// Decide disputes that are escalated.
    Dispute,
    /// Copy the journal.
    Backup,
    /// Have certificates read again, and say who is a member.
    Administer,
}

impl Role {
    const ALL: [Self; 8] = [
        Self::Look,
        Self::Clear,
        Self::Approve,
        Self::Pay,
        Self::Prefund,
        Self::Dispute,
        Self::Backup,
        Self::Administer,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Clear => "clear",
            Self::Approve => "approve",
            Self::Pay => "pay",
            Self::Prefund => "prefund",
            Self::Dispute => "dispute",
            Self::Backup => "backup",
            Self::Administer => "administer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Scalar for Role {
    const EXPECTED: (&'static str, &'static str) = (
        "\"look\", \"clear\", \"approve\", \"pay\", \"prefund\", \"dispute\", \"backup\" or \"administer\"",
        " \"look\"、\"clear\"、\"approve\"、\"pay\"、\"prefund\"、\"dispute\"、\"backup\" 或 \"administer\"",
    );

    fn read(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|role| role.word() == text);
        found.ok_or_else(|| format!("write {}", Self::EXPECTED.0))
    }
}

/// Which role each method of officers takes.
const TABLE: [(&str, Role); 49] = [
    ("OfficerService/Status", Role::Look),
    ("OfficerService/ListCycles", Role::Look),
    ("OfficerService/CutOff", Role::Clear),
    ("OfficerService/Net", Role::Clear),
    ("OfficerService/Statement", Role::Look),
    ("OfficerService/WhatIf", Role::Look),
    ("OfficerService/ReleaseStream", Role::Clear),
    ("OfficerService/Resume", Role::Clear),
    ("OfficerService/Reopen", Role::Clear),
    ("ExceptionService/ListExceptions", Role::Look),
    ("DeductionOfficeService/ListNettedDeductions", Role::Look),
    ("DeductionOfficeService/ListWaitingDeductions", Role::Look),
    ("AttestationOfficeService/ListAttestations", Role::Look),
    ("BooksService/ListAccounts", Role::Look),
    ("BooksService/ListPostings", Role::Look),
    ("PaymentService/Approve", Role::Approve),
    ("PaymentService/Instruct", Role::Pay),
    ("PaymentService/Confirm", Role::Pay),
    ("PaymentService/Apply", Role::Pay),
    ("PaymentService/SendBack", Role::Pay),
    ("PaymentService/Correct", Role::Pay),
    ("PaymentService/Delay", Role::Pay),
    ("PaymentService/ListPayments", Role::Look),
    ("PaymentService/ListNotices", Role::Look),
    ("PaymentService/ListMovements", Role::Look),
    ("PrefundService/Set", Role::Prefund),
    ("PrefundService/TopUp", Role::Prefund),
    ("PrefundService/Enter", Role::Prefund),
    ("PrefundService/Correct", Role::Prefund),
    ("PrefundService/ListPrefunds", Role::Look),
    ("PrefundService/ListPrefundMovements", Role::Look),
    ("PrefundService/Propose", Role::Look),
    ("DisputeOfficeService/ListAllDisputes", Role::Look),
    ("DisputeOfficeService/ShowDispute", Role::Look),
    ("DisputeOfficeService/SettleDispute", Role::Dispute),
    ("MonthOfficeService/DrawUpMonth", Role::Clear),
    ("MonthOfficeService/ListMonths", Role::Look),
    ("MonthOfficeService/ApproveMonth", Role::Approve),
    ("MonthOfficeService/InstructMonth", Role::Pay),
    ("MonthOfficeService/WhatIfMonth", Role::Look),
    ("MonthOfficeService/FetchMonthFile", Role::Look),
    ("ProofOfficeService/GetCheckpoint", Role::Look),
    ("ProofOfficeService/GetProvenStatement", Role::Look),
    ("BackupService/CopyJournal", Role::Backup),
    ("MemberService/ListMembers", Role::Look),
    ("MemberService/ChangeMember", Role::Administer),
    ("MemberService/EndProposal", Role::Administer),
    ("CertificateService/ShowCertificates", Role::Look),
    ("CertificateService/ReloadCertificates", Role::Administer),
];

/// The officers and their roles; none when every officer may do everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roles(Option<BTreeMap<OfficerName, BTreeSet<Role>>>);

impl Roles {
    /// These officers alone.
    pub(crate) const fn of(officers: BTreeMap<OfficerName, BTreeSet<Role>>) -> Self {
        Self(Some(officers))
    }

    /// Why an officer may not call a method; none when they may, and of whoever is no clearing officer.
    pub(crate) fn refusal(&self, path: &str, caller: &Identity) -> Option<Refusal> {
        let (Some(officers), Identity::ClearinghouseOfficer { name }) = (&self.0, caller) else {
            return None;
        };
        let Some(role) = role_of(path) else {
            // Health and reflection are anybody's; a method of ours that has no role is nobody's.
            let is_ours = path.starts_with("/huitong.");
            return is_ours.then(|| Refusal::new(ClearingCode::OfficerRole, name));
        };
        let held = officers.get(name);
        let may = held.is_some_and(|held| role == Role::Look || held.contains(&role));
        (!may).then(|| Refusal::new(ClearingCode::OfficerRole, format_args!("{name}: {role}")))
    }
}

/// Which role a method takes, by its path.
fn role_of(path: &str) -> Option<Role> {
    let (_, method) = path.rsplit_once('.')?;
    let row = TABLE.iter().find(|(of, _)| *of == method);
    row.map(|(_, role)| *role)
}

#[cfg(test)]
mod tests {
    use huitong_transport::Caller;

    use super::*;
    use crate::grpc::access_table;

    fn officer(name: &str) -> Identity {
        format!("/clearinghouse/officer/{name}").parse().unwrap()
    }

    /// One officer for each role, who has no other.
    fn one_each() -> Roles {
        let officers = Role::ALL.map(|role| {
            let name = OfficerName::parse(role.word()).unwrap();
            (name, BTreeSet::from([role]))
        });
        Roles::of(officers.into())
    }

    #[test]
    fn every_method_of_officers_takes_one_role_and_every_row_is_a_method() {
        let table = access_table().unwrap();
        let of_officers = table.rows().iter().filter(|row| {
            row.target().starts_with('/') && row.callers().contains(&Caller::ClearinghouseOfficer)
        });
        let mut methods: Vec<_> = of_officers
            .map(|row| row.target().rsplit_once('.').unwrap().1)
            .collect();
        let mut rows: Vec<_> = TABLE.iter().map(|(method, _)| *method).collect();
        methods.sort_unstable();
        rows.sort_unstable();
        assert_eq!(methods, rows);
    }

    #[test]
    fn an_officer_does_what_their_role_says_and_whoever_has_any_may_look() {
        let (roles, table) = (one_each(), access_table().unwrap());
        for (method, role) in TABLE {
            let rows = table.rows().iter();
            let path = rows
                .map(|row| row.target())
                .find(|path| path.ends_with(method));
            let path = path.unwrap();
            for held in Role::ALL {
                let refused = roles.refusal(path, &officer(held.word()));
                let may = role == Role::Look || role == held;
                assert_eq!(refused.is_none(), may, "{held} calls {method}");
            }
            let stranger = roles.refusal(path, &officer("nobody")).unwrap();
            assert_eq!(stranger.code.code(), "officer.role");
            assert_eq!(stranger.detail, format!("nobody: {role}"));
            assert_eq!(Roles::default().refusal(path, &officer("nobody")), None);
        }
    }

    #[test]
    fn nodes_are_held_by_the_table_of_access_alone_and_what_has_no_role_is_nobodys() {
        let node = "/region/330200/node".parse().unwrap();
        let report = "/huitong.clearing.v1.ClearingService/ReportLegs";
        assert_eq!(one_each().refusal(report, &node), None);
        let unnamed = "/huitong.clearing.v1.OfficerService/Unnamed";
        let refused = one_each().refusal(unnamed, &officer("clear")).unwrap();
        assert_eq!(refused.code.code(), "officer.role");
        let health = "/grpc.health.v1.Health/Check";
        assert_eq!(one_each().refusal(health, &officer("nobody")), None);
    }
}
