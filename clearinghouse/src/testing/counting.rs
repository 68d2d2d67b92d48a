//! A status as it is counted, and exceptions as they are found: in steps, between which the writer does other things. And
//! what is only looked at.

use huitong_journal::Position;

use super::{House, day};
use crate::decide::{self, Asked, Context, Listing, Status, WhichCycle};
use crate::grpc::DayRules;
use crate::payments::{Moves, PaymentRules};
use crate::refusal::Refusal;
use crate::watch::{Said, tell_late};

impl House {
    /// Counted in steps of three legs.
    pub(crate) fn try_status(&self, on: Option<u8>) -> Result<Status, Refusal> {
        let monthly = PaymentRules {
            moves: Moves::Monthly,
            ..PaymentRules::STANDARD
        };
        // Of a cycle that is netted nothing is left to be done where money moves by the month: the open one is shown.
        let which = on.map_or(WhichCycle::Earliest(monthly), |on| WhichCycle::Of(day(on)));
        let mut counting = self.ask(move |context| decide::begin_status(context, which))?;
        loop {
            let (counted, is_more) = self.look(move |context| {
                let is_more = counting.go_on(context, 3);
                (counting, is_more)
            })?;
            counting = counted;
            if !is_more {
                break;
            }
        }
        let found = self.ask(move |context| decide::status(context, counting));
        found.map(Option::unwrap)
    }

    /// Exceptions, found in steps of three legs.
    pub(crate) fn listing(&self, asked: Asked) -> Listing {
        self.listed(asked, 3, |_| {}).0.unwrap()
    }

    /// Exceptions, with something done between two steps; none when cycles went on meanwhile. And how many steps it took.
    pub(crate) fn listed(
        &self,
        asked: Asked,
        at_most: usize,
        mut between: impl FnMut(usize),
    ) -> (Option<Listing>, usize) {
        let begun = self.ask(move |context| decide::begin_exceptions(context, asked));
        let mut finding = begun.unwrap();
        let mut step = 0;
        loop {
            step += 1;
            let looked = self.look(move |context| {
                let is_more = finding.go_on(context, at_most);
                (finding, is_more)
            });
            let is_more;
            (finding, is_more) = looked.unwrap();
            if !is_more.unwrap() {
                let found = self.ask(move |context| decide::exceptions(context, finding));
                return (found.unwrap().map(decide::Unordered::ordered), step);
            }
            between(step);
        }
    }

    /// Looks once for what is late, as the running clearinghouse does; the days on which it was said last.
    pub(crate) fn tell_late(&self, rules: &DayRules, said: Said) -> Said {
        let writer = self.writer.as_ref().unwrap();
        self.runtime.block_on(tell_late(writer, rules, said))
    }

    /// Where the journal ends.
    pub(crate) fn tip(&self) -> Position {
        self.writer.as_ref().unwrap().reader().tip().next
    }

    pub(crate) fn look<A: Send + 'static>(
        &self,
        look: impl FnOnce(&Context<'_>) -> A + Send + 'static,
    ) -> Result<A, Refusal> {
        self.runtime
            .block_on(self.writer.as_ref().unwrap().look(look))
    }

    pub(crate) fn status(&self, on: Option<u8>) -> Status {
        self.try_status(on).unwrap()
    }
}
