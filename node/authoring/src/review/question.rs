//! A question to the world: which of these conditions can hold together, and for whom?
//!
//! The facts that the conditions ask for are given their values one after the other. What is kept of a
//! partial choice is only which alternatives may still hold; choices that agree in that are one from then
//! on. So the work grows with the number of answers that differ and not with the product of all facts.

mod choice;
mod names;

use std::collections::BTreeMap;

use huitong_core::policy::condition::{Clause, Condition};
use huitong_core::policy::fact::NumberFact;

use super::situation::{Named, Situation};
use super::work::{LimitMet, Work};
use super::world::World;
use choice::{Choice, Dimension, choices};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked<'p> {
    /// Whether it holds.
    Condition(&'p Condition),
    /// Which value it has, at the points where something changes.
    Number(NumberFact),
}

/// One thing asked, perhaps only where another condition holds.
#[derive(Debug, Clone, Copy)]
struct Item<'p> {
    asked: Asked<'p>,
    under: Option<usize>,
    wanted: Wanted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Answers without it are of no interest.
    Must,
    /// Either way.
    May,
}

/// Conditions and numbers that are looked at together.
#[derive(Debug, Clone, Default)]
pub(super) struct Question<'p> {
    items: Vec<Item<'p>>,
    /// Points of numbers besides those that conditions name.
    points: BTreeMap<NumberFact, Vec<i64>>,
    named: Named,
    /// Numbers that the bill decides: a condition on one of them is left open.
    open: Vec<NumberFact>,
}

/// One answer: a situation, and what holds in it.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) situation: Situation,
    alive: Bits,
    spans: Vec<(usize, usize)>,
}

/// Answers, and the limit that kept some of them out.
pub(super) struct Answers {
    pub(super) answers: Vec<Answer>,
    pub(super) limit: Option<LimitMet>,
}

impl Answer {
    /// Whether the asked condition holds.
    pub(super) fn holds(&self, item: usize) -> bool {
        let (from, to) = self.spans.get(item).copied().unwrap_or((0, 0));
        (from..to).any(|bit| self.alive.has(bit))
    }

    /// Whether an alternative of the asked condition holds.
    pub(super) fn alternative(&self, item: usize, alternative: usize) -> bool {
        let (from, to) = self.spans.get(item).copied().unwrap_or((0, 0));
        let bit = from.saturating_add(alternative);
        bit < to && self.alive.has(bit)
    }
}

impl<'p> Question<'p> {
    /// Asks whether a condition holds; the answer is found under the number that is given back.
    pub(super) fn may(&mut self, condition: &'p Condition, under: Option<usize>) -> usize {
        self.named.condition(condition);
        self.push(Asked::Condition(condition), under, Wanted::May)
    }

    /// Looks only at situations in which a condition holds.
    pub(super) fn must(&mut self, condition: &'p Condition) -> usize {
        self.named.condition(condition);
        self.push(Asked::Condition(condition), None, Wanted::Must)
    }

    /// Tells the values of a number apart, at the points where something changes, `more` among them.
    pub(super) fn number(&mut self, fact: NumberFact, more: &[i64], under: Option<usize>) -> usize {
        self.named.numbers.insert(fact);
        self.points.entry(fact).or_default().extend(more);
        self.push(Asked::Number(fact), under, Wanted::May)
    }

    /// Leaves conditions on a number open: neither answer is ruled out.
    pub(super) fn leave_open(&mut self, fact: NumberFact) {
        self.open.push(fact);
        self.named.numbers.remove(&fact);
    }

    fn push(&mut self, asked: Asked<'p>, under: Option<usize>, wanted: Wanted) -> usize {
        self.items.push(Item {
            asked,
            under,
            wanted,
        });
        self.items.len().saturating_sub(1)
    }

    /// The facts that are asked for.
    pub(super) const fn named(&self) -> &Named {
        &self.named
    }

    /// Every answer that differs in what holds, each with one situation that gives it.
    pub(super) fn answers(
        &self,
        world: &World<'_>,
        work: &mut Work,
    ) -> Result<Vec<Answer>, LimitMet> {
        let most = work.limits().combinations;
        let found = self.some_answers(world, work, most)?;
        found.limit.map_or(Ok(found.answers), Err)
    }

    /// As [`Question::answers`]; where there would be more than `most`, some spread over all of them.
    pub(super) fn some_answers(
        &self,
        world: &World<'_>,
        work: &mut Work,
        most: usize,
    ) -> Result<Answers, LimitMet> {
        let mut limit = None;
        let dimensions = choices(self, world, work)?;
        let layout = Layout::of(self, &dimensions);
        let mut states = vec![State {
            alive: Bits::full(layout.bits),
            chosen: Vec::new(),
        }];
        for dimension in &dimensions {
            let masks = layout.masks(self, dimension, world, work)?;
            let mut next: BTreeMap<Bits, Vec<usize>> = BTreeMap::new();
            for state in &states {
                work.step(masks.len().saturating_mul(layout.words()))?;
                for (place, mask) in masks.iter().enumerate() {
                    let mut alive = state.alive.both(mask);
                    if layout.settle(self, &mut alive) == Settled::Ruled {
                        continue;
                    }
                    next.entry(alive).or_insert_with(|| {
                        let mut chosen = state.chosen.clone();
                        chosen.push(place);
                        chosen
                    });
                }
            }
            if next.len() > most {
                limit = Some(LimitMet::Combinations(most));
                let every = next.len().div_ceil(most);
                next = next.into_iter().step_by(every).collect();
            }
            states = next
                .into_iter()
                .map(|(alive, chosen)| State { alive, chosen })
                .collect();
        }
        let answers = states.into_iter().filter_map(|mut state| {
            (layout.settle(self, &mut state.alive) == Settled::Possible)
                .then(|| layout.answer(state, &dimensions, world))
        });
        Ok(Answers {
            answers: answers.collect(),
            limit,
        })
    }

