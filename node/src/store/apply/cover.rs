//! Until when a person is insured, where a death or a transfer ends it before the register does. It writes no row.

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::record::registry::Member;

/// A person as insured up to a last day, of life for one: whatever a file says, cover ends with it.
pub(crate) fn insured_until(member: Member, last: ServiceDate) -> Member {
    let cut = |days: DateInterval| {
        let until = days.until().map_or(last, |until| until.min(last));
        DateInterval::new(days.from(), Some(until)).ok()
    };
    let periods = member.periods.into_iter().filter_map(|mut period| {
        period.days = cut(period.days)?;
        Some(period)
    });
    let identities = member.identities.into_iter().filter_map(|mut held| {
        held.days = cut(held.days)?;
        Some(held)
    });
    Member {
        periods: periods.collect(),
        identities: identities.collect(),
        ..member
    }
}

/// A person as insured up to the day before the first elsewhere.
pub(crate) fn covered_until(member: Member, from: ServiceDate) -> Member {
    match from.plus_days(-1) {
        Ok(last) => insured_until(member, last),
        Err(_) => member,
    }
}
