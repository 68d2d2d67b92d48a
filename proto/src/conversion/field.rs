//! Reading one field: its path, and what can be wrong with it.

use std::fmt;

use huitong_core::digest::Digest;
use huitong_core::money::{Fen, SignedFen};

/// Where a field stands in a message: `claim.lines[3].parts`.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

impl<'a> Path<'a> {
    /// The path of a message itself.
    #[must_use]
    pub const fn root(name: &'a str) -> Self {
        Self {
            parent: None,
            step: Step::Field(name),
        }
    }

    /// The path of a field of it.
    #[must_use]
    pub const fn field(&'a self, name: &'a str) -> Self {
        Self {
            parent: Some(self),
            step: Step::Field(name),
        }
    }

    /// The path of an item of it.
    #[must_use]
    pub const fn item(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            step: Step::Item(index),
        }
    }

    /// The fault that this field is missing.
    #[must_use]
    pub fn missing(&self) -> WireFault {
        WireFault {
            path: self.to_string(),
            reason: "is required".to_owned(),
        }
    }

    /// A fault of this field.
    #[must_use]
    pub fn wrong(&self, reason: impl fmt::Display) -> WireFault {
        WireFault {
            path: self.to_string(),
            reason: reason.to_string(),
        }
    }

    /// The value of a required message field.
    ///
    /// # Errors
    /// [`WireFault`] when it is missing.
    pub fn required<T>(&self, value: Option<T>) -> Result<T, WireFault> {
        value.ok_or_else(|| self.missing())
    }

    /// An amount of zero or above.
    ///
    /// # Errors
    /// [`WireFault`] when it is out of range.
    pub fn fen(&self, fen: i64) -> Result<Fen, WireFault> {
        Fen::new(fen).map_err(|fault| self.wrong(fault))
    }

    /// An amount of either sign.
    ///
    /// # Errors
    /// [`WireFault`] when it is out of range.
    pub fn signed_fen(&self, fen: i64) -> Result<SignedFen, WireFault> {
        SignedFen::new(fen).map_err(|fault| self.wrong(fault))
    }

    /// A digest of 32 bytes.
    ///
    /// # Errors
    /// [`WireFault`] for any other length.
    pub fn digest(&self, bytes: &[u8]) -> Result<Digest, WireFault> {
        let bytes = <[u8; 32]>::try_from(bytes)
            .map_err(|_| self.wrong("is a SHA-256 digest of 32 bytes"))?;
        Ok(Digest::from_bytes(bytes))
    }

    /// A checked text.
    ///
    /// # Errors
    /// [`WireFault`] when the text is empty or refused.
    pub fn parse<T, E: fmt::Display>(
        &self,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, WireFault> {
        if text.is_empty() {
            return Err(self.missing());
        }
        parse(text).map_err(|fault| self.wrong(fault))
    }

    /// A checked text that may be empty, which says nothing.
    ///
    /// # Errors
    /// [`WireFault`] when the text is refused.
    pub fn optional<T, E: fmt::Display>(
        &self,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, WireFault> {
        if text.is_empty() {
            return Ok(None);
        }
        self.parse(text, parse).map(Some)
    }

    /// A number of a smaller type.
    ///
    /// # Errors
    /// [`WireFault`] when it does not fit.
    pub fn narrow<T: TryFrom<u32>>(&self, number: u32) -> Result<T, WireFault> {
        T::try_from(number).map_err(|_| self.wrong("is out of range"))
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Field(name) if self.parent.is_some() => write!(f, ".{name}"),
            Step::Field(name) => f.write_str(name),
            Step::Item(index) => write!(f, "[{index}]"),
        }
    }
}

/// One field that is not what its message promises. The reason never repeats personal values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct WireFault {
    /// Path of the field.
    pub path: String,
    /// What is wrong.
    pub reason: String,
}

/// Maps a closed core enum onto its wire enum, both ways; 0 and unknown numbers are refused.
macro_rules! wire_enum {
    ($to:ident, $from:ident, $core:ty, $wire:ty { $($variant:ident),+ $(,)? }) => {
        #[doc = concat!("The wire form of [`", stringify!($core), "`].")]
        #[must_use]
        pub fn $to(value: $core) -> i32 {
            let wire = match value { $(<$core>::$variant => <$wire>::$variant),+ };
            wire.into()
        }

        #[doc = concat!("Reads a [`", stringify!($core), "`].")]
        ///
        /// # Errors
        /// [`WireFault`](crate::conversion::WireFault) for 0 or an unknown number.
        pub fn $from(
            number: i32,
            path: crate::conversion::Path<'_>,
        ) -> Result<$core, crate::conversion::WireFault> {
            match <$wire>::try_from(number) {
                $(Ok(<$wire>::$variant) => Ok(<$core>::$variant),)+
                Ok(<$wire>::Unspecified) => Err(path.missing()),
                Err(_) => Err(path.wrong(format_args!("{number} is no value of this version"))),
            }
        }
    };
}
pub(crate) use wire_enum;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_the_message_is_written() {
        let root = Path::root("claim");
        let lines = root.field("lines");
        let line = lines.item(3);
        assert_eq!(
            line.field("parts").missing().to_string(),
            "claim.lines[3].parts: is required"
        );
    }
}
