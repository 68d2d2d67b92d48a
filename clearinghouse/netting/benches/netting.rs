//! Planning and proving beside a plain sum over a `HashMap`, in one run: the ratio is the figure.
//!
//! `cargo bench -p huitong-netting` nets five million legs, `-- --quick` two hundred thousand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    missing_docs,
    reason = "a bench measures time, prints it, and stops at the first surprise"
)]

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::time::{Duration, Instant};

use huitong_core::date::BusinessDay;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_netting::{AgreedLeg, Inputs, Member, Members, check, plan};

const ROUNDS: usize = 5;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let count = if quick { 200_000 } else { 5_000_000 };
    let (marks, legs) = legs(count);
    let members = Members::new(
        marks
            .keys()
            .map(|region| (*region, Member::new(*region)))
            .collect(),
    )
    .unwrap();
    let day = BusinessDay::new(2026, 3, 2).unwrap();
    let inputs = Inputs {
        day,
        parent: None,
        members: &members,
        marks: &marks,
        legs: &legs,
    };
    let planned = plan(&inputs).unwrap();

    // Interleaved, and the median of each, so that a busy moment hits all alike.
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..ROUNDS {
        times[0].push(time(|| plain_sum(&legs)));
        times[1].push(time(|| plan(&inputs).unwrap()));
        times[2].push(time(|| check(&planned, &inputs).unwrap()));
    }
    let [plain, planning, proving] = times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2]
    });
    println!(
        "{count} legs of {} regions into {} gross rows (median of {ROUNDS})",
        marks.len(),
        planned.gross().len()
    );
    let row = |name, took: Duration| {
        let (nanos, hundredths) = (took.as_nanos(), took.as_nanos() * 100 / plain.as_nanos());
        println!(
            "{name:<24}{:>7} ms {:>5} ns/leg   x{}.{:02} of a plain sum",
            took.as_millis(),
            nanos / u128::from(count),
            hundredths / 100,
            hundredths % 100
        );
    };
    row("plain sum, HashMap", plain);
    row("plan", planning);
    row("check", proving);
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let begin = Instant::now();
    black_box(work());
    begin.elapsed()
}

fn plain_sum(legs: &[AgreedLeg]) -> HashMap<(RegionCode, RegionCode, Fund), i64> {
    let mut sums = HashMap::new();
    for leg in legs {
        let key = (leg.debtor, leg.creditor, leg.fund);
        *sums.entry(key).or_insert(0) += leg.amount.get();
    }
    sums
}

/// Legs among 370 regions.
fn legs(count: u64) -> (BTreeMap<RegionCode, u64>, Vec<AgreedLeg>) {
    let provinces = [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51,
    ];
    let codes = provinces
        .iter()
        .flat_map(|province| (1..=17).map(move |city| province * 10_000 + city * 100));
    let regions: Vec<_> = codes
        .filter_map(|code| RegionCode::from_number(code).ok())
        .take(370)
        .collect();
    let mut marks: BTreeMap<RegionCode, u64> = regions.iter().map(|region| (*region, 0)).collect();
    let mut state = 42_u64;
    let mut next = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let funds = [
        Fund::EmployeePool,
        Fund::ResidentPool,
        Fund::ResidentCriticalIllness,
        Fund::OwnAccount,
    ];
    let receipt = sha256(b"receipt");
    let business_day = BusinessDay::new(2026, 3, 2).unwrap();
    let mut legs: Vec<AgreedLeg> = (0..count)
        .map(|number| {
            let debtor = next(370);
            // Half of what a region owes goes to ten others, as patients travel.
            let distance = if next(2) == 0 { next(10) } else { next(369) };
            let creditor = regions[(debtor + 1 + distance) % 370];
            let debtor = regions[debtor];
            let mut take = |region| {
                let held = marks.get_mut(&region).unwrap();
                *held += 1;
                *held
            };
            let (receivable, payable) = (take(creditor), take(debtor));
            let settlement = SettlementId::from_parts(number as i64 / 100, distinct(number));
            let leg = Leg {
                settlement,
                kind: LegKind::Settlement,
                debtor,
                creditor,
                fund: funds[next(4)],
                amount: Fen::new(1 + next(5_000_000) as i64).unwrap(),
                business_day,
                receipt,
            };
            AgreedLeg::new(receivable, payable, &leg)
        })
        .collect();
    // As matching gives them: creditor by creditor.
    legs.sort_by_key(|leg| (leg.creditor, leg.settlement.to_bytes()[8]));
    (marks, legs)
}

/// Different for each number, and in no order: ids of one millisecond are random.
fn distinct(number: u64) -> [u8; 10] {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&mixed);
    bytes
}
