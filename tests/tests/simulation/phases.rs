//! How far a simulated day is: what may fail when. Not what is done then (`day`).

use std::sync::{Arc, Mutex};

/// How far the day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nothing fails while officers bring everything in.
    BringingIn,
    /// Hospitals settle, and things fail.
    Working,
    /// Hospitals are done; what failed is to be mended.
    WorkDone,
    /// Nothing fails any more.
    Healed,
}

/// How far the day is, known to those who live it and to whoever drives it.
#[derive(Debug, Clone)]
pub struct Phases(Arc<Mutex<Phase>>);

impl Phases {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Phase::BringingIn)))
    }

    pub fn now(&self) -> Phase {
        *self.0.lock().unwrap()
    }

    pub fn becomes(&self, phase: Phase) {
        *self.0.lock().unwrap() = phase;
    }
}
