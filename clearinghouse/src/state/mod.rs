//! The state of clearing in memory: streams, matching, cycles and books, as all records appended so far
//! leave them, synced or not.
//!
//! [`State::apply`] is the only way it changes, and it decides nothing: what a record says has happened.
//! What went with a plan stays until the index knows it ([`State::forget`]), so that a look-up always
//! finds it in one of the two.

mod attestation;
mod cycle;
mod directory;
mod evidence;
mod matching;
mod stream;
mod tags;
mod to_net;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use huitong_core::canonical::{Artifact, CanonicalError};
use huitong_core::checkpoint::row::{Pair, RowError};
use huitong_core::checkpoint::search::RowLegs;
use huitong_core::date::BusinessDay;
use huitong_core::ledger::LedgerError;
use huitong_core::record::clearing::{
    ClearingRecord, CutOff, CycleRecord, DeductionOf, LegsTaken, Netted, PaymentRecord,
    PrefundRecord, Proven,
};
use huitong_core::region::RegionCode;
use huitong_netting::{Member, MemberError, Members, NettingPlan};

pub(crate) use attestation::{
    Attestations, Attested, Attesting, Kept, Numbers, Otherwise, asked_anew, digest, kept_after,
};
pub(crate) use cycle::{Cycle, Restore};
pub(crate) use directory::DirectoryHeld;
pub(crate) use evidence::{About, Place as WordPlace, Says, Word, Words};
pub(crate) use matching::{
    Earlier, Ends, Matching, NotTaken, Standing, TakenDebts, Waiting, WaitingLeg,
};
pub(crate) use stream::{FIRST_INCARNATION, Stream};
pub(crate) use tags::TagsHeld;
pub(crate) use to_net::{Found, LeftOut};

use crate::books::{self, Books};
use crate::disputes::{DisputeFault, Disputes};
use crate::months::{MonthFault, MonthStep, Months};
use crate::payments::{PaymentError, Payments, Progress};
use crate::prefunds::{PrefundFault, Prefunds, between_members};

/// Everything the clearinghouse knows and decides by.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// Who clears for each region, of the configuration and of the directory's last version.
    pub(crate) members: Members,
    /// The directory as officers decided it.
    pub(crate) directory: DirectoryHeld,
    /// By region of the directory.
    pub(crate) streams: BTreeMap<RegionCode, Stream>,
    /// The legs that are held.
    pub(crate) matching: Matching,
    /// What regions attested of cycles.
    pub(crate) attestations: Attestations,
    /// What is asked of the cycle that is to be netted next, once it is cut off and somebody wants to know.
    attesting: OnceLock<Option<Arc<Attesting>>>,
    /// What the rows of the last plan came to, until its checkpoint is signed.
    pub(crate) found: Found,
    /// What home regions signed of debts on which two regions do not agree.
    pub(crate) words: Words,
    /// Every cycle that is cut off.
    pub(crate) cycles: BTreeMap<BusinessDay, Cycle>,
    /// The last plan.
    pub(crate) plan: Option<NettingPlan>,
    /// The last checkpoint that was signed.
    pub(crate) proven: Option<Proven>,
    /// The books.
    pub(crate) books: Books,
    /// What was ordered to be paid, and what moved.
    pub(crate) payments: Payments,
    /// What members leave with each other.
    pub(crate) prefunds: Prefunds,
    /// What regions dispute.
    pub(crate) disputes: Disputes,
    /// The months that are drawn up.
    pub(crate) months: Months,
    /// Its own last restore.
    pub(crate) restored: Restore,
    /// How far each region's tags are held.
    pub(crate) tags: BTreeMap<RegionCode, TagsHeld>,
    /// The plan of each region's last word on a checkpoint.
    pub(crate) witnessed: BTreeMap<RegionCode, u64>,
}

