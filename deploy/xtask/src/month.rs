//! `cargo xtask month`: a month of clearing with hundreds of regions, and audited. Its last line is
//! `N days, N legs, N statements verified, N wrong`.
//!
//! The clearinghouse is the real one with its journal on a disk; a test run has the same month with fewer regions. What it
//! comes to is computed once more by DuckDB, in the Python of the tests.

use anyhow::Result;

use crate::cargo::{self, example};
use crate::python;

#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// `--regions N`, `--visits N`, `--seed S` and what else `cargo xtask month --help` names.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let python = python::prepare()?;
    let mut month = example("month", &arguments.arguments)?;
    month.env(python::VARIABLE, python);
    cargo::run(month)
}
