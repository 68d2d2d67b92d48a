//! What the journal has of some people, read from its first frame to its last.
//!
//! Records have no common moment, and need none: a closed day bounds all that was written before it, so a person's
//! last record is taken to be of the first day that was closed after it.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::date::BusinessDay;
use huitong_core::id::SettlementId;
use huitong_core::institution::InstitutionCode;
use huitong_core::person::PersonRef;
use huitong_core::record::NodeRecord;
use huitong_core::record::sealed::{Joined, PersonKeyId, split};
use huitong_core::region::RegionCode;
use huitong_journal::Position;

use super::SeenOf;
use crate::ledger::Ledger;
use crate::sealing::{Unsealed, subject};
use crate::store::apply::SeenKey;
use crate::store::{Location, StoreError, Stream};

/// What was seen of a person.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// The keys that the person's records lie under.
    pub(super) keys: BTreeSet<PersonKeyId>,
    /// How many records there are.
    pub(super) records: u64,
    /// How many of them are plain: no key erases those.
    pub(super) plain: u64,
    /// The first day that was closed after the last of them.
    pub(super) last: Option<BusinessDay>,
    /// What was prepared for the person in the treatment role.
    pub(super) prepared: BTreeSet<(InstitutionCode, SettlementId)>,
    /// What was committed in the home role.
    pub(super) committed: BTreeSet<(RegionCode, SettlementId)>,
    /// The highest number in each stream to another region.
    pub(super) sent: BTreeMap<Stream, u64>,
}

impl Seen {
    /// Whether nothing was.
    pub(super) fn is_nothing(&self) -> bool {
        self.records == 0 && self.keys.is_empty()
    }

    fn take(&mut self, record: &NodeRecord) {
        self.records = self.records.saturating_add(1);
        self.last = None;
        if let NodeRecord::Prepared(record) = record {
            self.prepared
                .insert((record.institution, record.settlement));
        } else if let NodeRecord::Committed(record) = record {
            let part = &record.body().clearing;
            self.committed.insert((part.treatment, part.settlement));
            self.sent(Stream::Receipts(part.treatment), record.body().number);
        } else if let NodeRecord::ReversalOrdered(record) = record {
            let body = record.body();
            self.sent(Stream::Receipts(body.clearing.treatment), body.number);
        } else if let NodeRecord::HandWritten(record) = record {
            let word = record.word();
            self.sent(Stream::Hands(word.new_home), word.number);
        }
    }

    fn sent(&mut self, stream: Stream, number: u64) {
        let highest = self.sent.entry(stream).or_default();
        *highest = number.max(*highest);
    }
}

/// Reads the journal through for people.
pub(super) fn survey(ledger: &Ledger, wanted: &BTreeSet<PersonRef>) -> Result<SeenOf, StoreError> {
    let mut seen = SeenOf::new();
    for frame in ledger.frames_from(Location::at(Position::START, 0)) {
        for bytes in frame?.records() {
            let Unsealed { record, keys } = ledger.unsealed_with_keys(bytes)?;
            let (Joined::Whole(record), sealed) = (record, !keys.is_empty()) else {
                // Tags of whom some were erased: the others have their keys beside it.
                keep(&mut seen, wanted, &keys);
                continue;
            };
            if let NodeRecord::DayClosed(closed) = &record {
                close(&mut seen, closed.day);
            }
            for person in named(&record, ledger)? {
                if wanted.contains(&person) {
                    let of = seen.entry(person).or_default();
                    of.take(&record);
                    of.plain = of.plain.saturating_add(u64::from(!sealed));
                }
            }
            keep(&mut seen, wanted, &keys);
        }
    }
    Ok(seen)
}

fn keep(seen: &mut SeenOf, wanted: &BTreeSet<PersonRef>, keys: &[SeenKey]) {
    for (key, person) in keys {
        if let Some(person) = person.filter(|person| wanted.contains(person)) {
            seen.entry(person).or_default().keys.insert(*key);
        }
    }
}

fn close(seen: &mut SeenOf, day: BusinessDay) {
    for of in seen.values_mut().filter(|of| of.last.is_none()) {
        of.last = Some(day);
    }
}

/// Whom a record names, each once: a step of a transfer names whoever the transfer is about.
fn named(record: &NodeRecord, ledger: &Ledger) -> Result<BTreeSet<PersonRef>, StoreError> {
    let own = ledger.region();
    let parts = split(record, own).map_or_else(Vec::new, |split| split.parts);
    let named = parts.iter().map(|part| subject(part.of, own, ledger));
    named.filter_map(Result::transpose).collect()
}
