//! What a state is begun with: small tables from the index, and the legs that no plan took, a block of the
//! journal at a time, in the order in which they came.
//!
//! Which legs those are is in the last plan: what it carried, and all after its marks. So a start reads
//! what is open and not what is done.

use std::collections::BTreeMap;
use std::sync::mpsc::sync_channel;
use std::thread;

use huitong_core::canonical::Artifact as _;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::Digest;
use huitong_core::id::SettlementId;
use huitong_core::ledger::Account;
use huitong_core::leg::LegKind;
use huitong_core::membership::SignedDirectory;
use huitong_core::record::clearing::{
    CycleRecord, DeductionOf, LegsTaken, MembersRecord, PaymentRecord, PrefundRecord, Proven,
};
use huitong_core::record::recovery::RestoreMark;
use huitong_core::region::RegionCode;
use huitong_netting::{NettingPlan, Run};

use super::attestations;
use super::journaled::Journaled;
use super::scan::each;
use super::tags::all_held;
use crate::books::Books;
use crate::payments::{Payments, Progress};
use crate::prefunds::{PrefundFault, Prefunds};
use crate::state::{Cycle, DirectoryHeld, Restore, Stream, Words};
use crate::store::keys::{self, Block, CutRow, PlanRow};
use crate::store::{Index, Loaded, StoreError, VisitOpen};

pub(super) fn load(journaled: &Journaled, index: &dyn Index) -> Result<Loaded, StoreError> {
    let (cycles, plan) = cycles(journaled, index)?;
    let mut streams = streams(index)?;
    for (region, stream) in &mut streams {
        stream.held = held(index, *region)?;
    }
    let payments = payments(index, None)?;
    let prefunds = prefunds(index, &cycles, &payments)?;
    Ok(Loaded {
        attestations: attestations::load(index, open_days(&cycles))?,
        streams,
        cycles,
        plan,
        proven: proven(journaled, index)?,
        directory: directory(index)?,
        books: books(index)?,
        payments,
        prefunds,
        disputes: super::disputes::load(index)?,
        months: super::months::load(index)?,
        tags: all_held(index)?,
        words: words(index)?,
        witnessed: witnessed(index)?,
        restored: restored(index)?,
    })
}

/// How many pieces of the journal may be read ahead of the one whose legs are visited.
const READ_AHEAD: usize = 4;

/// Visits the legs that no plan took, in the order in which they came: the next are read and decoded on a thread of their
/// own meanwhile, which is half of the work.
pub(super) fn open_legs(
    journaled: &Journaled,
    loaded: &Loaded,
    visit: VisitOpen<'_>,
) -> Result<(), StoreError> {
    let mut open = Vec::new();
    for (region, stream) in &loaded.streams {
        let plan = loaded.plan.as_ref();
        open.extend(open_blocks(journaled, *region, stream.held, plan)?);
    }
    open.sort_by_key(|open| (open.block.place, open.numbers.first));
    let (send, read) = sync_channel(READ_AHEAD);
    thread::scope(|scope| {
        let reader = thread::Builder::new().name("clearing-reader".to_owned());
        let reading = reader.spawn_scoped(scope, move || {
            // Whoever visits lets go of the other end when something is wrong.
            let mut pieces = open.iter().map(|open| open.read(journaled));
            while pieces.next().is_some_and(|piece| send.send(piece).is_ok()) {}
        });
        reading.map_err(|error| StoreError::Thread(error.to_string()))?;
        read.into_iter().try_for_each(|piece| {
            let (mut taken, of) = piece?;
            // They stay for long: what a thread that is gone had is given back late, and a close would need that much more.
            taken.legs = taken.legs.as_slice().to_vec();
            visit(taken, of)
        })
    })
}

/// The last checkpoint: days ascend as plans do.
fn proven(journaled: &Journaled, index: &dyn Index) -> Result<Option<Proven>, StoreError> {
    let mut last = None;
    each(index, keys::PROOFS, |key, _| {
        last = Some(keys::of_key(key)?);
        Ok(())
    })?;
    Ok(last.map(|day| journaled.proven(day)).transpose()?.flatten())
}

/// What home regions signed, as it was shown.
fn words(index: &dyn Index) -> Result<Words, StoreError> {
    let mut words = Words::default();
    each(index, keys::WORDS, |key, value| {
        let (settlement, kind, _): (SettlementId, LegKind, Option<Digest>) = keys::of_key(key)?;
        words.keep((settlement, kind), keys::read(value)?);
        Ok(())
    })?;
    Ok(words)
}

