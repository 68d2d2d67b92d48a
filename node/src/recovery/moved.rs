//! What a new home was not told of a person who moved there before the disk was lost.
//!
//! Whoever takes back a settlement of the old cover tells the new home, in one frame with the reversal. After a
//! restore the reversal comes back from the treatment region, and the word from the new home if it had taken it. If it
//! had not, nobody else has it: it is written once more, when all have answered and before the node serves. What was
//! taken back before the person was handed over is in the hand-over, and is not told again, unless a restore had lost it by
//! then and the hand-over named the settlement as one that stands.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use huitong_core::coverage::PersonVersion;
use huitong_core::date::Timestamp;
use huitong_core::id::{SettlementId, TransferId};
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{Handed, ProvenHand, Supplement};
use huitong_core::record::home::Committed;
use huitong_core::region::RegionCode;
use huitong_core::reversal::ReversedPerson;

use super::Recovery;
use crate::error::NodeError;
use crate::home::late::reversal_told;
use crate::home::relation::handed_over;
use crate::home::restored::is_left_out;
use crate::ledger::Ledger;
use crate::store::apply::Records;
use crate::store::{HomeState, Leaving, LeavingState, Rows, StoreError, Stream};
use crate::transfer::leave::words_from;
use crate::writer::{Command, Verdict};

/// Words that are read at once.
const PAGE: usize = 256;

/// A settlement that was taken back, by its id in its treatment region.
pub(super) type Taken = (RegionCode, SettlementId);

/// The words to one new home.
#[derive(Default)]
pub(super) struct Told {
    /// On which version each hand-over was made, and when.
    handed: BTreeMap<TransferId, (PersonVersion, Timestamp)>,
    /// What it was told to stand.
    claims: BTreeSet<Taken>,
    /// What it was told to have been taken back.
    reversals: BTreeSet<Taken>,
}

impl Told {
    /// The words to a new home, read once.
    pub(super) fn known<'a>(
        all: &'a mut BTreeMap<RegionCode, Self>,
        ledger: &Ledger,
        new_home: RegionCode,
    ) -> Result<&'a Self, StoreError> {
        Ok(match all.entry(new_home) {
            Entry::Occupied(words) => words.into_mut(),
            Entry::Vacant(words) => words.insert(Self::read(ledger, new_home)?),
        })
    }

    pub(super) fn read(ledger: &Ledger, new_home: RegionCode) -> Result<Self, StoreError> {
        let mut told = Self::default();
        let mut from = 1;
        loop {
            let page = words_from(ledger, new_home, from, PAGE)?;
            let proven = page.proven.into_iter();
            proven.for_each(|hand| told.add(hand.word.handed, hand.word.at));
            let written = ledger.stream(Stream::Hands(new_home))?;
            from = from.saturating_add(u64::try_from(PAGE).unwrap_or(u64::MAX));
            if written.is_none_or(|head| from > head.written) {
                return Ok(told);
            }
        }
    }

    fn add(&mut self, handed: Handed, at: Timestamp) {
        match handed {
            Handed::Person(person) => {
                let handed = (person.version, at);
                self.handed.insert(person.order.transfer, handed);
            }
            Handed::Claim(supplement) => {
                self.claims.insert(named(&supplement));
            }
            Handed::Reversal(supplement) => {
                self.reversals.insert(named(&supplement));
            }
            Handed::GivenUp(of) => {
                self.reversals.insert((of.treatment, of.settlement));
            }
        }
    }

    /// Whether the new home was told what another word says.
    pub(super) fn knows(&self, handed: &Handed) -> bool {
        match handed {
            Handed::Person(person) => self.handed.contains_key(&person.order.transfer),
            Handed::Claim(supplement) => self.claims.contains(&named(supplement)),
            Handed::Reversal(supplement) => self.reversals.contains(&named(supplement)),
            // It went on as the reversal of what had been counted in.
            Handed::GivenUp(of) => self.reversals.contains(&(of.treatment, of.settlement)),
        }
    }

    /// Whether the new home goes on counting a settlement that stood here when the person was handed over, and that had been
    /// taken back by this version of their record: since the hand-over, or before a restore that the hand-over came after.
    pub(super) fn counts(
        &self,
        transfer: TransferId,
        of: Taken,
        taken_back: PersonVersion,
    ) -> bool {
        let handed = self.handed_at(transfer);
        let has_it = handed.is_some_and(|handed| {
            taken_back > handed || taken_back.incarnation < handed.incarnation
        });
        has_it && !self.reversals.contains(&of)
    }

    /// Which change of the person's record their hand-over was.
    pub(super) fn handed_at(&self, transfer: TransferId) -> Option<PersonVersion> {
        self.handed.get(&transfer).map(|(version, _)| *version)
    }

    /// Which change of the person's record their hand-over was, if it was made after a word of another home.
    pub(super) fn handed_since(
        &self,
        transfer: TransferId,
        word: Timestamp,
    ) -> Option<PersonVersion> {
        let handed = self.handed.get(&transfer);
        let since = handed.filter(|(_, at)| word <= *at);
        since.map(|(version, _)| *version)
    }
}

