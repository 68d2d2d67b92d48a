//! From a record to what remains of it and what is sealed: one exhaustive list, in which every kind says whom it is
//! about.
//!
//! A kind that names nobody is stored as it is. Of those the receipts, refusals and wishes of the treatment role
//! name a settlement by its id and a person nowhere; what they keep of the person beside that (a salt, digests of
//! what was asked for) is said in SAFETY.md.

use crate::canonical::{Artifact, encode_to_vec};
use crate::id::TransferId;
use crate::person::{PersonRef, PsnNo};
use crate::record::NodeRecord;
use crate::record::duplicate::{MatchesSeen, TagsWritten};
use crate::record::hand::{HandWord, Handed};
use crate::record::import::{ImportChunk, ImportKind};
use crate::record::looks::SnapshotsGiven;
use crate::record::registry::RegistryRows;
use crate::record::transfer::TransferStep;
use crate::region::RegionCode;

use super::remains::Remains;

/// Whom a part is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// This person.
    Person(PersonRef),
    /// Whoever the record before it in its submission is about.
    Before,
    /// Whoever a transfer is about that was agreed before.
    OfTransfer(TransferId),
}

/// What a record says of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Whom it is about.
    pub of: Subject,
    /// What is said.
    pub bytes: Vec<u8>,
}

/// A record, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// What remains in the clear.
    pub remains: Remains,
    /// What is sealed: the whole record for one of one person, a piece for each person otherwise.
    pub parts: Vec<Part>,
}

