//! Evidence of a settlement, that it was finally refused, or of what an audit took off it: written by a node that took part in
//! it, checked by anybody, without a node.
//!
//! Both regions can write it. Of a settlement the treatment region adds the bill as charged; the home region shows no more of the
//! person than the policy asks for. Nothing is signed for it: proven is what the home region signed when it committed or
//! refused, and of a deduction what both regions signed. Deliberately absent: that a reversal ended a deduction.

mod check;
mod deduction;
mod provisional;

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::clearing_evidence::ClearingEvidence;
use huitong_core::coverage::Snapshot;
use huitong_core::date::Timestamp;
use huitong_core::deduction_evidence::DeductionEvidence;
use huitong_core::digest::Digest;
use huitong_core::evidence::{Became, Chain, Evidence, RefusalEvidence};
use huitong_core::final_refusal::{FinalRefusal, RefusedRequest};
use huitong_core::id::{ReversalId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::leg::LegKind;
use huitong_core::receipt::GroupSignature;
use huitong_core::record::NodeRecord;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::reversal::HomeWord;

pub use check::{
    Checked, CheckedDeduction, CheckedProof, CheckedRefusal, EVIDENCE_BYTES_AT_MOST, EvidenceFault,
    check_own,
};
pub use provisional::{Paper, check};

use huitong_transport::Certified;

use crate::earlier::is_named;
use crate::error::NodeError;
use crate::home::receipts::{receipt_at, refusal_at, reversal_at};
use crate::ledger::Ledger;
use crate::peers::Homes;
use crate::policies::{HeldPolicy, PolicyBook};
use crate::store::apply::Records;
use crate::store::{HomeState, Location, ReversalState, Rows, StoreError, is_erased};
use crate::treatment::{RefusedView, SettledView, TreatmentRole, ViewState};

/// What a node can prove.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value passed on once, never kept in numbers"
)]
pub enum Proof {
    /// That a settlement stands, or stood.
    Settlement(Evidence),
    /// That an id is finally refused or given up.
    Refusal(RefusalEvidence),
    /// What an audit took off, and what the home region said.
    Deduction(DeductionEvidence),
}

impl Proof {
    /// A file as it is.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Settlement(evidence) => evidence.to_bytes(),
            Self::Refusal(evidence) => evidence.to_bytes(),
            Self::Deduction(evidence) => evidence.to_bytes(),
        }
    }
}

/// How often it is waited for that a commit is synced: the second time it is older than the wait.
const BARRIERS_AT_MOST: usize = 2;

/// Who may see a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// An officer of the region: any.
    Officer,
    /// An institution: its own.
    Institution(InstitutionCode),
}

/// Writes evidence of what this node took part in.
pub struct EvidenceDesk {
    /// The node's region.
    pub region: RegionCode,
    /// The certificate of the node's own signing key.
    pub signer: Certified,
    /// Journal and rows.
    pub ledger: Arc<Ledger>,
    /// The treatment role.
    pub treatment: Arc<TreatmentRole>,
    /// The policies at hand.
    pub policies: Arc<PolicyBook>,
    /// The directory, with the signing certificates of others.
    pub homes: Homes,
}

impl EvidenceDesk {
    /// The evidence of a settlement of the own hospitals, or, when another region is named, of one of the
    /// own members there; or that it was finally refused or given up.
    ///
    /// # Errors
    /// A refusal: nothing is known of the id, its outcome is open, or the certificate that belongs to its
    /// signature is not at hand. Or the node's own trouble.
    pub async fn evidence(
        &self,
        settlement: SettlementId,
        treatment: RegionCode,
        reader: Reader,
    ) -> Result<Paper, NodeError> {
        if treatment == self.region {
            // What the own officers settled by hand was prepared by nobody.
            let treated = self.treatment.view(settlement).await?.is_some();
            if treated || reader != Reader::Officer {
                return self.treated_here(settlement, reader).await;
            }
            self.insured_here(settlement, treatment, reader).await
        } else {
            self.insured_here(settlement, treatment, reader).await
        }
    }

    /// What clearing may see of the home region's word on a settlement, or on its reversal.
    ///
    /// # Errors
    /// As [`EvidenceDesk::evidence`]; also when it was never settled, or never reversed.
    pub async fn clearing_evidence(
        &self,
        settlement: SettlementId,
        kind: LegKind,
        (home, treatment): (RegionCode, RegionCode),
    ) -> Result<ClearingEvidence, NodeError> {
        let proof = self.evidence(settlement, treatment, Reader::Officer);
        let Proof::Settlement(evidence) = proof.await?.proof else {
            return Err(not_settled(settlement));
        };
        let HomeWord { receipt, reversal } = evidence.word;
        if receipt.body.clearing.home != home {
            return Err(not_found(settlement));
        }
        match kind {
            LegKind::Settlement => {
                let at = receipt.body.committed_at;
                let signer = self.signer_of(home, &receipt.group, at)?;
                Ok(ClearingEvidence::of_receipt(receipt, signer))
            }
            LegKind::Reversal => {
                let reversal = reversal.ok_or_else(|| not_found(settlement))?;
                let at = reversal.body.reversed_at;
                let signer = self.signer_of(home, &reversal.group, at)?;
                Ok(ClearingEvidence::of_reversal(reversal, signer))
            }
            // No receipt says anything of it.
            LegKind::Deduction | LegKind::DeductionEnd | LegKind::Correction => {
                Err(not_found(settlement))
            }
        }
    }

