//! Whom an operator's root lets in, and as whom.
//!
//! One function, [`verify_chain_identity`], is used by servers, by clients and for
//! signatures checked offline. It takes the path that the path check really verified,
//! never the certificates in the order a peer happened to send them: a peer may send
//! along any authority's certificate that it found lying about.
//!
//! Rules (DESIGN section 8): the root issues nodes, the clearinghouse, clearing officers
//! and region authorities; a region's authority (path length 0) issues that region's
//! institutions and officers and nothing else. Name constraints of X.509 do not help
//! here, since path checks do not apply them to URIs.
//!
//! Host names are deliberately not compared: the SPIFFE id is the name of a party,
//! whatever address it answers on.

use std::time::Duration;

use jiff::Timestamp;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, VerifiedPath, anchor_from_trusted_cert};

use crate::certificate::{Certificate, Standing};
use crate::identity::{Identity, IssuedBy};
use crate::key_id::KeyId;
use crate::purpose::Purpose;
use crate::refusal::IdentityError;
use crate::revocation::{self, Freshness, RevocationError, RevocationList};
use crate::spiffe::{SpiffeId, TrustDomain};

/// A leaf and at most one region authority; one more for a root sent along needlessly.
const MAX_CHAIN: usize = 3;

/// Algorithms with which our authorities sign certificates.
const AUTHORITY_ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] =
    &[webpki::ring::ECDSA_P256_SHA256];

/// `id-kp-documentSigning` (RFC 9336), which keeps signing certificates out of TLS.
const DOCUMENT_SIGNING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x24];

/// The roots of one operator, and what has been revoked since.
#[derive(Debug, PartialEq, Eq)]
pub struct Trust {
    trust_domain: TrustDomain,
    anchors: Vec<TrustAnchor<'static>>,
    /// The roots themselves, each at the place of its anchor.
    roots: Vec<Certificate>,
    /// At most one of each authority.
    revocation_lists: Vec<RevocationList>,
}

/// Why roots or revocation lists cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The text holds no PEM certificate.
    #[error("it holds no PEM certificate / 未找到PEM格式的证书")]
    NoRoot,
    /// The PEM text is damaged.
    #[error("its PEM text is damaged: {0} / PEM内容损坏：{0}")]
    Pem(String),
    /// A certificate is no root of an operator.
    #[error("it is no operator's root: {0} / 不是运营方根证书：{0}")]
    NotRoot(String),
    /// A certificate is a party's, such as a region's authority.
    #[error(
        "it is the certificate of {0}, and the trust anchor is wanted here: the operator's root, root.crt / 这是{0}的证书，此处应为信任根，即运营方根证书 root.crt"
    )]
    OfParty(Identity),
    /// The roots are of two operators.
    #[error("its roots belong to two trust domains, {0} and {1} / 根证书分属两个信任域：{0}和{1}")]
    TwoDomains(TrustDomain, TrustDomain),
    /// A revocation list does not count.
    #[error(transparent)]
    Revocation(#[from] RevocationError),
}

