//! People whom two regions insure under the number of one document, in some seeds: three of the regions look for them, under
//! a key that they share, from a moment in the middle of the work on. Of four such people two are insured twice and stay
//! so or not, one until the end of the first day, and one is none: the second cover begins on the day after the first one's
//! end. All of it follows from the seed.
//!
//! What officers were shown is judged here by what was enrolled and said alone. Left out: what officers do, and when.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use huitong_core::date::BusinessDay;
use huitong_core::duplicate::TagKey;
use huitong_node::duplicates::DuplicateRule;

use crate::chance::Seeded;
use crate::register::{IN_NEED, Somebody, Twin, region};
use crate::twin_desk::{Reason, Shown, State};

/// So many regions look for them.
const PARTIES: usize = 3;
/// How often a node looks at its people, and at matches.
const EVERY: Duration = Duration::from_millis(1_511);
const PAUSE: Duration = Duration::from_millis(3);
/// The last day of the cover that ends by itself: the first one of every simulation.
pub const LAST: &str = "2024-05-30";
const NEXT: &str = "2024-05-31";

/// What becomes of somebody who is enrolled twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Both covers go on, and both bureaus have said why.
    Stays,
    /// The second bureau ends its cover when the person is shown to it.
    Lapses,
    /// The first cover ends with the first day.
    RunsOut,
    /// The second cover begins when the first has ended.
    Follows,
}

const KINDS: [Kind; 4] = [Kind::Stays, Kind::Lapses, Kind::RunsOut, Kind::Follows];

/// Somebody in the registers of two regions.
#[derive(Debug, Clone)]
pub struct Pair {
    pub kind: Kind,
    pub homes: [Twin; 2],
}

/// A region's part in a pair.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    pub of: &'a Pair,
    side: usize,
}

/// The regions that look for people who are insured twice; in most seeds there are none.
pub fn parties(seed: u64, regions: usize) -> Vec<usize> {
    let chance = Seeded::new(seed, 8_074);
    if !chance.one_in(3) {
        return Vec::new();
    }
    let mut all: Vec<usize> = (0..regions).collect();
    let party = |_| all.swap_remove(chance.place(all.len()));
    (0..PARTIES.min(regions)).map(party).collect()
}

/// With what a region's node looks for them.
pub fn rule(seed: u64, regions: usize, number: usize) -> Option<DuplicateRule> {
    let looks = parties(seed, regions).contains(&number);
    looks.then(|| DuplicateRule {
        key: TagKey::from_bytes([23; 32]),
        every: EVERY,
        pause: PAUSE,
    })
}

/// Whoever is in two registers.
pub fn pairs(seed: u64, regions: usize) -> Vec<Pair> {
    let (parties, chance) = (parties(seed, regions), Seeded::new(seed, 8_001));
    if parties.len() < 2 {
        return Vec::new();
    }
    let mut pairs = Vec::new();
    for (nth, kind) in (0..).zip(KINDS) {
        let mut left = parties.clone();
        let twin = |(from, until): (&'static str, Option<&'static str>)| Twin {
            of: Somebody {
                home: left.swap_remove(chance.place(left.len())),
                person: IN_NEED + 1 + nth,
            },
            document: document(nth),
            from,
            until,
        };
        let homes = match kind {
            Kind::Stays | Kind::Lapses => [("2015-01-01", None), ("2020-07-01", None)],
            Kind::RunsOut => [("2015-01-01", Some(LAST)), ("2024-05-01", None)],
            Kind::Follows => [("2015-01-01", Some(LAST)), (NEXT, None)],
        };
        let homes = homes.map(twin);
        pairs.push(Pair { kind, homes });
    }
    pairs
}

/// Those of a region.
pub fn of_region(seed: u64, regions: usize, number: usize) -> Vec<Twin> {
    let all = pairs(seed, regions).into_iter().flat_map(|pair| pair.homes);
    all.filter(|twin| twin.of.home == number).collect()
}

/// The number of a card of somebody who was born on the first day of 1980.
fn document(nth: u64) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = format!("11010519800101{:03}", 100 + nth);
    let weighed = digits.chars().zip(WEIGHTS);
    let sum: u32 = weighed
        .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
        .sum();
    let checks = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    format!("{digits}{}", checks[usize::try_from(sum % 11).unwrap()])
}

/// What officers did, or were shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Somebody's bureau is about to say this of them, and has said it.
    Wants(String, Reason),
    Said(String, Reason),
    /// Somebody's cover was ended.
    Lapsed(String),
    /// A region was shown this, on this day; the last time before it was left, or in between.
    Shown(usize, BusinessDay, Vec<Shown>, When),
}