/// A record that does not fit what stands: damage, or a fault of this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StateError {
    /// A plan in a record cannot be read.
    #[error("a journaled plan cannot be read: {0}")]
    Plan(#[from] CanonicalError),
    /// A plan cannot be booked.
    #[error("a journaled plan cannot be booked: {0}")]
    Books(#[from] LedgerError),
    /// A payment that does not fit.
    #[error("a journaled payment does not fit: {0}")]
    Payment(#[from] PaymentError),
    /// A prefund that does not fit.
    #[error("a journaled prefund does not fit: {0}")]
    Prefund(#[from] PrefundFault),
    /// A dispute that does not fit.
    #[error("a journaled dispute does not fit: {0}")]
    Dispute(#[from] DisputeFault),
    /// A month that does not fit.
    #[error("a journaled month does not fit: {0}")]
    Month(#[from] MonthFault),
    /// A directory whose regions clear for nobody that may.
    #[error("a journaled directory does not fit: {0}")]
    Members(#[from] MemberError),
    /// A signed version that does not follow upon the last.
    #[error(transparent)]
    NotNextVersion(#[from] directory::NotNext),
    /// A plan, or a fault, of a cycle that was not cut off.
    #[error("a plan, or why there is none, is journaled for {0}, which is not cut off")]
    NoCycle(BusinessDay),
    /// A checkpoint that does not follow upon the last.
    #[error("a checkpoint is journaled for plan {0}, which is not the next")]
    NotNextCheckpoint(u64),
}

impl State {
    /// The beginning: nothing held.
    pub(crate) fn new(members: Members) -> Self {
        let streams = members
            .iter()
            .map(|(region, _)| (region, Stream::new()))
            .collect();
        Self {
            members,
            directory: DirectoryHeld::default(),
            streams,
            matching: Matching::empty(),
            attestations: Attestations::default(),
            attesting: OnceLock::new(),
            found: Found::default(),
            words: Words::default(),
            cycles: BTreeMap::new(),
            plan: None,
            proven: None,
            books: Books::new(BTreeMap::new()),
            payments: Payments::default(),
            prefunds: Prefunds::default(),
            disputes: Disputes::default(),
            months: Months::default(),
            restored: Restore::NEVER,
            tags: BTreeMap::new(),
            witnessed: BTreeMap::new(),
        }
    }

    /// The last cycle that is cut off.
    pub(crate) fn last_cut_off(&self) -> Option<(BusinessDay, &Cycle)> {
        self.cycles
            .last_key_value()
            .map(|(day, cycle)| (*day, cycle))
    }

    /// The mark that a region already has, from the last cut-off.
    pub(crate) fn mark(&self, region: RegionCode) -> u64 {
        let last = self
            .last_cut_off()
            .and_then(|(_, cycle)| cycle.marks.get(&region));
        last.copied().unwrap_or(0)
    }

    /// The days after the last cut-off that some region has closed.
    pub(crate) fn closed_days(&self) -> impl Iterator<Item = BusinessDay> + '_ {
        let last = self.last_cut_off().map(|(day, _)| day);
        let days = self
            .streams
            .values()
            .flat_map(|stream| stream.closed.keys().copied());
        days.filter(move |day| last.is_none_or(|last| *day > last))
    }

    /// Changes what a record says has changed. What is not known here of debts that plans took is looked up.
    pub(crate) fn apply(
        &mut self,
        record: ClearingRecord,
        earlier: &dyn Earlier<Fault = Infallible>,
    ) -> Result<(), StateError> {
        match record {
            ClearingRecord::LegsTaken(taken) => self.take_legs(taken, &[], earlier),
            ClearingRecord::DeductionsTaken(taken, of) => self.take_legs(taken, &of, earlier),
            ClearingRecord::RegionClosed(closed) => {
                self.stream(closed.region)
                    .closed
                    .insert(closed.day, closed.up_to);
            }
            ClearingRecord::StreamHalted(halted) => {
                self.stream(halted.region).halted_at = Some(halted.number);
            }
            ClearingRecord::StreamReleased(released) => {
                self.stream(released.region).halted_at = None;
            }
            ClearingRecord::CutOff(cut) => self.cut_off(&cut),
            ClearingRecord::RegionAttested(attested) => self.attestations.attested(&attested),
            ClearingRecord::DifferencesTold(told) => self.attestations.told(&told),
            ClearingRecord::StreamRestored(restored) => {
                let stream = self.stream(restored.region);
                (stream.incarnation, stream.mark) = (restored.incarnation, restored.mark);
            }
            ClearingRecord::Restored(restored) => {
                self.restored = Restore {
                    incarnation: restored.incarnation,
                    since: Some(restored.at),
                    waits_since: Some(restored.at),
                };
                let tags = std::mem::take(&mut self.tags).into_iter();
                let tags = tags.map(|(region, held)| (region, held.after_restore()));
                self.tags = tags.collect();
            }
            ClearingRecord::Resumed(_) => self.restored.waits_since = None,
            ClearingRecord::TagsTaken(taken) => {
                let held = TagsHeld::with(self.tags.get(&taken.region), &taken.batch);
                self.tags.insert(taken.region, held);
            }
            ClearingRecord::TagsHalted(halted) => {
                if let Some(held) = self.tags.remove(&halted.region) {
                    self.tags.insert(halted.region, held.halted(&halted));
                }
            }
            ClearingRecord::EvidenceGiven(given) => self.words.apply(&given),
            ClearingRecord::Witnessed(witnessed) => {
                let said = &witnessed.word.word;
                self.witnessed.insert(said.region, said.plan);
            }
            ClearingRecord::Netted(netted) => self.net(&netted)?,
            ClearingRecord::Cycle(record) => self.follow_cycle(&record)?,
            ClearingRecord::Payment(record) => self.pay(&record)?,
            ClearingRecord::Prefund(record) => self.prefund(&record)?,
            ClearingRecord::Dispute(step) => self.disputes.apply(&step)?,
            ClearingRecord::Month(record) => self.months.apply(MonthStep::of(&record))?,
            ClearingRecord::DisputeSigned(certified) => {
                self.disputes.signed(&certified.outcome)?;
            }
            ClearingRecord::Members(record) => {
                self.directory.apply(&record);
                self.follow_directory()?;
            }
            ClearingRecord::DirectorySigned(signed) => self.directory.signed(&signed)?,
            ClearingRecord::Proven(proven) => self.prove(proven)?,
        }
        Ok(())
    }

    fn take_legs(
        &mut self,
        taken: LegsTaken,
        of: &[DeductionOf],
        earlier: &dyn Earlier<Fault = Infallible>,
    ) {
        if let Some(last) = taken.legs.last() {
            self.stream(taken.region).held = last.number;
        }
        let Ok(()) = self.matching.take(taken, of, earlier);
    }

    fn prove(&mut self, proven: Proven) -> Result<(), StateError> {
        let plan = proven.signed.checkpoint.plan;
        if plan != self.next_checkpoint() {
            return Err(StateError::NotNextCheckpoint(plan));
        }
        self.proven = Some(proven);
        Ok(())
    }

    /// Takes over who the directory's last version says are regions: each has a stream, and somebody clears for it.
    pub(crate) fn follow_directory(&mut self) -> Result<(), MemberError> {
        let mut of: BTreeMap<_, _> = self.members.iter().collect();
        for (region, member) in self.directory.members() {
            of.insert(region, Member::new(member));
            self.streams.entry(region).or_insert_with(Stream::new);
        }
        self.members = Members::new(of)?;
        Ok(())
    }

    /// The number of the plan whose checkpoint is to be signed next.
    pub(crate) fn next_checkpoint(&self) -> u64 {
        let last = self.proven.as_ref();
        last.map_or(0, |proven| proven.signed.checkpoint.plan)
            .saturating_add(1)
    }

    fn cut_off(&mut self, cut: &CutOff) {
        let cycle = Cycle::new(cut.marks.clone(), cut.by.clone(), cut.at);
        self.cycles.insert(cut.day, cycle);
        // What is asked of an earlier cycle stays as it is.
        if self.attesting.get().is_none_or(Option::is_none) {
            self.attesting = OnceLock::new();
        }
    }

    fn follow_cycle(&mut self, record: &CycleRecord) -> Result<(), StateError> {
        let cycle = self.cycles.get_mut(&record.day());
        cycle
            .ok_or(StateError::NoCycle(record.day()))?
            .follow(record);
        // What is left out is not asked about either.
        if let CycleRecord::Reopened(reopened) = record {
            self.attestations.reopened(reopened);
            self.attesting = OnceLock::new();
        }
        Ok(())
    }

    fn pay(&mut self, record: &PaymentRecord) -> Result<(), StateError> {
        self.payments.apply(record)?;
        self.books.post(&books::moved(record)?);
        if let PaymentRecord::Corrected(corrected) = record {
            for (day, owed) in &corrected.reopened {
                self.prefunds.unpaid(*day, owed.clone());
            }
        }
        let mut paid = self.payments.cycles_of(record);
        paid.retain(|day| matches!(self.payments.progress(*day), Progress::Final(_)));
        self.prefunds.paid(&paid);
        for order in self.payments.touched(record) {
            let unpaid = self.payments.unpaid_of(&order);
            for day in &order.days {
                self.prefunds.free(*day, |of| unpaid.frees(of));
            }
        }
        Ok(())
    }

    fn prefund(&mut self, record: &PrefundRecord) -> Result<(), StateError> {
        self.prefunds.apply(record)?;
        if let Some(entry) = books::left_with(record)? {
            self.books.post(&[entry]);
        }
        Ok(())
    }

    fn net(&mut self, netted: &Netted) -> Result<(), StateError> {
        let plan = NettingPlan::from_bytes(&netted.plan)?;
        let cycle = self
            .cycles
            .get_mut(&netted.day)
            .ok_or(StateError::NoCycle(netted.day))?;
        cycle.netted(netted.number);
        self.books.post(&books::entries(&plan)?);
        let owed = between_members(&plan);
        self.prefunds.netted(netted.day, owed);
        self.matching.net(&plan);
        self.plan = Some(plan);
        self.attesting = OnceLock::new();
        Ok(())
    }

    /// What is asked of the next cycle to be netted, once it is cut off. Legs that come later are past its marks, so it
    /// stays what it is. A cycle whose sums are out of range is not attested, and not netted either.
    pub(crate) fn attesting(&self) -> Option<&Arc<Attesting>> {
        let found = self.attesting.get_or_init(|| {
            let (day, cycle) = self.cycles.iter().find(|(_, cycle)| cycle.plan.is_none())?;
            let held = (&self.matching, self.plan.as_ref());
            Attesting::of(*day, cycle, held).ok().map(Arc::new)
        });
        found.as_ref()
    }

    /// A row of the cycle that is asked about, with its legs.
    pub(crate) fn row_legs(
        &self,
        attesting: &Attesting,
        pair: Pair,
    ) -> Result<Arc<RowLegs>, RowError> {
        attesting.legs(pair, || {
            let legs = attesting
                .places(pair)
                .filter_map(|place| self.matching.leg(place));
            RowLegs::new(pair, legs.map(|numbered| numbered.leg))
        })
    }

    /// Lets go of the legs of plans up to this one, and of what was attested of them: the index has it now.
    pub(crate) fn forget(&mut self, plan: u64) {
        self.matching.forget(plan);
        let known = |cycle: &Cycle| cycle.plan.is_some_and(|number| number <= plan);
        let last = self.cycles.iter().rev().find(|(_, cycle)| known(cycle));
        if let Some((day, _)) = last {
            self.attestations.forget(*day);
        }
    }

    fn stream(&mut self, region: RegionCode) -> &mut Stream {
        self.streams.entry(region).or_insert_with(Stream::new)
    }
}
