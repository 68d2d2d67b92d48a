//! `cargo xtask month`: a month of clearing with as many regions as one likes, and everything that is in the short form. The
//! last line is `N days, N legs, N statements verified, N wrong`.
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
mod world;

use std::process::ExitCode;
use std::time::Instant;

use auditor::Found;
use clap::Parser;
use driver::{GoesOn, Outcome, Setup};
use world::Moves;

/// A month of clearing with many regions, audited.
#[derive(Parser)]
#[command(name = "cargo xtask month", bin_name = "cargo xtask month")]
struct Arguments {
    /// How many regions report.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u16).range(12..=800))]
    regions: u16,
    /// Visits of strangers in each region on each day.
    #[arg(long, default_value_t = 4)]
    visits: usize,
    /// What happens follows from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Money moves by the month and not by the day.
    #[arg(long)]
    monthly: bool,
    /// Only so many days of it, and no month's end.
    #[arg(long, value_parser = clap::value_parser!(u8).range(3..=9), conflicts_with = "monthly")]
    days: Option<u8>,
}

fn main() -> ExitCode {
    let Arguments {
        regions,
        visits,
        seed,
        monthly,
        days,
    } = Arguments::parse();
    let moves = if monthly {
        Moves::ByMonth
    } else {
        Moves::ByDay
    };
    let begun = Instant::now();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let outcome = runtime.block_on(driver::pass(Setup {
        seed,
        regions: usize::from(regions),
        visits,
        moves,
        goes_on: days.map_or(GoesOn::ToTheEnd, |days| GoesOn::For(usize::from(days))),
    }));
    let found = auditor::audit(&outcome.evidence);
    let wrong = wrong(&outcome, &found);
    println!(
        "seed {seed}, {regions} regions: {} legs under another day than their cycle's, {} told again, {:?}",
        found.under_their_own_day, found.repeated, found.of_kind
    );
    happened(&outcome, &found);
    println!("took {} s", begun.elapsed().as_secs());
    let (days, statements) = (
        outcome.evidence.cycles.len(),
        outcome.checked.all().iter().sum::<usize>(),
    );
    println!(
        "{days} days, {} legs, {statements} statements verified, {wrong} wrong",
        found.netted
    );
    if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Prints what does not hold; how much that is.
fn wrong(outcome: &Outcome, found: &Found) -> usize {
    let checked = &outcome.checked;
    let compared = outcome.compared.wrong(found);
    let mut wrong = checked.faults.len() + found.violations.len() + compared.len();
    compared
        .iter()
        .for_each(|fault| println!("wrong: another tool: {fault}"));
    checked
        .faults
        .iter()
        .for_each(|fault| println!("wrong: {fault}"));
    for violation in &found.violations {
        println!("wrong: {:?}: {}", violation.law, violation.story);
    }
    // What they change is not there before the month is closed.
    let is_closed = !outcome.evidence.months.is_empty();
    let saboteurs = is_closed.then(|| saboteurs::of(&outcome.evidence));
    for (name, sabotage, law) in saboteurs.into_iter().flatten() {
        let mut changed = outcome.evidence.clone();
        sabotage(&mut changed);
        let found = auditor::audit(&changed);
        if !found.violations.iter().any(|it| it.law == law) {
            println!("wrong: not noticed: {name}");
            wrong += 1;
        }
    }
    if checked.all() != outcome.to_check {
        println!(
            "wrong: {:?} of {:?} checked",
            checked.all(),
            outcome.to_check
        );
        wrong += 1;
    }
    if outcome.meddled.iter().any(Vec::is_empty) {
        println!("wrong: a meddled statement holds");
        wrong += 1;
    }
    wrong
}

fn happened(outcome: &Outcome, found: &Found) {
    println!("{}", outcome.compared);
    println!(
        "{} rows of an earlier month, {} open payments seen by who is owed",
        found.earlier, found.unpaid
    );
    println!(
        "{} times a debt was kept out as a region attested, {} cycles of regions that were suspended or had left",
        found.kept_out, found.suspended
    );
    println!(
        "{} payments tried while an earlier one was open",
        outcome.too_soon
    );
    println!("a prefund was found at {:?}", found.levels);
    println!("went down: {}", outcome.outages.join(", "));
}