/// Takes a record of the region `own` apart; `None` for one that names nobody and is stored as it is.
#[must_use]
#[allow(
    clippy::too_many_lines,
    reason = "a line or two for each kind of record"
)]
pub fn split(record: &NodeRecord, own: RegionCode) -> Option<Split> {
    let here = |psn_no: PsnNo| Subject::Person(PersonRef { home: own, psn_no });
    let (of, remains) = match record {
        NodeRecord::ImportChunk(record) => return chunk(record, own),
        NodeRecord::SnapshotsGiven(record) => return Some(looks(record, own)),
        NodeRecord::TagsWritten(record) => return Some(tags(record, own)),
        NodeRecord::MatchesSeen(record) => return Some(matches_seen(record, own)),
        NodeRecord::Prepared(record) => (
            Subject::Person(record.claim.person),
            Remains::Prepared(record.settlement),
        ),
        NodeRecord::Reprepared(record) => (
            Subject::Person(record.snapshot.person),
            Remains::Reprepared(record.settlement),
        ),
        NodeRecord::Committed(record) => (
            Subject::Person(record.claim.person),
            Remains::Committed {
                leaf: record.leaf(),
                body: record.body().clone(),
                legs_from: record.legs_from,
            },
        ),
        NodeRecord::CommitRegained(regained) => (
            Subject::Person(regained.record.claim.person),
            Remains::CommitRegained {
                body: regained.record.body().clone(),
                legs_from: regained.record.legs_from,
            },
        ),
        NodeRecord::ReversalOrdered(record) => (
            Subject::Person(record.person.person),
            Remains::ReversalOrdered {
                leaf: record.leaf(),
                body: record.body().clone(),
                legs_from: record.legs_from,
            },
        ),
        NodeRecord::ReversalRegained(regained) => (
            Subject::Person(regained.record.person.person),
            Remains::ReversalRegained {
                body: regained.record.body().clone(),
                legs_from: regained.record.legs_from,
            },
        ),
        NodeRecord::VisitRegained(record) => {
            (Subject::Person(record.person), Remains::VisitRegained)
        }
        NodeRecord::ReversalBooked(record) => (
            Subject::Person(record.reversal.person.person),
            Remains::ReversalBooked {
                body: record.reversal.body.clone(),
                legs_from: record.legs_from,
                at: record.at,
            },
        ),
        NodeRecord::PersonChanged(record) => {
            (here(record.psn_no), Remains::PersonChanged(record.act))
        }
        // The bill of the commit before it, and its visit after the reversal before it: they name nobody themselves.
        NodeRecord::SettledByHand(record) => (Subject::Before, Remains::SettledByHand(record.act)),
        NodeRecord::VisitFreed(_) => (Subject::Before, Remains::VisitFreed),
        NodeRecord::PersonReleased(record) => (here(record.psn_no), Remains::PersonReleased),
        NodeRecord::TransferStepped(record) => {
            let of = if let TransferStep::Agreed { order, .. } = &record.step {
                Subject::Person(order.person_at(own))
            } else {
                Subject::OfTransfer(record.transfer)
            };
            (of, Remains::TransferStepped(record.transfer))
        }
        NodeRecord::HandWritten(record) => {
            let word = record.word();
            let (leaf, new_home, number) = (word.leaf(), word.new_home, word.number);
            let remains = Remains::HandWritten {
                leaf,
                new_home,
                number,
            };
            (Subject::Person(handed_by(word)), remains)
        }
        NodeRecord::HandRegained(record) => {
            let word = record.record.word();
            let (new_home, number) = (word.new_home, word.number);
            let remains = Remains::HandRegained { new_home, number };
            (Subject::Person(handed_by(word)), remains)
        }
        NodeRecord::HandTaken(record) => {
            let word = &record.hand.word;
            let (old_home, number) = (word.old_home, word.number);
            let of = match &word.handed {
                Handed::Person(hand_over) => hand_over.order.number,
                Handed::Claim(supplement) | Handed::Reversal(supplement) => supplement.number,
                Handed::GivenUp(given_up) => given_up.number,
            };
            (here(of), Remains::HandTaken { old_home, number })
        }
        NodeRecord::LateMirrored(record) => (here(record.psn_no), Remains::LateMirrored),
        NodeRecord::LateOffered(record) => {
            let of = Subject::Person(record.claim.person);
            (of, Remains::LateOffered)
        }
        NodeRecord::LateEnded(record) => (here(record.psn_no), Remains::LateEnded),
        NodeRecord::SupplementTaken(record) => {
            (here(record.supplement.number), Remains::SupplementTaken)
        }
        NodeRecord::SnapshotSigned(record) => (
            Subject::Person(record.body().snapshot.person),
            Remains::SnapshotSigned(record.body().leaf()),
        ),
        NodeRecord::SnapshotKept(record) => (
            Subject::Person(record.signed.body.snapshot.person),
            Remains::SnapshotKept,
        ),
        NodeRecord::Provisional(record) => (
            Subject::Person(record.signed.body.snapshot.person),
            Remains::Provisional(record.settlement),
        ),
        NodeRecord::TruedUp(record) => (Subject::Person(record.person), Remains::TruedUp),
        NodeRecord::ExternalNoted(record) => {
            (here(record.settlement.psn_no), Remains::ExternalNoted)
        }
        NodeRecord::ExternalWithdrawn(record) => (here(record.psn_no), Remains::ExternalWithdrawn),
        NodeRecord::AssistanceGranted(record) => (
            here(record.year.psn_no()),
            Remains::AssistanceGranted(record.act),
        ),
        NodeRecord::AssistanceWithdrawn(record) => {
            (here(record.psn_no), Remains::AssistanceWithdrawn)
        }
        NodeRecord::CoverTold(record) => (here(record.psn_no), Remains::CoverTold),
        NodeRecord::DuplicateResolved(record) => (here(record.psn_no), Remains::DuplicateResolved),
        NodeRecord::ImportCommitted(_)
        | NodeRecord::PolicyPublished(_)
        | NodeRecord::PolicyFetched(_)
        | NodeRecord::PolicyProposed(_)
        | NodeRecord::PolicyRejected(_)
        | NodeRecord::WithdrawalAsked(_)
        | NodeRecord::WithdrawalRejected(_)
        | NodeRecord::PolicyWithdrawn(_)
        | NodeRecord::DayClosed(_)
        | NodeRecord::Settled(_)
        | NodeRecord::Refused(_)
        | NodeRecord::Abandoned(_)
        | NodeRecord::Cancelled(_)
        | NodeRecord::HomeRefused(_)
        | NodeRecord::ReceiptsAcknowledged(_)
        | NodeRecord::ReversalIntended(_)
        | NodeRecord::ReversalRefused(_)
        | NodeRecord::ReversalNoted(_)
        | NodeRecord::EmergencyReviewed(_)
        | NodeRecord::RestoreBegan(_)
        | NodeRecord::RestoreEnded(_)
        | NodeRecord::PeerRestored(_)
        | NodeRecord::LegsRegained(_)
        | NodeRecord::RegionLeftOut(_)
        | NodeRecord::RefusalRegained(_)
        | NodeRecord::HandsAcknowledged(_)
        | NodeRecord::ProvisionalTakenBack(_)
        | NodeRecord::TagsBegun(_)
        | NodeRecord::DisputeWordSigned(_)
        | NodeRecord::MonthWordSigned(_)
        | NodeRecord::CorrectionBooked(_)
        | NodeRecord::PeopleErased(_)
        | NodeRecord::CheckpointSeen(_)
        | NodeRecord::SplitViewFound(_)
        | NodeRecord::DirectoryTaken(_)
        | NodeRecord::DirectorySplit(_)
        | NodeRecord::DirectoryAccepted(_)
        | NodeRecord::WordErased(_)
        | NodeRecord::DeductionOrdered(_)
        | NodeRecord::DeductionAnswered(_)
        | NodeRecord::DeductionDecided(_)
        | NodeRecord::DeductionRegained(_)
        | NodeRecord::DeductionLifted(_)
        | NodeRecord::InstitutionPaid(_)
        | NodeRecord::PayoutCorrected(_)
        | NodeRecord::InstitutionReconciled(_)
        | NodeRecord::MonthConfirmed(_)
        | NodeRecord::MonthRolledBack(_)
        | NodeRecord::InstitutionMonthSet(_)
        | NodeRecord::CheckWordSaid(_)
        | NodeRecord::CheckWordBooked(_)
        | NodeRecord::CheckWordTaken(_)
        | NodeRecord::CheckRefused(_) => return None,
    };
    let bytes = record.to_bytes();
    Some(Split {
        remains,
        parts: vec![Part { of, bytes }],
    })
}

