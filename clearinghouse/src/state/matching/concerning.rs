//! What is held of the debts of one region, whoever told of them. Deliberately absent: why it waits.

use huitong_core::region::RegionCode;

use super::steps::Ends;
use super::{Matching, Place};

impl Matching {
    /// Shows, of so many more legs at most, where those lie that a region owes or is owed; where the next lies, if there are
    /// more. The others are only passed over, which costs next to nothing for each.
    pub(crate) fn concerning(
        &self,
        region: RegionCode,
        from: Option<Place>,
        (ends, at_most): (&Ends, usize),
        mut show: impl FnMut(Place),
    ) -> Option<Place> {
        self.step(from, (Some(ends), at_most), |place, held| {
            if held.leg.debtor == region || held.leg.creditor == region {
                show(place);
            }
        })
    }
}
