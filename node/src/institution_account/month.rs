//! The lines of a month as they stand, a page at a time, and how a month stands in all.

use huitong_core::canonical::Artifact as _;
use huitong_core::date::BusinessDay;
use huitong_core::id::{ConfirmationId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{LineVerdict, MonthLine};
use huitong_core::leg::LegKind;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;

use super::book::{Go, ROWS};
use super::line::line_owed;
use super::{AccountDesk, calendar};
use crate::store::{ConfirmationRow, InstitutionMonthRow, Key, Rows, StoreError, Table};

/// Lines of a page, at most.
pub const PAGE: usize = 200;
/// Rows that are read at once for a page of lines: not many more than it lists.
const ROWS_OF_PAGE: usize = 256;
/// Lines after which a page of months ends with its institution.
const LINES_READ: u64 = 20_000;
/// Institutions of a page of months, at most.
pub const INSTITUTIONS: usize = 100;

/// Where a line stands in its month.
pub type Place = (BusinessDay, SettlementId);

/// A line, with what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedLine {
    /// As it stands.
    pub line: MonthLine,
    /// What the institution said of it; none while it waits.
    pub answer: Option<LineAnswer>,
}

/// What an institution said of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineAnswer {
    /// Under which confirmation.
    pub confirmation: ConfirmationId,
    /// What.
    pub verdict: LineVerdict,
    /// How the line stands to what was answered.
    pub since: Since,
}

/// How a line stands to what was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// As it was.
    Same,
    /// Something was deducted, given again or taken back since.
    Changed,
}

/// How an institution's month stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthSeen {
    /// Whose.
    pub institution: InstitutionCode,
    /// Which.
    pub month: Month,
    /// Lines that are listed.
    pub lines: u64,
    /// Those that wait for an answer.
    pub waiting: u64,
    /// Those that were objected to.
    pub objected: u64,
    /// Those that have changed since they were answered.
    pub changed: u64,
    /// The day until which confirmations are taken back.
    pub confirm_by: BusinessDay,
    /// Who closed it; none while it is open.
    pub closed: Option<OfficerName>,
    /// Its confirmations, those taken back with them.
    pub confirmations: Vec<ConfirmationRow>,
}

impl MonthSeen {
    /// How many lines were confirmed by confirmations that stand, and what was left to be paid for them then, in fen.
    #[must_use]
    pub fn applied(&self) -> (u64, i64) {
        let standing = self.confirmations.iter();
        let standing = standing.filter(|row| row.rolled_back.is_none());
        standing.fold((0, 0), |(count, sum), row| {
            let count = row.confirmed.saturating_add(count);
            (count, row.applied.get().saturating_add(sum))
        })
    }

    /// Whether nothing of it happened.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.lines == 0 && self.confirmations.is_empty() && self.closed.is_none()
    }
}

