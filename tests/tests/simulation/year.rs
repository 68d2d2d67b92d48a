//! A person's year under the one rule of the simulated world, reckoned by hand: the auditor's own figures.

use crate::register::{CEILING, HELP_CEILING, HELP_START, OPENING_BALANCE, START};

/// A year under the one rule.
pub struct Year {
    pub charged: i64,
    pub paid: i64,
    pub admissions: i64,
    pub balance: i64,
    /// What was left of it when assistance was granted, and what that was.
    pub assisted: i64,
    pub helped: i64,
}

impl Default for Year {
    fn default() -> Self {
        Self {
            charged: 0,
            paid: 0,
            admissions: 0,
            balance: OPENING_BALANCE,
            assisted: 0,
            helped: 0,
        }
    }
}

/// What a bill changed in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub bill: i64,
    pub start: i64,
    pub pool: i64,
    pub account: i64,
    /// None when another bill of the same stay counts as the admission.
    pub admissions: i64,
}

/// What assistance changed in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Help {
    pub left: i64,
    pub helped: i64,
}

impl Year {
    /// What pool and account pay of the next bill, all of which is in scope.
    pub fn next(&mut self, bill: i64, admissions: i64) -> Entry {
        let start = (START - self.charged).max(0).min(bill);
        let share = ((bill - start) * 70 + 50) / 100;
        let pool = share.min(CEILING - self.paid).max(0);
        let account = self.balance.min(bill - pool);
        let entry = Entry {
            bill,
            start,
            pool,
            account,
            admissions,
        };
        self.add(entry);
        entry
    }

    /// Adds a bill as somebody else has reckoned it.
    pub fn add(&mut self, entry: Entry) {
        self.charged += entry.start;
        self.paid += entry.pool;
        self.admissions += entry.admissions;
        self.balance -= entry.account;
    }

    /// What is left of so much cost of which so much was paid, and what assistance pays of it.
    pub fn help(&mut self, (cost, paid): (i64, i64)) -> Help {
        let left = cost - paid;
        let above =
            (self.assisted + left - HELP_START).max(0) - (self.assisted - HELP_START).max(0);
        let helped = ((above * 60 + 50) / 100).min(HELP_CEILING - self.helped);
        self.assisted += left;
        self.helped += helped;
        Help { left, helped }
    }

    /// Takes assistance back.
    pub fn end(&mut self, help: Help) {
        self.assisted -= help.left;
        self.helped -= help.helped;
    }

    /// Takes a bill back, whatever came after it.
    pub fn take_back(&mut self, entry: Entry) {
        self.charged -= entry.start;
        self.paid -= entry.pool;
        self.admissions -= entry.admissions;
        self.balance += entry.account;
    }
}
