//! Sealing bytes under a key: AES-256-GCM, which authenticates what stands beside them.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// A person's key. It is never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl Secret {
    pub(super) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn key(&self) -> Option<LessSafeKey> {
        let key = UnboundKey::new(&AES_256_GCM, &self.0);
        key.ok().map(LessSafeKey::new)
    }

    /// Seals bytes; a nonce must never be used twice with one key. `None` for bytes past the cipher's limit of 64 GiB.
    #[must_use]
    pub fn seal(&self, nonce: [u8; 12], beside: &[u8], mut bytes: Vec<u8>) -> Option<Vec<u8>> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let aad = Aad::from(beside);
        let sealed = self.key()?.seal_in_place_append_tag(nonce, aad, &mut bytes);
        sealed.ok().map(|()| bytes)
    }

    /// Opens bytes; `None` when they, or what stands beside them, are not what was sealed.
    #[must_use]
    pub fn open(&self, nonce: [u8; 12], beside: &[u8], mut bytes: Vec<u8>) -> Option<Vec<u8>> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let aad = Aad::from(beside);
        let plain = self.key()?.open_in_place(nonce, aad, &mut bytes).ok()?;
        let len = plain.len();
        bytes.truncate(len);
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_and_nothing_else_does() {
        let (key, other) = (Secret::new([1; 32]), Secret::new([2; 32]));
        let sealed = key.seal([3; 12], b"clear", b"person".to_vec()).unwrap();
        assert_eq!(sealed.len(), 6 + 16);
        let open = |key: Secret, nonce, beside: &[u8]| key.open(nonce, beside, sealed.clone());
        assert_eq!(open(key, [3; 12], b"clear").unwrap(), b"person");
        assert_eq!(open(other, [3; 12], b"clear"), None);
        assert_eq!(open(key, [4; 12], b"clear"), None);
        assert_eq!(open(key, [3; 12], b"clean"), None);
        assert_eq!(format!("{key:?}"), "Secret(***)");
    }
}
