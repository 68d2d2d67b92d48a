//! Random histories: legs in any order, sent again, with crashes at any point and cycles in between.
//!
//! Whatever happens, every debt that both regions reported alike is netted exactly once, and nothing else; what takes back
//! only where what it takes back is.

use std::collections::BTreeMap;

use huitong_core::canonical::Artifact;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, NumberedLeg};
use huitong_core::money::SignedFen;
use huitong_core::record::clearing::DeductionOf;
use huitong_journal::testing::Misfortune;
use proptest::prelude::*;

use crate::decide::Condition;
use crate::refusal::Refusal;
use crate::testing::{House, Return, debt, deducted, ended, payable, receivable, reversed, told};

/// What becomes of one debt's reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Agrees,
    /// It agrees, and so does its reversal.
    Reversed,
    CreditorOnly,
    DebtorOnly,
    Differs,
    /// It differs, and its reversal agrees: neither is ever netted.
    ReversedDiffers,
    /// One side alone reports it, and both its reversal.
    ReversedCreditorOnly,
    /// It agrees, and so does a deduction of which it is known that it is of it.
    Deducted,
    /// It differs, and a deduction agrees of which that is known: neither is ever netted.
    DeductedDiffers,
    /// It differs, and a deduction agrees of which nothing is known: it is netted without it.
    DeductedUnsaid,
    /// It agrees, so does such a deduction, and so does that one's end.
    Ended,
    /// One side alone reports it, and both a deduction of which it is known and its end: none is ever netted.
    EndedDebtorOnly,
}

#[derive(Debug, Clone)]
enum Step {
    /// A region sends from so far before its position, at most so many.
    Send { of: usize, back: u64, count: usize },
    /// The day is cut off at the deadline and netted, or only cut off.
    Cycle { net: bool },
    /// It stops and comes back.
    Return(Return),
    /// The disk fails so many operations from now.
    Fail { ahead: u64, how: Misfortune },
}

