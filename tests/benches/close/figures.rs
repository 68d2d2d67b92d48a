//! What one process measured, told to another as lines of text.

use std::fmt;
use std::str::FromStr;
use std::time::Instant;

/// Parts with the seconds that each took, and what came of them.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) parts: Vec<(String, f64)>,
    /// The most memory that the process had by the end of each part, in MiB.
    pub(crate) by_part: Vec<u64>,
    /// Debts.
    pub(crate) legs: u64,
    /// Bytes of statements.
    pub(crate) bytes: u64,
    /// The most memory that the process had, in MiB.
    pub(crate) memory: u64,
}

impl Figures {
    pub(crate) fn add(&mut self, part: &str, begun: Instant) {
        let seconds = begun.elapsed().as_secs_f64();
        self.parts.push((part.to_owned(), seconds));
        self.by_part.push(highest_memory());
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.parts.iter().map(|(_, seconds)| seconds).sum()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {} {}", self.legs, self.bytes, self.memory)?;
        for ((part, seconds), memory) in self.parts.iter().zip(&self.by_part) {
            writeln!(f, "{seconds} {memory} {part}")?;
        }
        Ok(())
    }
}

impl FromStr for Figures {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let first = lines.next().ok_or("nothing was told")?;
        let numbers: Result<Vec<u64>, _> = first.split(' ').map(str::parse).collect();
        let numbers = numbers.map_err(|error| format!("{first}: {error}"))?;
        let [legs, bytes, memory] = numbers[..] else {
            return Err(first.to_owned());
        };
        let part = |line: &str| {
            let (seconds, rest) = line.split_once(' ')?;
            let (memory, part) = rest.split_once(' ')?;
            let part = (part.to_owned(), seconds.parse().ok()?);
            Some((part, memory.parse().ok()?))
        };
        let parts: Option<Vec<((String, f64), u64)>> = lines.map(part).collect();
        let (parts, by_part) = parts.ok_or(text)?.into_iter().unzip();
        Ok(Self {
            parts,
            by_part,
            legs,
            bytes,
            memory,
        })
    }
}

/// The most memory that this process has had, in MiB.
pub(crate) fn highest_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib: u64 = line
        .and_then(|line| line.split_whitespace().nth(1))
        .and_then(|kib| kib.parse().ok())
        .unwrap();
    kib / 1024
}
