//! `cargo xtask sim`: the whole network simulated from seeds, and audited. Its last line is `N passed, M failed`.
//!
//! A seed that fails is met again under `--seed`, with everything that happened.

use anyhow::Result;

use crate::cargo::{cargo, run as run_command};

#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// `--seeds N`, `--seed S`, `--minutes M` and what else `cargo xtask sim --help` names.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut command = cargo(&["run", "--locked", "--quiet", "--package", "huitong-tests"]);
    command.args(["--example", "simulation", "--"]);
    command.args(&arguments.arguments);
    run_command(command)
}
