//! Two checkpoints of one plan. Another region's node remarked one, or the clearinghouse refused the own word for one: the
//! signed checkpoint is asked for, and one that the clearinghouse signed and that is another than the own is written down
//! beside it. What is not signed proves nothing, and nothing is written down of it.

use std::time::Duration;

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::digest::Digest;
use huitong_core::record::witness::SplitViewFound;
use huitong_core::region::RegionCode;
use tokio::time::Instant;

use super::heard::{Claim, Outcome};
use super::records::{NoteSplit, Noted};
use super::report::ProofClient;
use super::{Trouble, WitnessDesk};
use crate::error::NodeError;
use crate::store::{Key, Rows, StoreError, Table};

/// Other checkpoints of one plan that are kept: whoever has the clearinghouse's key could sign any number.
const KEPT_OF_A_PLAN: usize = 8;
/// How long another node may take to show its checkpoint.
const SHOWN_WITHIN: Duration = Duration::from_secs(5);

impl WitnessDesk {
    /// Follows what waits to be followed.
    pub(super) async fn follow(&self) -> Result<(), Trouble> {
        for (region, claim) in self.hearing.waiting(Instant::now()) {
            let outcome = self.follow_one(region, claim).await?;
            if outcome == Outcome::Unproven {
                let (plan, day) = (claim.plan, claim.day);
                tracing::warn!(%region, plan, %day, "a region's node names a checkpoint that it cannot show signed: nothing follows from it");
            }
            self.hearing
                .followed(region, claim, outcome, Instant::now());
        }
        Ok(())
    }

    async fn follow_one(&self, region: RegionCode, claim: Claim) -> Result<Outcome, Trouble> {
        let Some(own) = self.seen(claim.plan)? else {
            return Ok(Outcome::NotYet);
        };
        if own.checkpoint.signed.checkpoint.digest() == claim.digest || self.is_known(&claim)? {
            return Ok(Outcome::Known);
        }
        let Some(peer) = self.homes.other(region) else {
            return Ok(Outcome::Unproven);
        };
        let Ok(file) = peer.seen_checkpoint(claim.plan, SHOWN_WITHIN).await else {
            return Ok(Outcome::NotYet);
        };
        let Some(other) = self.evidence(&claim, &file) else {
            return Ok(Outcome::Unproven);
        };
        if other.signed.checkpoint == own.checkpoint.signed.checkpoint {
            return Ok(Outcome::Unproven);
        }
        self.keep(other, region).await?;
        Ok(Outcome::Known)
    }

    /// The clearinghouse refused a word because it signed another checkpoint than the one seen here: it is asked for that
    /// one, and both are kept. `held` is the plan of the last word that it was known to hold.
    pub(super) async fn keep_other(&self, client: &ProofClient, held: u64) -> Result<(), Trouble> {
        // Of the words that were handed in together those before the refused one are taken.
        let mut told = client.checkpoints(held).await?;
        if told.witnessed != held {
            told = client.checkpoints(told.witnessed).await?;
        }
        let Some(file) = told.files.first() else {
            return Ok(());
        };
        let other = CertifiedCheckpoint::from_bytes(file)
            .map_err(|error| Trouble::NotItsWord(error.to_string()))?;
        self.is_the_clearinghouses(&other)
            .map_err(|fault| Trouble::NotItsWord(fault.to_string()))?;
        let claim = Claim::of(&other.signed.checkpoint);
        let Some(own) = self.seen(claim.plan)? else {
            return Ok(());
        };
        if own.checkpoint.signed.checkpoint.digest() != claim.digest && !self.is_known(&claim)? {
            self.keep(other, self.region).await?;
        }
        Ok(())
    }

    /// Writes down what the clearinghouse signed and did not show here at first.
    async fn keep(&self, other: CertifiedCheckpoint, from: RegionCode) -> Result<(), Trouble> {
        let Claim { plan, day, digest } = Claim::of(&other.signed.checkpoint);
        let at = self.clock.now();
        let found = SplitViewFound { other, from, at };
        let noted = self.writer.run(NoteSplit(found)).await;
        if noted.map_err(NodeError::from)?.answer == Noted::New {
            tracing::error!(region = %from, plan, %day, other = %digest, "the clearinghouse signed two checkpoints for one plan and showed another one to this region: keep both (huitong node checkpoints --evidence)");
            self.measures.split_view();
        }
        Ok(())
    }

    /// A checkpoint of the plan that the clearinghouse signed; none when the bytes are no such thing.
    fn evidence(&self, claim: &Claim, file: &[u8]) -> Option<CertifiedCheckpoint> {
        let certified = CertifiedCheckpoint::from_bytes(file).ok()?;
        let is_of_plan = certified.signed.checkpoint.plan == claim.plan;
        (is_of_plan && self.is_the_clearinghouses(&certified).is_ok()).then_some(certified)
    }

    /// Whether it is written down, or so many are of its plan that one more tells nothing new.
    fn is_known(&self, claim: &Claim) -> Result<bool, StoreError> {
        if self.ledger.split_view(claim.plan, claim.digest)?.is_some() {
            return Ok(true);
        }
        let before = Key::SplitView(claim.plan, Digest::from_bytes([0; 32]));
        let rows = self
            .ledger
            .scan_after(Table::SplitView, &before, KEPT_OF_A_PLAN)?;
        let of_plan = |key: &Key| matches!(key, Key::SplitView(plan, _) if *plan == claim.plan);
        let kept = rows.iter().filter(|(key, _)| of_plan(key));
        Ok(kept.count() >= KEPT_OF_A_PLAN)
    }
}
