//! The stretch of a total as text: `year:2023`, `quarter:2023-2`, `month:2023-05`, `life`.

use huitong_core::totals::Stretch;

/// The text of a stretch.
#[must_use]
pub fn stretch_text(stretch: &Stretch) -> String {
    match stretch {
        Stretch::Visit(number) => format!("visit:{number}"),
        Stretch::Episode(number) => format!("episode:{number}"),
        Stretch::Month(year, month) => format!("month:{year:04}-{month:02}"),
        Stretch::Quarter(year, quarter) => format!("quarter:{year:04}-{quarter}"),
        Stretch::Year(year) => format!("year:{year:04}"),
        Stretch::Life => "life".to_owned(),
    }
}

/// What is said of a text that is no stretch whose total can be set.
const EXPECTED: &str = "is year:2023, quarter:2023-2, month:2023-05 or life";

/// Reads a stretch whose total can be set: one that outlives a visit.
///
/// # Errors
/// What would be right.
pub fn stretch_from_text(text: &str) -> Result<Stretch, &'static str> {
    if text == "life" {
        return Ok(Stretch::Life);
    }
    let (kind, rest) = text.split_once(':').ok_or(EXPECTED)?;
    let stretch = match (kind, rest.split_once('-')) {
        ("year", None) => number(rest, 4).map(Stretch::Year),
        ("quarter", Some((year, quarter))) => {
            let quarter = number(quarter, 1).filter(|quarter| (1..=4).contains(quarter));
            number(year, 4)
                .zip(quarter.and_then(narrow))
                .map(|(year, quarter)| Stretch::Quarter(year, quarter))
        }
        ("month", Some((year, month))) => {
            let month = number(month, 2).filter(|month| (1..=12).contains(month));
            number(year, 4)
                .zip(month.and_then(narrow))
                .map(|(year, month)| Stretch::Month(year, month))
        }
        (_, _) => None,
    };
    stretch.ok_or(EXPECTED)
}

fn narrow(number: u16) -> Option<u8> {
    u8::try_from(number).ok()
}

fn number(text: &str, width: usize) -> Option<u16> {
    let shaped = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    if shaped { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_that_can_be_set_read_back_and_others_are_refused() {
        for text in ["year:2023", "quarter:2023-2", "month:2023-05", "life"] {
            let read = stretch_from_text(text).unwrap();
            assert_eq!(stretch_text(&read), text);
        }
        for bad in [
            "visit:V1",
            "episode:V1",
            "year:23",
            "quarter:2023-5",
            "month:2023-13",
            "month:2023-5",
            "",
        ] {
            assert_eq!(stretch_from_text(bad), Err(EXPECTED), "{bad}");
        }
    }
}