/// The plan of each region's last word.
fn witnessed(index: &dyn Index) -> Result<BTreeMap<RegionCode, u64>, StoreError> {
    let mut plans = BTreeMap::new();
    each(index, keys::WITNESSED, |key, value| {
        plans.insert(keys::of_key(key)?, keys::read(value)?);
        Ok(())
    })?;
    Ok(plans)
}

/// The last restore of the clearinghouse itself.
fn restored(index: &dyn Index) -> Result<Restore, StoreError> {
    let Some(value) = index.get(keys::RESTORED)? else {
        return Ok(Restore::NEVER);
    };
    let (incarnation, since, waits_since) = keys::read(&value)?;
    Ok(Restore {
        incarnation,
        since: Some(since),
        waits_since,
    })
}

/// Numbers of a stream that lie in one block.
struct Open {
    block: Block,
    numbers: Run,
}

impl Open {
    fn read(&self, journaled: &Journaled) -> Result<(LegsTaken, Vec<DeductionOf>), StoreError> {
        let (mut taken, mut of) = journaled.legs_taken(&self.block.place)?;
        let is_open = |number| (self.numbers.first..=self.numbers.last).contains(&number);
        taken.legs.retain(|leg| is_open(leg.number));
        of.retain(|said| is_open(said.number));
        Ok((taken, of))
    }
}

/// Where the legs of a region lie that no plan took.
fn open_blocks(
    journaled: &Journaled,
    region: RegionCode,
    held: u64,
    plan: Option<&NettingPlan>,
) -> Result<Vec<Open>, StoreError> {
    let window = plan.and_then(|plan| plan.window(region));
    let carried = window.map_or(&[][..], |window| window.carried.as_slice());
    let after = window.map_or(0, |window| window.to);
    let fresh = Run {
        first: after.saturating_add(1),
        last: held,
    };
    let mut open = Vec::new();
    for run in carried.iter().chain([&fresh]) {
        let mut first = run.first;
        while first <= run.last {
            let missing =
                || StoreError::Foreign(format!("leg {first} of region {region} is missing"));
            let block = journaled.block(region, first)?.ok_or_else(missing)?;
            let last = block.last.min(run.last);
            open.push(Open {
                block,
                numbers: Run { first, last },
            });
            first = last.saturating_add(1);
        }
    }
    Ok(open)
}

/// The highest number held of a stream.
fn held(index: &dyn Index, region: RegionCode) -> Result<u64, StoreError> {
    match index.at_or_before(&keys::block(region, u64::MAX))? {
        Some((key, value)) if key.starts_with(&keys::key(keys::BLOCKS, &region)) => {
            keys::read::<Block>(&value).map(|block| block.last)
        }
        Some(_) | None => Ok(0),
    }
}

/// The streams that ever did anything, without what they hold.
fn streams(index: &dyn Index) -> Result<BTreeMap<RegionCode, Stream>, StoreError> {
    let mut streams = BTreeMap::new();
    // From one region's blocks on to the next region's.
    let mut from = keys::BLOCKS.to_vec();
    while let Some((key, _)) = index.scan(keys::BLOCKS, &from, 1)?.pop() {
        let (region, _): (RegionCode, u64) = keys::of_key(&key)?;
        streams.insert(region, Stream::new());
        from = keys::block(region, u64::MAX);
    }
    each(index, keys::HALTS, |key, value| {
        let stream = streams
            .entry(keys::of_key(key)?)
            .or_insert_with(Stream::new);
        stream.halted_at = keys::read(value)?;
        Ok(())
    })?;
    each(index, keys::INCARNATIONS, |key, value| {
        let stream = streams
            .entry(keys::of_key(key)?)
            .or_insert_with(Stream::new);
        (stream.incarnation, stream.mark) = keys::read::<(u32, RestoreMark)>(value)?;
        Ok(())
    })?;
    each(index, keys::CLOSES, |key, value| {
        let (region, day): (RegionCode, BusinessDay) = keys::of_key(key)?;
        let stream = streams.entry(region).or_insert_with(Stream::new);
        stream.closed.insert(day, keys::read(value)?);
        Ok(())
    })?;
    Ok(streams)
}

type Cycles = BTreeMap<BusinessDay, Cycle>;

/// The cycles that are not netted.
fn open_days(cycles: &Cycles) -> impl Iterator<Item = BusinessDay> {
    let open = cycles.iter().filter(|(_, cycle)| cycle.plan.is_none());
    open.map(|(day, _)| *day)
}

