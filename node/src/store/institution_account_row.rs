//! The rows of institutions' own accounts: what was reconciled and confirmed.

use huitong_core::canonical_struct;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::id::ConfirmationId;
use huitong_core::institution_account::{LineVerdict, LinesInAll, Span, Totals};
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;

/// How an institution's day was reconciled last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReconciledRow {
    /// The span that was stated.
    pub span: Span,
    /// What the institution stated of it.
    pub stated: Totals,
    /// What the node's book had of it.
    pub own: Totals,
    /// How many settlements that had of this day.
    pub settled: u64,
    /// How many reversals.
    pub reversed: u64,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ReconciledRow {
    span,
    stated,
    own,
    settled,
    reversed,
    at
});

/// What an institution said last of a line of its month. It counts while its confirmation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthLineRow {
    /// Under which confirmation.
    pub confirmation: ConfirmationId,
    /// The digest of the line then.
    pub line: Digest,
    /// What was said.
    pub verdict: LineVerdict,
}

canonical_struct!(MonthLineRow {
    confirmation,
    line,
    verdict
});

/// One confirmation of an institution's month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmationRow {
    /// Its id.
    pub id: ConfirmationId,
    /// The digest of what was asked.
    pub asked: Digest,
    /// The lines in all.
    pub in_all: LinesInAll,
    /// How many of them were confirmed.
    pub confirmed: u64,
    /// What was left to be paid for those.
    pub applied: Fen,
    /// When it was made.
    pub at: Timestamp,
    /// When it was taken back.
    pub rolled_back: Option<Timestamp>,
}

canonical_struct!(ConfirmationRow {
    id,
    asked,
    in_all,
    confirmed,
    applied,
    at,
    rolled_back
});

/// An institution's month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstitutionMonthRow {
    /// Who closed it; none while it is open.
    pub closed: Option<OfficerName>,
    /// What was confirmed of it, by the time of each; of what was taken back, the latest.
    pub confirmations: Vec<ConfirmationRow>,
}

canonical_struct!(InstitutionMonthRow {
    closed,
    confirmations
});

impl InstitutionMonthRow {
    /// How many confirmations of a month may stand.
    pub const AT_MOST: usize = 500;
    /// How many of those taken back are kept.
    pub const TAKEN_BACK_AT_MOST: usize = 500;

    /// A month of which nobody has said anything.
    pub const NEW: Self = Self {
        closed: None,
        confirmations: Vec::new(),
    };

    /// The confirmation of this id.
    #[must_use]
    pub fn confirmation(&self, id: ConfirmationId) -> Option<&ConfirmationRow> {
        self.confirmations.iter().find(|row| row.id == id)
    }

    /// Those that stand.
    pub fn standing(&self) -> impl Iterator<Item = &ConfirmationRow> {
        let all = self.confirmations.iter();
        all.filter(|row| row.rolled_back.is_none())
    }

    /// Takes a confirmation back. What was taken back longest ago is forgotten when there are too many of them.
    pub(super) fn take_back(&mut self, id: ConfirmationId, at: Timestamp) {
        for row in &mut self.confirmations {
            if row.id == id {
                row.rolled_back = Some(at);
            }
        }
        let rows = self.confirmations.iter();
        let mut back: Vec<(Timestamp, ConfirmationId)> = rows
            .filter_map(|row| row.rolled_back.map(|at| (at, row.id)))
            .collect();
        back.sort();
        let Some(too_many) = back.len().checked_sub(Self::TAKEN_BACK_AT_MOST) else {
            return;
        };
        for (_, forgotten) in back.into_iter().take(too_many) {
            self.confirmations.retain(|row| row.id != forgotten);
        }
    }

    /// Whether what was said of a line counts.
    #[must_use]
    pub fn counts(&self, line: &MonthLineRow) -> bool {
        self.standing().any(|row| row.id == line.confirmation)
    }
}
