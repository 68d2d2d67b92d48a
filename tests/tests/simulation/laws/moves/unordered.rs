//! Whoever moves, where their changes are in no order that says what each of them has to come to: what still holds is that
//! nothing is counted in twice, and the sums.
//!
//! The order of everybody else's changes is followed, version by version, in [`super`].

use std::collections::BTreeSet;

use super::{Chain, Step};
use crate::laws::people::Change;
use crate::laws::sums::{Beyond, Sums};
use crate::laws::{Audit, Law};
use crate::workload::Move;

impl<'a> Audit<'a> {
    /// Whether somebody's changes are in no order that says what each of them has to come to: an officer released the
    /// person, what came back came in between, the home between two others was restored, or an old one lost what it had
    /// told a new one.
    pub(super) fn has_no_order(
        &self,
        chain: &Chain<'a>,
        own: &[Change<'a>],
        steps: &[Vec<Step<'a>>],
    ) -> bool {
        let mut numbers = chain.numbers.iter();
        let is_released = numbers.any(|number| self.since_release(number).is_some());
        let mut later = chain.moves.iter().zip(steps);
        is_released
            || self.is_restored_between(chain)
            || later.any(|(wanted, steps)| self.lost_its_order(wanted, steps))
            || self.counts_what_never_stood(chain, own, steps)
    }

    fn is_restored_between(&self, chain: &Chain<'a>) -> bool {
        let mut homes = chain.moves.iter().map(|wanted| wanted.to.home);
        chain.handed.len() > 1 && homes.any(|home| self.exhibits.nodes[home].is_restored)
    }

    /// Whether a late claim was counted in that its old home lost with its disk and then buried, and was taken back for
    /// that: what the sums were in between is not followed.
    fn counts_what_never_stood(
        &self,
        chain: &Chain<'a>,
        own: &[Change<'a>],
        steps: &[Vec<Step<'a>>],
    ) -> bool {
        let stood: BTreeSet<_> = own
            .iter()
            .chain(steps.iter().flatten().filter_map(Step::own))
            .filter(|change| matches!(change, Change::Settled(_)))
            .map(Change::settlement)
            .collect();
        let lost = |steps: &[Step<'a>]| {
            steps.iter().filter_map(Step::counts_in).any(|id| {
                let given_up = |step: &Step<'_>| matches!(step, Step::GivenUp(of, _) if *of == id);
                !stood.contains(&id) && steps.iter().any(given_up)
            })
        };
        // The words of a first home come to a third one by way of the second.
        let is_restored = |wanted: &Move| self.exhibits.nodes[wanted.of.home].is_restored;
        let mut later = steps.iter().enumerate();
        later.any(|(nth, steps)| {
            let mut before = chain.moves[..=nth].iter();
            before.any(|wanted| is_restored(wanted)) && lost(steps)
        })
    }

    /// Whatever order it came in, nothing is counted in twice; a home that was restored between two others may have
    /// counted in once more what the next one had from it.
    pub(super) fn is_counted_in_once(&mut self, chain: &Chain<'a>, steps: &[Vec<Step<'a>>]) {
        let is_between = self.is_restored_between(chain);
        let mut counted = BTreeSet::new();
        for (nth, steps) in steps.iter().enumerate() {
            if is_between {
                counted.clear();
            }
            for id in steps.iter().filter_map(Step::counts_in) {
                if !counted.insert(id) {
                    let person = &chain.numbers[nth + 1];
                    let story = format!("{person}: {id} is counted in once more");
                    self.report(Law::UsedTwice, story);
                }
            }
        }
    }

    /// Whether the new home lost its disk, and took the old one's words a second time beside settlements of its own that
    /// came back: those have their old versions, and the words have new ones.
    fn lost_its_order(&self, wanted: &Move, steps: &[Step<'a>]) -> bool {
        let regained = &self.exhibits.nodes[wanted.to.home].regained;
        let comes_back = |step: &Step<'_>| match step {
            Step::Own(change) => regained.contains(&change.settlement()),
            Step::Came(_) | Step::CountedIn(..) | Step::TakenBack(..) | Step::GivenUp(..) => false,
        };
        let is_taken_again = |step: &Step<'_>| match step {
            Step::Came(of)
            | Step::CountedIn(_, of)
            | Step::TakenBack(_, of)
            | Step::GivenUp(_, of) => of.version.incarnation > 1,
            Step::Own(_) => false,
        };
        steps.iter().any(comes_back) && steps.iter().any(is_taken_again)
    }

    /// The sums of what stands at all homes, whatever came first: they are in the last change, when that did not come back
    /// itself.
    pub(super) fn sums_stand(
        &mut self,
        chain: &Chain<'a>,
        own: &[Change<'a>],
        steps: &[Vec<Step<'a>>],
    ) {
        let later = steps.iter().flatten().filter_map(Step::own);
        let sums = Sums::of(own.iter().chain(later));
        let last = steps.iter().take(chain.handed.len()).next_back();
        if let Some(Step::Own(last)) = last.and_then(|steps| steps.last())
            && !self.came_back(last)
        {
            let numbers: Vec<&str> = chain.numbers.iter().skip(1).map(String::as_str).collect();
            self.totals_said_are_sums(&numbers, [last], &sums, Beyond::WhatItLacked);
        }
    }
}
