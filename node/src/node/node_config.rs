//! What a node is started with. Deliberately absent: reading the file.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use huitong_certs::SigningKey;
use huitong_core::calendar::Calendar;
use huitong_core::region::RegionCode;
use huitong_journal::Options;
use huitong_transport::{Certified, ClientLimits, CredentialStore, ServerLimits};

use crate::checks::CheckRule;
use crate::clock::Clock;
use crate::duplicates::DuplicateRule;
use crate::home::reverse::ReversalRule;
use crate::home::watch::WatchLimits;
use crate::payables::PayableRule;
use crate::peers::{DirectoryEntry, PeerLimits};
use crate::people::rule::FilingRule;
use crate::sealing::StoreRule;
use crate::treatment::Timing;

/// Everything a node is started with.
pub struct NodeConfig {
    /// Its region.
    pub region: RegionCode,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Its folder: `journal` and `index` lie in it.
    pub data: PathBuf,
    /// What it keeps of people, and where their keys lie.
    pub store: StoreRule,
    /// Its TLS certificate, and whom it trusts.
    pub credentials: CredentialStore,
    /// The key it signs receipts with.
    pub signing: Arc<SigningKey>,
    /// The certificate by which others know it.
    pub certified: Certified,
    /// The other regions.
    pub directory: Vec<DirectoryEntry>,
    /// The clearinghouse, `https://host:port`; legs wait without one.
    pub clearinghouse: Option<String>,
    /// With what people are looked for whom another region insures too; they are not without it.
    pub duplicates: Option<DuplicateRule>,
    /// Days that are no business days.
    pub calendar: Calendar,
    /// Which settlements of its people are reversed, and by whom.
    pub reversal: ReversalRule,
    /// Until when its institutions are paid.
    pub payables: PayableRule,
    /// Which expense checks are asked and taken.
    pub checks: CheckRule,
    /// Who may file what for its people.
    pub filing: FilingRule,
    /// How many of its people may be asked about.
    pub watch: WatchLimits,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The journal's limits.
    pub journal: Options,
    /// How long it waits for other nodes.
    pub timing: Timing,
    /// How often legs are reported, and receipts delivered that were not acknowledged.
    pub report_every: Duration,
    /// Bounds on whoever calls.
    pub server: ServerLimits,
    /// Bounds on calling.
    pub client: ClientLimits,
    /// Bounds on calling one other region's node.
    pub peers: PeerLimits,
}
