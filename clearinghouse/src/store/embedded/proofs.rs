//! What is proven and indexed, to be looked through beside the writer: a statement of a large member reads many legs.
//!
//! Once a cycle is netted every region asks for its part of it, and officers for statements; at a month's end regions ask
//! for all of its days. So the cycles that were looked at last are kept: a plan is read, and its tree hashed, once for all
//! who ask at that time. A cycle never changes while the program runs. The tree of the last checkpoint need not be hashed
//! again: the writer, which made it, leaves it here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::checkpoint::witness::CertifiedWord;
use huitong_core::date::BusinessDay;
use huitong_core::leg::{Leg, Side};
use huitong_core::merkle::Tree;
use huitong_core::record::clearing::Proven;
use huitong_core::region::RegionCode;
use huitong_netting::statement::{MemberStatement, PlanRows, ProvenPlan, statement};
use huitong_netting::{Member, NettingPlan, Window};

use super::journaled::Journaled;
use crate::store::{StoreError, keys};

/// Checkpoints, plans and the legs that they took.
#[derive(Clone)]
pub(crate) struct Proofs {
    pub(super) journaled: Journaled,
    kept: Arc<Mutex<Vec<Kept>>>,
    /// The tree of the last checkpoint that was signed, by its plan, until somebody looks at its cycle.
    tree: Arc<Mutex<Option<(u64, Tree)>>>,
}

/// How many cycles are kept: the two plans and the tree of one are reckoned to take some tens of megabytes for the
/// whole country; not measured.
const CYCLES_KEPT: usize = 4;

/// A cycle that is kept, or being read: whoever asks for the same one meanwhile waits for that.
#[derive(Clone)]
struct Kept {
    day: BusinessDay,
    cycle: Arc<Mutex<Option<Arc<ProvenCycle>>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A cycle with its checkpoint.
#[derive(Debug)]
pub(crate) struct ProvenCycle {
    /// The checkpoint, as it is handed on.
    pub(crate) checkpoint: CertifiedCheckpoint,
    /// Its plan.
    pub(crate) plan: NettingPlan,
    /// The plan before; none for the first.
    parent: Option<NettingPlan>,
    /// The plan's rows.
    rows: PlanRows,
}

impl ProvenCycle {
    /// The plan with what was proven of it.
    pub(crate) const fn whole(&self) -> ProvenPlan<'_> {
        ProvenPlan {
            plan: &self.plan,
            parent: self.parent.as_ref(),
            rows: &self.rows,
            checkpoint: &self.checkpoint,
        }
    }
}

fn certified(proven: Proven) -> CertifiedCheckpoint {
    CertifiedCheckpoint {
        signed: proven.signed,
        signer: proven.signer,
    }
}

impl Proofs {
    pub(super) fn new(journaled: Journaled) -> Self {
        Self {
            journaled,
            kept: Arc::default(),
            tree: Arc::default(),
        }
    }

    /// Keeps the tree of a plan's checkpoint in place of any other's.
    pub(crate) fn keep_tree(&self, plan: u64, tree: Tree) {
        *locked(&self.tree) = Some((plan, tree));
    }

    /// A cycle, once its checkpoint is indexed.
    pub(crate) fn cycle(&self, day: BusinessDay) -> Result<Option<Arc<ProvenCycle>>, StoreError> {
        // A day without a checkpoint takes no place of one that has.
        if self.journaled.index.get(&keys::proof(day))?.is_none() {
            return Ok(None);
        }
        let place = self.place_of(day);
        let mut held = locked(&place);
        if held.is_none() {
            *held = self.read(day)?.map(Arc::new);
        }
        Ok(held.clone())
    }

    /// Where a cycle is kept, the one that was looked at last at the end; of too many the first gives way.
    fn place_of(&self, day: BusinessDay) -> Arc<Mutex<Option<Arc<ProvenCycle>>>> {
        let mut all = locked(&self.kept);
        if let Some(place) = all.iter().position(|kept| kept.day == day) {
            let kept = all.remove(place);
            all.push(kept.clone());
            return kept.cycle;
        }
        let begun = Kept {
            day,
            cycle: Arc::default(),
        };
        all.push(begun.clone());
        let too_many = all.len().saturating_sub(CYCLES_KEPT);
        all.drain(..too_many);
        begun.cycle
    }

    /// The plan of a cycle, once it is indexed, proven or not. It is not kept: whoever looks at all cycles of a month
    /// would take every place.
    pub(crate) fn plan(&self, day: BusinessDay) -> Result<Option<NettingPlan>, StoreError> {
        self.journaled.plan(day)
    }

    fn read(&self, day: BusinessDay) -> Result<Option<ProvenCycle>, StoreError> {
        let journaled = &self.journaled;
        let Some(proven) = journaled.proven(day)? else {
            return Ok(None);
        };
        let Some(plan) = journaled.plan(day)? else {
            return Ok(None);
        };
        let parent = journaled.plan_by_number(plan.number().saturating_sub(1))?;
        let tree = locked(&self.tree).take_if(|(of, _)| *of == plan.number());
        let (checkpoint, tree) = (&proven.signed.checkpoint, tree.map(|(_, tree)| tree));
        let rows = PlanRows::under(checkpoint, &plan, &proven.pair_roots, tree);
        Ok(Some(ProvenCycle {
            checkpoint: certified(proven),
            plan,
            parent,
            rows,
        }))
    }

    /// The checkpoint of a cycle, once it is indexed.
    pub(crate) fn checkpoint_of(
        &self,
        day: BusinessDay,
    ) -> Result<Option<CertifiedCheckpoint>, StoreError> {
        Ok(self.journaled.proven(day)?.map(certified))
    }

    /// A member's statement of a cycle.
    pub(crate) fn statement(
        &self,
        cycle: &ProvenCycle,
        member: Member,
    ) -> Result<MemberStatement, StoreError> {
        let legs = self.legs(cycle, member)?;
        Ok(statement(&cycle.whole(), member, &legs))
    }

    /// A signed version of the directory as a file, once it is indexed.
    pub(crate) fn version(&self, number: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.journaled.index.get(&keys::version(number))?)
    }

    /// A plan's checkpoint, once it is indexed.
    pub(crate) fn checkpoint(&self, plan: u64) -> Result<Option<CertifiedCheckpoint>, StoreError> {
        Ok(self.journaled.proven_by_number(plan)?.map(certified))
    }

    /// What regions said of a plan's checkpoint, in the order of the regions that are asked for.
    pub(crate) fn words(
        &self,
        plan: u64,
        regions: &[RegionCode],
    ) -> Result<Vec<CertifiedWord>, StoreError> {
        let words = regions
            .iter()
            .map(|region| self.journaled.word(*region, plan));
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
            self.journaled
                .visit_taken(window, parent, &mut |_, numbered| {
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
