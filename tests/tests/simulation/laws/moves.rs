//! The laws of whoever moves, once or again: one year at all homes, and one home on each day.
//!
//! What the old home decided comes first, up to the hand-over; then what the new home has written, version by
//! version, up to the next one. A late claim stands where a later home has counted it in.

mod unordered;

use std::collections::BTreeSet;

use huitong_core::coverage::PersonVersion;
use huitong_core::date::ServiceDate;
use huitong_core::id::SettlementId;
use huitong_core::record::hand::{HandOver, Handed, Supplement};
use huitong_core::record::home::Committed;
use huitong_core::record::transfer::AccountAfter;

use super::people::{Change, Reckoned};
use super::{Audit, Law};
use crate::workload::Move;

/// What changes a person's record at the new home.
enum Step<'a> {
    Came(&'a AccountAfter),
    CountedIn(&'a Supplement, &'a AccountAfter),
    TakenBack(SettlementId, &'a AccountAfter),
    /// The old home buried it, and never had it or has it no more.
    GivenUp(SettlementId, &'a AccountAfter),
    Own(Change<'a>),
}

pub(super) const fn order(version: PersonVersion) -> (u32, u64) {
    (version.incarnation, version.change)
}

impl<'a> Step<'a> {
    fn version(&self) -> (u32, u64) {
        match self {
            Self::Came(after)
            | Self::CountedIn(_, after)
            | Self::TakenBack(_, after)
            | Self::GivenUp(_, after) => order(after.version),
            Self::Own(change) => change.version(),
        }
    }

    const fn own(&self) -> Option<&Change<'a>> {
        match self {
            Self::Own(change) => Some(change),
            Self::Came(_) | Self::CountedIn(..) | Self::TakenBack(..) | Self::GivenUp(..) => None,
        }
    }

    /// What is counted in.
    const fn counts_in(&self) -> Option<SettlementId> {
        match self {
            Self::CountedIn(of, _) => Some(of.of.settlement),
            Self::Came(_) | Self::TakenBack(..) | Self::GivenUp(..) | Self::Own(_) => None,
        }
    }
}

/// Somebody who moved, from home to home.
struct Chain<'a> {
    moves: Vec<&'a Move>,
    /// The hand-overs of these moves, as far as they came about.
    handed: Vec<&'a HandOver>,
    /// The person's number at each home.
    numbers: Vec<String>,
    /// What each home changed in the person's record.
    changes: Vec<Vec<Change<'a>>>,
}

/// What is known along a chain of homes.
struct Known<'a> {
    reckoned: Reckoned,
    /// What a home decided or took back after it had handed the person over.
    late: Vec<Change<'a>>,
    /// What of that the next homes counted in, and took back.
    counted: BTreeSet<SettlementId>,
    back: BTreeSet<SettlementId>,
}

impl<'a> Audit<'a> {
    pub(super) fn whoever_moves_has_one_year(&mut self) {
        for mut chain in self.chains() {
            self.is_at_one_home(&chain);
            let changes = std::mem::take(&mut chain.changes);
            if chain.handed.is_empty() {
                self.has_one_year(&chain.numbers[0], &changes[0]);
                continue;
            }
            let mut changes = changes.into_iter();
            let own = changes.next().unwrap_or_default();
            let later = chain.moves.iter().zip(changes);
            let steps: Vec<_> = later.map(|(wanted, own)| self.steps(wanted, own)).collect();
            for (nth, (wanted, steps)) in chain.moves.iter().zip(&steps).enumerate() {
                let came = steps.iter().filter(|step| matches!(step, Step::Came(_)));
                let (came, expected) = (came.count(), usize::from(nth < chain.handed.len()));
                if came != expected {
                    let id = &wanted.request_id;
                    let story =
                        format!("by transfer {id} somebody came {came} times, and not {expected}");
                    self.report(Law::OneHome, story);
                }
            }
            if self.has_no_order(&chain, &own, &steps) {
                self.is_counted_in_once(&chain, &steps);
                self.sums_stand(&chain, &own, &steps);
            } else {
                self.is_one_year(&chain, own, steps);
            }
        }
    }

