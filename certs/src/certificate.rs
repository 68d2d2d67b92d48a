//! What one certificate says: name, issuer, validity, key, fingerprint.
//!
//! Reading proves nothing. Whether the words are to be believed is decided in
//! [`crate::trust`], against a root.

use std::net::IpAddr;

use jiff::Timestamp;
use ring::digest;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use rustls_pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

use crate::key_id::KeyId;
use crate::refusal::IdentityError;
use crate::spiffe::{SpiffeId, TrustDomain};

/// The largest certificate that is read, in bytes. Ours are under 1 KiB.
const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

/// `ecdsa-with-SHA256`, with which our authorities sign.
const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";

/// The facts of one certificate, as written in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    uris: Vec<String>,
    /// The subject, as a distinguished name.
    pub subject: String,
    /// The issuer, as a distinguished name.
    pub issuer: String,
    /// The first second of validity.
    pub not_before: Timestamp,
    /// The last second of validity.
    pub not_after: Timestamp,
    /// The serial number, as the big-endian bytes of the certificate.
    pub serial: Vec<u8>,
    /// What kind of key is certified.
    pub key: KeyKind,
    /// SHA-256 of the public key (SubjectPublicKeyInfo, DER).
    pub key_id: KeyId,
    /// SHA-256 of the whole certificate (DER).
    pub fingerprint: [u8; 32],
    /// What the certificate says its holder may do.
    pub standing: Standing,
    /// Host names, for clients that check them.
    pub dns_names: Vec<String>,
    /// Addresses, for clients that check them.
    pub ip_addresses: Vec<IpAddr>,
    public_key: Vec<u8>,
    signed: Signed,
}

/// What the issuer signed, and the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Signed {
    bytes: Vec<u8>,
    algorithm: String,
    signature: Vec<u8>,
}

/// The kind of a certified key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA on P-256, used for TLS and by authorities.
    EcdsaP256,
    /// Ed25519, used for signing.
    Ed25519,
    /// Anything else, by its object identifier.
    Other(String),
}

/// Whether a certificate may issue others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It certifies a party.
    Leaf,
    /// It may issue certificates.
    Authority,
}

impl Certificate {
    /// Reads one DER certificate.
    ///
    /// # Errors
    /// [`IdentityError::Malformed`] when it is no X.509 v3 certificate of sensible size.
    pub fn read(der: &CertificateDer<'_>) -> Result<Self, IdentityError> {
        let malformed = |why: String| IdentityError::Malformed(why);
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(malformed(format!(
                "more than {MAX_CERTIFICATE_BYTES} bytes"
            )));
        }
        let (rest, x509) =
            X509Certificate::from_der(der).map_err(|error| malformed(error.to_string()))?;
        if !rest.is_empty() {
            return Err(malformed("bytes after its end".into()));
        }
        let names = Names::read(&x509)?;
        let spki = x509.public_key();
        Ok(Self {
            uris: names.uris,
            subject: x509.subject().to_string(),
            issuer: x509.issuer().to_string(),
            not_before: timestamp(x509.validity().not_before.timestamp())?,
            not_after: timestamp(x509.validity().not_after.timestamp())?,
            serial: x509.raw_serial().to_vec(),
            key: KeyKind::of(&x509),
            key_id: KeyId::of_spki(spki.raw),
            fingerprint: sha256(der),
            standing: if x509.is_ca() {
                Standing::Authority
            } else {
                Standing::Leaf
            },
            dns_names: names.dns,
            ip_addresses: names.ip,
            public_key: spki.subject_public_key.data.to_vec(),
            signed: Signed {
                bytes: x509.tbs_certificate.as_ref().to_vec(),
                algorithm: x509.signature_algorithm.algorithm.to_id_string(),
                signature: x509.signature_value.data.to_vec(),
            },
        })
    }

    /// The party that the certificate names.
    ///
    /// # Errors
    /// [`IdentityError::NotOneName`] unless there is exactly one URI,
    /// [`IdentityError::BadName`] when it names no party.
    pub fn spiffe_id(&self) -> Result<SpiffeId, IdentityError> {
        self.only_uri()?.parse().map_err(IdentityError::BadName)
    }

    /// The trust domain of a root, whose one URI has no path.
    ///
    /// # Errors
    /// As [`Certificate::spiffe_id`].
    pub fn root_trust_domain(&self) -> Result<TrustDomain, IdentityError> {
        TrustDomain::from_uri(self.only_uri()?).map_err(IdentityError::BadName)
    }

    fn only_uri(&self) -> Result<&str, IdentityError> {
        match self.uris.as_slice() {
            [uri] => Ok(uri),
            uris => Err(IdentityError::NotOneName { found: uris.len() }),
        }
    }

    /// Whether `authority` issued this: it bears its name, and its key signed it. Nothing is said of when it holds.
    pub fn is_signed_by(&self, authority: &Self) -> bool {
        let Signed {
            bytes,
            algorithm,
            signature,
        } = &self.signed;
        self.issuer == authority.subject && authority.has_signed(algorithm, bytes, signature)
    }

    /// Whether its key signed these bytes, with the algorithm of our authorities: ECDSA on P-256 and SHA-256.
    pub(crate) fn has_signed(&self, algorithm: &str, bytes: &[u8], signature: &[u8]) -> bool {
        algorithm == ECDSA_SHA256
            && UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, self.public_key())
                .verify(bytes, signature)
                .is_ok()
    }

    /// The bare public key: 32 bytes for Ed25519, an uncompressed point for P-256.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }
}

