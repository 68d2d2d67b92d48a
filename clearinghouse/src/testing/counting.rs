//! A status as it is counted: in steps, between which the writer does other things. And what is only looked at.

use huitong_journal::Position;

use super::{House, day};
use crate::decide::{self, Context, Status};
use crate::refusal::Refusal;

impl House {
    /// Counted in steps of three legs.
    pub(crate) fn try_status(&self, on: Option<u8>) -> Result<Status, Refusal> {
        let mut counting = self.ask(move |context| decide::begin_status(context, on.map(day)))?;
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
