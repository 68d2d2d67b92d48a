//! Revocation lists: which certificates an authority has taken back.
//!
//! A list counts only when it is proven at reading: signed by a root that is trusted, or by a region's authority whose
//! certificate stands beside it in the same text and was issued by such a root. From then on it is held by the key that
//! signed it, never by a name: while one root takes another's place both may bear the same.
//!
//! A list past its next update is still heeded (DECISIONS.md says why); [`Freshness`] tells how fresh each is. Partial and
//! indirect lists are refused: whoever leaves one out would let somebody in.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Timestamp;
use ring::digest;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

use crate::authority::Revoked;
use crate::certificate::{Certificate, Standing};
use crate::identity::Identity;
use crate::key_id::KeyId;

/// Why a revocation list does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevocationError {
    /// It cannot be read.
    #[error("it holds a revocation list that cannot be read: {0} / 吊销列表无法读取：{0}")]
    Unreadable(String),
    /// It is of a kind that says less than the whole.
    #[error(
        "the revocation list of {issuer} is partial, indirect or without a number; a whole one is needed / {issuer}的吊销列表不完整或无编号，须使用完整列表"
    )]
    NotWhole {
        /// Whose it is, as it says.
        issuer: String,
    },
    /// No authority that is trusted has signed it.
    #[error(
        "the revocation list of {issuer} is signed by no authority that the roots prove; a region's list stands beside its authority's certificate in one file (huitong certs revoke writes it so) / {issuer}的吊销列表未由可信发证机构签名；地区列表须与其发证机构证书同在一个文件中"
    )]
    Unproven {
        /// Whose it is, as it says.
        issuer: String,
    },
    /// An earlier list than the one in force.
    #[error(
        "the revocation list of {authority} is older than the one in force; whom that names stays out / {authority}的吊销列表早于现行列表"
    )]
    Older {
        /// Whose it is.
        authority: String,
    },
    /// Another list under the same number.
    #[error(
        "the revocation list of {authority} has the number of the one in force and says something else / {authority}的吊销列表与现行列表编号相同而内容不同"
    )]
    SameNumber {
        /// Whose it is.
        authority: String,
    },
    /// The list in force is gone, and its authority is not.
    #[error(
        "the revocation list of {authority} is missing; whom it names would come back / 缺少{authority}的吊销列表，被吊销者将重新获准"
    )]
    Missing {
        /// Whose it was.
        authority: String,
    },
}

/// How fresh one list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// Whose it is: the operator, or a region's authority.
    pub authority: String,
    /// Since when.
    pub this_update: Timestamp,
    /// Until when a newer one was promised.
    pub next_update: Option<Timestamp>,
    /// How many certificates it names.
    pub revoked: usize,
}

/// A list that an authority signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RevocationList {
    authority: Certificate,
    name: String,
    number: Vec<u8>,
    digest: [u8; 32],
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    revoked: BTreeMap<Vec<u8>, Timestamp>,
}

/// Reads every list of a PEM text; `roots` are trusted already.
pub(crate) fn read(
    pem: &[u8],
    roots: &[Certificate],
) -> Result<Vec<RevocationList>, RevocationError> {
    let unreadable = |why: String| RevocationError::Unreadable(why);
    let beside = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let beside = beside.map_err(|error| unreadable(error.to_string()))?;
    let authorities: Vec<Certificate> = beside
        .iter()
        .filter_map(|der| Certificate::read(der).ok())
        .filter(|certificate| is_proven(certificate, roots))
        .chain(roots.iter().cloned())
        .collect();
    CertificateRevocationListDer::pem_slice_iter(pem)
        .map(|der| {
            let der = der.map_err(|error| unreadable(error.to_string()))?;
            RevocationList::read(&der, &authorities)
        })
        .collect()
}

/// What an authority's own list in a PEM text names, and its number, if it is there.
pub(crate) fn read_own(
    pem: &[u8],
    authority: &Certificate,
) -> Result<Option<(Vec<Revoked>, u64)>, RevocationError> {
    let unreadable = |why: String| RevocationError::Unreadable(why);
    for der in CertificateRevocationListDer::pem_slice_iter(pem) {
        let der = der.map_err(|error| unreadable(error.to_string()))?;
        match RevocationList::read(&der, std::slice::from_ref(authority)) {
            Ok(list) => {
                let number = list.number();
                let number = number.ok_or_else(|| unreadable("its number is too large".into()))?;
                return Ok(Some((list.revoked(), number)));
            }
            // Another authority's list may lie in the same file.
            Err(RevocationError::Unproven { .. }) => {}
            Err(refused) => return Err(refused),
        }
    }
    Ok(None)
}

/// Whether a root issued this as an authority of the same network.
fn is_proven(certificate: &Certificate, roots: &[Certificate]) -> bool {
    let is_authority = match certificate.standing {
        Standing::Authority => certificate
            .spiffe_id()
            .is_ok_and(|id| matches!(id.identity(), Identity::RegionCa(_))),
        Standing::Leaf => false,
    };
    is_authority && roots.iter().any(|root| certificate.is_signed_by(root))
}

