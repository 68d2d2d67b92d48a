//! `cargo xtask sim`: many seeds, one seed with all its events, or as many as go into some minutes. The last
//! line is `N passed, M failed`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    unreachable_pub,
    reason = "a test says what must hold by panicking"
)]

mod account_desk;
mod accounts;
mod audits;
mod books;
mod bureau;
mod callers;
mod certificates;
mod chance;
mod check_desk;
mod clearing_officer;
mod cut_off;
mod day;
mod desks;
mod dispute_desk;
mod driver;
mod echo;
mod faults;
mod gaps;
mod given_up;
mod late_commits;
mod later;
mod laws;
mod left_out;
mod leg_book;
mod lost_clearing;
mod money;
mod months;
mod moving;
mod network;
mod orders;
mod papers;
mod parts;
mod party;
mod phases;
mod platform;
mod quarrels;
mod register;
mod saboteurs;
mod simulation;
mod statements;
mod storage;
mod suspicions;
mod twin_bureaus;
mod twin_desk;
mod twins;
mod wire;
mod workload;
mod year;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use huitong_core::digest::sha256;
use saboteurs::Saboteur;
use simulation::{DAYS, Setup, simulate};
use storage::KeepsImages;

/// Simulate the whole network, and audit it.
#[derive(Parser)]
#[command(name = "cargo xtask sim", bin_name = "cargo xtask sim")]
struct Arguments {
    /// So many seeds.
    #[arg(long, default_value_t = 20, conflicts_with_all = ["seed", "minutes"])]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 1, conflicts_with = "seed")]
    from: u64,
    /// One seed, with all its events.
    #[arg(long)]
    seed: Option<u64>,
    /// As many seeds as go into so many minutes.
    #[arg(long, conflicts_with = "seed")]
    minutes: Option<u64>,
    /// How many regions there are.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u8).range(2..=13))]
    regions: u8,
    /// How many days there are: with 32 all of June, and the ends of two months.
    #[arg(long, default_value_t = DAYS, value_parser = days)]
    days: usize,
    /// Let a saboteur in, to see it caught.
    #[arg(long, value_enum)]
    saboteur: Option<Saboteur>,
    /// Let no node keep images of its index, as where a saboteur is: the same world without it.
    #[arg(long)]
    no_images: bool,
}

/// All of June and two days more at most: so long certificates hold, and somewhat longer.
fn days(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(days @ DAYS..=34) => Ok(days),
        Ok(_) | Err(_) => Err(format!("from {DAYS} to 34 days")),
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let begun = Instant::now();
    let (mut passed, mut failed) = (0_u64, 0_u64);
    let first = arguments.seed.unwrap_or(arguments.from);
    for seed in first.. {
        let done = match (arguments.seed, arguments.minutes) {
            (Some(only), _) => seed > only,
            (None, Some(minutes)) => begun.elapsed() >= Duration::from_secs(60 * minutes),
            (None, None) => seed - first >= arguments.seeds,
        };
        if done {
            break;
        }
        let outcome = simulate(Setup {
            seed,
            regions: usize::from(arguments.regions),
            days: arguments.days,
            saboteur: arguments.saboteur,
            images: if arguments.saboteur.is_some() || arguments.no_images {
                KeepsImages::None
            } else {
                KeepsImages::Some
            },
        });
        if arguments.seed.is_some() {
            outcome.events.iter().for_each(|event| println!("{event}"));
        }
        let took = begun.elapsed().as_secs_f32();
        // Two runs of a seed have the same events, wherever they run.
        let events = sha256(outcome.events.join("\n").as_bytes()).to_string();
        let (stand, sums) = (outcome.stand, outcome.sums_compared);
        let images = outcome.from_images;
        println!(
            "seed {seed}: {stand} settlements stand, {sums} sums compared, {images} starts from images, events {events:.12} ({took:.1} s)"
        );
        for violation in &outcome.violations {
            let by_right = arguments
                .saboteur
                .is_some_and(|saboteur| laws::broken_by(saboteur).contains(&violation.law));
            let caught = if by_right { "caught by" } else { "violated:" };
            println!("seed {seed}: {caught} {violation}");
        }
        if outcome.violations.is_empty() {
            passed += 1;
        } else {
            failed += 1;
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
