//! All months of clearing: drawn up, signed, what regions said of each, and who approved it.
//!
//! [`Months::apply`] is the only way it changes, and it decides nothing: what a step says has happened. The rows stay in
//! the journal, and so do the words with their signatures. Deliberately absent: any effect on what nets.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::canonical::Artifact;
use huitong_core::clearing_month::ClearingMonth;
use huitong_core::clearing_month::word::MonthWord;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::record::clearing::MonthRecord;
use huitong_core::region::RegionCode;
use huitong_core::{canonical_enum, canonical_struct};

/// By when things are due in a month's clearing: days of the next month, or the next business day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MonthRules {
    /// The month is drawn up.
    pub(crate) draw_up_by_day: u8,
    /// Regions have confirmed it.
    pub(crate) confirm_by_day: u8,
    /// But never before so many business days after it was signed.
    pub(crate) confirm_days: u32,
    /// It is approved, and ordered where money moves by the month: notices of what is to be paid follow from the order.
    pub(crate) order_by_day: u8,
    /// Clearing may be delayed by so many months: all of it has moved by that day so many months later.
    pub(crate) delay_months: u32,
    /// So many rows are journaled in one piece; at most so many that a piece with every kind of debt of both months in each
    /// row stays below two megabytes.
    pub(crate) rows_of_a_piece: usize,
}

impl MonthRules {
    /// What holds unless an operator says otherwise: tables by the 21st, confirmed by the 25th, payment and receipt notices by
    /// the end of the month, and clearing delayed by two months at most, as the national procedure of 2022 is remembered; all
    /// are to be checked. Three business days are our own: a month may be drawn up late.
    pub(crate) const STANDARD: Self = Self {
        draw_up_by_day: 21,
        confirm_by_day: 25,
        confirm_days: 3,
        order_by_day: 31,
        delay_months: 2,
        rows_of_a_piece: 8_192,
    };
}

/// What a record of months says, without what only the journal keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MonthStep {
    /// A piece of its rows is written.
    Rows(Month, u32),
    /// Drawn up.
    DrawnUp(Box<DrawnUp>),
    /// Signed at this moment.
    Signed(Month, Timestamp),
    /// A region said something.
    Said(Month, RegionCode, Said),
    /// An officer approved it.
    Approved(Month, OfficerName, Timestamp),
}

canonical_enum!(MonthStep {
    1 => DrawnUp(drawn),
    2 => Signed(month, at),
    3 => Said(month, region, said),
    4 => Approved(month, by, at),
    5 => Rows(month, piece),
});

/// A month as it was drawn up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DrawnUp {
    /// What is signed of it.
    pub(crate) month: ClearingMonth,
    /// The regions that stand in its rows.
    pub(crate) regions: BTreeSet<RegionCode>,
    pub(crate) by: OfficerName,
    pub(crate) at: Timestamp,
}

canonical_struct!(DrawnUp {
    month,
    regions,
    by,
    at
});

/// A region's last word on a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// Digest of the word.
    pub(crate) word: Digest,
    /// To how many rows it objects.
    pub(crate) objected: u64,
    pub(crate) officer: OfficerName,
    /// When it was said.
    pub(crate) at: Timestamp,
    /// How many words of the region on this month it is.
    pub(crate) number: u32,
}

canonical_struct!(Said {
    word,
    objected,
    officer,
    at,
    number
});

impl Said {
    /// What a word comes to.
    pub(crate) fn of(word: &MonthWord) -> Self {
        Self {
            word: word.digest(),
            objected: u64::try_from(word.objected().len()).unwrap_or(u64::MAX),
            officer: word.officer.clone(),
            at: word.at,
            number: 1,
        }
    }

    /// The same after another word.
    pub(crate) fn after(self, before: Option<&Self>) -> Self {
        let number = before.map_or(1, |before| before.number.saturating_add(1));
        Self { number, ..self }
    }
}