    async fn treated_here(
        &self,
        settlement: SettlementId,
        reader: Reader,
    ) -> Result<Paper, NodeError> {
        let view = self.treatment.view(settlement).await?;
        // Another institution's settlement is as unknown as one that never was.
        let view = view.filter(|view| match reader {
            Reader::Officer => true,
            Reader::Institution(own) => view.institution == own,
        });
        let state = view.ok_or_else(|| not_found(settlement))?.state;
        let (settled, reversal) = match state {
            ViewState::Settled(settled) => (*settled, None),
            ViewState::Reversed(reversed) => (reversed.settled, Some(reversed.reversal)),
            ViewState::Refused(refused) | ViewState::Abandoned(refused) => {
                return self.of_refused(*refused);
            }
            ViewState::Prepared | ViewState::Provisional(_) | ViewState::BeingAbandoned => {
                return Err(not_settled(settlement));
            }
        };
        let SettledView {
            prepared,
            snapshot,
            decision,
            receipt,
            trued_up,
        } = settled;
        let became = trued_up.map(|view| self.became(*view));
        let policy = self.policy(&decision.policy)?;
        let word = HomeWord { receipt, reversal };
        let proof = Proof::Settlement(Evidence {
            signers: self.signers(&word)?,
            word,
            claim: prepared.claim,
            decision,
            snapshot,
            policy: policy.document.clone(),
            bill: prepared.bill,
        });
        Ok(Paper { proof, became })
    }

    /// A word that buried the id says nothing of the claim, so none is shown beside it, nor what was given for it.
    fn of_refused(&self, refused: RefusedView) -> Result<Paper, NodeError> {
        let became = refused.borne.map(|view| self.became(*view));
        let RefusedView { word, prepared, .. } = refused;
        let is_of_claim = matches!(word.request, RefusedRequest::Claim(_));
        let shown = prepared.filter(|_| is_of_claim);
        let (claim, bill) = shown.map_or((None, None), |of| (Some(of.claim), of.bill));
        let became = became.map(|became| Became {
            given: became.given.filter(|_| claim.is_some()),
            ..became
        });
        let proof = Proof::Refusal(RefusalEvidence {
            signer: self.signer_of(word.body.home, &word.group, word.body.refused_at)?,
            word,
            claim,
            bill,
        });
        Ok(Paper { proof, became })
    }

    fn of_word(&self, word: FinalRefusal) -> Result<Proof, NodeError> {
        Ok(Proof::Refusal(RefusalEvidence {
            signer: self.signer_of(word.body.home, &word.group, word.body.refused_at)?,
            word,
            claim: None,
            bill: None,
        }))
    }

    /// The evidence that a reversal of a settlement was finally refused: of one that an own institution asked
    /// for, or of one that was ordered of a settlement of an own member.
    ///
    /// # Errors
    /// A refusal: nothing is known of the id, or it was not finally refused; or the node's own trouble.
    pub async fn refused_reversal(
        &self,
        reversal: ReversalId,
        reader: Reader,
    ) -> Result<Proof, NodeError> {
        self.ledger.barrier().await?;
        if let Some(wish) = self.ledger.reversal(reversal)? {
            let is_own = match reader {
                Reader::Officer => true,
                Reader::Institution(own) => wish.institution == own,
            };
            return match wish.state {
                ReversalState::Refused(row) if is_own => self.of_reversal(reversal, row.at),
                ReversalState::Intended | ReversalState::Booked | ReversalState::Refused(_) => {
                    Err(NodeError::refused(RefusalCode::NotFound, reversal))
                }
            };
        }
        let asked_by = self.homes.others().map(|(region, _)| region);
        for region in std::iter::once(self.region).chain(asked_by) {
            let row = self.ledger.home_reversal(region, reversal)?;
            if let Some(at) = row.and_then(|row| row.refused)
                && reader == Reader::Officer
            {
                return self.of_word(refusal_at(&self.ledger, at)?);
            }
        }
        Err(NodeError::refused(RefusalCode::NotFound, reversal))
    }

