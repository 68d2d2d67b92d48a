//! `cargo xtask corpus`: adds decisions to the stored ones of the newest engine version.
//!
//! It only ever adds. What is stored under a name and a policy, and would come out otherwise today, is an
//! error: such a change is a new engine version beside the old (ARCHITECTURE.md, "A second engine").

use anyhow::Result;

use crate::cargo::{cargo, run as run_shown};

pub(crate) fn run() -> Result<()> {
    let mut command = cargo(&[
        "test",
        "--locked",
        "--quiet",
        "--package",
        "huitong-authoring",
    ]);
    command.args([
        "--test",
        "corpus",
        "--",
        "--exact",
        "nothing_stored_is_written_again",
    ]);
    command.arg("--nocapture").env("HUITONG_CORPUS_ADD", "1");
    run_shown(command)
}
