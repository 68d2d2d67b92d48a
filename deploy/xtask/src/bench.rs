//! `cargo xtask bench`: the benches of all crates, found in cargo's own list of targets.
//!
//! Every bench knows `--quick`, its short form: all of its work once or on little, so that a test run
//! notices a bench that no longer works. Its figures then mean nothing.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::cargo::{self, cargo, read};
use crate::executable;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only the benches of these names; all when none is given.
    names: Vec<String>,
    /// Name the benches and run none.
    #[arg(long)]
    list: bool,
    /// The short form of each.
    #[arg(long)]
    quick: bool,
}

const QUICK: [&str; 2] = ["--", "--quick"];

/// The crate whose benches start the executable.
const STARTS_IT: &str = "huitong-tests";

/// One bench: the crate it stands in and its name.
#[derive(Debug, PartialEq, Eq)]
struct Bench {
    package: String,
    name: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let all = all()?;
    for name in &arguments.names {
        if !all.iter().any(|bench| bench.name == *name) {
            bail!("there is no bench named {name}: `cargo xtask bench --list` names them");
        }
    }
    for bench in &all {
        if !arguments.names.is_empty() && !arguments.names.contains(&bench.name) {
            continue;
        }
        println!("{} ({})", bench.name, bench.package);
        if !arguments.list {
            let mut command = cargo(&["bench", "--locked", "--package", &bench.package]);
            command.args(["--bench", &bench.name]);
            if arguments.quick {
                command.args(QUICK);
            }
            if bench.package == STARTS_IT {
                command.env(
                    executable::VARIABLE,
                    executable::built(&["--release", "--package", "huitong"])?,
                );
            }
            cargo::run(command)?;
        }
    }
    Ok(())
}

/// Every bench in its short form, in the test profile.
pub(crate) fn short_form(built: &str) -> Result<()> {
    let names: BTreeSet<String> = all()?.into_iter().map(|bench| bench.name).collect();
    for name in names {
        let mut command = cargo(&["test", "--locked", "--workspace", "--bench", &name]);
        command.args(QUICK).env(executable::VARIABLE, built);
        cargo::run(command)?;
    }
    Ok(())
}

fn all() -> Result<Vec<Bench>> {
    let metadata = read(cargo(&[
        "metadata",
        "--locked",
        "--no-deps",
        "--format-version",
        "1",
    ]))?;
    in_metadata(&serde_json::from_str(&metadata).context("cargo metadata is no JSON")?)
}

fn in_metadata(metadata: &Value) -> Result<Vec<Bench>> {
    let list = |value: &Value, name: &str| {
        value
            .get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let text = |value: &Value, name: &str| {
        let found = value.get(name).and_then(Value::as_str).map(str::to_owned);
        found.with_context(|| format!("cargo metadata gives no {name}"))
    };
    let mut found = Vec::new();
    for package in list(metadata, "packages") {
        for target in list(&package, "targets") {
            if list(&target, "kind").iter().any(|kind| kind == "bench") {
                found.push(Bench {
                    package: text(&package, "name")?,
                    name: text(&target, "name")?,
                });
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benches_are_found_among_the_targets() {
        let metadata = serde_json::json!({"packages": [{"name": "huitong-journal", "targets": [
            {"name": "huitong_journal", "kind": ["lib"]},
            {"name": "commit", "kind": ["bench"]},
        ]}]});
        let expected = Bench {
            package: "huitong-journal".into(),
            name: "commit".into(),
        };
        assert_eq!(in_metadata(&metadata).unwrap(), [expected]);
    }
}
