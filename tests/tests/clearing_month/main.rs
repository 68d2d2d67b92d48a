//! A month of clearing with many regions: each is a source of legs, over a connection and with certificates of its own,
//! of one clearinghouse as it is run, with its journal on a disk. The nodes are left out; what they say is said by sources
//! that know what they wrote and what they were answered, and nothing else.
//!
//! | module | its question |
//! |---|---|
//! | [`register`], [`world`] | Who is there, and what runs? |
//! | [`story`] | What do regions come to owe each other, and how is it reported? |
//! | [`source`], [`misread`], [`office`], [`bank`], [`quarrels`] | Who says what? |
//! | [`driver`], [`closing`] | How does it go, and when does it go down? |
//! | [`proof`] | What does each region check without a server? |
//! | [`evidence`], [`auditor`] | What must have come of it? |
//! | [`tables`] | What does another tool come to? |
//! | [`saboteurs`] | Would the auditor notice? |
//! | [`under_load`] | Is a cut-off one moment while all report without pause? |
//!
//! `cargo xtask month` is the long form.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    unreachable_pub,
    reason = "a test says what must hold by panicking"
)]

mod auditor;
mod bank;
mod closing;
mod driver;
mod evidence;
mod misread;
mod office;
mod proof;
mod quarrels;
mod register;
mod saboteurs;
mod source;
mod story;
mod tables;
mod under_load;
mod world;

use std::collections::BTreeSet;

use auditor::Found;
use driver::{GoesOn, Outcome, Setup};
use evidence::Level;
use huitong_core::leg::LegKind;
use world::Moves;

/// Fewer regions than there are, and as many provinces.
const REGIONS: usize = 40;
const VISITS: usize = 2;
/// As many as it takes for everything to happen where money moves by the month.
const FEW: usize = 14;
const SEED: u64 = 20_260_901;
/// As many regions as there are, for so many days.
const ALL: usize = 400;
const DAYS: usize = 7;

/// What goes on, and what the auditor and another tool find of it: every law holds.
async fn sound(regions: usize, moves: Moves, goes_on: GoesOn) -> (Outcome, Found) {
    let outcome = driver::pass(Setup {
        seed: SEED,
        regions,
        visits: if regions == ALL { 1 } else { VISITS },
        moves,
        goes_on,
    })
    .await;
    assert_eq!(outcome.checked.faults, Vec::<String>::new());
    let found = auditor::audit(&outcome.evidence);
    let broken: Vec<_> = found
        .violations
        .iter()
        .map(|it| (it.law, &it.story))
        .collect();
    assert_eq!(broken, []);
    assert_eq!(outcome.checked.all(), outcome.to_check);
    for said in &outcome.meddled {
        assert!(!said.is_empty());
    }
    assert_eq!(outcome.compared.wrong(&found), Vec::<String>::new());
    println!("{}", outcome.compared);
    (outcome, found)
}

