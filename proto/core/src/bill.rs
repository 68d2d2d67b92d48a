//! A visit and its bill: what a hospital sends, and the same bill split by the treatment catalogue.
//!
//! A bill holds until it is changed by a line that returns an earlier one; a return is the only negative
//! amount. Splitting is the treatment region's act (`huitong-adjudication`); the types only make sure
//! that sums hold.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::canonical_struct;
use crate::catalogue_code::CatalogueCode;
use crate::date::ServiceDate;
use crate::money::{Fen, MoneyError, SignedFen};
use crate::name::Name;
use crate::vocabulary::Part;

/// The most lines of one bill.
pub const LINES_AT_MOST: usize = 20_000;

/// A fault of a visit or a bill.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BillError {
    /// A visit number has the wrong shape.
    #[error("a visit number is 1 to 64 visible ASCII characters")]
    VisitNumber,
    /// The last day lies before the first.
    #[error("discharged before admitted")]
    Dates,
    /// The days that the bill covers begin outside the visit.
    #[error("billed from a day outside the visit")]
    BilledFrom,
    /// There is no line.
    #[error("a bill has at least one line")]
    Empty,
    /// There are too many lines.
    #[error("a bill has at most {LINES_AT_MOST} lines, this one {0}")]
    TooManyLines(usize),
    /// Two lines carry one number.
    #[error("line {0}: the number is used twice")]
    RepeatedLine(u32),
    /// A line that is no return has a negative amount or quantity, or a return a positive one.
    #[error("line {0}: only a return of an earlier line has a negative amount and quantity")]
    Sign(u32),
    /// A return names no earlier line of the same code.
    #[error("line {line}: returns line {returned}, which is no earlier line of the same code")]
    ReturnsNothing {
        /// The return.
        line: u32,
        /// What it names.
        returned: u32,
    },
    /// More is returned than was charged.
    #[error("line {0}: more is returned than was charged")]
    ReturnsTooMuch(u32),
    /// A line lies outside the days that the bill covers.
    #[error("line {0}: dated outside the days that the bill covers")]
    LineDate(u32),
    /// The lines do not sum to the stated total.
    #[error("the lines sum to {sum}, the bill states {stated}")]
    Sum {
        /// Σ of the lines.
        sum: SignedFen,
        /// What the bill states.
        stated: Fen,
    },
    /// The tags of a split line do not ascend.
    #[error("line {0}: its tags do not ascend strictly")]
    Tags(u32),
    /// A list of the visit is longer than its limit.
    #[error("a visit has at most {DISEASES_AT_MOST} listed diseases, this one {0}")]
    Diseases(usize),
    /// A visit lasts longer, or has more sessions, than any visit does.
    #[error("a visit has 1 to {DAYS_AT_MOST} days and sessions")]
    Length,
    /// An interim bill has a number that no stay comes to.
    #[error("a stay has at most {INTERIM_AT_MOST} interim bills")]
    Interim,
    /// An amount is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// One line as the hospital charged it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillLine {
    /// Unique in the bill.
    pub number: u32,
    /// The national catalogue code.
    pub code: CatalogueCode,
    /// The day of care.
    pub date: ServiceDate,
    /// How many units, at most 4 decimals; negative in a return.
    pub quantity: Decimal,
    /// What was charged; negative in a return.
    pub amount: SignedFen,
    /// The line that this one returns, wholly or in part.
    pub returns: Option<u32>,
    /// Whether the hospital approved the use of a restricted item.
    pub approved: bool,
}

canonical_struct!(BillLine {
    number,
    code,
    date,
    quantity,
    amount,
    returns,
    approved
});

/// A bill as charged: its sums and returns hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    total: Fen,
    lines: Vec<BillLine>,
}

canonical_struct!(Bill { total, lines } via Bill::new);

impl Bill {
    /// Checks a bill: unique lines, returns of earlier lines only, and lines that sum to `total`.
    ///
    /// # Errors
    /// The first [`BillError`] in the order of the lines.
    pub fn new(total: Fen, lines: Vec<BillLine>) -> Result<Self, BillError> {
        if lines.is_empty() {
            return Err(BillError::Empty);
        }
        if lines.len() > LINES_AT_MOST {
            return Err(BillError::TooManyLines(lines.len()));
        }
        let sum = returns::checked_sum(&lines)?;
        if sum != SignedFen::from(total) {
            return Err(BillError::Sum { sum, stated: total });
        }
        Ok(Self { total, lines })
    }

    /// What the bill states in all.
    #[must_use]
    pub const fn total(&self) -> Fen {
        self.total
    }

    /// The lines as sent, in order.
    #[must_use]
    pub fn lines(&self) -> &[BillLine] {
        &self.lines
    }

    /// The lines with what was returned taken off; a line returned wholly is left out.
    ///
    /// # Errors
    /// None for a checked bill but an overflow, which the limits of amounts exclude.
    pub fn net_lines(&self) -> Result<Vec<NetLine>, BillError> {
        returns::net(&self.lines)
    }
}

