//! SPIFFE ids: a trust domain and a path, `spiffe://huitong.example/region/310000/node`.
//!
//! Reading is strict (SPIFFE-ID, sections 2.1 to 2.4): no port, no user, no query, no
//! fragment, no percent escapes, no empty segment. One party has one spelling.

use std::fmt;
use std::str::FromStr;

use crate::identity::{Identity, PathError};

const SCHEME: &str = "spiffe://";

/// The operator's name, under which all identities of one network stand.
///
/// 1 to 253 of `a–z 0–9 . _ -`, as in `huitong.example`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TrustDomain(String);

/// Why a text is no trust domain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "trust domain {0:?}: use 1 to 253 of a-z 0-9 . _ -, for example huitong.example \
     / 信任域须为1至253位小写字母、数字或 . _ -，例如 huitong.example"
)]
pub struct TrustDomainError(String);

impl TrustDomain {
    /// The URI that the root's own certificate carries: a SPIFFE id without a path.
    pub fn uri(&self) -> String {
        format!("{SCHEME}{self}")
    }

    /// Reads the URI of a root's certificate.
    pub fn from_uri(uri: &str) -> Result<Self, SpiffeIdError> {
        let name = uri
            .strip_prefix(SCHEME)
            .ok_or_else(|| SpiffeIdError::NotSpiffe(uri.to_owned()))?;
        Ok(name.parse()?)
    }
}

impl FromStr for TrustDomain {
    type Err = TrustDomainError;

    fn from_str(text: &str) -> Result<Self, TrustDomainError> {
        let allowed =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
        if (1..=253).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TrustDomainError(text.to_owned()))
        }
    }
}

impl fmt::Display for TrustDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An identity within a trust domain.
///
/// ```
/// use huitong_certs::{Identity, SpiffeId};
///
/// let id: SpiffeId = "spiffe://huitong.example/clearinghouse".parse()?;
/// assert_eq!(id.identity(), &Identity::Clearinghouse);
/// assert_eq!(id.trust_domain().to_string(), "huitong.example");
/// # Ok::<(), huitong_certs::spiffe::SpiffeIdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SpiffeId {
    trust_domain: TrustDomain,
    identity: Identity,
}

/// Why a URI is no SPIFFE id of the network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpiffeIdError {
    /// The URI does not begin with `spiffe://`.
    #[error("{0:?} does not begin with spiffe://")]
    NotSpiffe(String),
    /// The trust domain is malformed.
    #[error(transparent)]
    TrustDomain(#[from] TrustDomainError),
    /// The path names no party.
    #[error(transparent)]
    Path(#[from] PathError),
}

impl SpiffeId {
    /// The id of `identity` under `trust_domain`.
    pub fn new(trust_domain: TrustDomain, identity: Identity) -> Self {
        Self {
            trust_domain,
            identity,
        }
    }

    /// The operator under whom the identity stands.
    pub fn trust_domain(&self) -> &TrustDomain {
        &self.trust_domain
    }

    /// The party.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

impl fmt::Display for SpiffeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}{}", self.trust_domain, self.identity)
    }
}

impl FromStr for SpiffeId {
    type Err = SpiffeIdError;

    fn from_str(uri: &str) -> Result<Self, SpiffeIdError> {
        let rest = uri
            .strip_prefix(SCHEME)
            .ok_or_else(|| SpiffeIdError::NotSpiffe(uri.to_owned()))?;
        let (domain, path) = match rest.split_once('/') {
            Some((domain, path)) => (domain, format!("/{path}")),
            None => (rest, String::new()),
        };
        Ok(Self {
            trust_domain: domain.parse()?,
            identity: path.parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::institution::InstitutionCode;
    use huitong_core::region::RegionCode;
    use proptest::prelude::*;

    use super::*;
    use crate::identity::OfficerName;

    fn region() -> impl Strategy<Value = RegionCode> {
        (100_000_u32..=999_999).prop_filter_map("no such region", |number| {
            RegionCode::from_number(number).ok()
        })
    }

    fn officer() -> impl Strategy<Value = OfficerName> {
        "[a-z0-9][a-z0-9._-]{0,31}".prop_map(|name| name.parse().unwrap())
    }

    fn institution() -> impl Strategy<Value = Identity> {
        (region(), 0_u32..100_000).prop_map(|(region, serial)| {
            let code: InstitutionCode = format!("H{region}{serial:05}").parse().unwrap();
            Identity::institution(region, code).unwrap()
        })
    }

    fn identity() -> impl Strategy<Value = Identity> {
        prop_oneof![
            region().prop_map(Identity::RegionNode),
            region().prop_map(Identity::RegionNodeSigning),
            region().prop_map(Identity::RegionCa),
            institution(),
            (region(), officer())
                .prop_map(|(region, name)| Identity::RegionOfficer { region, name }),
            Just(Identity::Clearinghouse),
            Just(Identity::ClearinghouseSigning),
            officer().prop_map(|name| Identity::ClearinghouseOfficer { name }),
        ]
    }

    proptest! {
        /// Every id reads back as itself.
        #[test]
        fn ids_round_trip(identity in identity(), domain in "[a-z0-9][a-z0-9.-]{0,40}") {
            let id = SpiffeId::new(domain.parse().unwrap(), identity);
            prop_assert_eq!(id.to_string().parse::<SpiffeId>(), Ok(id));
        }

        /// Whatever is read at all is written back letter for letter: one party, one spelling.
        #[test]
        fn one_party_has_one_spelling(
            uri in "spiffe://[a-zA-Z.:@]{0,6}(/(region|clearinghouse|officer|node|ca|310000|li%20|\\.\\.|)){0,5}[?#]?",
        ) {
            if let Ok(id) = uri.parse::<SpiffeId>() {
                prop_assert_eq!(id.to_string(), uri);
            }
        }
    }

    #[test]
    fn near_misses_are_refused() {
        for uri in [
            "",
            "spiffe://",
            "spiffe:///clearinghouse",
            "https://huitong.example/clearinghouse",
            "SPIFFE://huitong.example/clearinghouse",
            "spiffe://Huitong.example/clearinghouse",
            "spiffe://huitong.example:443/clearinghouse",
            "spiffe://user@huitong.example/clearinghouse",
            "spiffe://huitong.example",
            "spiffe://huitong.example/",
            "spiffe://huitong.example/clearinghouse/",
            "spiffe://huitong.example//clearinghouse",
            "spiffe://huitong.example/clearinghouse?x",
            "spiffe://huitong.example/clearinghouse#x",
            "spiffe://huitong.example/region/310000",
            "spiffe://huitong.example/region/310000/node/",
            "spiffe://huitong.example/region/310000/node/other",
            "spiffe://huitong.example/region/31000/node",
            "spiffe://huitong.example/region/+10000/node",
            "spiffe://huitong.example/region/990000/node",
            "spiffe://huitong.example/region/310000/institution/h31010400001",
            "spiffe://huitong.example/region/310000/officer/",
            "spiffe://huitong.example/region/310000/officer/..",
            "spiffe://huitong.example/region/310000/officer/li%2Fwei",
            "spiffe://huitong.example/region/310000/officer/Li",
        ] {
            assert!(uri.parse::<SpiffeId>().is_err(), "{uri}");
        }
    }
}
