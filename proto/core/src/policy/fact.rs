//! The facts that a rule may ask for: a closed list for an engine version.
//!
//! Numbers feed quantities and comparisons, words and flags feed conditions. Nothing else about a person,
//! a visit or a bill can enter a rule, so what a snapshot must carry can be read off a policy.

use std::fmt;
use std::str::FromStr;

use crate::fund::Fund;
use crate::name::Name;
use crate::vocabulary::Part;

/// Whether a number is an amount of money or counts something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Fen.
    Money,
    /// Years, days, admissions …: no unit of money.
    Count,
}

/// A fact with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberFact {
    /// `part.total`: the whole bill.
    Bill,
    /// `part.in`, `part.first` …: one part of the bill, or of what carries one tag (`part.in.implant`).
    Part(Part, Option<Name>),
    /// `base`: what this layer took, before it pays.
    Base,
    /// `age`: whole years on the day of admission.
    Age,
    /// `years_paid`: years of contribution.
    YearsPaid,
    /// `covered_days`: days of unbroken cover, the day of admission among them.
    CoveredDays,
    /// `covered_years`: whole years of the same unbroken cover.
    CoveredYears,
    /// `claim_free_years`: years in a row before this one without a claim.
    ClaimFreeYears,
    /// `days`: days of the visit, at least 1.
    Days,
    /// `sessions`: sessions of a treatment given in sessions.
    Sessions,
    /// `ordinal`: this is the person's nth admission of the benefit year.
    Ordinal,
    /// `index.NAME`: a published figure of the region for the benefit year.
    Index(Name),
    /// `total.NAME`: a declared total as it stands when the layer reads it.
    Total(Name),
    /// `balance.own_account`, `balance.family_account`.
    Balance(Account),
    /// `given.NAME`: what others have paid already.
    Given(Name),
}

/// An account whose balance limits what it pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The person's own (个人账户).
    Own,
    /// A family member's, by consent (家庭共济).
    Family,
}

impl Account {
    /// The account of a fund, when the fund is one.
    #[must_use]
    pub fn of(fund: Fund) -> Option<Self> {
        if fund == Fund::OwnAccount {
            Some(Self::Own)
        } else if fund == Fund::FamilyAccount {
            Some(Self::Family)
        } else {
            None
        }
    }
}

/// A fact with a word out of a vocabulary, or several words at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WordFact {
    /// `setting`.
    Setting,
    /// `scheme`.
    Scheme,
    /// `category`: the region's own class of insured people.
    Category,
    /// `tier`: the home region's own level of the institution.
    Tier,
    /// `place`.
    Place,
    /// `filing`: class of the filing.
    Filing,
    /// `filing_time`: its timeliness.
    FilingTime,
    /// `identity`: assistance identities on the day, possibly several or none.
    Identity,
    /// `disease`: listed diseases of the visit, possibly several or none.
    Disease,
    /// `package`: the disease package the visit is paid under, or none.
    Package,
}

/// A fact that holds or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlagFact {
    /// `retired`.
    Retired,
    /// `networked`: the institution is on the direct-settlement network.
    Networked,
    /// `referred`: the patient came by the rules of referral.
    Referred,
    /// `continued`: an earlier bill of the same admission stands.
    Continued,
}

/// A text that names no fact with a number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no number that a rule may ask for: use part.total, part.PART, part.PART.TAG, base, age, \
     years_paid, covered_days, covered_years, claim_free_years, days, sessions, ordinal, index.NAME, \
     total.NAME, balance.own_account, balance.family_account or given.NAME"
)]
pub struct FactError(pub String);

/// The key a document uses, such as `part.in.implant`.
impl fmt::Display for NumberFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bill => f.write_str("part.total"),
            Self::Part(part, None) => write!(f, "part.{part}"),
            Self::Part(part, Some(tag)) => write!(f, "part.{part}.{tag}"),
            Self::Base => f.write_str("base"),
            Self::Age => f.write_str("age"),
            Self::YearsPaid => f.write_str("years_paid"),
            Self::CoveredDays => f.write_str("covered_days"),
            Self::CoveredYears => f.write_str("covered_years"),
            Self::ClaimFreeYears => f.write_str("claim_free_years"),
            Self::Days => f.write_str("days"),
            Self::Sessions => f.write_str("sessions"),
            Self::Ordinal => f.write_str("ordinal"),
            Self::Index(name) => write!(f, "index.{name}"),
            Self::Total(name) => write!(f, "total.{name}"),
            Self::Balance(Account::Own) => f.write_str("balance.own_account"),
            Self::Balance(Account::Family) => f.write_str("balance.family_account"),
            Self::Given(name) => write!(f, "given.{name}"),
        }
    }
}

impl FromStr for NumberFact {
    type Err = FactError;

