//! The bounded queue between callers and the writer's thread.
//!
//! Order of arrival is order of writing. Once ended it takes nothing more; a
//! closed queue is still drained, a broken one answers everyone who waits.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::{AppendError, DiskFault, Fault};
use crate::fields::index;
use crate::log::Committed;
use crate::options::Options;
use crate::submission::Submission;

/// Told once what became of a submission.
pub(crate) type Waiter = Box<dyn FnOnce(Result<Committed, AppendError>) + Send>;

struct Waiting {
    submission: Submission,
    waiter: Waiter,
}

/// What the writer takes at once.
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) submissions: Vec<Submission>,
    pub(crate) waiters: Vec<Waiter>,
}

/// What is there for a writer that does not wait.
pub(crate) enum Taken {
    Group(Group),
    Nothing,
    Ended,
}

/// How many are likely to come back at once, and how long that is worth waiting
/// for: at first, and again from the first who comes later.
#[derive(Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) count: usize,
    pub(crate) within: Duration,
}

impl Expected {
    pub(crate) const NONE: Self = Self {
        count: 0,
        within: Duration::ZERO,
    };
}

/// Called when there is something to write, or nothing more to come.
pub(crate) type Bell = Box<dyn Fn() + Send + Sync>;

pub(crate) struct Queue {
    options: Options,
    state: Mutex<State>,
    /// Wakes the writer's thread.
    arrived: Condvar,
    /// Tells the owner of a journal without a thread.
    bell: Option<Bell>,
}

struct State {
    waiting: VecDeque<Waiting>,
    bytes: u64,
    reserved: usize,
    end: Option<End>,
    no_room_ahead: Option<DiskFault>,
    /// How many must wait before a writer that waits for them is woken; none while it does not wait.
    expected: Option<usize>,
}

enum End {
    Closed,
    Broken(Arc<Fault>),
}

impl End {
    fn error(&self) -> AppendError {
        match self {
            Self::Closed => AppendError::Closed,
            Self::Broken(fault) => AppendError::Broken(Arc::clone(fault)),
        }
    }
}

