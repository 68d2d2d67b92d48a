//! The laws of people whom two regions insure: both are shown whoever is insured twice, with what the other's bureau said, and
//! nobody else; what was ended is gone, at both and at the clearinghouse, which has seen no number of anybody.
//!
//! It is judged by what was enrolled, said and ended. Left out: how long it takes.

use std::collections::BTreeSet;

use huitong_core::date::BusinessDay;

use super::{Audit, Law, Violation};
use crate::register::region;
use crate::twins::{Note, Pair, When, missing, never};

impl Audit<'_> {
    /// Whatever a bureau was shown at any time may be so, and in the end it is all there is.
    pub(super) fn twins_are_shown_to_both(&mut self) {
        let (pairs, notes) = (&self.exhibits.pairs, &self.exhibits.twins);
        let mut stories = Vec::new();
        let mut seen = BTreeSet::new();
        for (at, note) in notes.iter().enumerate() {
            let Note::Shown(number, day, shown, when) = note else {
                continue;
            };
            let (own, before) = (region(*number), &notes[..at]);
            let of_it = never(pairs, *number, shown, before);
            stories.extend(
                of_it
                    .into_iter()
                    .map(|story| format!("{own} is shown {story}")),
            );
            if *when == When::AtLast {
                seen.insert((*number, *day));
                let of_it = missing(pairs, (*number, *day), shown, before);
                stories.extend(of_it.into_iter().map(|story| format!("{own}: {story}")));
            }
        }
        let last = self.last_look();
        let homes = pairs.iter().flat_map(|pair| &pair.homes);
        let homes: BTreeSet<usize> = homes.map(|twin| twin.of.home).collect();
        for number in homes {
            if last.is_none_or(|day| !seen.contains(&(number, day))) {
                stories.push(format!("{} was shown nothing in the end", region(number)));
            }
        }
        for story in stories {
            self.report(Law::Duplicate, story);
        }
    }

    /// The clearinghouse has just the tags of those who are covered, and both nodes just the matches of those who are insured
    /// twice.
    pub(super) fn twins_are_matched_while_they_are(&mut self) {
        let of_it = |violation: &Violation| violation.law == Law::Duplicate;
        // Where bureaus were shown something else, what follows is wrong as well, and they looked no more.
        let Some(day) = self
            .last_look()
            .filter(|_| !self.violations.iter().any(of_it))
        else {
            return;
        };
        let (pairs, notes) = (&self.exhibits.pairs, &self.exhibits.twins);
        let is_twice = |pair: &&Pair| pair.is_twice(day, notes);
        let mut stories = Vec::new();
        for number in 0..self.exhibits.nodes.len() {
            let own = region(number);
            let parts = pairs.iter().filter(is_twice).flat_map(Pair::parts);
            let expected = parts.filter(|part| part.own().of.home == number);
            let expected: BTreeSet<_> = expected
                .map(|part| (part.own().of.psn_no(), region(part.other().of.home)))
                .collect();
            let found = &self.exhibits.nodes[number].matched;
            if *found != expected {
                let story = format!("{own} has matches of {found:?}, and not of {expected:?}");
                stories.push(story);
            }
            let tags = &self.exhibits.clearing.tags;
            let of_own = tags.get(&own).map_or(0, BTreeSet::len);
            let twins = pairs.iter().flat_map(|pair| &pair.homes);
            let covered = twins
                .filter(|twin| twin.of.home == number && twin.is_covered(day, notes))
                .count();
            if of_own != covered {
                let story = format!("{of_own} tags of {own} are held, where {covered} are covered");
                stories.push(story);
            }
        }
        for story in stories {
            self.report(Law::Duplicate, story);
        }
    }

    /// In no record of the clearinghouse is the number of a person or of a card.
    pub(super) fn no_number_is_known_to_the_clearinghouse(&mut self) {
        let twins = self.exhibits.pairs.iter().flat_map(|pair| &pair.homes);
        let of_twins = twins.flat_map(|twin| [twin.of.psn_no(), twin.document.clone()]);
        let asked = self.exhibits.asked.iter().map(|asked| asked.of.psn_no());
        let all: BTreeSet<String> = of_twins.chain(asked).collect();
        let there = &self.exhibits.clearing.numbers;
        let known = all.iter().filter(|number| {
            let mut there = there.iter();
            there.any(|found| found.contains(number.as_str()))
        });
        let known: Vec<_> = known.collect();
        if !known.is_empty() {
            let story = format!("the clearinghouse has {known:?}");
            self.report(Law::Duplicate, story);
        }
    }

    /// The day on which bureaus looked last.
    fn last_look(&self) -> Option<BusinessDay> {
        let notes = self.exhibits.twins.iter();
        let days = notes.filter_map(|note| match note {
            Note::Shown(_, day, _, When::AtLast) => Some(*day),
            _ => None,
        });
        days.max()
    }
}
