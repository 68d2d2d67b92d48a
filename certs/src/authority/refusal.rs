//! Why an authority issues nothing, in English and Chinese.

use jiff::Timestamp;

use crate::identity::{Identity, IssuedBy};
use crate::refusal::IdentityError;

/// Why nothing was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// Another authority must issue this identity.
    #[error("{identity} is not for {} to issue / {identity}不属于本发证机构的签发范围", scope_name(.scope))]
    NotOurs {
        /// What was asked for.
        identity: Identity,
        /// Who was asked.
        scope: IssuedBy,
    },
    /// The certificate would be valid for longer than the authority itself.
    #[error(
        "the authority's own certificate ends at {until}; ask for fewer --days or renew the authority / 发证机构自身证书于{until}到期，请缩短 --days 或先换发发证机构证书"
    )]
    OutlivesAuthority {
        /// The authority's last second.
        until: Timestamp,
    },
    /// Validity ends before it begins.
    #[error("validity must be 1 day or more / 有效期至少为1天")]
    EmptyValidity,
    /// The certificate is no authority's.
    #[error("{subject} is no authority and cannot issue / {subject}不是发证机构，不能签发证书")]
    NotAuthority {
        /// Whose it is.
        subject: String,
    },
    /// The key does not belong to the certificate.
    #[error("the authority's key does not belong to its certificate / 发证机构的私钥与证书不匹配")]
    KeyMismatch,
    /// A file does not hold what it should.
    #[error("the authority's certificate cannot be read: {0} / 发证机构证书无法读取：{0}")]
    Unreadable(String),
    /// The authority's certificate names no authority.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Key or certificate could not be made.
    #[error("the certificate could not be made: {0} / 证书生成失败：{0}")]
    Make(#[from] rcgen::Error),
}

fn scope_name(scope: &IssuedBy) -> String {
    match scope {
        IssuedBy::Root => "the operator's root".into(),
        IssuedBy::RegionCa(region) => format!("the authority of region {region}"),
    }
}