const fn named(supplement: &Supplement) -> Taken {
    (supplement.of.treatment, supplement.of.settlement)
}

impl Recovery {
    /// Tells new homes what they were not told of settlements that were taken back.
    pub(super) async fn tell_new_homes(&self) -> Result<(), NodeError> {
        let taken = self.taken().clone();
        let mut told: BTreeMap<RegionCode, Told> = BTreeMap::new();
        for of in taken {
            if let Some(command) = untold(&self.ledger, self.region, &mut told, of)? {
                tracing::info!(settlement = %of.1, "a new home is told again what was taken back");
                self.writer.run(command).await?;
            }
        }
        Ok(())
    }
}

/// What a new home is to be told of a settlement that was taken back, if it is of somebody who had been handed over
/// by then, and the word on it did not come back.
fn untold(
    ledger: &Ledger,
    home: RegionCode,
    told: &mut BTreeMap<RegionCode, Told>,
    (treatment, settlement): Taken,
) -> Result<Option<TellNewHome>, StoreError> {
    let Some((original, reversed)) = reversed(ledger, (treatment, settlement))? else {
        return Ok(None);
    };
    let Some(left) = handed_over(ledger, original.claim.person.psn_no)? else {
        return Ok(None);
    };
    let words = Told::known(told, ledger, left.new_home)?;
    let handed = words.handed_at(left.transfer);
    if handed.is_none() || words.reversals.contains(&(treatment, settlement)) {
        return Ok(None);
    }
    let is_after = handed.is_some_and(|handed| reversed.person.version > handed);
    let counts = is_after || came_with(ledger, &left, (treatment, settlement))?;
    Ok(counts.then_some(TellNewHome {
        home,
        original,
        reversed,
    }))
}

/// Whether a settlement went with the hand-over as one that stood, though it was taken back before: in an earlier incarnation,
/// by a word that a restore had lost and that was not back when the person was handed over. The hand-over names what stood of
/// the last two years; of what is older nobody can tell any more, and it is taken to have been handed over without.
fn came_with(ledger: &Ledger, left: &Leaving, of: Taken) -> Result<bool, StoreError> {
    let LeavingState::HandedOver(number) = left.state else {
        return Ok(false);
    };
    let words = words_from(ledger, left.new_home, number, 1)?.proven;
    let is_named = |hand: ProvenHand| match hand.word.handed {
        Handed::Person(person) => {
            let mut visits = person.visits.iter();
            visits.any(|visit| (visit.treatment, visit.settlement) == of)
        }
        Handed::Claim(_) | Handed::Reversal(_) | Handed::GivenUp(_) => false,
    };
    Ok(words.into_iter().any(is_named))
}

/// A settlement that was taken back, and its reversal.
fn reversed(
    ledger: &Ledger,
    (treatment, settlement): Taken,
) -> Result<Option<(Committed, Reversed)>, StoreError> {
    let row = ledger.home_settlement(treatment, settlement)?;
    let Some(HomeState::Reversed(row)) = row.map(|row| row.state) else {
        return Ok(None);
    };
    let original = ledger.record(row.settled)?.into_committed();
    let record = ledger.record(row.reversed)?;
    let order = if let NodeRecord::ReversalRegained(regained) = record {
        Some(regained.record)
    } else if let NodeRecord::ReversalOrdered(order) = record {
        Some(order)
    } else {
        None
    };
    Ok(original.zip(order).map(|(original, order)| {
        let (salt, person) = (order.salt, order.person);
        (original, Reversed { salt, person })
    }))
}

/// What is needed of a reversal.
struct Reversed {
    salt: [u8; 16],
    person: ReversedPerson,
}

/// Writes the word on a reversal once more.
struct TellNewHome {
    home: RegionCode,
    original: Committed,
    reversed: Reversed,
}

impl Command for TellNewHome {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let Self {
            home,
            original,
            reversed,
        } = self;
        match handed_over(rows, original.claim.person.psn_no)? {
            Some(left) if !is_left_out(rows, left.new_home)? => {
                let word = reversal_told(home, &left, &original, &reversed.salt, rows, now)?;
                Ok(Verdict::Append(vec![word], ()))
            }
            Some(_) | None => Ok(Verdict::Answer(())),
        }
    }
}

#[cfg(test)]
mod tests;
