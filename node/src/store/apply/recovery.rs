//! Rows of a restore.

use huitong_core::coverage::{Balances, PersonVersion};
use huitong_core::digest::Digest;
use huitong_core::id::SettlementId;
use huitong_core::leg::{LegKind, NumberedLeg};
use huitong_core::person::PsnNo;
use huitong_core::record::hand::Handed;
use huitong_core::record::recovery::{
    CommitRegained, LegsRegained, PeerRestored, PersonReleased, RegionLeftOut, RestoreBegan,
    RestoreEnded, ReversalRegained, VisitRegained,
};
use huitong_core::record::transfer::HandRegained;

use super::super::{
    Account, BackupDay, Key, LeftOut, Location, Moved, RegainedLegs, RestoreState, Restored,
    RestoredPeer, Row, SettlementRow, StoreError, Stream, StreamHead,
};
use super::regained::{Late, regained};
use super::transfer::handed_from;
use super::{Changes, Ground, home, reversal, transfer};

pub(super) fn began(
    record: &RestoreBegan,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    // A higher incarnation that is taken while it collects is of the same backup, and days have come back since.
    let before = ground.rows.restored()?;
    if before.is_none_or(|row| row.state == RestoreState::Over) {
        let closed = ground.rows.last_closed_day()?.map(|row| row.day);
        out.put(Key::BackupDay(), Row::BackupDay(BackupDay { closed }));
    }
    let row = Restored {
        incarnation: record.incarnation,
        mark: record.mark,
        since: record.at,
        state: RestoreState::Collecting,
    };
    out.put(Key::Restored(), Row::Restored(row));
    Ok(())
}

pub(super) fn ended(
    record: &RestoreEnded,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = ground.rows.restored()?;
    let row = row.filter(|row| row.incarnation == record.incarnation);
    let row = row.ok_or(StoreError::Inconsistent("a restore ends that never began"))?;
    let state = RestoreState::Over;
    out.put(Key::Restored(), Row::Restored(Restored { state, ..row }));
    Ok(())
}

/// What is held beyond the peer's backup is all that there will ever be under those numbers, and what it does
/// not hold of the own stream any more is delivered again.
pub(super) fn peer(
    record: &PeerRestored,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let PeerRestored {
        region,
        incarnation,
        mark,
        written,
        held,
        ..
    } = *record;
    let before = ground.rows.restored_peer(region)?;
    // Read twice, the record is the restore that is known.
    let before = match before {
        Some(row) if row.incarnation == incarnation => row.before,
        Some(row) => row.into_before(),
        None => Vec::new(),
    };
    let row = RestoredPeer {
        incarnation,
        mark,
        written,
        held,
        before,
    };
    out.put(Key::RestoredPeer(region), Row::RestoredPeer(row));
    if let Some(receipts) = ground.rows.held(region)? {
        out.put(
            Key::Held(region),
            Row::Held(receipts.with_no_gap_after(written)),
        );
    }
    let stream = Stream::Receipts(region);
    if let Some(head) = ground.rows.stream(stream)? {
        let acknowledged = head.acknowledged.min(held);
        let head = StreamHead {
            acknowledged,
            ..head
        };
        out.put(Key::Stream(stream), Row::Stream(head));
    }
    Ok(())
}

pub(super) fn commit(
    record: &CommitRegained,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    // A change that nobody returned has filled the account: the one that shows it is not counted as whole.
    let count = u64::from(record.lacked == Balances::NONE);
    let record = &record.record;
    let psn_no = record.claim.person.psn_no;
    let change = (record.after.change, count);
    let late = regained(psn_no, change, record.after.incarnation, ground, out)?;
    home::committed_again(record, at, ground, out)?;
    let (part, number) = (&record.body().clearing, record.body().number);
    home::numbered_again((part.treatment, number), at, ground, out)?;
    // The accounts of whoever was handed over are the new home's, whatever was paid from them before.
    if handed_from(ground.rows, psn_no)?.is_none() {
        let account = ground.rows.account(psn_no)?;
        let mut account = account.unwrap_or_else(|| Account::new(record.after.incarnation));
        let paid = Balances {
            own: record.decision.own_account,
            family: record.decision.family_account,
        };
        account.moved(Moved::From(paid), record.balances)?;
        lack(account.lacks, out);
    }
    keep_highest(psn_no, late, ground, out)
}

/// The account that is to be put lacks this.
fn lack(lacks: Balances, out: &mut Changes) {
    out.amend(|row| {
        if let Row::Account(account) = row {
            account.lacks = lacks;
        }
    });
}

