//! The legs of one report, taken in one after the other, and what is got ready for them first.

use std::convert::Infallible;

use huitong_core::leg::{Debt, NumberedLeg};
use huitong_core::record::clearing::LegsTaken;

use super::Matching;

/// How many legs are got ready for at once: what is fetched for them stays near the processor until they are taken in.
const AT_ONCE: usize = 256;

impl Matching {
    /// Takes in the legs of a report. `netted` looks up the plan that took a debt which is not known here.
    pub(crate) fn take_report(&mut self, taken: &LegsTaken, netted: &dyn Fn(Debt) -> Option<u64>) {
        let netted = |debt| Ok::<_, Infallible>(netted(debt));
        for some in taken.legs.chunks(AT_ONCE) {
            self.get_ready(some);
            for numbered in some {
                let Ok(()) = self.take(taken.region, numbered.clone(), taken.at, netted);
            }
        }
    }

    /// Makes room for what is not known of these legs. It does more: where a debt lies is as good as random and far from the
    /// processor, and what is asked for all together comes at the same time, not one after the other.
    fn get_ready(&mut self, legs: &[NumberedLeg]) {
        let debts = legs.iter().map(|numbered| numbered.leg.debt());
        let unknown = debts.filter(|debt| !self.debts.contains_key(debt)).count();
        self.debts.reserve(unknown);
    }
}
