//! The laws of whoever moves: one year at two homes, and one home on each day.
//!
//! What the old home decided comes first, up to the hand-over; then what the new home has written, version by
//! version. A late claim stands where the new home has counted it in.

use std::collections::BTreeSet;

use huitong_core::coverage::PersonVersion;
use huitong_core::date::ServiceDate;
use huitong_core::id::SettlementId;
use huitong_core::record::hand::{HandOver, Handed, Supplement};
use huitong_core::record::home::Committed;
use huitong_core::record::transfer::AccountAfter;

use super::people::{Change, Reckoned};
use super::sums::{Beyond, Sums};
use super::{Audit, Law};
use crate::register::MOVES;
use crate::workload::Move;

/// What changes a person's record at the new home.
enum Step<'a> {
    Came(&'a AccountAfter),
    CountedIn(&'a Supplement, &'a AccountAfter),
    TakenBack(&'a Supplement, &'a AccountAfter),
    Own(Change<'a>),
}

pub(super) const fn order(version: PersonVersion) -> (u32, u64) {
    (version.incarnation, version.change)
}

/// Whether somebody was handed over.
#[derive(Clone, Copy)]
enum Moved {
    HandedOver,
    Not,
}

impl<'a> Audit<'a> {
    pub(super) fn whoever_moves_has_one_year(&mut self) {
        let mut histories = self.histories();
        for wanted in &self.exhibits.moves {
            let (of, to) = (wanted.of.psn_no(), wanted.to.psn_no());
            let (old, new) = (histories.remove(&of), histories.remove(&to));
            let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
            let handed = self.handed(wanted);
            let moved = if handed.is_some() {
                Moved::HandedOver
            } else {
                Moved::Not
            };
            self.is_at_one_home(wanted, moved, (&old, &new));
            let Some(handed) = handed else {
                self.has_one_year(&of, &old);
                continue;
            };
            let at = order(handed.version);
            let (before, late): (Vec<_>, Vec<_>) =
                old.into_iter().partition(|change| change.version() < at);
            let steps = self.steps(wanted, new);
            let came = steps.iter().filter(|step| matches!(step, Step::Came(_)));
            let came = came.count();
            if came != 1 {
                let id = &wanted.request_id;
                let story = format!("{of} of transfer {id} was handed over, and came {came} times");
                self.report(Law::OneHome, story);
            }
            let is_released = [&of, &to].map(|person| self.since_release(person).is_some());
            if is_released.contains(&true) || self.lost_its_order(wanted, &steps) {
                self.sums_stand(&to, before.iter().chain(&late), &steps);
                continue;
            }
            let mut reckoned = Reckoned::default();
            for change in &before {
                self.reckon(&of, change, &mut reckoned);
            }
            self.goes_on(&to, steps, &late, reckoned);
        }
    }

    /// The hand-over of a person, as the old home wrote it first.
    pub(super) fn handed(&self, wanted: &Move) -> Option<&'a HandOver> {
        let words = self.exhibits.nodes[wanted.of.home].handed.iter();
        let mut people = words.filter_map(|word| match &word.handed {
            Handed::Person(hand_over) => Some(hand_over),
            Handed::Claim(_) | Handed::Reversal(_) => None,
        });
        people.find(|handed| handed.order.person.psn_no.expose() == wanted.of.psn_no())
    }

    /// What the new home wrote of a person, in order.
    fn steps(&self, wanted: &Move, own: Vec<Change<'a>>) -> Vec<Step<'a>> {
        let (books, to) = (&self.exhibits.nodes[wanted.to.home], wanted.to.psn_no());
        let mut steps: Vec<((u32, u64), Step<'a>)> = Vec::new();
        for taken in &books.taken {
            let Some(account) = &taken.account else {
                continue;
            };
            let step = match &taken.hand.word.handed {
                Handed::Person(of) if of.order.number.expose() == to => Step::Came(account),
                Handed::Claim(of) if of.number.expose() == to => Step::CountedIn(of, account),
                Handed::Reversal(of) if of.number.expose() == to => Step::TakenBack(of, account),
                Handed::Person(_) | Handed::Claim(_) | Handed::Reversal(_) => continue,
            };
            steps.push((order(account.version), step));
        }
        for taken in &books.supplements {
            if taken.supplement.number.expose() == to {
                let step = Step::CountedIn(&taken.supplement, &taken.account);
                steps.push((order(taken.account.version), step));
            }
        }
        steps.extend(
            own.into_iter()
                .map(|change| (change.version(), Step::Own(change))),
        );
        steps.sort_by_key(|(version, _)| *version);
        steps.into_iter().map(|(_, step)| step).collect()
    }

    /// Whether the new home lost its disk, and took the old one's words a second time beside settlements of its own that
    /// came back: those have their old versions, and the words have new ones.
    fn lost_its_order(&self, wanted: &Move, steps: &[Step<'a>]) -> bool {
        let regained = &self.exhibits.nodes[wanted.to.home].regained;
        let comes_back = |step: &Step<'_>| match step {
            Step::Own(change) => regained.contains(&change.settlement()),
            Step::Came(_) | Step::CountedIn(..) | Step::TakenBack(..) => false,
        };
        let is_taken_again = |step: &Step<'_>| match step {
            Step::Came(of) | Step::CountedIn(_, of) | Step::TakenBack(_, of) => {
                of.version.incarnation > 1
            }
            Step::Own(_) => false,
        };
        steps.iter().any(comes_back) && steps.iter().any(is_taken_again)
    }

    /// The sums of what stands at both homes, whatever came first: they are in the last change, when that did not come
    /// back itself.
    fn sums_stand<'b>(
        &mut self,
        person: &str,
        old: impl Iterator<Item = &'b Change<'a>>,
        steps: &'b [Step<'a>],
    ) where
        'a: 'b,
    {
        let new = steps.iter().filter_map(|step| match step {
            Step::Own(change) => Some(change),
            Step::Came(_) | Step::CountedIn(..) | Step::TakenBack(..) => None,
        });
        let sums = Sums::of(old.chain(new));
        if let Some(Step::Own(last)) = steps.last()
            && !self.came_back(last)
        {
            self.totals_said_are_sums(person, [last], &sums, Beyond::WhatItLacked);
        }
    }

    fn goes_on(
        &mut self,
        person: &str,
        steps: Vec<Step<'a>>,
        late: &[Change<'a>],
        mut reckoned: Reckoned,
    ) {
        let claims: Vec<&Committed> = late
            .iter()
            .filter_map(|change| match change {
                Change::Settled(record) => Some(*record),
                Change::TakenBack(_) | Change::Act(_) => None,
            })
            .collect();
        let none = SettlementId::from_bytes([0; 16]);
        let (mut counted, mut back) = (BTreeSet::new(), BTreeSet::new());
        for step in steps {
            let is_arrival = matches!(step, Step::Came(_));
            let known = self.violations.len();
            let (id, account) = match step {
                Step::Own(change) => {
                    self.reckon(person, &change, &mut reckoned);
                    continue;
                }
                Step::Came(account) => (none, account),
                Step::CountedIn(of, account) => {
                    let id = of.of.settlement;
                    counted.insert(id);
                    self.counted_in(person, id, &claims, &mut reckoned);
                    (id, account)
                }
                Step::TakenBack(of, account) => {
                    let id = of.of.settlement;
                    back.insert(id);
                    self.take_back(person, id, &mut reckoned);
                    (id, account)
                }
            };
            let balance = account.balances.own.get();
            self.totals_are((person, id), &account.totals, balance, &reckoned.year);
            if is_arrival && self.violations.len() > known {
                // Whatever follows is wrong as well.
                return;
            }
        }
        for change in late {
            let id = change.settlement();
            let is_known = match change {
                Change::Settled(_) => counted.contains(&id),
                Change::TakenBack(_) => back.contains(&id),
                // No officer did anything for whoever moves.
                Change::Act(_) => false,
            };
            if !is_known {
                let story = format!("{person}: {id} changed nothing at the new home");
                self.report(Law::UsedTwice, story);
            }
        }
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
                let entry = reckoned.year.next(record.decision.total.get());
                self.is_what_was_left(person, record, entry);
                reckoned.entries.insert(id, entry);
            }
        }
    }

    /// Care that stands is that of whoever was the home on its first day.
    fn is_at_one_home(
        &mut self,
        wanted: &Move,
        moved: Moved,
        (old, new): (&[Change<'a>], &[Change<'a>]),
    ) {
        let from = ServiceDate::parse(MOVES).unwrap();
        let taken_back: BTreeSet<SettlementId> = old
            .iter()
            .chain(new)
            .filter(|change| matches!(change, Change::TakenBack(_)))
            .map(Change::settlement)
            .collect();
        for (changes, is_new) in [(old, false), (new, true)] {
            for change in changes {
                let Change::Settled(record) = change else {
                    continue;
                };
                let is_since = record.claim.visit.admitted >= from;
                let is_home = match moved {
                    Moved::HandedOver => is_since == is_new,
                    Moved::Not => !is_new,
                };
                if !is_home && !taken_back.contains(&change.settlement()) {
                    let (id, of) = (change.settlement(), &wanted.request_id);
                    let story = format!("{id} of transfer {of} stands at the wrong home");
                    self.report(Law::OneHome, story);
                }
            }
        }
    }
}