    /// Everybody who was to move, with all moves one after another.
    fn chains(&self) -> Vec<Chain<'a>> {
        let mut histories = self.histories();
        let mut chains: Vec<Vec<&'a Move>> = Vec::new();
        for wanted in &self.exhibits.moves {
            let mut known = chains.iter_mut();
            let goes_on =
                |moves: &&mut Vec<&Move>| moves.last().is_some_and(|last| last.to == wanted.of);
            match known.find(goes_on) {
                Some(moves) => moves.push(wanted),
                None => chains.push(vec![wanted]),
            }
        }
        let chain = |moves: Vec<&'a Move>| {
            let homes = moves.iter().take(1).map(|wanted| wanted.of);
            let homes = homes.chain(moves.iter().map(|wanted| wanted.to));
            let numbers: Vec<String> = homes.map(|home| home.psn_no()).collect();
            let changes = numbers
                .iter()
                .map(|number| histories.remove(number).unwrap_or_default());
            Chain {
                changes: changes.collect(),
                handed: moves
                    .iter()
                    .map_while(|wanted| self.handed(wanted))
                    .collect(),
                numbers,
                moves,
            }
        };
        chains.into_iter().map(chain).collect()
    }

    /// One year from home to home: what each decided before it handed the person over, and what was late, where it was
    /// counted in.
    fn is_one_year(&mut self, chain: &Chain<'a>, own: Vec<Change<'a>>, steps: Vec<Vec<Step<'a>>>) {
        let at = order(chain.handed[0].version);
        let (before, late): (Vec<_>, Vec<_>) =
            own.into_iter().partition(|change| change.version() < at);
        let mut known = Known {
            reckoned: Reckoned::default(),
            late,
            counted: BTreeSet::new(),
            back: BTreeSet::new(),
        };
        for change in &before {
            self.reckon(&chain.numbers[0], change, &mut known.reckoned);
        }
        let mut is_right = true;
        for (nth, steps) in steps.into_iter().enumerate() {
            let next = chain
                .handed
                .get(nth + 1)
                .map(|handed| order(handed.version));
            let (steps, since): (Vec<_>, Vec<_>) = steps
                .into_iter()
                .partition(|step| next.is_none_or(|next| step.version() < next));
            is_right = is_right && self.goes_on(&chain.numbers[nth + 1], steps, &mut known);
            known
                .late
                .extend(since.into_iter().filter_map(|step| match step {
                    Step::Own(change) => Some(change),
                    Step::Came(_)
                    | Step::CountedIn(..)
                    | Step::TakenBack(..)
                    | Step::GivenUp(..) => None,
                }));
        }
        for change in known.late.iter().filter(|_| is_right) {
            let id = change.settlement();
            let is_known = match change {
                Change::Settled(_) => known.counted.contains(&id),
                Change::TakenBack(_) => known.back.contains(&id),
                // No officer did anything for whoever moves.
                Change::Act(_) => false,
            };
            if !is_known {
                let person = &chain.numbers[0];
                let story = format!("{person}: {id} changed nothing at a later home");
                self.report(Law::UsedTwice, story);
            }
        }
    }

    /// The hand-over of a person, as the old home wrote it first.
    pub(super) fn handed(&self, wanted: &Move) -> Option<&'a HandOver> {
        let words = self.exhibits.nodes[wanted.of.home].handed.iter();
        let mut people = words.filter_map(|word| match &word.handed {
            Handed::Person(hand_over) => Some(hand_over),
            Handed::Claim(_) | Handed::Reversal(_) | Handed::GivenUp(_) => None,
        });
        people.find(|handed| handed.order.person.psn_no.expose() == wanted.of.psn_no())
    }

    /// What the new home wrote of a person, in order.
    fn steps(&self, wanted: &Move, own: Vec<Change<'a>>) -> Vec<Step<'a>> {
        let (books, to) = (&self.exhibits.nodes[wanted.to.home], wanted.to.psn_no());
        let mut steps: Vec<Step<'a>> = Vec::new();
        for taken in &books.taken {
            let Some(account) = &taken.account else {
                continue;
            };
            let step = match &taken.hand.word.handed {
                Handed::Person(of) if of.order.number.expose() == to => Step::Came(account),
                Handed::Claim(of) if of.number.expose() == to => Step::CountedIn(of, account),
                Handed::Reversal(of) if of.number.expose() == to => {
                    Step::TakenBack(of.of.settlement, account)
                }
                Handed::GivenUp(of) if of.number.expose() == to => {
                    Step::GivenUp(of.settlement, account)
                }
                Handed::Person(_) | Handed::Claim(_) | Handed::Reversal(_) | Handed::GivenUp(_) => {
                    continue;
                }
            };
            steps.push(step);
        }
        for taken in &books.supplements {
            if taken.supplement.number.expose() == to {
                steps.push(Step::CountedIn(&taken.supplement, &taken.account));
            }
        }
        steps.extend(own.into_iter().map(Step::Own));
        steps.sort_by_key(Step::version);
        steps
    }

    /// What a home wrote of whoever came there, up to the next hand-over; whether the person came as they had gone.
    fn goes_on(&mut self, person: &str, steps: Vec<Step<'a>>, known: &mut Known<'a>) -> bool {
        let claims = known.late.iter().filter_map(|change| match change {
            Change::Settled(record) => Some(*record),
            Change::TakenBack(_) | Change::Act(_) => None,
        });
        let claims: Vec<&Committed> = claims.collect();
        let none = SettlementId::from_bytes([0; 16]);
        for step in steps {
            let is_arrival = matches!(step, Step::Came(_));
            let reported = self.violations.len();
            let (id, account) = match step {
                Step::Own(change) => {
                    self.reckon(person, &change, &mut known.reckoned);
                    continue;
                }
                Step::Came(account) => (none, account),
                Step::CountedIn(of, account) => {
                    let id = of.of.settlement;
                    if !known.counted.insert(id) {
                        let story = format!("{person}: {id} is counted in once more");
                        self.report(Law::UsedTwice, story);
                    }
                    self.counted_in(person, id, &claims, &mut known.reckoned);
                    (id, account)
                }
                Step::TakenBack(id, account) | Step::GivenUp(id, account) => {
                    known.back.insert(id);
                    self.take_back(person, id, &mut known.reckoned);
                    (id, account)
                }
            };
            let balance = account.balances.own.get();
            let year = &known.reckoned.year;
            self.totals_are((person, id), &account.totals, balance, year);
            if is_arrival && self.violations.len() > reported {
                // Whatever follows is wrong as well.
                return false;
            }
        }
        true
    }

    fn counted_in(
        &mut self,
        person: &str,
        id: SettlementId,
        claims: &[&Committed],
        reckoned: &mut Reckoned,
    ) {
        let mut claims = claims.iter();
        match claims.find(|record| record.body().clearing.settlement == id) {
            None => self.report(
                Law::Totals,
                format!("{person}: {id} is counted in, and never stood"),
            ),
            Some(record) => {
                let entry = reckoned.year.next(record.decision.total.get(), 1);
                self.is_what_was_left(person, record, entry);
                reckoned.entries.insert(id, entry);
            }
        }
    }

    /// Care that stands is that of whoever was the home on its first day.
    fn is_at_one_home(&mut self, chain: &Chain<'a>) {
        let all = || chain.changes.iter().flatten();
        let taken_back: BTreeSet<SettlementId> = all()
            .filter(|change| matches!(change, Change::TakenBack(_)))
            .map(Change::settlement)
            .collect();
        let moves = chain.moves.iter().take(chain.handed.len());
        let days: Vec<ServiceDate> = moves
            .map(|wanted| ServiceDate::parse(wanted.day).unwrap())
            .collect();
        for (home, changes) in chain.changes.iter().enumerate() {
            for change in changes {
                let Change::Settled(record) = change else {
                    continue;
                };
                let moved = days
                    .iter()
                    .filter(|day| **day <= record.claim.visit.admitted);
                if moved.count() != home && !taken_back.contains(&change.settlement()) {
                    let (id, person) = (change.settlement(), &chain.numbers[home]);
                    let story = format!("{id} of {person} stands at the wrong home");
                    self.report(Law::OneHome, story);
                }
            }
        }
    }
}
