//! What became of a provisional settlement, beside the evidence of it: written, and checked.
//!
//! Nobody signs it. What the patient was told follows from the snapshot that the home region had signed and from the policy;
//! what the patient pays, from that and from what was decided. When it was given is the treatment region's own word.

use huitong_adjudication::Engine;
use huitong_certs::Trust;
use huitong_core::canonical::Artifact;
use huitong_core::claim::Claim;
use huitong_core::decision::Decision;
use huitong_core::evidence::{Became, Given, ProvisionalEvidence, RefusalEvidence};
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::id::SettlementId;
use huitong_core::provisional::TrueUp;
use huitong_core::region::RegionCode;

use super::check::{
    Checked, CheckedProof, CheckedRefusal, EVIDENCE_BYTES_AT_MOST, EvidenceFault, check as of_one,
    signer,
};
use super::{EvidenceDesk, Proof};
use crate::home::figures::loss_in;
use crate::home::signing::advanced;
use crate::policies::HeldPolicy;
use crate::store::{Rows as _, StoreError};
use crate::treatment::TruedUpView;

/// What a node can prove, and what became of it when it was provisional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// The settlement, or its refusal.
    pub proof: Proof,
    /// What became of the difference.
    pub became: Option<Became>,
}

impl Paper {
    /// A file as it is.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let of = self.proof.to_bytes();
        match &self.became {
            None => of,
            Some(became) => {
                let became = became.clone();
                ProvisionalEvidence { of, became }.to_bytes()
            }
        }
    }
}

impl From<Proof> for Paper {
    fn from(proof: Proof) -> Self {
        Self {
            proof,
            became: None,
        }
    }
}

impl EvidenceDesk {
    /// What became of it, with all that it follows from. Where the policy or the certificate of then is not at hand any more, the
    /// amounts stand alone: nobody is refused the evidence of a settlement for it.
    pub(super) fn became(&self, view: TruedUpView) -> Became {
        let TruedUpView { given, true_up } = view;
        let body = &given.signed.body;
        let home = body.snapshot.person.home;
        let signer = self.signer_of(home, &given.signed.group, body.signed_at);
        let policy = self.policies.get(&given.decision.policy);
        let given = match (signer, policy) {
            (Ok(signer), Some(policy)) => Some(Given {
                signer,
                policy: policy.document.clone(),
                provisional: given,
            }),
            (Err(_), _) | (_, None) => None,
        };
        Became { true_up, given }
    }

    /// What became of a settlement of an own member there. The snapshot that it was given on is with the treatment region.
    pub(super) fn became_there(
        &self,
        treatment: RegionCode,
        settlement: SettlementId,
    ) -> Result<Option<Became>, StoreError> {
        let true_up = self.ledger.trued_up(treatment, settlement)?;
        Ok(true_up.map(|true_up| Became {
            true_up,
            given: None,
        }))
    }
}

/// Reads evidence and checks all of it; of what was provisional also that what became of it follows.
///
/// # Errors
/// The first [`EvidenceFault`].
pub fn check(bytes: &[u8], trust: &Trust) -> Result<CheckedProof, EvidenceFault> {
    if bytes.len() > EVIDENCE_BYTES_AT_MOST || !bytes.starts_with(&ProvisionalEvidence::KIND) {
        return of_one(bytes, trust);
    }
    let ProvisionalEvidence { of, became } = ProvisionalEvidence::from_bytes(bytes)?;
    let mut proof = of_one(&of, trust)?;
    match &mut proof {
        CheckedProof::Settlement(Checked {
            evidence,
            became: place,
            ..
        }) => {
            let part = &evidence.word.receipt.body.clearing;
            let (loss, decided) = (loss_in(&part.amounts), evidence.decision.cash);
            let expected = TrueUp::of(became.true_up.told, decided, loss);
            if became.true_up != expected || became.true_up.home_bears != loss {
                return Err(EvidenceFault::TrueUp);
            }
            if let Some(given) = &became.given {
                let told = told(given, part.settlement, &evidence.claim, trust)?;
                if told.cash != became.true_up.told {
                    return Err(EvidenceFault::TrueUp);
                }
            }
            *place = Some(became);
        }
        CheckedProof::Refusal(CheckedRefusal {
            evidence,
            became: place,
            ..
        }) => {
            borne(&became, evidence, trust)?;
            *place = Some(became);
        }
        // A deduction is never provisional.
        CheckedProof::Deduction(_) => return Err(EvidenceFault::TrueUp),
    }
    Ok(proof)
}

/// Whether it is what becomes of a refused settlement. Where nothing proves what was given, as when the home region buried the id
/// without having seen the claim, the amounts are the node's word alone, and only have to fit together.
fn borne(became: &Became, of: &RefusalEvidence, trust: &Trust) -> Result<(), EvidenceFault> {
    match &of.word.request {
        RefusedRequest::Claim(_) | RefusedRequest::Unseen => {}
        RefusedRequest::Reversal(_) => return Err(EvidenceFault::TrueUp),
    }
    let (told, advanced) = match (&became.given, &of.claim) {
        (None, _) => (became.true_up.told, became.true_up.treatment_bears),
        (Some(given), Some(claim)) => {
            let told = told(given, of.word.body.settlement, claim, trust)?;
            (told.cash, given.provisional.advanced)
        }
        (Some(_), None) => return Err(EvidenceFault::TrueUp),
    };
    if became.true_up == TrueUp::refused(told, advanced) {
        Ok(())
    } else {
        Err(EvidenceFault::TrueUp)
    }
}

/// What was told on a snapshot that the home region had signed for just this claim, made again.
fn told<'a>(
    given: &'a Given,
    settlement: SettlementId,
    claim: &Claim,
    trust: &Trust,
) -> Result<&'a Decision, EvidenceFault> {
    let (signed, decision) = (&given.provisional.signed, &given.provisional.decision);
    let (body, home) = (&signed.body, claim.person.home);
    let chains = std::slice::from_ref(&given.signer);
    signer(chains, home, &signed.group, body.signed_at, trust)?;
    if !given.is_of(settlement, claim) {
        return Err(EvidenceFault::Given);
    }
    let policy = HeldPolicy::read(given.policy.clone(), home)?;
    let snapshot = &body.snapshot;
    let engine = Engine::of(decision.engine)?;
    let (coverage, totals) = (&snapshot.coverage, &snapshot.totals);
    let again = engine.decide(&policy.compiled, claim, coverage, totals, snapshot.balances);
    let of_policy = snapshot.engines.contains(&decision.engine.0);
    if again.as_ref() != Ok(decision) || !of_policy {
        return Err(EvidenceFault::Given);
    }
    if advanced(decision).ok() != Some(given.provisional.advanced) {
        return Err(EvidenceFault::Given);
    }
    Ok(decision)
}
