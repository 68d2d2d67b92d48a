//! The catalogue of the demo, the same in every region.
//!
//! Codes are made up in their digits and right in their shape.

use std::fmt::Write as _;

/// One item of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// How the case file and the crowd call it.
    pub word: &'static str,
    /// Its national code.
    pub code: &'static str,
    /// Its name.
    pub zh: &'static str,
    /// Its class.
    pub class: &'static str,
    /// What the patient bears first.
    pub first_pay: &'static str,
    /// Tags that policies ask for.
    pub tags: &'static str,
}

const fn item(
    word: &'static str,
    code: &'static str,
    zh: &'static str,
    class: &'static str,
    first_pay: &'static str,
    tags: &'static str,
) -> Item {
    Item {
        word,
        code,
        zh,
        class,
        first_pay,
        tags,
    }
}

/// Every item.
pub const ITEMS: &[Item] = &[
    item(
        "drug_a",
        "XC09AAA078A001010100001",
        "甲类药品",
        "a",
        "0",
        "",
    ),
    item(
        "drug_b",
        "XC10AAA012A001010100002",
        "乙类药品",
        "b",
        "0.10",
        "",
    ),
    item(
        "drug_c",
        "XV06DAA001A001010100003",
        "丙类药品",
        "c",
        "0",
        "",
    ),
    item("service", "001102000010000", "医疗服务项目", "a", "0", ""),
    item(
        "relaxed_exam",
        "002103000010000",
        "放宽检查",
        "b",
        "0.30",
        "",
    ),
    item(
        "ward_comfort",
        "001109000020000",
        "病房空调与膳食",
        "c",
        "0",
        "",
    ),
    item(
        "knee_joint",
        "C0301010100100100001",
        "进口膝关节",
        "b",
        "0.50",
        "implant",
    ),
];

/// A code that no catalogue of the demo lists.
pub const UNLISTED: &str = "XZ99ZZZ999Z999999999999";

/// The code of an item.
#[must_use]
pub fn code_of(word: &str) -> Option<&'static str> {
    ITEMS
        .iter()
        .find(|item| item.word == word)
        .map(|item| item.code)
}

/// The catalogue as the file that a bureau imports.
#[must_use]
pub fn catalogue_csv() -> String {
    let mut csv = String::from("code,name,from,until,class,first_pay,tags\n");
    for item in ITEMS {
        let Item {
            code,
            zh,
            class,
            first_pay,
            tags,
            ..
        } = item;
        let _ = writeln!(csv, "{code},{zh},2020-01-01,,{class},{first_pay},{tags}");
    }
    csv
}
