//! What the writer decides about payments to institutions.

use huitong_core::date::Timestamp;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Payout;
use huitong_core::record::NodeRecord;
use huitong_core::record::payable::{InstitutionPaid, PayoutCorrected};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::vocabulary::CorrectionReason;

use crate::store::{Rows, StoreError};
use crate::writer::{Command, Verdict};

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// It is written, now or before.
    Done,
    /// It is refused, and nothing was written.
    Refused(Refusal),
}

/// Enters a payment. A reference whose payment was taken out is free again.
pub struct Pay {
    /// The payment.
    pub payout: Payout,
    /// Who enters it.
    pub officer: OfficerName,
}

impl Command for Pay {
    type Answer = Entered;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Entered>, StoreError> {
        let Self { payout, officer } = self;
        let known = rows.payout(payout.reference)?;
        if let Some(known) = known.filter(|known| known.corrected.is_none()) {
            return Ok(Verdict::Answer(if known.payout == payout {
                Entered::Done
            } else {
                let conflict = Refusal::new(RefusalCode::IdConflict, payout.reference);
                Entered::Refused(conflict)
            }));
        }
        let record = InstitutionPaid {
            payout,
            officer,
            at,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::InstitutionPaid(record)],
            Entered::Done,
        ))
    }
}

/// Takes a payment out, which is named whole.
pub struct Correct {
    /// The payment as it was entered.
    pub payout: Payout,
    /// Why.
    pub reason: CorrectionReason,
    /// Who takes it out.
    pub officer: OfficerName,
}

impl Command for Correct {
    type Answer = Entered;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Entered>, StoreError> {
        let Self {
            payout,
            reason,
            officer,
        } = self;
        let known = rows.payout(payout.reference)?;
        match known.filter(|known| known.payout == payout) {
            None => {
                let unknown = Refusal::new(RefusalCode::PayoutUnknown, payout.reference);
                Ok(Verdict::Answer(Entered::Refused(unknown)))
            }
            Some(known) if known.corrected == Some(reason) => Ok(Verdict::Answer(Entered::Done)),
            Some(known) if known.corrected.is_some() => {
                let conflict = Refusal::new(RefusalCode::IdConflict, "reason");
                Ok(Verdict::Answer(Entered::Refused(conflict)))
            }
            Some(_) => {
                let record = PayoutCorrected {
                    payout,
                    reason,
                    officer,
                    at,
                };
                Ok(Verdict::Append(
                    vec![NodeRecord::PayoutCorrected(record)],
                    Entered::Done,
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::money::Fen;
    use huitong_core::payable::Month;
    use huitong_core::payment::BankReference;

    use super::*;
    use crate::home::testing::Home;
    use crate::samples::fen;

    fn payout(reference: &str, amount: Fen) -> Payout {
        Payout {
            reference: BankReference::parse(reference).unwrap(),
            institution: "H51010400001".parse().unwrap(),
            month: Month::parse("2023-03").unwrap(),
            paid_on: "2023-04-20".parse().unwrap(),
            amount,
        }
    }

    fn pay(reference: &str, amount: i64) -> Pay {
        Pay {
            payout: payout(reference, fen(amount)),
            officer: "li.wei".parse().unwrap(),
        }
    }

    fn correct(reference: &str, amount: i64, reason: CorrectionReason) -> Correct {
        Correct {
            payout: payout(reference, fen(amount)),
            reason,
            officer: "li.wei".parse().unwrap(),
        }
    }

    fn code(entered: Entered) -> Option<RefusalCode> {
        match entered {
            Entered::Refused(refusal) => Some(refusal.code),
            Entered::Done => None,
        }
    }

    #[test]
    fn one_reference_is_one_payment() {
        let node = Home::at("510100".parse().unwrap());
        assert_eq!(node.run(pay("B-1", 100)).1.len(), 1);
        assert_eq!(node.run(pay("B-1", 100)), (Entered::Done, Vec::new()));
        let (other, records) = node.run(pay("B-1", 101));
        assert_eq!(code(other), Some(RefusalCode::IdConflict));
        assert!(records.is_empty());
        let of = payout("B-1", fen(100));
        let row = |node: &Home| {
            let of = (of.institution, of.month.first(), of.reference);
            node.rows.payout_of(of.0, of.1, of.2).unwrap()
        };
        assert_eq!(row(&node), Some(fen(100)));
    }

    #[test]
    fn a_payment_is_taken_out_whole_and_may_be_entered_rightly_under_its_reference() {
        let node = Home::at("510100".parse().unwrap());
        let wrong = CorrectionReason::WrongAmount;
        let (unknown, _) = node.run(correct("B-1", 100, wrong));
        assert_eq!(code(unknown), Some(RefusalCode::PayoutUnknown));
        node.run(pay("B-1", 100));
        let (other, _) = node.run(correct("B-1", 101, wrong));
        assert_eq!(code(other), Some(RefusalCode::PayoutUnknown));
        assert_eq!(node.run(correct("B-1", 100, wrong)).1.len(), 1);
        let again = node.run(correct("B-1", 100, wrong));
        assert_eq!(again, (Entered::Done, Vec::new()));
        let (other, _) = node.run(correct("B-1", 100, CorrectionReason::Bounced));
        assert_eq!(code(other), Some(RefusalCode::IdConflict));
        assert_eq!(node.run(pay("B-1", 110)).1.len(), 1);
        // A correction that was late takes out nothing that was entered since.
        let (late, records) = node.run(correct("B-1", 100, wrong));
        assert_eq!(code(late), Some(RefusalCode::PayoutUnknown));
        assert!(records.is_empty());
        let of = payout("B-1", fen(110));
        let paid = node
            .rows
            .payout_of(of.institution, of.month.first(), of.reference);
        assert_eq!(paid.unwrap(), Some(fen(110)));
    }
}