impl Queue {
    pub(crate) fn new(options: Options, bell: Option<Bell>) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            bytes: 0,
            reserved: 0,
            end: None,
            no_room_ahead: None,
            expected: None,
        };
        Self {
            options,
            state: Mutex::new(state),
            arrived: Condvar::new(),
            bell,
        }
    }

    /// Keeps one place, to be given back by `push` or `give_back`.
    pub(crate) fn reserve(&self) -> Result<(), AppendError> {
        let mut state = self.state();
        if let Some(end) = &state.end {
            return Err(end.error());
        }
        let waiting = state.waiting.len().saturating_add(state.reserved);
        let bytes = state.bytes;
        if waiting >= self.options.queue_submissions || bytes >= self.options.queue_bytes {
            return Err(AppendError::Overloaded { waiting, bytes });
        }
        state.reserved = state.reserved.saturating_add(1);
        Ok(())
    }

    pub(crate) fn give_back(&self) {
        let mut state = self.state();
        state.reserved = state.reserved.saturating_sub(1);
    }

    /// Fills a reserved place; the place is given up either way.
    pub(crate) fn push(&self, submission: Submission, waiter: Waiter) -> Result<(), AppendError> {
        let admitted = submission.admit(&self.options);
        let mut state = self.state();
        state.reserved = state.reserved.saturating_sub(1);
        if let Some(end) = &state.end {
            return Err(end.error());
        }
        admitted?;
        let bytes = u64::from(submission.len());
        state.bytes = state.bytes.saturating_add(bytes);
        state.waiting.push_back(Waiting { submission, waiter });
        let due = self.is_due(&state);
        drop(state);
        // Waking a writer that does not wait is a call into the kernel all the same.
        if due {
            self.arrived.notify_one();
        }
        if let Some(bell) = &self.bell {
            bell();
        }
        Ok(())
    }

    /// Waits for submissions and takes as many as make one group; nothing once
    /// the queue has ended and is empty.
    pub(crate) fn take(&self, expected: Expected) -> Option<Group> {
        let mut state = self.gathered(self.state(), expected);
        if state.waiting.is_empty() {
            state.expected = Some(1);
            while state.waiting.is_empty() {
                if state.end.is_some() {
                    return None;
                }
                let woken = self.arrived.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
            }
            state = self.gathered(state, expected);
        }
        Some(self.gather(&mut state))
    }

    /// Takes what waits now, as many as make one group.
    pub(crate) fn take_waiting(&self) -> Taken {
        let mut state = self.state();
        if !state.waiting.is_empty() {
            return Taken::Group(self.gather(&mut state));
        }
        if state.end.is_some() {
            Taken::Ended
        } else {
            Taken::Nothing
        }
    }

    fn ring(&self) {
        self.arrived.notify_one();
        if let Some(bell) = &self.bell {
            bell();
        }
    }

    /// Waits for those expected, and is woken when all are there, not by each.
    fn gathered<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        expected: Expected,
    ) -> MutexGuard<'a, State> {
        let many = expected.count;
        state.expected = Some(many);
        let more_to_come = |state: &mut State| state.end.is_none() && !self.enough(state, many);
        let (mut state, _) = self
            .arrived
            .wait_timeout_while(state, expected.within, more_to_come)
            .unwrap_or_else(PoisonError::into_inner);
        state.expected = None;
        state
    }

    /// Whether a group would be no better for waiting.
    fn enough(&self, state: &State, expected: usize) -> bool {
        let bytes = state.bytes > u64::from(self.options.group_bytes);
        bytes || state.waiting.len() >= expected
    }

    /// Whether there is a writer that waits, and need not any more.
    fn is_due(&self, state: &State) -> bool {
        state.expected.is_some_and(|many| self.enough(state, many))
    }

    /// How many submissions wait.
    pub(crate) fn waiting(&self) -> usize {
        self.state().waiting.len()
    }

    fn gather(&self, state: &mut State) -> Group {
        let mut group = Group::default();
        let (mut bytes, mut records) = (0_u64, 0_usize);
        let most = self.options.submissions_bytes();
        while let Some(next) = state.waiting.front() {
            bytes = bytes.saturating_add(u64::from(next.submission.room()));
            records = records.saturating_add(index(next.submission.count()));
            // One submission is always within these, so a group is never empty.
            if bytes > most || records > self.options.group_records {
                break;
            }
            let Some(next) = state.waiting.pop_front() else {
                break;
            };
            let taken = u64::from(next.submission.len());
            state.bytes = state.bytes.saturating_sub(taken);
            group.submissions.push(next.submission);
            group.waiters.push(next.waiter);
            if bytes > u64::from(self.options.group_bytes) {
                break;
            }
        }
        group
    }

    /// Takes nothing more; what waits is still written.
    pub(crate) fn close(&self) {
        self.state().end.get_or_insert(End::Closed);
        self.ring();
    }

    /// Takes nothing more, and hands out those who wait, to be told why.
    pub(crate) fn break_off(&self, fault: &Arc<Fault>) -> Vec<Waiter> {
        let mut state = self.state();
        state.end = Some(End::Broken(Arc::clone(fault)));
        state.bytes = 0;
        let waiting = mem::take(&mut state.waiting);
        drop(state);
        self.ring();
        waiting.into_iter().map(|next| next.waiter).collect()
    }

    pub(crate) fn warn(&self, fault: Option<DiskFault>) {
        self.state().no_room_ahead = fault;
    }

    pub(crate) fn warning(&self) -> Option<DiskFault> {
        self.state().no_room_ahead.clone()
    }

    /// Why nothing more is taken, if so.
    pub(crate) fn ended(&self) -> Option<AppendError> {
        self.state().end.as_ref().map(End::error)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