/// The cycles, and the plan of the last that is netted.
fn cycles(
    journaled: &Journaled,
    index: &dyn Index,
) -> Result<(Cycles, Option<NettingPlan>), StoreError> {
    let mut cycles = BTreeMap::new();
    each(index, keys::CUT_OFFS, |key, value| {
        let CutRow { marks, by, at } = keys::read(value)?;
        cycles.insert(keys::of_key(key)?, Cycle::new(marks, by, at));
        Ok(())
    })?;
    each(index, keys::FAILED, |_, value| {
        let record: CycleRecord = keys::read(value)?;
        if let Some(cycle) = cycles.get_mut(&record.day()) {
            cycle.follow(&record);
        }
        Ok(())
    })?;
    let mut netted = None;
    each(index, keys::PLANS, |key, value| {
        let (day, row): (BusinessDay, PlanRow) = (keys::of_key(key)?, keys::read(value)?);
        if let Some(cycle) = cycles.get_mut(&day) {
            cycle.netted(row.number);
            netted = Some(day);
        }
        Ok(())
    })?;
    let plan = netted.map(|day| journaled.plan(day)).transpose()?.flatten();
    Ok((cycles, plan))
}

fn books(index: &dyn Index) -> Result<Books, StoreError> {
    let mut accounts = BTreeMap::new();
    each(index, keys::ACCOUNTS, |key, value| {
        let account: Account = keys::of_key(key)?;
        accounts.insert(account, keys::read_turnover(value)?);
        Ok(())
    })?;
    Ok(Books::new(accounts))
}

/// Payments, as their records come to in the order of the journal: all, or those before the first that came after a moment.
pub(super) fn payments(
    index: &dyn Index,
    until: Option<Timestamp>,
) -> Result<Payments, StoreError> {
    let mut payments = Payments::default();
    let mut is_over = false;
    each(index, keys::PAYMENTS, |_, value| {
        let record = keys::read::<PaymentRecord>(value)?;
        is_over = is_over || until.is_some_and(|until| came_at(&record) > until);
        if is_over {
            return Ok(());
        }
        let applied = payments.apply(&record);
        applied.map_err(|error| StoreError::Foreign(error.to_string()))
    })?;
    Ok(payments)
}

const fn came_at(record: &PaymentRecord) -> Timestamp {
    match record {
        PaymentRecord::Approved(of) => of.at,
        PaymentRecord::Instructed(of) => of.at,
        PaymentRecord::MonthInstructed(of) => of.at,
        PaymentRecord::Confirmed(of) => of.at,
        PaymentRecord::Parked(of) => of.at,
        PaymentRecord::Applied(of) => of.at,
        PaymentRecord::Returned(of) => of.at,
        PaymentRecord::Delayed(of) => of.at,
        PaymentRecord::Joined(of) => of.at,
        PaymentRecord::Corrected(of) => of.at,
    }
}

/// The directory, as its records come to, and how far it is signed.
fn directory(index: &dyn Index) -> Result<DirectoryHeld, StoreError> {
    let mut directory = DirectoryHeld::default();
    each(index, keys::MEMBERS, |_, value| {
        directory.apply(&keys::read::<MembersRecord>(value)?);
        Ok(())
    })?;
    each(index, keys::VERSIONS, |_, value| {
        let foreign = |error: String| StoreError::Foreign(error);
        let signed = SignedDirectory::from_bytes(value);
        let signed = signed.map_err(|error| foreign(error.to_string()))?;
        let noted = directory.signed(&signed);
        noted.map_err(|error| foreign(error.to_string()))
    })?;
    Ok(directory)
}

/// All prefunds, as their records come to, and what is used of them: by the cycles that are not paid.
fn prefunds(
    index: &dyn Index,
    cycles: &Cycles,
    payments: &Payments,
) -> Result<Prefunds, StoreError> {
    let foreign = |error: PrefundFault| StoreError::Foreign(error.to_string());
    let mut spent = BTreeMap::new();
    each(index, keys::SPENT, |key, value| {
        spent.insert(keys::of_key(key)?, keys::read(value)?);
        Ok(())
    })?;
    let mut prefunds = Prefunds::kept(spent);
    for (day, _) in cycles.iter().filter(|(_, cycle)| cycle.plan.is_some()) {
        if matches!(payments.progress(*day), Progress::Final(_)) {
            continue;
        }
        if let Some(value) = index.get(&keys::owed(*day))? {
            prefunds.unpaid(*day, keys::read(&value)?);
        }
        let paying = payments.cycle(*day);
        if let Some(order) = paying.and_then(|paying| paying.ordered.as_ref()) {
            let unpaid = payments.unpaid_of(order);
            prefunds.free(*day, |of| unpaid.frees(of));
        }
    }
    each(index, keys::PREFUNDS, |_, value| {
        let record = keys::read::<PrefundRecord>(value)?;
        prefunds.apply(&record).map_err(foreign)
    })?;
    Ok(prefunds)
}
