//! `institutions.csv`: designated institutions with their agreements.

use huitong_core::bill::Institution;
use huitong_core::institution::{InstitutionCode, InstitutionKind};
use huitong_core::record::registry::InstitutionRow;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{Administration, Grade, InstitutionType};

use super::cell;
use super::table::{Column, Need, Row, Sheet};

const COLUMNS: &[Column] = &[
    ("code", Need::Required),
    ("name", Need::Required),
    ("type", Need::Required),
    ("grade", Need::Required),
    ("price_grade", Need::Optional),
    ("administration", Need::Required),
    ("networked", Need::Required),
    ("from", Need::Required),
    ("until", Need::Optional),
];

pub(super) fn read(bytes: &[u8], region: RegionCode) -> Sheet<InstitutionRow> {
    let mut sheet = Sheet::read(bytes, COLUMNS, |row| institution(row, region));
    sheet.once("code", |row| vec![row.code()]);
    sheet
}

fn institution(row: &Row<'_>, region: RegionCode) -> Option<InstitutionRow> {
    let code = row.required("code", cell::scalar::<InstitutionCode>);
    let name = row.required("name", cell::text);
    let kind = row.required("type", cell::scalar::<InstitutionType>);
    let grade = row.required("grade", cell::scalar::<Grade>);
    let price_grade = row.optional("price_grade", cell::scalar::<Grade>);
    let administration = row.required("administration", cell::scalar::<Administration>);
    let networked = row.required("networked", cell::yes_no);
    let agreement = row.days("from", "until");
    let (code, kind) = (code?, kind?);
    if ![is_ours(row, code, region), is_of_its_type(row, code, kind)]
        .iter()
        .all(|sound| *sound)
    {
        return None;
    }
    let grade = grade?;
    Some(InstitutionRow {
        institution: Institution {
            code,
            kind,
            grade,
            price_grade: price_grade?.unwrap_or(grade),
            administration: administration?,
            networked: networked?,
        },
        name: name?,
        agreement: agreement?,
    })
}

/// Only an institution that the region can certify is ever heard.
fn is_ours(row: &Row<'_>, code: InstitutionCode, region: RegionCode) -> bool {
    let is_ours = huitong_certs::Identity::institution(region, code).is_ok();
    if !is_ours {
        let en = format!("the code is of another province than {region}");
        row.fault("code", en, format!("该编码不属于 {region} 所在省份"));
    }
    is_ours
}

fn is_of_its_type(row: &Row<'_>, code: InstitutionCode, kind: InstitutionType) -> bool {
    let fits = match code.kind() {
        InstitutionKind::Hospital => kind != InstitutionType::Pharmacy,
        InstitutionKind::Pharmacy => kind == InstitutionType::Pharmacy,
        InstitutionKind::Agency => false,
    };
    if !fits {
        let en = "does not fit the code: P is a pharmacy, H is none, S treats nobody";
        row.fault(
            "type",
            en,
            "与编码首字母不符：P 为药店，H 为医院，S 为经办机构",
        );
    }
    fits
}
