//! `[payables]`: until when institutions apply for a month, and are paid for it; `[institution_month]`: until when they take
//! back what they confirmed of it.

use huitong_document::config::Section;

use crate::payables::PayableRule;

pub(super) fn read(root: &Section<'_>) -> Option<PayableRule> {
    let standard = PayableRule::STANDARD;
    let (mut apply_by_day, mut within) =
        (Some(standard.apply_by_day), Some(standard.pay_within_days));
    if let Some(section) = root.optional_section("payables") {
        apply_by_day = section.integer_or("apply_by_day", 1..=28, standard.apply_by_day);
        within = section.integer_or(
            "pay_within_business_days",
            1..=250,
            standard.pay_within_days,
        );
    }
    let mut confirm_by_day = Some(standard.confirm_by_day);
    if let Some(section) = root.optional_section("institution_month") {
        confirm_by_day = section.integer_or("confirm_by_day", 1..=28, standard.confirm_by_day);
    }
    Some(PayableRule {
        apply_by_day: apply_by_day?,
        pay_within_days: within?,
        confirm_by_day: confirm_by_day?,
    })
}

#[cfg(test)]
mod tests {
    use huitong_document::config::Document;

    use super::*;

    fn rule(text: &str) -> Option<PayableRule> {
        let document = Document::parse("node.toml", text).unwrap();
        let root = document.root();
        let rule = read(&root);
        document.finish(|| rule).ok()
    }

    #[test]
    fn each_day_has_a_section_of_its_own_and_a_standard() {
        let standard = PayableRule::STANDARD;
        assert_eq!(rule(""), Some(standard));
        let both = "[payables]\napply_by_day = 5\n[institution_month]\nconfirm_by_day = 25\n";
        let expected = PayableRule {
            apply_by_day: 5,
            confirm_by_day: 25,
            ..standard
        };
        assert_eq!(rule(both), Some(expected));
        for no_day in ["0", "29", "\"late\""] {
            let text = format!("[institution_month]\nconfirm_by_day = {no_day}\n");
            assert_eq!(rule(&text), None, "{no_day}");
        }
    }
}