impl Trust {
    /// Reads one or more roots of the same operator from PEM.
    ///
    /// A root is a certificate of an authority whose only URI is its bare trust domain,
    /// `spiffe://huitong.example`. Several may stand side by side while one replaces another.
    ///
    /// # Errors
    /// [`TrustError`] says which certificate is no root and why.
    pub fn from_pem(pem: &[u8]) -> Result<Self, TrustError> {
        let roots = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| TrustError::Pem(error.to_string()))?;
        Self::from_roots(&roots)
    }

    /// As [`Trust::from_pem`], from DER.
    ///
    /// # Errors
    /// As [`Trust::from_pem`].
    pub fn from_roots(roots: &[CertificateDer<'_>]) -> Result<Self, TrustError> {
        let mut anchors = Vec::with_capacity(roots.len());
        let mut read = Vec::with_capacity(roots.len());
        let mut trust_domain: Option<TrustDomain> = None;
        for der in roots {
            let (root, domain) = root(der)?;
            match &trust_domain {
                Some(first) if *first != domain => {
                    return Err(TrustError::TwoDomains(first.clone(), domain));
                }
                Some(_) | None => trust_domain = Some(domain),
            }
            let anchor = anchor_from_trusted_cert(der)
                .map_err(|error| TrustError::NotRoot(error.to_string()))?;
            anchors.push(anchor.to_owned());
            read.push(root);
        }
        let trust_domain = trust_domain.ok_or(TrustError::NoRoot)?;
        Ok(Self {
            trust_domain,
            anchors,
            roots: read,
            revocation_lists: Vec::new(),
        })
    }

    /// The same roots, with these PEM revocation lists beside them: each of an authority that the roots prove. Of two
    /// lists of one authority the newer one counts.
    ///
    /// A list past its `nextUpdate` is still heeded: whom it names stays out. An authority
    /// without a list has revoked no one.
    ///
    /// # Errors
    /// [`TrustError::Revocation`] when a list does not count.
    pub fn with_revocation_lists(mut self, pem: &[u8]) -> Result<Self, TrustError> {
        for list in revocation::read(pem, &self.roots)? {
            let of = |held: &RevocationList| held.key_id() == list.key_id();
            let place = self.revocation_lists.iter().position(of);
            let list = match place {
                Some(place) => self.revocation_lists.swap_remove(place).newer(list)?,
                None => list,
            };
            self.revocation_lists.push(list);
        }
        Ok(self)
    }

    /// Whether these roots and lists may take the place of earlier ones: no authority that is still trusted has an older
    /// list than it had, or none any more.
    ///
    /// # Errors
    /// [`RevocationError`] names the authority.
    pub fn may_follow(&self, earlier: &Self) -> Result<(), RevocationError> {
        earlier.revocation_lists.iter().try_for_each(|list| {
            let own = |held: &&RevocationList| held.key_id() == list.key_id();
            list.may_become(self.revocation_lists.iter().find(own), &self.roots)
        })
    }

    /// How fresh each revocation list is.
    pub fn freshness(&self) -> Vec<Freshness> {
        let lists = self.revocation_lists.iter();
        lists.map(RevocationList::freshness).collect()
    }

    /// The keys of the roots, in the order in which they were given.
    pub fn root_keys(&self) -> Vec<KeyId> {
        self.roots.iter().map(|root| root.key_id).collect()
    }

    /// Whether any list names a certificate's number. Whether it is its issuer's list only the path to the root says; one that
    /// none names is not revoked itself.
    pub fn may_have_revoked(&self, certificate: &Certificate) -> bool {
        let mut lists = self.revocation_lists.iter();
        lists.any(|list| list.names(&certificate.serial))
    }

    fn has_revoked(&self, authority: KeyId, serial: &[u8]) -> bool {
        let mut lists = self.revocation_lists.iter();
        lists.any(|list| list.key_id() == authority && list.names(serial))
    }

    /// The operator whose roots these are.
    pub fn trust_domain(&self) -> &TrustDomain {
        &self.trust_domain
    }
}

fn root(der: &CertificateDer<'_>) -> Result<(Certificate, TrustDomain), TrustError> {
    let refused = |error: IdentityError| TrustError::NotRoot(error.english());
    let certificate = Certificate::read(der).map_err(refused)?;
    if let Ok(id) = certificate.spiffe_id() {
        return Err(TrustError::OfParty(id.identity().clone()));
    }
    match certificate.standing {
        Standing::Authority => {
            let domain = certificate.root_trust_domain().map_err(refused)?;
            Ok((certificate, domain))
        }
        Standing::Leaf => Err(TrustError::NotRoot(format!(
            "{} may not issue",
            certificate.subject
        ))),
    }
}

