//! The laws of people: a visit is paid once, and nobody's year is used twice.
//!
//! A person's settlements and what was taken back of them are read in the order of the person's versions.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::bill::Visit;
use huitong_core::canonical::encode_to_vec;
use huitong_core::external::CoreId;
use huitong_core::id::SettlementId;
use huitong_core::person::PersonRef;
use huitong_core::record::assistance::{AssistanceGranted, AssistanceWithdrawn};
use huitong_core::record::external::{ExternalNoted, ExternalWithdrawn};
use huitong_core::record::home::Committed;
use huitong_core::record::reversal::ReversalOrdered;
use huitong_core::totals::TotalSlot;

use super::{Audit, Law};
use crate::books::NodeBooks;
use crate::register::region;
use crate::year::{Entry, Help, Year};

/// What changes a person's record.
pub(super) enum Change<'a> {
    Settled(&'a Committed),
    TakenBack(&'a ReversalOrdered),
    Act(Act<'a>),
}

/// What an officer of the home region changes in it.
#[derive(Clone, Copy)]
pub(super) enum Act<'a> {
    /// What the core system settled was recorded, or withdrawn.
    Noted(&'a ExternalNoted),
    Withdrawn(&'a ExternalWithdrawn),
    /// Assistance was granted, or withdrawn.
    Granted(&'a AssistanceGranted),
    Ended(&'a AssistanceWithdrawn),
}

impl Change<'_> {
    pub(super) fn version(&self) -> (u32, u64) {
        let version = match self {
            Self::Settled(record) => record.after,
            Self::TakenBack(record) => record.person.version,
            Self::Act(Act::Noted(record)) => record.after,
            Self::Act(Act::Withdrawn(record)) => record.after,
            Self::Act(Act::Granted(record)) => record.after,
            Self::Act(Act::Ended(record)) => record.after,
        };
        (version.incarnation, version.change)
    }

    pub(super) fn settlement(&self) -> SettlementId {
        match self {
            Self::Settled(record) => record.body().clearing.settlement,
            Self::TakenBack(record) => record.body().clearing.settlement,
            Self::Act(act) => act.named(),
        }
    }

    pub(super) fn totals(&self) -> &[(TotalSlot, i64)] {
        match self {
            Self::Settled(record) => &record.totals,
            Self::TakenBack(record) => &record.totals,
            Self::Act(Act::Noted(record)) => &record.totals,
            Self::Act(Act::Withdrawn(record)) => &record.totals,
            Self::Act(Act::Granted(record)) => &record.totals,
            Self::Act(Act::Ended(record)) => &record.totals,
        }
    }

    /// What the account holds after it, if it may change that.
    pub(super) fn balance(&self) -> Option<i64> {
        let balances = match self {
            Self::Settled(record) => record.balances,
            Self::TakenBack(record) => record.balances,
            Self::Act(Act::Noted(record)) => record.balances,
            Self::Act(Act::Withdrawn(record)) => record.balances,
            Self::Act(Act::Granted(_) | Act::Ended(_)) => return None,
        };
        Some(balances.own.get())
    }
}

impl Act<'_> {
    /// What it is told by: the id that a visit stands under, or that of a grant.
    fn named(self) -> SettlementId {
        match self {
            Self::Noted(record) => outside(&record.settlement.core_id),
            Self::Withdrawn(record) => outside(&record.core_id),
            Self::Granted(record) => SettlementId::from_bytes(record.act.to_bytes()),
            Self::Ended(record) => SettlementId::from_bytes(record.act.to_bytes()),
        }
    }
}

/// What a settlement of a core system is told by; each person is of one region.
fn outside(core_id: &CoreId) -> SettlementId {
    core_id.stands_as(region(0))
}

/// A person's year as it is reckoned, change by change.
#[derive(Default)]
pub(super) struct Reckoned {
    pub(super) year: Year,
    pub(super) entries: BTreeMap<SettlementId, Entry>,
    /// What the core system settled, of which the part in scope is not known.
    outside: BTreeMap<SettlementId, Entry>,
    helps: BTreeMap<SettlementId, Help>,
    /// What was settled of each stay.
    stays: BTreeMap<String, Vec<SettlementId>>,
}

impl Reckoned {
    /// Whether no other bill of the same stay stands.
    fn is_admission(&mut self, record: &Committed) -> bool {
        let bills = self.stays.entry(stay_of(record)).or_default();
        let is_first = !bills.iter().any(|bill| self.entries.contains_key(bill));
        bills.push(record.body().clearing.settlement);
        is_first
    }
}

/// The stay that a bill is of; there is one hospital a region.
fn stay_of(record: &Committed) -> String {
    let claim = &record.claim;
    format!("{} {}", claim.treatment, claim.visit.number)
}

/// How much of a stay a bill is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    FirstDays,
    Rest,
}

impl Extent {
    fn of(visit: &Visit) -> Self {
        if visit.interim > 0 {
            Self::FirstDays
        } else if visit.billed_from > visit.admitted {
            Self::Rest
        } else {
            Self::Whole
        }
    }
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
        for books in &self.exhibits.nodes {
            let noted = books.noted.iter();
            let noted = noted.map(|record| (record.settlement.psn_no, Act::Noted(record)));
            let withdrawn = books.ended.iter();
            let withdrawn = withdrawn.map(|record| (record.psn_no, Act::Withdrawn(record)));
            let granted = books.granted.iter();
            let granted = granted.map(|record| (record.year.psn_no(), Act::Granted(record)));
            let ended = books.withdrawn.iter();
            let ended = ended.map(|record| (record.psn_no, Act::Ended(record)));
            for (person, act) in noted.chain(withdrawn).chain(granted).chain(ended) {
                let changes = people.entry(person.expose().to_owned()).or_default();
                changes.push(Change::Act(act));
            }
        }
        for changes in people.values_mut() {
            changes.sort_by_key(|change| (change.version(), change.settlement()));
        }
        people
    }

    pub(super) fn no_visit_is_paid_twice(&mut self) {
        for changes in self.histories().into_values() {
            self.no_stay_is_paid_whole_and_in_parts(&changes);
            let mut paid: BTreeMap<String, BTreeSet<SettlementId>> = BTreeMap::new();
            for change in changes {
                let (visit, stands) = match change {
                    Change::Settled(record) => (record.claim.visit_key(), true),
                    Change::TakenBack(record) => (record.visit.clone(), false),
                    Change::Act(Act::Noted(record)) => (record.settlement.visit_key(), true),
                    Change::Act(Act::Withdrawn(record)) => (record.visit.clone(), false),
                    Change::Act(Act::Granted(_) | Act::Ended(_)) => continue,
                };
                let (visit, id) = (format!("{visit:?}"), change.settlement());
                let ids = paid.entry(visit.clone()).or_default();
                if stands {
                    ids.insert(id);
                    if ids.len() > 1 {
                        let story = format!("{visit} is paid under {ids:?}");
                        self.report(Law::VisitTwice, story);
                    }
                } else if !ids.remove(&id) {
                    self.report(Law::VisitTwice, format!("{id} did not stand"));
                }
            }
        }
    }

    /// Where one bill of the whole stay stands no bill of its first days does.
    fn no_stay_is_paid_whole_and_in_parts(&mut self, changes: &[Change<'a>]) {
        let mut standing: BTreeMap<SettlementId, (String, Extent)> = BTreeMap::new();
        for change in changes {
            let record = match change {
                Change::Settled(record) => record,
                Change::TakenBack(_) => {
                    standing.remove(&change.settlement());
                    continue;
                }
                Change::Act(_) => continue,
            };
            let (stay, extent) = (stay_of(record), Extent::of(&record.claim.visit));
            let other = match extent {
                Extent::Whole => Some(Extent::FirstDays),
                Extent::FirstDays => Some(Extent::Whole),
                Extent::Rest => None,
            };
            let of_stay = |(of, extent): &(String, Extent)| *of == stay && Some(*extent) == other;
            if let Some((id, _)) = standing.iter().find(|(_, bill)| of_stay(bill)) {
                let new = change.settlement();
                let story = format!("{stay} is paid whole and in part: {id} and {new}");
                self.report(Law::VisitTwice, story);
            }
            standing.insert(change.settlement(), (stay, extent));
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
            if moving.contains(&person) {
                continue;
            }
            self.has_one_year(&person, &changes);
        }
    }

    /// The year of somebody with one home; of whom an officer released, its sums.
    pub(super) fn has_one_year(&mut self, person: &str, changes: &[Change<'a>]) {
        if let Some(since) = self.since_release(person) {
            self.sums_stand_since(person, changes, since);
            return;
        }
        let mut reckoned = Reckoned::default();
        for change in changes {
            self.reckon(person, change, &mut reckoned);
        }
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
                let admissions = i64::from(reckoned.is_admission(record));
                let entry = reckoned.year.next(record.decision.total.get(), admissions);
                self.is_what_was_left(person, record, entry);
                reckoned.entries.insert(id, entry);
            }
            Change::TakenBack(_) => self.take_back(person, id, reckoned),
            Change::Act(act) => self.reckon_act(person, *act, reckoned),
        }
        // What came back was added to the sums in the order in which it came; they are right again by the next
        // change.
        let is_regained = |node: &NodeBooks| node.regained.contains(&id);
        if !self.exhibits.nodes.iter().any(is_regained) {
            let balance = change.balance().unwrap_or(reckoned.year.balance);
            let totals = change.totals();
            self.totals_are((person, id), totals, balance, &reckoned.year);
        }
    }

    fn reckon_act(&mut self, person: &str, act: Act<'_>, reckoned: &mut Reckoned) {
        let id = act.named();
        match act {
            Act::Noted(record) => {
                let core_id = record.settlement.core_id.to_string();
                let Some(said) = self.said_of(&core_id) else {
                    self.report(
                        Law::PaidUnasked,
                        format!("{person}: nobody told of {core_id}"),
                    );
                    return;
                };
                let entry = Entry {
                    bill: said.pool + said.account + said.cash,
                    start: said.start,
                    pool: said.pool,
                    account: said.account,
                    admissions: 1,
                };
                reckoned.year.add(entry);
                reckoned.outside.insert(id, entry);
            }
            Act::Withdrawn(_) => match reckoned.outside.remove(&id) {
                Some(entry) => reckoned.year.take_back(entry),
                None => self.report(Law::Totals, format!("{person}: {id} never stood")),
            },
            Act::Granted(record) => {
                let entries = reckoned.entries.values();
                let year = entries.fold((0, 0), |(cost, paid), entry| {
                    (cost + entry.bill, paid + entry.pool)
                });
                let help = reckoned.year.help(year);
                reckoned.helps.insert(id, help);
                let granted = record.year.decision.fund_total.get() - year.1;
                if granted != help.helped {
                    let story = format!("{person}: {granted} is granted of {year:?}, not {help:?}");
                    self.report(Law::UsedTwice, story);
                }
            }
            Act::Ended(_) => match reckoned.helps.remove(&id) {
                Some(help) => reckoned.year.end(help),
                None => self.report(Law::Totals, format!("{person}: {id} never stood")),
            },
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
                "assisted" => reckoned.assisted,
                "assistance_paid" => reckoned.helped,
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
