//! Issuing: the operator's root, a region's authority, and what they certify.
//!
//! All in memory: where files lie is the business of [`crate::directory`]. Keys for TLS and
//! for issuing are ECDSA P-256, signing keys Ed25519; which one follows from the identity.
//! Certificates name parties by their SPIFFE id; host names beside it serve only foreign
//! clients that compare them.

pub mod bundle;
mod issued;
mod order;
mod refusal;

use std::fmt;
use std::time::SystemTime;

use huitong_core::region::RegionCode;
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_ED25519, RevokedCertParams, SanType, SerialNumber,
};
use ring::rand::{SecureRandom as _, SystemRandom};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

pub use issued::Issued;
pub use order::{Hosts, Revoked, Validity};
pub use refusal::IssueError;

use crate::certificate::{Certificate, Standing};
use crate::identity::{Identity, IssuedBy, KeyRole};
use crate::spiffe::{SpiffeId, TrustDomain};

/// `id-kp-documentSigning` (RFC 9336).
const DOCUMENT_SIGNING: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 3, 36];

/// Whoever holds a key that may issue certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    certificate_pem: String,
    trust_domain: TrustDomain,
    scope: IssuedBy,
    not_after: Timestamp,
}

impl Authority {
    /// Founds a network: a new operator's root.
    ///
    /// # Errors
    /// [`IssueError`] when no key or certificate can be made.
    pub fn new_root(trust_domain: &TrustDomain, validity: Validity) -> Result<Self, IssueError> {
        let mut params = params(
            &trust_domain.uri(),
            "Huitong operator root",
            trust_domain,
            validity,
        )?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = params.self_signed(&key)?;
        Self::assemble(&certificate.pem(), key)
    }

    /// Reads an authority back from its certificate and key, both PEM. Of several certificates, as there are while one
    /// root takes the place of another, the one that belongs to the key counts.
    ///
    /// # Errors
    /// [`IssueError`] when none belongs to the key, or it may not issue.
    pub fn from_pem(certificates: &str, key: &str) -> Result<Self, IssueError> {
        let key = KeyPair::from_pem(key)?;
        let blocks = bundle::certificates(certificates);
        let belongs = |pem: &&str| {
            let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok();
            let read = der.and_then(|der| Certificate::read(&der).ok());
            read.is_some_and(|read| read.public_key() == key.public_key_raw())
        };
        let own = blocks.iter().find(|pem| belongs(pem));
        let pem = own.or(blocks.first()).copied().unwrap_or(certificates);
        Self::assemble(pem, key)
    }

