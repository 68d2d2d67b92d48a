//! `cargo xtask crash`: real servers killed in the middle of their work, for many rounds. Its last line is
//! `N rounds, K kills, A acknowledged, 0 lost, 0 doubled`.
//!
//! The harness is the test of `huitong-tests` whose short form every test run takes; this gives it rounds, an
//! optimised executable and a fresh seed, which it prints. Who is killed and when follows from the seed; what
//! the servers were doing just then does not.

use anyhow::Result;

use crate::harness;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many rounds; each kills one server, or both nodes.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rounds: u32,
    /// The seed, as an earlier run printed it; a fresh one when left out.
    #[arg(long)]
    seed: Option<u64>,
}

const TEST: &str = "crashes::a_kill_loses_and_doubles_nothing";

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut told = vec![("HUITONG_CRASH_ROUNDS", arguments.rounds.to_string())];
    if let Some(seed) = arguments.seed {
        told.push(("HUITONG_CRASH_SEED", seed.to_string()));
    }
    harness::run(TEST, &told)
}
