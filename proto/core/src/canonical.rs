//! The one byte form of whatever is hashed, signed or journaled.
//!
//! A value has exactly one encoding, and only that encoding decodes: integers are big-endian and of
//! fixed width; text, bytes and lists carry a `u32` count before them; an option is a byte 0 or 1,
//! then the value; a flag is strictly 0 or 1; a decimal is its mantissa without trailing zeros and
//! its scale; maps and sets ascend strictly; an enum is an explicit tag byte, then its fields. So
//! "decode, then encode" gives the same bytes, and two parties that agree on a value agree on its
//! digest.
//!
//! What stands alone in a journal, under a signature or on the wire is an [`Artifact`]: four letters
//! that name its kind, a version, then the body. A change of a body's shape is a new version.
//!
//! Deliberately absent: self-description, optional fields, defaults, and skipping of what is
//! unknown. A reader that does not know a byte refuses it.

mod decoder;
mod encoder;
mod impls;
mod macros;
#[cfg(test)]
pub(crate) mod testing;

pub use decoder::Decoder;
pub use encoder::Encoder;

use crate::digest::Digest;

/// A value with one byte form.
///
/// Laws, which the tests of every implementation check: decoding what was encoded gives the value
/// back, and bytes that decode at all are the bytes that encoding gives. Implement it with
/// [`canonical_struct!`](crate::canonical_struct), [`canonical_enum!`](crate::canonical_enum),
/// [`canonical_text!`](crate::canonical_text) or [`canonical_as!`](crate::canonical_as).
pub trait Canonical: Sized {
    /// Appends the bytes of this value.
    fn encode(&self, out: &mut Encoder);

    /// Reads one value from the front of the input.
    ///
    /// # Errors
    /// Any byte that encoding would not have written.
    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError>;

    /// Appends the values of a list without its count; one copy for bytes.
    #[doc(hidden)]
    fn encode_all(values: &[Self], out: &mut Encoder) {
        for value in values {
            value.encode(out);
        }
    }

    /// Reads `count` values; the count has been checked against the bytes that are left.
    #[doc(hidden)]
    fn decode_all(count: usize, input: &mut Decoder<'_>) -> Result<Vec<Self>, CanonicalError> {
        // A hostile count must not reserve more than the input could fill.
        let fits = input
            .remaining()
            .checked_div(size_of::<Self>())
            .unwrap_or(count);
        let mut values = Vec::with_capacity(count.min(fits));
        for _ in 0..count {
            values.push(Self::decode(input)?);
        }
        Ok(values)
    }
}

/// Room that is made for an artifact and for a value at first: what is usual is written without moving.
const ARTIFACT_BYTES: usize = 2_048;
const VALUE_BYTES: usize = 128;

/// A canonical value that stands alone, with its kind and version before its body.
pub trait Artifact: Canonical {
    /// Four letters that no other artifact uses.
    const KIND: [u8; 4];
    /// The newest version of the body's shape, from 1.
    const VERSION: u16;
    /// The oldest that is still read. Where that is another one, the body says for itself which it is, and
    /// [`Artifact::version`] tells it.
    const OLDEST: u16 = Self::VERSION;

    /// The version of this value's shape.
    #[must_use]
    fn version(&self) -> u16 {
        Self::VERSION
    }

    /// Kind, version and body.
    #[must_use]
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Encoder::with_capacity(ARTIFACT_BYTES);
        self.append_to(&mut out);
        out.into_bytes()
    }

    /// Appends kind, version and body.
    fn append_to(&self, out: &mut Encoder) {
        out.raw(&Self::KIND);
        self.version().encode(out);
        self.encode(out);
    }

    /// Reads an artifact that fills `bytes` to the end.
    ///
    /// # Errors
    /// Another kind, another version, bytes that are not canonical, or bytes left over.
    fn from_bytes(bytes: &[u8]) -> Result<Self, CanonicalError> {
        let mut input = Decoder::new(bytes);
        let version = Self::head(&mut input)?;
        let value = Self::decode(&mut input)?;
        input.finish()?;
        // A shape has one version: under another one the same value would have two forms.
        if version != value.version() {
            let its = value.version();
            let reason = format_args!("its body is of version {its}, not of {version}");
            return Err(CanonicalError::invalid("version", reason));
        }
        Ok(value)
    }

    /// Reads kind and version, up to the body, and gives the version.
    ///
    /// # Errors
    /// Another kind, another version, or bytes that end before.
    fn head(input: &mut Decoder<'_>) -> Result<u16, CanonicalError> {
        let kind = input.array()?;
        if kind != Self::KIND {
            return Err(CanonicalError::WrongKind {
                expected: Self::KIND,
                found: kind,
            });
        }
        let version = u16::decode(input)?;
        if !(Self::OLDEST..=Self::VERSION).contains(&version) {
            return Err(CanonicalError::WrongVersion {
                kind: Self::KIND,
                expected: Self::VERSION,
                found: version,
            });
        }
        Ok(version)
    }

    /// SHA-256 of [`Artifact::to_bytes`].
    #[must_use]
    fn digest(&self) -> Digest {
        crate::digest::sha256(&self.to_bytes())
    }
}

