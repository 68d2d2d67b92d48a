//! The parties of the network, as the path of their SPIFFE id.
//!
//! The list is closed: a path that is not in it is no identity, whoever signed it.
//! Which authority must have issued an identity follows from the identity itself
//! ([`Identity::issued_by`]); whether a certificate really was issued so is the
//! business of [`crate::trust`].

use std::fmt;
use std::str::FromStr;

use huitong_core::institution::InstitutionCode;
pub use huitong_core::officer::{OfficerName, OfficerNameError};
use huitong_core::region::RegionCode;

/// A party, read from a certificate.
///
/// `Display` and `FromStr` speak the path of the SPIFFE id, and round-trip:
///
/// ```
/// use huitong_certs::Identity;
///
/// let hospital: Identity = "/region/310000/institution/H31010400001".parse()?;
/// assert!(matches!(hospital, Identity::Institution { .. }));
/// assert_eq!(hospital.to_string(), "/region/310000/institution/H31010400001");
/// assert!("/region/310000/institution/".parse::<Identity>().is_err());
/// # Ok::<(), huitong_certs::identity::PathError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// The settlement node of a region: `/region/310000/node`.
    RegionNode(RegionCode),
    /// The key with which a region's node signs; it never speaks TLS:
    /// `/region/310000/node/signing`.
    RegionNodeSigning(RegionCode),
    /// A region's own authority, which issues its institutions and officers:
    /// `/region/310000/ca`.
    RegionCa(RegionCode),
    /// A designated institution: `/region/310000/institution/H31010400001`.
    Institution {
        /// The region that certified the institution.
        region: RegionCode,
        /// The institution's national code.
        code: InstitutionCode,
    },
    /// A person of a region's bureau: `/region/310000/officer/<name>`.
    RegionOfficer {
        /// The region whose bureau the officer belongs to.
        region: RegionCode,
        /// The officer's name within the region.
        name: OfficerName,
    },
    /// The clearinghouse: `/clearinghouse`.
    Clearinghouse,
    /// The key with which the clearinghouse signs: `/clearinghouse/signing`.
    ClearinghouseSigning,
    /// A clearing officer: `/clearinghouse/officer/<name>`.
    ClearinghouseOfficer {
        /// The officer's name within the clearinghouse.
        name: OfficerName,
    },
}

/// The authority that alone may issue an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuedBy {
    /// The operator's root.
    Root,
    /// The authority of this region.
    RegionCa(RegionCode),
}

/// What an identity's key is for. One key never serves two of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// Speaks over TLS.
    Speak,
    /// Signs receipts, groups and checkpoints.
    Sign,
    /// Issues certificates.
    Issue,
}

impl Identity {
    /// An institution as its region names it.
    ///
    /// # Errors
    /// [`PathError::InstitutionElsewhere`] when its code belongs to another province.
    pub fn institution(region: RegionCode, code: InstitutionCode) -> Result<Self, PathError> {
        let provinces = [
            region.province().number(),
            code.region().province().number(),
        ];
        // The Xinjiang Corps (66) has its hospitals on the soil of Xinjiang (65).
        let [home, registered] = provinces.map(|number| if number == 66 { 65 } else { number });
        if home == registered {
            Ok(Self::Institution { region, code })
        } else {
            Err(PathError::InstitutionElsewhere { region, code })
        }
    }

    /// Which authority must have issued a certificate with this identity.
    pub fn issued_by(&self) -> IssuedBy {
        match self {
            Self::RegionNode(_)
            | Self::RegionNodeSigning(_)
            | Self::RegionCa(_)
            | Self::Clearinghouse
            | Self::ClearinghouseSigning
            | Self::ClearinghouseOfficer { .. } => IssuedBy::Root,
            Self::Institution { region, .. } | Self::RegionOfficer { region, .. } => {
                IssuedBy::RegionCa(*region)
            }
        }
    }

    /// What the key behind this identity is for.
    pub fn key_role(&self) -> KeyRole {
        match self {
            Self::RegionNode(_)
            | Self::Institution { .. }
            | Self::RegionOfficer { .. }
            | Self::Clearinghouse
            | Self::ClearinghouseOfficer { .. } => KeyRole::Speak,
            Self::RegionNodeSigning(_) | Self::ClearinghouseSigning => KeyRole::Sign,
            Self::RegionCa(_) => KeyRole::Issue,
        }
    }

