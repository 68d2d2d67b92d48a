//! Settlements that a region's own core system made (网外结算), outside this network.
//!
//! What the core system decided is taken as it is: the node adds what it is told to the person's totals and
//! decides nothing again. Deliberately absent: the lines of the bill, a policy and a receipt.

use std::collections::{BTreeMap, BTreeSet};

use crate::bill::Visit;
use crate::canonical::encode_to_vec;
use crate::claim::{Binding, VisitKey};
use crate::digest::{sha256, sha256_parts};
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::institution::InstitutionCode;
use crate::money::Fen;
use crate::name::Name;
use crate::person::PsnNo;
use crate::region::RegionCode;
use crate::{canonical_enum, canonical_struct, canonical_text};

/// The most totals that one settlement states.
pub const TOTALS_AT_MOST: usize = 64;

/// The core system's own id of a settlement (结算编号): 1 to 64 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CoreId(String);

impl CoreId {
    /// Reads an id.
    ///
    /// # Errors
    /// [`ExternalError::CoreId`] for any other shape.
    pub fn parse(text: &str) -> Result<Self, ExternalError> {
        let shaped =
            (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if shaped {
            Ok(Self(text.to_owned()))
        } else {
            Err(ExternalError::CoreId)
        }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id under which a visit stands that was settled so: what a refusal of the visit names.
    #[must_use]
    pub fn stands_as(&self, home: RegionCode) -> SettlementId {
        let digest = sha256_parts(&[b"HTEX\x00\x01", &encode_to_vec(&(home, self.clone()))]);
        let (first, _) = digest
            .as_bytes()
            .split_first_chunk::<16>()
            .unwrap_or((&[0; 16], &[]));
        SettlementId::from_bytes(*first)
    }
}

impl std::fmt::Display for CoreId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for CoreId {
    type Err = ExternalError;

    fn from_str(text: &str) -> Result<Self, ExternalError> {
        Self::parse(text)
    }
}

canonical_text!(CoreId);

/// What a settlement adds to one total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// To one that sums.
    Sum(Fen),
    /// To one that counts.
    Count(u32),
}

canonical_enum!(Added { 1 => Sum(amount), 2 => Count(count) });

impl Added {
    /// Fen, or the number.
    #[must_use]
    pub fn value(self) -> i64 {
        match self {
            Self::Sum(amount) => amount.get(),
            Self::Count(count) => i64::from(count),
        }
    }
}

/// A settlement as the core system made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalSettlement {
    /// The core system's id.
    pub core_id: CoreId,
    /// Whose.
    pub psn_no: PsnNo,
    /// An institution of the region.
    pub institution: InstitutionCode,
    /// The visit.
    pub visit: Visit,
    /// The bill.
    pub total: Fen,
    /// What each fund and account paid, none of it zero.
    pub payments: BTreeMap<Fund, Fen>,
    /// What the person paid in cash.
    pub cash: Fen,
    /// What it adds to each total, by name; admissions are not stated.
    pub adds: BTreeMap<Name, Added>,
    /// The withdrawn settlement that it corrects.
    pub corrects: Option<CoreId>,
}

canonical_struct!(ExternalSettlement {
    core_id,
    psn_no,
    institution,
    visit,
    total,
    payments,
    cash,
    adds,
    corrects
});

/// Why a settlement of the core system does not hold together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExternalError {
    /// An id of another shape.
    #[error("a core system's id is 1 to 64 visible ASCII characters")]
    CoreId,
    /// A payment of nothing.
    #[error("{0} is said to pay 0.00: leave it out")]
    PaysNothing(Fund),
    /// Payments and cash are not the bill.
    #[error("payments and cash do not sum to {0}, the bill")]
    Sum(Fen),
    /// More totals than are read.
    #[error("at most {TOTALS_AT_MOST} totals are stated")]
    Totals,
    /// It corrects itself.
    #[error("a settlement does not correct itself")]
    CorrectsItself,
}

impl ExternalSettlement {
    /// The settlement itself, when it holds together.
    ///
    /// # Errors
    /// [`ExternalError`].
    pub fn checked(self) -> Result<Self, ExternalError> {
        if let Some((fund, _)) = self.payments.iter().find(|(_, amount)| amount.is_zero()) {
            return Err(ExternalError::PaysNothing(*fund));
        }
        let paid = self.payments.values().copied();
        if Fen::sum(paid.chain([self.cash])) != Ok(self.total) {
            return Err(ExternalError::Sum(self.total));
        }
        if self.adds.len() > TOTALS_AT_MOST {
            return Err(ExternalError::Totals);
        }
        if self.corrects.as_ref() == Some(&self.core_id) {
            return Err(ExternalError::CorrectsItself);
        }
        Ok(self)
    }

