//! Treatment role: what an institution reconciled and confirmed, and which months the bureau closed for it.

use crate::canonical_struct;
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::id::{ConfirmationId, SettlementId};
use crate::institution::InstitutionCode;
use crate::institution_account::{DayCount, LineVerdict, LinesInAll, MonthStanding, Span, Totals};
use crate::money::Fen;
use crate::officer::OfficerName;
use crate::payable::Month;
use crate::vocabulary::Setting;

/// An institution stated its totals of a span, and was answered what the node's book has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstitutionReconciled {
    /// Which.
    pub institution: InstitutionCode,
    /// Of which days.
    pub span: Span,
    /// Of one kind of care; none for all.
    pub setting: Option<Setting>,
    /// What it stated.
    pub stated: Totals,
    /// What the node's book had.
    pub own: Totals,
    /// That, day by day.
    pub days: Vec<DayCount>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(InstitutionReconciled {
    institution,
    span,
    setting,
    stated,
    own,
    days,
    at
});

/// What an institution says of one line of its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmedLine {
    /// Which settlement.
    pub settlement: SettlementId,
    /// The digest of the line as it stood.
    pub line: Digest,
    /// What was left to be paid for it then.
    pub payable: Fen,
    /// What is said of it.
    pub verdict: LineVerdict,
}

canonical_struct!(ConfirmedLine {
    settlement,
    line,
    payable,
    verdict
});

/// An institution confirmed lines of its month, or objected to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthConfirmed {
    /// Under which id.
    pub confirmation: ConfirmationId,
    /// Which institution.
    pub institution: InstitutionCode,
    /// Of which month.
    pub month: Month,
    /// The lines in all, as it stated them.
    pub in_all: LinesInAll,
    /// The digest of what was asked: the same request again is the same confirmation.
    pub asked: Digest,
    /// The lines.
    pub lines: Vec<ConfirmedLine>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(MonthConfirmed {
    confirmation,
    institution,
    month,
    in_all,
    asked,
    lines,
    at
});

/// An institution took a confirmation back, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthRolledBack {
    /// Which confirmation.
    pub confirmation: ConfirmationId,
    /// Of which institution.
    pub institution: InstitutionCode,
    /// Of which month.
    pub month: Month,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(MonthRolledBack {
    confirmation,
    institution,
    month,
    at
});

/// An officer closed an institution's month, or opened it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstitutionMonthSet {
    /// Which institution.
    pub institution: InstitutionCode,
    /// Which month.
    pub month: Month,
    /// How it stands now.
    pub standing: MonthStanding,
    /// Who did it.
    pub officer: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(InstitutionMonthSet {
    institution,
    month,
    standing,
    officer,
    at
});
