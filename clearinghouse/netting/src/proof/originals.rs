//! That nothing is taken back which is not taken: a reversal goes with its settlement, the end of a deduction with that
//! deduction, a deduction with its settlement where it is known of which it is, or an earlier plan took those.

use huitong_core::checkpoint::row::Pair;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Debt, LegKind};
use huitong_core::region::RegionCode;

use crate::fault::PlanFault;
use crate::inputs::{AgreedLeg, Inputs};

/// A debt with who owes and who is owed.
type Whole = (Debt, RegionCode, RegionCode);

/// What a leg takes back, if it takes anything back.
fn original(
    leg: &AgreedLeg,
    settlement_of: &impl Fn(&AgreedLeg) -> Option<SettlementId>,
) -> Option<Whole> {
    let (settlement, kind) = match leg.kind {
        LegKind::Deduction => (settlement_of(leg)?, LegKind::Settlement),
        LegKind::Settlement | LegKind::Reversal | LegKind::DeductionEnd | LegKind::Correction => {
            (leg.settlement, leg.kind.takes_back()?)
        }
    };
    Some(((settlement, kind, leg.fund), leg.creditor, leg.debtor))
}

/// Where debts may be wanted, by the end of the settlement's id: few are, and the others need not be looked for.
struct Maybe(Vec<bool>);

impl Maybe {
    const PLACES: usize = 1 << 20;

    fn of(wanted: &[Whole]) -> Self {
        let mut places = vec![false; Self::PLACES];
        for debt in wanted {
            if let Some(place) = places.get_mut(Self::place(debt)) {
                *place = true;
            }
        }
        Self(places)
    }

    fn has(&self, debt: &Whole) -> bool {
        self.0.get(Self::place(debt)).copied().unwrap_or(true)
    }

    fn place(((settlement, _, _), _, _): &Whole) -> usize {
        let [.., high, middle, low] = settlement.to_bytes();
        let end = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
        end % Self::PLACES
    }
}

/// Proves that what legs take back is among them, or was taken by an earlier plan, which is asked about the few others. Of
/// which settlement a deduction is, its leg does not say: it is asked, and of what is not known nothing is proven.
///
/// # Errors
/// What the look-up says. Inside it the first leg without what it takes back.
pub fn check_originals<E>(
    inputs: &Inputs<'_>,
    settlement_of: impl Fn(&AgreedLeg) -> Option<SettlementId>,
    mut is_taken: impl FnMut(Debt, Pair) -> Result<bool, E>,
) -> Result<Result<(), PlanFault>, E> {
    let original = |leg: &AgreedLeg| original(leg, &settlement_of);
    let mut wanted: Vec<Whole> = inputs.legs.iter().filter_map(original).collect();
    if wanted.is_empty() {
        return Ok(Ok(()));
    }
    wanted.sort_unstable();
    let maybe = Maybe::of(&wanted);
    let debts = inputs.legs.iter();
    let debts = debts.map(|leg| (leg.debt(), leg.debtor, leg.creditor));
    let here = debts.filter(|debt| maybe.has(debt) && wanted.binary_search(debt).is_ok());
    let mut here: Vec<Whole> = here.collect();
    here.sort_unstable();
    for leg in inputs.legs {
        let Some(of) = original(leg).filter(|of| here.binary_search(of).is_err()) else {
            continue;
        };
        let (debt, debtor, creditor) = of;
        let pair = Pair {
            debtor,
            creditor,
            fund: leg.fund,
        };
        if !is_taken(debt, pair)? {
            return Ok(Err(PlanFault::WithoutOriginal {
                region: leg.creditor,
                number: leg.receivable,
            }));
        }
    }
    Ok(Ok(()))
}
