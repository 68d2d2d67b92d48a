//! `cargo xtask fuzz`: random and mutated bytes into the readers of policies and bills, for minutes.
//!
//! The harness is a test of `huitong-authoring`, whose short form every test run takes; this gives it time,
//! an optimised build and a fresh seed.

use anyhow::Result;

use crate::cargo::{self, cargo};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How long to go on.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=1_440))]
    minutes: u64,
    /// The seed to begin from, as an earlier run printed it; a fresh one when left out.
    #[arg(long)]
    seed: Option<u64>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut command = cargo(&[
        "test",
        "--locked",
        "--release",
        "--package",
        "huitong-authoring",
        "--test",
        "mutated",
        "--",
        "--nocapture",
    ]);
    let seconds = arguments.minutes.saturating_mul(60).to_string();
    command.env("HUITONG_FUZZ_SECONDS", seconds);
    if let Some(seed) = arguments.seed {
        command.env("HUITONG_FUZZ_SEED", seed.to_string());
    }
    cargo::run(command)
}