impl AccountDesk {
    /// A page of a month's lines, and where the next begins.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn lines(
        &self,
        institution: InstitutionCode,
        month: &Month,
        after: Option<Place>,
    ) -> Result<(Vec<ListedLine>, Option<Place>), StoreError> {
        let (mut lines, mut is_full) = (Vec::new(), false);
        self.each_line((institution, ROWS_OF_PAGE), month, after, |line| {
            is_full = lines.len() >= PAGE;
            if is_full {
                return Go::Stop;
            }
            lines.push(line);
            Go::On
        })?;
        let last = lines.last();
        let last = last.map(|listed| (listed.line.business_day, listed.line.settlement));
        Ok((lines, last.filter(|_| is_full)))
    }

    /// How an institution's month stands.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn month(
        &self,
        institution: InstitutionCode,
        month: &Month,
    ) -> Result<MonthSeen, StoreError> {
        let row = self.row(institution, month)?;
        let mut seen = MonthSeen {
            institution,
            month: month.clone(),
            lines: 0,
            waiting: 0,
            objected: 0,
            changed: 0,
            confirm_by: self.confirm_by(month).map_err(calendar)?,
            closed: row.closed,
            confirmations: row.confirmations,
        };
        self.each_line((institution, ROWS), month, None, |listed| {
            let add = |to: &mut u64| *to = to.saturating_add(1);
            add(&mut seen.lines);
            match listed.answer {
                None => add(&mut seen.waiting),
                Some(answer) => {
                    if matches!(answer.verdict, LineVerdict::Objected(_)) {
                        add(&mut seen.objected);
                    }
                    if answer.since == Since::Changed {
                        add(&mut seen.changed);
                    }
                }
            }
            Go::On
        })?;
        Ok(seen)
    }

    /// A page of the institutions' months, and after which institution the next begins.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn months(
        &self,
        month: &Month,
        after: Option<InstitutionCode>,
    ) -> Result<(Vec<MonthSeen>, Option<InstitutionCode>), StoreError> {
        let (institutions, next) = self.institutions(after)?;
        let (mut months, mut read) = (Vec::new(), 0_u64);
        for institution in institutions {
            let seen = self.month(institution, month)?;
            read = read.saturating_add(seen.lines);
            months.extend((!seen.is_nothing()).then_some(seen));
            if read >= LINES_READ {
                return Ok((months, Some(institution)));
            }
        }
        Ok((months, next))
    }

    /// A page of institutions, and after which the next begins.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub(super) fn institutions(
        &self,
        after: Option<InstitutionCode>,
    ) -> Result<(Vec<InstitutionCode>, Option<InstitutionCode>), StoreError> {
        let rows = match after {
            None => self.ledger.scan(Table::Institution, INSTITUTIONS)?,
            Some(after) => {
                let after = Key::Institution(after);
                let ledger = &self.ledger;
                ledger.scan_after(Table::Institution, &after, INSTITUTIONS)?
            }
        };
        let code = |(key, _)| {
            if let Key::Institution(code) = key {
                Ok(code)
            } else {
                Err(StoreError::WrongRow("Institution"))
            }
        };
        let codes: Result<Vec<_>, _> = rows.into_iter().map(code).collect();
        let codes = codes?;
        let is_full = codes.len() >= INSTITUTIONS;
        let last = codes.last().copied();
        Ok((codes, last.filter(|_| is_full)))
    }

    fn row(
        &self,
        institution: InstitutionCode,
        month: &Month,
    ) -> Result<InstitutionMonthRow, StoreError> {
        let row = self.ledger.institution_month(institution, month.first())?;
        Ok(row.unwrap_or(InstitutionMonthRow::NEW))
    }

    fn each_line(
        &self,
        (institution, at_once): (InstitutionCode, usize),
        month: &Month,
        after: Option<Place>,
        mut take: impl FnMut(ListedLine) -> Go,
    ) -> Result<(), StoreError> {
        let row = self.row(institution, month)?;
        let (first, last) = (month.first(), month.last().map_err(calendar)?);
        // A place in another month is none of this one's: what comes after it is looked for from the first day on.
        let begin = (first, SettlementId::from_bytes([0; 16]));
        let after = after.filter(|(day, _)| *day >= first).unwrap_or(begin);
        self.booked((institution, at_once), after, last, |on, kind, id, due| {
            if kind != LegKind::Settlement {
                return Ok(Go::On);
            }
            let line = line_owed(&*self.ledger, self.region, (on, id), &due)?;
            let Some(line) = line else {
                return Ok(Go::On);
            };
            let said = self.ledger.month_line(institution, first, id)?;
            let said = said.filter(|said| row.counts(said));
            let answer = said.map(|said| LineAnswer {
                confirmation: said.confirmation,
                verdict: said.verdict,
                since: if said.line == line.digest() {
                    Since::Same
                } else {
                    Since::Changed
                },
            });
            Ok(take(ListedLine { line, answer }))
        })
    }
}
