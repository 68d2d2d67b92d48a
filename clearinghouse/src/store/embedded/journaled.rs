//! Reading what is journaled, found through the index.

use std::ops::RangeInclusive;
use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::witness::CertifiedWord;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::leg::{NumberedLeg, Side};
use huitong_core::record::clearing::{
    ClearingRecord, DeductionOf, LegsTaken, Netted, Proven, WrittenLegs,
};
use huitong_core::region::RegionCode;
use huitong_journal::Reader;
use huitong_netting::{NettingPlan, Run, Window};
use tracing::info;

use super::taken::{Taken, entry};
use crate::store::keys::{self, Block, Place, PlanRow};
use crate::store::{Index, StoreError};

/// The journal with the index that finds its records.
#[derive(Clone)]
pub(super) struct Journaled {
    pub(super) reader: Reader,
    pub(super) index: Arc<dyn Index>,
    pub(super) taken: Taken,
}

/// For how many debts room is made before any is found.
const DEBTS_EXPECTED: usize = 8 << 20;

/// What is done with a leg that was found; the time is when it was taken.
pub(super) type Visit<'a> = &'a mut dyn FnMut(Timestamp, NumberedLeg) -> Result<(), StoreError>;

/// What is done with a block that was found, for these numbers of it.
type VisitBlock<'a> = &'a mut dyn FnMut(&Block, RangeInclusive<u64>) -> Result<(), StoreError>;

impl Journaled {
    /// What is indexed of a journal. Where what a plan took cannot be looked up it is written anew.
    pub(super) fn new(reader: Reader, index: Arc<dyn Index>) -> Result<Self, StoreError> {
        let (taken, without) = Taken::load(Arc::clone(&index))?;
        let journaled = Self {
            reader,
            index,
            taken,
        };
        for day in without {
            let plan = journaled.plan(day)?.ok_or_else(|| misplaced("a plan"))?;
            let parent = journaled.plan_by_number(plan.number().saturating_sub(1))?;
            journaled.write_taken(&plan, parent.as_ref())?;
            info!(%day, plan = plan.number(), "the debts that a plan took are indexed anew");
        }
        Ok(journaled)
    }

    /// The record at a place.
    pub(super) fn record(&self, place: &Place) -> Result<ClearingRecord, StoreError> {
        let frame = self.reader.frame_at(place.frame()?)?;
        decode(frame.record(place.record).unwrap_or_default())
    }

    /// The legs of a report at a place, and of which settlements deductions are.
    pub(super) fn legs_taken(
        &self,
        place: &Place,
    ) -> Result<(LegsTaken, Vec<DeductionOf>), StoreError> {
        let record = self.record(place)?;
        if let ClearingRecord::LegsTaken(taken) = record {
            Ok((taken, Vec::new()))
        } else if let ClearingRecord::DeductionsTaken(taken, of) = record {
            Ok((taken, of))
        } else {
            Err(misplaced("legs"))
        }
    }

    /// Legs of a stream by number, ascending, as far as they are indexed.
    pub(super) fn visit_legs(
        &self,
        region: RegionCode,
        numbers: RangeInclusive<u64>,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        self.visit_blocks(region, numbers, &mut |block, numbers| {
            self.visit_block(block, &numbers, visit)
        })
    }

    /// Where legs of a stream lie, by number, ascending, as far as they are indexed.
    fn visit_blocks(
        &self,
        region: RegionCode,
        numbers: RangeInclusive<u64>,
        visit: VisitBlock<'_>,
    ) -> Result<(), StoreError> {
        let mut next = *numbers.start();
        while next <= *numbers.end() {
            let Some(block) = self.block(region, next)? else {
                return Ok(());
            };
            visit(&block, next..=*numbers.end())?;
            next = block.last.saturating_add(1);
        }
        Ok(())
    }

    /// The legs of one region that a plan took.
    pub(super) fn visit_taken(
        &self,
        window: &Window,
        parent: Option<&NettingPlan>,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        self.visit_taken_blocks(window, parent, &mut |block, numbers| {
            self.visit_block(block, &numbers, &mut |at, numbered| {
                if window.carried.contains(numbered.number) {
                    return Ok(());
                }
                visit(at, numbered)
            })
        })
    }

    /// Where the legs of one region lie that a plan took: those that waited and those after the mark before. What it
    /// carried on lies among them, and whoever visits them leaves it out.
    fn visit_taken_blocks(
        &self,
        window: &Window,
        parent: Option<&NettingPlan>,
        visit: VisitBlock<'_>,
    ) -> Result<(), StoreError> {
        let waited = parent.and_then(|parent| parent.window(window.region));
        let waited = waited.map_or(&[][..], |before| before.carried.as_slice());
        let fresh = Run {
            first: window.from.saturating_add(1),
            last: window.to,
        };
        for run in waited.iter().chain([&fresh]) {
            self.visit_blocks(window.region, run.first..=run.last, visit)?;
        }
        Ok(())
    }

