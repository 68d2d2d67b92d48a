//! Rows of the home role.

use huitong_core::leg::Leg;
use huitong_core::record::home::{Committed, HomeRefused, HomeTombstone};

use super::super::{Account, Episode, HomeRow, HomeState, Key, Location, Row, StoreError, Stream};
use super::{Changes, Ground};

pub(super) fn committed(
    record: &Committed,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let body = record.body();
    let claim = &record.claim;
    let (treatment, settlement) = (claim.treatment, body.clearing.settlement);
    let row = HomeRow {
        binding: Some(claim.binding()),
        state: HomeState::Committed(at),
    };
    out.put(
        Key::HomeSettlement(treatment, settlement),
        Row::HomeSettlement(row),
    );
    out.put(
        Key::HomeVisit(treatment, claim.visit_key()),
        Row::HomeVisit(settlement),
    );

    let psn_no = claim.person.psn_no;
    let mut account = ground
        .rows
        .account(psn_no)?
        .unwrap_or_else(|| Account::new(record.after.incarnation));
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
            bills: 0,
        };
        let mut episode = ground
            .rows
            .episode(psn_no, began, number.clone())?
            .unwrap_or(first);
        episode.bills = episode.bills.saturating_add(1);
        out.put(Key::Episode(psn_no, began, number), Row::Episode(episode));
    }
    out.put(Key::Account(psn_no), Row::Account(account));
    out.extend(Stream::Receipts(treatment), body.number, 1, at, ground.rows)?;
    out.extend(
        Stream::Legs,
        record.legs_from,
        Leg::of(body).len(),
        at,
        ground.rows,
    )
}

pub(super) fn refused(record: &HomeRefused, out: &mut Changes) {
    let row = HomeRow {
        binding: Some(record.binding),
        state: HomeState::Refused(record.refusal.clone()),
    };
    out.put(
        Key::HomeSettlement(record.treatment, record.settlement),
        Row::HomeSettlement(row),
    );
}

pub(super) fn tombstone(record: &HomeTombstone, out: &mut Changes) {
    let row = HomeRow {
        binding: None,
        state: HomeState::Tombstone(record.at),
    };
    out.put(
        Key::HomeSettlement(record.treatment, record.settlement),
        Row::HomeSettlement(row),
    );
}
