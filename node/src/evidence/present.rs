//! Evidence that is presented to the node that signed it, which lost what it proves with its disk.

use huitong_core::canonical::Artifact as _;
use huitong_core::evidence::{Evidence, RefusalEvidence};
use huitong_core::id::SettlementId;
use huitong_core::recovery::ReturnedWord;
use huitong_core::refusal::RefusalCode;

use super::{EVIDENCE_BYTES_AT_MOST, EvidenceDesk, EvidenceFault, Reader, check_own, not_found};
use crate::error::NodeError;
use crate::recovery::Recovery;
use crate::recovery::presented::Presented;

impl EvidenceDesk {
    /// Books a settlement of an own insured in the own region again, by the evidence that this node wrote of it; and which that
    /// is. An institution presents its own.
    ///
    /// # Errors
    /// As [`Recovery::present`].
    pub async fn present(
        &self,
        bytes: &[u8],
        reader: Reader,
        recovery: &Recovery,
    ) -> Result<(SettlementId, Presented), NodeError> {
        let not_own = |fault: EvidenceFault| NodeError::refused(RefusalCode::EvidenceNotOwn, fault);
        if bytes.len() > EVIDENCE_BYTES_AT_MOST {
            return Err(not_own(EvidenceFault::TooLarge(bytes.len())));
        }
        if bytes.starts_with(&RefusalEvidence::KIND) {
            return Err(NodeError::refused(
                RefusalCode::EvidenceNotOwn,
                "it proves a refusal",
            ));
        }
        let evidence = Evidence::from_bytes(bytes).map_err(|fault| not_own(fault.into()))?;
        let settlement = evidence.word.receipt.body.clearing.settlement;
        let is_own = match reader {
            Reader::Officer => true,
            Reader::Institution(own) => evidence.claim.institution.code == own,
        };
        if !is_own {
            return Err(not_found(settlement));
        }
        check_own(&evidence).map_err(not_own)?;
        let Evidence {
            word,
            claim,
            decision,
            snapshot,
            ..
        } = evidence;
        let returned = ReturnedWord {
            word,
            claim,
            decision,
            snapshot,
            trued_up: None,
        };
        Ok((settlement, recovery.present(returned).await?))
    }
}
