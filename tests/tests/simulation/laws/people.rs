//! The laws of people: a visit is paid once, and nobody's year is used twice.
//!
//! A person's settlements and what was taken back of them are read in the order of the person's versions.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::canonical::encode_to_vec;
use huitong_core::id::SettlementId;
use huitong_core::person::PersonRef;
use huitong_core::record::home::Committed;
use huitong_core::record::reversal::ReversalOrdered;
use huitong_core::totals::TotalSlot;

use super::{Audit, Law};
use crate::books::NodeBooks;
use crate::register::region;
use crate::year::{Entry, Year};

/// What changes a person's record.
pub(super) enum Change<'a> {
    Settled(&'a Committed),
    TakenBack(&'a ReversalOrdered),
}

impl Change<'_> {
    pub(super) fn version(&self) -> (u32, u64) {
        let version = match self {
            Self::Settled(record) => record.after,
            Self::TakenBack(record) => record.person.version,
        };
        (version.incarnation, version.change)
    }

    pub(super) fn settlement(&self) -> SettlementId {
        match self {
            Self::Settled(record) => record.body().clearing.settlement,
            Self::TakenBack(record) => record.body().clearing.settlement,
        }
    }

    fn totals(&self) -> &[(TotalSlot, i64)] {
        match self {
            Self::Settled(record) => &record.totals,
            Self::TakenBack(record) => &record.totals,
        }
    }

    fn balance(&self) -> i64 {
        match self {
            Self::Settled(record) => record.balances.own.get(),
            Self::TakenBack(record) => record.balances.own.get(),
        }
    }
}

/// A person's year as it is reckoned, change by change.
#[derive(Default)]
pub(super) struct Reckoned {
    pub(super) year: Year,
    pub(super) entries: BTreeMap<SettlementId, Entry>,
}

impl<'a> Audit<'a> {
    /// The changes of each person's record, in their order.
    pub(super) fn histories(&self) -> BTreeMap<String, Vec<Change<'a>>> {
        let mut people: BTreeMap<String, Vec<Change<'a>>> = BTreeMap::new();
        for record in self.committed() {
            let changes = people.entry(psn(record.claim.person)).or_default();
            changes.push(Change::Settled(record));
        }
        for record in self.ordered() {
            let changes = people.entry(psn(record.person.person)).or_default();
            changes.push(Change::TakenBack(record));
        }
        for changes in people.values_mut() {
            changes.sort_by_key(|change| (change.version(), change.settlement()));
        }
        people
    }

    pub(super) fn no_visit_is_paid_twice(&mut self) {
        for changes in self.histories().into_values() {
            let mut paid: BTreeMap<String, BTreeSet<SettlementId>> = BTreeMap::new();
            for change in changes {
                match change {
                    Change::Settled(record) => {
                        let visit = format!("{:?}", record.claim.visit_key());
                        let ids = paid.entry(visit.clone()).or_default();
                        ids.insert(change.settlement());
                        if ids.len() > 1 {
                            let story = format!("{visit} is paid under {ids:?}");
                            self.report(Law::VisitTwice, story);
                        }
                    }
                    Change::TakenBack(record) => {
                        let visit = format!("{:?}", record.visit);
                        let stood = paid.entry(visit).or_default().remove(&change.settlement());
                        if !stood {
                            let story = format!("{} did not stand", change.settlement());
                            self.report(Law::VisitTwice, story);
                        }
                    }
                }
            }
        }
    }

    /// A person's year, reckoned again by hand.
    pub(super) fn nothing_is_used_twice(&mut self) {
        let moves = self.exhibits.moves.iter();
        let moving: BTreeSet<String> = moves
            .flat_map(|wanted| [wanted.of.psn_no(), wanted.to.psn_no()])
            .collect();
        for (person, changes) in self.histories() {
            // Whoever moves has one year at two homes.
            if moving.contains(&person) || self.is_released(&person) {
                continue;
            }
            let mut reckoned = Reckoned::default();
            for change in changes {
                self.reckon(&person, &change, &mut reckoned);
            }
        }
    }

    /// Whether a person's home served them while it lacked what another region knew, held them when it knew, and an
    /// officer has looked since: a start may have been charged twice, and a ceiling passed.
    pub(super) fn is_released(&self, person: &str) -> bool {
        let mut nodes = self.exhibits.nodes.iter();
        nodes.any(|books| books.released.contains(person))
    }

    pub(super) fn nothing_passes_while_left_out(&mut self) {
        for (number, books) in self.exhibits.nodes.iter().enumerate() {
            for story in &books.passed {
                self.report(Law::LeftOut, format!("{}: {story}", region(number)));
            }
        }
    }

    pub(super) fn reckon(&mut self, person: &str, change: &Change<'_>, reckoned: &mut Reckoned) {
        let id = change.settlement();
        match change {
            Change::Settled(record) => {
                let entry = reckoned.year.next(record.decision.total.get());
                self.is_what_was_left(person, record, entry);
                reckoned.entries.insert(id, entry);
            }
            Change::TakenBack(_) => self.take_back(person, id, reckoned),
        }
        // What came back was added to the sums in the order in which it came; they are right again by the next
        // change.
        let is_regained = |node: &NodeBooks| node.regained.contains(&id);
        if !self.exhibits.nodes.iter().any(is_regained) {
            let (totals, balance) = (change.totals(), change.balance());
            self.totals_are((person, id), totals, balance, &reckoned.year);
        }
    }

    pub(super) fn take_back(&mut self, person: &str, id: SettlementId, reckoned: &mut Reckoned) {
        match reckoned.entries.remove(&id) {
            Some(entry) => reckoned.year.take_back(entry),
            None => self.report(Law::Totals, format!("{person}: {id} never stood")),
        }
    }

    pub(super) fn is_what_was_left(&mut self, person: &str, record: &Committed, entry: Entry) {
        let booked = (
            record.decision.fund_total.get(),
            record.decision.own_account.get(),
        );
        let Entry { pool, account, .. } = entry;
        if booked != (pool, account) {
            let story = format!(
                "{person}, {} at version {}: paid {booked:?}, and {pool} from the pool and {account} \
                 from the account were left to pay",
                record.body().clearing.settlement,
                record.after.change
            );
            self.report(Law::UsedTwice, story);
        }
    }

    pub(super) fn totals_are(
        &mut self,
        (person, id): (&str, SettlementId),
        totals: &[(TotalSlot, i64)],
        balance: i64,
        reckoned: &Year,
    ) {
        if balance != reckoned.balance {
            let story = format!(
                "{person}, {id}: the account holds {balance}, not {}",
                reckoned.balance
            );
            self.report(Law::Totals, story);
        }
        for (slot, total) in totals {
            let expected = match slot.name.as_str() {
                "paid" => reckoned.paid,
                "charged" => reckoned.charged,
                "admissions" => reckoned.admissions,
                other => panic!("the rule has no total {other}"),
            };
            if *total != expected {
                let story = format!("{person}, {id}: {} is {total}, not {expected}", slot.name);
                self.report(Law::Totals, story);
            }
        }
    }
}

/// A person's number, which does not print itself.
fn psn(person: PersonRef) -> String {
    let bytes = encode_to_vec(&person.psn_no);
    String::from_utf8_lossy(&bytes[4..]).into_owned()
}
