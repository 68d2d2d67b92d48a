//! SHA-256 digests, the only hash of the network.
//!
//! What is hashed is always a canonical form or bytes exactly as received. Deliberately absent:
//! keyed hashing and a choice of algorithm; a second algorithm would be a second type.

use std::fmt;
use std::str::FromStr;

use ring::digest::{Context, SHA256, digest};

/// A SHA-256 digest; its text is 64 hex digits in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// Hashes one run of bytes.
///
/// ```
/// let digest = huitong_core::digest::sha256(b"abc");
/// assert!(digest.to_string().starts_with("ba7816bf"));
/// ```
#[must_use]
pub fn sha256(bytes: &[u8]) -> Digest {
    read(&digest(&SHA256, bytes))
}

/// Hashes several runs of bytes as one, without joining them in memory.
///
/// Boundaries are not hashed: use it only where they are fixed or are in the bytes themselves.
#[must_use]
pub fn sha256_parts(parts: &[&[u8]]) -> Digest {
    let mut hash = Context::new(&SHA256);
    for part in parts {
        hash.update(part);
    }
    read(&hash.finish())
}

/// SHA-256 has 32 bytes.
fn read(found: &ring::digest::Digest) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(found.as_ref());
    Digest(bytes)
}

impl Digest {
    /// A digest computed elsewhere.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hex digits in lower case.
    ///
    /// # Errors
    /// Another length, upper case or another character.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        if text.len() != 64 {
            return Err(DigestError);
        }
        let mut bytes = [0; 32];
        let (pairs, _) = text.as_bytes().as_chunks::<2>();
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = (nibble(*high)? << 4) | nibble(*low)?;
        }
        Ok(Self(bytes))
    }
}

fn nibble(character: u8) -> Result<u8, DigestError> {
    match character {
        b'0'..=b'9' => Ok(character.wrapping_sub(b'0')),
        b'a'..=b'f' => Ok(character.wrapping_sub(b'a').wrapping_add(10)),
        _ => Err(DigestError),
    }
}

crate::canonical_as!(Digest as [u8; 32], |digest| digest.0, |bytes| {
    Ok::<_, DigestError>(Digest(bytes))
});

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Text that is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 hex digits in lower case")]
pub struct DigestError;

impl DigestError {
    /// The same in Chinese.
    #[must_use]
    pub const fn chinese(&self) -> &'static str {
        "摘要为 64 位小写十六进制数字"
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::testing::golden;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_published_digest_of_abc() {
        let digest = sha256(b"abc");
        assert_eq!(digest.to_string(), ABC);
        assert_eq!(sha256_parts(&[b"a", b"", b"bc"]), digest);
        assert_eq!(format!("{digest:?}"), format!("Digest({ABC})"));
        golden(&digest, ABC);
    }

    #[test]
    fn one_spelling_only() {
        for bad in [
            "",
            &ABC[1..],
            &ABC.to_uppercase(),
            &ABC.replace('b', "g"),
            &format!("{ABC}0"),
        ] {
            assert_eq!(Digest::parse(bad), Err(DigestError), "{bad}");
        }
    }

    proptest! {
        /// The text of a digest reads back as the digest.
        #[test]
        fn text_and_value_agree(bytes in any::<[u8; 32]>()) {
            let digest = Digest::from_bytes(bytes);
            prop_assert_eq!(digest.to_string().parse(), Ok(digest));
        }
    }
}