    fn from_str(text: &str) -> Result<Self, FactError> {
        let wrong = || FactError(text.chars().take(64).collect());
        let name = |text: &str| Name::parse(text).map_err(|_| wrong());
        let part = |text: &str| text.parse::<Part>().map_err(|_| wrong());
        match text.split_once('.') {
            None => Self::PLAIN
                .iter()
                .find(|(key, _)| *key == text)
                .map(|(_, fact)| *fact)
                .ok_or_else(wrong),
            Some(("part", "total")) => Ok(Self::Bill),
            Some(("part", rest)) => match rest.split_once('.') {
                Some((of, tag)) => Ok(Self::Part(part(of)?, Some(name(tag)?))),
                None => Ok(Self::Part(part(rest)?, None)),
            },
            Some(("index", rest)) => name(rest).map(Self::Index),
            Some(("total", rest)) => name(rest).map(Self::Total),
            Some(("given", rest)) => name(rest).map(Self::Given),
            Some(("balance", "own_account")) => Ok(Self::Balance(Account::Own)),
            Some(("balance", "family_account")) => Ok(Self::Balance(Account::Family)),
            Some(_) => Err(wrong()),
        }
    }
}

impl NumberFact {
    /// The facts whose key is one plain word, in the order of the list.
    pub const PLAIN: &'static [(&'static str, Self)] = &[
        ("base", Self::Base),
        ("age", Self::Age),
        ("years_paid", Self::YearsPaid),
        ("covered_days", Self::CoveredDays),
        ("covered_years", Self::CoveredYears),
        ("claim_free_years", Self::ClaimFreeYears),
        ("days", Self::Days),
        ("sessions", Self::Sessions),
        ("ordinal", Self::Ordinal),
    ];

    /// What it measures, given what the totals measure; `None` for a total that is not declared.
    #[must_use]
    pub fn dimension(self, total: impl FnOnce(Name) -> Option<Dimension>) -> Option<Dimension> {
        match self {
            Self::Bill
            | Self::Part(_, _)
            | Self::Base
            | Self::Index(_)
            | Self::Balance(_)
            | Self::Given(_) => Some(Dimension::Money),
            Self::Age
            | Self::YearsPaid
            | Self::CoveredDays
            | Self::CoveredYears
            | Self::ClaimFreeYears
            | Self::Days
            | Self::Sessions
            | Self::Ordinal => Some(Dimension::Count),
            Self::Total(name) => total(name),
        }
    }

    /// Whether it is an amount of the bill that is being settled.
    #[must_use]
    pub const fn is_of_this_bill(self) -> bool {
        match self {
            Self::Bill | Self::Part(_, _) | Self::Base | Self::Given(_) => true,
            Self::Age
            | Self::YearsPaid
            | Self::CoveredDays
            | Self::CoveredYears
            | Self::ClaimFreeYears
            | Self::Days
            | Self::Sessions
            | Self::Ordinal
            | Self::Index(_)
            | Self::Total(_)
            | Self::Balance(_) => false,
        }
    }
}

impl WordFact {
    /// All, in the order of the list.
    pub const ALL: &'static [Self] = &[
        Self::Setting,
        Self::Scheme,
        Self::Category,
        Self::Tier,
        Self::Place,
        Self::Filing,
        Self::FilingTime,
        Self::Identity,
        Self::Disease,
        Self::Package,
    ];

    /// The key a document uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Setting => "setting",
            Self::Scheme => "scheme",
            Self::Category => "category",
            Self::Tier => "tier",
            Self::Place => "place",
            Self::Filing => "filing",
            Self::FilingTime => "filing_time",
            Self::Identity => "identity",
            Self::Disease => "disease",
            Self::Package => "package",
        }
    }
}

impl FlagFact {
    /// All, in the order of the list.
    pub const ALL: &'static [Self] = &[
        Self::Retired,
        Self::Networked,
        Self::Referred,
        Self::Continued,
    ];

    /// The key a document uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::Networked => "networked",
            Self::Referred => "referred",
            Self::Continued => "continued",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_back_from_its_key_and_strangers_are_refused() {
        let keys = [
            "part.total",
            "part.in",
            "part.first.implant",
            "base",
            "age",
            "years_paid",
            "covered_days",
            "covered_years",
            "claim_free_years",
            "days",
            "sessions",
            "ordinal",
            "index.income",
            "total.admissions",
            "balance.own_account",
            "balance.family_account",
            "given.work_injury",
        ];
        for key in keys {
            assert_eq!(key.parse::<NumberFact>().unwrap().to_string(), key);
        }
        for wrong in [
            "",
            "part",
            "part.",
            "part.all",
            "part.in.",
            "total.",
            "balance.x",
            "Age",
            "age.x",
        ] {
            assert!(wrong.parse::<NumberFact>().is_err(), "{wrong}");
        }
    }
}
