//! Keeping what lies in files current while the process runs: certificates, keys, roots, revocation lists.
//!
//! They are read again when somebody says so (`huitong … run` listens for SIGHUP) and when the files have changed and then
//! rested for one look, so that a set written file by file is not read half way. A reload that is refused keeps what there
//! was, is told once as an error for each new reason, shows as a metric, and is tried again at every look.
//!
//! What is not here: what makes files good ([`super::Credentials`]), and how long a look may be apart (the configuration).

use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use huitong_certs::Trust;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::gauges::Gauges;
use super::store::{CredentialStore, Standing};
use crate::aside::aside;

/// From so many days on before a certificate ends each day is told in the log.
const WARN_DAYS: i64 = 30;

/// What else is read again together with the credentials, such as a signing certificate.
pub trait Beside: Send + Sync {
    /// What it is for, as the metric calls it.
    fn purpose(&self) -> &'static str;

    /// Its files.
    fn files(&self) -> Vec<PathBuf>;

    /// Reads them again and swaps; when anything is wrong, what there was stays.
    ///
    /// # Errors
    /// Why they cannot be used, with what to do.
    fn reload(&self, trust: &Trust, at: Timestamp) -> Result<(), String>;

    /// The last second of what is in use.
    fn not_after(&self) -> Timestamp;

    /// Whether it is the process's own, whose end is shown and warned of.
    fn is_own(&self) -> bool {
        true
    }
}

/// Keeps one process's credentials current.
#[derive(Clone)]
pub struct Reloading {
    store: CredentialStore,
    beside: Vec<Arc<dyn Beside>>,
    asked: Arc<Notify>,
    told: Arc<Mutex<Told>>,
    /// Held while files are read, so that an earlier reading never comes after a later one.
    one: Arc<tokio::sync::Mutex<()>>,
}

/// What a file looked like: nothing of it is read for that.
type Look = Vec<Option<(u64, u64, i64, i64)>>;

impl Reloading {
    /// Looks at the files of `store` as often as that says.
    #[must_use]
    pub fn new(store: CredentialStore) -> Self {
        Self {
            store,
            beside: Vec::new(),
            asked: Arc::new(Notify::new()),
            told: Arc::new(Mutex::new(Told::new())),
            one: Arc::default(),
        }
    }

    /// The same, with something beside the credentials.
    #[must_use]
    pub fn with(mut self, beside: Arc<dyn Beside>) -> Self {
        self.beside.push(beside);
        self
    }

    /// Reads everything again before it answers; when it is refused, what there was stays in force.
    ///
    /// # Errors
    /// Why it was refused.
    pub async fn now(&self) -> Result<(), String> {
        let _one = self.one.lock().await;
        let reloading = self.clone();
        let outcome = aside(move || reloading.reload()).await;
        let outcome = outcome.unwrap_or_else(|error| Err(error.to_string()));
        self.told().outcome(&outcome);
        outcome
    }

    /// Whom this process trusts now.
    #[must_use]
    pub fn trust(&self) -> Arc<Trust> {
        Arc::clone(self.store.credentials().trust())
    }

