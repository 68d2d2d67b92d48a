//! Server processes: started from the running executable, awaited by the line they print, and stopped
//! with the demo, however it ends.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// How long a server may take from its start to its first connection.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long a server may take to finish what it has begun.
const STOPPED_WITHIN: Duration = Duration::from_secs(20);
/// What a server prints on its standard output once it takes connections.
const READY: &str = "listening on ";

/// A server process. Dropped, it is killed.
#[derive(Debug)]
pub struct Server {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts `huitong SUBCOMMAND run --config CONFIG` and waits until it takes connections. Its log goes
    /// to `LOG`.
    ///
    /// # Errors
    /// When the process cannot be started, ends early, or is not ready in time; with the end of its log.
    pub async fn start(
        name: &str,
        subcommand: &str,
        config: &Path,
        log: &Path,
    ) -> anyhow::Result<Self> {
        let executable = std::env::current_exe().context("the path of the running executable")?;
        let log_file =
            std::fs::File::create(log).with_context(|| format!("creating {}", log.display()))?;
        let mut child = Command::new(executable)
            .args([subcommand, "run", "--config"])
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file)
            .kill_on_drop(true)
            // A Ctrl-C at the terminal reaches the demo alone, which then stops its servers in order.
            .process_group(0)
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        let stdout = child.stdout.take().context("a piped standard output")?;
        let server = Self {
            name: name.to_owned(),
            child,
            log: log.to_owned(),
        };
        let mut lines = BufReader::new(stdout).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                if line.contains(READY) {
                    return Ok(true);
                }
            }
            Ok::<_, std::io::Error>(false)
        };
        match tokio::time::timeout(READY_WITHIN, ready).await {
            Ok(Ok(true)) => Ok(server),
            Ok(Ok(false) | Err(_)) => bail!(
                "{} ended while starting:\n{}",
                server.name,
                server.end_of_log()
            ),
            Err(_) => bail!(
                "{} was not ready in {READY_WITHIN:?}:\n{}",
                server.name,
                server.end_of_log()
            ),
        }
    }

    /// Asks the server to finish, and waits; past its time it is killed.
    ///
    /// # Errors
    /// When the process cannot be signalled or awaited.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(pid) = self
            .child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw)
        {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)
                .with_context(|| format!("stopping {}", self.name))?;
        }
        if tokio::time::timeout(STOPPED_WITHIN, self.child.wait())
            .await
            .is_err()
        {
            self.child
                .kill()
                .await
                .with_context(|| format!("killing {}", self.name))?;
        }
        Ok(())
    }

    fn end_of_log(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let skipped = lines.len().saturating_sub(20);
        lines
            .into_iter()
            .skip(skipped)
            .collect::<Vec<_>>()
            .join("\n")
    }
}
