//! Calls to cargo: started at the workspace's root, in the environment of the person who called xtask.
//!
//! `cargo xtask` itself runs under cargo, which leaves variables behind that some build scripts watch.
//! Handed on, they would build those dependencies twice: once for xtask's calls, once for everyone's.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

const LEFT_BEHIND: [&str; 5] = [
    "CARGO_PKG_",
    "CARGO_MANIFEST_",
    "CARGO_BIN_",
    "CARGO_CRATE_",
    "CARGO_PRIMARY_",
];

/// `cargo`, with these arguments, at the workspace's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).stdin(Stdio::null());
    if let Some(root) = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2) {
        command.current_dir(root);
    }
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if LEFT_BEHIND.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a command with its output shown; anything but success is an error.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {command:?}"))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(&command));
    }
    Ok(())
}

/// Runs an example of the tests' crate: a long form of what every test run does in short. It is built among the whole
/// workspace, whose dependencies a test run has built: for one crate alone cargo would build most of them anew.
pub(crate) fn run_example(name: &str, arguments: &[String]) -> Result<()> {
    run(example(name, arguments)?)
}

/// An example, built as [`run_example`] does and not started yet.
pub(crate) fn example(name: &str, arguments: &[String]) -> Result<Command> {
    let messages = "--message-format=json-render-diagnostics";
    let build = cargo(&[
        "build",
        "--locked",
        "--workspace",
        messages,
        "--example",
        name,
    ]);
    let mut command = Command::new(executable(&read(build)?, name)?);
    command.args(arguments).stdin(Stdio::null());
    Ok(command)
}

/// Runs a command and returns what it wrote to standard output.
pub(crate) fn read(mut command: Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!("{} ended with {}", shown(&command), output.status);
    }
    String::from_utf8(output.stdout).context("cargo did not answer in UTF-8")
}

/// Whether a command can be started and succeeds; its output is not shown.
pub(crate) fn succeeds(mut command: Command) -> bool {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// The path of the executable that cargo names in its JSON messages; not that of its unit tests, which
/// bear the same name.
pub(crate) fn executable(messages: &str, target: &str) -> Result<String> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message.pointer("/target/name").and_then(Value::as_str) == Some(target))
        .filter(|message| message.pointer("/profile/test") == Some(&Value::Bool(false)))
        .find_map(|message| message.get("executable")?.as_str().map(str::to_owned))
        .with_context(|| format!("cargo built no executable named {target}"))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = r#"
not json
{"target":{"name":"huitong"},"profile":{"test":false},"executable":null}
{"target":{"name":"xtask"},"profile":{"test":false},"executable":"/t/debug/xtask"}
{"target":{"name":"huitong"},"profile":{"test":true},"executable":"/t/debug/deps/huitong-1"}
{"target":{"name":"huitong"},"profile":{"test":false},"executable":"/t/debug/huitong"}
{"reason":"build-finished","success":true}"#;

    #[test]
    fn the_executable_is_found_by_its_name() {
        assert_eq!(executable(MESSAGES, "huitong").unwrap(), "/t/debug/huitong");
        assert!(executable(MESSAGES, "absent").is_err());
    }

    #[test]
    fn a_command_that_fails_is_an_error_that_names_it() {
        let error = run(cargo(&["no-such-chore"])).unwrap_err();
        assert!(error.to_string().contains("cargo no-such-chore"), "{error}");
    }
}
