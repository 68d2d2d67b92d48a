//! Rows of acts on people's records, and of emergencies that count as filed.

use huitong_core::bill::Arrival;
use huitong_core::canonical::encode_to_vec;
use huitong_core::digest::{Digest, sha256_parts};
use huitong_core::id::FilingId;
use huitong_core::person::PsnNo;
use huitong_core::record::by_hand::{SettledByHand, VisitFreed};
use huitong_core::record::home::Committed;
use huitong_core::record::import::ImportKind;
use huitong_core::record::person::{
    AskedBy, Death, EmergencyReviewed, HeldFiling, PersonChange, PersonChanged,
};
use huitong_core::record::registry::{Filing, Member};
use huitong_core::vocabulary::FilingClass;

use super::super::{
    Account, ActRow, Filings, Key, Location, OpenRow, ReviewedRow, Row, Rows, StoreError,
};
use super::cover::{covered_until, insured_until};
use super::transfer::handed_from;
use super::{Changes, Ground};

/// What an act's id binds.
#[must_use]
pub(crate) fn asked(psn_no: PsnNo, change: &PersonChange) -> Digest {
    sha256_parts(&[b"HTAB\x00\x01", &encode_to_vec(&(psn_no, change.clone()))])
}

/// What the id of a review binds.
#[must_use]
pub(crate) fn asked_of_review(record: &EmergencyReviewed) -> Digest {
    let bound = (record.treatment, record.settlement, record.finding);
    sha256_parts(&[b"HTAE\x00\x01", &encode_to_vec(&bound)])
}

pub(super) fn changed(
    record: &PersonChanged,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let psn_no = record.psn_no;
    let asked = asked(psn_no, &record.change);
    out.put(Key::Act(record.act), Row::Act(ActRow { asked, at }));
    if let Some(member) = &record.member {
        if ground.rows.member(psn_no)?.is_none() {
            let held = ground.rows.count(ImportKind::Members)?.unwrap_or_default();
            let key = Key::Count(ImportKind::Members);
            out.put(key, Row::Count(held.saturating_add(1)));
        }
        out.put(Key::Member(psn_no), Row::Member(member.clone()));
    }
    if let Some(filings) = &record.filings {
        let filings = Filings(filings.clone());
        out.put(Key::Filings(psn_no), Row::Filings(filings));
    }
    match record.death {
        Some(Death::On(day)) => out.put(Key::Death(psn_no), Row::Death(day)),
        Some(Death::Lives) => out.remove(Key::Death(psn_no)),
        None => {}
    }
    let account = ground.rows.account(psn_no)?;
    let mut account = account.unwrap_or_else(|| Account::new(record.after.incarnation));
    account.version = record.after;
    if let Some(balances) = record.balances {
        account.hold(balances);
    }
    for (slot, value) in &record.totals {
        account.totals.insert(slot.clone(), *value);
    }
    out.put(Key::Account(psn_no), Row::Account(account));
    Ok(())
}

/// A settlement that counts as filed only because the institution stated an emergency waits for a review.
pub(super) fn stated_emergency(record: &Committed, out: &mut Changes) {
    let claim = &record.claim;
    let counts = match record.snapshot.coverage.filing {
        FilingClass::Unfiled | FilingClass::Temporary => true,
        FilingClass::LongTerm | FilingClass::Referral | FilingClass::Emergency => false,
    };
    // Of a bill that is brought home the bureau has seen the papers.
    let away = record.body().clearing.treatment != claim.person.home;
    if claim.visit.arrival == Arrival::Emergency && away && counts {
        let body = record.body();
        let since = body.committed_at;
        let key = Key::Emergency(claim.treatment, body.clearing.settlement);
        out.put(key, Row::Emergency(OpenRow { since }));
    }
}

pub(super) fn reviewed(record: &EmergencyReviewed, at: Location, out: &mut Changes) {
    let (treatment, settlement) = (record.treatment, record.settlement);
    let asked = asked_of_review(record);
    out.put(Key::Act(record.act), Row::Act(ActRow { asked, at }));
    out.remove(Key::Emergency(treatment, settlement));
    let row = ReviewedRow {
        finding: record.finding,
        at: record.at,
    };
    out.put(Key::Reviewed(treatment, settlement), Row::Reviewed(row));
}

/// A visit that was settled by hand is free again.
pub(super) fn freed(
    record: &VisitFreed,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let visit = record.visit.clone();
    out.put(
        Key::HandReplaced(visit),
        Row::HandReplaced(record.settlement),
    );
    out.visit_is_free(&record.visit, record.settlement, ground.rows)
}

pub(super) fn by_hand(record: &SettledByHand, at: Location, out: &mut Changes) {
    let asked = record.asked;
    out.put(Key::Act(record.act), Row::Act(ActRow { asked, at }));
}

/// A filing as a file brings it in. It is known by person, class, place and first day.
pub(super) fn brought_in(filing: Filing, file: Digest) -> HeldFiling {
    let name = (
        (filing.psn_no, filing.class),
        filing.area,
        filing.days.from(),
    );
    let digest = sha256_parts(&[b"HTFI\x00\x01", &encode_to_vec(&name)]);
    let (first, _) = digest
        .as_bytes()
        .split_first_chunk::<16>()
        .unwrap_or((&[0; 16], &[]));
    HeldFiling {
        id: FilingId::from_bytes(*first),
        filing,
        by: AskedBy::File(file),
        amends: None,
        end: None,
    }
}

/// The member of a file's row, as the rows know the person.
pub(super) fn as_known(member: Member, rows: &dyn Rows) -> Result<Member, StoreError> {
    let member = match rows.death(member.psn_no)? {
        None => member,
        Some(died) => insured_until(member, died),
    };
    Ok(match handed_from(rows, member.psn_no)? {
        None => member,
        Some(from) => covered_until(member, from),
    })
}
