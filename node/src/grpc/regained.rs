//! Legs that came back from the clearinghouse after a restore without the word that they are of, as an officer sees them.

use huitong_core::leg::LegKind;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_proto::settlement::v1;

use crate::store::{HomeState, Key, RegainedLegs, Row, Rows, StoreError};

/// The legs of one debt, and what has become of what they are of.
///
/// # Errors
/// [`StoreError`] when a row cannot be read, or is another one.
pub(super) fn legs_without_receipt(
    rows: &dyn Rows,
    own: RegionCode,
    (key, row): (Key, Row),
) -> Result<Option<v1::LegsWithoutReceipt>, StoreError> {
    let (Key::RegainedLegs(settlement, kind), Row::RegainedLegs(RegainedLegs { legs })) =
        (key, row)
    else {
        return Err(StoreError::WrongRow("RegainedLegs"));
    };
    let Some(first) = legs.first() else {
        return Ok(None);
    };
    let amount = Fen::sum(legs.iter().map(|leg| leg.leg.amount));
    let amount = amount.map_err(|_| StoreError::Range("the legs of a debt"))?;
    let (debtor, creditor) = (first.leg.debtor, first.leg.creditor);
    // A settlement is owed for by its home region, and a reversal is owed to it.
    let of = match kind {
        LegKind::Settlement => Some((debtor, creditor)),
        LegKind::Reversal => Some((creditor, debtor)),
        LegKind::Deduction | LegKind::DeductionEnd | LegKind::Correction => None,
    };
    let standing = match of.filter(|(home, _)| *home == own) {
        None => "",
        Some((_, treatment)) => match rows.home_settlement(treatment, settlement)? {
            None if rows.late_claim(treatment, settlement)?.is_some() => "late",
            None => "open",
            Some(row) => match row.state {
                HomeState::Committed(_) => "stands",
                HomeState::Reversed(_) => "reversed",
                HomeState::Refused(_) | HomeState::Tombstone(_) => "given_up",
            },
        },
    };
    Ok(Some(v1::LegsWithoutReceipt {
        settlement: settlement.to_string(),
        kind: kind.to_string(),
        debtor: debtor.to_string(),
        creditor: creditor.to_string(),
        amount_fen: amount.get(),
        business_day: first.leg.business_day.to_string(),
        standing: standing.to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::late::outcome::tests::put_to;
    use crate::home::restored::tests::{restored, settled};
    use crate::home::testing::Home;
    use crate::samples::{fen, id, person};

    #[test]
    fn a_late_claim_that_waits_at_the_new_home_is_named() {
        let mut legs = settled(9);
        legs[0].amount = fen(499);
        let home = restored(&legs);
        let standing = |home: &Home| {
            let (kind, own) = (LegKind::Settlement, person().home);
            let row = home.rows.regained_legs(id(1), kind).unwrap().unwrap();
            let row = (Key::RegainedLegs(id(1), kind), Row::RegainedLegs(row));
            let told = legs_without_receipt(&home.rows, own, row).unwrap();
            told.unwrap().standing
        };
        assert_eq!(standing(&home), "open");
        put_to(&home);
        assert_eq!(standing(&home), "late");
    }
}
