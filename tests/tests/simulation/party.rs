//! A server of the simulated world: what it is started from, each time it is started.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use huitong_backup::restore::{Restart, begin_anew};
use huitong_clearinghouse::{self as clearing, Clearinghouse};
use huitong_core::calendar::Calendar;
use huitong_core::money::Fen;
use huitong_journal::testing::FakeDisk;
use huitong_journal::{Options, Runner};
use huitong_node::backup::Anew;
use huitong_node::chance::Chance as _;
use huitong_node::checks::CheckRule;
use huitong_node::duplicates::DuplicateRule;
use huitong_node::home::reverse::ReversalRule;
use huitong_node::home::watch::WatchLimits;
use huitong_node::payables::PayableRule;
use huitong_node::peers::{DirectoryEntry, PeerLimits};
use huitong_node::people::rule::FilingRule;
use huitong_node::sealing::StoreRule;
use huitong_node::treatment::Timing;
use huitong_node::{Node, NodeConfig, Platform};
use huitong_transport::{Clock, CredentialStore, ServerLimits};

use crate::certificates::{Certificates, client_limits};
use crate::chance::Seeded;
use crate::faults;
use crate::network::Simulated;
use crate::phases::Phases;
use crate::platform::{EventLog, OneThread, SimulatedClock};
use crate::register::{REGIONS, region};
use crate::saboteurs::{Saboteur, lose_cycles};
use crate::storage::{ClearingStorage, KeepsImages, NodeStorage};
use crate::twins;
use crate::wire::Wire;

pub const PORT: u16 = 7_400;
const CLEARINGHOUSE: &str = "clearinghouse";
/// How often a server is asked whether it still writes.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The name of a region's machine.
pub fn host(number: usize) -> String {
    format!("node-{}", REGIONS[number])
}

/// Where a region's node is called.
pub fn endpoint(number: usize) -> String {
    format!("https://{}:{PORT}", host(number))
}

/// Where the clearinghouse is called.
pub fn clearing_endpoint() -> String {
    format!("https://{CLEARINGHOUSE}:{PORT}")
}

/// What stays of a server when it dies.
pub struct Party {
    pub name: String,
    pub kind: Kind,
    /// How long a group waits for the disk.
    pub disk_takes_ms: Arc<AtomicU64>,
    /// Set when it can only go on after a restart.
    pub is_broken: AtomicBool,
    clock: Arc<SimulatedClock>,
    chance: Arc<Seeded>,
    pub wire: Arc<Wire>,
    log: EventLog,
}

pub enum Kind {
    Node {
        number: usize,
        regions: usize,
        storage: Arc<NodeStorage>,
        credentials: CredentialStore,
        duplicates: Option<DuplicateRule>,
    },
    Clearinghouse {
        regions: usize,
        storage: Arc<ClearingStorage>,
        saboteur: Option<Saboteur>,
    },
}

/// The address on which every server listens on its own machine.
fn anywhere() -> SocketAddr {
    (Ipv4Addr::UNSPECIFIED, PORT).into()
}

fn clock(chance: &Seeded, (seed, regions): (u64, usize)) -> Arc<SimulatedClock> {
    let ahead = faults::clock_is_ahead(seed, regions, chance);
    Arc::new(SimulatedClock::off_by(ahead))
}

impl Party {
    pub fn node(
        (number, regions, seed): (usize, usize, u64),
        (saboteur, images): (Option<Saboteur>, KeepsImages),
        (phase, log): (&Phases, &EventLog),
    ) -> Self {
        let purpose = 100 + u64::try_from(number).unwrap();
        let storage = Arc::new(NodeStorage::new(seed ^ purpose, saboteur, images));
        let chance = Seeded::new(seed, purpose);
        let clock = clock(&chance, (seed, regions));
        let kind = Kind::Node {
            number,
            regions,
            storage,
            credentials: Certificates::issued().node(number, clock.clone()),
            duplicates: twins::rule(seed, regions, number),
        };
        let wire = Wire::to(&host(number), (seed, purpose), phase, log);
        Self::new(kind, clock, chance, (wire, log))
    }

    pub fn clearinghouse(
        regions: usize,
        seed: u64,
        saboteur: Option<Saboteur>,
        (phase, log): (&Phases, &EventLog),
    ) -> Self {
        let kind = Kind::Clearinghouse {
            regions,
            storage: Arc::new(ClearingStorage::new(seed)),
            saboteur,
        };
        let chance = Seeded::new(seed, 99);
        let wire = Wire::to(CLEARINGHOUSE, (seed, 99), phase, log);
        let clock = clock(&chance, (seed, regions));
        Self::new(kind, clock, chance, (wire, log))
    }

