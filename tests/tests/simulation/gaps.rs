//! Whose record has had a gap, by the numbers of its changes alone: the auditor asks no node why somebody was held.
//!
//! A gap is looked for where a restore begins and ends and where somebody is released; while words come back, in
//! whatever order, there are gaps that mean nothing. Where a number says nothing there may have been one: a word of an old
//! home that is taken again gets another number than it had, and a change of an ended incarnation that comes back after
//! others was not counted on by them.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::coverage::{Balances, PersonVersion};
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::Handed;

/// The changes that the opening files of members and of balances make of the record of everybody who is in them.
const OPENING_CHANGES: u64 = 2;

/// The own people's records, change by change.
#[derive(Default)]
pub struct Gaps {
    changes: BTreeMap<String, Changes>,
    had: BTreeSet<String>,
    /// Whether a restored node collects what it lacks.
    collects: bool,
}

/// The changes of one person's record since the last release.
#[derive(Default)]
struct Changes {
    /// The last one of before it; none without a release.
    after: Option<u64>,
    numbers: Vec<u64>,
    /// The highest incarnation in which the record was changed.
    incarnation: u32,
}

impl Changes {
    /// Whether the numbers are not one after another.
    fn have_a_gap(&self) -> bool {
        let mut numbers = self.numbers.clone();
        numbers.sort_unstable();
        let begins = numbers.first().is_none_or(|first| match self.after {
            Some(after) => *first == after + 1,
            None => *first <= OPENING_CHANGES + 1,
        });
        !begins || numbers.windows(2).any(|pair| pair[1] != pair[0] + 1)
    }
}

impl Gaps {
    /// Takes down what a record changes of somebody's.
    pub fn take(&mut self, record: &NodeRecord) {
        if let NodeRecord::RestoreBegan(_) | NodeRecord::RestoreEnded(_) = record {
            self.look();
            self.collects = matches!(record, NodeRecord::RestoreBegan(_));
        }
        let Some((psn_no, version)) = changed(record) else {
            return;
        };
        let person = psn_no.expose();
        let changes = self.changes.entry(person.to_owned()).or_default();
        let says_nothing = match record {
            // What filled the account is missing, whatever number it had.
            NodeRecord::CommitRegained(regained) if regained.lacked != Balances::NONE => true,
            NodeRecord::HandTaken(record) => {
                // An arrival of whom the backup has nothing is the first change of their record.
                let arrives = matches!(record.hand.word.handed, Handed::Person(_));
                self.collects && !(arrives && changes.numbers.is_empty())
            }
            _ => version.incarnation < changes.incarnation,
        };
        changes.numbers.push(version.change);
        changes.incarnation = changes.incarnation.max(version.incarnation);
        if says_nothing {
            self.had.insert(person.to_owned());
        }
    }

    /// Whether a person who is released has had a gap since the last release.
    pub fn released(&mut self, person: &str) -> bool {
        let changes = self.changes.entry(person.to_owned()).or_default();
        let has = changes.have_a_gap();
        changes.after = changes.numbers.iter().copied().max().or(changes.after);
        changes.numbers.clear();
        self.had.remove(person) || has
    }

    fn look(&mut self) {
        let people = self.changes.iter();
        let with_gap = people.filter(|(_, changes)| changes.have_a_gap());
        self.had.extend(with_gap.map(|(person, _)| person.clone()));
    }
}

/// Whose record a record changes, and the version that it makes.
fn changed(record: &NodeRecord) -> Option<(PsnNo, PersonVersion)> {
    Some(match record {
        NodeRecord::Committed(record) => (record.claim.person.psn_no, record.after),
        NodeRecord::CommitRegained(regained) => {
            let record = &regained.record;
            (record.claim.person.psn_no, record.after)
        }
        NodeRecord::ReversalOrdered(record) => (record.person.person.psn_no, record.person.version),
        NodeRecord::ReversalRegained(regained) => {
            let person = &regained.record.person;
            (person.person.psn_no, person.version)
        }
        NodeRecord::PersonChanged(record) => (record.psn_no, record.after),
        NodeRecord::ExternalNoted(record) => (record.settlement.psn_no, record.after),
        NodeRecord::ExternalWithdrawn(record) => (record.psn_no, record.after),
        NodeRecord::AssistanceGranted(record) => (record.year.psn_no(), record.after),
        NodeRecord::AssistanceWithdrawn(record) => (record.psn_no, record.after),
        NodeRecord::HandWritten(record) => left(&record.word().handed)?,
        NodeRecord::HandRegained(regained) => left(&regained.record.word().handed)?,
        NodeRecord::HandTaken(record) => {
            let account = record.account.as_ref()?;
            let number = match &record.hand.word.handed {
                Handed::Person(hand_over) => hand_over.order.number,
                Handed::Claim(of) | Handed::Reversal(of) => of.number,
                Handed::GivenUp(of) => of.number,
            };
            (number, account.version)
        }
        NodeRecord::SupplementTaken(record) => (record.supplement.number, record.account.version),
        NodeRecord::LateMirrored(record) => (record.psn_no, record.after),
        _ => return None,
    })
}

/// Whose hand-over a word to a new home is.
fn left(handed: &Handed) -> Option<(PsnNo, PersonVersion)> {
    match handed {
        Handed::Person(hand_over) => Some((hand_over.order.person.psn_no, hand_over.version)),
        Handed::Claim(_) | Handed::Reversal(_) | Handed::GivenUp(_) => None,
    }
}
