//! `cargo xtask test`: all that must hold before a change is taken. Cheap steps come first, and nextest
//! comes last, so that a long log ends with its closing line.

use std::path::PathBuf;

use anyhow::Result;

use crate::bench;
use crate::cargo::{self, cargo};
use crate::executable;
use crate::python;
use crate::setup;
use crate::steps::Steps;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Build the executable and run only these tests; handed to `cargo nextest run` in place of
    /// `--workspace`, for example `cargo xtask test -- -p huitong-tests refusals`.
    #[arg(last = true)]
    only: Vec<String>,
}

/// What tests start.
struct Started {
    executable: String,
    python: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut steps = Steps::new();
    let python = steps.step("tools", setup::for_tests)?;
    if !arguments.only.is_empty() {
        let executable = steps.step("build", build)?;
        let chosen: Vec<&str> = arguments.only.iter().map(String::as_str).collect();
        return steps.step("chosen tests", || {
            nextest(&Started { executable, python }, &chosen)
        });
    }
    steps.step("format", || cargo::run(cargo(&["fmt", "--all", "--check"])))?;
    steps.step("lints", || {
        let lints = [
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ];
        cargo::run(cargo(&lints))
    })?;
    steps.step("documentation", || {
        let mut doc = cargo(&["doc", "--locked", "--workspace", "--no-deps"]);
        doc.env("RUSTDOCFLAGS", "-D warnings");
        cargo::run(doc)
    })?;
    let executable = steps.step("build", build)?;
    steps.step("documentation tests", || {
        cargo::run(cargo(&["test", "--locked", "--workspace", "--doc"]))
    })?;
    steps.step("benches, short form", || bench::short_form(&executable))?;
    steps.step("tests", || {
        nextest(&Started { executable, python }, &["--workspace"])
    })?;
    eprint!("{}", steps.summary());
    Ok(())
}

/// Builds everything once, tests too, and returns the path of the one executable. All of it together,
/// because cargo would build dependencies again for each smaller choice of crates.
fn build() -> Result<String> {
    executable::built(&["--workspace", "--all-targets"])
}

fn nextest(started: &Started, chosen: &[&str]) -> Result<()> {
    let mut command = cargo(&["nextest", "run", "--locked"]);
    command
        .args(chosen)
        .env(executable::VARIABLE, &started.executable);
    command.env(python::VARIABLE, &started.python);
    cargo::run(command)
}
