//! Legs by number, read in order from the journal.

use std::collections::BTreeMap;

use huitong_core::canonical::Artifact;
use huitong_core::deduction::{DeductionAct, DeductionBody, DeductionVerdict};
use huitong_core::id::DeductionId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg, Side};
use huitong_core::record::NodeRecord;
use huitong_core::record::clearing::DeductionOf;
use huitong_core::record::deduction::DeductionDecided;
use huitong_core::record::home::Committed;
use huitong_core::record::sealed::{Remains, SealedRecord};

use crate::ledger::Ledger;
use crate::store::{Rows, StoreError, Stream};

/// At most `limit` legs, from a number on, ascending, each once; all of them are synced.
///
/// # Errors
/// [`StoreError`] when they cannot be read.
pub fn legs_from(ledger: &Ledger, from: u64, limit: usize) -> Result<Vec<NumberedLeg>, StoreError> {
    told_from(ledger, from, limit).map(|(legs, _)| legs)
}

/// The same, with what is said beside them: of which settlements the deductions are that this region owes. Of a leg that came
/// back from the clearinghouse that is known once it is booked again, under the number that it has.
///
/// # Errors
/// [`StoreError`] when they cannot be read.
pub fn told_from(
    ledger: &Ledger,
    from: u64,
    limit: usize,
) -> Result<(Vec<NumberedLeg>, Vec<DeductionOf>), StoreError> {
    let block = from.saturating_sub(1) / Stream::BLOCK;
    let mut found = BTreeMap::new();
    // A block is found by the record that holds its first number, or by the one before that began it.
    if let Some(begins) = ledger.block(Stream::Legs, block)? {
        for frame in ledger.frames_from(begins) {
            for bytes in frame?.records() {
                let legs = of_stored(bytes)?.into_iter();
                for leg in legs.filter(|leg| leg.number >= from) {
                    found.entry(leg.number).or_insert(leg);
                }
            }
            if found.len() >= limit {
                break;
            }
        }
    }
    let legs: Vec<_> = found.into_values().take(limit).collect();
    let mut said = Vec::new();
    for leg in &legs {
        said.extend(said_of(ledger, leg)?);
    }
    Ok((legs, said))
}

/// Of which settlement a leg is, where it is a deduction that this region owes: it would pay back what it never got, were
/// it netted without that. The deduction's row knows, wherever the leg's records lie.
fn said_of(ledger: &Ledger, leg: &NumberedLeg) -> Result<Option<DeductionOf>, StoreError> {
    if (leg.side, leg.leg.kind) != (Side::Payable, LegKind::Deduction) {
        return Ok(None);
    }
    let deduction = ledger.deduction(DeductionId::of_debt(leg.leg.settlement))?;
    Ok(deduction.map(|row| DeductionOf {
        number: leg.number,
        settlement: row.settlement,
    }))
}

/// The legs of a commit, and the number of the first.
fn committed(record: &Committed) -> (Side, u64, Vec<Leg>) {
    (Side::Payable, record.legs_from, Leg::of(record.body()))
}

/// In which role a record was written.
#[derive(Clone, Copy)]
enum Role {
    Home,
    Treatment,
}

fn decided(record: &DeductionDecided) -> (Side, u64, Vec<Leg>) {
    let verdict = &record.body().verdict;
    deducted(&record.order.body, verdict, record.legs_from, Role::Home)
}

/// The legs of a deduction or its withdrawal, when it was accepted.
fn deducted(
    order: &DeductionBody,
    verdict: &DeductionVerdict,
    from: u64,
    role: Role,
) -> (Side, u64, Vec<Leg>) {
    let legs = match verdict {
        DeductionVerdict::Accepted(day) => Leg::of_deduction(order, *day),
        DeductionVerdict::Refused(_) => Vec::new(),
    };
    let side =
        match (order.act, role) {
            (DeductionAct::Deduct(_), Role::Home)
            | (DeductionAct::Withdraw(_), Role::Treatment) => Side::Receivable,
            (DeductionAct::Deduct(_), Role::Treatment)
            | (DeductionAct::Withdraw(_), Role::Home) => Side::Payable,
        };
    (side, from, legs)
}

