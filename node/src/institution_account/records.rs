//! What the writer decides about institutions' own accounts: each from the rows alone.

use huitong_core::canonical::{Artifact as _, encode_to_vec};
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::{Digest, sha256_parts};
use huitong_core::id::ConfirmationId;
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{
    AnsweredLine, DayCount, LinesInAll, MonthStanding, Span, Totals, digest_of,
};
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::record::NodeRecord;
use huitong_core::record::institution_account::{
    ConfirmedLine, InstitutionMonthSet, InstitutionReconciled, MonthConfirmed, MonthRolledBack,
};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Setting;

use super::line::line_of;
use crate::store::{InstitutionMonthRow, Rows, StoreError};
use crate::writer::{Command, Verdict};

/// What became of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told<T> {
    /// It is written, now or before.
    Done(T),
    /// It is refused, and nothing was written.
    Refused(Refusal),
}

impl<T> Told<T> {
    fn refused(code: RefusalCode, about: impl std::fmt::Display) -> Verdict<Self> {
        Verdict::Answer(Self::Refused(Refusal::new(code, about)))
    }
}

/// Notes that an institution's totals were held against the node's book, unless that is known already.
pub struct Reconcile {
    /// Whose.
    pub institution: InstitutionCode,
    /// Of which days.
    pub span: Span,
    /// Of one kind of care; none for all.
    pub setting: Option<Setting>,
    /// What it states.
    pub stated: Totals,
    /// What the book has.
    pub own: Totals,
    /// That, day by day.
    pub days: Vec<DayCount>,
}

impl Command for Reconcile {
    type Answer = Told<()>;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Told<()>>, StoreError> {
        let today = at.business_day_shanghai();
        if self.span.to() > today {
            let about = format_args!("span: ends after today, {today}");
            return Ok(Told::refused(RefusalCode::Malformed, about));
        }
        // What was said before a restore counts once more after it: the book may lack since what it had.
        let since = rows.restored()?.map(|row| row.since);
        let is_known = |day: &DayCount| -> Result<bool, StoreError> {
            let row = rows.reconciled(self.institution, day.day, self.setting)?;
            Ok(row.is_some_and(|row| {
                let known = (row.span, row.stated, row.own, row.settled, row.reversed);
                known == (self.span, self.stated, self.own, day.settled, day.reversed)
                    && since.is_none_or(|since| row.at >= since)
            }))
        };
        let mut is_news = false;
        for day in &self.days {
            is_news |= !is_known(day)?;
        }
        if !is_news {
            return Ok(Verdict::Answer(Told::Done(())));
        }
        let record = InstitutionReconciled {
            institution: self.institution,
            span: self.span,
            setting: self.setting,
            stated: self.stated,
            own: self.own,
            days: self.days,
            at,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::InstitutionReconciled(record)],
            Told::Done(()),
        ))
    }
}

/// Confirms lines of a month, or objects to them, each as it was listed.
pub struct Confirm {
    /// The node's region.
    pub region: RegionCode,
    /// Whose month.
    pub institution: InstitutionCode,
    /// Which month.
    pub month: Month,
    /// The lines, ascending by day and settlement, at most [`LINES`](super::LINES).
    pub lines: Vec<AnsweredLine>,
    /// What is said of them in all.
    pub in_all: LinesInAll,
}

impl Command for Confirm {
    type Answer = Told<ConfirmationId>;

    const LONG: bool = true;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        let row = rows.institution_month(self.institution, self.month.first())?;
        let month = row.unwrap_or(InstitutionMonthRow::NEW);
        let asked = self.asked();
        if let Some(known) = month.standing().find(|known| known.asked == asked) {
            return Ok(Verdict::Answer(Told::Done(known.id)));
        }
        if month.closed.is_some() {
            return Ok(Told::refused(RefusalCode::MonthClosed, &self.month));
        }
        let lines = match self.lines_as_they_stand(rows, &month)? {
            Ok(lines) => lines,
            Err(refusal) => return Ok(Verdict::Answer(Told::Refused(refusal))),
        };
        if month.standing().count() >= InstitutionMonthRow::AT_MOST {
            let code = RefusalCode::TooManyConfirmations;
            return Ok(Told::refused(code, InstitutionMonthRow::AT_MOST));
        }
        let confirmation = id(&asked, at, &month);
        let record = MonthConfirmed {
            confirmation,
            institution: self.institution,
            month: self.month,
            in_all: self.in_all,
            asked,
            lines,
            at,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::MonthConfirmed(record)],
            Told::Done(confirmation),
        ))
    }
}

impl Confirm {
    /// The digest of all that is asked.
    fn asked(&self) -> Digest {
        let whose = (self.institution, self.month.clone(), self.in_all);
        let lines = encode_to_vec(&self.lines);
        sha256_parts(&[b"HTMC\x00\x01", &encode_to_vec(&whose), &lines])
    }

