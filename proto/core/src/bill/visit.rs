//! A visit as the institution states it, and the institution as its region answers for it.

use super::BillError;
use crate::date::ServiceDate;
use crate::institution::InstitutionCode;
use crate::name::Name;
use crate::vocabulary::{Administration, Grade, InstitutionType, Setting};
use crate::{canonical_enum, canonical_struct, canonical_text};

/// The most listed diseases of one visit.
pub const DISEASES_AT_MOST: usize = 16;
/// The most days, and the most sessions, of one visit.
pub const DAYS_AT_MOST: u32 = 3_660;
/// The most interim bills of a stay.
pub const INTERIM_AT_MOST: u16 = 999;

/// What is known of the institution when a visit is adjudicated; the treatment region answers for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    /// Its national code.
    pub code: InstitutionCode,
    /// What it is.
    pub kind: InstitutionType,
    /// The grade that sets deductibles.
    pub grade: Grade,
    /// The grade that sets price limits.
    pub price_grade: Grade,
    /// Whom it belongs to.
    pub administration: Administration,
    /// Whether it is on the direct-settlement network.
    pub networked: bool,
}

canonical_struct!(Institution {
    code,
    kind,
    grade,
    price_grade,
    administration,
    networked
});

/// How the patient came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// By own choice.
    Direct,
    /// By the rules of referral.
    Referred,
    /// As an emergency, so stated by the institution; counts as filed.
    Emergency,
}

canonical_enum!(Arrival { 1 => Direct, 2 => Referred, 3 => Emergency });

/// One visit as the institution states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The institution's own number for the visit, 1 to 64 characters.
    pub number: VisitNumber,
    /// The number of the admission it belongs to: its own, or that of a linked transfer.
    pub episode: VisitNumber,
    /// Where that admission began, when it was at another institution: the two are then one episode.
    pub episode_at: Option<InstitutionCode>,
    /// The kind of treatment.
    pub setting: Setting,
    /// Zero for the whole or final bill, n for the nth interim bill.
    pub interim: u16,
    /// First day: admission, or the day of an outpatient visit.
    pub admitted: ServiceDate,
    /// The first day that this bill covers: the admission, or the day after an interim bill.
    pub billed_from: ServiceDate,
    /// Last day: discharge, the last day of an interim bill, or the same day for an outpatient.
    pub discharged: ServiceDate,
    /// How the patient came.
    pub arrival: Arrival,
    /// Sessions of a treatment given in sessions; 1 when it has none.
    pub sessions: u32,
    /// Listed diseases of the visit, the main one first.
    pub diseases: Vec<Name>,
    /// The disease package it is paid under.
    pub package: Option<Name>,
}

canonical_struct!(Visit {
    number,
    episode,
    episode_at,
    setting,
    interim,
    admitted,
    billed_from,
    discharged,
    arrival,
    sessions,
    diseases,
    package
});

impl Visit {
    /// Days of the visit, both ends included; an outpatient visit has 1.
    #[must_use]
    pub fn days(&self) -> u32 {
        let nights = self.admitted.days_until(self.discharged);
        u32::try_from(nights).unwrap_or(0).saturating_add(1)
    }

    /// Whether the days that this bill covers lie in two benefit years.
    #[must_use]
    pub fn spans_years(&self) -> bool {
        self.billed_from.year() != self.discharged.year()
    }

    /// Where the episode began: at the institution named, or at the visit's own.
    #[must_use]
    pub fn episode_began_at(&self, own: InstitutionCode) -> InstitutionCode {
        self.episode_at.unwrap_or(own)
    }

    /// The visit itself, when its dates, lists and lengths are within bounds.
    ///
    /// # Errors
    /// [`BillError::Dates`], [`BillError::BilledFrom`], [`BillError::Length`], [`BillError::Interim`] or
    /// [`BillError::Diseases`].
    pub fn checked(self) -> Result<Self, BillError> {
        if self.discharged < self.admitted {
            Err(BillError::Dates)
        } else if self.billed_from < self.admitted || self.discharged < self.billed_from {
            Err(BillError::BilledFrom)
        } else if self.days() > DAYS_AT_MOST || !(1..=DAYS_AT_MOST).contains(&self.sessions) {
            Err(BillError::Length)
        } else if self.interim > INTERIM_AT_MOST {
            Err(BillError::Interim)
        } else if self.diseases.len() > DISEASES_AT_MOST {
            Err(BillError::Diseases(self.diseases.len()))
        } else {
            Ok(self)
        }
    }
}

/// An institution's own number for a visit: 1 to 64 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitNumber(String);

impl VisitNumber {
    /// Reads a visit number.
    ///
    /// # Errors
    /// [`BillError::VisitNumber`] for any other shape.
    pub fn parse(text: &str) -> Result<Self, BillError> {
        let shaped =
            (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if shaped {
            Ok(Self(text.to_owned()))
        } else {
            Err(BillError::VisitNumber)
        }
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for VisitNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

canonical_text!(VisitNumber);
