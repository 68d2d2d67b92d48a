//! Personal values that cannot be printed by accident.
//!
//! `Debug` and `Display` write a mask, so that no log, error or assertion shows the value. The
//! value is reached only through [`Redacted::expose`], which a reviewer can search for.
//! Deliberately absent: encryption and wiping of memory.

use std::fmt;

use crate::canonical::{Canonical, CanonicalError, Decoder, Encoder};

const MASK: &str = "***";

/// A personal value behind a mask.
///
/// ```
/// use huitong_core::redacted::Redacted;
/// let name = Redacted::new("王小明");
/// assert_eq!(format!("{name} {name:?}"), "*** ***");
/// assert_eq!(*name.expose(), "王小明");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Redacted<T>(T);

impl<T> Redacted<T> {
    /// Puts a value behind the mask.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself: only for storage, comparison, and people who may see it.
    #[must_use]
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Takes the value from behind the mask.
    #[must_use]
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl<T> fmt::Display for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// The bytes of the value: the mask is for people, not for the journal.
impl<T: Canonical> Canonical for Redacted<T> {
    fn encode(&self, out: &mut Encoder) {
        self.0.encode(out);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        T::decode(input).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden;

    #[test]
    fn the_mask_hides_every_way_of_printing() {
        let secret = Redacted::new(String::from("11010519491231002X"));
        for text in [
            format!("{secret}"),
            format!("{secret:?}"),
            format!("{secret:#?}"),
            format!("{:?}", Some(&secret)),
        ] {
            assert!(!text.contains("1101"), "{text}");
            assert!(text.contains(MASK), "{text}");
        }
    }

    #[test]
    fn the_journal_gets_the_value() {
        golden(&Redacted::new(7_u16), "0007");
    }
}
