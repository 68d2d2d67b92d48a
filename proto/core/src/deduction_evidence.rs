//! Evidence of an audit deduction, in a file: the treatment region's order and the home region's word on it, and once it was
//! withdrawn the same of that, each as it was signed.
//!
//! Money moves by it only when both have said so, so both are in it, with the certificates of their keys. It names no person.
//! Deliberately absent: the receipt of the settlement, which an order names by its digest (`crate::evidence` proves that),
//! and that a reversal of the settlement has ended it.

use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::deduction::{DeductionAct, DeductionBody, DeductionVerdict, DeductionWord};
use crate::evidence::{Chain, Mismatch};

/// A deduction and all that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionEvidence {
    /// The keys that signed, each once.
    pub signers: Vec<Chain>,
    /// What was ordered, and what the home region said.
    pub word: DeductionWord,
    /// The same of its withdrawal, once that was accepted.
    pub withdrawn: Option<DeductionWord>,
}

canonical_struct!(DeductionEvidence {
    signers,
    word,
    withdrawn
});

impl Artifact for DeductionEvidence {
    const KIND: [u8; 4] = *b"EVDD";
    const VERSION: u16 = 1;
}

impl DeductionEvidence {
    /// The first two parts that do not belong together.
    ///
    /// # Errors
    /// [`Mismatch`].
    pub fn coherent(&self) -> Result<(), Mismatch> {
        for word in std::iter::once(&self.word).chain(&self.withdrawn) {
            if !word.order.is_in_group() || !word.answer.is_in_group() {
                return Err(Mismatch::Group);
            }
            if !word.answer.body.is_of(&word.order.body) {
                return Err(Mismatch::Answer);
            }
        }
        let order = &self.word.order.body;
        let withdraws = |word: &DeductionWord| {
            is_accepted(&self.word) && is_accepted(word) && takes_back(&word.order.body, order)
        };
        let deducts = matches!(order.act, DeductionAct::Deduct(_));
        if deducts && self.withdrawn.as_ref().is_none_or(withdraws) {
            Ok(())
        } else {
            Err(Mismatch::Withdrawal)
        }
    }
}

const fn is_accepted(word: &DeductionWord) -> bool {
    matches!(word.answer.body.verdict, DeductionVerdict::Accepted(_))
}

/// Whether an order takes back just what another one took off.
fn takes_back(later: &DeductionBody, order: &DeductionBody) -> bool {
    let same_act = DeductionBody {
        act: order.act,
        ..later.clone()
    };
    matches!(later.act, DeductionAct::Withdraw(_))
        && later.deduction == order.deduction
        && same_act.first_difference(order).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden_file;
    use crate::deduction::{AnswerBody, DeductionAmounts, SignedAnswer, SignedDeduction};
    use crate::digest::Digest;
    use crate::fund::Fund;
    use crate::golden::samples;
    use crate::id::DeductionId;
    use crate::money::Fen;
    use crate::receipt::GroupSignature;
    use crate::refusal::{Refusal, RefusalCode};
    use crate::vocabulary::{DeductionEndReason, DeductionReason};

    fn group(root: Digest) -> GroupSignature {
        GroupSignature {
            root,
            size: 1,
            ..samples::receipt().group
        }
    }

    fn order(act: DeductionAct, fen: i64) -> DeductionBody {
        let receipt = samples::receipt().body;
        let amounts = vec![(Fund::ResidentPool, Fen::new(fen).unwrap())];
        DeductionBody {
            deduction: DeductionId::from_parts(1_700_000_000_000, [8; 10]),
            settlement: receipt.clearing.settlement,
            home: receipt.clearing.home,
            treatment: receipt.clearing.treatment,
            institution: "H51010400001".parse().unwrap(),
            receipt: receipt.digest(),
            amounts: DeductionAmounts::new(amounts).unwrap(),
            act,
            officer: "li.wei".parse().unwrap(),
            ordered_at: receipt.committed_at,
        }
    }

    fn word(body: DeductionBody, verdict: DeductionVerdict) -> DeductionWord {
        let answer = AnswerBody {
            deduction: body.deduction,
            home: body.home,
            treatment: body.treatment,
            order: body.digest(),
            verdict,
            answered_at: body.ordered_at,
        };
        DeductionWord {
            order: SignedDeduction {
                group: group(body.leaf()),
                body,
                index: 0,
                path: Vec::new(),
            },
            answer: SignedAnswer {
                group: group(answer.leaf()),
                body: answer,
                index: 0,
                path: Vec::new(),
            },
        }
    }

    const DEDUCT: DeductionAct = DeductionAct::Deduct(DeductionReason::DuplicatedCharge);
    const WITHDRAW: DeductionAct = DeductionAct::Withdraw(DeductionEndReason::AppealUpheld);

    fn accepted() -> DeductionVerdict {
        DeductionVerdict::Accepted("2023-03-13".parse().unwrap())
    }

    fn refused() -> DeductionVerdict {
        DeductionVerdict::Refused(Refusal::new(
            RefusalCode::DeductionTooLarge,
            "resident_pool",
        ))
    }

    fn evidence(word: DeductionWord, withdrawn: Option<DeductionWord>) -> DeductionEvidence {
        DeductionEvidence {
            signers: vec![vec![vec![0x30, 0x82]]],
            word,
            withdrawn,
        }
    }

    #[test]
    fn it_keeps_its_bytes_and_says_which_parts_do_not_belong_together() {
        let deducted = || word(order(DEDUCT, 120_000), accepted());
        let withdrawn = || word(order(WITHDRAW, 120_000), accepted());
        let whole = evidence(deducted(), Some(withdrawn()));
        golden_file("deduction_evidence", &whole);
        assert_eq!(whole.coherent(), Ok(()));
        let declined = evidence(word(order(DEDUCT, 120_000), refused()), None);
        assert_eq!(declined.coherent(), Ok(()));

        let mut other = whole.clone();
        other.word.order.index = 1;
        assert_eq!(other.coherent(), Err(Mismatch::Group));
        let mut other = whole.clone();
        other.withdrawn.as_mut().unwrap().answer.index = 1;
        assert_eq!(other.coherent(), Err(Mismatch::Group));
        let mut other = whole;
        other.word.answer = withdrawn().answer;
        assert_eq!(other.coherent(), Err(Mismatch::Answer));

        for (word, withdrawn) in [
            // A withdrawal is no deduction, nor a deduction a withdrawal; it takes all back, and of what was accepted.
            (withdrawn(), None),
            (deducted(), Some(deducted())),
            (deducted(), Some(word(order(WITHDRAW, 1), accepted()))),
            (deducted(), Some(word(order(WITHDRAW, 120_000), refused()))),
            (word(order(DEDUCT, 120_000), refused()), Some(withdrawn())),
        ] {
            let found = evidence(word, withdrawn).coherent();
            assert_eq!(found, Err(Mismatch::Withdrawal));
        }
    }
}