/// When officers look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// While things fail, and while it is not yet as it should be.
    Before,
    /// When it should be so, or never is.
    AtLast,
}

/// What officers did and were shown, in order.
#[derive(Debug, Clone, Default)]
pub struct Notes(Arc<Mutex<Vec<Note>>>);

impl Notes {
    pub fn all(&self) -> Vec<Note> {
        self.0.lock().unwrap().clone()
    }

    pub fn note(&self, note: Note) {
        self.0.lock().unwrap().push(note);
    }
}

impl Twin {
    /// Whether the cover is in force on a day, as far as is known of covers that were ended.
    pub fn is_covered(&self, day: BusinessDay, notes: &[Note]) -> bool {
        let day = day.to_string();
        let has_lapsed = notes.contains(&Note::Lapsed(self.of.psn_no()));
        let is_over = self.until.is_some_and(|until| *until < *day);
        *self.from <= *day && !is_over && !has_lapsed
    }
}

impl Pair {
    /// The parts of both regions.
    pub fn parts(&self) -> [Part<'_>; 2] {
        [0, 1].map(|side| Part { of: self, side })
    }

    /// Whether both covers are in force on a day.
    pub fn is_twice(&self, day: BusinessDay, notes: &[Note]) -> bool {
        self.homes.iter().all(|twin| twin.is_covered(day, notes))
    }

    /// Whether there was ever a day that both covered.
    fn was_ever_twice(&self) -> bool {
        self.kind != Kind::Follows
    }

    /// The first day that both cover.
    fn both_from(&self) -> &'static str {
        self.homes[0].from.max(self.homes[1].from)
    }
}

impl Part<'_> {
    pub const fn own(&self) -> &Twin {
        &self.of.homes[self.side]
    }

    pub const fn other(&self) -> &Twin {
        &self.of.homes[1 - self.side]
    }

    pub fn other_region(&self) -> String {
        region(self.other().of.home).to_string()
    }

    pub fn is_of(&self, shown: &Shown) -> bool {
        shown.psn_no == self.own().of.psn_no() && shown.other == self.other_region()
    }

    /// What the bureau says of it; nothing where cover ends.
    pub const fn says(&self) -> Option<Reason> {
        match (self.of.kind, self.side) {
            (Kind::Stays | Kind::Lapses, 0) => Some(Reason::KeptHere),
            (Kind::Stays, _) | (Kind::RunsOut, 1) => Some(Reason::OtherPerson),
            (Kind::Lapses | Kind::RunsOut | Kind::Follows, _) => None,
        }
    }
}

/// What was said of somebody last.
fn said(of: &Twin, notes: &[Note]) -> Reason {
    let psn_no = of.of.psn_no();
    let said = notes.iter().rev().find_map(|note| match note {
        Note::Said(person, reason) if *person == psn_no => Some(*reason),
        _ => None,
    });
    said.unwrap_or(Reason::Unspecified)
}

/// What is never shown, whatever is lost or late: somebody who is in one register only, or whose second cover follows upon
/// the first, as insured twice; another first day of both, and a word that nobody said.
pub fn never(pairs: &[Pair], number: usize, shown: &[Shown], notes: &[Note]) -> Vec<String> {
    let parts: Vec<Part<'_>> = pairs.iter().flat_map(Pair::parts).collect();
    let mut wrong = Vec::new();
    for one in shown {
        let of_region = |part: &&Part<'_>| part.own().of.home == number && part.is_of(one);
        let Some(part) = parts.iter().find(of_region) else {
            wrong.push(format!("{one:?}, whom nobody enrolled there"));
            continue;
        };
        if [State::Open, State::Resolved].contains(&one.state) && !part.of.was_ever_twice() {
            wrong.push(format!("{one:?}, whose covers follow upon each other"));
        }
        let is_open = one.state == State::Open || !one.overlap_from.is_empty();
        if is_open && one.overlap_from != part.of.both_from() {
            let from = part.of.both_from();
            wrong.push(format!("{one:?}, where both cover from {from} on"));
        }
        for (reason, by) in [(one.here, part.own()), (one.there, part.other())] {
            let note = Note::Wants(by.of.psn_no(), reason);
            if reason != Reason::Unspecified && !notes.contains(&note) {
                wrong.push(format!("{one:?}, of whom {reason:?} was never said"));
            }
        }
    }
    wrong
}