/// Proves who holds `chain` (leaf first), for `purpose`, at `at`.
///
/// # Errors
/// The first reason found for which the chain proves nothing.
pub fn verify_chain_identity(
    chain: &[CertificateDer<'_>],
    trust: &Trust,
    purpose: Purpose,
    at: Timestamp,
) -> Result<Identity, IdentityError> {
    let (leaf, others) = chain.split_first().ok_or(IdentityError::NoCertificate)?;
    if chain.len() > MAX_CHAIN {
        return Err(IdentityError::ChainTooLong { found: chain.len() });
    }
    let read = Certificate::read(leaf)?;
    let end_entity = EndEntityCert::try_from(leaf)
        .map_err(|error| IdentityError::Malformed(error.to_string()))?;
    let path = end_entity
        .verify_for_usage(
            AUTHORITY_ALGORITHMS,
            &trust.anchors,
            others,
            unix_time(at),
            key_usage(purpose),
            None,
            Some(&|path| unrevoked(&read, path, trust)),
        )
        .map_err(|error| path_error(error, purpose))?;
    let identity = own_name(&read, trust)?;
    check_issuer(&identity, &path, trust)?;
    if purpose.admits(&identity) {
        Ok(identity)
    } else {
        Err(IdentityError::WrongRole { identity, purpose })
    }
}

/// Looks each certificate of a path up in the list of whoever issued it, by the issuer's key.
fn unrevoked(
    leaf: &Certificate,
    path: &VerifiedPath<'_>,
    trust: &Trust,
) -> Result<(), webpki::Error> {
    let mut issued = leaf.serial.clone();
    for authority in path.intermediate_certificates() {
        let authority = Certificate::read(&authority.der()).map_err(|_| webpki::Error::BadDer)?;
        if trust.has_revoked(authority.key_id, &issued) {
            return Err(webpki::Error::CertRevoked);
        }
        issued = authority.serial;
    }
    let is_anchor = |anchor: &&TrustAnchor<'_>| {
        anchor.subject_public_key_info == path.anchor().subject_public_key_info
    };
    let mut roots = trust.anchors.iter().zip(&trust.roots);
    let root = roots.find(|(anchor, _)| is_anchor(anchor));
    let (_, root) = root.ok_or(webpki::Error::UnknownIssuer)?;
    if trust.has_revoked(root.key_id, &issued) {
        return Err(webpki::Error::CertRevoked);
    }
    Ok(())
}

fn key_usage(purpose: Purpose) -> KeyUsage {
    match purpose {
        Purpose::Serve => KeyUsage::server_auth(),
        Purpose::Call => KeyUsage::client_auth(),
        Purpose::Sign => KeyUsage::required(DOCUMENT_SIGNING),
    }
}

fn own_name(certificate: &Certificate, trust: &Trust) -> Result<Identity, IdentityError> {
    let id: SpiffeId = certificate.spiffe_id()?;
    if id.trust_domain() == &trust.trust_domain {
        Ok(id.identity().clone())
    } else {
        Err(IdentityError::OtherTrustDomain {
            expected: trust.trust_domain.clone(),
            found: id.trust_domain().clone(),
        })
    }
}

/// Who stands between leaf and root must be exactly whom the leaf's identity asks for.
fn check_issuer(
    identity: &Identity,
    path: &VerifiedPath<'_>,
    trust: &Trust,
) -> Result<(), IdentityError> {
    let mut between = path.intermediate_certificates();
    let issuer = between.next();
    if between.next().is_some() {
        return Err(IdentityError::ChainTooLong { found: MAX_CHAIN });
    }
    let Some(issuer) = issuer else {
        return match identity.issued_by() {
            IssuedBy::Root => Ok(()),
            IssuedBy::RegionCa(_) => Err(IdentityError::NotFromRegion {
                identity: identity.clone(),
            }),
        };
    };
    let issuer = own_name(&Certificate::read(&issuer.der())?, trust)?;
    let Identity::RegionCa(authority) = issuer else {
        return Err(IdentityError::IssuerNotAuthority { issuer });
    };
    if identity.issued_by() == IssuedBy::RegionCa(authority) {
        Ok(())
    } else {
        Err(IdentityError::OutsidePrefix {
            authority,
            identity: identity.clone(),
        })
    }
}

fn unix_time(at: Timestamp) -> UnixTime {
    // Before 1970 nothing was valid either, so the epoch answers alike.
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

fn moment(at: UnixTime) -> Timestamp {
    i64::try_from(at.as_secs())
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .unwrap_or(Timestamp::MAX)
}

fn path_error(error: webpki::Error, purpose: Purpose) -> IdentityError {
    use webpki::Error;
    if let Error::CertExpired { not_after, .. } = error {
        IdentityError::Expired {
            not_after: moment(not_after),
        }
    } else if let Error::CertNotValidYet { not_before, .. } = error {
        IdentityError::NotYetValid {
            not_before: moment(not_before),
        }
    } else if matches!(error, Error::CertRevoked) {
        IdentityError::Revoked
    } else if matches!(
        error,
        Error::UnknownIssuer
            | Error::InvalidSignatureForPublicKey
            | Error::SignatureAlgorithmMismatch
    ) {
        // Another root may bear the same name: then the signature is what differs.
        IdentityError::UnknownAuthority
    } else if matches!(
        error,
        Error::RequiredEkuNotFoundContext(_) | Error::CaUsedAsEndEntity
    ) {
        IdentityError::WrongUse { purpose }
    } else {
        IdentityError::PathRefused(error.to_string())
    }
}
