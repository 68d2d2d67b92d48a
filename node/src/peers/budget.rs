//! The budget of retries towards one peer: a share of the calls, and a few to begin with.
//!
//! When a peer is in trouble, everybody's retries would multiply what it cannot bear. Each first call puts a
//! part of a retry into the bucket, each retry takes a whole one out; an empty bucket means that the caller is
//! told at once.

/// Parts that make one retry.
const WHOLE: u32 = 100;

/// How many retries are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetRule {
    /// Retries for each hundred calls.
    pub per_cent: u32,
    /// Retries that can be saved up; as many are there at the start.
    pub saved_at_most: u32,
}

/// A token bucket.
#[derive(Debug)]
pub struct Budget {
    rule: BudgetRule,
    parts: u32,
}

impl Budget {
    /// A full one.
    #[must_use]
    pub const fn new(rule: BudgetRule) -> Self {
        Self {
            rule,
            parts: rule.saved_at_most.saturating_mul(WHOLE),
        }
    }

    /// A call went out for the first time.
    pub fn called(&mut self) {
        let most = self.rule.saved_at_most.saturating_mul(WHOLE);
        self.parts = self.parts.saturating_add(self.rule.per_cent).min(most);
    }

    /// Takes a retry; whether there was one.
    #[must_use]
    pub fn take(&mut self) -> Option<Retry> {
        self.parts = self.parts.checked_sub(WHOLE)?;
        Some(Retry)
    }
}

/// A retry that the budget allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_the_long_run_a_share_of_the_calls_is_tried_again() {
        let rule = BudgetRule {
            per_cent: 10,
            saved_at_most: 5,
        };
        let mut budget = Budget::new(rule);
        let taken = |budget: &mut Budget| (0..100).filter(|_| budget.take().is_some()).count();
        assert_eq!(taken(&mut budget), 5, "saved at the start");
        // Every call fails and wants to be tried again three times.
        let mut retries = 0;
        for _ in 0..1_000 {
            budget.called();
            retries += (0..3).filter(|_| budget.take().is_some()).count();
        }
        assert_eq!(retries, 100);
        (0..1_000).for_each(|_| budget.called());
        assert_eq!(taken(&mut budget), 5, "no more is saved up");
    }
}