    /// The clauses that are asked, with the numbers of whole values.
    pub(super) fn clauses(&self) -> impl Iterator<Item = &'p Clause> {
        self.items
            .iter()
            .filter_map(|item| match item.asked {
                Asked::Condition(condition) => Some(condition),
                Asked::Number(_) => None,
            })
            .flat_map(|condition| condition.any.iter().flatten())
    }

    /// Points of a number besides those that conditions name; `None` when its value does not matter.
    pub(super) fn points(&self, fact: NumberFact) -> Option<&[i64]> {
        self.points.get(&fact).map(Vec::as_slice)
    }
}

/// A partial choice: which alternatives may still hold, and the values chosen so far.
struct State {
    alive: Bits,
    chosen: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Settled {
    Possible,
    Ruled,
}

/// Where the bits of each item lie.
struct Layout {
    spans: Vec<(usize, usize)>,
    bits: usize,
    /// The points of a number item.
    values: Vec<Vec<i64>>,
}

impl Layout {
    fn of(question: &Question<'_>, dimensions: &[Dimension]) -> Self {
        let (mut spans, mut values, mut bits) = (Vec::new(), Vec::new(), 0_usize);
        for item in &question.items {
            let own = match item.asked {
                Asked::Condition(_) => Vec::new(),
                Asked::Number(fact) => dimensions
                    .iter()
                    .flat_map(|dimension| dimension.values_of(fact))
                    .collect::<std::collections::BTreeSet<_>>()
                    .into_iter()
                    .collect(),
            };
            let count = match item.asked {
                Asked::Condition(condition) => condition.any.len().max(1),
                Asked::Number(_) => own.len().max(1),
            };
            let end = bits.saturating_add(count);
            spans.push((bits, end));
            values.push(own);
            bits = end;
        }
        Self {
            spans,
            bits,
            values,
        }
    }

    const fn words(&self) -> usize {
        self.bits.div_ceil(64)
    }

    /// For each value of a dimension, the bits that it leaves alive.
    fn masks(
        &self,
        question: &Question<'_>,
        dimension: &Dimension,
        world: &World<'_>,
        work: &mut Work,
    ) -> Result<Vec<Bits>, LimitMet> {
        let mut masks = Vec::with_capacity(dimension.values.len());
        for choice in &dimension.values {
            work.step(self.bits)?;
            let mut situation = world.default().clone();
            choice.apply(&mut situation);
            let mut mask = Bits::full(self.bits);
            for (place, item) in question.items.iter().enumerate() {
                let (from, _) = self.spans.get(place).copied().unwrap_or((0, 0));
                match item.asked {
                    Asked::Condition(condition) => {
                        for (bit, clauses) in (from..).zip(&condition.any) {
                            let met = |clause: &Clause| {
                                !dimension.decides(clause)
                                    || question.is_open(clause)
                                    || situation.clause(clause)
                            };
                            if !clauses.iter().all(met) {
                                mask.clear(bit);
                            }
                        }
                    }
                    Asked::Number(fact) if dimension.has_number(fact) => {
                        let value = situation.number(fact);
                        for (bit, point) in
                            (from..).zip(self.values.get(place).into_iter().flatten())
                        {
                            if *point != value {
                                mask.clear(bit);
                            }
                        }
                    }
                    Asked::Number(_) => {}
                }
            }
            masks.push(mask);
        }
        Ok(masks)
    }

    /// Forgets what is asked under a condition that cannot hold any more.
    fn settle(&self, question: &Question<'_>, alive: &mut Bits) -> Settled {
        for (item, (from, to)) in question.items.iter().zip(&self.spans) {
            let possible =
                |bits: &Bits, (from, to): (usize, usize)| (from..to).any(|bit| bits.has(bit));
            let guard = item.under.and_then(|under| self.spans.get(under).copied());
            if guard.is_some_and(|span| !possible(alive, span)) {
                for bit in *from..*to {
                    alive.clear(bit);
                }
            }
            if item.wanted == Wanted::Must && !possible(alive, (*from, *to)) {
                return Settled::Ruled;
            }
        }
        Settled::Possible
    }

    fn answer(&self, state: State, dimensions: &[Dimension], world: &World<'_>) -> Answer {
        let mut situation = world.default().clone();
        for (dimension, place) in dimensions.iter().zip(&state.chosen) {
            if let Some(choice) = dimension.values.get(*place) {
                Choice::apply(choice, &mut situation);
            }
        }
        Answer {
            situation,
            alive: state.alive,
            spans: self.spans.clone(),
        }
    }
}

impl Question<'_> {
    fn is_open(&self, clause: &Clause) -> bool {
        match clause {
            Clause::Between { fact, .. } => self.open.contains(fact),
            Clause::IsOneOf(..) | Clause::IsNoneOf(..) | Clause::Holds(_) | Clause::HoldsNot(_) => {
                false
            }
        }
    }
}

/// A set of places.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Bits(Vec<u64>);

impl Bits {
    fn full(bits: usize) -> Self {
        Self(vec![u64::MAX; bits.div_ceil(64)])
    }

    fn has(&self, bit: usize) -> bool {
        let word = self.0.get(bit / 64).copied().unwrap_or(0);
        word & Self::mask(bit) != 0
    }

    fn clear(&mut self, bit: usize) {
        if let Some(word) = self.0.get_mut(bit / 64) {
            *word &= !Self::mask(bit);
        }
    }

    fn both(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    fn mask(bit: usize) -> u64 {
        u32::try_from(bit % 64)
            .ok()
            .and_then(|shift| 1_u64.checked_shl(shift))
            .unwrap_or(0)
    }
}
