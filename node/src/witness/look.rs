//! Looking at one checkpoint: is it the clearinghouse's, is it the next, does it hold, and what does the region say of it?

use std::sync::Arc;

use huitong_certs::signing::{CarriedFault, of_clearinghouse};
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::witness::{CertifiedWord, Finding, Verdict, WitnessWord};
use huitong_core::checkpoint::{CertifiedCheckpoint, Checkpoint};
use huitong_core::evidence::Chain;
use huitong_core::record::witness::CheckpointSeen;
use huitong_transport::aside;

use super::examine::{self, Case, Examined, PartBefore, examine};
use super::heard::Claim;
use super::records::NoteSeen;
use super::report::ProofClient;
use super::{Trouble, WitnessDesk, book};
use crate::error::NodeError;
use crate::legs::book::closed_by;
use crate::signature;
use crate::store::{Rows, WitnessHead};

impl WitnessDesk {
    /// Looks at the next checkpoint and writes down what was found.
    pub(super) async fn look(&self, client: &ProofClient, file: &[u8]) -> Result<(), Trouble> {
        let certified = CertifiedCheckpoint::from_bytes(file)
            .map_err(|error| Trouble::NotItsWord(error.to_string()))?;
        self.is_the_clearinghouses(&certified)
            .map_err(|fault| Trouble::NotItsWord(fault.to_string()))?;
        let head = self.ledger.witness_head()?;
        let expected = head.map_or(0, |head| head.plan).saturating_add(1);
        let checkpoint = &certified.signed.checkpoint;
        let (plan, day) = (checkpoint.plan, checkpoint.day);
        if plan != expected {
            let found = plan;
            return Err(Trouble::NotNext { expected, found });
        }
        let newest = Claim::of(checkpoint);
        let part = client.part(day).await?;
        let examined = self.examined(certified.clone(), head, part).await?;
        let Examined { findings, reach } = examined;
        let seen = CheckpointSeen {
            word: self.signed(self.word(checkpoint, &findings)),
            checkpoint: certified,
            reach,
        };
        let noted = self.writer.run(NoteSeen(seen)).await;
        noted.map_err(NodeError::from)?;
        self.hearing.saw(newest);
        if findings.is_empty() {
            tracing::info!(plan, %day, "a checkpoint holds and is countersigned");
        }
        for finding in findings.iter().take(examine::TOLD_AT_MOST) {
            tracing::error!(plan, %day, %finding, "a checkpoint does not hold against the own book and is not countersigned");
        }
        for finding in &findings {
            self.measures.checkpoint_finding(finding.kind);
        }
        Ok(())
    }

    /// Whether the clearinghouse signed a checkpoint.
    pub(super) fn is_the_clearinghouses(
        &self,
        certified: &CertifiedCheckpoint,
    ) -> Result<(), CarriedFault> {
        of_clearinghouse::checkpoint(certified, self.credentials.credentials().trust())
    }

    /// Holds a checkpoint against the own book, beside the calls that are served meanwhile.
    async fn examined(
        &self,
        checkpoint: CertifiedCheckpoint,
        head: Option<WitnessHead>,
        part: Vec<u8>,
    ) -> Result<Examined, Trouble> {
        let (region, ledger) = (self.region, Arc::clone(&self.ledger));
        let before = head.map_or(Ok(None), |head| self.seen(head.plan))?;
        let counts_before = before.as_ref();
        let counts_before =
            counts_before.and_then(|before| before.checkpoint.signed.checkpoint.counts);
        let found_before = before.map(|before| before.word.word.verdict);
        let work = move || {
            let case = Case {
                region,
                before: head.as_ref(),
                counts_before,
                part_before: found_before
                    .as_ref()
                    .map_or(PartBefore::Read, PartBefore::after),
                closed: closed_by(&ledger, checkpoint.signed.checkpoint.day)?,
                checkpoint: &checkpoint.signed.checkpoint,
                part: &part,
            };
            examine(&case, |runs| book::of(&ledger, region, runs))
        };
        let lost = |error| Trouble::Call(format!("a task was lost: {error}"));
        Ok(aside(work).await.map_err(lost)??)
    }

    /// The region's word on a checkpoint.
    fn word(&self, checkpoint: &Checkpoint, findings: &[Finding]) -> WitnessWord {
        WitnessWord {
            region: self.region,
            plan: checkpoint.plan,
            checkpoint: checkpoint.digest(),
            verdict: Verdict::of(findings),
            at: self.clock.now(),
        }
    }

    /// A word with the signature under the certificate in use.
    fn signed(&self, word: WitnessWord) -> CertifiedWord {
        let parts = signature::sign(&self.key, &word.signed_bytes());
        CertifiedWord {
            word,
            algorithm: parts.algorithm,
            key_id: parts.key_id,
            signature: parts.signature,
            signer: self.chain(),
        }
    }

    /// The certificates in use.
    fn chain(&self) -> Chain {
        let certified = self.certified.current();
        certified.chain().iter().map(|der| der.to_vec()).collect()
    }

    /// A word as it is handed in. One that was signed under another certificate than the one in use is said again now:
    /// the certificate in use may not have held when it was found, and the other may prove nothing any more.
    pub(super) fn to_hand_in(&self, found: CertifiedWord) -> CertifiedWord {
        if found.signer == self.chain() {
            return found;
        }
        let at = self.clock.now();
        self.signed(WitnessWord { at, ..found.word })
    }
}
