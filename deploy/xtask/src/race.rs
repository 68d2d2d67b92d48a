//! `cargo xtask race`: two hospitals in two regions settle for one person at the same time, for many rounds. Its
//! last line is `N rounds, S settled and taken back, 0 times the start twice, 0 accounts overdrawn, 0 otherwise
//! wrong`.
//!
//! The harness is the test of `huitong-tests` whose short form every test run takes.

use anyhow::Result;

use crate::harness;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many rounds, of two settlements each.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rounds: u32,
}

const TEST: &str = "race::in_every_round_each_is_used_once";

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    harness::run(
        TEST,
        &[("HUITONG_RACE_ROUNDS", arguments.rounds.to_string())],
    )
}
