//! What the region's institutions said of the settlements in a month's rows, settlement by settlement.
//!
//! Counted are the very debts that a row is made of, as the parts of its days have them: so what is counted of a row comes to
//! its settlements, whatever else an institution's month holds. Each stands in its institution's month by its own business
//! day, also where the row is a later month's. Deliberately absent: what was deducted or taken back of a line since it was
//! answered, which is netted in rows of its own.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::own::{InstitutionsSaid, MonthLines};
use huitong_core::date::BusinessDay;
use huitong_core::id::{ConfirmationId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::LineVerdict;
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;
use huitong_core::payable::Month;

use crate::store::{InstitutionMonthRow, Rows, StoreError};
use crate::witness::held::DayOwed;

/// Of each row in which the region is owed a settlement, what its institutions said, as far as its days are counted.
#[derive(Default)]
pub(super) struct Counted {
    said: BTreeMap<Pair, InstitutionsSaid>,
    standing: Standing,
}

/// The confirmations that stand, of the institutions' months that were looked at.
type Standing = BTreeMap<(InstitutionCode, BusinessDay), BTreeSet<ConfirmationId>>;

impl Counted {
    /// With another day.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub(super) fn with(self, rows: &dyn Rows, day: &DayOwed) -> Result<Self, StoreError> {
        let Self { mut said, standing } = self;
        let mut book = Book { rows, standing };
        for ((pair, on), owed) in day {
            let of = said.entry(*pair).or_insert(InstitutionsSaid::NOTHING);
            for (settlement, amount) in owed {
                let lines = book.answer(*on, *settlement)?.of(of);
                *lines = with(*lines, *amount)?;
            }
        }
        let standing = book.standing;
        Ok(Self { said, standing })
    }

    /// What was counted.
    pub(super) fn said(self) -> BTreeMap<Pair, InstitutionsSaid> {
        self.said
    }
}

fn with(lines: MonthLines, amount: Fen) -> Result<MonthLines, StoreError> {
    let sum = lines.with(amount);
    sum.map_err(|_| StoreError::Range("what institutions said of a month"))
}

/// What was said of a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Confirmed,
    Waiting,
    Objected,
    Unlisted,
}

impl Answer {
    const fn of(self, said: &mut InstitutionsSaid) -> &mut MonthLines {
        match self {
            Self::Confirmed => &mut said.confirmed,
            Self::Waiting => &mut said.waiting,
            Self::Objected => &mut said.objected,
            Self::Unlisted => &mut said.unlisted,
        }
    }
}

/// The node's book of what institutions said.
struct Book<'a> {
    rows: &'a dyn Rows,
    standing: Standing,
}

impl Book<'_> {
    /// What was said of a settlement of a business day.
    fn answer(&mut self, on: BusinessDay, id: SettlementId) -> Result<Answer, StoreError> {
        let Some(settled) = self.rows.settlement(id)? else {
            return Ok(Answer::Unlisted);
        };
        let institution = settled.institution;
        let due = self.rows.due(institution, on, LegKind::Settlement, id)?;
        if due.is_none() {
            return Ok(Answer::Unlisted);
        }
        let month = Month::of(on).first();
        let standing = self.standing(institution, month)?;
        if standing.is_empty() {
            return Ok(Answer::Waiting);
        }
        let line = self.rows.month_line(institution, month, id)?;
        let standing = self.standing(institution, month)?;
        let line = line.filter(|line| standing.contains(&line.confirmation));
        Ok(match line.map(|line| line.verdict) {
            None => Answer::Waiting,
            Some(LineVerdict::Confirmed) => Answer::Confirmed,
            Some(LineVerdict::Objected(_)) => Answer::Objected,
        })
    }

    fn standing(
        &mut self,
        institution: InstitutionCode,
        month: BusinessDay,
    ) -> Result<&BTreeSet<ConfirmationId>, StoreError> {
        match self.standing.entry((institution, month)) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let row = self.rows.institution_month(institution, month)?;
                let standing = row.iter().flat_map(InstitutionMonthRow::standing);
                Ok(new.insert(standing.map(|row| row.id).collect()))
            }
        }
    }
}

#[cfg(test)]
mod tests;
