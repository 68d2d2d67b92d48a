//! Rows of reversals, in both roles.

use huitong_core::leg::{Leg, LegKind};
use huitong_core::record::reversal::{
    ReversalBooked, ReversalIntended, ReversalNoted, ReversalOrdered, ReversalRefused,
};
use huitong_core::region::RegionCode;

use super::super::{
    Episode, HomeId, HomeReversalRow, HomeRow, HomeState, Key, Location, Moved, OpenRow,
    RefusedRow, ReversalRow, ReversalState, ReversedRow, Row, Rows, SettlementState, StoreError,
    from_accounts,
};
use super::erased::held;
use super::payable;
use super::treatment::known;
use super::{Changes, Ground, expense_check};

/// Home role: the settlement stands no more, and its visit is free.
pub(super) fn ordered(
    record: &ReversalOrdered,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (rows, body) = (ground.rows, record.body());
    let part = &body.clearing;
    let (treatment, settlement) = (part.treatment, part.settlement);
    let row = rows.home_settlement(treatment, settlement)?;
    let row = row.ok_or(StoreError::Inconsistent(
        "a reversal names a settlement that was never committed",
    ))?;
    let committed = match row.state {
        HomeState::Committed(at) => at,
        HomeState::Reversed(row) => row.settled,
        HomeState::Refused(_) | HomeState::Tombstone(_) => {
            return Err(StoreError::Inconsistent(
                "a reversal names a settlement that never stood",
            ));
        }
    };
    let previous = row.previous;
    let state = HomeState::Reversed(ReversedRow {
        settled: committed,
        reversed: at,
        reversal: body.reversal,
    });
    out.put(
        Key::HomeSettlement(treatment, settlement),
        Row::HomeSettlement(HomeRow { state, ..row }.into()),
    );
    let row = HomeReversalRow {
        order: body.order(),
        refused: None,
    };
    out.put(
        Key::HomeReversal(body.asked_by(), body.reversal),
        Row::HomeReversal(row),
    );
    out.visit_is_free(&record.visit, settlement, rows)?;
    out.remove(Key::Emergency(treatment, settlement));
    expense_check::reversed((treatment, settlement), ground, out)?;
    let psn_no = record.person.person.psn_no;
    let account = rows.account(psn_no)?;
    let mut account = account.ok_or(StoreError::Inconsistent("a settlement without an account"))?;
    account.version = record.person.version;
    let given = Moved::To(from_accounts(&part.amounts));
    account.moved(given, record.balances)?;
    for (slot, value) in &record.totals {
        account.totals.insert(slot.clone(), *value);
    }
    let id = HomeId {
        treatment,
        settlement,
    };
    if account.last == Some(id) {
        account.last = latest_standing(rows, previous)?;
    }
    out.put(Key::Account(psn_no), Row::Account(account));
    if let Some((began, number)) = &record.begun
        && let Some(episode) = rows.episode(psn_no, *began, number.clone())?
    {
        let key = Key::Episode(psn_no, *began, number.clone());
        let begun = episode.begun.saturating_sub(1);
        out.put(key, Row::Episode(Episode { begun, ..episode }));
    }
    let legs = Leg::of_reversal(body).len();
    let debt = (settlement, LegKind::Reversal);
    out.legs(record.legs_from, legs, debt, at, rows)
}

/// The first settlement that stands, from one on backwards. Those passed over are never passed over again,
/// since the account no longer leads to them.
fn latest_standing(
    rows: &dyn Rows,
    mut from: Option<HomeId>,
) -> Result<Option<HomeId>, StoreError> {
    while let Some(HomeId {
        treatment,
        settlement,
    }) = from
    {
        let row = rows.home_settlement(treatment, settlement)?;
        let row = row.ok_or(StoreError::Inconsistent("a person's settlement is gone"))?;
        match row.state {
            HomeState::Committed(_) => break,
            HomeState::Reversed(_) => from = row.previous,
            HomeState::Refused(_) | HomeState::Tombstone(_) => {
                return Err(StoreError::Inconsistent(
                    "a person's settlement never stood",
                ));
            }
        }
    }
    Ok(from)
}

/// Treatment role: an institution wants a reversal.
pub(super) fn intended(record: &ReversalIntended, out: &mut Changes) {
    let row = ReversalRow {
        institution: record.institution,
        settlement: record.settlement,
        reason: record.reason,
        state: ReversalState::Intended,
    };
    out.put(Key::Reversal(record.reversal), Row::Reversal(row));
    out.put(
        Key::OpenReversal(record.reversal),
        Row::OpenReversal(OpenRow { since: record.at }),
    );
}

/// Treatment role: the settlement stands no more, and its visit is free.
pub(super) fn booked(
    record: &ReversalBooked,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (rows, body) = (ground.rows, &record.reversal.body);
    let settlement = body.clearing.settlement;
    let row = known(settlement, ground)?;
    let mut row = row.ok_or(StoreError::Inconsistent(
        "a reversal of an erased person's settlement names the person",
    ))?;
    let settled = match row.state {
        SettlementState::Settled(at) => at,
        SettlementState::Reversed(row) => row.settled,
        SettlementState::Prepared | SettlementState::Refused(_) | SettlementState::Abandoned(_) => {
            return Err(StoreError::Inconsistent(
                "a reversal names a settlement that is not settled",
            ));
        }
    };
    row.state = SettlementState::Reversed(ReversedRow {
        settled,
        reversed: at,
        reversal: body.reversal,
    });
    let (institution, home): (_, RegionCode) = (row.institution, row.home);
    let part = &body.clearing;
    let of = (LegKind::Reversal, settlement);
    let on = (institution, part.business_day);
    let whose = (home, settlement, Some(record.at));
    payable::due(on, of, whose, &part.amounts, out);
    if let Some(prepared) = &row.prepared {
        let visit = prepared.visit.clone();
        out.visit_given_up(&visit, settlement, rows)?;
        out.put(Key::Replaced(visit), Row::Replaced(settlement));
    }
    out.put(Key::Settlement(settlement), Row::Settlement(row.into()));
    expense_check::reversed((part.treatment, settlement), ground, out)?;
    match rows.reversal(body.reversal)? {
        Some(wish) => {
            let row = ReversalRow {
                state: ReversalState::Booked,
                ..wish
            };
            out.put(Key::Reversal(body.reversal), Row::Reversal(row));
            out.remove(Key::OpenReversal(body.reversal));
        }
        // Nobody here asked for it: the institution must see it.
        None => out.put(
            Key::Notice(institution, settlement),
            Row::Notice(OpenRow { since: record.at }),
        ),
    }
    held(home, body.number, ground, out)?;
    let legs = Leg::of_reversal(body).len();
    let debt = (settlement, LegKind::Reversal);
    out.legs(record.legs_from, legs, debt, at, rows)
}

/// Treatment role: the wish is refused; the settlement stands as it stood.
pub(super) fn refused(
    record: &ReversalRefused,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let wish = ground.rows.reversal(record.reversal)?;
    let wish = wish.ok_or(StoreError::Inconsistent(
        "a record names a reversal that nobody wanted",
    ))?;
    let row = ReversalRow {
        state: ReversalState::Refused(RefusedRow {
            refusal: record.refusal.clone(),
            at,
        }),
        ..wish
    };
    out.put(Key::Reversal(record.reversal), Row::Reversal(row));
    out.remove(Key::OpenReversal(record.reversal));
    Ok(())
}

/// Treatment role: the institution has seen it.
pub(super) fn noted(record: &ReversalNoted, out: &mut Changes) {
    out.remove(Key::Notice(record.institution, record.settlement));
}
