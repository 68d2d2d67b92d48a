//! Days and stretches of days, as text.

use huitong_core::date::{DateInterval, ServiceDate};

use super::field::{Path, WireFault};

pub(super) fn text(day: Option<ServiceDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

pub(super) fn day(text: &str, path: Path<'_>) -> Result<ServiceDate, WireFault> {
    path.parse(text, ServiceDate::parse)
}

pub(super) fn interval(from: &str, until: &str, path: Path<'_>) -> Result<DateInterval, WireFault> {
    let from = day(from, path.field("from"))?;
    let field = path.field("until");
    let until = field.optional(until, ServiceDate::parse)?;
    DateInterval::new(from, until).map_err(|fault| field.wrong(fault))
}
