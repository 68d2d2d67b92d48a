//! Rows of the home role.

use huitong_core::final_refusal::{RefusedRequest, RefusedReversal};
use huitong_core::leg::{Leg, LegKind};
use huitong_core::record::home::{Committed, HomeRefused};
use huitong_core::record::looks::{PersonShown, SnapshotsGiven};
use huitong_core::region::RegionCode;

use super::super::{
    Account, Episode, HomeId, HomeReversalRow, HomeRow, HomeState, Key, Location, LookedRow, Row,
    StoreError, Stream, keys_of,
};
use super::{Changes, Ground};

pub(super) fn committed(
    record: &Committed,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let claim = &record.claim;
    let settlement = record.body().clearing.settlement;
    out.visit_stands(claim.visit_key(), &claim.visit, settlement);
    booked(record, at, ground, out)
}

/// As [`committed`], of a settlement that came back after a restore. What comes back of the own region was presented there when
/// the node served already: where the visit stands under another by then, directly, by hand or from outside, it comes with its
/// reversal, and the visit stands as it did.
pub(super) fn committed_again(
    record: &Committed,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let part = &record.body().clearing;
    if part.treatment != ground.region {
        return committed(record, at, ground, out);
    }
    let claim = &record.claim;
    for key in keys_of(claim.visit_key(), &claim.visit) {
        let stands = ground.rows.home_visit(key.clone())?;
        if stands.is_none() {
            out.put(Key::HomeVisit(key), Row::HomeVisit(part.settlement));
        }
    }
    booked(record, at, ground, out)
}

/// All that a settlement changes but how its visit stands.
fn booked(
    record: &Committed,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let body = record.body();
    let claim = &record.claim;
    // One settled by hand is the home region's own, wherever the person was treated.
    let (treatment, settlement) = (body.clearing.treatment, body.clearing.settlement);
    super::person::stated_emergency(record, out);
    let psn_no = claim.person.psn_no;
    let mut account = ground
        .rows
        .account(psn_no)?
        .unwrap_or_else(|| Account::new(record.after.incarnation));
    let id = HomeId {
        treatment,
        settlement,
    };
    let row = HomeRow {
        binding: Some(claim.binding()),
        // Read twice, the account names this settlement already.
        previous: match account.last {
            Some(last) if last == id => ground
                .rows
                .home_settlement(treatment, settlement)?
                .and_then(|row| row.previous),
            last @ (Some(_) | None) => last,
        },
        state: HomeState::Committed(at),
    };
    out.put(
        Key::HomeSettlement(treatment, settlement),
        Row::HomeSettlement(row.into()),
    );
    account.last = Some(id);
    account.version = record.after;
    account.balances = record.balances;
    for (slot, value) in &record.totals {
        account.totals.insert(slot.clone(), *value);
    }
    if claim.visit.setting.is_stay() {
        let began = claim.visit.episode_began_at(claim.institution.code);
        let number = claim.visit.episode.clone();
        let first = Episode {
            ordinal: record.snapshot.coverage.ordinal,
            begun: 0,
        };
        let mut episode = ground
            .rows
            .episode(psn_no, began, number.clone())?
            .unwrap_or(first);
        let counts = u32::from(!record.snapshot.coverage.continued);
        episode.begun = episode.begun.saturating_add(counts);
        out.put(Key::Episode(psn_no, began, number), Row::Episode(episode));
    }
    out.put(Key::Account(psn_no), Row::Account(account));
    let debt = (settlement, LegKind::Settlement);
    let legs = Leg::of(body).len();
    out.legs(record.legs_from, legs, debt, at, ground.rows)
}

/// A word takes its number in the stream to its treatment region; one that was given by hand has none.
pub(super) fn numbered(
    (treatment, number): (RegionCode, u64),
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    if number == 0 {
        return Ok(());
    }
    out.extend(Stream::Receipts(treatment), number, 1, at, ground.rows)
}

/// As [`numbered`], of a word that came back after a restore. What comes back of the own region was presented there when the
/// node served already: another word may have the number by then, so it takes none.
pub(super) fn numbered_again(
    (treatment, number): (RegionCode, u64),
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    if treatment == ground.region {
        return Ok(());
    }
    numbered((treatment, number), at, ground, out)
}

/// The id of a settlement or of a reversal is refused or buried.
pub(super) fn refused(record: &HomeRefused, at: Location, out: &mut Changes) {
    let body = record.body();
    let binding = match record.request() {
        RefusedRequest::Unseen => None,
        RefusedRequest::Claim(binding) => Some(*binding),
        RefusedRequest::Reversal(RefusedReversal { reversal, order }) => {
            let row = HomeReversalRow {
                order: order.clone(),
                refused: Some(at),
            };
            let asked_by = body.asked_by(record.request());
            out.put(
                Key::HomeReversal(asked_by, *reversal),
                Row::HomeReversal(row),
            );
            return;
        }
    };
    let state = if body.is_tombstone() {
        HomeState::Tombstone(at)
    } else {
        HomeState::Refused(at)
    };
    let row = HomeRow {
        binding,
        previous: None,
        state,
    };
    out.put(
        Key::HomeSettlement(body.treatment, body.settlement),
        Row::HomeSettlement(row.into()),
    );
}

/// People's standing was shown.
pub(super) fn shown(
    record: &SnapshotsGiven,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    for PersonShown { psn_no, to } in &record.people {
        let row = ground.rows.looked(*psn_no)?.unwrap_or(LookedRow::NOBODY);
        let row = row.with(record.number, to, record.at);
        out.put(Key::Looked(*psn_no), Row::Looked(row));
    }
    let written = ground.rows.looks_written()?.unwrap_or_default();
    out.put(
        Key::LooksWritten(),
        Row::LooksWritten(written.max(record.number)),
    );
    Ok(())
}
