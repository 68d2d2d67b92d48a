//! The two halves of a signing key.
//!
//! The private half is read from PKCS#8 PEM and never printed. Reading does not insist on
//! the file's mode, since secrets mounted by an orchestrator come with their own; writing
//! does (see [`crate::directory`]).

use std::fmt;
use std::path::Path;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

use super::{Algorithm, KeyId, Signature, SignatureError};

/// What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410).
const ED25519_SPKI_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// The private half of a signing key.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    verifying: VerifyingKey,
}

/// Why a signing key cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read.
    #[error("signing key {path}: {source} / 签名密钥文件{path}无法读取")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The content is no Ed25519 key in PKCS#8 PEM.
    #[error(
        "signing key {path}: not an Ed25519 private key in PKCS#8 PEM ({reason}); make one with `huitong certs issue` / 签名密钥{path}不是PKCS#8 PEM格式的Ed25519私钥，请用 huitong certs issue 生成"
    )]
    NotEd25519 {
        /// The file, or "memory".
        path: String,
        /// What the parser said.
        reason: String,
    },
}

impl SigningKey {
    /// Reads a key from a PKCS#8 PEM file.
    ///
    /// # Errors
    /// [`KeyFileError`] names the file and what is wrong with it.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        let name = path.display().to_string();
        match std::fs::read(path) {
            Ok(pem) => Self::parse(&pem, &name),
            Err(source) => Err(KeyFileError::Unreadable { path: name, source }),
        }
    }

    /// Reads a key from PKCS#8 PEM.
    ///
    /// # Errors
    /// [`KeyFileError::NotEd25519`] when it is anything else.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyFileError> {
        Self::parse(pem, "memory")
    }

    fn parse(pem: &[u8], path: &str) -> Result<Self, KeyFileError> {
        let refused = |reason: String| KeyFileError::NotEd25519 {
            path: path.to_owned(),
            reason,
        };
        let der =
            PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|error| refused(error.to_string()))?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der())
            .map_err(|error| refused(error.to_string()))?;
        Self::from_pair(pair).map_err(|error| refused(error.to_string()))
    }

    fn from_pair(pair: Ed25519KeyPair) -> Result<Self, SignatureError> {
        let verifying = VerifyingKey::from_bytes(pair.public_key().as_ref())?;
        Ok(Self { pair, verifying })
    }

    /// Signs `message`.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature {
            algorithm: Algorithm::Ed25519,
            key_id: self.verifying.key_id,
            bytes: self.pair.sign(message).as_ref().to_vec(),
        }
    }

    /// The half that others check with.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifying.key_id)
    }
}

/// The public half of a signing key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    key_id: KeyId,
    public: [u8; 32],
}

impl VerifyingKey {
    /// An Ed25519 key from its 32 bytes.
    ///
    /// Nothing says whose key it is: see [`super::CertifiedKey`].
    ///
    /// # Errors
    /// [`SignatureError::WrongLength`] unless there are 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        let public = <[u8; 32]>::try_from(bytes).map_err(|_| SignatureError::WrongLength {
            expected: 32,
            found: bytes.len(),
        })?;
        let spki: Vec<u8> = ED25519_SPKI_PREFIX.into_iter().chain(public).collect();
        Ok(Self {
            key_id: KeyId::of_spki(&spki),
            public,
        })
    }

    /// Which key this is.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.public
    }

    /// Checks that `signature` was made over exactly `message` with this key.
    ///
    /// # Errors
    /// [`SignatureError::OtherKey`] when the signature names another key,
    /// [`SignatureError::Mismatch`] when it does not belong to the bytes.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        if signature.key_id != self.key_id {
            return Err(SignatureError::OtherKey {
                expected: self.key_id,
                found: signature.key_id,
            });
        }
        match signature.algorithm {
            Algorithm::Ed25519 => UnparsedPublicKey::new(&ED25519, &self.public)
                .verify(message, &signature.bytes)
                .map_err(|_| SignatureError::Mismatch),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        text.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    /// Seed, public key, message, signature: RFC 8032, section 7.1.
    const RFC8032: &[[&str; 4]] = &[
        [
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
             5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ],
        [
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ],
        [
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ],
    ];

    #[test]
    fn the_vectors_of_rfc_8032_come_out() {
        for [seed, public, message, expected] in RFC8032 {
            let pair = Ed25519KeyPair::from_seed_unchecked(&hex(seed)).unwrap();
            let key = SigningKey::from_pair(pair).unwrap();
            assert_eq!(key.verifying_key().as_bytes().as_slice(), hex(public));
            let signature = key.sign(&hex(message));
            assert_eq!(signature.bytes(), hex(expected));
            VerifyingKey::from_bytes(&hex(public))
                .unwrap()
                .verify(&hex(message), &signature)
                .unwrap();
        }
    }

    #[test]
    fn a_signature_holds_for_its_bytes_and_key_only() {
        let key = |seed: &str| {
            SigningKey::from_pair(Ed25519KeyPair::from_seed_unchecked(&hex(seed)).unwrap()).unwrap()
        };
        let (ours, theirs) = (key(RFC8032[0][0]), key(RFC8032[1][0]));
        let signature = ours.sign(b"receipt");
        assert_eq!(
            ours.verifying_key().verify(b"receipt.", &signature),
            Err(SignatureError::Mismatch)
        );
        assert!(matches!(
            theirs.verifying_key().verify(b"receipt", &signature),
            Err(SignatureError::OtherKey { .. })
        ));
        // The key id is only a label: a relabelled signature still fails on the bytes.
        let relabelled = Signature::new(
            Algorithm::Ed25519,
            theirs.verifying_key().key_id(),
            signature.bytes().to_vec(),
        )
        .unwrap();
        assert_eq!(
            theirs.verifying_key().verify(b"receipt", &relabelled),
            Err(SignatureError::Mismatch)
        );
    }

    #[test]
    fn the_key_id_is_the_hash_of_the_public_key_info() {
        let key = VerifyingKey::from_bytes(&hex(RFC8032[0][1])).unwrap();
        // printf '302a300506032b6570032100<key>' | xxd -r -p | sha256sum
        assert_eq!(key.key_id().to_string(), KEY_ID);
        assert!(VerifyingKey::from_bytes(&[0; 31]).is_err());
    }

    const KEY_ID: &str = "06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9";

    #[test]
    fn a_private_key_is_not_printed() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&hex(RFC8032[0][0])).unwrap();
        let printed = format!("{:?}", SigningKey::from_pair(pair).unwrap());
        assert!(printed.starts_with("SigningKey(") && !printed.contains("9d61"));
    }
}
