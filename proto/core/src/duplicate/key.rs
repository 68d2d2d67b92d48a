//! The key that regions share and the clearinghouse never has, and its fingerprint.
//!
//! HMAC-SHA256 after RFC 2104. The key's text is one line, so that it travels on paper or on a card.

use std::fmt;

use crate::digest::{Digest, sha256_parts};
use crate::redacted::Redacted;

/// What a key's text begins with.
const PREFIX: &str = "huitong-duplicates-key-1:";
/// The block of SHA-256.
const BLOCK: usize = 64;
/// What the fingerprint is taken of.
const FINGERPRINT: &[u8] = b"HTDK\x00\x01";

/// A key of 32 bytes. It prints a mask.
#[derive(Debug, Clone)]
pub struct TagKey(Redacted<[u8; 32]>);

/// The fingerprint of a key (密钥指纹): what regions compare, so that two with different keys are told and do not
/// merely never match. Its text is 16 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

/// Why a text is no key. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key is one line, huitong-duplicates-key-1: and 64 hex digits in lower case / 密钥应为一行：huitong-duplicates-key-1: 加 64 位小写十六进制数"
)]
pub struct TagKeyError;

impl TagKey {
    /// A key of random bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Redacted::new(bytes))
    }

    /// Reads the text of a key; blanks around it do not matter.
    ///
    /// # Errors
    /// [`TagKeyError`].
    pub fn parse(text: &str) -> Result<Self, TagKeyError> {
        let digits = text.trim().strip_prefix(PREFIX).ok_or(TagKeyError)?;
        let bytes = Digest::parse(digits).map_err(|_| TagKeyError)?;
        Ok(Self::from_bytes(*bytes.as_bytes()))
    }

    /// The text of the key: for the file that regions pass to each other, and for nothing else.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}\n", Digest::from_bytes(*self.0.expose()))
    }

    /// Its fingerprint.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let (first, _) = first_of(&self.hmac(FINGERPRINT));
        KeyId(first)
    }

    /// HMAC-SHA256 of a message.
    pub(super) fn hmac(&self, message: &[u8]) -> Digest {
        hmac_sha256(self.0.expose(), message)
    }
}

/// The first `N` bytes of a digest, and the rest of it.
pub(super) fn first_of<const N: usize>(digest: &Digest) -> ([u8; N], &[u8]) {
    let all = digest.as_bytes().split_first_chunk::<N>();
    all.map_or(([0; N], &[]), |(first, rest)| (*first, rest))
}

/// HMAC-SHA256 under a key of at most a block.
fn hmac_sha256(key: &[u8], message: &[u8]) -> Digest {
    let padded = |pad: u8| {
        let mut block = [pad; BLOCK];
        for (byte, of_key) in block.iter_mut().zip(key) {
            *byte ^= of_key;
        }
        block
    };
    let inner = sha256_parts(&[&padded(0x36), message]);
    sha256_parts(&[&padded(0x5c), inner.as_bytes()])
}

impl KeyId {
    /// A fingerprint as it was sent.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Its 8 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

crate::canonical_as!(KeyId as [u8; 8], |id| id.0, |bytes| {
    Ok::<_, std::convert::Infallible>(KeyId(bytes))
});

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test cases 1, 2 and 3.
    #[test]
    fn hmac_is_that_of_the_rfc() {
        let cases: [(&[u8], &[u8], &str); 3] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 20],
                &[0xdd; 50],
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            ),
        ];
        for (key, message, expected) in cases {
            assert_eq!(hmac_sha256(key, message).to_string(), expected);
        }
    }

    #[test]
    fn a_key_reads_back_prints_a_mask_and_is_known_by_its_fingerprint() {
        let key = TagKey::from_bytes([7; 32]);
        let text = key.expose();
        let again = TagKey::parse(&text).unwrap();
        assert_eq!(again.id(), key.id());
        assert_eq!(key.id().to_string(), "a76a3e8aac9eca0a");
        assert_eq!(format!("{key:?}"), "TagKey(***)");
        assert_ne!(TagKey::from_bytes([8; 32]).id(), key.id());
        for bad in ["", "07", &text.to_uppercase(), &text.replace("07", "7")] {
            assert!(TagKey::parse(bad).is_err(), "{bad}");
        }
    }
}
