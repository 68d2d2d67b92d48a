//! `cargo xtask oracle`: the second, naive engine of the tests beside the first, on as many random bills as
//! one likes. Its last line is `N agreed, M differed`.
//!
//! The bills follow from the seed alone, so a failure is met again under the seed that it printed. The
//! same test settles 20,000 of them in every run.

use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::cargo::cargo;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many bills.
    #[arg(long, default_value_t = 100_000)]
    bills: u64,
    /// The first seed; each seed is one policy with thirty bills.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

const TEST: &str = "agree::both_engines_agree_on_random_bills";

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut command = cargo(&[
        "test",
        "--locked",
        "--quiet",
        "--package",
        "huitong-adjudication",
    ]);
    command.args(["--test", "oracle", "--", "--exact", TEST, "--nocapture"]);
    command.env("HUITONG_ORACLE_BILLS", arguments.bills.to_string());
    command.env("HUITONG_ORACLE_SEED", arguments.seed.to_string());
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    let said = String::from_utf8(output.stdout).context("the test did not answer in UTF-8")?;
    let (failures, verdict) = verdict(&said).context("the test gave no verdict")?;
    println!("{failures}");
    println!("{verdict}");
    if !output.status.success() || !verdict.ends_with(" 0 differed") {
        bail!("the two engines differ");
    }
    Ok(())
}

/// What the test printed of failures, and its last word.
fn verdict(said: &str) -> Option<(&str, &str)> {
    let end = said.rfind(" differed")?.checked_add(" differed".len())?;
    let (said, _) = said.split_at_checked(end)?;
    let (failures, verdict) = said.rsplit_once('\n')?;
    Some((failures.trim_start(), verdict))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_is_the_last_line_of_the_test_itself() {
        let agreed = "\nrunning 1 test\n30 agreed, 0 differed\n.\ntest result: ok\n";
        assert_eq!(
            verdict(agreed),
            Some(("running 1 test", "30 agreed, 0 differed"))
        );
        let failed = "\nrunning 1 test\nseed 7\n29 agreed, 1 differed\nFAILED\n";
        assert_eq!(
            verdict(failed),
            Some(("running 1 test\nseed 7", "29 agreed, 1 differed"))
        );
        assert_eq!(verdict("error: could not compile"), None);
    }
}
