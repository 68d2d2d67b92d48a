//! The rows of reversals, in both roles.

use huitong_core::id::{ReversalId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::reversal::ReversalOrder;
use huitong_core::vocabulary::ReversalReason;
use huitong_core::{canonical_enum, canonical_struct};

use super::location::Location;
use super::refused_row::RefusedRow;

/// Where a reversed settlement is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReversedRow {
    /// The record that settled or committed it.
    pub settled: Location,
    /// The record that reversed it.
    pub reversed: Location,
    /// The reversal's id.
    pub reversal: ReversalId,
}

canonical_struct!(ReversedRow {
    settled,
    reversed,
    reversal
});

/// Home role: what became of the id of a reversal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeReversalRow {
    /// What the id binds.
    pub order: ReversalOrder,
    /// The record that finally refused it; none when the settlement is reversed by it.
    pub refused: Option<Location>,
}

canonical_struct!(HomeReversalRow { order, refused });

/// Treatment role: an institution's wish for a reversal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalRow {
    /// The institution that asked.
    pub institution: InstitutionCode,
    /// What the id binds: which settlement, and why.
    pub settlement: SettlementId,
    /// The reason given.
    pub reason: ReversalReason,
    /// How it stands.
    pub state: ReversalState,
}

canonical_struct!(ReversalRow {
    institution,
    settlement,
    reason,
    state
});

/// How an institution's wish for a reversal stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReversalState {
    /// Put to the home region, or about to be.
    Intended,
    /// The settlement is reversed by it.
    Booked,
    /// Finally refused.
    Refused(RefusedRow),
}

canonical_enum!(ReversalState { 1 => Intended, 2 => Booked, 3 => Refused(row) });