pub(super) fn reversed(
    record: &ReversalRegained,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let record = &record.record;
    let psn_no = record.person.person.psn_no;
    let PersonVersion {
        change,
        incarnation,
    } = record.person.version;
    let late = regained(psn_no, (change, 1), incarnation, ground, out)?;
    reversal::ordered(record, at, ground, out)?;
    let (part, number) = (&record.body().clearing, record.body().number);
    home::numbered_again((part.treatment, number), at, ground, out)?;
    keep_highest(psn_no, late, ground, out)
}

/// How a visit stands, whatever the words before it changed of that. Who was erased since is nobody's to name.
pub(super) fn visit(
    record: &VisitRegained,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let known = |of: Option<SettlementId>| -> Result<Option<SettlementId>, StoreError> {
        let is_known = of.map(|of| ground.rows.settlement(of)).transpose()?;
        Ok(of.filter(|_| is_known.flatten().is_some()))
    };
    for kept in &record.kept {
        if let Some(taken) = known(Some(kept.taken_by))? {
            out.put(Key::Visit(kept.visit.clone()), Row::Visit(taken));
        }
    }
    let last = Key::Replaced(record.visit.clone());
    match known(record.last_reversed)? {
        Some(reversed) => out.put(last, Row::Replaced(reversed)),
        None => out.remove(last),
    }
    for in_place in &record.in_place {
        if let Some(row) = ground.rows.settlement(in_place.settlement)? {
            let row = SettlementRow {
                replaces: known(in_place.of)?,
                ..row
            };
            out.put(
                Key::Settlement(in_place.settlement),
                Row::Settlement(row.into()),
            );
        }
    }
    Ok(())
}

/// A word to a new home came back.
pub(super) fn hand(
    record: &HandRegained,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let word = record.record.word();
    if let Handed::Person(hand_over) = &word.handed {
        let psn_no = hand_over.order.person.psn_no;
        let version = hand_over.version;
        regained(
            psn_no,
            (version.change, 1),
            version.incarnation,
            ground,
            out,
        )?;
    }
    transfer::written(word, at, ground, out)?;
    if let Handed::Person(_) = &word.handed {
        // What the accounts held then it says itself.
        lack(Balances::NONE, out);
    }
    Ok(())
}

/// What comes back later may have been written earlier: the version never goes back. Where the node has changed the
/// record in a later incarnation, without a word that comes back now, what was told of it since is stale.
fn keep_highest(
    psn_no: PsnNo,
    late: Late,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let before = ground.rows.account(psn_no)?.map(|account| account.version);
    out.amend(|row| {
        if let Row::Account(account) = row
            && let Some(before) = before
        {
            account.version = if late == Late::Yes {
                PersonVersion {
                    change: before.change.saturating_add(1),
                    ..before
                }
            } else {
                account.version.max(before)
            };
        }
    });
    Ok(())
}

pub(super) fn legs(
    record: &LegsRegained,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    for of_debt in record.legs.chunk_by(|one, next| word(one) == word(next)) {
        let Some(first) = of_debt.first() else {
            continue;
        };
        let (settlement, kind, _) = word(first);
        // The legs of a receipt may lie on both sides of the end of a record; those of another one take their place.
        let before = ground.rows.regained_legs(settlement, kind)?;
        let mut legs = before.map_or_else(Vec::new, |row| row.legs);
        legs.retain(|leg| leg.leg.receipt == first.leg.receipt);
        legs.extend_from_slice(of_debt);
        out.put(
            Key::RegainedLegs(settlement, kind),
            Row::RegainedLegs(RegainedLegs { legs }),
        );
    }
    let from = record.legs.first().map_or(0, |leg| leg.number);
    out.extend(Stream::Legs, from, record.legs.len(), at, ground.rows)
}

/// The receipt, or the reversal and the like, that a leg is of.
const fn word(leg: &NumberedLeg) -> (SettlementId, LegKind, Digest) {
    (leg.leg.settlement, leg.leg.kind, leg.leg.receipt)
}

pub(super) fn left_out(record: &RegionLeftOut, out: &mut Changes) {
    let row = LeftOut {
        incarnation: record.incarnation,
        since: record.at,
    };
    out.put(Key::LeftOut(record.region), Row::LeftOut(row));
}

pub(super) fn released(record: &PersonReleased, out: &mut Changes) {
    out.remove(Key::Regained(record.psn_no));
}
