//! Visits, and bills as a hospital sends them.

use std::collections::BTreeMap;

use huitong_core::bill::{Arrival, Bill, BillLine, LINES_AT_MOST, Visit, VisitNumber};
use huitong_core::catalogue_code::CatalogueCode;
use huitong_core::date::ServiceDate;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::person::{Credential, PersonRef};
use huitong_core::vocabulary::Setting;
use rust_decimal::Decimal;

use super::common::{credential_from_wire, credential_to_wire, person_from_wire, person_to_wire};
use super::field::{Path, WireFault, wire_enum};
use crate::settlement::v1;

wire_enum!(
    setting_to_wire,
    setting_from_wire,
    Setting,
    v1::Setting {
        Inpatient,
        Outpatient,
        Chronic,
        Pharmacy,
        Maternity,
    }
);

wire_enum!(
    arrival_to_wire,
    arrival_from_wire,
    Arrival,
    v1::Arrival {
        Direct,
        Referred,
        Emergency
    }
);

/// A bill as a hospital sends it: who, with what, for which visit, how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HospitalBill {
    /// Whom it is for.
    pub person: PersonRef,
    /// What the person showed.
    pub credential: Credential,
    /// The visit.
    pub visit: Visit,
    /// The lines.
    pub bill: Bill,
    /// What others have paid already.
    pub given: BTreeMap<Name, Fen>,
}

/// The wire form of a hospital's bill.
#[must_use]
pub fn bill_to_wire(bill: &HospitalBill) -> v1::Bill {
    v1::Bill {
        person: Some(person_to_wire(&bill.person)),
        credential: Some(credential_to_wire(&bill.credential)),
        visit: Some(visit_to_wire(&bill.visit)),
        total_fen: bill.bill.total().get(),
        lines: bill.bill.lines().iter().map(line_to_wire).collect(),
        given_fen: given_to_wire(&bill.given),
    }
}

/// Reads a hospital's bill. Sums, signs and returns are checked as well.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn bill_from_wire(bill: Option<v1::Bill>, path: Path<'_>) -> Result<HospitalBill, WireFault> {
    let bill = path.required(bill)?;
    let lines_path = path.field("lines");
    let lines = lines_from_wire(&bill.lines, lines_path)?;
    let total = path.field("total_fen").fen(bill.total_fen)?;
    Ok(HospitalBill {
        person: person_from_wire(bill.person, path.field("person"))?,
        credential: credential_from_wire(bill.credential, path.field("credential"))?,
        visit: visit_from_wire(bill.visit, path.field("visit"))?,
        bill: Bill::new(total, lines).map_err(|fault| lines_path.wrong(fault))?,
        given: given_from_wire(&bill.given_fen, path.field("given_fen"))?,
    })
}

/// The wire form of a visit.
#[must_use]
pub fn visit_to_wire(visit: &Visit) -> v1::Visit {
    v1::Visit {
        number: visit.number.to_string(),
        episode: visit.episode.to_string(),
        setting: setting_to_wire(visit.setting),
        interim: u32::from(visit.interim),
        admitted: visit.admitted.to_string(),
        discharged: visit.discharged.to_string(),
        arrival: arrival_to_wire(visit.arrival),
        sessions: visit.sessions,
        diseases: visit.diseases.iter().map(Name::to_string).collect(),
        package: visit
            .package
            .map(|package| package.to_string())
            .unwrap_or_default(),
        billed_from: visit.billed_from.to_string(),
        episode_at: visit
            .episode_at
            .map(|institution| institution.to_string())
            .unwrap_or_default(),
    }
}

