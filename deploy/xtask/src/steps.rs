//! A run in steps: each says when it starts and how long it took, the first failure ends the run, and
//! the end is a table of all steps.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The steps done so far.
pub(crate) struct Steps {
    done: Vec<(String, Duration)>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { done: Vec::new() }
    }

    /// Does one step. Output goes to stderr, where cargo's own goes, so that the lines stay in order.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("== {name}");
        let started = Instant::now();
        let outcome = work().with_context(|| format!("step \"{name}\" failed"));
        let took = started.elapsed();
        let word = if outcome.is_ok() { "done" } else { "FAILED" };
        eprintln!("== {name}: {word} in {}", shown(took));
        self.done.push((name.to_owned(), took));
        outcome
    }

    /// The table of all steps, one a line, with the sum.
    pub(crate) fn summary(&self) -> String {
        let total: Duration = self.done.iter().map(|(_, took)| *took).sum();
        let rows = self.done.iter().map(|(name, took)| (name.as_str(), *took));
        let lines = rows.chain([("all steps passed", total)]);
        lines
            .map(|(name, took)| format!("{:>9}  {name}\n", shown(took)))
            .collect()
    }
}

fn shown(took: Duration) -> String {
    format!("{}.{} s", took.as_secs(), took.subsec_millis() / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_is_an_error_that_names_the_step() {
        let mut steps = Steps::new();
        let outcome: Result<()> = steps.step("clippy", || anyhow::bail!("no"));
        assert_eq!(
            format!("{:#}", outcome.unwrap_err()),
            "step \"clippy\" failed: no"
        );
    }

    #[test]
    fn the_summary_has_a_line_for_each_step_and_the_sum() {
        let steps = Steps {
            done: vec![
                ("fmt".to_owned(), Duration::from_millis(1_250)),
                ("clippy".to_owned(), Duration::from_millis(61_000)),
            ],
        };
        assert_eq!(
            steps.summary(),
            "    1.2 s  fmt\n   61.0 s  clippy\n   62.2 s  all steps passed\n"
        );
    }
}
