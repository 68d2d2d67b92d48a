//! `cargo xtask deny`: the whole of deny.toml, with advisories, by cargo-deny. `cargo xtask test` does
//! without it: it takes long to build, and the advisory database is not on every network.

use anyhow::{Result, bail};

use crate::cargo::{self, cargo};
use crate::setup;

pub(crate) fn run() -> Result<()> {
    if !setup::has_deny() {
        bail!("cargo-deny is not installed: run `cargo xtask setup --deny` first");
    }
    cargo::run(cargo(&["deny", "check"]))
}