/// Reads a visit.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn visit_from_wire(visit: Option<v1::Visit>, path: Path<'_>) -> Result<Visit, WireFault> {
    let visit = path.required(visit)?;
    let diseases_path = path.field("diseases");
    let diseases = visit
        .diseases
        .iter()
        .enumerate()
        .map(|(index, disease)| diseases_path.item(index).parse(disease, Name::parse))
        .collect::<Result<_, _>>()?;
    let package = path
        .field("package")
        .optional(&visit.package, Name::parse)?;
    let episode_at = path
        .field("episode_at")
        .optional(&visit.episode_at, InstitutionCode::parse)?;
    let admitted = path
        .field("admitted")
        .parse(&visit.admitted, ServiceDate::parse)?;
    let billed_from = path
        .field("billed_from")
        .optional(&visit.billed_from, ServiceDate::parse)?;
    Visit {
        number: path
            .field("number")
            .parse(&visit.number, VisitNumber::parse)?,
        episode: path
            .field("episode")
            .parse(&visit.episode, VisitNumber::parse)?,
        episode_at,
        setting: setting_from_wire(visit.setting, path.field("setting"))?,
        interim: path.field("interim").narrow(visit.interim)?,
        admitted,
        billed_from: billed_from.unwrap_or(admitted),
        discharged: path
            .field("discharged")
            .parse(&visit.discharged, ServiceDate::parse)?,
        arrival: arrival_from_wire(visit.arrival, path.field("arrival"))?,
        sessions: visit.sessions,
        diseases,
        package,
    }
    .checked()
    .map_err(|fault| path.wrong(fault))
}

pub(super) fn line_to_wire(line: &BillLine) -> v1::BillLine {
    v1::BillLine {
        number: line.number,
        code: line.code.to_string(),
        date: line.date.to_string(),
        quantity: line.quantity.normalize().to_string(),
        amount_fen: line.amount.get(),
        returns: line.returns.unwrap_or(0),
        approved: line.approved,
    }
}

pub(super) fn lines_from_wire(
    sent: &[v1::BillLine],
    path: Path<'_>,
) -> Result<Vec<BillLine>, WireFault> {
    if sent.len() > LINES_AT_MOST {
        return Err(path.wrong(format_args!("has at most {LINES_AT_MOST} items")));
    }
    let mut lines = Vec::with_capacity(sent.len());
    for (index, line) in sent.iter().enumerate() {
        lines.push(line_from_wire(line, path.item(index))?);
    }
    Ok(lines)
}

fn line_from_wire(line: &v1::BillLine, path: Path<'_>) -> Result<BillLine, WireFault> {
    if line.number == 0 {
        return Err(path.field("number").missing());
    }
    Ok(BillLine {
        number: line.number,
        code: path.field("code").parse(&line.code, CatalogueCode::parse)?,
        date: path.field("date").parse(&line.date, ServiceDate::parse)?,
        quantity: path.field("quantity").parse(&line.quantity, quantity)?,
        amount: path.field("amount_fen").signed_fen(line.amount_fen)?,
        returns: (line.returns != 0).then_some(line.returns),
        approved: line.approved,
    })
}

/// Reads a quantity: a decimal of at most 4 decimals and 1,000,000.
///
/// # Errors
/// What would be right.
pub fn quantity(text: &str) -> Result<Decimal, &'static str> {
    let quantity = text
        .parse::<Decimal>()
        .map_err(|_| "is a decimal number such as 2 or 0.5")?;
    let short = quantity.normalize();
    if short.scale() > 4 || short.abs() > Decimal::from(1_000_000) {
        return Err("has at most 4 decimals and is at most 1,000,000");
    }
    Ok(short)
}

/// The wire form of what others gave.
#[must_use]
pub fn given_to_wire(given: &BTreeMap<Name, Fen>) -> BTreeMap<String, i64> {
    given
        .iter()
        .map(|(name, amount)| (name.to_string(), amount.get()))
        .collect()
}

/// Reads what others gave.
///
/// # Errors
/// [`WireFault`] with the path of the entry.
pub fn given_from_wire(
    given: &BTreeMap<String, i64>,
    path: Path<'_>,
) -> Result<BTreeMap<Name, Fen>, WireFault> {
    given
        .iter()
        .map(|(name, fen)| {
            Ok((
                path.field(name).parse(name, Name::parse)?,
                path.field(name).fen(*fen)?,
            ))
        })
        .collect()
}