/// What is not as it should be, after all that was said, on a day: whoever is insured twice is shown to both regions with
/// both words, and nobody else is.
pub fn missing(
    pairs: &[Pair],
    (number, day): (usize, BusinessDay),
    shown: &[Shown],
    notes: &[Note],
) -> Vec<String> {
    let mut wrong = Vec::new();
    let parts = pairs.iter().flat_map(Pair::parts);
    for part in parts.filter(|part| part.own().of.home == number) {
        let found = shown.iter().find(|shown| part.is_of(shown));
        let (here, there) = (said(part.own(), notes), said(part.other(), notes));
        let is_twice = part.of.is_twice(day, notes);
        let is_right = match found {
            None => !is_twice,
            Some(shown) if is_twice => {
                let state = if here == Reason::Unspecified {
                    State::Open
                } else {
                    State::Resolved
                };
                (shown.state, shown.here, shown.there) == (state, here, there)
            }
            Some(shown) => [State::Ended, State::Sequential].contains(&shown.state),
        };
        if !is_right {
            let (kind, other) = (part.of.kind, part.other_region());
            wrong.push(format!(
                "{} and {other} ({kind:?}, insured twice: {is_twice}, {here:?} here, {there:?} there) is shown as {found:?}",
                part.own().of.psn_no()
            ));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGIONS: usize = 5;

    fn people() -> Vec<Pair> {
        (1..)
            .map(|seed| pairs(seed, REGIONS))
            .find(|pairs| !pairs.is_empty())
            .unwrap()
    }

    /// As somebody is shown at their second home, whose bureau was not told anything.
    fn shown(of: &Pair, state: State) -> Shown {
        let [_, part] = of.parts();
        Shown {
            psn_no: part.own().of.psn_no(),
            other: part.other_region(),
            state,
            overlap_from: if state == State::Open {
                of.both_from().to_owned()
            } else {
                String::new()
            },
            here: Reason::Unspecified,
            there: Reason::Unspecified,
        }
    }

    fn of_kind(people: &[Pair], kind: Kind) -> &Pair {
        people.iter().find(|pair| pair.kind == kind).unwrap()
    }

    #[test]
    fn only_what_was_enrolled_and_said_may_be_shown() {
        let people = people();
        let is_wrong = |of: &Pair, shown: Shown, notes: &[Note]| {
            !never(&people, of.homes[1].of.home, &[shown], notes).is_empty()
        };
        let stays = of_kind(&people, Kind::Stays);
        let open = shown(stays, State::Open);
        assert!(!is_wrong(stays, open.clone(), &[]));
        let follows = of_kind(&people, Kind::Follows);
        assert!(is_wrong(follows, shown(follows, State::Open), &[]));
        assert!(!is_wrong(follows, shown(follows, State::Sequential), &[]));
        let psn_no = "110000000000000001".to_owned();
        let nobody = Shown {
            psn_no,
            ..open.clone()
        };
        assert!(is_wrong(stays, nobody, &[]));
        let overlap_from = "2024-01-01".to_owned();
        let other_day = Shown {
            overlap_from,
            ..open.clone()
        };
        assert!(is_wrong(stays, other_day, &[]));
        let there = Reason::KeptHere;
        let said = Shown { there, ..open };
        assert!(is_wrong(stays, said.clone(), &[]));
        let wants = Note::Wants(stays.homes[0].of.psn_no(), there);
        assert!(!is_wrong(stays, said, &[wants]));
    }

    #[test]
    fn whoever_is_insured_twice_must_be_shown_and_whose_cover_has_ended_must_not() {
        let people = people();
        let lapses = of_kind(&people, Kind::Lapses);
        let day = BusinessDay::parse(LAST).unwrap();
        let number = lapses.homes[1].of.home;
        let missed = |shown: &[Shown], notes: &[Note]| {
            let all = missing(&people, (number, day), shown, notes);
            let own = lapses.homes[1].of.psn_no();
            all.iter().filter(|story| story.starts_with(&own)).count()
        };
        let open = [shown(lapses, State::Open)];
        let ended = [shown(lapses, State::Ended)];
        assert_eq!(
            (missed(&[], &[]), missed(&open, &[]), missed(&ended, &[])),
            (1, 0, 1)
        );
        let lapsed = [Note::Lapsed(lapses.homes[1].of.psn_no())];
        let after = [&[][..], &open, &ended].map(|shown| missed(shown, &lapsed));
        assert_eq!(after, [0, 1, 0]);
        let said = [Note::Said(lapses.homes[0].of.psn_no(), Reason::KeptHere)];
        assert_eq!(missed(&open, &said), 1, "it was not told");
    }
}
