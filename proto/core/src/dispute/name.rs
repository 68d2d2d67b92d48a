//! The name of a dispute, and what it is about.

use std::fmt;
use std::str::FromStr;

use crate::canonical::Artifact;
use crate::checkpoint::row::Pair;
use crate::date::BusinessDay;
use crate::id::{RequestId, SettlementId};
use crate::leg::LegKind;
use crate::region::RegionCode;
use crate::{canonical_enum, canonical_struct};

/// The name of a dispute: the region that raises it, and a reference of its own choice. Written `330200/2026-03-001`.
///
/// ```
/// use huitong_core::dispute::name::DisputeName;
/// let name: DisputeName = "330200/2026-03-001".parse()?;
/// assert_eq!(name.raiser.to_string(), "330200");
/// assert_eq!(name.to_string(), "330200/2026-03-001");
/// # Ok::<(), huitong_core::dispute::name::DisputeNameError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DisputeName {
    /// Who raises it.
    pub raiser: RegionCode,
    /// Its own reference.
    pub reference: RequestId,
}

canonical_struct!(DisputeName { raiser, reference });

impl Artifact for DisputeName {
    const KIND: [u8; 4] = *b"DNAM";
    const VERSION: u16 = 1;
}

/// A text that is no name of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a dispute is named REGION/REFERENCE, such as 330200/2026-03-001; the reference is 1 to 64 of letters, digits, '.', \
     '_', ':' and '-' / 争议编号格式为 统筹区/自编号，例如 330200/2026-03-001"
)]
pub struct DisputeNameError;

impl DisputeName {
    /// The id that the correction of this dispute has in place of a settlement's: it follows from the name, so that a
    /// dispute is corrected once, whatever is lost and begun anew.
    #[must_use]
    pub fn correction(&self) -> SettlementId {
        let digest = self.digest();
        let mut id = [0; 16];
        id.iter_mut()
            .zip(digest.as_bytes())
            .for_each(|(byte, of)| *byte = *of);
        SettlementId::from_bytes(id)
    }
}

impl FromStr for DisputeName {
    type Err = DisputeNameError;

    fn from_str(text: &str) -> Result<Self, DisputeNameError> {
        let (raiser, reference) = text.split_once('/').ok_or(DisputeNameError)?;
        Ok(Self {
            raiser: raiser.parse().map_err(|_| DisputeNameError)?,
            reference: RequestId::parse(reference).map_err(|_| DisputeNameError)?,
        })
    }
}

impl fmt::Display for DisputeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.raiser, self.reference)
    }
}

/// What a dispute is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// One debt, netted or not.
    Debt {
        /// The settlement.
        settlement: SettlementId,
        /// What the debt arose from.
        kind: LegKind,
        /// Who owes whom for which fund.
        pair: Pair,
    },
    /// A row of a netted cycle.
    Row {
        /// The cycle.
        day: BusinessDay,
        /// Who owes whom for which fund.
        pair: Pair,
    },
}

canonical_enum!(Subject {
    1 => Debt { settlement, kind, pair },
    2 => Row { day, pair },
});

impl Subject {
    /// Who owes whom for which fund.
    #[must_use]
    pub const fn pair(&self) -> Pair {
        match self {
            Self::Debt { pair, .. } | Self::Row { pair, .. } => *pair,
        }
    }

    /// The other of its two regions; none for a region that is neither.
    #[must_use]
    pub fn other(&self, region: RegionCode) -> Option<RegionCode> {
        let pair = self.pair();
        if pair.debtor == region {
            Some(pair.creditor).filter(|other| *other != region)
        } else if pair.creditor == region {
            Some(pair.debtor)
        } else {
            None
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pair {
            debtor,
            creditor,
            fund,
        } = self.pair();
        match self {
            Self::Debt {
                settlement, kind, ..
            } => write!(f, "{settlement} {kind} {debtor}-{creditor}-{fund}"),
            Self::Row { day, .. } => write!(f, "{day} {debtor}-{creditor}-{fund}"),
        }
    }
}
