//! `[dispute]`: by when things are due in disputes between regions.

use huitong_document::config::Section;

use crate::disputes::DisputeRules;

/// The rules of disputes, each in business days.
pub(super) fn rules(root: &Section<'_>) -> Option<DisputeRules> {
    let standard = DisputeRules::STANDARD;
    let Some(section) = root.optional_section("dispute") else {
        return Some(standard);
    };
    let raise_days = section.integer_or("raise_days", 1..=750, standard.raise_days);
    let answer_days = section.integer_or("answer_days", 1..=250, standard.answer_days);
    let accept_days = section.integer_or("accept_days", 1..=250, standard.accept_days);
    let decide_days = section.integer_or("decide_days", 1..=250, standard.decide_days);
    Some(DisputeRules {
        raise_days: raise_days?,
        answer_days: answer_days?,
        accept_days: accept_days?,
        decide_days: decide_days?,
    })
}
