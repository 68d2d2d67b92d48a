//! `filings.csv`: filings (备案) for treatment elsewhere.

use huitong_core::record::registry::{Filing, FilingArea};
use huitong_core::vocabulary::FilingClass;

use super::cell::{self, Wrong, wrong};
use super::table::{Column, Need, Row, Sheet};

const COLUMNS: &[Column] = &[
    ("psn_no", Need::Required),
    ("class", Need::Required),
    ("area", Need::Required),
    ("from", Need::Required),
    ("until", Need::Optional),
    ("filed_on", Need::Required),
];

pub(super) fn read(bytes: &[u8]) -> Sheet<Filing> {
    let mut sheet = Sheet::read(bytes, COLUMNS, filing);
    sheet.once("from", |filing| {
        vec![(filing.psn_no, filing.class, filing.area, filing.days.from())]
    });
    sheet
}

fn filing(row: &Row<'_>) -> Option<Filing> {
    let psn_no = row.required("psn_no", cell::psn_no);
    let class = row.required("class", class);
    let area = row.required("area", place);
    let days = row.days("from", "until");
    let filed_on = row.required("filed_on", cell::scalar);
    Some(Filing {
        psn_no: psn_no?,
        class: class?,
        area: area?,
        days: days?,
        filed_on: filed_on?,
    })
}

/// A city, a municipality, a province, or everywhere.
fn place(text: &str) -> Result<FilingArea, Wrong> {
    FilingArea::parse(text).map_err(|error| {
        wrong(
            format!("{error}; write all for everywhere"),
            "应为六位统筹区或省级代码，全国写 all",
        )
    })
}

fn class(text: &str) -> Result<FilingClass, Wrong> {
    match cell::scalar(text)? {
        FilingClass::Unfiled => Err(wrong(
            "a filing has a class of filing; leave unfiled people out",
            "未备案人员无需导入",
        )),
        class @ (FilingClass::LongTerm
        | FilingClass::Referral
        | FilingClass::Emergency
        | FilingClass::Temporary) => Ok(class),
    }
}
