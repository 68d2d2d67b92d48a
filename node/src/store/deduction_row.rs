//! The rows of audit deductions, in both roles.

use huitong_core::date::BusinessDay;
use huitong_core::deduction::DeductionAmounts;
use huitong_core::digest::Digest;
use huitong_core::id::{DeductionId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::DeductionReason;
use huitong_core::{canonical_enum, canonical_struct};

use super::location::Location;

/// Treatment role: a deduction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionRow {
    /// The settlement.
    pub settlement: SettlementId,
    /// Its institution.
    pub institution: InstitutionCode,
    /// Its home region.
    pub home: RegionCode,
    /// Digest of its receipt's signed body.
    pub receipt: Digest,
    /// What is taken off.
    pub amounts: DeductionAmounts,
    /// Why.
    pub reason: DeductionReason,
    /// On which day it was ordered, in Shanghai.
    pub on: BusinessDay,
    /// The record that ordered it; none when only the home region's word came back after a restore.
    pub ordered: Option<Location>,
    /// The record of the home region's word on it.
    pub answered: Option<Location>,
    /// The record that last ordered its withdrawal.
    pub withdrawal: Option<Location>,
    /// The record of the home region's last word on that, or the one that lifted it.
    pub ended: Option<Location>,
    /// How it stands.
    pub state: DeductionState,
}

canonical_struct!(DeductionRow {
    settlement,
    institution,
    home,
    receipt,
    amounts,
    reason,
    on,
    ordered,
    answered,
    withdrawal,
    ended,
    state
});

/// How a deduction stands at the treatment region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeductionState {
    /// Put to the home region, or about to be: no money moves.
    Asked,
    /// It is deducted.
    Stands,
    /// Finally refused.
    Refused,
    /// Deducted, and its withdrawal is put to the home region, or about to be.
    Withdrawing,
    /// Withdrawn.
    Withdrawn,
    /// Ended with the reversal of its settlement.
    Lifted,
}

canonical_enum!(DeductionState {
    1 => Asked,
    2 => Stands,
    3 => Refused,
    4 => Withdrawing,
    5 => Withdrawn,
    6 => Lifted,
});

impl DeductionRow {
    /// The row with the places of its records completed.
    pub(crate) fn placed(self, place: impl Fn(Location) -> Location) -> Self {
        Self {
            ordered: self.ordered.map(&place),
            answered: self.answered.map(&place),
            withdrawal: self.withdrawal.map(&place),
            ended: self.ended.map(&place),
            ..self
        }
    }
}

/// Home role: a treatment region's deduction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeDeductionRow {
    /// The settlement.
    pub settlement: SettlementId,
    /// What is taken off.
    pub amounts: DeductionAmounts,
    /// The record that decided it.
    pub decided: Location,
    /// The record that withdrew it.
    pub withdrawn: Option<Location>,
    /// How it stands.
    pub state: HomeDeductionState,
}

canonical_struct!(HomeDeductionRow {
    settlement,
    amounts,
    decided,
    withdrawn,
    state
});

/// How a deduction stands at the home region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeDeductionState {
    /// Finally refused.
    Refused,
    /// Accepted: it is owed back.
    Stands,
    /// Withdrawn.
    Withdrawn,
    /// Ended with the reversal of its settlement.
    Lifted,
}

canonical_enum!(HomeDeductionState {
    1 => Refused,
    2 => Stands,
    3 => Withdrawn,
    4 => Lifted,
});

impl HomeDeductionRow {
    /// The row with the places of its records completed.
    pub(crate) fn placed(self, place: impl Fn(Location) -> Location) -> Self {
        Self {
            decided: place(self.decided),
            withdrawn: self.withdrawn.map(&place),
            ..self
        }
    }
}

/// The deductions that count against what a settlement's funds paid: asked for or standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deductions(pub Vec<(DeductionId, DeductionAmounts)>);

huitong_core::canonical_as!(
    Deductions as Vec<(DeductionId, DeductionAmounts)>,
    |deductions| deductions.0.clone(),
    |deductions| { Ok::<_, std::convert::Infallible>(Deductions(deductions)) }
);

impl Deductions {
    /// None.
    pub const NONE: Self = Self(Vec::new());
    /// How many a settlement may have at a time.
    pub const AT_MOST: usize = 32;

    /// With another one; said again it changes nothing.
    #[must_use]
    pub fn with(mut self, deduction: DeductionId, amounts: &DeductionAmounts) -> Self {
        if self.0.iter().all(|(known, _)| *known != deduction) {
            self.0.push((deduction, amounts.clone()));
        }
        self
    }

    /// Without one.
    #[must_use]
    pub fn without(mut self, deduction: DeductionId) -> Self {
        self.0.retain(|(known, _)| *known != deduction);
        self
    }

    /// What each takes off.
    pub fn amounts(&self) -> impl Iterator<Item = &DeductionAmounts> {
        self.0.iter().map(|(_, amounts)| amounts)
    }
}
