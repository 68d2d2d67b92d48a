//! What still holds where the order of changes is lost, or a start was charged twice for a while: totals and balances
//! are the sums of what stands.
//!
//! A person's home may have served them while it lacked what another region knew, held them when it knew, and an officer
//! has looked since: a start may have been charged twice, and a ceiling passed. Not looked at: a change that came back
//! itself, which was added to the sums in the order in which it came. An account that did not hold what was paid from
//! it when that came back is empty then, and not below nothing, and what it lacks is filled first by whatever is given back
//! later: it holds the sums, or nothing. A hand-over that comes back says itself what was held: of whoever moves the
//! account may hold more than the sums by what it lacked, and no more. How much was compared is counted: a law that
//! never compares anything holds for ever.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::id::SettlementId;

use super::people::Change;
use super::{Audit, Law};
use crate::books::NodeBooks;
use crate::register::{OPENING_BALANCE, region};

/// By how much an account may hold more than the sums say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beyond {
    Nothing,
    WhatItLacked,
}

/// The sums of what stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sums {
    paid: i64,
    charged: i64,
    admissions: i64,
    balance: i64,
}

impl Sums {
    pub(super) fn of<'a: 'b, 'b>(changes: impl Iterator<Item = &'b Change<'a>>) -> Self {
        let mut standing = BTreeMap::new();
        for change in changes {
            match change {
                Change::Settled(record) => {
                    standing.insert(change.settlement(), &record.decision);
                }
                Change::TakenBack(_) => {
                    standing.remove(&change.settlement());
                }
                // No officer did anything for whoever moves or is released.
                Change::Act(_) => {}
            }
        }
        let mut sums = Self {
            paid: 0,
            charged: 0,
            admissions: 0,
            balance: OPENING_BALANCE,
        };
        for decision in standing.values() {
            let mut totals = decision.totals.iter();
            let charged = totals.find(|change| change.slot.name.as_str() == "charged");
            sums.paid += decision.fund_total.get();
            sums.charged += charged.map_or(0, |change| change.adds);
            sums.admissions += 1;
            sums.balance -= decision.own_account.get();
        }
        sums
    }
}

impl<'a> Audit<'a> {
    /// What was settled for a person or taken back since an officer released them, if one did.
    pub(super) fn since_release(&self, person: &str) -> Option<&'a BTreeSet<SettlementId>> {
        let nodes = &self.exhibits.nodes;
        nodes.iter().find_map(|books| books.released.get(person))
    }

    /// The sums of what stands are in the last changes since the release.
    pub(super) fn sums_stand_since(
        &mut self,
        person: &str,
        changes: &[Change<'a>],
        since: &BTreeSet<SettlementId>,
    ) {
        let is_new =
            |change: &&Change<'_>| since.contains(&change.settlement()) && !self.came_back(change);
        let latest_first: Vec<_> = changes.iter().rev().take_while(is_new).collect();
        let sums = Sums::of(changes.iter());
        self.totals_said_are_sums(&[person], latest_first, &sums, Beyond::Nothing);
    }

    /// Whether a change came back after a restore.
    pub(super) fn came_back(&self, change: &Change<'_>) -> bool {
        let is_regained = |books: &NodeBooks| books.regained.contains(&change.settlement());
        self.exhibits.nodes.iter().any(is_regained)
    }

    /// The totals and the balance that changes say are these sums. A change says only the totals that it changes: of each
    /// its latest word counts. A person may have had several numbers, of which the last is that of now.
    pub(super) fn totals_said_are_sums<'b>(
        &mut self,
        numbers: &[&str],
        latest_first: impl IntoIterator<Item = &'b Change<'b>>,
        sums: &Sums,
        beyond: Beyond,
    ) {
        let person = numbers.last().unwrap_or(&"");
        let (mut totals_said, mut balance_said) = (BTreeMap::new(), None);
        for change in latest_first {
            balance_said = balance_said.or(change.balance());
            for (slot, total) in change.totals() {
                totals_said.entry(slot.name.as_str()).or_insert(*total);
            }
        }
        self.sums_compared += totals_said.len() + usize::from(balance_said.is_some());
        let sum_of = |name: &str| match name {
            "paid" => sums.paid,
            "charged" => sums.charged,
            "admissions" => sums.admissions,
            other => panic!("{person}: nobody helps whoever moves or is released: {other}"),
        };
        let is_sum = |(name, total): (&&str, &i64)| *total == sum_of(name);
        let nodes = self.exhibits.nodes.iter();
        let of_all = nodes.flat_map(|books| numbers.iter().map(|person| books.lacked.get(*person)));
        let lacked: i64 = of_all.flatten().sum();
        let least = sums.balance.max(0);
        let may_be = match beyond {
            Beyond::Nothing => least..=least,
            Beyond::WhatItLacked => least..=least.max(sums.balance + lacked),
        };
        let is_balance = balance_said.is_none_or(|balance| may_be.contains(&balance));
        if !(totals_said.iter().all(is_sum) && is_balance) {
            let story = format!(
                "{person}: {totals_said:?} and {balance_said:?} after all, where {sums:?} stands and {lacked} lacked"
            );
            self.report(Law::Totals, story);
        }
    }

    /// Nobody is released but at a home that lost its disk.
    pub(super) fn only_whom_a_story_tells_of_is_released(&mut self) {
        for (home, books) in self.exhibits.nodes.iter().enumerate() {
            if !books.is_restored {
                for person in books.released.keys() {
                    let story = format!("{}: {person} was released", region(home));
                    self.report(Law::LeftOut, story);
                }
            }
        }
    }

    /// Nobody is released whose record had no gap: nothing was to be looked at.
    pub(super) fn whoever_is_released_had_a_gap(&mut self) {
        for (home, books) in self.exhibits.nodes.iter().enumerate() {
            for person in &books.released_whole {
                let story = format!("{}: of {person} nothing was missing", region(home));
                self.report(Law::Released, story);
            }
        }
    }
}
