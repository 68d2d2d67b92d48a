//! What the tests of this crate stand on: a clearinghouse without its network, on a disk that can fail.

mod counting;
mod indexed;
mod said;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use huitong_backup::restore::begin_anew;
use huitong_certs::authority::Hosts;
use huitong_certs::signing::CertifiedKey;
use huitong_certs::{Authority, Identity, SigningKey, Trust, Validity};
use huitong_core::calendar::Calendar;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::sha256;
use huitong_core::duplicate::Tag;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg, Side};
use huitong_core::money::Fen;
use huitong_core::record::clearing::Actor;
use huitong_core::region::RegionCode;
use huitong_journal::testing::{FakeDisk, Misfortune};
use huitong_journal::{Options, Threads};
use huitong_netting::{Member, Members, NettingPlan};

use crate::backup::Anew;
use crate::clock::Clock;
use crate::decide::{self, Condition, Context, Decided, Decision, Schedule};
use crate::refusal::Refusal;
use crate::signer::Signer;
use crate::store::{Embedded, Index, MatchesPage, MemoryIndex, Proofs};
use crate::writer::Writer;

pub(crate) use self::said::{deducted, ended, of};

pub(crate) const REGIONS: [&str; 4] = ["310000", "330100", "330200", "510100"];

pub(crate) fn region(index: usize) -> RegionCode {
    REGIONS[index].parse().unwrap()
}

/// A region's word, in the incarnation of a node that was never restored.
pub(crate) fn told(index: usize) -> decide::Told {
    decide::Told {
        region: region(index),
        incarnation: 1,
    }
}

pub(crate) fn day(day: u8) -> BusinessDay {
    let first = BusinessDay::new(2026, 3, 1).unwrap();
    first.plus_days(i32::from(day) - 1).unwrap()
}

pub(crate) fn members() -> Members {
    let member = |text: &str| {
        if text.starts_with("33") {
            "330000"
        } else {
            text
        }
        .to_owned()
    };
    let pair = |text: &&str| {
        (
            text.parse().unwrap(),
            Member::new(member(text).parse().unwrap()),
        )
    };
    Members::new(REGIONS.iter().map(pair).collect()).unwrap()
}

/// A debt of the resident pool on the first day.
pub(crate) fn debt(id: u8, debtor: usize, creditor: usize, fen: i64) -> Leg {
    Leg {
        settlement: SettlementId::from_parts(i64::from(id), [id; 10]),
        kind: LegKind::Settlement,
        debtor: region(debtor),
        creditor: region(creditor),
        fund: Fund::ResidentPool,
        amount: Fen::new(fen).unwrap(),
        business_day: day(1),
        receipt: sha256(&[id]),
    }
}

/// What is owed back for a debt's reversal, on a day.
pub(crate) fn reversed(leg: &Leg, on: u8) -> Leg {
    Leg {
        kind: LegKind::Reversal,
        debtor: leg.creditor,
        creditor: leg.debtor,
        business_day: day(on),
        receipt: sha256(b"a reversal"),
        ..leg.clone()
    }
}

pub(crate) fn receivable(number: u64, leg: &Leg) -> NumberedLeg {
    NumberedLeg {
        number,
        side: Side::Receivable,
        leg: leg.clone(),
    }
}

pub(crate) fn payable(number: u64, leg: &Leg) -> NumberedLeg {
    NumberedLeg {
        number,
        side: Side::Payable,
        leg: leg.clone(),
    }
}