/// A month, of which every law holds.
async fn passed(regions: usize, moves: Moves) -> (Outcome, Found) {
    let flag = match moves {
        Moves::ByDay => "",
        Moves::ByMonth => " --monthly",
    };
    println!("cargo xtask month --regions {regions} --visits {VISITS} --seed {SEED}{flag}");
    let (outcome, found) = sound(regions, moves, GoesOn::ToTheEnd).await;
    // The last cycle before the month, the month's twenty-two, and the first after it.
    assert_eq!(outcome.evidence.cycles.len(), 24);
    // None of it holds only because nothing of it happened.
    assert!(found.netted > regions * 40, "{} legs", found.netted);
    assert!(found.kept_out > 10, "kept out: {}", found.kept_out);
    assert!(found.held_back > 3, "held back: {}", found.held_back);
    let of_deductions = found.deductions_held_back;
    assert!(of_deductions > 3, "deductions held back: {of_deductions}");
    assert_eq!(found.suspended, 20, "one that pauses and one that leaves");
    let levels = BTreeSet::from([Level::Normal, Level::Yellow, Level::Red]);
    assert_eq!(found.levels, levels);
    assert!(found.unpaid > 50, "open: {}", found.unpaid);
    assert_eq!(found.of_kind.get(&LegKind::Correction), Some(&4));
    let figures = &outcome.compared.figures;
    for sort in ["gross", "net", "month 2026-09", "deductions"] {
        let count = figures.get(sort).copied().unwrap_or(0);
        assert!(count > 2 * regions, "{sort}: {count} figures");
    }
    (outcome, found)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_with_many_regions_holds_every_law_and_whoever_breaks_one_is_noticed() {
    let (outcome, found) = passed(REGIONS, Moves::ByDay).await;
    let rows: BTreeSet<_> = outcome.evidence.months[0].file.keys().collect();
    let rows: BTreeSet<_> = rows.into_iter().map(|(pair, _)| pair).collect();
    // So that the month's rows are pieces enough for each death to leave some of them and not all.
    assert!(rows.len() > 8 * world::ROWS_OF_A_PIECE, "{}", rows.len());
    assert!(
        found.under_their_own_day > 100,
        "late: {}",
        found.under_their_own_day
    );
    assert!(found.repeated > 50, "told again: {}", found.repeated);
    assert!(found.earlier > 5, "of an earlier month: {}", found.earlier);
    let of = |kind| found.of_kind.get(&kind).copied().unwrap_or(0);
    for kind in [LegKind::Reversal, LegKind::Deduction, LegKind::DeductionEnd] {
        assert!(of(kind) > 20, "{kind}: {}", of(kind));
    }
    assert!(found.waits_for_others > 0, "nobody waited for others");
    assert!(found.holder_waits > 0, "no holder waited alone");
    assert_eq!(outcome.too_soon, 1, "a payment while an earlier is open");
    let in_part = outcome.outages.iter();
    let in_part = in_part.filter(|state| **state == "rows written in part");
    assert_eq!(in_part.count(), closing::DIED_AFTER.len());
    let outages: BTreeSet<_> = outcome.outages.iter().copied().collect();
    assert_eq!(outages.len(), 15, "{outages:?}");
    is_noticed(&outcome.evidence);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_money_moves_by_the_month_the_same_laws_hold_of_its_orders() {
    let (outcome, _) = passed(FEW, Moves::ByMonth).await;
    let evidence = &outcome.evidence;
    let cycles: Vec<_> = evidence.orders.iter().map(|it| it.days.len()).collect();
    assert_eq!(cycles, [1, 22]);
    assert_eq!(evidence.months.len(), 2);
    for sort in ["month 2026-08", "payment M202608", "payment M202609"] {
        let count = outcome.compared.figures.get(sort).copied().unwrap_or(0);
        assert!(count > FEW, "{sort}: {count} figures");
    }
    assert!(outcome.outages.contains(&"month instructed"));
    is_noticed(evidence);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_few_days_with_four_hundred_regions_hold_every_law() {
    let (outcome, found) = sound(ALL, Moves::ByDay, GoesOn::For(DAYS)).await;
    let evidence = &outcome.evidence;
    assert_eq!(evidence.cycles.len(), DAYS);
    // One joined and one left.
    assert_eq!((evidence.joined.len(), evidence.left.len()), (1, 1));
    let marks = evidence.cycles.iter().map(|cycle| cycle.marks.len());
    let marks: Vec<_> = marks.collect();
    assert_eq!(marks, [400, 400, 400, 401, 401, 401, 401]);
    assert_eq!(evidence.streams.len(), ALL + 1);
    let has_sent = evidence.streams.values().filter(|it| !it.is_empty());
    assert_eq!(has_sent.count(), ALL + 1);
    assert!(found.netted > ALL * 5, "{} legs", found.netted);
    assert!(found.under_their_own_day > 100);
    assert!(found.repeated > 20, "told again: {}", found.repeated);
    for kind in [LegKind::Reversal, LegKind::Deduction] {
        assert!(found.of_kind[&kind] > 100, "{kind}");
    }
    assert_eq!(outcome.outages[..3], ["open", "cut off", "attested"]);
}

/// Each sabotage is noticed, as a breach of its law.
fn is_noticed(evidence: &evidence::Evidence) {
    for (name, sabotage, law) in saboteurs::of(evidence) {
        let mut changed = evidence.clone();
        sabotage(&mut changed);
        let found = auditor::audit(&changed);
        let laws: BTreeSet<_> = found.violations.iter().map(|it| it.law).collect();
        assert!(laws.contains(&law), "{name}: {laws:?}");
    }
}
