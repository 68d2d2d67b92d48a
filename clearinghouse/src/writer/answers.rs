//! Answers that wait until what they rest on is on disk. Whoever hears of the sync gives them, also while the writer is busy with
//! what comes next: an answer rests on the record, and not on what the writer does with it. Nothing is decided here.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::refusal::Refusal;

type Give = Box<dyn FnOnce(Result<(), Refusal>) + Send>;

/// What waits.
#[derive(Default)]
pub(super) struct Answers(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// The number of the last record known to be synced.
    synced: u64,
    /// Each with the number of the last record that it rests on, ascending, and all beyond what is synced.
    unanswered: VecDeque<(u64, Give)>,
    /// Whether the writer waits for the last of them.
    is_ending: bool,
}

impl Answers {
    /// Gives an answer once this record is synced. Numbers never go down.
    pub(super) fn wait(
        &self,
        record: u64,
        give: impl FnOnce(Result<(), Refusal>) + Send + 'static,
    ) {
        let mut waiting = self.waiting();
        if record > waiting.synced {
            waiting.unanswered.push_back((record, Box::new(give)));
            return;
        }
        drop(waiting);
        give(Ok(()));
    }

    /// Gives all that rest on no later record than this, which is synced. Whether the writer is to be told: it ends, and
    /// these were the last.
    pub(super) fn synced(&self, record: u64) -> bool {
        let mut waiting = self.waiting();
        waiting.synced = record;
        let mut due = Vec::new();
        while let Some((_, give)) = waiting.unanswered.pop_front_if(|(on, _)| *on <= record) {
            due.push(give);
        }
        let is_last = waiting.is_ending && waiting.unanswered.is_empty();
        drop(waiting);
        for give in due {
            give(Ok(()));
        }
        is_last
    }

    /// Refuses all that wait.
    pub(super) fn refuse(&self, refusal: &Refusal) {
        let unanswered = std::mem::take(&mut self.waiting().unanswered);
        for (_, give) in unanswered {
            give(Err(refusal.clone()));
        }
    }

    /// Whether none waits. From now on the writer is told when the last is given.
    pub(super) fn end(&self) -> bool {
        let mut waiting = self.waiting();
        waiting.is_ending = true;
        waiting.unanswered.is_empty()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use huitong_core::refusal::RefusalCode;

    use super::*;

    /// Answers, and what was given so far: for whom, and whether it is durable.
    #[derive(Default)]
    struct Desk {
        answers: Answers,
        given: Arc<Mutex<Vec<(u64, bool)>>>,
    }

    impl Desk {
        fn wait(&self, record: u64) {
            let given = Arc::clone(&self.given);
            let give = move |durable: Result<(), Refusal>| {
                given.lock().unwrap().push((record, durable.is_ok()));
            };
            self.answers.wait(record, give);
        }

        fn given(&self) -> Vec<(u64, bool)> {
            std::mem::take(&mut self.given.lock().unwrap())
        }
    }

    #[test]
    fn no_answer_is_given_before_its_record_is_synced() {
        let desk = Desk::default();
        for record in [0, 1, 2, 2, 3] {
            desk.wait(record);
        }
        assert_eq!(desk.given(), [(0, true)]);
        assert!(!desk.answers.synced(2));
        assert_eq!(desk.given(), [(1, true), (2, true), (2, true)]);
        desk.wait(2);
        assert_eq!(desk.given(), [(2, true)]);
        desk.answers
            .refuse(&Refusal::general(RefusalCode::StoreBroken, "full"));
        assert_eq!(desk.given(), [(3, false)]);
        desk.answers.synced(3);
        assert_eq!(desk.given(), []);
    }

    #[test]
    fn a_writer_that_ends_is_told_of_the_last_answer() {
        let desk = Desk::default();
        (1..=3).for_each(|record| desk.wait(record));
        assert!(!desk.answers.synced(1), "it does not end yet");
        assert!(!desk.answers.end());
        assert!(!desk.answers.synced(2));
        assert!(desk.answers.synced(3));
        assert!(desk.answers.end());
    }
}