/// Whom an old home's word is about, as the old home names the person: a supplement has the new number alone.
fn handed_by(word: &HandWord) -> PersonRef {
    let psn_no = match &word.handed {
        Handed::Person(hand_over) => return hand_over.order.person,
        Handed::Claim(supplement) | Handed::Reversal(supplement) => supplement.number,
        Handed::GivenUp(given_up) => given_up.number,
    };
    PersonRef {
        home: word.new_home,
        psn_no,
    }
}

/// Rows of a file: a piece for each run of rows of one person.
fn chunk(record: &ImportChunk, own: RegionCode) -> Option<Split> {
    let (kind, parts) = match &record.rows {
        RegistryRows::Members(rows) => {
            let rows = runs(rows, own, |row| row.psn_no, RegistryRows::Members);
            (ImportKind::Members, rows)
        }
        RegistryRows::Filings(rows) => {
            let rows = runs(rows, own, |row| row.psn_no, RegistryRows::Filings);
            (ImportKind::Filings, rows)
        }
        RegistryRows::OpeningTotals(rows) => {
            let rows = runs(rows, own, |row| row.psn_no, RegistryRows::OpeningTotals);
            (ImportKind::OpeningTotals, rows)
        }
        RegistryRows::Balances(rows) => {
            let rows = runs(rows, own, |row| row.psn_no, RegistryRows::Balances);
            (ImportKind::Balances, rows)
        }
        RegistryRows::Institutions(_) | RegistryRows::Catalogue(_) => return None,
    };
    let (import, seq) = (record.import, record.seq);
    Some(Split {
        remains: Remains::ImportChunk { import, seq, kind },
        parts,
    })
}

fn runs<T: Clone>(
    rows: &[T],
    home: RegionCode,
    of: impl Fn(&T) -> PsnNo,
    piece: impl Fn(Vec<T>) -> RegistryRows,
) -> Vec<Part> {
    rows.chunk_by(|one, next| of(one) == of(next))
        .filter_map(|run| {
            let psn_no = of(run.first()?);
            Some(part(PersonRef { home, psn_no }, &piece(run.to_vec())))
        })
        .collect()
}

fn part<T: crate::canonical::Canonical>(person: PersonRef, piece: &T) -> Part {
    Part {
        of: Subject::Person(person),
        bytes: encode_to_vec(piece),
    }
}

fn looks(record: &SnapshotsGiven, home: RegionCode) -> Split {
    let parts = record.people.iter().map(|shown| {
        let psn_no = shown.psn_no;
        part(PersonRef { home, psn_no }, shown)
    });
    let (number, at) = (record.number, record.at);
    Split {
        remains: Remains::SnapshotsGiven { number, at },
        parts: parts.collect(),
    }
}

fn tags(record: &TagsWritten, home: RegionCode) -> Split {
    let parts = record.people.iter().map(|psn_no| {
        part(
            PersonRef {
                home,
                psn_no: *psn_no,
            },
            psn_no,
        )
    });
    Split {
        remains: Remains::TagsWritten(record.batch.clone()),
        parts: parts.collect(),
    }
}

/// Those that were found, and those that are gone: the first byte says which.
fn matches_seen(record: &MatchesSeen, home: RegionCode) -> Split {
    let found = record.found.iter().map(|found| {
        let psn_no = found.psn_no;
        part(PersonRef { home, psn_no }, &(true, *found))
    });
    let gone = record.gone.iter().map(|gone| {
        let psn_no = gone.0;
        part(PersonRef { home, psn_no }, &(false, *gone))
    });
    Split {
        remains: Remains::MatchesSeen(record.at),
        parts: found.chain(gone).collect(),
    }
}