    /// Whether this party listens as well as calls: only nodes and the clearinghouse do.
    pub fn serves(&self) -> bool {
        match self {
            Self::RegionNode(_) | Self::Clearinghouse => true,
            Self::RegionNodeSigning(_)
            | Self::RegionCa(_)
            | Self::Institution { .. }
            | Self::RegionOfficer { .. }
            | Self::ClearinghouseSigning
            | Self::ClearinghouseOfficer { .. } => false,
        }
    }

    /// The identity of the key with which this party signs, for those that sign.
    pub fn signing(&self) -> Option<Self> {
        match self {
            Self::RegionNode(region) => Some(Self::RegionNodeSigning(*region)),
            Self::Clearinghouse => Some(Self::ClearinghouseSigning),
            Self::RegionNodeSigning(_)
            | Self::RegionCa(_)
            | Self::Institution { .. }
            | Self::RegionOfficer { .. }
            | Self::ClearinghouseSigning
            | Self::ClearinghouseOfficer { .. } => None,
        }
    }

    /// The region this party belongs to; none for the clearinghouse and its people.
    pub fn region(&self) -> Option<RegionCode> {
        match self {
            Self::RegionNode(region)
            | Self::RegionNodeSigning(region)
            | Self::RegionCa(region)
            | Self::Institution { region, .. }
            | Self::RegionOfficer { region, .. } => Some(*region),
            Self::Clearinghouse
            | Self::ClearinghouseSigning
            | Self::ClearinghouseOfficer { .. } => None,
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RegionNode(region) => write!(f, "/region/{region}/node"),
            Self::RegionNodeSigning(region) => write!(f, "/region/{region}/node/signing"),
            Self::RegionCa(region) => write!(f, "/region/{region}/ca"),
            Self::Institution { region, code } => {
                write!(f, "/region/{region}/institution/{code}")
            }
            Self::RegionOfficer { region, name } => write!(f, "/region/{region}/officer/{name}"),
            Self::Clearinghouse => write!(f, "/clearinghouse"),
            Self::ClearinghouseSigning => write!(f, "/clearinghouse/signing"),
            Self::ClearinghouseOfficer { name } => write!(f, "/clearinghouse/officer/{name}"),
        }
    }
}

/// Why a text is no identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No party is named like this.
    #[error("no party of the network is named {0:?} (certs/NAMES.md lists the names)")]
    UnknownPath(String),
    /// The region is no code of six digits.
    #[error("{0:?} is no region code")]
    Region(String),
    /// The institution is no code of a designated institution.
    #[error("{0:?} is no institution code")]
    Institution(String),
    /// The institution is registered in another province than the region that names it.
    #[error("institution {code} is registered in another province than region {region}")]
    InstitutionElsewhere {
        /// The region of the path.
        region: RegionCode,
        /// The institution of the path.
        code: InstitutionCode,
    },
    /// The officer's name cannot be used.
    #[error(transparent)]
    Officer(#[from] OfficerNameError),
}

impl FromStr for Identity {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        let unknown = || PathError::UnknownPath(path.to_owned());
        let segments: Vec<&str> = path
            .strip_prefix('/')
            .ok_or_else(unknown)?
            .split('/')
            .collect();
        match segments.as_slice() {
            ["region", region, "node"] => Ok(Self::RegionNode(parse_region(region)?)),
            ["region", region, "node", "signing"] => {
                Ok(Self::RegionNodeSigning(parse_region(region)?))
            }
            ["region", region, "ca"] => Ok(Self::RegionCa(parse_region(region)?)),
            ["region", region, "institution", code] => Self::institution(
                parse_region(region)?,
                code.parse().map_err(|_| PathError::Institution((*code).to_owned()))?,
            ),
            ["region", region, "officer", name] => Ok(Self::RegionOfficer {
                region: parse_region(region)?,
                name: name.parse()?,
            }),
            ["clearinghouse"] => Ok(Self::Clearinghouse),
            ["clearinghouse", "signing"] => Ok(Self::ClearinghouseSigning),
            ["clearinghouse", "officer", name] => {
                Ok(Self::ClearinghouseOfficer { name: name.parse()? })
            }
            _ => Err(unknown()),
        }
        // One party, one spelling: whatever a code's own parser forgives, a name does not.
        .and_then(|identity| {
            if identity.to_string() == path { Ok(identity) } else { Err(unknown()) }
        })
    }
}

fn parse_region(text: &str) -> Result<RegionCode, PathError> {
    text.parse().map_err(|_| PathError::Region(text.to_owned()))
}
