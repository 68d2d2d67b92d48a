//! What the TOML files of bills have in common that are given to commands: texts with a parser of their own, and a
//! visit that holds together. Faults are placed by the section, and repeat nothing of a person.

use std::fmt::Display;

use huitong_core::bill::Visit;
use huitong_document::config::Section;

/// A text that a parser of its own reads; the fault never repeats it.
pub(super) fn parsed<T, E: Display>(
    section: &Section<'_>,
    key: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Option<T> {
    let text = section.required::<String>(key)?;
    match parse(&text) {
        Ok(value) => Some(value),
        Err(fault) => {
            section.fault_of(key, fault.to_string(), "格式有误，请更正");
            None
        }
    }
}

/// A visit whose dates and lengths are within bounds.
pub(super) fn checked(section: &Section<'_>, visit: Visit) -> Option<Visit> {
    match visit.checked() {
        Ok(visit) => Some(visit),
        Err(fault) => {
            section.fault_of("discharged", fault.to_string(), "就诊日期有误，请更正");
            None
        }
    }
}