/// A clock that stands where it is put.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn put(&self, at: &str) {
        self.0
            .store(Timestamp::parse(at).unwrap().as_millis(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// How a clearinghouse comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Return {
    /// It was told to stop.
    Stopped,
    /// The power failed: what was not synced may be lost.
    PowerCut,
    /// As after a power cut, and the index is gone.
    IndexLost,
}

fn options() -> Options {
    Options::standard()
        .segment_bytes(1 << 18)
        .frame_bytes(1 << 17)
        .group(1 << 16, 4_096)
}

/// A clearinghouse without its network.
pub(crate) struct House {
    runtime: tokio::runtime::Runtime,
    pub(crate) disk: FakeDisk,
    index: Arc<MemoryIndex>,
    pub(crate) clock: Arc<HandClock>,
    /// Every day is a business day, unless a test says otherwise and comes back.
    pub(crate) calendar: Calendar,
    /// How long netting waits for regions to attest: most tests have none that would.
    pub(crate) wait_minutes: u32,
    /// With what it signs when it comes back.
    signer: Signer,
    writer: Option<Writer>,
}

impl House {
    pub(crate) fn new(seed: u64) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(0)));
        clock.put("2026-03-31T04:00:00.000Z");
        let mut house = Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap(),
            disk: FakeDisk::new(seed),
            index: Arc::new(MemoryIndex::new()),
            clock,
            calendar: Calendar::every_day(),
            wait_minutes: 0,
            signer: signer("2028-01-01T00:00:00Z"),
            writer: None,
        };
        house.open().unwrap();
        house
    }

    fn open(&mut self) -> Result<(), String> {
        self.open_with(members())
    }

    /// Stops, and opens with another directory.
    pub(crate) fn come_back_with(&mut self, directory: Members) -> Result<(), String> {
        self.writer = None;
        self.open_with(directory)
    }

    fn open_with(&mut self, directory: Members) -> Result<(), String> {
        let index: Arc<dyn Index> = self.index.clone();
        let disk = self.disk.port();
        let clock: Arc<dyn Clock> = self.clock.clone();
        let calendar = self.calendar.clone();
        let signer = self.signer.clone();
        let opened = Writer::start(directory, calendar, clock, signer, &Threads, |events| {
            Embedded::open(disk, options(), || Ok(index), &Threads, events)
        });
        self.writer = Some(opened.map_err(|fault| format!("{fault:?}"))?);
        Ok(())
    }

    pub(crate) fn come_back(&mut self, how: Return) {
        if how != Return::Stopped {
            self.disk.restore_power();
        }
        self.writer = None;
        if how == Return::IndexLost {
            self.index = Arc::new(MemoryIndex::new());
        }
        // A start that the disk's misfortune falls into fails whole, and is made again on a disk that is well.
        if self.open().is_err() {
            self.disk.plan(u64::MAX, Misfortune::Refused);
            self.disk.restore_power();
            self.open().unwrap();
        }
    }

    /// Loses its disk, and begins anew on a backup of it.
    pub(crate) fn put_back(&mut self, backup: &FakeDisk) {
        self.writer = None;
        self.disk = backup.copy();
        self.index = Arc::new(MemoryIndex::new());
        let mut anew = Anew::new(self.clock.now());
        begin_anew(self.disk.port(), options(), &mut anew, || Ok(())).unwrap();
        self.open().unwrap();
    }

    pub(crate) fn ask<A: Send + 'static>(
        &self,
        decide: impl FnOnce(&Context<'_>) -> Decision<A> + Send + 'static,
    ) -> Result<A, Refusal> {
        self.runtime
            .block_on(self.writer.as_ref().unwrap().decide(decide))
    }

    /// From when it comes back it signs with a certificate that has run out.
    pub(crate) fn expire_signing(&mut self) {
        self.signer = signer("2026-01-02T00:00:00Z");
    }

    /// From when it comes back it signs with a good certificate again.
    pub(crate) fn renew_signing(&mut self) {
        self.signer = signer("2028-01-01T00:00:00Z");
    }

    /// The signed versions of the directory that are indexed.
    pub(crate) fn versions(&self) -> Proofs {
        self.writer.as_ref().unwrap().proven_rows()
    }

    /// What is proven.
    pub(crate) fn proofs(&self) -> Proofs {
        let writer = self.writer.as_ref().unwrap();
        self.runtime.block_on(writer.proofs()).unwrap()
    }

    /// How far a report is held; what is wrong with the first leg that is not taken.
    pub(crate) fn report(&self, of: usize, legs: &[NumberedLeg]) -> Result<u64, Refusal> {
        self.report_of(of, legs, &[])
    }

    pub(crate) fn position(&self, of: usize) -> u64 {
        let found = self.ask(move |context| decide::position(context, told(of)));
        found.unwrap().0
    }

    /// A page of a region's matches.
    pub(crate) fn matches(&self, of: usize, after: Option<(Tag, RegionCode)>) -> MatchesPage {
        let by = told(of);
        let directory = self.ask(move |context| decide::may_match(context, by));
        let rows = self.writer.as_ref().unwrap().tag_rows();
        let pairs = decide::PAIRS_AT_ONCE;
        rows.matches(region(of), after, pairs, &directory.unwrap())
            .unwrap()
    }

    pub(crate) fn close(&self, of: usize, on: u8, up_to: u64) -> Result<bool, Refusal> {
        self.ask(move |context| decide::close_day(context, told(of), day(on), up_to))
    }

    pub(crate) fn cut_off(&self, on: u8, condition: Condition) -> Result<(), Refusal> {
        self.ask(move |context| decide::cut_off(context, day(on), condition, officer()))
    }

    /// Nets; while the index is being brought up to an earlier plan, asks again, as an officer would.
    ///
    /// What is asked after it is not refused for the index's sake: the plan answers to look-ups by then.
    pub(crate) fn net(&self, on: u8) -> Result<NettingPlan, Refusal> {
        let wait = self.wait_minutes;
        let netted = self.once_indexed(|| {
            self.ask(move |context| {
                decide::net(context, day(on), decide::Expected::Unknown, wait, officer())
            })
        })?;
        self.once_indexed(|| {
            self.ask(move |context| {
                Ok(match context.store.plan(day(on))? {
                    Some(_) => Decided::answer(()),
                    None => Decided::refuse(Refusal::being_indexed()),
                })
            })
        })?;
        Ok(netted)
    }

    /// What is answered as soon as the index does not stand in the way.
    fn once_indexed<A>(&self, ask: impl Fn() -> Result<A, Refusal>) -> Result<A, Refusal> {
        loop {
            match ask() {
                Err(refusal) if refusal == Refusal::being_indexed() => {
                    std::thread::yield_now();
                }
                done => return done,
            }
        }
    }

    pub(crate) fn tick(&self, schedule: Schedule) -> Result<Option<BusinessDay>, Refusal> {
        self.ask(move |context| decide::cut_off_when_due(context, schedule))
    }

    /// The sum of all balances, which is zero for each fund.
    pub(crate) fn trial_balance(&self) -> BTreeMap<Fund, i128> {
        self.ask(|context| {
            let books = &context.state.books;
            let sums = Fund::ALL
                .iter()
                .map(|fund| (*fund, books.trial_balance(*fund)));
            Ok(Decided::answer(sums.collect()))
        })
        .unwrap()
    }
}

/// What signs checkpoints from the beginning of 2026 until a moment.
fn signer(until: &str) -> Signer {
    let from = "2026-01-01T00:00:00Z".parse().unwrap();
    let (until, end) = (
        until.parse().unwrap(),
        "2029-01-01T00:00:00Z".parse().unwrap(),
    );
    let domain = "tests.huitong.example".parse().unwrap();
    let root = Authority::new_root(&domain, Validity::new(from, end).unwrap()).unwrap();
    let validity = Validity::new(from, until).unwrap();
    let issued = root.issue(&Identity::ClearinghouseSigning, &Hosts::none(), validity);
    let issued = issued.unwrap();
    let trust = Trust::from_roots(&[root.certificate().clone()]).unwrap();
    let certified = CertifiedKey::from_chain(issued.chain(), &trust, from).unwrap();
    let key = SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap();
    Signer::new(key, &certified).unwrap()
}

pub(crate) fn officer() -> Actor {
    Actor::Officer("wang.fang".to_owned())
}

/// The code of a refusal.
pub(crate) fn code<T: std::fmt::Debug>(refused: Result<T, Refusal>) -> &'static str {
    refused.unwrap_err().code.code()
}
