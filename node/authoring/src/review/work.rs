//! How much a review may do before it stops and says so.
//!
//! A document comes from outside. Every loop of the review counts its steps here, so that none of them
//! runs for minutes or fills the memory, whatever the document says. A limit that is met becomes a finding.

/// How far a review goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Steps of looking at facts: conditions read and sets compared.
    pub steps: u64,
    /// Combinations of facts that are told apart in one question.
    pub combinations: usize,
    /// Bills that are settled while falls are searched.
    pub bills: u64,
    /// Findings that are kept.
    pub findings: usize,
}

impl Limits {
    /// What publishing allows: a second or two of one core.
    pub const PUBLISHING: Self = Self {
        steps: 200_000_000,
        combinations: 20_000,
        bills: 40_000,
        findings: 200,
    };
}

/// A limit that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LimitMet {
    /// [`Limits::steps`].
    Steps(u64),
    /// [`Limits::combinations`].
    Combinations(usize),
    /// [`Limits::bills`].
    Bills(u64),
}

/// What is left to be done.
#[derive(Debug)]
pub(super) struct Work {
    limits: Limits,
    steps_left: u64,
    bills_left: u64,
}

impl Work {
    pub(super) const fn new(limits: Limits) -> Self {
        Self {
            limits,
            steps_left: limits.steps,
            bills_left: limits.bills,
        }
    }

    /// Counts steps.
    pub(super) fn step(&mut self, steps: usize) -> Result<(), LimitMet> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        match self.steps_left.checked_sub(steps) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => {
                self.steps_left = 0;
                Err(LimitMet::Steps(self.limits.steps))
            }
        }
    }

    /// Checks how many combinations are told apart.
    pub(super) const fn combinations(&self, found: usize) -> Result<(), LimitMet> {
        if found > self.limits.combinations {
            Err(LimitMet::Combinations(self.limits.combinations))
        } else {
            Ok(())
        }
    }

    /// Counts one bill; `false` when none is left.
    pub(super) const fn bill(&mut self) -> Counted {
        match self.bills_left.checked_sub(1) {
            Some(left) => {
                self.bills_left = left;
                Counted::Within
            }
            None => Counted::Over,
        }
    }

    /// Whether more bills were asked for than there are.
    pub(super) const fn has_no_bills_left(&self) -> bool {
        self.bills_left == 0
    }

    pub(super) const fn limits(&self) -> Limits {
        self.limits
    }
}

/// Whether there was one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// There was.
    Within,
    /// There was not.
    Over,
}
