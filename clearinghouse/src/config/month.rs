//! `[month]`: by when things are due in a month's clearing.

use huitong_document::config::Section;

use crate::months::MonthRules;

/// The rules of months: days of the next month.
pub(super) fn rules(root: &Section<'_>) -> Option<MonthRules> {
    let standard = MonthRules::STANDARD;
    let Some(section) = root.optional_section("month") else {
        return Some(standard);
    };
    let draw_up_by_day = section.integer_or("draw_up_by_day", 1..=28, standard.draw_up_by_day);
    let confirm_by_day = section.integer_or("confirm_by_day", 1..=28, standard.confirm_by_day);
    let confirm_days = section.integer_or("confirm_days", 0..=60, standard.confirm_days);
    let order_by_day = section.integer_or("order_by_day", 1..=31, standard.order_by_day);
    let delay_months = section.integer_or("delay_months", 0..=24, standard.delay_months);
    let rows = standard.rows_of_a_piece;
    let rows_of_a_piece = section.integer_or("rows_of_a_piece", 1..=8_192, rows);
    Some(MonthRules {
        draw_up_by_day: draw_up_by_day?,
        confirm_by_day: confirm_by_day?,
        confirm_days: confirm_days?,
        order_by_day: order_by_day?,
        delay_months: delay_months?,
        rows_of_a_piece: rows_of_a_piece?,
    })
}
