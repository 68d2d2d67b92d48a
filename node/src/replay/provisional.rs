//! What was settled provisionally, decided otherwise: the patient was told an amount, and bears no more cash than that
//! under any decision.
//!
//! Under which decision is asked elsewhere; here is only what it means for patient and loss account.

use std::collections::BTreeMap;

use huitong_core::decision::Decision;
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::policy::Policy;
use huitong_core::provisional::TrueUp;

use super::tally::Moved;
use crate::home::figures::borne_by_patient;

/// What was told and borne of a settlement that was provisional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    /// What became of it.
    pub(super) true_up: TrueUp,
    /// How much of a shortfall the region bears.
    bears_at_most: Fen,
}

impl Told {
    /// Of what became of it, under the document that decided it.
    pub(super) fn of(true_up: TrueUp, policy: Option<&Policy>) -> Self {
        let of_policy = policy.and_then(Policy::provisional);
        let of_policy = of_policy.map(|rule| rule.home_bears);
        let bears_at_most = if true_up.treatment_bears.is_zero() {
            of_policy.map_or(true_up.home_bears, |most| most.max(true_up.home_bears))
        } else {
            // The bound was met.
            true_up.home_bears
        };
        Self {
            true_up,
            bears_at_most,
        }
    }

    /// What the patient bears under either decision; the loss account comes beside the other funds.
    pub(super) fn moved(
        &self,
        old: &Decision,
        new: Option<&Decision>,
        funds: &mut BTreeMap<Fund, Moved>,
    ) -> Result<Moved, MoneyError> {
        let now = new.map(|new| {
            let again = TrueUp::of(self.true_up.told, new.cash, self.bears_at_most);
            (new, again)
        });
        let loss = Moved {
            old: self.true_up.home_bears,
            new: now.map_or(Fen::ZERO, |(_, again)| again.home_bears),
        };
        if loss != Moved::ZERO {
            funds.insert(Fund::ProvisionalLoss, loss);
        }
        Ok(Moved {
            old: borne_by_patient(old, Some(&self.true_up))?,
            new: match now {
                Some((new, again)) => borne_by_patient(new, Some(&again))?,
                None => Fen::ZERO,
            },
        })
    }
}