struct Names {
    uris: Vec<String>,
    dns: Vec<String>,
    ip: Vec<IpAddr>,
}

impl Names {
    /// Every kind of name but URI, host and address is refused: what no one reads here
    /// some other reader might take for an identity.
    fn read(x509: &X509Certificate<'_>) -> Result<Self, IdentityError> {
        let mut names = Self {
            uris: Vec::new(),
            dns: Vec::new(),
            ip: Vec::new(),
        };
        let extension = x509
            .subject_alternative_name()
            .map_err(|error| IdentityError::Malformed(error.to_string()))?;
        let Some(extension) = extension else {
            return Ok(names);
        };
        for name in &extension.value.general_names {
            if let GeneralName::URI(uri) = name {
                names.uris.push((*uri).to_owned());
            } else if let GeneralName::DNSName(dns) = name {
                names.dns.push((*dns).to_owned());
            } else if let GeneralName::IPAddress(bytes) = name {
                names.ip.push(ip_address(bytes)?);
            } else {
                return Err(IdentityError::Malformed(format!(
                    "a name of unexpected kind: {name}"
                )));
            }
        }
        Ok(names)
    }
}

fn ip_address(bytes: &[u8]) -> Result<IpAddr, IdentityError> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    let v6 = <[u8; 16]>::try_from(bytes).map(IpAddr::from);
    v4.or(v6)
        .map_err(|_| IdentityError::Malformed("an address that is neither IPv4 nor IPv6".into()))
}

fn timestamp(seconds: i64) -> Result<Timestamp, IdentityError> {
    Timestamp::from_second(seconds).map_err(|error| IdentityError::Malformed(error.to_string()))
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

impl KeyKind {
    fn of(x509: &X509Certificate<'_>) -> Self {
        let algorithm = &x509.public_key().algorithm;
        let curve = algorithm
            .parameters
            .as_ref()
            .and_then(|parameters| parameters.as_oid().ok())
            .map(|oid| oid.to_id_string());
        match (
            algorithm.algorithm.to_id_string().as_str(),
            curve.as_deref(),
        ) {
            ("1.2.840.10045.2.1", Some("1.2.840.10045.3.1.7")) => Self::EcdsaP256,
            ("1.3.101.112", None) => Self::Ed25519,
            (algorithm, _) => Self::Other(algorithm.to_owned()),
        }
    }
}

impl std::fmt::Display for KeyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::EcdsaP256 => f.write_str("ECDSA P-256"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Other(oid) => write!(f, "{oid}"),
        }
    }
}
