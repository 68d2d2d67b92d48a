//! Which admission of the year a visit is.
//!
//! Regions count admissions with a total named `admissions`. The bills of one admission (interim bills, a
//! linked transfer) are one episode and share its ordinal; an episode already settled keeps the one it had.

/// The ordinal that a count of admissions, this one included, gives: from 1.
#[must_use]
pub fn of_count(count: i64) -> u16 {
    u16::try_from(count)
        .unwrap_or(if count > 0 { u16::MAX } else { 1 })
        .max(1)
}

/// The ordinal of a visit: that of its episode when that was settled before, else one past the count.
#[must_use]
pub fn of_visit(episode: Option<u16>, counted: i64) -> u16 {
    episode.unwrap_or_else(|| of_count(counted.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admission_is_counted_once_however_often_it_is_billed() {
        assert_eq!(of_visit(None, 0), 1);
        assert_eq!(of_visit(None, 2), 3);
        assert_eq!(of_visit(Some(2), 2), 2);
        assert_eq!(of_visit(None, i64::MAX), u16::MAX);
    }
}