    /// What its id binds: figures, totals and what it corrects count as the bill.
    #[must_use]
    pub fn binding(&self) -> Binding {
        let figures = (self.total, self.payments.clone(), self.cash);
        let bill = (figures, self.adds.clone(), self.corrects.clone());
        Binding {
            institution: sha256(&encode_to_vec(&self.institution)),
            person: sha256(&encode_to_vec(&self.psn_no)),
            visit: sha256(&encode_to_vec(&self.visit)),
            bill: sha256(&encode_to_vec(&bill)),
        }
    }

    /// The visit as it is unique among standing settlements.
    #[must_use]
    pub fn visit_key(&self) -> VisitKey {
        VisitKey {
            institution: self.institution,
            visit: self.visit.number.clone(),
            setting: self.visit.setting,
            interim: self.visit.interim,
        }
    }

    /// What it took from an account.
    #[must_use]
    pub fn paid_by(&self, fund: Fund) -> Fen {
        self.payments.get(&fund).copied().unwrap_or(Fen::ZERO)
    }
}

/// How the totals that are stated differ from those that are declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misstated {
    /// These are declared and not stated.
    Missing(BTreeSet<Name>),
    /// This one is stated and not declared for such a visit, or is counted by the node.
    Unknown(Name),
    /// This one sums, or counts, as it does not here.
    OtherKind(Name),
}

impl std::fmt::Display for Misstated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(names) => {
                let names: Vec<String> = names.iter().map(Name::to_string).collect();
                write!(f, "not stated 未填: {}", names.join(", "))
            }
            Self::Unknown(name) => write!(f, "not declared for this visit 政策未设: {name}"),
            Self::OtherKind(name) => write!(f, "sum and count confused 金额与次数混淆: {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bill::{Arrival, VisitNumber};
    use crate::claim::BoundField;
    use crate::vocabulary::Setting;

    fn settlement() -> ExternalSettlement {
        let number = VisitNumber::parse("V1").unwrap();
        ExternalSettlement {
            core_id: "330200-2023-1".parse().unwrap(),
            psn_no: PsnNo::parse("330200000000000001").unwrap(),
            institution: "H33020000001".parse().unwrap(),
            visit: Visit {
                episode: number.clone(),
                number,
                episode_at: None,
                setting: Setting::Outpatient,
                interim: 0,
                admitted: "2023-03-01".parse().unwrap(),
                billed_from: "2023-03-01".parse().unwrap(),
                discharged: "2023-03-01".parse().unwrap(),
                arrival: Arrival::Direct,
                sessions: 1,
                diseases: Vec::new(),
                package: None,
            },
            total: Fen::new(1_000).unwrap(),
            payments: [(Fund::ResidentPool, Fen::new(400).unwrap())].into(),
            cash: Fen::new(600).unwrap(),
            adds: BTreeMap::new(),
            corrects: None,
        }
    }

    #[test]
    fn a_settlement_is_paid_exactly_once_over() {
        assert!(settlement().checked().is_ok());
        let short = ExternalSettlement {
            cash: Fen::new(599).unwrap(),
            ..settlement()
        };
        assert_eq!(short.checked(), Err(ExternalError::Sum(settlement().total)));
        let mut idle = settlement();
        idle.payments.insert(Fund::OwnAccount, Fen::ZERO);
        let refused = Err(ExternalError::PaysNothing(Fund::OwnAccount));
        assert_eq!(idle.checked(), refused);
        let circle = ExternalSettlement {
            corrects: Some(settlement().core_id),
            ..settlement()
        };
        assert_eq!(circle.checked(), Err(ExternalError::CorrectsItself));
    }

    #[test]
    fn an_id_binds_all_that_is_said_and_stands_apart_in_each_region() {
        let other = ExternalSettlement {
            cash: Fen::new(1).unwrap(),
            ..settlement()
        };
        let differs =
            |other: ExternalSettlement| settlement().binding().first_difference(&other.binding());
        assert_eq!(differs(settlement()), None);
        assert_eq!(differs(other), Some(BoundField::Bill));
        let elsewhere = ExternalSettlement {
            institution: "H33020000002".parse().unwrap(),
            ..settlement()
        };
        assert_eq!(differs(elsewhere), Some(BoundField::Institution));
        let id = settlement().core_id;
        let (here, there) = ("330200".parse().unwrap(), "510100".parse().unwrap());
        assert_ne!(id.stands_as(here), id.stands_as(there));
        for bad in ["", "a b", &"x".repeat(65)] {
            assert_eq!(CoreId::parse(bad), Err(ExternalError::CoreId), "{bad}");
        }
    }
}
