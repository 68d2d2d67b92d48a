//! Months in the index: what each record says of them, and where rows, signature and words lie; and what is read of them
//! beside the writer.

use std::collections::BTreeMap;

use huitong_core::checkpoint::row::Pair as RowPair;
use huitong_core::clearing_month::CertifiedMonth;
use huitong_core::clearing_month::row::{MonthSums, MonthTable};
use huitong_core::clearing_month::word::CertifiedMonthWord;
use huitong_core::date::BusinessDay;
use huitong_core::leg::Side;
use huitong_core::money::Fen;
use huitong_core::payable::Month;
use huitong_core::record::clearing::{ClearingRecord, MonthRecord};
use huitong_core::region::RegionCode;
use huitong_netting::NettingPlan;

use super::proofs::Proofs;
use super::scan::each;
use crate::months::{MonthFault, MonthStep, Months};
use crate::store::index::Pair;
use crate::store::keys::{self, Place};
use crate::store::{Index, StoreError};

/// What a record changes.
pub(super) fn rows(record: &MonthRecord, place: Place) -> Vec<Pair> {
    let lies = match record {
        MonthRecord::Rows(rows) => Some(keys::month_rows(&rows.month, rows.piece)),
        MonthRecord::DrawnUp(drawn) => Some(keys::month_drawn(&drawn.month.month)),
        MonthRecord::Signed(certified) => Some(keys::month_signed(&certified.month.month)),
        MonthRecord::Said(said) => {
            let word = &said.word.word;
            Some(keys::month_word(&word.month, word.region))
        }
        MonthRecord::Approved(_) => None,
    };
    let mut pairs = vec![(keys::month(&place), keys::value(&MonthStep::of(record)))];
    pairs.extend(lies.map(|key| (key, keys::value(&place))));
    pairs
}

/// All months, as their steps come to in the order of the journal.
pub(super) fn load(index: &dyn Index) -> Result<Months, StoreError> {
    let foreign = |fault: MonthFault| StoreError::Foreign(fault.to_string());
    let mut months = Months::default();
    each(index, keys::MONTHS, |_, value| {
        months.apply(keys::read(value)?).map_err(foreign)
    })?;
    Ok(months)
}

impl Proofs {
    /// What the debts of these plans come to in a month whose cycles come after one of that day. It is held against the
    /// plans' own sums, so that no debt is left out or taken twice.
    pub(crate) fn month_rows(
        &self,
        (first, last): (u64, u64),
        after: Option<BusinessDay>,
    ) -> Result<MonthTable, StoreError> {
        let foreign = |fault: &dyn std::fmt::Display| StoreError::Foreign(fault.to_string());
        let mut sums = MonthSums::after(after);
        let mut days: BTreeMap<RowPair, (u64, Fen)> = BTreeMap::new();
        let mut parent = self.journaled.plan_by_number(first.saturating_sub(1))?;
        for number in first..=last {
            let plan = self.journaled.plan_by_number(number)?;
            let plan = plan.ok_or_else(|| foreign(&format_args!("plan {number} is missing")))?;
            for window in plan.windows() {
                self.journaled
                    .visit_taken(window, parent.as_ref(), &mut |_, numbered| {
                        // Each debt once: as its creditor reports it.
                        if numbered.side == Side::Receivable {
                            sums.add(&numbered.leg).map_err(|fault| foreign(&fault))?;
                        }
                        Ok(())
                    })?;
            }
            add(&mut days, &plan)?;
            parent = Some(plan);
        }
        let rows = sums.rows().map_err(|fault| foreign(&fault))?;
        let ties = rows.len() == days.len()
            && rows
                .iter()
                .all(|row| days.get(&row.pair) == Some(&(row.legs(), row.amount())));
        if !ties {
            let what =
                format_args!("plans {first} to {last} do not come to the rows of their debts");
            return Err(foreign(&what));
        }
        MonthTable::new(rows).map_err(|fault| foreign(&fault))
    }

    /// A month's rows, once all of it is indexed.
    pub(crate) fn month_table(&self, month: &Month) -> Result<Option<MonthTable>, StoreError> {
        let pieces = match self.month_record(&keys::month_drawn(month))? {
            Some(MonthRecord::DrawnUp(drawn)) => drawn.pieces,
            Some(_) => return Err(misplaced("a month")),
            None => return Ok(None),
        };
        let mut rows = Vec::new();
        for piece in 1..=pieces {
            let Some(MonthRecord::Rows(of)) = self.month_record(&keys::month_rows(month, piece))?
            else {
                return Err(misplaced("a piece of a month's rows"));
            };
            rows.extend(of.rows.into_rows());
        }
        let table = MonthTable::new(rows);
        table
            .map(Some)
            .map_err(|fault| StoreError::Foreign(fault.to_string()))
    }

    /// A month as it was signed, once it is indexed.
    pub(crate) fn month_signed(&self, month: &Month) -> Result<Option<CertifiedMonth>, StoreError> {
        match self.month_record(&keys::month_signed(month))? {
            Some(MonthRecord::Signed(certified)) => Ok(Some(certified)),
            Some(_) => Err(misplaced("a signed month")),
            None => Ok(None),
        }
    }

    /// What these regions said last of a month, as far as it is indexed.
    pub(crate) fn month_words(
        &self,
        month: &Month,
        regions: impl IntoIterator<Item = RegionCode>,
    ) -> Result<Vec<CertifiedMonthWord>, StoreError> {
        let mut words = Vec::new();
        for region in regions {
            match self.month_record(&keys::month_word(month, region))? {
                Some(MonthRecord::Said(said)) => words.push(said.word),
                Some(_) => return Err(misplaced("a region's word on a month")),
                None => {}
            }
        }
        Ok(words)
    }

    fn month_record(&self, key: &[u8]) -> Result<Option<MonthRecord>, StoreError> {
        let Some(place) = self.journaled.index.get(key)? else {
            return Ok(None);
        };
        let record = self.journaled.record(&keys::read(&place)?)?;
        let ClearingRecord::Month(record) = record else {
            return Err(misplaced("a record of a month"));
        };
        Ok(Some(record))
    }
}

/// Adds a plan's own sums.
fn add(days: &mut BTreeMap<RowPair, (u64, Fen)>, plan: &NettingPlan) -> Result<(), StoreError> {
    for gross in plan.gross() {
        let pair = RowPair {
            debtor: gross.debtor,
            creditor: gross.creditor,
            fund: gross.fund,
        };
        let sum = days.entry(pair).or_insert((0, Fen::ZERO));
        let amount = sum.1.checked_add(gross.amount);
        let amount = amount.map_err(|fault| StoreError::Foreign(fault.to_string()))?;
        *sum = (sum.0.saturating_add(gross.legs), amount);
    }
    Ok(())
}

fn misplaced(what: &str) -> StoreError {
    StoreError::Foreign(format!(
        "another record where the index says there is {what}"
    ))
}
