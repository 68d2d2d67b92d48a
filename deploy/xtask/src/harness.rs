//! Tests of `huitong-tests` that go on for as long as one likes: each has a short form in every test run, and a
//! chore that gives it more rounds and an optimised executable.

use anyhow::Result;

use crate::cargo::{self, cargo};
use crate::executable;

/// Runs one test of the real processes, told by its environment how long and from which seed.
pub(crate) fn run(test: &str, told: &[(&str, String)]) -> Result<()> {
    let built = executable::built(&["--release", "--package", "huitong"])?;
    let mut command = cargo(&["test", "--locked", "--quiet", "--workspace"]);
    command.args(["--test", "processes", "--", "--exact", test, "--nocapture"]);
    command.env(executable::VARIABLE, built);
    for (name, value) in told {
        command.env(name, value);
    }
    cargo::run(command)
}
