//! A person's year under the one rule of the simulated world, reckoned by hand: the auditor's own figures.

use crate::register::{CEILING, OPENING_BALANCE, START};

/// A year under the one rule.
pub struct Year {
    pub charged: i64,
    pub paid: i64,
    pub admissions: i64,
    pub balance: i64,
}

impl Default for Year {
    fn default() -> Self {
        Self {
            charged: 0,
            paid: 0,
            admissions: 0,
            balance: OPENING_BALANCE,
        }
    }
}

/// What a bill changed in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub start: i64,
    pub pool: i64,
    pub account: i64,
}

impl Year {
    /// What pool and account pay of the next bill, all of which is in scope.
    pub fn next(&mut self, bill: i64) -> Entry {
        let start = (START - self.charged).min(bill);
        let share = ((bill - start) * 70 + 50) / 100;
        let pool = share.min(CEILING - self.paid);
        let account = self.balance.min(bill - pool);
        self.charged += start;
        self.paid += pool;
        self.admissions += 1;
        self.balance -= account;
        Entry {
            start,
            pool,
            account,
        }
    }

    /// Takes a bill back, whatever came after it.
    pub fn take_back(&mut self, entry: Entry) {
        self.charged -= entry.start;
        self.paid -= entry.pool;
        self.admissions -= 1;
        self.balance += entry.account;
    }
}
