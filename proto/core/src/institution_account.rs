//! An institution's own accounts with its region (定点医药机构对账): a day's reconciliation, and the confirmation of what it
//! settled for other regions in a month.
//!
//! Both follow from rows that settlements leave; what is said here is how they are stated, compared and committed to. The
//! digest of lines is that of their digests, one after the other, so that a hospital's system needs SHA-256 and nothing
//! else. Deliberately absent: persons. A line names a settlement by its id.

mod found;
mod month;

pub use found::{DayStanding, LineFinding};
pub use month::{AnsweredLine, LineVerdict, LinesInAll, MonthLine, MonthStanding, digest_of};

use crate::date::BusinessDay;
use crate::money::{Fen, MoneyError};
use crate::{canonical_enum, canonical_struct};

/// The most days that are reconciled at once.
pub const DAYS_AT_MOST: usize = 31;

/// What a line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Booked {
    /// A settlement.
    Settlement,
    /// The reversal of one.
    Reversal,
}

canonical_enum!(Booked { 1 => Settlement, 2 => Reversal });

impl Booked {
    /// Its word in files and interfaces.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Settlement => "settlement",
            Self::Reversal => "reversal",
        }
    }
}

/// What is stated of one settlement or reversal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amounts {
    /// The bill in all.
    pub total: Fen,
    /// What funds pay through the network.
    pub funds: Fen,
    /// What the person's own and a family account pay.
    pub accounts: Fen,
    /// What the patient pays at the counter.
    pub cash: Fen,
}

canonical_struct!(Amounts {
    total,
    funds,
    accounts,
    cash
});

impl Amounts {
    /// No money.
    pub const ZERO: Self = Self {
        total: Fen::ZERO,
        funds: Fen::ZERO,
        accounts: Fen::ZERO,
        cash: Fen::ZERO,
    };

    const fn figures(&self) -> [(Figure, i64); 4] {
        [
            (Figure::Total, self.total.get()),
            (Figure::Funds, self.funds.get()),
            (Figure::Accounts, self.accounts.get()),
            (Figure::Cash, self.cash.get()),
        ]
    }

    /// In which figures an institution's line is not the node's.
    #[must_use]
    pub fn differences(&self, node: &Self, of: Booked) -> Vec<Difference> {
        let pairs = self.figures().into_iter().zip(node.figures());
        pairs
            .filter_map(|((figure, stated), (_, own))| {
                Difference::between(of, figure, (stated, own))
            })
            .collect()
    }
}

/// Settlements, or reversals, of a span: how many, and their sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// How many.
    pub count: u64,
    /// What they come to.
    pub amounts: Amounts,
}

canonical_struct!(Sums { count, amounts });

impl Sums {
    /// None.
    pub const ZERO: Self = Self {
        count: 0,
        amounts: Amounts::ZERO,
    };

    /// With one more.
    ///
    /// # Errors
    /// [`MoneyError`] when a sum is out of range.
    pub fn with(&self, one: &Amounts) -> Result<Self, MoneyError> {
        let before = &self.amounts;
        Ok(Self {
            count: self.count.saturating_add(1),
            amounts: Amounts {
                total: before.total.checked_add(one.total)?,
                funds: before.funds.checked_add(one.funds)?,
                accounts: before.accounts.checked_add(one.accounts)?,
                cash: before.cash.checked_add(one.cash)?,
            },
        })
    }
}

/// What is stated of a span: its settlements, and apart from them its reversals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Settlements.
    pub settled: Sums,
    /// Reversals.
    pub reversed: Sums,
}

canonical_struct!(Totals { settled, reversed });

impl Totals {
    /// Nothing happened.
    pub const ZERO: Self = Self {
        settled: Sums::ZERO,
        reversed: Sums::ZERO,
    };

