//! Who is insured, with whom they filed, what they used so far, and who may treat them.
//!
//! These are rows as officers bring them in. What they mean for one visit is worked out when the visit
//! comes ([`crate::coverage`]).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::bill::Institution;
use crate::catalogue::CatalogueRule;
use crate::date::{DateInterval, ServiceDate};
use crate::institution::InstitutionCode;
use crate::money::Fen;
use crate::name::Name;
use crate::person::{Credential, PsnNo};
use crate::region::{RegionCode, RegionError};
use crate::totals::TotalSlot;
use crate::vocabulary::{AssistanceIdentity, FilingClass, Scheme};
use crate::{canonical_enum, canonical_struct};

/// Rows of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryRows {
    /// Members.
    Members(Vec<Member>),
    /// Filings.
    Filings(Vec<Filing>),
    /// Totals as of a day.
    OpeningTotals(Vec<OpeningTotal>),
    /// Balances as of a day.
    Balances(Vec<Balance>),
    /// Institutions.
    Institutions(Vec<InstitutionRow>),
    /// Rules of the treatment catalogue.
    Catalogue(Vec<CatalogueRule>),
}

canonical_enum!(RegistryRows {
    1 => Members(rows),
    2 => Filings(rows),
    3 => OpeningTotals(rows),
    4 => Balances(rows),
    5 => Institutions(rows),
    6 => Catalogue(rows),
});

impl RegistryRows {
    /// How many rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Members(rows) => rows.len(),
            Self::Filings(rows) => rows.len(),
            Self::OpeningTotals(rows) => rows.len(),
            Self::Balances(rows) => rows.len(),
            Self::Institutions(rows) => rows.len(),
            Self::Catalogue(rows) => rows.len(),
        }
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An insured person. A row replaces the one before of the same number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person's number in the home region.
    pub psn_no: PsnNo,
    /// What the person may show at a counter.
    pub credentials: BTreeSet<Credential>,
    /// Day of birth.
    pub birth: ServiceDate,
    /// Years of contribution.
    pub years_paid: u16,
    /// Years in a row before this one without a claim, as the bureau counts them.
    pub claim_free_years: u16,
    /// When the person is covered, and how; ascending, without overlaps.
    pub periods: Vec<CoveragePeriod>,
    /// Assistance identities and their days.
    pub identities: Vec<IdentityPeriod>,
}

canonical_struct!(Member {
    psn_no,
    credentials,
    birth,
    years_paid,
    claim_free_years,
    periods,
    identities
});

/// One stretch of cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveragePeriod {
    /// The scheme.
    pub scheme: Scheme,
    /// The region's own class of insured people.
    pub category: Name,
    /// Whether retired by the scheme's rules.
    pub retired: bool,
    /// The days.
    pub days: DateInterval,
}

canonical_struct!(CoveragePeriod {
    scheme,
    category,
    retired,
    days
});

/// One stretch of an assistance identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityPeriod {
    /// Which.
    pub identity: AssistanceIdentity,
    /// The days.
    pub days: DateInterval,
}

canonical_struct!(IdentityPeriod { identity, days });

/// A filing (备案) for treatment elsewhere. A row replaces the one before of the same person, class, area
/// and first day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// Whose.
    pub psn_no: PsnNo,
    /// Its class.
    pub class: FilingClass,
    /// Where it holds.
    pub area: FilingArea,
    /// The days it holds for.
    pub days: DateInterval,
    /// The day it was made.
    pub filed_on: ServiceDate,
}

canonical_struct!(Filing {
    psn_no,
    class,
    area,
    days,
    filed_on
});

/// Where a filing holds: in a city, in a province with its cities, or everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FilingArea {
    /// In a city, a municipality or a province; a province covers its cities.
    Region(RegionCode),
    /// Everywhere outside the home region.
    Everywhere,
}

impl FilingArea {
    /// What stands for [`FilingArea::Everywhere`] in text.
    pub const EVERYWHERE: &'static str = "all";

    /// Reads a region's six digits, or `all`.
    ///
    /// # Errors
    /// As [`RegionCode::parse`].
    pub fn parse(text: &str) -> Result<Self, RegionError> {
        if text == Self::EVERYWHERE {
            Ok(Self::Everywhere)
        } else {
            RegionCode::parse(text).map(Self::Region)
        }
    }

    /// Whether treatment in a region is covered.
    #[must_use]
    pub fn covers(self, treatment: RegionCode) -> bool {
        match self {
            Self::Region(area) => area == treatment || area == treatment.province().region(),
            Self::Everywhere => true,
        }
    }

    fn from_number(number: u32) -> Result<Self, RegionError> {
        match number {
            0 => Ok(Self::Everywhere),
            number => RegionCode::from_number(number).map(Self::Region),
        }
    }

    const fn number(self) -> u32 {
        match self {
            Self::Region(region) => region.number(),
            Self::Everywhere => 0,
        }
    }
}

crate::canonical_as!(
    FilingArea as u32,
    |area| area.number(),
    FilingArea::from_number
);

impl fmt::Display for FilingArea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(region) => region.fmt(f),
            Self::Everywhere => f.write_str(Self::EVERYWHERE),
        }
    }
}

impl FromStr for FilingArea {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        Self::parse(text)
    }
}

/// What a total stood at on the day of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningTotal {
    /// Whose.
    pub psn_no: PsnNo,
    /// Which total.
    pub slot: TotalSlot,
    /// Fen, or a count; zero or above.
    pub value: i64,
}

canonical_struct!(OpeningTotal {
    psn_no,
    slot,
    value
});

/// What the accounts held on the day of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Whose.
    pub psn_no: PsnNo,
    /// The person's own account.
    pub own: Fen,
    /// What a family member's account may pay for this person.
    pub family: Fen,
}

canonical_struct!(Balance {
    psn_no,
    own,
    family
});

/// An institution with an agreement. A row replaces the one before of the same code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstitutionRow {
    /// What is known of it when a visit is adjudicated.
    pub institution: Institution,
    /// Its name, for people.
    pub name: String,
    /// The days its agreement holds.
    pub agreement: DateInterval,
}

canonical_struct!(InstitutionRow {
    institution,
    name,
    agreement
});

impl InstitutionRow {
    /// Its national code.
    #[must_use]
    pub const fn code(&self) -> InstitutionCode {
        self.institution.code
    }
}
