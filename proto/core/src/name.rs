//! Short names that regions choose: layers, totals, tiers, categories, tags, packages, indexes.
//!
//! A name is `[a-z][a-z0-9_]{0,30}`. It lives inline and is `Copy`, because adjudication compares and
//! repeats names in every trace. It carries no meaning of its own: what a name stands for is declared in
//! the document that uses it.

use std::fmt;
use std::str::FromStr;

use crate::canonical_text;

const LONGEST: usize = 31;

/// A region's own name for something: lower-case letters, digits and `_`, beginning with a letter, at
/// most 31 characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name {
    bytes: [u8; LONGEST],
    length: u8,
}

/// A text that is no [`Name`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no name: use a lower-case letter, then up to 30 lower-case letters, digits or _"
)]
pub struct NameError(pub String);

impl Name {
    /// `any`: stands in for a name that nobody asks for.
    pub const ANY: Self = Self {
        bytes: [
            b'a', b'n', b'y', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0,
        ],
        length: 3,
    };

    /// Reads a name.
    ///
    /// # Errors
    /// [`NameError`] when the text does not have the shape of a name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let wrong = || NameError(text.chars().take(64).collect());
        let shaped = text.bytes().enumerate().all(|(at, byte)| match byte {
            b'a'..=b'z' => true,
            b'0'..=b'9' | b'_' => at > 0,
            _ => false,
        });
        if !shaped || text.is_empty() || text.len() > LONGEST {
            return Err(wrong());
        }
        let mut bytes = [0; LONGEST];
        for (slot, byte) in bytes.iter_mut().zip(text.bytes()) {
            *slot = byte;
        }
        let length = u8::try_from(text.len()).map_err(|_| wrong())?;
        Ok(Self { bytes, length })
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let used = self
            .bytes
            .get(..usize::from(self.length))
            .unwrap_or_default();
        std::str::from_utf8(used).unwrap_or_default()
    }
}

impl FromStr for Name {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

canonical_text!(Name);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_text_and_refuses_other_shapes() {
        assert_eq!(Name::parse("pool_70").unwrap().to_string(), "pool_70");
        for wrong in [
            "",
            "7th",
            "Pool",
            "a-b",
            "a.b",
            "名",
            "a2345678901234567890123456789012",
        ] {
            assert!(Name::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_sort_as_their_texts() {
        let mut names = ["b", "a_2", "a1", "a"].map(|text| Name::parse(text).unwrap());
        names.sort();
        assert_eq!(names.map(|name| name.to_string()), ["a", "a1", "a_2", "b"]);
    }
}
