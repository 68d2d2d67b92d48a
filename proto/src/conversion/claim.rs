//! Claims between two nodes. The treatment region is never read from the message: it is the caller.

use huitong_core::bill::{Institution, LINES_AT_MOST, SplitBill, SplitLine};
use huitong_core::claim::Claim;
use huitong_core::institution::InstitutionCode;
use huitong_core::name::Name;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{Administration, Grade, InstitutionType};

use super::common::{parts_from_wire, parts_to_wire, person_from_wire, person_to_wire};
use super::field::{Path, WireFault, wire_enum};
use super::visit::{given_from_wire, given_to_wire, visit_from_wire, visit_to_wire};
use crate::settlement::v1;

wire_enum!(
    grade_to_wire,
    grade_from_wire,
    Grade,
    v1::Grade {
        Ungraded,
        Primary,
        One,
        Two,
        Three
    }
);

wire_enum!(
    administration_to_wire,
    administration_from_wire,
    Administration,
    v1::Administration {
        Township,
        County,
        City,
        Province,
        Ministry,
        Private,
    }
);

wire_enum!(
    institution_type_to_wire,
    institution_type_from_wire,
    InstitutionType,
    v1::InstitutionType {
        General,
        ChineseMedicine,
        Specialist,
        Psychiatric,
        Community,
        Pharmacy,
    }
);

/// The wire form of an institution.
#[must_use]
pub fn institution_to_wire(institution: &Institution) -> v1::Institution {
    v1::Institution {
        code: institution.code.to_string(),
        kind: institution_type_to_wire(institution.kind),
        grade: grade_to_wire(institution.grade),
        price_grade: grade_to_wire(institution.price_grade),
        administration: administration_to_wire(institution.administration),
        networked: institution.networked,
    }
}

/// Reads an institution.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn institution_from_wire(
    institution: Option<v1::Institution>,
    path: Path<'_>,
) -> Result<Institution, WireFault> {
    let institution = path.required(institution)?;
    Ok(Institution {
        code: path
            .field("code")
            .parse(&institution.code, InstitutionCode::parse)?,
        kind: institution_type_from_wire(institution.kind, path.field("kind"))?,
        grade: grade_from_wire(institution.grade, path.field("grade"))?,
        price_grade: grade_from_wire(institution.price_grade, path.field("price_grade"))?,
        administration: administration_from_wire(
            institution.administration,
            path.field("administration"),
        )?,
        networked: institution.networked,
    })
}

/// The wire form of a claim.
#[must_use]
pub fn claim_to_wire(claim: &Claim) -> v1::Claim {
    v1::Claim {
        institution: Some(institution_to_wire(&claim.institution)),
        person: Some(person_to_wire(&claim.person)),
        visit: Some(visit_to_wire(&claim.visit)),
        lines: claim.bill.lines().iter().map(split_line_to_wire).collect(),
        catalogue: claim.catalogue.as_bytes().to_vec(),
        given_fen: given_to_wire(&claim.given),
    }
}

/// Reads the claim of a treatment region.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn claim_from_wire(
    claim: Option<v1::Claim>,
    treatment: RegionCode,
    path: Path<'_>,
) -> Result<Claim, WireFault> {
    let claim = path.required(claim)?;
    let lines_path = path.field("lines");
    if claim.lines.len() > LINES_AT_MOST {
        return Err(lines_path.wrong(format_args!("has at most {LINES_AT_MOST} items")));
    }
    let mut lines = Vec::with_capacity(claim.lines.len());
    for (index, line) in claim.lines.into_iter().enumerate() {
        lines.push(split_line_from_wire(line, lines_path.item(index))?);
    }
    Ok(Claim {
        treatment,
        institution: institution_from_wire(claim.institution, path.field("institution"))?,
        person: person_from_wire(claim.person, path.field("person"))?,
        visit: visit_from_wire(claim.visit, path.field("visit"))?,
        bill: SplitBill::new(lines).map_err(|fault| lines_path.wrong(fault))?,
        catalogue: path.field("catalogue").digest(&claim.catalogue)?,
        given: given_from_wire(&claim.given_fen, path.field("given_fen"))?,
    })
}

fn split_line_to_wire(line: &SplitLine) -> v1::SplitLine {
    v1::SplitLine {
        number: line.number,
        parts: Some(parts_to_wire(&line.parts)),
        tags: line.tags.iter().map(Name::to_string).collect(),
    }
}

fn split_line_from_wire(line: v1::SplitLine, path: Path<'_>) -> Result<SplitLine, WireFault> {
    let tags_path = path.field("tags");
    let tags = line
        .tags
        .iter()
        .enumerate()
        .map(|(index, tag)| tags_path.item(index).parse(tag, Name::parse))
        .collect::<Result<_, _>>()?;
    Ok(SplitLine {
        number: line.number,
        parts: parts_from_wire(line.parts, path.field("parts"))?,
        tags,
    })
}
