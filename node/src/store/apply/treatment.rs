//! Rows of the treatment role.

use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::record::treatment::{
    Abandoned, Cancelled, Prepared, Refused, Reprepared, Settled,
};

use super::super::row::PreparedRow;
use super::super::{
    Key, Location, OpenRow, RefusedRow, Row, SettlementRow, SettlementState, StoreError, is_erased,
};
use super::erased::held;
use super::payable;
use super::{Changes, Ground};

pub(super) fn prepared(
    record: &Prepared,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let visit = record.claim.visit_key();
    let row = SettlementRow {
        institution: record.institution,
        request: record.request,
        home: record.home(),
        prepared: Some(PreparedRow {
            binding: record.binding,
            visit: visit.clone(),
            at,
            again: None,
            total: record.decision.total,
            cash: record.decision.cash,
        }),
        replaces: ground.rows.replaced(visit.clone())?,
        provisional: None,
        state: SettlementState::Prepared,
    };
    out.put(
        Key::Settlement(record.settlement),
        Row::Settlement(row.into()),
    );
    out.visit_taken(visit, &record.claim.visit, record.settlement);
    out.put(
        Key::Open(record.settlement),
        Row::Open(OpenRow { since: record.at }),
    );
    Ok(())
}

pub(super) fn reprepared(
    record: &Reprepared,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let Some(mut row) = known(record.settlement, ground)? else {
        return Ok(());
    };
    if let Some(prepared) = &mut row.prepared {
        prepared.again = Some(at);
        prepared.cash = record.decision.cash;
    }
    out.put(
        Key::Settlement(record.settlement),
        Row::Settlement(row.into()),
    );
    Ok(())
}

pub(super) fn settled(
    record: &Settled,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    if let Some(mut row) = known(record.settlement, ground)? {
        row.state = SettlementState::Settled(at);
        let (part, id) = (&record.receipt.body.clearing, record.settlement);
        let on = (row.institution, part.business_day);
        let of = (LegKind::Settlement, id);
        let whose = (part.home, id, Some(record.at));
        payable::due(on, of, whose, &part.amounts, out);
        out.put(
            Key::Settlement(record.settlement),
            Row::Settlement(row.into()),
        );
        out.remove(Key::Open(record.settlement));
    }
    let body = &record.receipt.body;
    held(body.clearing.home, body.number, ground, out)?;
    let legs = Leg::of(&record.receipt.body).len();
    let debt = (record.settlement, LegKind::Settlement);
    out.legs(record.legs_from, legs, debt, at, ground.rows)
}

pub(super) fn refused(
    record: &Refused,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let refusal = record.refusal.clone();
    let state = SettlementState::Refused(RefusedRow { refusal, at });
    ended(record.settlement, state, ground, out)
}

pub(super) fn abandoned(
    record: &Abandoned,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let state = SettlementState::Abandoned(Some(at));
    ended(record.settlement, state, ground, out)
}

/// An id that ends without a receipt frees its visit.
fn ended(
    settlement: SettlementId,
    state: SettlementState,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let Some(mut row) = known(settlement, ground)? else {
        return Ok(());
    };
    row.state = state;
    if let Some(prepared) = &row.prepared {
        out.visit_given_up(&prepared.visit, settlement, ground.rows)?;
    }
    out.put(Key::Settlement(settlement), Row::Settlement(row.into()));
    out.remove(Key::Open(settlement));
    Ok(())
}

/// An id that is buried here is open until the home region's word ends it.
pub(super) fn cancelled(record: &Cancelled, out: &mut Changes) {
    let row = SettlementRow {
        institution: record.institution,
        request: record.request,
        home: record.home,
        prepared: None,
        replaces: None,
        provisional: None,
        state: SettlementState::Abandoned(None),
    };
    out.put(
        Key::Settlement(record.settlement),
        Row::Settlement(row.into()),
    );
    out.put(
        Key::Open(record.settlement),
        Row::Open(OpenRow { since: record.at }),
    );
}

/// The row of a settlement that a record names; none when it is an erased person's.
pub(super) fn known(
    settlement: SettlementId,
    ground: &Ground<'_>,
) -> Result<Option<SettlementRow>, StoreError> {
    let row = ground.rows.settlement(settlement)?;
    if row.is_some() || is_erased(ground.rows, settlement)? {
        return Ok(row);
    }
    Err(StoreError::Inconsistent(
        "a record names a settlement that was never prepared",
    ))
}