impl RevocationList {
    fn read(der: &[u8], authorities: &[Certificate]) -> Result<Self, RevocationError> {
        let unreadable = |why: String| RevocationError::Unreadable(why);
        let (rest, list) = CertificateRevocationList::from_der(der)
            .map_err(|error| unreadable(error.to_string()))?;
        if !rest.is_empty() {
            return Err(unreadable("bytes after its end".into()));
        }
        let issuer = list.issuer().to_string();
        let critical = list.extensions().iter().any(|it| it.critical);
        let indirect = list
            .iter_revoked_certificates()
            .any(|revoked| revoked.extensions().iter().any(|it| it.critical));
        let number = list.crl_number().map(|number| number.to_bytes_be());
        let (Some(number), false, false) = (number, critical, indirect) else {
            return Err(RevocationError::NotWhole { issuer });
        };
        let algorithm = list.signature_algorithm.algorithm.to_id_string();
        let (bytes, signature) = (list.tbs_cert_list.as_ref(), &*list.signature_value.data);
        let authority = authorities.iter().find(|authority| {
            authority.subject == issuer && authority.has_signed(&algorithm, bytes, signature)
        });
        let authority = authority.ok_or(RevocationError::Unproven { issuer })?;
        let moment = |time: x509_parser::time::ASN1Time| {
            Timestamp::from_second(time.timestamp()).map_err(|error| unreadable(error.to_string()))
        };
        let mut digest = [0; 32];
        digest.copy_from_slice(digest::digest(&digest::SHA256, der).as_ref());
        Ok(Self {
            name: name(authority),
            authority: authority.clone(),
            number: plain(&number),
            digest,
            this_update: moment(list.last_update())?,
            next_update: list.next_update().map(moment).transpose()?,
            revoked: list
                .iter_revoked_certificates()
                .map(|revoked| {
                    Ok((
                        plain(revoked.raw_serial()),
                        moment(revoked.revocation_date)?,
                    ))
                })
                .collect::<Result<_, _>>()?,
        })
    }

    /// The key that signed it.
    pub(crate) fn key_id(&self) -> KeyId {
        self.authority.key_id
    }

    /// Whether it names the certificate with this serial number.
    pub(crate) fn names(&self, serial: &[u8]) -> bool {
        self.revoked.contains_key(&plain(serial))
    }

    /// Its number, where 64 bits hold it.
    pub(crate) fn number(&self) -> Option<u64> {
        self.number.iter().try_fold(0_u64, |number, byte| {
            number.checked_mul(256)?.checked_add(u64::from(*byte))
        })
    }

    /// Whom it names, and since when.
    pub(crate) fn revoked(&self) -> Vec<Revoked> {
        let named = self.revoked.iter();
        named
            .map(|(serial, at)| Revoked {
                serial: serial.clone(),
                at: *at,
            })
            .collect()
    }

    pub(crate) fn freshness(&self) -> Freshness {
        Freshness {
            authority: self.name.clone(),
            this_update: self.this_update,
            next_update: self.next_update,
            revoked: self.revoked.len(),
        }
    }

    /// Which of two lists of one authority is the newer; the same number says the same.
    pub(crate) fn newer(self, other: Self) -> Result<Self, RevocationError> {
        match self.order(&other) {
            Ordering::Less => Ok(other),
            Ordering::Greater => Ok(self),
            Ordering::Equal if self.digest == other.digest => Ok(self),
            Ordering::Equal => Err(RevocationError::SameNumber {
                authority: self.name,
            }),
        }
    }

    /// Whether `after` may take its place: none of an authority that is still trusted goes away or back.
    pub(crate) fn may_become(
        &self,
        after: Option<&Self>,
        roots: &[Certificate],
    ) -> Result<(), RevocationError> {
        let authority = || self.name.clone();
        let Some(after) = after else {
            let is_trusted = roots.iter().any(|root| root.key_id == self.key_id())
                || is_proven(&self.authority, roots);
            return if is_trusted {
                Err(RevocationError::Missing {
                    authority: authority(),
                })
            } else {
                Ok(())
            };
        };
        match self.order(after) {
            Ordering::Less => Ok(()),
            Ordering::Equal if self.digest == after.digest => Ok(()),
            Ordering::Equal => Err(RevocationError::SameNumber {
                authority: authority(),
            }),
            Ordering::Greater => Err(RevocationError::Older {
                authority: authority(),
            }),
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        let key = |list: &Self| (list.number.len(), list.number.clone());
        key(self).cmp(&key(other))
    }
}

/// Whose list it is, as people call it.
fn name(authority: &Certificate) -> String {
    match authority.spiffe_id() {
        Ok(id) => id.identity().to_string(),
        Err(_) => "root".into(),
    }
}

/// A number without leading zeros, which encodings put before some.
pub(crate) fn plain(number: &[u8]) -> Vec<u8> {
    number
        .iter()
        .copied()
        .skip_while(|byte| *byte == 0)
        .collect()
}