    fn new(
        kind: Kind,
        clock: Arc<SimulatedClock>,
        chance: Seeded,
        (wire, log): (Wire, &EventLog),
    ) -> Self {
        Self {
            name: wire.server.clone(),
            kind,
            disk_takes_ms: Arc::new(AtomicU64::new(1)),
            is_broken: AtomicBool::new(false),
            clock,
            chance: Arc::new(chance),
            wire: Arc::new(wire),
            log: log.clone(),
        }
    }

    pub fn disk(&self) -> FakeDisk {
        match &self.kind {
            Kind::Node { storage, .. } => storage.disk(),
            Kind::Clearinghouse { storage, .. } => storage.disk(),
        }
    }

    /// Puts a backup in the place of a lost disk, as `huitong node restore` and `huitong clearinghouse restore` do.
    pub fn restore(&self, backup: &FakeDisk) {
        let (disk, at) = (backup.copy(), self.clock.now());
        match &self.kind {
            Kind::Node { storage, .. } => {
                self.node_begins_anew(&disk);
                storage.replace(disk);
            }
            Kind::Clearinghouse {
                storage, saboteur, ..
            } => {
                let journal = self.journal_options();
                self.begin_anew(&disk, journal, &mut clearing::backup::Anew::new(at));
                if *saboteur == Some(Saboteur::LostCycles) {
                    lose_cycles(&disk, journal, at);
                }
                storage.replace(disk);
            }
        }
    }

    /// Has a stopped node collect again what others have, as `huitong node recover` does.
    pub fn collect_anew(&self) {
        self.node_begins_anew(&self.disk());
        self.lose_index();
    }

    fn node_begins_anew(&self, disk: &FakeDisk) {
        let mut mark = [0; 16];
        self.chance.fill(&mut mark);
        let mut anew = Anew::new(mark, self.clock.now());
        self.begin_anew(disk, self.journal_options(), &mut anew);
    }

    fn begin_anew(&self, disk: &FakeDisk, journal: Options, anew: &mut dyn Restart) {
        let restored = begin_anew(disk.port(), journal, anew, || Ok(())).unwrap();
        self.log.note(&self.name, format_args!("{restored:?}"));
    }

    /// So much time passes at once.
    pub fn time_passes(&self, hours: i64) {
        self.clock.passes(hours);
    }

    /// The node's certificate is renewed, by one that runs out in the middle of the work, if it is to.
    pub fn renew(&self, runs_out: Option<jiff::Timestamp>) {
        if let Kind::Node {
            number,
            credentials,
            ..
        } = &self.kind
        {
            Certificates::issued().renew(*number, credentials, runs_out);
        }
    }

    pub fn lose_index(&self) {
        match &self.kind {
            Kind::Node { storage, .. } => storage.lose_index(),
            Kind::Clearinghouse { storage, .. } => storage.lose_index(),
        }
    }

    /// Runs it until it is crashed, or can only go on after a restart.
    pub async fn run(self: Arc<Self>) {
        self.is_broken.store(false, Ordering::Relaxed);
        let ended = match &self.kind {
            Kind::Node { number, .. } => self.run_node(*number).await,
            Kind::Clearinghouse { regions, .. } => self.run_clearinghouse(*regions).await,
        };
        self.log.note(&self.name, ended);
        self.is_broken.store(true, Ordering::Relaxed);
        std::future::pending().await
    }

    async fn run_node(&self, number: usize) -> String {
        let node = match Node::start_on(self.node_platform(), self.node_config(number)).await {
            Ok(node) => node,
            Err(error) => return format!("did not start: {error}"),
        };
        self.log.note(&self.name, "serves");
        until_broken(|| node.fault()).await
    }

    async fn run_clearinghouse(&self, regions: usize) -> String {
        let Kind::Clearinghouse { storage, .. } = &self.kind else {
            unreachable!()
        };
        let platform = clearing::Platform {
            credentials: Certificates::issued().clearinghouse(self.clock()),
            signer: Certificates::issued().checkpoints(),
            storage: Arc::<ClearingStorage>::clone(storage),
            runner: self.runner(),
            network: Arc::new(self.network()),
            clock: self.clock(),
        };
        let running = match Clearinghouse::start_on(platform, clearing_config(regions)).await {
            Ok(running) => running,
            Err(error) => return format!("did not start: {error}"),
        };
        self.log.note(&self.name, "serves");
        until_broken(|| running.fault()).await
    }

