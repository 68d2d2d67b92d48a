//! The settlements decided under a withdrawn document, each with what the document that decides now gives.
//!
//! Nothing is booked. Each is decided again on what those before it would have left, so the differences of
//! one person can be booked in their order. Settlements under other documents are not reopened.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use huitong_core::date::BusinessDay;
use huitong_core::decision::Decision;
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;
use huitong_core::policy::Policy;
use huitong_core::provisional::TrueUp;
use huitong_core::record::home::Committed;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::again::Again;
use super::provisional::Told;
use super::tally::{Moved, by_fund, patient};
use super::trial::{PEOPLE_AT_MOST, SETTLEMENTS_AT_MOST};
use super::{Ended, Listener, out_of_range, settlements};
use crate::error::NodeError;
use crate::home::standing::fault_refusal;
use crate::ledger::Ledger;
use crate::policies::{HeldPolicy, OwnPolicies, OwnPolicy};
use crate::store::{PolicyStanding, Rows as _, StoreError};

/// The most rows of one page.
pub const PAGE_ROWS: usize = 200;
/// The most rows of one call.
pub const ROWS_AT_MOST: u64 = 10_000;

/// One settlement decided under the withdrawn document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub settlement: SettlementId,
    /// Where the person was treated.
    pub treatment: RegionCode,
    /// The business day it fell on.
    pub business_day: BusinessDay,
    /// What each fund and account paid, and would.
    pub funds: BTreeMap<Fund, Moved>,
    /// What the patient bore, and would: of what was provisional never more cash than was told.
    pub patient: Moved,
    /// What became of it, when it was provisional.
    pub true_up: Option<TrueUp>,
    /// The document that decides now, or why nothing is decided; then nothing is paid now.
    pub now: Result<Digest, Refusal>,
}

impl Difference {
    /// What a stored settlement comes to, and by which document, or why nothing decides it.
    pub(super) fn of(
        stored: &Committed,
        decided: Result<(Decision, Digest), Refusal>,
        told: Option<Told>,
    ) -> Result<Self, StoreError> {
        let (decision, now) = match decided {
            Ok((decision, policy)) => (Some(decision), Ok(policy)),
            Err(refusal) => (None, Err(refusal)),
        };
        let old = &stored.decision;
        let part = &stored.body().clearing;
        let mut funds = by_fund(old, decision.as_ref()).map_err(out_of_range)?;
        let patient = match (told, &decision) {
            (Some(told), now) => told.moved(old, now.as_ref(), &mut funds),
            (None, Some(new)) => Ok(patient(old, new)),
            (None, None) => Ok(Moved {
                old: old.patient_total,
                new: Fen::ZERO,
            }),
        };
        Ok(Self {
            settlement: part.settlement,
            treatment: part.treatment,
            business_day: part.business_day,
            funds,
            patient: patient.map_err(out_of_range)?,
            true_up: told.map(|told| told.true_up),
            now,
        })
    }

    /// Whether anybody pays another amount.
    pub(super) fn moves(&self) -> bool {
        self.patient.change() > 0 || self.funds.values().any(|it| it.change() > 0)
    }
}

/// What was told and borne of a settlement, when it was provisional. `policy` is the one that decided it, if it is at hand.
pub(super) fn told(
    ledger: &Ledger,
    stored: &Committed,
    policy: Option<&Policy>,
) -> Result<Option<Told>, StoreError> {
    let part = &stored.body().clearing;
    let true_up = ledger.trued_up(part.treatment, part.settlement)?;
    Ok(true_up.map(|true_up| Told::of(true_up, policy)))
}

/// Sums over all rows that are decided now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferenceTotals {
    /// All settlements.
    pub settlements: u64,
    /// Those whose amounts change.
    pub changed: u64,
    /// Those that nothing decides now; they are in no sum.
    pub undecided: u64,
    /// By fund.
    pub funds: BTreeMap<Fund, Moved>,
    /// Of the patients.
    pub patient: Moved,
}

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first, from 0.
    pub from: u64,
    /// How many, at most [`ROWS_AT_MOST`].
    pub rows: u64,
}

