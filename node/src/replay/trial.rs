//! A region's stored settlements of some days of care under a document that is published nowhere.
//!
//! The document's own days are set aside, so that next year's rules can be tried on last year's bills; which
//! days of care a visit has is the document's to say. All settlements of the region are read, whatever
//! document decided them.

use std::ops::ControlFlow;

use huitong_adjudication::facts::benefit_date;
use huitong_adjudication::{Compiled, facts};
use huitong_core::date::DateInterval;
use huitong_core::record::home::Committed;
use huitong_core::refusal::RefusalCode;

use super::again::Again;
use super::tally::Tally;
use super::{Ended, Listener, out_of_range, settlements};
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::policies::HeldPolicy;
use crate::store::{Location, StoreError};

/// The most settlements of one replay.
pub const SETTLEMENTS_AT_MOST: u64 = 1_000_000;
/// The most people of one replay.
pub const PEOPLE_AT_MOST: usize = 250_000;
/// After so many settlements read, whoever listens is told.
const TOLD_EVERY: u64 = 1_000;

/// What is tried.
#[derive(Debug)]
pub struct Trial {
    /// The document.
    pub policy: HeldPolicy,
    /// The days of care.
    pub days: DateInterval,
    /// How many of the biggest changes are named.
    pub named: usize,
}

/// How far a replay is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Settlements read.
    pub read: u64,
    /// Settlements of these days.
    pub replayed: u64,
}

impl Trial {
    /// Replays.
    ///
    /// # Errors
    /// `replay.too_large`, `deadline.passed`, or the node's own trouble.
    pub fn run(
        &self,
        ledger: &Ledger,
        listener: &mut dyn Listener<Progress>,
    ) -> Result<Ended<Tally>, NodeError> {
        let digest = self.policy.digest();
        let policy = self.policy.policy().clone().holding_on(self.days);
        let compiled = Compiled::new(policy, digest)
            .map_err(|fault| NodeError::refused(RefusalCode::PolicyFault, fault))?;
        let mut replay = Replay {
            compiled: &compiled,
            days: self.days,
            again: Again::default(),
            tally: Tally::new(self.named),
            progress: Progress {
                read: 0,
                replayed: 0,
            },
        };
        let listener = std::cell::RefCell::new(listener);
        let ended = settlements(
            ledger,
            Location::nowhere(),
            &mut || listener.borrow().is_there(),
            &mut |stored| {
                let progress = replay.take(&stored)?;
                if progress.read.is_multiple_of(TOLD_EVERY) {
                    Ok(listener.borrow_mut().tell(progress))
                } else {
                    Ok(ControlFlow::Continue(()))
                }
            },
        )?;
        Ok(match ended {
            ControlFlow::Continue(()) => Ended::With(replay.tally),
            ControlFlow::Break(()) => Ended::Unheard,
        })
    }
}

/// A replay under way.
struct Replay<'a> {
    compiled: &'a Compiled,
    days: DateInterval,
    again: Again,
    tally: Tally,
    progress: Progress,
}

impl Replay<'_> {
    fn take(&mut self, stored: &Committed) -> Result<Progress, NodeError> {
        self.progress.read = self.progress.read.saturating_add(1);
        let day = benefit_date(self.compiled.policy(), &stored.claim.visit);
        if !self.days.contains(day) {
            return Ok(self.progress);
        }
        self.progress.replayed = self.progress.replayed.saturating_add(1);
        match self.again.decide(stored, self.compiled) {
            Ok(decision) => {
                let coverage = &stored.snapshot.coverage;
                let facts = facts(self.compiled.policy(), &stored.claim, coverage);
                let facts = facts.map_err(|_| StoreError::Inconsistent("facts came and went"))?;
                let settlement = stored.body().clearing.settlement;
                self.tally
                    .add(settlement, &facts, &stored.decision, &decision)
                    .map_err(out_of_range)?;
            }
            Err(fault) => self.tally.leave(&fault),
        }
        if self.progress.replayed > SETTLEMENTS_AT_MOST || self.again.people() > PEOPLE_AT_MOST {
            let detail = format!("{SETTLEMENTS_AT_MOST} settlements, {PEOPLE_AT_MOST} people");
            return Err(NodeError::refused(RefusalCode::ReplayTooLarge, detail));
        }
        Ok(self.progress)
    }
}