    fn journal_options(&self) -> Options {
        match &self.kind {
            Kind::Node { storage, .. } => storage.journal_options(),
            Kind::Clearinghouse { .. } => clearing_journal_options(),
        }
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::<SimulatedClock>::clone(&self.clock)
    }

    fn network(&self) -> Simulated {
        let wire = Some(Arc::clone(&self.wire));
        Simulated { wire }
    }

    fn runner(&self) -> Arc<dyn Runner> {
        Arc::new(OneThread {
            disk_takes_ms: Arc::clone(&self.disk_takes_ms),
        })
    }

    fn node_platform(&self) -> Platform {
        let Kind::Node { storage, .. } = &self.kind else {
            unreachable!()
        };
        Platform {
            storage: Arc::<NodeStorage>::clone(storage),
            runner: self.runner(),
            network: Arc::new(self.network()),
            chance: Arc::<Seeded>::clone(&self.chance),
        }
    }

    fn node_config(&self, number: usize) -> NodeConfig {
        let Kind::Node {
            regions,
            credentials,
            duplicates,
            ..
        } = &self.kind
        else {
            unreachable!()
        };
        let certificates = Certificates::issued();
        let directory = (0..*regions).map(|other| DirectoryEntry {
            region: region(other),
            endpoint: endpoint(other),
            signing: certificates.signed_by(other).into(),
            pinned: false,
        });
        NodeConfig {
            region: region(number),
            listen: anywhere(),
            data: std::path::PathBuf::new(),
            store: StoreRule::standard(std::path::Path::new("")),
            credentials: credentials.clone(),
            signing: Arc::new(certificates.signing(number)),
            certified: certificates.signed_by(number).into(),
            reversal: ReversalRule::STANDARD,
            payables: PayableRule::STANDARD,
            checks: checks(),
            filing: FilingRule::standard(),
            directory: directory.collect(),
            clearinghouse: Some(clearing_endpoint()),
            duplicates: duplicates.clone(),
            calendar: Calendar::every_day(),
            clock: self.clock(),
            journal: self.journal_options(),
            timing: Timing {
                ask: Duration::from_secs(1),
                commit: Duration::from_secs(2),
                settle_limit: Duration::from_secs(12),
                resolve_every: Duration::from_secs(1),
            },
            report_every: Duration::from_millis(500),
            server: ServerLimits {
                // Never due exactly at a tick, nor with the clients'.
                keepalive_interval: Duration::from_millis(2_007),
                keepalive_timeout: Duration::from_millis(2_007),
                drain: Duration::from_millis(200),
                ..ServerLimits::standard()
            },
            client: client_limits(),
            peers: PeerLimits::standard(),
            watch: WatchLimits::standard(),
        }
    }
}

/// Bills of some size are checked, and an answer is confirmed within a day.
fn checks() -> CheckRule {
    CheckRule {
        at_least: Fen::new(200_000).unwrap(),
        confirm_days: 1,
        ..CheckRule::STANDARD
    }
}

/// Waits until a server says that it writes nothing any more.
async fn until_broken(fault: impl Fn() -> Option<String>) -> String {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if let Some(fault) = fault() {
            return format!("stopped writing: {fault}");
        }
    }
}

/// As large as those of its configuration.
pub fn clearing_journal_options() -> Options {
    Options::standard()
        .segment_bytes(1 << 20)
        .frame_bytes((1 << 20) - 4_096)
        .group(512 << 10, 65_536)
}

fn clearing_config(regions: usize) -> clearing::Config {
    use std::fmt::Write as _;
    // What it is told of files is never looked at: certificate and disk come with the platform.
    let mut text = format!(
        "listen = \"{}\"\ndata = \"/nowhere\"\njournal_segment_mib = 1\n\
         [tls]\nchain = \"/nowhere\"\nkey = \"/nowhere\"\nroots = \"/nowhere\"\n\
         [signing]\nkey = \"/nowhere\"\ncertificate = \"/nowhere\"\n\
         [cut_off]\nautomatic = \"never\"\ndeadline_minutes = 480\n\
         [attestation]\nwait_minutes = 0\n",
        anywhere()
    );
    for code in &REGIONS[..regions] {
        write!(text, "[[region]]\ncode = \"{code}\"\n").unwrap();
    }
    clearing::Config::parse("clearinghouse.toml", &text).unwrap()
}
