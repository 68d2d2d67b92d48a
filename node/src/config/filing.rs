//! `[filing]`: which filings institutions may make for a patient, and how long a filing holds.

use std::collections::BTreeSet;

use huitong_core::vocabulary::FilingClass;
use huitong_document::config::Section;

use crate::people::rule::FilingRule;

pub(super) fn read(root: &Section<'_>) -> Option<FilingRule> {
    let standard = FilingRule::standard();
    let Some(section) = root.optional_section("filing") else {
        return Some(standard);
    };
    let elsewhere = classes(&section, "elsewhere", standard.elsewhere);
    let here = classes(&section, "here", standard.here);
    let months = section.integer_or("temporary_months", 1..=120, standard.temporary_months);
    Some(FilingRule {
        elsewhere: elsewhere?,
        here: here?,
        temporary_months: months?,
    })
}

fn classes(
    section: &Section<'_>,
    key: &str,
    standard: BTreeSet<FilingClass>,
) -> Option<BTreeSet<FilingClass>> {
    if section.get(key).is_none() {
        return Some(standard);
    }
    let named: BTreeSet<FilingClass> = section.any::<FilingClass>(key).into_iter().collect();
    if named.contains(&FilingClass::Unfiled) {
        section.fault_of(
            key,
            "unfiled is no class that is filed",
            "unfiled（未备案）不是可办理的备案类别",
        );
        return None;
    }
    Some(named)
}
