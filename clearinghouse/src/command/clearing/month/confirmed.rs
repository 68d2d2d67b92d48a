//! What of a month was confirmed: by both regions of a row, by one of them, or by none; and what that comes to.
//!
//! A month is approved without those who said nothing once their term is over. So an officer sees here what nobody looked at, row
//! by row and in sums, before approving and ever after. It follows from the month's file alone: each row, and each region's last
//! word. An objection confirms nothing. Deliberately absent: whether words and signatures hold, which `month verify` says.

use std::collections::BTreeMap;
use std::io::{self, Write};

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::MonthFile;
use huitong_core::clearing_month::row::MonthRow;
use huitong_core::clearing_month::word::MonthWord;
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::MonthObjection;
use serde_json::{Value, json};

/// What a region says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Confirmed,
    Objected(MonthObjection),
    Nothing,
}

impl Says {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Objected(_) => "objected",
            Self::Nothing => "nothing",
        }
    }
}

/// By how many of its two regions a row is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    Both,
    One,
    Nobody,
}

impl By {
    const ALL: [Self; 3] = [Self::Both, Self::One, Self::Nobody];

    /// In JSON, and in English and Chinese.
    pub(super) const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Both => ("both", "confirmed by both", "双方已确认"),
            Self::One => ("one", "confirmed by one alone", "仅一方确认"),
            Self::Nobody => ("nobody", "confirmed by nobody", "双方均未确认"),
        }
    }
}

/// Regions' words on a month.
pub(super) struct Words<'a>(BTreeMap<RegionCode, &'a MonthWord>);

impl<'a> Words<'a> {
    /// Those of a file that are of just its month.
    pub(super) fn of(held: &'a MonthFile) -> Self {
        let digest = held.certified.month.digest();
        let words = held.words.iter().map(|certified| &certified.word);
        let words = words.filter(|word| word.digest == digest);
        Self(words.map(|word| (word.region, word)).collect())
    }

    /// What a region says of a row.
    fn said(&self, region: RegionCode, pair: &Pair) -> Says {
        let Some(word) = self.0.get(&region) else {
            return Says::Nothing;
        };
        let objected = word.objected();
        let objection = objected.binary_search_by(|row| row.pair.cmp(pair)).ok();
        let objection = objection.and_then(|at| objected.get(at));
        objection.map_or(Says::Confirmed, |row| Says::Objected(row.why))
    }

    /// What debtor and creditor say of a row.
    pub(super) fn both(&self, pair: &Pair) -> [Says; 2] {
        [pair.debtor, pair.creditor].map(|region| self.said(region, pair))
    }

    /// By whom a row is confirmed.
    pub(super) fn by(&self, pair: &Pair) -> By {
        let says = self.both(pair);
        match says.iter().filter(|says| **says == Says::Confirmed).count() {
            0 => By::Nobody,
            1 => By::One,
            _ => By::Both,
        }
    }
}

/// Rows of one fund: how many, with how many debts, and what they come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum {
    rows: u64,
    legs: u64,
    amount: Fen,
    /// To how many a region objects.
    objected: u64,
}

impl Sum {
    const NONE: Self = Self {
        rows: 0,
        legs: 0,
        amount: Fen::ZERO,
        objected: 0,
    };

    fn add(self, row: &MonthRow, objected: u64) -> Result<Self, MoneyError> {
        Ok(Self {
            rows: self.rows.saturating_add(1),
            legs: self.legs.saturating_add(row.legs()),
            amount: self.amount.checked_add(row.amount())?,
            objected: self.objected.saturating_add(objected),
        })
    }
}

/// What of a month was confirmed, by fund and by how many.
pub(super) struct Confirmed(BTreeMap<(Fund, By), Sum>);

impl Confirmed {
    /// What a file says.
    ///
    /// # Errors
    /// A sum out of range.
    pub(super) fn of(held: &MonthFile) -> Result<Self, MoneyError> {
        let words = Words::of(held);
        let mut sums: BTreeMap<(Fund, By), Sum> = BTreeMap::new();
        for row in held.table.rows() {
            // What a month has of a fund is told with nothing too: by nobody 0.00 is what one looks for.
            for by in By::ALL {
                sums.entry((row.pair.fund, by)).or_insert(Sum::NONE);
            }
            let says = words.both(&row.pair);
            let is_objected = says.iter().any(|says| matches!(says, Says::Objected(_)));
            let sum = sums
                .entry((row.pair.fund, words.by(&row.pair)))
                .or_insert(Sum::NONE);
            *sum = sum.add(row, u64::from(is_objected))?;
        }
        Ok(Self(sums))
    }

    pub(super) fn as_json(&self) -> Value {
        let sums = self.0.iter().map(|((fund, by), sum)| {
            json!({
                "fund": fund.as_str(),
                "confirmed_by": by.words().0,
                "rows": sum.rows,
                "legs": sum.legs,
                "amount": sum.amount.to_string(),
                "objected_rows": sum.objected,
            })
        });
        sums.collect()
    }

    pub(super) fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        for ((fund, by), sum) in &self.0 {
            let (_, english, chinese) = by.words();
            let objected = match sum.objected {
                0 => String::new(),
                rows => format!(", {rows} objected to / 有异议"),
            };
            writeln!(
                out,
                "  {} {english} / {chinese}: {} in {} rows, {} legs / 笔{objected}",
                fund.as_str(),
                sum.amount,
                sum.rows,
                sum.legs
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
