//! A moment as an officer types it: an instant, or a business day, whose first or last millisecond in Shanghai is meant.

use huitong_core::date::{BusinessDay, DateError, Timestamp};

/// The moment up to which something counts: of a day its last millisecond.
pub(super) fn until(text: &str) -> Result<Timestamp, String> {
    read(text, |day| begins(day.plus_days(1)?)?.plus_millis(-1))
}

/// The moment from which something counts: of a day its first millisecond.
pub(super) fn from(text: &str) -> Result<Timestamp, String> {
    read(text, begins)
}

fn read(
    text: &str,
    of_day: impl Fn(BusinessDay) -> Result<Timestamp, DateError>,
) -> Result<Timestamp, String> {
    let read = match BusinessDay::parse(text) {
        Ok(day) => of_day(day),
        Err(_) => Timestamp::parse(text),
    };
    read.map_err(|_| {
        "write a moment such as 2026-03-31T16:00:00Z, or a day such as 2026-03-31 / 请写时点或日期"
            .to_owned()
    })
}

fn begins(day: BusinessDay) -> Result<Timestamp, DateError> {
    Timestamp::parse(&format!("{day}T00:00:00+08:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_meant_whole_in_shanghai() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        assert_eq!(from("2026-04-01"), Ok(at("2026-03-31T16:00:00.000Z")));
        assert_eq!(until("2026-04-01"), Ok(at("2026-04-01T15:59:59.999Z")));
        let instant = "2026-04-01T03:00:00.000Z";
        assert_eq!(
            (from(instant), until(instant)),
            (Ok(at(instant)), Ok(at(instant)))
        );
        assert!(until("yesterday").unwrap_err().contains("write a moment"));
    }
}