/// A line after its returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetLine {
    /// The number of the line as charged.
    pub number: u32,
    /// The national catalogue code.
    pub code: CatalogueCode,
    /// The day of care.
    pub date: ServiceDate,
    /// Units kept.
    pub quantity: Decimal,
    /// The amount kept.
    pub amount: Fen,
    /// Whether the hospital approved the use of a restricted item.
    pub approved: bool,
}

/// The four parts of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// In policy scope.
    pub in_scope: Fen,
    /// Borne first by the patient.
    pub first_pay: Fen,
    /// Above the price limit.
    pub over_limit: Fen,
    /// Outside the catalogue.
    pub out_of_scope: Fen,
}

canonical_struct!(Parts {
    in_scope,
    first_pay,
    over_limit,
    out_of_scope
});

impl Parts {
    /// No amount in any part.
    pub const ZERO: Self = Self {
        in_scope: Fen::ZERO,
        first_pay: Fen::ZERO,
        over_limit: Fen::ZERO,
        out_of_scope: Fen::ZERO,
    };

    /// One part.
    #[must_use]
    pub const fn get(&self, part: Part) -> Fen {
        match part {
            Part::InScope => self.in_scope,
            Part::FirstPay => self.first_pay,
            Part::OverLimit => self.over_limit,
            Part::OutOfScope => self.out_of_scope,
        }
    }

    /// The sum of the four.
    ///
    /// # Errors
    /// [`MoneyError`] when it is out of range.
    pub fn total(&self) -> Result<Fen, MoneyError> {
        Fen::sum([
            self.in_scope,
            self.first_pay,
            self.over_limit,
            self.out_of_scope,
        ])
    }

    /// Part by part.
    ///
    /// # Errors
    /// [`MoneyError`] when a sum is out of range.
    pub fn checked_add(&self, other: &Self) -> Result<Self, MoneyError> {
        Ok(Self {
            in_scope: self.in_scope.checked_add(other.in_scope)?,
            first_pay: self.first_pay.checked_add(other.first_pay)?,
            over_limit: self.over_limit.checked_add(other.over_limit)?,
            out_of_scope: self.out_of_scope.checked_add(other.out_of_scope)?,
        })
    }
}

/// A net line split by the treatment catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitLine {
    /// The number of the line as charged.
    pub number: u32,
    /// The four parts of its net amount.
    pub parts: Parts,
    /// Tags of the catalogue entry, ascending.
    pub tags: Vec<Name>,
}

canonical_struct!(SplitLine {
    number,
    parts,
    tags
});

/// A bill split by the treatment catalogue: what adjudication starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitBill {
    total: Fen,
    parts: Parts,
    lines: Vec<SplitLine>,
}

canonical_struct!(SplitBill { lines } via SplitBill::new);

impl SplitBill {
    /// Sums split lines.
    ///
    /// # Errors
    /// [`BillError::TooManyLines`], [`BillError::Tags`] or an amount out of range.
    pub fn new(lines: Vec<SplitLine>) -> Result<Self, BillError> {
        if lines.len() > LINES_AT_MOST {
            return Err(BillError::TooManyLines(lines.len()));
        }
        let mut parts = Parts::ZERO;
        for line in &lines {
            parts = parts.checked_add(&line.parts)?;
            if !line.tags.is_sorted_by(|one, next| one < next) {
                return Err(BillError::Tags(line.number));
            }
        }
        Ok(Self {
            total: parts.total()?,
            parts,
            lines,
        })
    }

    /// A bill known only by amounts for each part and set of tags: one line each, numbered from 1.
    ///
    /// # Errors
    /// As [`SplitBill::new`].
    pub fn from_amounts(amounts: BTreeMap<(Part, Vec<Name>), Fen>) -> Result<Self, BillError> {
        let lines = amounts
            .into_iter()
            .zip(1_u32..)
            .map(|(((part, tags), amount), number)| {
                let mut parts = Parts::ZERO;
                match part {
                    Part::InScope => parts.in_scope = amount,
                    Part::FirstPay => parts.first_pay = amount,
                    Part::OverLimit => parts.over_limit = amount,
                    Part::OutOfScope => parts.out_of_scope = amount,
                }
                SplitLine {
                    number,
                    parts,
                    tags,
                }
            });
        Self::new(lines.collect())
    }

    /// The whole bill.
    #[must_use]
    pub const fn total(&self) -> Fen {
        self.total
    }

    /// The sums of the parts.
    #[must_use]
    pub const fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The lines, in the order sent.
    #[must_use]
    pub fn lines(&self) -> &[SplitLine] {
        &self.lines
    }
}

mod returns;
mod visit;

pub use visit::{
    Arrival, DAYS_AT_MOST, DISEASES_AT_MOST, INTERIM_AT_MOST, Institution, Visit, VisitNumber,
};

#[cfg(test)]
mod tests;
