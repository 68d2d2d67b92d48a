//! Evidence of a settlement, or of its refusal, in a file: whatever somebody needs who holds nothing but the
//! operator's root.
//!
//! A node writes it for one settlement that was committed. It carries the home region's word, that the
//! settlement stood and perhaps that it was reversed, with what the receipt only commits to (claim, decision), what the decision was made on (the person's standing as the
//! policy asks for it, the policy's bytes as published), and the certificates of the keys that signed. Here is
//! what must fit together without cryptography or an engine; the signature and the decision itself are
//! checked by who reads it.

use crate::bill::Bill;
use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::claim::Claim;
use crate::coverage::{PersonVersion, Snapshot};
use crate::decision::Decision;
use crate::digest::sha256;
use crate::final_refusal::{FinalRefusal, RefusedRequest};
use crate::id::SettlementId;
use crate::provisional::{Provisional, TrueUp};
use crate::receipt::PersonalPart;
use crate::reversal::HomeWord;

/// The certificates of one signing key: DER, leaf first, without the root.
pub type Chain = Vec<Vec<u8>>;

/// A settlement and all that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The keys that signed: one, or another one for the reversal.
    pub signers: Vec<Chain>,
    /// The home region's word.
    pub word: HomeWord,
    /// What was asked for.
    pub claim: Claim,
    /// What both regions computed.
    pub decision: Decision,
    /// How the person stood, as far as the policy asks.
    pub snapshot: Snapshot,
    /// The policy's document, as published.
    pub policy: Vec<u8>,
    /// The bill as charged; only the treatment region has it.
    pub bill: Option<Bill>,
}

canonical_struct!(Evidence {
    signers,
    word,
    claim,
    decision,
    snapshot,
    policy,
    bill
});

impl Artifact for Evidence {
    const KIND: [u8; 4] = *b"EVID";
    const VERSION: u16 = 1;
}

/// A final refusal and all that proves it: that the home region refused just this, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalEvidence {
    /// The key that signed.
    pub signer: Chain,
    /// The home region's word.
    pub word: FinalRefusal,
    /// What was asked for; only the treatment region has it, and not when a reversal is refused.
    pub claim: Option<Claim>,
    /// The bill as charged, beside the claim.
    pub bill: Option<Bill>,
}

canonical_struct!(RefusalEvidence {
    signer,
    word,
    claim,
    bill
});

impl Artifact for RefusalEvidence {
    const KIND: [u8; 4] = *b"EVRF";
    const VERSION: u16 = 1;
}

/// Evidence of what was settled provisionally: of its settlement, or of its refusal, and of what became of the difference.
///
/// Nobody signs what became of it. It follows from what the patient was told, which follows from the snapshot that the home
/// region had signed, from what that region decided, and from what it bears by its receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisionalEvidence {
    /// The evidence of the settlement, or of its refusal, as a file of its own.
    pub of: Vec<u8>,
    /// What became of the difference.
    pub became: Became,
}

canonical_struct!(ProvisionalEvidence { of, became });

impl Artifact for ProvisionalEvidence {
    const KIND: [u8; 4] = *b"EVPV";
    const VERSION: u16 = 1;
}

/// What became of the difference, with what it follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Became {
    /// To the fen.
    pub true_up: TrueUp,
    /// What was given, and on what; only the treatment region has it. Without it the amounts are the node's word alone.
    pub given: Option<Given>,
}

canonical_struct!(Became { true_up, given });

/// What was given provisionally, and the policy that it was decided by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The key that signed the snapshot.
    pub signer: Chain,
    /// The snapshot, and what was decided on it.
    pub provisional: Provisional,
    /// That policy's document, as published.
    pub policy: Vec<u8>,
}

canonical_struct!(Given {
    signer,
    provisional,
    policy
});

impl Given {
    /// Whether it was given for this claim, under this id, on a snapshot that was signed for just that and could be used then.
    #[must_use]
    pub fn is_of(&self, settlement: SettlementId, claim: &Claim) -> bool {
        let Provisional {
            signed,
            decision,
            at,
            ..
        } = &self.provisional;
        let body = &signed.body;
        let policy = sha256(&self.policy);
        self.provisional.settlement == settlement
            && signed.is_in_group()
            && body.treatment == claim.treatment
            && body.snapshot.person == claim.person
            && body.is_usable(&claim.visit_key(), claim.visit.admitted, *at)
            && decision.catalogue == claim.catalogue
            && body.snapshot.policy == policy
            && decision.policy == policy
    }
}

/// Two parts of evidence that do not belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// The receipt is no leaf of the group whose root was signed.
    Group,
    /// The receipt was not given for this person, claim, decision and version.
    Commitment,
    /// The receipt names other regions than the claim.
    Regions,
    /// Receipt, decision and claim do not name one catalogue.
    Catalogue,
    /// Receipt, decision, snapshot and document are not of one policy.
    Policy,
    /// Receipt and decision name different engines.
    Engine,
    /// The snapshot is another person's.
    Person,
    /// The bill is not the one that was split.
    Bill,
    /// The reversal is not of this receipt.
    Reversal,
    /// An answer is not to the order beside it.
    Answer,
    /// The withdrawal is not of this deduction.
    Withdrawal,
}

