//! The executable that is tested. It is never built from here: `cargo xtask test` builds it once, with all
//! else, and hands its path over. Run by hand without it, a test says how to get it.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value;
use tokio::process::Command;

/// Where `cargo xtask` says what it built.
pub const EXECUTABLE: &str = "HUITONG_BIN";
/// Where `cargo xtask` says which Python has gRPC.
pub const PYTHON: &str = "HUITONG_PYTHON";

/// The path of `huitong`.
#[must_use]
pub fn huitong() -> PathBuf {
    named(
        EXECUTABLE,
        "cargo build -p huitong && export HUITONG_BIN=$PWD/target/debug/huitong",
    )
}

/// The path of the Python that `cargo xtask setup` made.
#[must_use]
pub fn python() -> PathBuf {
    named(
        PYTHON,
        "cargo xtask setup && export HUITONG_PYTHON=$PWD/target/python/bin/python",
    )
}

fn named(variable: &str, by_hand: &str) -> PathBuf {
    let path = std::env::var_os(variable).map(PathBuf::from);
    match path {
        Some(path) if path.is_file() => path,
        Some(path) => panic!(
            "{variable} names {}, and there is no such file",
            path.display()
        ),
        None => panic!(
            "{variable} is not set. Run these tests by `cargo xtask test -- -p huitong-tests`, or by hand after: {by_hand}"
        ),
    }
}

/// Runs `huitong ARGS` to its end.
pub async fn run(args: &[&str]) -> Output {
    run_in(Path::new("."), args).await
}

/// Runs `huitong ARGS` to its end, standing in a folder.
pub async fn run_in(folder: &Path, args: &[&str]) -> Output {
    Command::new(huitong())
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap()
}

/// Runs `huitong ARGS`, which must succeed, and reads the JSON it prints.
pub async fn json(args: &[&str]) -> Value {
    let output = run(args).await;
    let (printed, said) = texts(&output);
    assert!(
        output.status.success(),
        "huitong {}: {}\n{printed}{said}",
        args.join(" "),
        output.status
    );
    serde_json::from_str(&printed)
        .unwrap_or_else(|error| panic!("huitong {}: {error}\n{printed}", args.join(" ")))
}

/// What a command printed, and what it said on its standard error.
#[must_use]
pub fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}
