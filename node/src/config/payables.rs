//! `[payables]`: until when institutions apply for a month, and are paid for it.

use huitong_document::config::Section;

use crate::payables::PayableRule;

pub(super) fn read(root: &Section<'_>) -> Option<PayableRule> {
    let standard = PayableRule::STANDARD;
    let Some(section) = root.optional_section("payables") else {
        return Some(standard);
    };
    let apply_by_day = section.integer_or("apply_by_day", 1..=28, standard.apply_by_day);
    let within = section.integer_or(
        "pay_within_business_days",
        1..=250,
        standard.pay_within_days,
    );
    Some(PayableRule {
        apply_by_day: apply_by_day?,
        pay_within_days: within?,
    })
}