/// The bytes of a value without kind and version, for use inside a larger form.
///
/// ```
/// use huitong_core::canonical::{decode_exact, encode_to_vec};
/// let bytes = encode_to_vec(&7_u16);
/// assert_eq!(bytes, [0, 7]);
/// assert_eq!(decode_exact::<u16>(&bytes), Ok(7));
/// ```
#[must_use]
pub fn encode_to_vec<T: Canonical>(value: &T) -> Vec<u8> {
    let mut out = Encoder::with_capacity(VALUE_BYTES);
    value.encode(&mut out);
    out.into_bytes()
}

/// Reads a value that fills `bytes` to the end.
///
/// # Errors
/// Bytes that are not canonical, or bytes left over.
pub fn decode_exact<T: Canonical>(bytes: &[u8]) -> Result<T, CanonicalError> {
    let mut input = Decoder::new(bytes);
    let value = T::decode(&mut input)?;
    input.finish()?;
    Ok(value)
}

/// Why bytes are not the canonical form of the value asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// The input ends inside a value.
    #[error("the bytes end early: {needed} more were needed and {left} are left")]
    UnexpectedEnd {
        /// Bytes that the value needed.
        needed: usize,
        /// Bytes that were left.
        left: usize,
    },
    /// The value ended before the input did.
    #[error("{left} bytes are left over after the value")]
    TrailingBytes {
        /// Bytes left over.
        left: usize,
    },
    /// A count that the rest of the input cannot hold.
    #[error("a count of {count} is more than the {left} bytes that are left can hold")]
    CountBeyondInput {
        /// The count as written.
        count: u32,
        /// Bytes that were left.
        left: usize,
    },
    /// A flag or an option byte other than 0 and 1.
    #[error("a flag byte is 0 or 1, not {byte}")]
    BadFlag {
        /// The byte found.
        byte: u8,
    },
    /// An enum tag that this version does not know.
    #[error("{type_name} has no variant with tag {tag}")]
    UnknownTag {
        /// The enum.
        type_name: &'static str,
        /// The tag found.
        tag: u8,
    },
    /// Text that is not UTF-8.
    #[error("text is not UTF-8")]
    NotUtf8,
    /// Keys of a map or members of a set that do not ascend strictly.
    #[error("the keys of a map or set do not ascend strictly")]
    NotAscending,
    /// A decimal with trailing zeros, or outside 96 bits and 28 places.
    #[error("a decimal is not in its shortest form, or is out of range")]
    DecimalForm,
    /// A value that its own constructor refuses.
    #[error("not a valid {type_name}: {reason}")]
    Invalid {
        /// The type asked for.
        type_name: &'static str,
        /// What its constructor says. Constructors of personal values do not repeat the value.
        reason: String,
    },
    /// An artifact of another kind.
    #[error("expected an artifact of kind {}, found {}", kind_text(*expected), kind_text(*found))]
    WrongKind {
        /// The kind asked for.
        expected: [u8; 4],
        /// The kind found.
        found: [u8; 4],
    },
    /// An artifact of a version that this program does not read.
    #[error("{} has version {found}; this program reads version {expected}", kind_text(*kind))]
    WrongVersion {
        /// The kind, as asked for.
        kind: [u8; 4],
        /// The version this program reads.
        expected: u16,
        /// The version found.
        found: u16,
    },
}

impl CanonicalError {
    /// The refusal of a value by its constructor, in the constructor's words.
    #[must_use]
    pub fn invalid(type_name: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Invalid {
            type_name,
            reason: reason.to_string(),
        }
    }
}

fn kind_text(kind: [u8; 4]) -> String {
    kind.escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Sample {
        count: u16,
        name: String,
    }
    crate::canonical_struct!(Sample { count, name });
    impl Artifact for Sample {
        const KIND: [u8; 4] = *b"SMPL";
        const VERSION: u16 = 3;
    }

    fn sample() -> Sample {
        Sample {
            count: 258,
            name: "沪".to_owned(),
        }
    }

    #[test]
    fn an_artifact_is_its_kind_its_version_and_its_body() {
        let bytes = sample().to_bytes();
        assert_eq!(bytes, b"SMPL\x00\x03\x01\x02\x00\x00\x00\x03\xe6\xb2\xaa");
        assert_eq!(Sample::from_bytes(&bytes), Ok(sample()));
        assert_eq!(sample().digest(), crate::digest::sha256(&bytes));
    }

    #[test]
    fn another_kind_another_version_and_left_over_bytes_are_told_apart() {
        let mut other_kind = sample().to_bytes();
        other_kind[0] = b'X';
        assert_eq!(
            Sample::from_bytes(&other_kind).unwrap_err().to_string(),
            "expected an artifact of kind SMPL, found XMPL"
        );
        let mut other_version = sample().to_bytes();
        other_version[5] = 4;
        assert_eq!(
            Sample::from_bytes(&other_version).unwrap_err().to_string(),
            "SMPL has version 4; this program reads version 3"
        );
        let mut longer = sample().to_bytes();
        longer.push(0);
        assert_eq!(
            Sample::from_bytes(&longer),
            Err(CanonicalError::TrailingBytes { left: 1 })
        );
        assert_eq!(
            Sample::from_bytes(b"SMP"),
            Err(CanonicalError::UnexpectedEnd { needed: 4, left: 3 })
        );
    }
}