    fn assemble(pem: &str, key: KeyPair) -> Result<Self, IssueError> {
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|error| IssueError::Unreadable(error.to_string()))?;
        let read = Certificate::read(&certificate)?;
        if read.standing != Standing::Authority {
            return Err(IssueError::NotAuthority {
                subject: read.subject,
            });
        }
        if read.public_key() != key.public_key_raw() {
            return Err(IssueError::KeyMismatch);
        }
        let (trust_domain, scope) = match read.root_trust_domain() {
            Ok(domain) => (domain, IssuedBy::Root),
            Err(_) => region_scope(&read)?,
        };
        let issuer = Issuer::from_ca_cert_der(&certificate, key)?;
        Ok(Self {
            issuer,
            certificate,
            certificate_pem: pem.to_owned(),
            trust_domain,
            scope,
            not_after: read.not_after,
        })
    }

    /// Issues the authority of a region.
    ///
    /// # Errors
    /// [`IssueError::NotOurs`] unless this is the root.
    pub fn issue_region_authority(
        &self,
        region: RegionCode,
        validity: Validity,
    ) -> Result<Self, IssueError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        self.region_authority_with(region, key, validity)
    }

    /// Issues the authority of a region once more, with the key that it has: what it issued and revoked stays so.
    ///
    /// # Errors
    /// As [`Authority::issue_region_authority`], or when the key cannot be read.
    pub fn renew_region_authority(
        &self,
        region: RegionCode,
        key_pem: &str,
        validity: Validity,
    ) -> Result<Self, IssueError> {
        self.region_authority_with(region, KeyPair::from_pem(key_pem)?, validity)
    }

    fn region_authority_with(
        &self,
        region: RegionCode,
        key: KeyPair,
        validity: Validity,
    ) -> Result<Self, IssueError> {
        let identity = Identity::RegionCa(region);
        let mut params = self.params_for(&identity, validity)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.signed_by(&key, &self.issuer)?;
        Self::assemble(&certificate.pem(), key)
    }

    /// Issues a leaf: a party that speaks, or a key that signs.
    ///
    /// # Errors
    /// [`IssueError::NotOurs`] when another authority must issue `identity`.
    pub fn issue(
        &self,
        identity: &Identity,
        hosts: &Hosts,
        validity: Validity,
    ) -> Result<Issued, IssueError> {
        let params = self.params_for(identity, validity)?;
        self.sign_leaf(identity, hosts, params, new_key(identity)?)
    }

    /// Issues a signing certificate once more, with the key that it has: whatever it signed is checked with that.
    ///
    /// # Errors
    /// As [`Authority::issue`], or when the key cannot be read.
    pub fn renew_signing(
        &self,
        identity: &Identity,
        key_pem: &str,
        validity: Validity,
    ) -> Result<Issued, IssueError> {
        let params = self.params_for(identity, validity)?;
        self.sign_leaf(
            identity,
            &Hosts::none(),
            params,
            KeyPair::from_pem(key_pem)?,
        )
    }

    /// Signs whatever it is asked to, as an authority gone bad could.
    ///
    /// For tests of the verifier; nothing of the product calls it.
    ///
    /// # Errors
    /// [`IssueError`] when no key or certificate can be made.
    pub fn issue_without_right(
        &self,
        identity: &Identity,
        hosts: &Hosts,
        validity: Validity,
    ) -> Result<Issued, IssueError> {
        let params = params(
            &self.uri(identity),
            &common_name(identity),
            &self.trust_domain,
            validity,
        )?;
        self.sign_leaf(identity, hosts, params, new_key(identity)?)
    }

    fn sign_leaf(
        &self,
        identity: &Identity,
        hosts: &Hosts,
        mut params: CertificateParams,
        key: KeyPair,
    ) -> Result<Issued, IssueError> {
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = extended_usages(identity);
        for name in &hosts.dns {
            params
                .subject_alt_names
                .push(SanType::DnsName(name.as_str().try_into()?));
        }
        params
            .subject_alt_names
            .extend(hosts.ip.iter().copied().map(SanType::IpAddress));
        let leaf = params.signed_by(&key, &self.issuer)?;
        let mut chain_pem = leaf.pem();
        let mut chain = vec![leaf.into()];
        match self.scope {
            IssuedBy::Root => {}
            IssuedBy::RegionCa(_) => {
                chain.push(self.certificate.clone());
                chain_pem.push_str(&self.certificate_pem);
            }
        }
        Ok(Issued::new(chain, chain_pem, key))
    }

    /// Lists the certificates of this authority that no longer hold, as PEM; before a region's list stands the certificate
    /// of its authority, by which it is proven. A list of a higher number takes the place of one of a lower.
    ///
    /// # Errors
    /// [`IssueError`] when the list cannot be signed.
    pub fn revocation_list(
        &self,
        revoked: &[Revoked],
        number: u64,
        validity: Validity,
    ) -> Result<String, IssueError> {
        let params = CertificateRevocationListParams {
            this_update: SystemTime::from(validity.not_before()).into(),
            next_update: SystemTime::from(validity.not_after()).into(),
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs: revoked
                .iter()
                .map(|revoked| RevokedCertParams {
                    serial_number: SerialNumber::from_slice(&revoked.serial),
                    revocation_time: SystemTime::from(revoked.at).into(),
                    reason_code: None,
                    invalidity_date: None,
                })
                .collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = params.signed_by(&self.issuer)?.pem()?;
        Ok(match self.scope {
            IssuedBy::Root => list,
            IssuedBy::RegionCa(_) => format!("{}{list}", self.certificate_pem),
        })
    }

    fn params_for(
        &self,
        identity: &Identity,
        validity: Validity,
    ) -> Result<CertificateParams, IssueError> {
        if identity.issued_by() != self.scope {
            return Err(IssueError::NotOurs {
                identity: identity.clone(),
                scope: self.scope,
            });
        }
        if validity.not_after() > self.not_after {
            return Err(IssueError::OutlivesAuthority {
                until: self.not_after,
            });
        }
        params(
            &self.uri(identity),
            &common_name(identity),
            &self.trust_domain,
            validity,
        )
    }

    fn uri(&self, identity: &Identity) -> String {
        SpiffeId::new(self.trust_domain.clone(), identity.clone()).to_string()
    }

    /// The operator under whom this authority issues.
    pub fn trust_domain(&self) -> &TrustDomain {
        &self.trust_domain
    }

    /// The authority's own certificate.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// The authority's own certificate in PEM.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The authority's private key in PKCS#8 PEM. Write it nowhere but to a file of mode 0600.
    pub fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({}, {:?})", self.trust_domain, self.scope)
    }
}

