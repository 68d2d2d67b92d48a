//! People, credentials, funds and parts of an amount.

use huitong_core::bill::Parts;
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::person::{
    Credential, CredentialNumber, DocumentKind, PersonRef, PsnNo, ResidentId,
};
use huitong_core::region::RegionCode;

use super::field::{Path, WireFault, wire_enum};
use crate::common::v1;

wire_enum!(
    fund_to_wire,
    fund_from_wire,
    Fund,
    v1::Fund {
        EmployeePool,
        OwnAccount,
        EmployeeMaternity,
        CivilServant,
        LargeExpense,
        RetiredCadre,
        DisabledSoldier,
        EnterpriseSupplement,
        ResidentPool,
        ResidentCriticalIllness,
        Maternity,
        MedicalAssistance,
        ReAssistance,
        Commercial,
        FamilyAccount,
        ProvisionalLoss,
    }
);

wire_enum!(
    document_kind_to_wire,
    document_kind_from_wire,
    DocumentKind,
    v1::DocumentKind {
        Passport,
        HkMacaoPermit,
        TaiwanPermit,
        ForeignPermanentResidence,
        BirthCertificate,
    }
);

/// The wire form of a person.
#[must_use]
pub fn person_to_wire(person: &PersonRef) -> v1::Person {
    v1::Person {
        home_region: person.home.to_string(),
        psn_no: person.psn_no.expose().to_owned(),
    }
}

/// Reads a person.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn person_from_wire(
    person: Option<v1::Person>,
    path: Path<'_>,
) -> Result<PersonRef, WireFault> {
    let person = path.required(person)?;
    Ok(PersonRef {
        home: path
            .field("home_region")
            .parse(&person.home_region, RegionCode::parse)?,
        psn_no: path.field("psn_no").parse(&person.psn_no, PsnNo::parse)?,
    })
}

/// The wire form of a credential.
#[must_use]
pub fn credential_to_wire(credential: &Credential) -> v1::Credential {
    use v1::credential::Kind;
    let kind = match credential {
        Credential::ResidentId(id) => Kind::ResidentId(id.expose().to_owned()),
        Credential::EVoucher(token) => Kind::EVoucher(token.expose().to_owned()),
        Credential::SocialCard(number) => Kind::SocialCard(number.expose().to_owned()),
        Credential::Other { kind, number } => Kind::Other(v1::OtherDocument {
            kind: document_kind_to_wire(*kind),
            number: number.expose().to_owned(),
        }),
    };
    v1::Credential { kind: Some(kind) }
}

/// Reads a credential.
///
/// # Errors
/// [`WireFault`] with the path of the field, never with the number.
pub fn credential_from_wire(
    credential: Option<v1::Credential>,
    path: Path<'_>,
) -> Result<Credential, WireFault> {
    use v1::credential::Kind;
    let number = |text: &str, name: &str| path.field(name).parse(text, CredentialNumber::parse);
    match path.required(credential.and_then(|message| message.kind))? {
        Kind::ResidentId(id) => Ok(Credential::ResidentId(
            path.field("resident_id").parse(&id, ResidentId::parse)?,
        )),
        Kind::EVoucher(token) => Ok(Credential::EVoucher(number(&token, "e_voucher")?)),
        Kind::SocialCard(card) => Ok(Credential::SocialCard(number(&card, "social_card")?)),
        Kind::Other(other) => Ok(Credential::Other {
            kind: document_kind_from_wire(other.kind, path.field("other").field("kind"))?,
            number: number(&other.number, "other.number")?,
        }),
    }
}

/// The wire form of parts.
#[must_use]
pub fn parts_to_wire(parts: &Parts) -> v1::Parts {
    v1::Parts {
        in_scope_fen: parts.in_scope.get(),
        first_pay_fen: parts.first_pay.get(),
        over_limit_fen: parts.over_limit.get(),
        out_of_scope_fen: parts.out_of_scope.get(),
    }
}

/// Reads parts.
///
/// # Errors
/// [`WireFault`] when they are missing or one is out of range.
pub fn parts_from_wire(parts: Option<v1::Parts>, path: Path<'_>) -> Result<Parts, WireFault> {
    let parts = path.required(parts)?;
    Ok(Parts {
        in_scope: path.field("in_scope_fen").fen(parts.in_scope_fen)?,
        first_pay: path.field("first_pay_fen").fen(parts.first_pay_fen)?,
        over_limit: path.field("over_limit_fen").fen(parts.over_limit_fen)?,
        out_of_scope: path.field("out_of_scope_fen").fen(parts.out_of_scope_fen)?,
    })
}

/// The wire form of what funds pay.
#[must_use]
pub fn amounts_to_wire(amounts: &[(Fund, Fen)]) -> Vec<v1::FundAmount> {
    amounts
        .iter()
        .map(|(fund, amount)| v1::FundAmount {
            fund: fund_to_wire(*fund),
            amount_fen: amount.get(),
        })
        .collect()
}
