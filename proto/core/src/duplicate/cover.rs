//! What two regions tell each other of a person whom both insure: days, schemes and what was decided.

use std::fmt;

use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::date::{BusinessDay, DateInterval};
use crate::redacted::Redacted;
use crate::vocabulary::{DuplicateReason, Scheme};

/// One stretch of cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoverDays {
    /// The scheme.
    pub scheme: Scheme,
    /// The days.
    pub days: DateInterval,
}

canonical_struct!(CoverDays { scheme, days });

/// What a region's officers said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldResolution {
    /// What.
    pub reason: DuplicateReason,
    /// On which day.
    pub on: BusinessDay,
}

canonical_struct!(ToldResolution { reason, on });

/// Stretches of cover that are told of one person, at most; a word with more is none.
pub const STRETCHES_AT_MOST: usize = 32;

/// A region's word on one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldCover {
    /// Cover that has not ended, ascending; none when it has.
    pub cover: Vec<CoverDays>,
    /// What its officers said, if anything.
    pub resolution: Option<ToldResolution>,
}

canonical_struct!(ToldCover { cover, resolution });

impl Artifact for ToldCover {
    const KIND: [u8; 4] = *b"TDCV";
    const VERSION: u16 = 1;
}

/// The first days that are covered by both.
#[must_use]
pub fn overlap(here: &[CoverDays], there: &[CoverDays]) -> Option<DateInterval> {
    let pairs = here
        .iter()
        .flat_map(|one| there.iter().map(move |other| (one.days, other.days)));
    let common = pairs.filter_map(|(one, other)| {
        let from = one.from().max(other.from());
        let until = match (one.until(), other.until()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        DateInterval::new(from, until).ok()
    });
    common.min()
}

/// What a bureau notes beside its decision: 1 to 200 characters in one line. It prints a mask, since it may name
/// somebody, and it stays in its region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolutionNote(Redacted<String>);

/// Why a text is no note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a note is one line of 1 to 200 characters / 备注应为一行，1 至 200 字")]
pub struct NoteError;

impl ResolutionNote {
    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let fits = (1..=200).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(Redacted::new(text.to_owned())))
        } else {
            Err(NoteError)
        }
    }

    /// The note itself, for the officers of its region.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    fn as_str(&self) -> &str {
        self.expose()
    }
}

crate::canonical_text!(ResolutionNote);

impl fmt::Display for ResolutionNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden;

    fn cover(from: &str, until: Option<&str>) -> CoverDays {
        let until = until.map(|day| day.parse().unwrap());
        CoverDays {
            scheme: Scheme::Resident,
            days: DateInterval::new(from.parse().unwrap(), until).unwrap(),
        }
    }

    #[test]
    fn golden_bytes_of_what_is_told() {
        let told = ToldCover {
            cover: vec![cover("2026-01-01", Some("2026-12-31"))],
            resolution: Some(ToldResolution {
                reason: DuplicateReason::KeptHere,
                on: "2026-03-02".parse().unwrap(),
            }),
        };
        golden(&told, "000000010207ea01010107ea0c1f010107ea0302");
        golden(
            &ResolutionNote::parse("学籍地").unwrap(),
            "00000009e5ada6e7b18de59cb0",
        );
    }

    #[test]
    fn cover_that_follows_upon_the_other_does_not_overlap() {
        let year = cover("2026-01-01", Some("2026-12-31"));
        let cases = [
            (cover("2027-01-01", None), None),
            (cover("2026-12-31", None), Some("2026-12-31/2026-12-31")),
            (cover("2026-07-01", None), Some("2026-07-01/2026-12-31")),
            (cover("2025-01-01", Some("2025-12-31")), None),
        ];
        for (there, expected) in cases {
            let found = overlap(&[year], &[there]).map(|days| days.to_string());
            assert_eq!(found.as_deref(), expected, "{there:?}");
        }
        let open = [cover("2026-01-01", None)];
        let there = [
            cover("2028-01-01", None),
            cover("2026-03-01", Some("2026-03-31")),
        ];
        let found = overlap(&open, &there).unwrap();
        assert_eq!(
            found.to_string(),
            "2026-03-01/2026-03-31",
            "the first of them"
        );
    }

    #[test]
    fn a_note_is_one_bounded_line_and_prints_a_mask() {
        assert_eq!(
            ResolutionNote::parse("两地均合法").unwrap().to_string(),
            "***"
        );
        for bad in ["", "a\nb", &"长".repeat(201)] {
            assert_eq!(ResolutionNote::parse(bad), Err(NoteError));
        }
        assert!(ResolutionNote::parse(&"长".repeat(200)).is_ok());
    }
}
