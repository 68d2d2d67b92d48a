//! `[payment]`: whether money moves by the day or by the month, and by when it is ordered and due.
//!
//! Deliberately absent: whether other parties have the same.

use huitong_document::config::{Scalar, Section};

use crate::payments::{Moves, PaymentRules};

impl Scalar for Moves {
    const EXPECTED: (&'static str, &'static str) =
        ("\"daily\" or \"monthly\"", " \"daily\" 或 \"monthly\"");

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "daily" => Ok(Self::Daily),
            "monthly" => Ok(Self::Monthly),
            _ => Err(format!("write {}", Self::EXPECTED.0)),
        }
    }
}

/// The rules of payments.
pub(super) fn rules(root: &Section<'_>) -> Option<PaymentRules> {
    let standard = PaymentRules::STANDARD;
    let Some(section) = root.optional_section("payment") else {
        return Some(standard);
    };
    let moves = section.or("moves", standard.moves);
    let due_days = section.integer_or("due_days", 1..=250, standard.due_days);
    let order_days = section.integer_or("order_days", 0..=60, standard.order_days);
    Some(PaymentRules {
        moves: moves?,
        due_days: due_days?,
        order_days: order_days?,
    })
}