    /// The lines, when each stands as it was listed, waits for an answer, and they come to what is said of them in all.
    fn lines_as_they_stand(
        &self,
        rows: &dyn Rows,
        month: &InstitutionMonthRow,
    ) -> Result<Result<Vec<ConfirmedLine>, Refusal>, StoreError> {
        let refused = |code, about: String| Ok(Err(Refusal::new(code, about)));
        let (mut lines, mut sum) = (Vec::new(), Fen::ZERO);
        for answered in &self.lines {
            let id = answered.settlement;
            let said = rows.month_line(self.institution, self.month.first(), id)?;
            if let Some(said) = said.filter(|said| month.counts(said)) {
                let about = format!("{id}, {}", said.confirmation);
                return refused(RefusalCode::MonthLineConfirmed, about);
            }
            let is_of_month = Month::of(answered.business_day) == self.month;
            let place = (answered.business_day, id);
            let line = line_of(rows, self.region, self.institution, place)?;
            let Some(line) = line.filter(|_| is_of_month) else {
                return refused(RefusalCode::MonthLineUnknown, id.to_string());
            };
            if line.digest() != answered.line {
                return refused(RefusalCode::MonthLineChanged, id.to_string());
            }
            let more = sum.checked_add(line.pays);
            sum = more.map_err(|_| StoreError::Range("what is confirmed"))?;
            lines.push(ConfirmedLine {
                settlement: id,
                line: answered.line,
                payable: line.payable(),
                verdict: answered.verdict,
            });
        }
        let digest = digest_of(self.lines.iter().map(|line| line.line));
        let count = u64::try_from(self.lines.len()).unwrap_or(u64::MAX);
        let is_said = [
            ("count", self.in_all.count == count),
            ("sum", self.in_all.sum == sum),
            ("digest", self.in_all.digest == digest),
        ];
        match is_said.into_iter().find(|(_, is_so)| !is_so) {
            Some((which, _)) => refused(RefusalCode::MonthSums, which.to_owned()),
            None => Ok(Ok(lines)),
        }
    }
}

/// An id of its own among the month's: what was taken back and confirmed again at the same moment has another.
fn id(asked: &Digest, at: Timestamp, month: &InstitutionMonthRow) -> ConfirmationId {
    let mut random = [0; 10];
    for (byte, of) in random.iter_mut().zip(asked.as_bytes()) {
        *byte = *of;
    }
    let times = (0..).map(|later| at.as_millis().saturating_add(later));
    let mut ids = times.map(|millis| ConfirmationId::from_parts(millis, random));
    ids.find(|id| month.confirmation(*id).is_none())
        .unwrap_or_else(|| ConfirmationId::from_parts(at.as_millis(), random))
}

/// Takes a confirmation back, whole.
pub struct RollBack {
    /// Whose.
    pub institution: InstitutionCode,
    /// Of which month.
    pub month: Month,
    /// Which.
    pub confirmation: ConfirmationId,
    /// The last day on which that may be.
    pub until: BusinessDay,
}

impl Command for RollBack {
    type Answer = Told<()>;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Told<()>>, StoreError> {
        let row = rows.institution_month(self.institution, self.month.first())?;
        let month = row.unwrap_or(InstitutionMonthRow::NEW);
        let Some(known) = month.confirmation(self.confirmation) else {
            let code = RefusalCode::ConfirmationUnknown;
            return Ok(Told::refused(code, self.confirmation));
        };
        if known.rolled_back.is_some() {
            return Ok(Verdict::Answer(Told::Done(())));
        }
        if month.closed.is_some() {
            return Ok(Told::refused(RefusalCode::MonthClosed, &self.month));
        }
        if at.business_day_shanghai() > self.until {
            return Ok(Told::refused(RefusalCode::MonthTooLate, self.until));
        }
        let record = MonthRolledBack {
            confirmation: self.confirmation,
            institution: self.institution,
            month: self.month,
            at,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::MonthRolledBack(record)],
            Told::Done(()),
        ))
    }
}

/// Closes an institution's month, or opens it again.
pub struct SetMonth {
    /// Whose.
    pub institution: InstitutionCode,
    /// Which.
    pub month: Month,
    /// How it is to stand.
    pub standing: MonthStanding,
    /// Who says so.
    pub officer: OfficerName,
}

impl Command for SetMonth {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let row = rows.institution_month(self.institution, self.month.first())?;
        let is_closed = row.is_some_and(|row| row.closed.is_some());
        let standing = if is_closed {
            MonthStanding::Closed
        } else {
            MonthStanding::Open
        };
        if standing == self.standing {
            return Ok(Verdict::Answer(()));
        }
        let record = InstitutionMonthSet {
            institution: self.institution,
            month: self.month,
            standing: self.standing,
            officer: self.officer,
            at,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::InstitutionMonthSet(record)],
            (),
        ))
    }
}

#[cfg(test)]
mod tests;