    /// How the credentials stand.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.store.standing()
    }

    /// The own certificates: what each is for, and its last second.
    #[must_use]
    pub fn ends(&self) -> Vec<(&'static str, Timestamp)> {
        let mut ends = vec![("tls", self.store.standing().not_after)];
        ends.extend(
            self.beside
                .iter()
                .filter(|one| one.is_own())
                .map(|one| (one.purpose(), one.not_after())),
        );
        ends
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a reload at once, of whichever clone runs.
    pub fn ask(&self) {
        self.asked.notify_one();
    }

    /// Keeps them current until told to stop. Credentials that came from no files are left alone.
    pub async fn run(self, stop: CancellationToken) {
        let Some(files) = self.files() else {
            return;
        };
        let mut tick = tokio::time::interval(self.store.look_every());
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut read = looked(files.clone()).await;
        let mut before = read.clone();
        loop {
            let asked = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = self.asked.notified() => true,
                _ = tick.tick() => false,
            };
            let now = looked(files.clone()).await;
            let rested = now == before && now != read;
            if asked || rested || self.store.standing().refused.is_some() {
                // How it went is told where it is read.
                _ = self.now().await;
                read.clone_from(&now);
            }
            before = now;
            self.told().expiry(&self);
        }
    }

    /// Reads everything again. The credentials come first: what lies beside them is checked against the roots in force.
    fn reload(&self) -> Result<(), String> {
        let credentials = self.store.reload().map_err(|error| error.to_string());
        let trust = Arc::clone(self.store.credentials().trust());
        let at = self.store.clock().now();
        let beside = self.beside.iter().map(|one| one.reload(&trust, at));
        let outcome = std::iter::once(credentials).chain(beside.collect::<Vec<_>>());
        let refused: Vec<String> = outcome.filter_map(Result::err).collect();
        let outcome = if refused.is_empty() {
            Ok(())
        } else {
            Err(refused.join("; "))
        };
        self.store.note(outcome.as_ref().err());
        outcome
    }

    fn files(&self) -> Option<Vec<PathBuf>> {
        let mut files = self.store.files()?.all();
        files.extend(self.beside.iter().flat_map(|one| one.files()));
        Some(files)
    }
}

impl fmt::Debug for Reloading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloading")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

async fn looked(files: Vec<PathBuf>) -> Look {
    let look = move || {
        let look = |file: &PathBuf| {
            let found = std::fs::metadata(file).ok()?;
            Some((found.ino(), found.len(), found.mtime(), found.mtime_nsec()))
        };
        files.iter().map(look).collect()
    };
    aside(look).await.unwrap_or_default()
}

/// What was told already, so that nothing is told at every look.
struct Told {
    gauges: Gauges,
    refused: Option<String>,
    days: Vec<(String, i64)>,
    overdue: Vec<String>,
}

impl Told {
    fn new() -> Self {
        Self {
            gauges: Gauges::new(),
            refused: None,
            days: Vec::new(),
            overdue: Vec::new(),
        }
    }

    fn outcome(&mut self, outcome: &Result<(), String>) {
        self.gauges.reloaded(outcome);
        match outcome {
            Ok(()) => {
                info!("certificates, roots and revocation lists were read again and are in force");
                self.refused = None;
            }
            Err(reason) => {
                if self.refused.as_ref() != Some(reason) {
                    error!(
                        reason,
                        "a reload was refused; what there was stays in force"
                    );
                }
                self.refused = Some(reason.clone());
            }
        }
    }

    fn expiry(&mut self, of: &Reloading) {
        let standing = of.store.standing();
        let now = of.store.clock().now();
        let mut days = Vec::new();
        for (purpose, not_after) in of.ends() {
            let left = days_until(now, not_after);
            self.gauges.certificate(purpose, left);
            let entry = (purpose.to_owned(), left);
            if left <= WARN_DAYS && !self.days.contains(&entry) {
                warn!(purpose, days_left = left, %not_after, "the own certificate ends soon: renew it");
            }
            days.push(entry);
        }
        self.days = days;
        let mut overdue = Vec::new();
        for list in standing.lists {
            let Some(next) = list.next_update else {
                continue;
            };
            self.gauges.list(&list.authority, days_until(now, next));
            if next < now {
                if !self.overdue.contains(&list.authority) {
                    let authority = &list.authority;
                    warn!(authority, next_update = %next, "a newer revocation list is overdue: whom the one in force names stays out");
                }
                overdue.push(list.authority);
            }
        }
        self.overdue = overdue;
    }
}

/// Whole days from one moment to another; less than nothing once it has passed.
fn days_until(now: Timestamp, then: Timestamp) -> i64 {
    let seconds = then.as_second().saturating_sub(now.as_second());
    seconds.div_euclid(86_400)
}