fn region_scope(read: &Certificate) -> Result<(TrustDomain, IssuedBy), IssueError> {
    let id = read.spiffe_id()?;
    if let Identity::RegionCa(region) = id.identity() {
        Ok((id.trust_domain().clone(), IssuedBy::RegionCa(*region)))
    } else {
        Err(IssueError::NotAuthority {
            subject: id.to_string(),
        })
    }
}

fn params(
    uri: &str,
    common_name: &str,
    trust_domain: &TrustDomain,
    validity: Validity,
) -> Result<CertificateParams, IssueError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.not_before = SystemTime::from(validity.not_before()).into();
    params.not_after = SystemTime::from(validity.not_after()).into();
    params.serial_number = Some(serial()?);
    params.subject_alt_names = vec![SanType::URI(uri.try_into()?)];
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::OrganizationName, trust_domain.to_string());
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// A serial number by chance: one that follows from the key would be the same when the key is certified again, and
/// whoever revokes the one certificate would revoke the other.
fn serial() -> Result<SerialNumber, IssueError> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| rcgen::Error::RingUnspecified)?;
    // Positive, and of one length (RFC 5280, section 4.1.2.2).
    if let Some(first) = bytes.first_mut() {
        *first = *first & 0x7f | 0x40;
    }
    Ok(SerialNumber::from_slice(&bytes))
}

fn new_key(identity: &Identity) -> Result<KeyPair, IssueError> {
    let algorithm = match identity.key_role() {
        KeyRole::Speak | KeyRole::Issue => &PKCS_ECDSA_P256_SHA256,
        KeyRole::Sign => &PKCS_ED25519,
    };
    Ok(KeyPair::generate_for(algorithm)?)
}

fn common_name(identity: &Identity) -> String {
    identity.to_string().trim_start_matches('/').to_owned()
}

fn extended_usages(identity: &Identity) -> Vec<ExtendedKeyUsagePurpose> {
    match identity.key_role() {
        KeyRole::Speak if identity.serves() => {
            vec![
                ExtendedKeyUsagePurpose::ServerAuth,
                ExtendedKeyUsagePurpose::ClientAuth,
            ]
        }
        KeyRole::Speak => vec![ExtendedKeyUsagePurpose::ClientAuth],
        KeyRole::Sign => vec![ExtendedKeyUsagePurpose::Other(DOCUMENT_SIGNING.to_vec())],
        KeyRole::Issue => Vec::new(),
    }
}
