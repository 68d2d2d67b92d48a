//! `[expense_check]`: of which settlements a check is asked and taken, and by which days it goes.

use huitong_core::expense_check::{CheckTerms, DayOfMonth};
use huitong_core::money::Fen;
use huitong_document::config::Section;

use crate::checks::CheckRule;

pub(super) fn read(root: &Section<'_>) -> Option<CheckRule> {
    let standard = CheckRule::STANDARD;
    let Some(section) = root.optional_section("expense_check") else {
        return Some(standard);
    };
    let terms = standard.terms;
    let take_up = section.integer_or("take_up_day", 1..=28, terms.take_up.get());
    let answer = section.integer_or("answer_day", 1..=28, terms.answer.get());
    let confirm_days = section.integer_or("confirm_business_days", 1..=60, standard.confirm_days);
    let whole = standard.at_least.get() / 100;
    let at_least = section.integer_or("at_least_yuan", 1..=100_000_000, whole);
    Some(CheckRule {
        at_least: Fen::new(at_least?.checked_mul(100)?).ok()?,
        terms: CheckTerms {
            take_up: DayOfMonth::new(take_up?).ok()?,
            answer: DayOfMonth::new(answer?).ok()?,
        },
        confirm_days: confirm_days?,
    })
}

#[cfg(test)]
mod tests {
    use huitong_document::config::Document;

    use super::*;

    fn rule(text: &str) -> Option<CheckRule> {
        let document = Document::parse("node.toml", text).unwrap();
        let root = document.root();
        let rule = read(&root);
        document.finish(|| rule).ok()
    }

    #[test]
    fn each_part_has_a_standard_and_bounds() {
        assert_eq!(rule(""), Some(CheckRule::STANDARD));
        assert_eq!(rule("[expense_check]\n"), Some(CheckRule::STANDARD));
        let text = "[expense_check]\nat_least_yuan = 50000\ntake_up_day = 20\nanswer_day = 10\nconfirm_business_days = 7\n";
        let expected = CheckRule {
            at_least: Fen::new(5_000_000).unwrap(),
            terms: CheckTerms {
                take_up: DayOfMonth::new(20).unwrap(),
                answer: DayOfMonth::new(10).unwrap(),
            },
            confirm_days: 7,
        };
        assert_eq!(rule(text), Some(expected));
        for wrong in [
            "at_least_yuan = 0",
            "take_up_day = 29",
            "answer_day = 0",
            "confirm_business_days = 61",
            "until = 3",
        ] {
            assert_eq!(
                rule(&format!("[expense_check]\n{wrong}\n")),
                None,
                "{wrong}"
            );
        }
    }
}
