//! Server processes: started from a file, awaited by the line they print, stopped, frozen or killed.
//!
//! Whatever becomes of the test, a server that is dropped is killed. A server that logged an error which no
//! one expected fails the test that stops it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::executable::huitong;
use crate::tomorrow::DAYS;

/// How long a server may take from its start to its first connection, on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(90);
/// How long a server may take to finish what it has begun.
const STOPPED_WITHIN: Duration = Duration::from_secs(60);
/// What a server prints on its standard output once it takes connections.
const READY: &str = "listening on ";

/// Which of the two servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A region's node.
    Node,
    /// The clearinghouse.
    Clearinghouse,
}

/// A server process.
#[derive(Debug)]
pub struct Server {
    child: Child,
    log: PathBuf,
    /// It runs on a later day than this machine's, for which nobody did what officers do: it says that they are late.
    is_later: bool,
    // Held open: a server whose standard output is closed would fail at its next line.
    _printed: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Starts `huitong KIND run --config CONFIG` with additions to its environment, and waits until it takes
    /// connections. What it logs is added to `log`.
    pub async fn start(
        kind: Kind,
        config: &Path,
        log: &Path,
        environment: &[(&str, String)],
    ) -> Self {
        let subcommand = match kind {
            Kind::Node => "node",
            Kind::Clearinghouse => "clearinghouse",
        };
        let logged = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        let mut child = Command::new(huitong())
            .args([subcommand, "run", "--config"])
            .arg(config)
            .envs(environment.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(logged)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = async {
            while let Some(line) = printed.next_line().await.unwrap() {
                if line.contains(READY) {
                    return;
                }
            }
            panic!("{subcommand} ended while starting:\n{}", end_of(log));
        };
        if timeout(READY_WITHIN, ready).await.is_err() {
            panic!(
                "{subcommand} was not ready in {READY_WITHIN:?}:\n{}",
                end_of(log)
            );
        }
        Self {
            child,
            log: log.to_owned(),
            is_later: environment.iter().any(|(name, _)| *name == DAYS),
            _printed: printed,
        }
    }

    /// Asks the server to finish, and waits until it has; it must end well and have logged no error, but for officers being
    /// late on a later day.
    pub async fn stop(mut self) {
        self.signal(Signal::TERM);
        let ended = timeout(STOPPED_WITHIN, self.child.wait()).await;
        let end = || end_of(&self.log);
        match ended {
            Ok(status) => {
                let status = status.unwrap();
                assert!(status.success(), "a server ended with {status}:\n{}", end());
            }
            Err(_) => panic!("a server did not end in {STOPPED_WITHIN:?}:\n{}", end()),
        }
        let is_expected = |line: &String| self.is_later && line.contains(LATE);
        let errors: Vec<String> = errors(&self.log)
            .into_iter()
            .filter(|line| !is_expected(line))
            .collect();
        assert!(
            errors.is_empty(),
            "logged, and a person must look:\n{}",
            errors.join("\n")
        );
    }

    /// Kills the server (SIGKILL) wherever it is, and waits until it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Stops the server's clock (SIGSTOP), and waits until it stands: it is there and answers nothing.
    pub async fn freeze(&self) {
        self.signal(Signal::STOP);
        let stopped = WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
        let pid = self.pid();
        let standing = tokio::task::spawn_blocking(move || waitid(WaitId::Pid(pid), stopped));
        standing.await.unwrap().unwrap();
    }

    /// Lets a frozen server go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// The CPU time it has taken since it was started, its own and the system's on its behalf.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        cpu_of(self.child.id().unwrap())
    }

    /// The memory it holds now and the most it ever held, in KiB.
    #[must_use]
    pub fn memory_kib(&self) -> (u64, u64) {
        let path = format!("/proc/{}/status", self.child.id().unwrap());
        let status = std::fs::read_to_string(path).unwrap();
        let figure = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        (figure("VmRSS:"), figure("VmHWM:"))
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    fn pid(&self) -> Pid {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        Pid::from_raw(pid).unwrap()
    }
}

/// The CPU time a process has taken, in steps of the system's clock ticks (10 ms).
#[must_use]
pub fn cpu_of(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // Its second field is a name in parentheses, which may hold blanks; user and system time are the 14th
    // and the 15th.
    let after_name = &stat[stat.rfind(')').unwrap() + 1..];
    let fields = after_name.split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_secs(ticks) / u32::try_from(clock_ticks_per_second()).unwrap()
}

/// What the clearinghouse says of what officers are late with.
const LATE: &str = "something is past its day";

/// Lines of a log that say ERROR.
fn errors(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).unwrap();
    let is_error = |line: &&str| line.contains("ERROR");
    text.lines().filter(is_error).map(str::to_owned).collect()
}

fn end_of(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