    /// With one more line.
    ///
    /// # Errors
    /// [`MoneyError`] when a sum is out of range.
    pub fn with(&self, of: Booked, one: &Amounts) -> Result<Self, MoneyError> {
        Ok(match of {
            Booked::Settlement => Self {
                settled: self.settled.with(one)?,
                ..*self
            },
            Booked::Reversal => Self {
                reversed: self.reversed.with(one)?,
                ..*self
            },
        })
    }

    /// In which figures an institution's totals are not the node's.
    #[must_use]
    pub fn differences(&self, node: &Self) -> Vec<Difference> {
        let sides = [
            (Booked::Settlement, &self.settled, &node.settled),
            (Booked::Reversal, &self.reversed, &node.reversed),
        ];
        let of_side = |(of, stated, own): (Booked, &Sums, &Sums)| {
            let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            let counts = (signed(stated.count), signed(own.count));
            let count = Difference::between(of, Figure::Count, counts);
            let amounts = stated.amounts.differences(&own.amounts, of);
            count.into_iter().chain(amounts)
        };
        sides.into_iter().flat_map(of_side).collect()
    }
}

/// A figure that is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// How many.
    Count,
    /// The bills in all.
    Total,
    /// What funds pay.
    Funds,
    /// What accounts pay.
    Accounts,
    /// What patients pay at the counter.
    Cash,
}

impl Figure {
    /// Its word in files and interfaces.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Total => "total",
            Self::Funds => "funds",
            Self::Accounts => "accounts",
            Self::Cash => "cash",
        }
    }

    /// What people call it, in Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Count => "笔数",
            Self::Total => "医疗费总额",
            Self::Funds => "基金支付",
            Self::Accounts => "个人账户支付",
            Self::Cash => "现金支付",
        }
    }
}

/// A figure that both state, each otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// Of settlements, or of reversals.
    pub of: Booked,
    /// Which.
    pub figure: Figure,
    /// What the institution states, in fen, or how many.
    pub institution: i64,
    /// What the node's book has.
    pub node: i64,
}

impl Difference {
    fn between(of: Booked, figure: Figure, (institution, node): (i64, i64)) -> Option<Self> {
        (institution != node).then_some(Self {
            of,
            figure,
            institution,
            node,
        })
    }
}

/// Why two days are no span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a span is 1 to {DAYS_AT_MOST} days, the first not after the last / 时段为 1 至 {DAYS_AT_MOST} 日，起始日不晚于终止日"
)]
pub struct SpanError;

/// Business days from one to another, both with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    from: BusinessDay,
    to: BusinessDay,
}

canonical_struct!(Span { from, to } via Span::new);

impl Span {
    /// A span.
    ///
    /// # Errors
    /// [`SpanError`].
    pub fn new(from: BusinessDay, to: BusinessDay) -> Result<Self, SpanError> {
        let after = usize::try_from(from.days_until(to)).map_err(|_| SpanError)?;
        if after < DAYS_AT_MOST {
            Ok(Self { from, to })
        } else {
            Err(SpanError)
        }
    }

    /// One day.
    #[must_use]
    pub const fn day(day: BusinessDay) -> Self {
        Self { from: day, to: day }
    }

    /// Its first day.
    #[must_use]
    pub const fn from(&self) -> BusinessDay {
        self.from
    }

    /// Its last day.
    #[must_use]
    pub const fn to(&self) -> BusinessDay {
        self.to
    }

    /// Its days.
    pub fn days(self) -> impl Iterator<Item = BusinessDay> {
        let next = |day: &BusinessDay| day.plus_days(1).ok();
        std::iter::successors(Some(self.from), next).take_while(move |day| *day <= self.to)
    }
}

/// What the node's book had of one day when it was reconciled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// The day.
    pub day: BusinessDay,
    /// How many settlements.
    pub settled: u64,
    /// How many reversals.
    pub reversed: u64,
}

canonical_struct!(DayCount {
    day,
    settled,
    reversed
});

#[cfg(test)]
mod tests;