    /// Notes for each debt that the plan took it. Each has one receivable leg: what two
    /// pairs of regions call the same is noted once for each.
    pub(super) fn write_taken(
        &self,
        plan: &NettingPlan,
        parent: Option<&NettingPlan>,
    ) -> Result<(), StoreError> {
        let legs = usize::try_from(plan.legs()).unwrap_or(usize::MAX);
        let mut debts = Vec::with_capacity(legs.min(DEBTS_EXPECTED));
        // Of one that took nothing no window is read, which would be at each start.
        for window in plan.windows().iter().filter(|_| legs > 0) {
            self.visit_taken_blocks(window, parent, &mut |block, numbers| {
                let frame = self.reader.frame_at(block.place.frame()?)?;
                let record = frame.record(block.place.record).unwrap_or_default();
                let legs = WrittenLegs::of(record).ok_or_else(|| misplaced("legs"))?;
                for leg in legs.iter() {
                    let leg = leg.ok_or_else(|| misplaced("legs"))?;
                    let is_taken = leg.side == Side::Receivable
                        && numbers.contains(&leg.number)
                        && !window.carried.contains(leg.number);
                    debts.extend(is_taken.then(|| entry(leg.debt, leg.ends)));
                }
                Ok(())
            })?;
        }
        if debts.len() != legs {
            return Err(StoreError::Foreign(format!(
                "{} debts of the {legs} that plan {} took",
                debts.len(),
                plan.number()
            )));
        }
        self.taken.write(plan.number(), debts)
    }

    /// The legs of a block that have these numbers.
    pub(super) fn visit_block(
        &self,
        block: &Block,
        numbers: &RangeInclusive<u64>,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        let (taken, _) = self.legs_taken(&block.place)?;
        let wanted = taken
            .legs
            .into_iter()
            .filter(|leg| numbers.contains(&leg.number));
        wanted
            .map(|leg| (taken.at, leg))
            .try_for_each(|(at, leg)| visit(at, leg))
    }

    /// The block that a number lies in, if it is indexed.
    pub(super) fn block(
        &self,
        region: RegionCode,
        number: u64,
    ) -> Result<Option<Block>, StoreError> {
        let Some((key, value)) = self.index.at_or_before(&keys::block(region, number))? else {
            return Ok(None);
        };
        if !key.starts_with(&keys::key(keys::BLOCKS, &region)) {
            return Ok(None);
        }
        let block: Block = keys::read(&value)?;
        Ok((number <= block.last).then_some(block))
    }

    /// The plan of a cycle.
    pub(super) fn plan(&self, day: BusinessDay) -> Result<Option<NettingPlan>, StoreError> {
        let Some(value) = self.index.get(&keys::plan(day))? else {
            return Ok(None);
        };
        let row: PlanRow = keys::read(&value)?;
        let ClearingRecord::Netted(netted) = self.record(&row.place)? else {
            return Err(misplaced("a plan"));
        };
        read_plan(&netted).map(Some)
    }

    /// The checkpoint of a cycle, as it was signed.
    pub(super) fn proven(&self, day: BusinessDay) -> Result<Option<Proven>, StoreError> {
        let Some(value) = self.index.get(&keys::proof(day))? else {
            return Ok(None);
        };
        let ClearingRecord::Proven(proven) = self.record(&keys::read(&value)?)? else {
            return Err(misplaced("a checkpoint"));
        };
        Ok(Some(proven))
    }

    /// The checkpoint of the plan of this number, once it is indexed.
    pub(super) fn proven_by_number(&self, number: u64) -> Result<Option<Proven>, StoreError> {
        match self.index.get(&keys::plan_day(number))? {
            Some(day) => self.proven(keys::read(&day)?),
            None => Ok(None),
        }
    }

    /// A region's word on a plan's checkpoint, once it is indexed.
    pub(super) fn word(
        &self,
        region: RegionCode,
        plan: u64,
    ) -> Result<Option<CertifiedWord>, StoreError> {
        let Some(value) = self.index.get(&keys::witness(region, plan))? else {
            return Ok(None);
        };
        let ClearingRecord::Witnessed(witnessed) = self.record(&keys::read(&value)?)? else {
            return Err(misplaced("a region's word"));
        };
        Ok(Some(witnessed.word))
    }

    /// The plan of this number; none for number 0.
    pub(super) fn plan_by_number(&self, number: u64) -> Result<Option<NettingPlan>, StoreError> {
        match self.index.get(&keys::plan_day(number))? {
            Some(day) => self.plan(keys::read(&day)?),
            None => Ok(None),
        }
    }
}

/// A record from its bytes.
pub(super) fn decode(bytes: &[u8]) -> Result<ClearingRecord, StoreError> {
    ClearingRecord::from_bytes(bytes).map_err(|error| StoreError::Foreign(error.to_string()))
}

pub(super) fn read_plan(netted: &Netted) -> Result<NettingPlan, StoreError> {
    NettingPlan::from_bytes(&netted.plan).map_err(|error| StoreError::Foreign(error.to_string()))
}

pub(super) fn misplaced(what: &str) -> StoreError {
    StoreError::Foreign(format!(
        "another record where the index says there is {what}"
    ))
}