/// Lists the rows, page by page; the sums are over all of them.
///
/// # Errors
/// `policy.wrong_state` for a document that is not withdrawn, `replay.too_large`, `deadline.passed`, or the
/// node's own trouble.
pub fn differences(
    ledger: &Ledger,
    own: &OwnPolicies,
    withdrawn: &OwnPolicy,
    window: Window,
    listener: &mut dyn Listener<Vec<Difference>>,
) -> Result<Ended<DifferenceTotals>, NodeError> {
    let digest = withdrawn.policy.digest();
    let since = match &withdrawn.standing {
        PolicyStanding::Withdrawn(withdrawn) => withdrawn.publication.since,
        PolicyStanding::Fetched(_)
        | PolicyStanding::Proposed(_)
        | PolicyStanding::Rejected(_)
        | PolicyStanding::Published(_) => {
            let detail = format!("{digest} is not withdrawn");
            return Err(NodeError::refused(RefusalCode::PolicyState, detail));
        }
    };
    let mut list = List {
        ledger,
        withdrawn: &withdrawn.policy,
        own,
        again: Again::default(),
        totals: DifferenceTotals {
            settlements: 0,
            changed: 0,
            undecided: 0,
            funds: BTreeMap::new(),
            patient: Moved::ZERO,
        },
    };
    let end = window.from.saturating_add(window.rows.min(ROWS_AT_MOST));
    let wanted = window.from..end;
    let mut page = Vec::new();
    let listener = RefCell::new(listener);
    let ended = settlements(
        ledger,
        since,
        &mut || listener.borrow().is_there(),
        &mut |stored| {
            if stored.decision.policy != digest {
                return Ok(ControlFlow::Continue(()));
            }
            let nth = list.totals.settlements;
            let row = list.take(&stored)?;
            if wanted.contains(&nth) {
                page.push(row);
            }
            if page.len() >= PAGE_ROWS {
                return Ok(listener.borrow_mut().tell(std::mem::take(&mut page)));
            }
            Ok(ControlFlow::Continue(()))
        },
    )?;
    let heard = match ended {
        ControlFlow::Continue(()) if !page.is_empty() => listener.borrow_mut().tell(page),
        other @ (ControlFlow::Continue(()) | ControlFlow::Break(())) => other,
    };
    Ok(match heard {
        ControlFlow::Continue(()) => Ended::With(list.totals),
        ControlFlow::Break(()) => Ended::Unheard,
    })
}

/// A list under way.
struct List<'a> {
    ledger: &'a Ledger,
    withdrawn: &'a HeldPolicy,
    own: &'a OwnPolicies,
    again: Again,
    totals: DifferenceTotals,
}

impl List<'_> {
    fn take(&mut self, stored: &Committed) -> Result<Difference, NodeError> {
        let row = self.row(stored)?;
        let totals = &mut self.totals;
        totals.settlements = totals.settlements.saturating_add(1);
        if row.now.is_ok() {
            totals.changed = totals.changed.saturating_add(u64::from(row.moves()));
            totals.patient = totals.patient.plus(row.patient).map_err(out_of_range)?;
            for (fund, moved) in &row.funds {
                let sum = totals.funds.entry(*fund).or_insert(Moved::ZERO);
                *sum = sum.plus(*moved).map_err(out_of_range)?;
            }
        } else {
            totals.undecided = totals.undecided.saturating_add(1);
        }
        if totals.settlements > SETTLEMENTS_AT_MOST || self.again.people() > PEOPLE_AT_MOST {
            let detail = format!("{SETTLEMENTS_AT_MOST} settlements, {PEOPLE_AT_MOST} people");
            return Err(NodeError::refused(RefusalCode::ReplayTooLarge, detail));
        }
        Ok(row)
    }

    fn row(&mut self, stored: &Committed) -> Result<Difference, NodeError> {
        let visit = &stored.claim.visit;
        let scheme = stored.snapshot.coverage.scheme;
        let decided = match self.own.deciding(scheme, visit) {
            None => {
                let detail = format!("{scheme}, {}, {}", visit.setting, visit.discharged);
                Err(Refusal::new(RefusalCode::NoPolicy, detail))
            }
            Some(policy) => match self.again.decide(stored, &policy.compiled) {
                Ok(decision) => Ok((decision, policy.digest())),
                Err(fault) => Err(fault_refusal(&fault)),
            },
        };
        let told = told(self.ledger, stored, Some(self.withdrawn.policy()))?;
        Ok(Difference::of(stored, decided, told)?)
    }
}
