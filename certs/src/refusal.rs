//! Why a certificate is not accepted, in words that a person can act on.
//!
//! Each reason has a stable code. `Display` gives English, then Chinese. Nothing here
//! holds key material or the raw bytes of a certificate.

use std::fmt;

use huitong_core::region::RegionCode;
use jiff::Timestamp;

use crate::identity::Identity;
use crate::purpose::Purpose;
use crate::spiffe::{SpiffeIdError, TrustDomain};

/// Why a chain of certificates proves no identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityError {
    /// The peer showed no certificate.
    NoCertificate,
    /// The chain is longer than a leaf and one region authority.
    ChainTooLong {
        /// How many certificates came.
        found: usize,
    },
    /// The certificate is no X.509 that can be read.
    Malformed(String),
    /// Validity has ended.
    Expired {
        /// The last second of validity.
        not_after: Timestamp,
    },
    /// Validity has not begun.
    NotYetValid {
        /// The first second of validity.
        not_before: Timestamp,
    },
    /// No path leads to the operator's root.
    UnknownAuthority,
    /// A revocation list names the certificate or its authority.
    Revoked,
    /// The certificate is not meant for this purpose (extended key usage, CA flag).
    WrongUse {
        /// What it was shown for.
        purpose: Purpose,
    },
    /// The path was refused for another reason of RFC 5280, named by the path check.
    PathRefused(String),
    /// Not exactly one URI in the subject alternative names.
    NotOneName {
        /// How many URIs there are.
        found: usize,
    },
    /// The URI names no party.
    BadName(SpiffeIdError),
    /// The identity stands under another operator.
    OtherTrustDomain {
        /// Whom this side trusts.
        expected: TrustDomain,
        /// What the certificate says.
        found: TrustDomain,
    },
    /// A region's authority issued what is not its own to issue.
    OutsidePrefix {
        /// The region whose authority issued it.
        authority: RegionCode,
        /// What it issued.
        identity: Identity,
    },
    /// The root issued what only a region's authority may issue.
    NotFromRegion {
        /// What was issued.
        identity: Identity,
    },
    /// The issuer between root and leaf is no region's authority.
    IssuerNotAuthority {
        /// What the issuer is.
        issuer: Identity,
    },
    /// A signing key or an authority tried to speak, or a speaker to sign.
    WrongRole {
        /// Who it is.
        identity: Identity,
        /// What it was shown for.
        purpose: Purpose,
    },
}

impl IdentityError {
    /// The stable code of this reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCertificate => "certificate.none",
            Self::ChainTooLong { .. } => "certificate.chain_too_long",
            Self::Malformed(_) => "certificate.malformed",
            Self::Expired { .. } => "certificate.expired",
            Self::NotYetValid { .. } => "certificate.not_yet_valid",
            Self::UnknownAuthority => "certificate.unknown_authority",
            Self::Revoked => "certificate.revoked",
            Self::WrongUse { .. } => "certificate.wrong_use",
            Self::PathRefused(_) => "certificate.path_refused",
            Self::NotOneName { .. } => "certificate.not_one_name",
            Self::BadName(_) => "certificate.bad_name",
            Self::OtherTrustDomain { .. } => "certificate.other_trust_domain",
            Self::OutsidePrefix { .. } => "certificate.outside_prefix",
            Self::NotFromRegion { .. } => "certificate.not_from_region",
            Self::IssuerNotAuthority { .. } => "certificate.issuer_not_authority",
            Self::WrongRole { .. } => "certificate.wrong_role",
        }
    }

    /// The reason and what to do, in English.
    pub fn english(&self) -> String {
        match self {
            Self::NoCertificate => {
                "no certificate was shown; every caller needs one from its authority".into()
            }
            Self::ChainTooLong { found } => format!(
                "{found} certificates were shown; a chain is the leaf and at most one region authority"
            ),
            Self::Malformed(why) => format!("the certificate cannot be read: {why}"),
            Self::Expired { not_after } => {
                format!("the certificate expired at {not_after}; ask its authority for a new one")
            }
            Self::NotYetValid { not_before } => {
                format!("the certificate is valid only from {not_before}; check the clocks")
            }
            Self::UnknownAuthority => {
                "the certificate was not issued under the operator's root that this side trusts"
                    .into()
            }
            Self::Revoked => "the certificate has been revoked".into(),
            Self::WrongUse { purpose } => {
                format!("the certificate is not meant for {}", purpose.english())
            }
            Self::PathRefused(why) => format!("the path to the root was refused: {why}"),
            Self::NotOneName { found } => format!(
                "the certificate carries {found} URI names; it must carry exactly one SPIFFE id"
            ),
            Self::BadName(why) => format!("the certificate names no party: {why}"),
            Self::OtherTrustDomain { expected, found } => format!(
                "the certificate is of trust domain {found}; this side belongs to {expected}"
            ),
            Self::OutsidePrefix {
                authority,
                identity,
            } => format!(
                "the authority of region {authority} may not issue {identity}; it issues only its own institutions and officers"
            ),
            Self::NotFromRegion { identity } => {
                format!("{identity} must be issued by its region's authority, not by the root")
            }
            Self::IssuerNotAuthority { issuer } => {
                format!("{issuer} is no authority and may issue nothing")
            }
            Self::WrongRole { identity, purpose } => {
                format!("the key of {identity} is not for {}", purpose.english())
            }
        }
    }

    /// The reason and what to do, in Chinese.
    pub fn chinese(&self) -> String {
        match self {
            Self::NoCertificate => "对方未出示证书；每个调用方都须持有其发证机构签发的证书".into(),
            Self::ChainTooLong { found } => {
                format!("出示了{found}张证书；证书链只能是本证书加至多一张地区发证机构证书")
            }
            Self::Malformed(why) => format!("证书无法读取：{why}"),
            Self::Expired { not_after } => format!("证书已于{not_after}过期，请向发证机构换发"),
            Self::NotYetValid { not_before } => format!("证书自{not_before}起才有效，请核对时钟"),
            Self::UnknownAuthority => "证书不是由本方信任的运营方根证书签发".into(),
            Self::Revoked => "证书已被吊销".into(),
            Self::WrongUse { purpose } => format!("证书用途不符，不能用于{}", purpose.chinese()),
            Self::PathRefused(why) => format!("证书链校验未通过：{why}"),
            Self::NotOneName { found } => format!("证书含{found}个URI名称，须恰好有一个SPIFFE标识"),
            Self::BadName(why) => format!("证书名称不属于任何参与方：{why}"),
            Self::OtherTrustDomain { expected, found } => {
                format!("证书属于信任域{found}，本方属于{expected}")
            }
            Self::OutsidePrefix {
                authority,
                identity,
            } => {
                format!("{authority}地区发证机构无权签发{identity}，只能签发本地区的机构和经办人员")
            }
            Self::NotFromRegion { identity } => {
                format!("{identity}须由其所在地区的发证机构签发，不能由根证书直接签发")
            }
            Self::IssuerNotAuthority { issuer } => format!("{issuer}不是发证机构，无权签发证书"),
            Self::WrongRole { identity, purpose } => {
                format!("{identity}的密钥不能用于{}", purpose.chinese())
            }
        }
    }
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} / {}",
            self.code(),
            self.english(),
            self.chinese()
        )
    }
}

impl std::error::Error for IdentityError {}
