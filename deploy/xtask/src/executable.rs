//! The one executable: built here, started by tests and by one bench.

use anyhow::Result;

use crate::cargo::{cargo, executable, read};

/// Whoever starts it finds its path under this name in the environment.
pub(crate) const VARIABLE: &str = "HUITONG_BIN";

/// Builds what is chosen, and returns the path of the one executable.
pub(crate) fn built(chosen: &[&str]) -> Result<String> {
    let messages = "--message-format=json-render-diagnostics";
    let mut command = cargo(&["build", "--locked", messages]);
    command.args(chosen);
    executable(&read(command)?, "huitong")
}
