//! The laws of what bureaus do: what an officer was told is in the home's books once, and nothing that nobody asked for;
//! assistance is granted once for a person and year.

use std::collections::BTreeMap;

use huitong_core::date::ServiceDate;

use super::people::{Act, Change};
use super::{Audit, Law, amounts};
use crate::bureau::{Ending, Wanted};
use crate::desks::{External, Hand};

impl Audit<'_> {
    pub(super) fn what_bureaus_did_is_there_once(&mut self) {
        let acts = self.exhibits.acts.iter();
        for (wanted, done) in acts {
            let Some(done) = done else {
                // That it has no outcome is told already.
                continue;
            };
            let expected = usize::from(!matches!(done, Ending::Refused(_)));
            let books = &self.exhibits.nodes[wanted.home()];
            let found = match (wanted, done) {
                (Wanted::ByHand(_), Ending::Settled(hand)) => {
                    self.is_by_hand_once(wanted, hand);
                    continue;
                }
                // In the books of two regions: other laws tell of it.
                (
                    Wanted::Deducted(_)
                    | Wanted::GivenAgain { .. }
                    | Wanted::Said(..)
                    | Wanted::Checked(..),
                    _,
                ) => continue,
                // Refused under this id: whatever stands has the other.
                (Wanted::ByHand(_), _) => continue,
                (Wanted::Back { settlement, .. }, _) => {
                    let ordered = books.ordered.iter();
                    let of = ordered.filter(|record| {
                        record.body().clearing.settlement.to_string() == *settlement
                    });
                    of.count()
                }
                (Wanted::Recorded(settled), _) => {
                    let noted = books.noted.iter();
                    let of = noted
                        .filter(|noted| noted.settlement.core_id.to_string() == settled.core_id);
                    of.count()
                }
                (Wanted::Withdrawn(settled), _) => {
                    let ended = books.ended.iter();
                    let of = ended.filter(|ended| ended.core_id.to_string() == settled.core_id);
                    of.count()
                }
                (Wanted::Granted { request_id, .. }, _) => {
                    let granted = books.granted.iter();
                    let of = granted.filter(|granted| granted.request.to_string() == *request_id);
                    of.count()
                }
                (Wanted::Ended { grant, .. }, _) => {
                    let withdrawn = books.withdrawn.iter();
                    let of = withdrawn.filter(|ended| ended.act.to_string() == *grant);
                    of.count()
                }
            };
            if found != expected {
                let story = format!("{wanted:?} was told {done:?}, and is there {found} times");
                self.report(Law::BothBooks, story);
            }
        }
    }

    /// A settlement by hand is in the home's books once, with what it was told to come to, and is said to be one once.
    fn is_by_hand_once(&mut self, wanted: &Wanted, hand: &Hand) {
        let books = &self.exhibits.nodes[wanted.home()];
        let committed = books.committed.iter().filter(|record| {
            let part = &record.body().clearing;
            part.settlement.to_string() == hand.settlement
        });
        let committed: Vec<_> = committed
            .map(|record| amounts(&record.body().clearing.amounts))
            .collect();
        let said = books.by_hand.iter();
        let said = said.filter(|settlement| settlement.to_string() == hand.settlement);
        let said = said.count();
        if !(said == 1 && committed == [hand.amounts.clone()]) {
            let story =
                format!("{wanted:?} was told {hand:?}; home has {committed:?}, said {said} times");
            self.report(Law::BothBooks, story);
        }
    }

    /// Whether an officer settled it by hand.
    pub(super) fn is_by_hand(&self, id: &str) -> bool {
        let mut acts = self.exhibits.acts.iter();
        acts.any(|(_, done)| matches!(done, Some(Ending::Settled(hand)) if hand.settlement == id))
    }

    /// What an officer said the core system had settled.
    pub(super) fn said_of(&self, core_id: &str) -> Option<&External> {
        let mut acts = self.exhibits.acts.iter();
        acts.find_map(|(wanted, _)| match wanted {
            Wanted::Recorded(settled) if settled.core_id == core_id => Some(settled),
            _ => None,
        })
    }

    /// Never two grants of one year stand.
    pub(super) fn nobody_is_helped_twice(&mut self) {
        for (person, changes) in self.histories() {
            let mut stand: BTreeMap<ServiceDate, usize> = BTreeMap::new();
            let mut days = BTreeMap::new();
            for change in changes {
                match change {
                    Change::Act(Act::Granted(granted)) => {
                        let on = granted.year.on();
                        days.insert(granted.act, on);
                        let stands = stand.entry(on).or_default();
                        *stands += 1;
                        if *stands > 1 {
                            let story = format!("{person} is helped twice on {on}");
                            self.report(Law::UsedTwice, story);
                        }
                    }
                    Change::Act(Act::Ended(ended)) => match days.get(&ended.act) {
                        Some(on) => *stand.entry(*on).or_default() -= 1,
                        None => self.report(Law::Totals, format!("{} never stood", ended.act)),
                    },
                    Change::Act(Act::Noted(_) | Act::Withdrawn(_))
                    | Change::Settled(_)
                    | Change::TakenBack(_) => {}
                }
            }
        }
    }
}
