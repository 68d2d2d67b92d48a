//! What is proven and indexed, to be looked through beside the writer: a statement of a large member reads many legs.

use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::checkpoint::witness::CertifiedWord;
use huitong_core::date::BusinessDay;
use huitong_core::leg::{Leg, Side};
use huitong_core::record::clearing::Proven;
use huitong_core::region::RegionCode;
use huitong_netting::statement::{MemberStatement, ProvenPlan, statement};
use huitong_netting::{Member, NettingPlan, Window};

use super::journaled::Journaled;
use crate::store::{StoreError, keys};

/// Checkpoints, plans and the legs that they took.
#[derive(Clone)]
pub(crate) struct Proofs(pub(super) Journaled);

/// A cycle with its checkpoint.
#[derive(Debug)]
pub(crate) struct ProvenCycle {
    /// The checkpoint, as it was signed.
    pub(crate) proven: Proven,
    /// Its plan.
    pub(crate) plan: NettingPlan,
    /// The plan before; none for the first.
    pub(crate) parent: Option<NettingPlan>,
}

impl ProvenCycle {
    /// The checkpoint as it is handed on.
    pub(crate) fn certified(&self) -> CertifiedCheckpoint {
        certified(&self.proven)
    }
}

fn certified(proven: &Proven) -> CertifiedCheckpoint {
    CertifiedCheckpoint {
        signed: proven.signed.clone(),
        signer: proven.signer.clone(),
    }
}

impl Proofs {
    /// A cycle, once its checkpoint is indexed.
    pub(crate) fn cycle(&self, day: BusinessDay) -> Result<Option<ProvenCycle>, StoreError> {
        let (proven, plan) = (self.0.proven(day)?, self.0.plan(day)?);
        let (Some(proven), Some(plan)) = (proven, plan) else {
            return Ok(None);
        };
        let parent = self.0.plan_by_number(plan.number().saturating_sub(1))?;
        Ok(Some(ProvenCycle {
            proven,
            plan,
            parent,
        }))
    }

    /// A member's statement of a cycle.
    pub(crate) fn statement(
        &self,
        cycle: &ProvenCycle,
        member: Member,
    ) -> Result<MemberStatement, StoreError> {
        let proven = ProvenPlan {
            plan: &cycle.plan,
            parent: cycle.parent.as_ref(),
            pair_roots: &cycle.proven.pair_roots,
            checkpoint: &cycle.certified(),
        };
        Ok(statement(&proven, member, &self.legs(cycle, member)?))
    }

    /// A signed version of the directory as a file, once it is indexed.
    pub(crate) fn version(&self, number: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.index.get(&keys::version(number))?)
    }

    /// A plan's checkpoint, once it is indexed.
    pub(crate) fn checkpoint(&self, plan: u64) -> Result<Option<CertifiedCheckpoint>, StoreError> {
        let proven = self.0.proven_by_number(plan)?;
        Ok(proven.as_ref().map(certified))
    }

    /// What regions said of a plan's checkpoint, in the order of the regions that are asked for.
    pub(crate) fn words(
        &self,
        plan: u64,
        regions: &[RegionCode],
    ) -> Result<Vec<CertifiedWord>, StoreError> {
        let words = regions.iter().map(|region| self.0.word(*region, plan));
        words.filter_map(Result::transpose).collect()
    }

    /// The legs that a cycle took in which a region of the member stands, each once.
    fn legs(&self, cycle: &ProvenCycle, member: Member) -> Result<Vec<Leg>, StoreError> {
        let windows = cycle.plan.windows().iter();
        let own: Vec<_> = windows.filter(|window| window.member == member).collect();
        self.legs_of(cycle, &own)
    }

    /// The legs that a cycle took in which a region stands, each once.
    pub(crate) fn legs_of_region(
        &self,
        cycle: &ProvenCycle,
        region: RegionCode,
    ) -> Result<Vec<Leg>, StoreError> {
        let own: Vec<_> = cycle.plan.window(region).into_iter().collect();
        self.legs_of(cycle, &own)
    }

    fn legs_of(&self, cycle: &ProvenCycle, own: &[&Window]) -> Result<Vec<Leg>, StoreError> {
        let parent = cycle.parent.as_ref();
        let mut legs = Vec::new();
        for window in own {
            self.0.visit_taken(window, parent, &mut |_, numbered| {
                let leg = numbered.leg;
                // Between two of the regions the creditor's is taken.
                let is_other = own.iter().all(|other| other.region != leg.creditor);
                if numbered.side == Side::Receivable || is_other {
                    legs.push(leg);
                }
                Ok(())
            })?;
        }
        Ok(legs)
    }
}