impl MonthStep {
    /// What a record says.
    pub(crate) fn of(record: &MonthRecord) -> Self {
        match record {
            MonthRecord::Rows(rows) => Self::Rows(rows.month.clone(), rows.piece),
            MonthRecord::DrawnUp(drawn) => Self::DrawnUp(Box::new(DrawnUp {
                month: drawn.month.clone(),
                regions: drawn.regions.clone(),
                by: drawn.by.clone(),
                at: drawn.at,
            })),
            MonthRecord::Signed(certified) => {
                Self::Signed(certified.month.month.clone(), certified.at)
            }
            MonthRecord::Said(said) => {
                let word = &said.word.word;
                Self::Said(word.month.clone(), word.region, Said::of(word))
            }
            MonthRecord::Approved(approved) => {
                Self::Approved(approved.month.clone(), approved.by.clone(), approved.at)
            }
        }
    }
}

/// A month, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldMonth {
    pub(crate) drawn: DrawnUp,
    /// When it was signed.
    pub(crate) signed: Option<Timestamp>,
    /// What each region said last.
    pub(crate) said: BTreeMap<RegionCode, Said>,
    /// Who approved it, and when.
    pub(crate) approvals: BTreeMap<OfficerName, Timestamp>,
}

impl HeldMonth {
    /// The regions that stand in it and have not said anything.
    pub(crate) fn silent(&self) -> impl Iterator<Item = RegionCode> {
        let regions = self.drawn.regions.iter().copied();
        regions.filter(|region| !self.said.contains_key(region))
    }
}

/// A record of months that does not fit what stands: damage, or a fault of this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MonthFault {
    /// A month that was not drawn up.
    #[error("month {0} was not drawn up")]
    Unknown(Month),
    /// One that is not the next.
    #[error("month {0} is drawn up, and is not the next")]
    NotNext(Month),
}

/// All months.
#[derive(Debug, Clone, Default)]
pub(crate) struct Months(BTreeMap<Month, HeldMonth>);

impl Months {
    /// A month, once it is drawn up.
    pub(crate) fn get(&self, month: &Month) -> Option<&HeldMonth> {
        self.0.get(month)
    }

    /// The last that is drawn up.
    pub(crate) fn last(&self) -> Option<&HeldMonth> {
        self.0.last_key_value().map(|(_, held)| held)
    }

    /// All of them, the latest first.
    pub(crate) fn latest(&self) -> impl Iterator<Item = &HeldMonth> {
        self.0.values().rev()
    }

    /// The earliest that is not signed.
    pub(crate) fn unsigned(&self) -> Option<&HeldMonth> {
        self.0.values().find(|held| held.signed.is_none())
    }

    /// Changes what a step says has changed.
    pub(crate) fn apply(&mut self, step: MonthStep) -> Result<(), MonthFault> {
        match step {
            MonthStep::Rows(..) => {}
            MonthStep::DrawnUp(drawn) => {
                let month = drawn.month.month.clone();
                if self
                    .last()
                    .is_some_and(|last| last.drawn.month.month >= month)
                {
                    return Err(MonthFault::NotNext(month));
                }
                let held = HeldMonth {
                    drawn: *drawn,
                    signed: None,
                    said: BTreeMap::new(),
                    approvals: BTreeMap::new(),
                };
                self.0.insert(month, held);
            }
            MonthStep::Signed(month, at) => self.held(month)?.signed = Some(at),
            MonthStep::Said(month, region, said) => {
                let held = self.held(month)?;
                let said = said.after(held.said.get(&region));
                held.said.insert(region, said);
            }
            MonthStep::Approved(month, by, at) => {
                self.held(month)?.approvals.insert(by, at);
            }
        }
        Ok(())
    }

    fn held(&mut self, month: Month) -> Result<&mut HeldMonth, MonthFault> {
        self.0.get_mut(&month).ok_or(MonthFault::Unknown(month))
    }
}
