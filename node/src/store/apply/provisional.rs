//! Rows of settlements made while the home region could not be reached, in both roles.

use huitong_core::id::SettlementId;
use huitong_core::provisional::Provisional;
use huitong_core::record::NodeRecord;
use huitong_core::record::provisional::{
    ProvisionalTakenBack, SnapshotKept, SnapshotSigned, TruedUp,
};

use super::super::{
    KeptRow, Key, Location, OpenRow, ProvisionalRow, ProvisionalState, ReversalState, Row,
    SettlementState, SignedRow, StoreError,
};
use super::treatment::known;
use super::{Changes, Ground};

pub(super) fn signed(record: &SnapshotSigned, at: Location, out: &mut Changes) {
    let body = record.body();
    let row = SignedRow {
        treatment: body.treatment,
        visit: body.visit.clone(),
        usable_until: body.usable_until,
        at,
    };
    out.put(Key::Signed(body.snapshot.person.psn_no), Row::Signed(row));
}

pub(super) fn kept(record: &SnapshotKept, at: Location, out: &mut Changes) {
    let body = &record.signed.body;
    let usable_until = body.usable_until;
    let person = body.snapshot.person;
    out.put(
        Key::Kept(person.home, person.psn_no),
        Row::Kept(KeptRow { at, usable_until }),
    );
}

/// A settlement that is prepared is provisional from now on.
pub(super) fn given(
    record: &Provisional,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let Some(mut row) = known(record.settlement, ground)? else {
        return Ok(());
    };
    row.provisional = Some(at);
    let person = record.signed.body.snapshot.person;
    let of = ProvisionalRow {
        institution: row.institution,
        request: row.request,
        person,
        told: record.decision.cash,
        advanced: record.advanced,
        since: record.at,
        state: ProvisionalState::Open,
    };
    out.put(
        Key::Settlement(record.settlement),
        Row::Settlement(row.into()),
    );
    out.put(
        Key::Provisional(record.settlement),
        Row::Provisional(of.into()),
    );
    out.put(
        Key::ProvisionalOf(person.home, person.psn_no),
        Row::ProvisionalOf(record.settlement),
    );
    Ok(())
}

pub(super) fn trued_up(
    record: &TruedUp,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (settlement, true_up) = (record.settlement, record.true_up);
    if record.treatment != ground.region {
        let key = Key::TruedUp(record.treatment, settlement);
        out.put(key, Row::TruedUp(true_up));
        return Ok(());
    }
    let Some(settled) = known(settlement, ground)? else {
        return Ok(());
    };
    let state = match settled.state {
        SettlementState::Refused(_) => {
            // Nobody settles it again: to patient and institution it stands.
            if let Some(prepared) = settled.prepared {
                let NodeRecord::Prepared(record) = ground.records.record(prepared.at)? else {
                    return Err(StoreError::Inconsistent("a settlement was never prepared"));
                };
                out.visit_taken(prepared.visit, &record.claim.visit, settlement);
            }
            ProvisionalState::Borne(true_up)
        }
        SettlementState::Settled(_)
        | SettlementState::Reversed(_)
        | SettlementState::Prepared
        | SettlementState::Abandoned(_) => ProvisionalState::TruedUp(true_up),
    };
    let institution = closed(settlement, state, ground, out)?.institution;
    out.put(
        Key::Notice(institution, settlement),
        Row::Notice(OpenRow { since: record.at }),
    );
    Ok(())
}

/// Nothing stands of it any more.
pub(super) fn back(
    record: &ProvisionalTakenBack,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let settlement = record.settlement;
    let Some(settled) = known(settlement, ground)? else {
        // The wish names the settlement alone: it ends with what is erased.
        if let Some(reversal) = record.reversal {
            out.remove(Key::Reversal(reversal));
            out.remove(Key::OpenReversal(reversal));
        }
        return Ok(());
    };
    let row = closed(settlement, ProvisionalState::TakenBack, ground, out)?;
    out.remove(Key::Notice(row.institution, settlement));
    if let Some(prepared) = settled.prepared {
        out.visit_given_up(&prepared.visit, settlement, ground.rows)?;
    }
    if let Some(reversal) = record.reversal
        && let Some(mut wish) = ground.rows.reversal(reversal)?
    {
        wish.state = ReversalState::Booked;
        out.put(Key::Reversal(reversal), Row::Reversal(wish));
        out.remove(Key::OpenReversal(reversal));
    }
    Ok(())
}

/// The person may have another one; this one has come to an end.
fn closed(
    settlement: SettlementId,
    state: ProvisionalState,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<ProvisionalRow, StoreError> {
    let row = ground.rows.provisional(settlement)?;
    let row = row.ok_or(StoreError::Inconsistent(
        "a true-up of what was never provisional",
    ))?;
    let person = row.person;
    if ground.rows.provisional_of(person.home, person.psn_no)? == Some(settlement) {
        out.remove(Key::ProvisionalOf(person.home, person.psn_no));
    }
    let row = ProvisionalRow { state, ..row };
    out.put(
        Key::Provisional(settlement),
        Row::Provisional(row.clone().into()),
    );
    Ok(row)
}
