//! Programs in another language, which know none of our code: the scripts of tests/python.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::executable::{python, texts};

/// Runs a script on a document, and reads the one that it prints.
pub async fn run(script: &str, given: &Value) -> Value {
    let printed = tried(script, given).await;
    printed.unwrap_or_else(|said| panic!("{script}: {said}"))
}

/// As [`run`].
///
/// # Errors
/// What it printed and said, when it ended with anything but success.
pub async fn tried(script: &str, given: &Value) -> Result<Value, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("python")
        .join(script);
    let mut child = Command::new(python())
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(given.to_string().as_bytes()).await.unwrap();
    drop(input);
    let output = child.wait_with_output().await.unwrap();
    let (printed, said) = texts(&output);
    if output.status.success() {
        Ok(serde_json::from_str(&printed).unwrap())
    } else {
        Err(format!("{}\n{printed}{said}", output.status))
    }
}
