//! Disputes in the index: their steps by dispute, and where each outcome lies; and what is read of them beside the
//! writer.

use huitong_core::checkpoint;
use huitong_core::date::BusinessDay;
use huitong_core::dispute::history::DisputeHistory;
use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::step::DisputeStep;
use huitong_core::leg::{Debt, Leg, Side};
use huitong_core::record::clearing::ClearingRecord;

use super::proofs::Proofs;
use super::scan::each;
use crate::disputes::{DisputeFault, Disputes};
use crate::store::index::Pair;
use crate::store::keys::{self, Place};
use crate::store::{Index, StoreError};

/// The most steps of a dispute that are read at once. A dispute has a handful, but proposals may be made anew.
const STEPS_AT_ONCE: usize = 1_024;

/// What a step changes.
pub(super) fn step_row(step: &DisputeStep, place: Place) -> Result<Pair, StoreError> {
    let name = step.dispute();
    let name = name.map_err(|error| StoreError::Foreign(error.to_string()))?;
    Ok((keys::dispute_step(name, &place), keys::value(step)))
}

/// All disputes, as the steps of each come to in the order of the journal.
pub(super) fn load(index: &dyn Index) -> Result<Disputes, StoreError> {
    let foreign = |fault: DisputeFault| StoreError::Foreign(fault.to_string());
    let mut disputes = Disputes::default();
    each(index, keys::DISPUTES, |_, value| {
        let step: DisputeStep = keys::read(value)?;
        disputes.load(&step).map_err(foreign)
    })?;
    let last = index.at_or_before(&keys::outcome(u64::MAX))?;
    let last = last.filter(|(key, _)| key.starts_with(keys::OUTCOMES));
    if let Some((key, _)) = last {
        disputes.signed_up_to(keys::of_key(&key)?);
    }
    Ok(disputes)
}

impl Proofs {
    /// A dispute with every word in it, as far as it is indexed; none that is not.
    pub(crate) fn history(&self, name: DisputeName) -> Result<Option<DisputeHistory>, StoreError> {
        let index = &*self.journaled.index;
        let prefix = keys::key(keys::DISPUTES, &name);
        let (mut steps, mut from) = (Vec::new(), prefix.clone());
        loop {
            let rows = index.scan(&prefix, &from, STEPS_AT_ONCE)?;
            let Some((last, _)) = rows.last() else {
                break;
            };
            from = [last.as_slice(), &[0]].concat();
            for (_, value) in &rows {
                steps.push(keys::read::<DisputeStep>(value)?);
            }
        }
        if steps.is_empty() {
            return Ok(None);
        }
        let number = steps.iter().find_map(DisputeStep::settling);
        let place = match number {
            Some(settling) => index.get(&keys::outcome(settling.number))?,
            None => None,
        };
        let outcome = match place {
            Some(place) => {
                let record = self.journaled.record(&keys::read(&place)?)?;
                let ClearingRecord::DisputeSigned(certified) = record else {
                    let what = "another record where the index says there is an outcome";
                    return Err(StoreError::Foreign(what.to_owned()));
                };
                Some(certified)
            }
            None => None,
        };
        Ok(Some(DisputeHistory { steps, outcome }))
    }

    /// The creditor's leg of a debt of these two that an indexed plan took, and the plan's cycle.
    pub(crate) fn netted_leg(
        &self,
        debt: Debt,
        pair: checkpoint::row::Pair,
    ) -> Result<Option<(Leg, BusinessDay)>, StoreError> {
        let Some(number) = self.journaled.taken.plan_of_pair(debt, pair)? else {
            return Ok(None);
        };
        let Some(plan) = self.journaled.plan_by_number(number)? else {
            return Ok(None);
        };
        let Some(window) = plan.window(pair.creditor) else {
            return Ok(None);
        };
        let parent = self.journaled.plan_by_number(number.saturating_sub(1))?;
        let mut found = None;
        self.journaled
            .visit_taken(window, parent.as_ref(), &mut |_, numbered| {
                let (leg, side) = (&numbered.leg, numbered.side);
                let is_whose = checkpoint::row::Pair::of(leg) == pair;
                if side == Side::Receivable && leg.debt() == debt && is_whose {
                    found = Some((numbered.leg, plan.day()));
                }
                Ok(())
            })?;
        Ok(found)
    }
}
