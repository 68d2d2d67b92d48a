//! A node's one configuration file: read whole, every fault at once, before a port is opened.
//!
//! Keys that are not known are refused. Paths are taken from the file's folder. The files that it names
//! (certificates, keys, the calendar) are read and checked too, and what is wrong with one is a fault of the
//! line that names it. `deploy/config/node.example.toml` shows every key.

mod checks;
mod directory;
mod duplicates;
mod filing;
mod identity;
mod limits;
mod payables;
mod reversal;
mod store;
mod telemetry;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use huitong_core::region::RegionCode;
use huitong_document::calendar;
use huitong_document::config::{Document, Faults, Section};
use tonic::codegen::http::Uri;

pub use telemetry::{Collector, LogFormat, Telemetry};

use crate::clock::Clock;
use crate::node::NodeConfig;
use crate::treatment::Timing;

/// What a configuration file says.
pub struct NodeSettings {
    /// All that the node is started with.
    pub node: NodeConfig,
    /// What is logged and measured.
    pub telemetry: Telemetry,
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{path}: {source} / 配置文件无法读取")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It has faults.
    #[error(transparent)]
    Faults(#[from] Faults),
}

/// Reads and checks a configuration file and all that it names.
///
/// # Errors
/// [`ConfigError`]: the file itself, or every fault in it.
pub fn load(path: &Path, clock: Arc<dyn Clock>) -> Result<NodeSettings, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.display().to_string(),
        source,
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(read(&path.display().to_string(), folder, &text, clock)?)
}

/// Reads a configuration whose paths start from `folder`; `file` names it in its faults.
///
/// # Errors
/// Every fault, at its line and field.
pub fn read(
    file: &str,
    folder: &Path,
    text: &str,
    clock: Arc<dyn Clock>,
) -> Result<NodeSettings, Faults> {
    let document = Document::parse(file, text)?;
    let root = document.root();
    let region = root.required::<RegionCode>("region");
    let listen = root.required::<SocketAddr>("listen");
    let data = path(&root, "data", folder);
    let store = store::read(&root, folder, data.as_deref());
    let identity = identity::read(&root, folder, region);
    let credentials = identity.credentials;
    let trust = credentials.as_ref().map(|store| store.credentials());
    let directory = directory::read(&root, folder, trust.as_ref());
    let clearinghouse = root
        .optional_section("clearinghouse")
        .map(|section| endpoint(&section));
    let named = if clearinghouse.is_some() {
        duplicates::Clearing::Named
    } else {
        duplicates::Clearing::Absent
    };
    let duplicates = duplicates::read(&root, folder, named);
    let calendar = calendar::read(&root, &|file| {
        let text = std::fs::read_to_string(folder.join(file));
        text.map_err(|error| error.to_string())
    });
    let reversal = reversal::read(&root);
    let payables = payables::read(&root);
    let checks = checks::read(&root);
    let filing = filing::read(&root);
    let (timing, report_every) = timing(&root);
    let limits = limits::read(&root);
    let telemetry = telemetry::read(&root, region);
    document.finish(|| {
        let (limits, signer) = (limits?, identity.signer?);
        Some(NodeSettings {
            node: NodeConfig {
                region: region?,
                listen: listen?,
                data: data?,
                store: store?,
                credentials: credentials?,
                signing: signer.key,
                certified: signer.certified,
                directory: directory?,
                clearinghouse: if let Some(clearinghouse) = clearinghouse {
                    Some(clearinghouse?)
                } else {
                    None
                },
                duplicates: duplicates?,
                calendar: calendar?,
                reversal: reversal?,
                payables: payables?,
                checks: checks?,
                filing: filing?,
                clock,
                journal: limits.journal,
                timing: timing?,
                report_every: report_every?,
                server: limits.server,
                client: limits.client,
                peers: limits.peers,
                watch: limits.watch,
            },
            telemetry: telemetry?,
        })
    })
}

/// How long the node waits for whom. Five seconds are what a person at a counter waits gladly; a
/// settlement whose outcome is unknown is asked after for a day.
fn timing(root: &Section<'_>) -> (Option<Timing>, Option<Duration>) {
    let Some(section) = root.optional_section("timing") else {
        return (Some(Timing::STANDARD), Some(REPORT_EVERY));
    };
    let standard = Timing::STANDARD;
    let minute = 60_000;
    let ask = section.duration_ms("ask_ms", 100..=minute, standard.ask);
    let commit = section.duration_ms("commit_ms", 100..=minute, standard.commit);
    let week = 7 * 24 * 60 * minute;
    let settle_limit = section.duration_ms("settle_limit_ms", minute..=week, standard.settle_limit);
    let resolve_every = section.duration_ms(
        "resolve_every_ms",
        100..=10 * minute,
        standard.resolve_every,
    );
    let report_every = section.duration_ms("report_every_ms", 50..=10 * minute, REPORT_EVERY);
    let timing = || {
        Some(Timing {
            ask: ask?,
            commit: commit?,
            settle_limit: settle_limit?,
            resolve_every: resolve_every?,
        })
    };
    (timing(), report_every)
}

/// How often legs and receipts are sent unless the file says otherwise.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// A path, from the folder of the configuration when it is relative.
fn path(section: &Section<'_>, key: &str, folder: &Path) -> Option<PathBuf> {
    section
        .required::<PathBuf>(key)
        .map(|path| folder.join(path))
}

/// `endpoint = "https://host:port"`.
fn endpoint(section: &Section<'_>) -> Option<String> {
    let text = section.required::<String>("endpoint")?;
    let uri = text.parse::<Uri>().ok();
    let is_address = uri.is_some_and(|uri| {
        let is_bare = uri.path() == "/" && uri.query().is_none();
        uri.scheme_str() == Some("https")
            && uri.host().is_some()
            && uri.port_u16().is_some()
            && is_bare
    });
    if is_address {
        return Some(text);
    }
    section.fault_of(
        "endpoint",
        "expected an address such as \"https://node.example:7400\"",
        "应为地址，如 \"https://node.example:7400\"",
    );
    None
}

#[cfg(test)]
mod tests;
