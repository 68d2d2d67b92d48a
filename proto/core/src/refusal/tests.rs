//! Codes are unique, and their texts say something.

use super::*;

#[test]
fn codes_are_unique_and_read_back() {
    for code in RefusalCode::ALL {
        assert_eq!(RefusalCode::parse(code.code()), Some(*code));
        assert_eq!(
            RefusalCode::ALL
                .iter()
                .filter(|other| other.code() == code.code())
                .count(),
            1
        );
    }
}

#[test]
fn the_page_of_refusals_has_a_row_for_each_code_as_it_is() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/docs/refusals.md");
    let page = std::fs::read_to_string(page).unwrap();
    for code in RefusalCode::ALL {
        let again = match code.retry() {
            Retry::No => "no",
            Retry::SameId => "same id",
        };
        let (en, zh) = (code.advice_en(), code.advice_zh());
        let row = format!("| `{code}` | {again} | {en} | {zh} |");
        assert!(
            page.contains(&row),
            "deploy/docs/refusals.md lacks this row:\n{row}"
        );
    }
}
