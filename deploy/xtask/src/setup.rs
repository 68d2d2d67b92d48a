//! `cargo xtask setup`: the tools that are no dependency of any crate. What is there stays as it is.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::cargo::{self, cargo, succeeds};
use crate::python;

/// A cargo subcommand and the version that is installed when it is missing.
struct Tool {
    subcommand: &'static str,
    package: &'static str,
    version: &'static str,
}

const NEXTEST: Tool = Tool {
    subcommand: "nextest",
    package: "cargo-nextest",
    version: "0.9.143",
};
const DENY: Tool = Tool {
    subcommand: "deny",
    package: "cargo-deny",
    version: "0.20.2",
};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Install cargo-deny too, which only `cargo xtask deny` needs; building it takes minutes.
    #[arg(long)]
    deny: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    for_tests()?;
    if arguments.deny {
        install(&DENY)?;
    }
    Ok(())
}

/// Installs what `cargo xtask test` needs, and returns the path of the Python that tests call.
pub(crate) fn for_tests() -> Result<PathBuf> {
    install(&NEXTEST)?;
    python::prepare()
}

/// Whether cargo-deny is there.
pub(crate) fn has_deny() -> bool {
    is_there(&DENY)
}

fn is_there(tool: &Tool) -> bool {
    succeeds(cargo(&[tool.subcommand, "--version"]))
}

fn install(tool: &Tool) -> Result<()> {
    if is_there(tool) {
        return Ok(());
    }
    eprintln!(
        "{} is missing and is built once, which takes minutes",
        tool.package
    );
    cargo::run(cargo(&[
        "install",
        "--locked",
        tool.package,
        "--version",
        tool.version,
    ]))
    .with_context(|| format!("cannot install {}", tool.package))
}
