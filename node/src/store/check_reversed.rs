//! Whether a check has ended with its settlement, as the own book has that.

use huitong_core::expense_check::course::Course;

use super::{HomeState, Rows, SettlementState, StoreError, is_erased};

/// Whether nothing more is said in a check because its settlement is reversed in the own book. So it is of one whose
/// person was erased: nobody is while a check is open.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub fn is_check_reversed(rows: &dyn Rows, course: &Course) -> Result<bool, StoreError> {
    let settlement = course.ask.settlement;
    let here = rows.settlement(settlement)?;
    let here = here.filter(|row| row.home == course.home);
    if matches!(
        here.map(|row| row.state),
        Some(SettlementState::Reversed(_))
    ) {
        return Ok(true);
    }
    let at_home = rows.home_settlement(course.treatment, settlement)?;
    if matches!(at_home.map(|row| row.state), Some(HomeState::Reversed(_))) {
        return Ok(true);
    }
    is_erased(rows, settlement)
}
