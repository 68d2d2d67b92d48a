//! A Python of our own, in the target folder, with the packages of tests/python/requirements.txt: tests
//! call a node from another language, and validate documents as an editor does. It is made once, and again
//! when the requirements change. The packages of tests/python/alone.txt come without those that they ask for: only a
//! file in them is read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::cargo::{self, cargo, read, succeeds};

/// Tests find the Python that they start under this name in their environment.
pub(crate) const VARIABLE: &str = "HUITONG_PYTHON";
const REQUIREMENTS: &str = "tests/python/requirements.txt";
const ALONE: &str = "tests/python/alone.txt";

/// Makes the Python unless it is there, and returns its path.
pub(crate) fn prepare() -> Result<PathBuf> {
    let metadata = read(cargo(&[
        "metadata",
        "--locked",
        "--no-deps",
        "--format-version",
        "1",
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata is no JSON")?;
    let folder = |name: &str| {
        let found = metadata
            .get(name)
            .and_then(Value::as_str)
            .map(PathBuf::from);
        found.with_context(|| format!("cargo metadata gives no {name}"))
    };
    let venv = folder("target_directory")?.join("python");
    let root = folder("workspace_root")?;
    let (requirements, alone) = (root.join(REQUIREMENTS), root.join(ALONE));
    let python = venv.join("bin").join("python");
    // Copied when all is installed: so it tells what is there.
    let installed = venv.join("requirements.txt");
    let mut wanted = Vec::new();
    for file in [&requirements, &alone] {
        wanted.extend(fs::read(file).with_context(|| format!("cannot read {}", file.display()))?);
    }
    if fs::read(&installed).is_ok_and(|found| found == wanted) && succeeds(version(&python)) {
        return Ok(python);
    }
    eprintln!("Python packages are installed into {}", venv.display());
    make(&venv)?;
    install(&python, &requirements, &[])?;
    install(&python, &alone, &["--no-deps"])?;
    fs::write(&installed, wanted)
        .with_context(|| format!("cannot write {}", installed.display()))?;
    Ok(python)
}

fn version(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg("--version");
    command
}

fn make(venv: &Path) -> Result<()> {
    let mut command = Command::new("python3");
    command.args(["-m", "venv", "--clear"]).arg(venv);
    cargo::run(command).context("a Python 3.9 or later with venv is needed (Debian: python3-venv)")
}

/// Only finished packages, of the versions named; each attempt is bounded.
fn install(python: &Path, requirements: &Path, options: &[&str]) -> Result<()> {
    let mut command = Command::new(python);
    command.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
    ]);
    command.args([
        "--timeout",
        "30",
        "--retries",
        "3",
        "--only-binary",
        ":all:",
        "--requirement",
    ]);
    command.arg(requirements).args(options);
    cargo::run(command).context("cannot install the Python packages")
}