/// The legs of a stored record. They are among what remains of one that names people, which need not be opened.
fn of_stored(bytes: &[u8]) -> Result<Vec<NumberedLeg>, StoreError> {
    if SealedRecord::is_form_of(bytes) {
        remaining(&SealedRecord::remains_of(bytes)?)
    } else {
        of_record(&NodeRecord::from_bytes(bytes)?)
    }
}

/// The legs of what remains of a record.
fn remaining(remains: &Remains) -> Result<Vec<NumberedLeg>, StoreError> {
    if let Remains::Committed {
        body, legs_from, ..
    }
    | Remains::CommitRegained { body, legs_from } = remains
    {
        numbered(Side::Payable, *legs_from, Leg::of(body))
    } else if let Remains::ReversalOrdered {
        body, legs_from, ..
    }
    | Remains::ReversalRegained { body, legs_from } = remains
    {
        numbered(Side::Receivable, *legs_from, Leg::of_reversal(body))
    } else if let Remains::ReversalBooked {
        body, legs_from, ..
    } = remains
    {
        numbered(Side::Payable, *legs_from, Leg::of_reversal(body))
    } else {
        Ok(Vec::new())
    }
}

/// The legs of a record, numbered. For a reversal and a deduction the sides change: the home region is owed, the
/// treatment region owes.
#[allow(
    clippy::too_many_lines,
    reason = "a line or two for each kind of record"
)]
pub(crate) fn of_record(record: &NodeRecord) -> Result<Vec<NumberedLeg>, StoreError> {
    let (side, from, legs) = match record {
        NodeRecord::LegsRegained(record) => return Ok(record.legs.clone()),
        NodeRecord::CommitRegained(regained) => committed(&regained.record),
        NodeRecord::ReversalRegained(regained) => (
            Side::Receivable,
            regained.record.legs_from,
            Leg::of_reversal(regained.record.body()),
        ),
        NodeRecord::ReversalBooked(record) => (
            Side::Payable,
            record.legs_from,
            Leg::of_reversal(&record.reversal.body),
        ),
        NodeRecord::ReversalOrdered(record) => (
            Side::Receivable,
            record.legs_from,
            Leg::of_reversal(record.body()),
        ),
        NodeRecord::Settled(record) => (
            Side::Receivable,
            record.legs_from,
            Leg::of(&record.receipt.body),
        ),
        NodeRecord::Committed(record) => committed(record),
        NodeRecord::DeductionAnswered(record) => {
            let (order, said) = (&record.word.order.body, &record.word.answer.body);
            deducted(order, &said.verdict, record.legs_from, Role::Treatment)
        }
        NodeRecord::DeductionDecided(record) => decided(record),
        NodeRecord::DeductionRegained(regained) => decided(&regained.record),
        NodeRecord::DeductionLifted(record) => (
            record.side,
            record.legs_from,
            Leg::of_lifted(&record.lifted),
        ),
        NodeRecord::DeductionOrdered(_)
        | NodeRecord::InstitutionPaid(_)
        | NodeRecord::PayoutCorrected(_)
        | NodeRecord::InstitutionReconciled(_)
        | NodeRecord::MonthConfirmed(_)
        | NodeRecord::MonthRolledBack(_)
        | NodeRecord::InstitutionMonthSet(_)
        | NodeRecord::CheckWordSaid(_)
        | NodeRecord::CheckWordBooked(_)
        | NodeRecord::CheckWordTaken(_)
        | NodeRecord::CheckRefused(_) => return Ok(Vec::new()),
        NodeRecord::CorrectionBooked(record) => {
            let outcome = record.history.outcome.as_ref();
            let leg = outcome.and_then(|certified| certified.outcome.leg());
            (record.side, record.legs_from, leg.into_iter().collect())
        }
        NodeRecord::TransferStepped(_)
        | NodeRecord::HandWritten(_)
        | NodeRecord::HandRegained(_)
        | NodeRecord::HandTaken(_)
        | NodeRecord::HandsAcknowledged(_)
        | NodeRecord::LateMirrored(_)
        | NodeRecord::LateOffered(_)
        | NodeRecord::LateEnded(_)
        | NodeRecord::SupplementTaken(_)
        | NodeRecord::TagsBegun(_)
        | NodeRecord::TagsWritten(_)
        | NodeRecord::MatchesSeen(_)
        | NodeRecord::CoverTold(_)
        | NodeRecord::DuplicateResolved(_)
        | NodeRecord::DisputeWordSigned(_)
        | NodeRecord::MonthWordSigned(_)
        | NodeRecord::ImportChunk(_)
        | NodeRecord::ImportCommitted(_)
        | NodeRecord::PolicyPublished(_)
        | NodeRecord::PolicyFetched(_)
        | NodeRecord::DayClosed(_)
        | NodeRecord::Prepared(_)
        | NodeRecord::SnapshotSigned(_)
        | NodeRecord::SnapshotKept(_)
        | NodeRecord::Provisional(_)
        | NodeRecord::TruedUp(_)
        | NodeRecord::ProvisionalTakenBack(_)
        | NodeRecord::Reprepared(_)
        | NodeRecord::Refused(_)
        | NodeRecord::Abandoned(_)
        | NodeRecord::Cancelled(_)
        | NodeRecord::HomeRefused(_)
        | NodeRecord::ExternalNoted(_)
        | NodeRecord::ExternalWithdrawn(_)
        | NodeRecord::AssistanceGranted(_)
        | NodeRecord::AssistanceWithdrawn(_)
        | NodeRecord::SnapshotsGiven(_)
        | NodeRecord::ReceiptsAcknowledged(_)
        | NodeRecord::PolicyProposed(_)
        | NodeRecord::PolicyRejected(_)
        | NodeRecord::WithdrawalAsked(_)
        | NodeRecord::WithdrawalRejected(_)
        | NodeRecord::PolicyWithdrawn(_)
        | NodeRecord::ReversalIntended(_)
        | NodeRecord::ReversalRefused(_)
        | NodeRecord::ReversalNoted(_)
        | NodeRecord::PersonChanged(_)
        | NodeRecord::EmergencyReviewed(_)
        | NodeRecord::SettledByHand(_)
        | NodeRecord::VisitFreed(_)
        | NodeRecord::VisitRegained(_)
        | NodeRecord::RestoreBegan(_)
        | NodeRecord::RestoreEnded(_)
        | NodeRecord::PeerRestored(_)
        | NodeRecord::RefusalRegained(_)
        | NodeRecord::RegionLeftOut(_)
        | NodeRecord::PeopleErased(_)
        | NodeRecord::WordErased(_)
        | NodeRecord::CheckpointSeen(_)
        | NodeRecord::SplitViewFound(_)
        | NodeRecord::DirectoryTaken(_)
        | NodeRecord::DirectorySplit(_)
        | NodeRecord::DirectoryAccepted(_)
        | NodeRecord::PersonReleased(_) => return Ok(Vec::new()),
    };
    numbered(side, from, legs)
}

fn numbered(side: Side, from: u64, legs: Vec<Leg>) -> Result<Vec<NumberedLeg>, StoreError> {
    let end = u64::try_from(legs.len())
        .ok()
        .and_then(|count| from.checked_add(count));
    let end = end.ok_or(StoreError::Range("number of a leg"))?;
    Ok((from..end)
        .zip(legs)
        .map(|(number, leg)| NumberedLeg { number, side, leg })
        .collect())
}