impl Evidence {
    /// The first two parts that do not belong together.
    ///
    /// # Errors
    /// [`Mismatch`].
    pub fn coherent(&self) -> Result<(), Mismatch> {
        let clearing = &self.word.receipt.body.clearing;
        let (claim, decision, snapshot) = (&self.claim, &self.decision, &self.snapshot);
        let checks = [
            (Mismatch::Group, self.word.receipt.is_in_group()),
            (Mismatch::Commitment, self.is_committed_to()),
            (
                Mismatch::Regions,
                clearing.home == claim.person.home
                    && (clearing.treatment == claim.treatment
                        || self.word.receipt.body.is_by_hand()),
            ),
            (
                Mismatch::Catalogue,
                clearing.catalogue == claim.catalogue && decision.catalogue == claim.catalogue,
            ),
            (
                Mismatch::Policy,
                [decision.policy, snapshot.policy, sha256(&self.policy)]
                    .iter()
                    .all(|policy| *policy == clearing.policy),
            ),
            (Mismatch::Engine, clearing.engine == decision.engine),
            (Mismatch::Person, snapshot.person == claim.person),
            (Mismatch::Bill, self.is_of_bill()),
            (Mismatch::Reversal, self.is_of_receipt()),
        ];
        checks
            .iter()
            .find(|(_, fits)| !fits)
            .map_or(Ok(()), |(mismatch, _)| Err(*mismatch))
    }

    fn is_committed_to(&self) -> bool {
        let before = self.snapshot.version;
        let personal = PersonalPart {
            person: self.claim.person,
            claim: self.claim.digest(),
            decision: self.decision.digest(),
            version: PersonVersion {
                change: before.change.saturating_add(1),
                ..before
            },
        };
        personal.commitment(&self.word.receipt.salt) == self.word.receipt.body.personal
    }

    /// Whether the reversal, if there is one, takes back just this receipt.
    fn is_of_receipt(&self) -> bool {
        let HomeWord { receipt, reversal } = &self.word;
        let Some(reversal) = reversal else {
            return true;
        };
        let (of, taken) = (&receipt.body, &reversal.body.clearing);
        let part = &of.clearing;
        reversal.is_in_group()
            && reversal.is_of_its_person()
            && reversal.person.person == self.claim.person
            && taken.receipt == of.digest()
            && (taken.settlement, taken.home, taken.treatment)
                == (part.settlement, part.home, part.treatment)
            && taken.amounts == part.amounts
    }

    fn is_of_bill(&self) -> bool {
        self.bill
            .as_ref()
            .is_none_or(|bill| is_split_of(&self.claim, bill))
    }
}

impl RefusalEvidence {
    /// The first two parts that do not belong together.
    ///
    /// # Errors
    /// [`Mismatch`].
    pub fn coherent(&self) -> Result<(), Mismatch> {
        let (word, body) = (&self.word, &self.word.body);
        let claim = self.claim.as_ref();
        let checks = [
            (Mismatch::Group, word.is_in_group()),
            (Mismatch::Commitment, word.is_of_its_request()),
            (
                Mismatch::Regions,
                claim.is_none_or(|claim| {
                    body.home == claim.person.home && body.treatment == claim.treatment
                }),
            ),
            (
                Mismatch::Commitment,
                claim.is_none_or(|claim| self.is_of(claim)),
            ),
            (Mismatch::Bill, self.is_of_bill()),
        ];
        checks
            .iter()
            .find(|(_, fits)| !fits)
            .map_or(Ok(()), |(mismatch, _)| Err(*mismatch))
    }

    /// Whether the claim shown is the refused one. One that was given up unseen is not proven by the word, so
    /// none is shown with it.
    fn is_of(&self, claim: &Claim) -> bool {
        match &self.word.request {
            RefusedRequest::Claim(binding) => *binding == claim.binding(),
            RefusedRequest::Unseen | RefusedRequest::Reversal(_) => false,
        }
    }

    fn is_of_bill(&self) -> bool {
        match (&self.claim, &self.bill) {
            (_, None) => true,
            (Some(claim), Some(bill)) => is_split_of(claim, bill),
            (None, Some(_)) => false,
        }
    }
}

/// Whether the lines of a bill are those of the claim, number by number, each with its whole amount.
fn is_split_of(claim: &Claim, bill: &Bill) -> bool {
    let split = claim.bill.lines();
    bill.net_lines().is_ok_and(|lines| {
        lines.len() == split.len()
            && lines
                .iter()
                .zip(split)
                .all(|(line, of)| line.number == of.number && of.parts.total() == Ok(line.amount))
    })
}
