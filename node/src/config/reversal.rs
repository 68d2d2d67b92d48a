//! `[reversal]`: which settlements of the region's people are reversed, and how long institutions may alone.

use huitong_document::config::Section;

use crate::home::reverse::{Order, ReversalRule};

pub(super) fn read(root: &Section<'_>) -> Option<ReversalRule> {
    let Some(section) = root.optional_section("reversal") else {
        return Some(ReversalRule::STANDARD);
    };
    let order = order(&section);
    let standard = ReversalRule::STANDARD.institution_days;
    // Ids are remembered for no longer than that, so nothing older is reversed by an institution.
    let institution_days = section.integer_or("institution_days", 0..=400, standard);
    Some(ReversalRule {
        order: order?,
        institution_days: institution_days?,
    })
}

fn order(section: &Section<'_>) -> Option<Order> {
    match &*section.or("order", "any".to_owned())? {
        "any" => Some(Order::Any),
        "latest_first" => Some(Order::LatestFirst),
        _ => {
            section.fault_of(
                "order",
                "expected \"any\" or \"latest_first\"",
                "应为 \"any\" 或 \"latest_first\"",
            );
            None
        }
    }
}