fn fates() -> impl Strategy<Value = Vec<(usize, usize, i64, Fate, u16, u16)>> {
    let fate = prop_oneof![
        6 => Just(Fate::Agrees),
        2 => Just(Fate::Reversed),
        1 => Just(Fate::CreditorOnly),
        1 => Just(Fate::DebtorOnly),
        1 => Just(Fate::Differs),
        1 => Just(Fate::ReversedDiffers),
        1 => Just(Fate::ReversedCreditorOnly),
        2 => Just(Fate::Deducted),
        1 => Just(Fate::DeductedDiffers),
        1 => Just(Fate::DeductedUnsaid),
        2 => Just(Fate::Ended),
        1 => Just(Fate::EndedDebtorOnly),
    ];
    // Debtor, distance to the creditor, amount, fate, and where each report stands in its stream.
    prop::collection::vec(
        (
            0_usize..4,
            1_usize..4,
            1_i64..1_000_000,
            fate,
            any::<u16>(),
            any::<u16>(),
        ),
        0..30,
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let back = prop_oneof![
        Just(Return::Stopped),
        Just(Return::PowerCut),
        Just(Return::IndexLost)
    ];
    let how = prop_oneof![
        Just(Misfortune::Refused),
        Just(Misfortune::Half),
        Just(Misfortune::Forgotten),
        Just(Misfortune::PowerCut),
    ];
    let step = prop_oneof![
        8 => (0_usize..4, 0_u64..4, 1_usize..6).prop_map(|(of, back, count)| Step::Send { of, back, count }),
        2 => any::<bool>().prop_map(|net| Step::Cycle { net }),
        1 => back.prop_map(Step::Return),
        1 => (0_u64..6, how).prop_map(|(ahead, how)| Step::Fail { ahead, how }),
    ];
    prop::collection::vec(step, 0..40)
}

/// Where in its region's stream a debt is reported, by which side, and of which settlement it is said to be.
type Place = (u16, Leg, fn(u64, &Leg) -> NumberedLeg, Option<SettlementId>);

/// A region's stream, and what is said beside it.
type Stream = (Vec<NumberedLeg>, Vec<DeductionOf>);

impl Fate {
    fn of_creditor(self) -> bool {
        !matches!(self, Self::DebtorOnly | Self::EndedDebtorOnly)
    }

    fn of_debtor(self) -> bool {
        !matches!(self, Self::CreditorOnly | Self::ReversedCreditorOnly)
    }

    fn differs(self) -> bool {
        matches!(
            self,
            Self::Differs | Self::ReversedDiffers | Self::DeductedDiffers | Self::DeductedUnsaid
        )
    }

    fn is_reversed(self) -> bool {
        matches!(
            self,
            Self::Reversed | Self::ReversedDiffers | Self::ReversedCreditorOnly
        )
    }

    fn is_ended(self) -> bool {
        matches!(self, Self::Ended | Self::EndedDebtorOnly)
    }

    fn is_deducted(self) -> bool {
        let is_open = matches!(
            self,
            Self::Deducted | Self::DeductedDiffers | Self::DeductedUnsaid
        );
        is_open || self.is_ended()
    }

    /// Both report it alike.
    fn agrees(self) -> bool {
        self.of_creditor() && self.of_debtor() && !self.differs()
    }
}

/// The four streams, each in an order of its own, and the debts that agree and are to be netted. What takes back comes with
/// what it takes back or in any order with others, and is taken with it or after it: where that does not agree, it is taken
/// by no plan.
fn streams(fates: &[(usize, usize, i64, Fate, u16, u16)]) -> (Vec<Stream>, Vec<Leg>) {
    let mut places: Vec<Vec<Place>> = vec![Vec::new(); 4];
    let mut netted = Vec::new();
    for (id, (debtor, distance, fen, fate, here, there)) in (0_u8..).zip(fates) {
        let creditor = (debtor + distance) % 4;
        let leg = debt(id, *debtor, creditor, *fen);
        if fate.of_creditor() {
            places[creditor].push((*here, leg.clone(), receivable, None));
        }
        if fate.of_debtor() {
            let said = debt(id, *debtor, creditor, fen + i64::from(fate.differs()));
            places[*debtor].push((*there, said, payable, None));
        }
        let mut backs = Vec::new();
        if fate.is_reversed() {
            backs.push((reversed(&leg, 2), None));
        }
        if fate.is_deducted() {
            let deduction = deducted(id + 100, &leg, *fen);
            let said = Some(leg.settlement).filter(|_| *fate != Fate::DeductedUnsaid);
            backs.push((deduction, said));
        }
        for (back, said) in backs {
            places[*debtor].push((*there, back.clone(), receivable, None));
            places[creditor].push((*here, back.clone(), payable, said));
            if fate.is_ended() {
                let end = ended(&back);
                // The end may be told before what it ends.
                places[creditor].push((here / 2, end.clone(), receivable, None));
                places[*debtor].push((there / 2, end.clone(), payable, None));
                netted.extend(Some(end).filter(|_| fate.agrees()));
            }
            if fate.agrees() || *fate == Fate::DeductedUnsaid {
                netted.push(back);
            }
        }
        netted.extend(Some(leg).filter(|_| fate.agrees()));
    }
    let number = |mut stream: Vec<Place>| {
        stream.sort_by_key(|(place, leg, _, _)| (*place, leg.settlement, leg.kind));
        let (mut legs, mut said) = (Vec::new(), Vec::new());
        for (number, (_, leg, side, of)) in (1..).zip(stream) {
            legs.push(side(number, &leg));
            said.extend(of.map(|settlement| DeductionOf { number, settlement }));
        }
        (legs, said)
    };
    (places.into_iter().map(number).collect(), netted)
}

/// How far a region's stream is held.
fn asked(house: &House, of: usize) -> Result<u64, Refusal> {
    let position = house.ask(move |context| crate::decide::position(context, told(of)));
    position.map(|(held, _)| held)
}

/// A clearinghouse under a history: what was acknowledged must stay.
struct History {
    house: House,
    streams: Vec<Stream>,
    acknowledged: [u64; 4],
    next_day: u8,
    plans: BTreeMap<u8, Vec<u8>>,
}

impl History {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Send { of, back, count } => self.send(*of, *back, *count),
            Step::Cycle { net: true } => self.cut_off_and_net(),
            Step::Cycle { net: false } => {
                self.cut_off();
            }
            Step::Return(how) => self.come_back(*how),
            Step::Fail { ahead, how } => self.house.disk.plan(*ahead, *how),
        }
    }

    fn come_back(&mut self, how: Return) {
        self.house.come_back(how);
        for (of, acknowledged) in self.acknowledged.iter().enumerate() {
            let mut held = asked(&self.house, of);
            // What a start makes up for is written meanwhile, and a misfortune that was planned before may meet it.
            if let Err(refusal) = &held {
                assert_eq!(refusal.code.code(), "node.store_broken");
                self.house.come_back(Return::PowerCut);
                held = asked(&self.house, of);
            }
            assert!(held.unwrap() >= *acknowledged, "acknowledged legs are lost");
        }
    }

    /// Whether it was done; when the disk failed, the clearinghouse has come back meanwhile.
    fn done<T>(&mut self, outcome: Result<T, Refusal>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(refusal) => {
                assert_eq!(
                    refusal.code.code(),
                    "node.store_broken",
                    "{}",
                    refusal.detail
                );
                self.come_back(Return::PowerCut);
                None
            }
        }
    }

    fn send(&mut self, of: usize, back: u64, count: usize) {
        let position = asked(&self.house, of);
        let Some(held) = self.done(position) else {
            return;
        };
        let first = usize::try_from(held.saturating_sub(back)).unwrap();
        let (stream, said) = &self.streams[of];
        let legs: Vec<_> = stream.iter().skip(first).take(count).cloned().collect();
        let sent = self.house.report_of(of, &legs, said);
        if let Some(held) = self.done(sent) {
            self.acknowledged[of] = held;
        }
    }

    /// Cuts the next day off; which day it was, if the house still stands.
    fn cut_off(&mut self) -> Option<u8> {
        let on = self.next_day;
        let cut = self.house.cut_off(on, Condition::Deadline(0));
        self.done(cut)?;
        self.next_day += 1;
        Some(on)
    }

    fn cut_off_and_net(&mut self) {
        if let Some(on) = self.cut_off() {
            self.net_up_to(on);
        }
    }

    /// Nets every cycle that is cut off and has no plan here yet, in order, each twice.
    fn net_up_to(&mut self, last: u8) {
        for on in 1..=last {
            for _ in 0..2 {
                let outcome = self.house.net(on);
                let Some(plan) = self.done(outcome) else {
                    return;
                };
                let bytes = plan.to_bytes();
                assert_eq!(
                    self.plans.entry(on).or_insert_with(|| bytes.clone()),
                    &bytes
                );
            }
        }
    }

    /// Sends all that is left and nets it in last cycles without misfortune.
    fn finish(&mut self) {
        self.house.disk.plan(u64::MAX, Misfortune::Refused);
        for of in 0..4 {
            while self.acknowledged[of] < u64::try_from(self.streams[of].0.len()).unwrap() {
                self.send(of, 1, 7);
            }
        }
        // The next cut-off may stand already, written before a power cut that kept its answer back. The one
        // after it is certainly new, and holds all that is left.
        let last = self.next_day + 1;
        while self.plans.keys().copied().max().unwrap_or(0) < last {
            self.cut_off_and_net();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Every agreed debt is netted exactly once, the nets sum to zero, and the books balance.
    #[test]
    fn every_agreed_debt_is_netted_exactly_once(fates in fates(), steps in steps(), seed in any::<u64>()) {
        let (streams, to_be_netted) = streams(&fates);
        let mut history = History {
            house: House::new(seed),
            streams,
            acknowledged: [0; 4],
            next_day: 1,
            plans: BTreeMap::new(),
        };
        for step in &steps {
            // A month has room for so many cycles.
            if history.next_day < 25 || !matches!(step, Step::Cycle { .. }) {
                history.step(step);
            }
        }
        history.come_back(Return::PowerCut);
        history.finish();

        let mut sums: BTreeMap<_, (i64, u64)> = BTreeMap::new();
        for bytes in history.plans.values() {
            let plan = huitong_netting::NettingPlan::from_bytes(bytes).unwrap();
            let nets = plan.member_nets().iter().map(|net| net.amount);
            prop_assert_eq!(SignedFen::sum(nets), Ok(SignedFen::ZERO));
            for row in plan.gross() {
                let sum = sums.entry((row.debtor, row.creditor)).or_insert((0, 0));
                *sum = (sum.0 + row.amount.get(), sum.1 + row.legs);
            }
        }
        let mut expected: BTreeMap<_, (i64, u64)> = BTreeMap::new();
        for leg in &to_be_netted {
            let sum = expected.entry((leg.debtor, leg.creditor)).or_insert((0, 0));
            *sum = (sum.0 + leg.amount.get(), sum.1 + 1);
        }
        prop_assert_eq!(sums, expected);
        for how in [Return::Stopped, Return::IndexLost] {
            prop_assert!(history.house.trial_balance().values().all(|sum| *sum == 0));
            let status = history.house.status(None);
            prop_assert_eq!(status.agreed, 0, "nothing that agrees is left");
            history.come_back(how);
        }
        prop_assert_eq!(history.house.trial_balance()[&Fund::ResidentPool], 0);
    }
}
