//! `cargo xtask sim`: the whole network simulated from seeds, and audited. Its last line is `N passed, M failed`.
//!
//! A seed that fails is met again under `--seed`, with everything that happened.

use anyhow::Result;

use crate::cargo::run_example;

#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// `--seeds N`, `--seed S`, `--minutes M` and what else `cargo xtask sim --help` names.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    run_example("simulation", &arguments.arguments)
}
