//! Deductions, and what their region says of which settlements they are. Deliberately absent: how either is decided.

use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg};
use huitong_core::money::Fen;
use huitong_core::record::clearing::DeductionOf;

use super::{House, told};
use crate::decide::{self, Report};
use crate::refusal::Refusal;

/// A deduction from a settlement, under an id of its own: its debtor is owed the settlement.
pub(crate) fn deducted(id: u8, settled: &Leg, fen: i64) -> Leg {
    Leg {
        settlement: SettlementId::from_parts(i64::from(id), [id; 10]),
        kind: LegKind::Deduction,
        debtor: settled.creditor,
        creditor: settled.debtor,
        amount: Fen::new(fen).unwrap(),
        ..settled.clone()
    }
}

/// The end of a deduction, whole.
pub(crate) fn ended(deduction: &Leg) -> Leg {
    Leg {
        kind: LegKind::DeductionEnd,
        debtor: deduction.creditor,
        creditor: deduction.debtor,
        ..deduction.clone()
    }
}

/// The word that the leg of this number is of a settlement.
pub(crate) fn of(number: u64, settled: &Leg) -> DeductionOf {
    DeductionOf {
        number,
        settlement: settled.settlement,
    }
}

impl House {
    /// Reports legs with what is said beside them.
    pub(crate) fn report_of(
        &self,
        of: usize,
        legs: &[NumberedLeg],
        said: &[DeductionOf],
    ) -> Result<u64, Refusal> {
        let report = Report::new(told(of), (legs.to_vec(), said.to_vec()));
        let taken = self.ask(move |context| decide::report_legs(context, report))?;
        taken.whole()
    }
}
