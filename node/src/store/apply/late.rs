//! Rows of late claims: at the old home, which asks, and at the new one, which counts them in.

use huitong_core::person::PsnNo;
use huitong_core::record::transfer::{LateEnded, LateMirrored, LateOffered, SupplementTaken};

use super::super::{
    Account, Counted, HandedIdRow, HomeId, Key, LateRow, Leaving, Location, Mirror, Moved,
    RelationRow, Row, StoreError,
};
use super::transfer::account_after;
use super::{Changes, Ground};

/// The row of a person who was handed over, with a change to it.
fn amend_leaving(
    psn_no: PsnNo,
    ground: &Ground<'_>,
    out: &mut Changes,
    amend: impl FnOnce(&mut Leaving),
) -> Result<(), StoreError> {
    let mut relation = ground.rows.relation(psn_no)?.unwrap_or(RelationRow::NONE);
    if let Some(leaving) = &mut relation.leaving {
        amend(leaving);
    }
    out.put(Key::Relation(psn_no), Row::Relation(relation.into()));
    Ok(())
}

pub(super) fn mirrored(
    record: &LateMirrored,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let account = ground.rows.account(record.psn_no)?;
    let mut account = account.unwrap_or_else(|| Account::new(record.after.incarnation));
    account.version = record.after;
    account.totals = record.totals.iter().cloned().collect();
    out.put(Key::Account(record.psn_no), Row::Account(account));
    amend_leaving(record.psn_no, ground, out, |leaving| {
        leaving.mirror = Some(Mirror {
            of: record.of,
            balances: record.balances,
        });
    })
}

pub(super) fn offered(
    record: &LateOffered,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let psn_no = record.claim.person.psn_no;
    let of = HomeId {
        treatment: record.claim.treatment,
        settlement: record.settlement,
    };
    let key = Key::LateClaim(of.treatment, of.settlement);
    out.put(key, Row::LateClaim(LateRow { psn_no, at }));
    amend_leaving(psn_no, ground, out, |leaving| leaving.offered = Some(of))
}

pub(super) fn ended(
    record: &LateEnded,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    out.remove(Key::LateClaim(record.treatment, record.settlement));
    amend_leaving(record.psn_no, ground, out, |leaving| leaving.offered = None)
}

/// New home: a late claim is counted in; its word comes later, and says nothing new.
pub(super) fn supplemented(
    record: &SupplementTaken,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let supplement = &record.supplement;
    let row = HandedIdRow {
        old_home: record.old_home,
        psn_no: supplement.number,
        counted: Counted::In(supplement.clone()),
    };
    let of = &supplement.of;
    out.put(
        Key::HandedId(of.treatment, of.settlement),
        Row::HandedId(row.into()),
    );
    out.put(
        Key::HandedVisit(of.visit.clone()),
        Row::HandedVisit(of.settlement),
    );
    let moved = Some(Moved::From(supplement.paid));
    account_after(supplement.number, &record.account, moved, ground, out)
}
