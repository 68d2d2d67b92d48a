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
use crate::year::{Entry, Year};

/// What changes a person's record.
enum Change<'a> {
    Settled(&'a Committed),
    TakenBack(&'a ReversalOrdered),
}

impl Change<'_> {
    fn version(&self) -> (u32, u64) {
        let version = match self {
            Self::Settled(record) => record.after,
            Self::TakenBack(record) => record.person.version,
        };
        (version.incarnation, version.change)
    }

    fn settlement(&self) -> SettlementId {
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

impl<'a> Audit<'a> {
    /// The changes of each person's record, in their order.
    fn histories(&self) -> BTreeMap<String, Vec<Change<'a>>> {
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
        let nodes = self.exhibits.nodes.iter();
        let regained: BTreeSet<SettlementId> =
            nodes.flat_map(|node| node.regained.clone()).collect();
        for (person, changes) in self.histories() {
            let mut reckoned = Year::default();
            let mut entries: BTreeMap<SettlementId, Entry> = BTreeMap::new();
            for change in changes {
                let id = change.settlement();
                match &change {
                    Change::Settled(record) => {
                        let entry = reckoned.next(record.decision.total.get());
                        self.is_what_was_left(&person, record, entry);
                        entries.insert(id, entry);
                    }
                    Change::TakenBack(_) => match entries.remove(&id) {
                        Some(entry) => reckoned.take_back(entry),
                        None => self.report(Law::Totals, format!("{person}: {id} never stood")),
                    },
                }
                // What came back was added to the sums in the order in which it came; they are right again by
                // the next change.
                if !regained.contains(&id) {
                    self.totals_are(&person, &change, &reckoned);
                }
            }
        }
    }

    fn is_what_was_left(&mut self, person: &str, record: &Committed, entry: Entry) {
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

    fn totals_are(&mut self, person: &str, change: &Change<'_>, reckoned: &Year) {
        let (id, balance) = (change.settlement(), change.balance());
        if balance != reckoned.balance {
            let story = format!(
                "{person}, {id}: the account holds {balance}, not {}",
                reckoned.balance
            );
            self.report(Law::Totals, story);
        }
        for (slot, total) in change.totals() {
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