    fn of_reversal(&self, reversal: ReversalId, at: Location) -> Result<Proof, NodeError> {
        let NodeRecord::ReversalRefused(record) = self.ledger.record(at)? else {
            return Err(StoreError::Inconsistent("a refusal's place holds another record").into());
        };
        let word = record.word;
        self.of_word(word.ok_or_else(|| NodeError::refused(RefusalCode::NotFound, reversal))?)
    }

    async fn insured_here(
        &self,
        settlement: SettlementId,
        treatment: RegionCode,
        reader: Reader,
    ) -> Result<Paper, NodeError> {
        if reader != Reader::Officer {
            return Err(not_found(settlement));
        }
        if is_erased(&*self.ledger, settlement)? {
            return Err(NodeError::refused(RefusalCode::Erased, settlement));
        }
        for _ in 0..BARRIERS_AT_MOST {
            self.ledger.barrier().await?;
            let row = self.ledger.home_settlement(treatment, settlement)?;
            let (settled, reversed) = match row.ok_or_else(|| not_found(settlement))?.state {
                HomeState::Committed(at) => (at, None),
                HomeState::Reversed(row) => (row.settled, Some(row.reversed)),
                HomeState::Refused(at) | HomeState::Tombstone(at) => {
                    if at.frame().is_none() {
                        continue;
                    }
                    return Ok(self.of_word(refusal_at(&self.ledger, at)?)?.into());
                }
            };
            // What was written since the barrier has no place yet: a commit is waited for, and a reversal is
            // not told before it is synced.
            if settled.frame().is_some() {
                let reversed = reversed.filter(|at| at.frame().is_some());
                let became = self.became_there(treatment, settlement)?;
                let proof = self.of_commit(settled, reversed)?;
                return Ok(Paper { proof, became });
            }
        }
        Err(NodeError::refused(RefusalCode::Overloaded, settlement))
    }

    fn of_commit(&self, at: Location, reversed: Option<Location>) -> Result<Proof, NodeError> {
        let Some(record) = self.ledger.record(at)?.into_committed() else {
            return Err(StoreError::Inconsistent("a commit's place holds another record").into());
        };
        let reversal = reversed.map(|at| reversal_at(&self.ledger, at));
        let word = HomeWord {
            receipt: receipt_at(&self.ledger, at)?,
            reversal: reversal.transpose()?,
        };
        let policy = self.policy(&record.decision.policy)?;
        let needs = policy.compiled.needs();
        let snapshot = Snapshot {
            coverage: record.snapshot.coverage.as_asked(needs),
            balances: record.snapshot.balances.as_asked(needs),
            ..record.snapshot
        };
        Ok(Proof::Settlement(Evidence {
            signers: self.signers(&word)?,
            word,
            claim: record.claim,
            decision: record.decision,
            snapshot,
            policy: policy.document.clone(),
            bill: None,
        }))
    }

    /// Nothing is proven without the document, which an officer may have had a restored node serve without.
    fn policy(&self, digest: &Digest) -> Result<Arc<HeldPolicy>, NodeError> {
        let policy = self.policies.get(digest);
        policy.ok_or_else(|| NodeError::refused(RefusalCode::NoPolicy, digest))
    }

    /// The certificates of the keys that signed, each once.
    fn signers(&self, word: &HomeWord) -> Result<Vec<Chain>, NodeError> {
        let receipt = &word.receipt;
        let home = receipt.body.clearing.home;
        let mut chains = vec![self.signer_of(home, &receipt.group, receipt.body.committed_at)?];
        if let Some(reversal) = &word.reversal {
            let chain = self.signer_of(home, &reversal.group, reversal.body.reversed_at)?;
            if !chains.contains(&chain) {
                chains.push(chain);
            }
        }
        Ok(chains)
    }

    /// The certificate of the key that signed a group at a moment: one of now, or one that the directory listed until after
    /// that. Who checks the evidence holds it against the operator's root at the same moment, and needs no directory.
    fn signer_of(
        &self,
        home: RegionCode,
        group: &GroupSignature,
        at: Timestamp,
    ) -> Result<Chain, NodeError> {
        let signed = group.key_id;
        let key = if home == self.region {
            Some(self.homes.own_signer(&self.signer.current(), signed, at))
        } else {
            let other = self.homes.other(home);
            other.map(|peer| self.homes.signer(&peer, signed, at))
        };
        let key = key.filter(|key| is_named(key, signed));
        let key = key.ok_or_else(|| NodeError::refused(RefusalCode::SignerUnknown, signed))?;
        Ok(key
            .chain()
            .iter()
            .map(|der| der.as_ref().to_vec())
            .collect())
    }
}

fn not_found(settlement: SettlementId) -> NodeError {
    NodeError::refused(RefusalCode::NotFound, settlement)
}

fn not_settled(settlement: SettlementId) -> NodeError {
    NodeError::refused(RefusalCode::NotSettled, settlement)
}
