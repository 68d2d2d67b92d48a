//! Evidence of an audit deduction: the order of the treatment region and the home region's word, as both hold them.

use huitong_core::deduction::DeductionWord;
use huitong_core::deduction_evidence::DeductionEvidence;
use huitong_core::evidence::Chain;
use huitong_core::id::DeductionId;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::{EvidenceDesk, Proof, Reader};
use crate::error::NodeError;
use crate::home::deduction::words::word_at;
use crate::store::{DeductionState, Location, Rows, is_erased};

/// Where the words on a deduction lie.
struct Words {
    /// The home region's; none before it has answered.
    answered: Option<Location>,
    /// On its withdrawal, once that was accepted.
    withdrawn: Option<Location>,
}

impl EvidenceDesk {
    /// The evidence of a deduction that the own region ordered, or, when another region is named, one that it ordered of what
    /// the own region had settled. An institution sees its own.
    ///
    /// # Errors
    /// A refusal: no deduction of this id is known, the home region has not answered, or the certificate that belongs to a
    /// signature is not at hand. Or the node's own trouble.
    pub async fn deduction(
        &self,
        deduction: DeductionId,
        treatment: RegionCode,
        reader: Reader,
    ) -> Result<Proof, NodeError> {
        self.ledger.barrier().await?;
        let words = self.words(deduction, treatment, reader)?;
        let words = words.ok_or_else(|| refused(RefusalCode::DeductionUnknown, deduction))?;
        let word = self.word(words.answered)?;
        let word = word.ok_or_else(|| refused(RefusalCode::OutcomeUnknown, deduction))?;
        let withdrawn = self.word(words.withdrawn)?;
        let mut signers = Vec::new();
        for word in std::iter::once(&word).chain(&withdrawn) {
            for chain in self.signers_of(word)? {
                if !signers.contains(&chain) {
                    signers.push(chain);
                }
            }
        }
        Ok(Proof::Deduction(DeductionEvidence {
            signers,
            word,
            withdrawn,
        }))
    }

    fn words(
        &self,
        deduction: DeductionId,
        treatment: RegionCode,
        reader: Reader,
    ) -> Result<Option<Words>, NodeError> {
        if treatment == self.region {
            let row = self.ledger.deduction(deduction)?;
            // Another institution's deduction is as unknown as one that never was.
            let row = row.filter(|row| match reader {
                Reader::Officer => true,
                Reader::Institution(own) => row.institution == own,
            });
            return Ok(row.map(|row| Words {
                answered: row.answered,
                withdrawn: row.ended.filter(|_| row.state == DeductionState::Withdrawn),
            }));
        }
        if reader != Reader::Officer {
            return Ok(None);
        }
        let Some(row) = self.ledger.home_deduction(treatment, deduction)? else {
            return Ok(None);
        };
        if is_erased(&*self.ledger, row.settlement)? {
            return Err(refused(RefusalCode::Erased, deduction));
        }
        Ok(Some(Words {
            answered: Some(row.decided),
            withdrawn: row.withdrawn,
        }))
    }

    /// The word at a place, if it is on disk.
    fn word(&self, at: Option<Location>) -> Result<Option<DeductionWord>, NodeError> {
        let at = at.filter(|at| at.frame().is_some());
        Ok(at.map(|at| word_at(&self.ledger, at)).transpose()?)
    }

    /// The certificates of the keys that signed order and answer.
    fn signers_of(&self, word: &DeductionWord) -> Result<[Chain; 2], NodeError> {
        let (order, answer) = (&word.order, &word.answer);
        Ok([
            self.signer_of(order.body.treatment, &order.group, order.body.ordered_at)?,
            self.signer_of(answer.body.home, &answer.group, answer.body.answered_at)?,
        ])
    }
}

fn refused(code: RefusalCode, deduction: DeductionId) -> NodeError {
    NodeError::refused(code, deduction)
}
