//! `cargo xtask gen`: the generated code is committed, and a test of `huitong-proto` compares it with
//! what the .proto files give today. How to generate is that crate's business: its example `gen` does it.

use anyhow::Result;

use crate::cargo::{self, cargo};

pub(crate) fn run() -> Result<()> {
    cargo::run(cargo(&[
        "run",
        "--quiet",
        "--package",
        "huitong-proto",
        "--example",
        "gen",
    ]))
}
