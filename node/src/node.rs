//! Wiring: the parts of a node, started in order and stopped in order.
//!
//! This is the one place that names the storage backend. Starting reads the journal, brings the index up,
//! and only then opens the port; stopping lets calls finish, then settlements under way, then the writer.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use huitong_certs::SigningKey;
use huitong_core::region::RegionCode;
use huitong_journal::{DirDisk, Options};
use huitong_transport::access::AccessTableError;
use huitong_transport::{
    ClientLimits, CredentialStore, ServeError, Server, ServerLimits, TransportError,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::clock::{Calendar, Clock};
use crate::grpc::access;
use crate::grpc::routes::{Services, routes};
use crate::home::HomeRole;
use crate::ledger::{Ledger, LedgerOptions, OpenError};
use crate::legs::report::Reporter;
use crate::peers::{DirectoryEntry, DirectoryError, Homes};
use crate::registry::{self, Registry, read_catalogue, read_policies};
use crate::store::StoreError;
use crate::store::embedded::SledIndex;
use crate::treatment::{self, Timing, TreatmentRole};
use crate::writer::Writer;

/// Commands that may wait for the writer.
const COMMANDS_WAITING: usize = 4_096;

/// How long a stopped node waits for its files to be let go of.
const LINGERING: Duration = Duration::from_secs(5);

/// Everything a node is started with.
pub struct NodeConfig {
    /// Its region.
    pub region: RegionCode,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Its folder: `journal` and `index` lie in it.
    pub data: PathBuf,
    /// Its TLS certificate, and whom it trusts.
    pub credentials: CredentialStore,
    /// The key it signs receipts with.
    pub signing: Arc<SigningKey>,
    /// The other regions.
    pub directory: Vec<DirectoryEntry>,
    /// The clearinghouse, `https://host:port`; legs wait without one.
    pub clearinghouse: Option<String>,
    /// Days that are no business days.
    pub calendar: Calendar,
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
}

/// Why a node did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder.
    #[error("data folder {path}: {error}")]
    Folder {
        /// The folder.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// Journal or index.
    #[error(transparent)]
    Ledger(#[from] OpenError),
    /// Rows or records.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The clearinghouse's address.
    #[error("clearinghouse: {0}")]
    Clearinghouse(TransportError),
    /// The table of who may call what.
    #[error(transparent)]
    Access(#[from] AccessTableError),
    /// The port or the certificate.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// Reflection.
    #[error("reflection: {0}")]
    Reflection(String),
    /// A thread could not be started.
    #[error("the writer could not be started: {0}")]
    Thread(std::io::Error),
    /// A blocking task was lost.
    #[error("starting was interrupted")]
    Interrupted,
}

/// A node.
pub struct Node;

/// The parts of a node that hold its state.
struct Heart {
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    home: Arc<HomeRole>,
    treatment: Arc<TreatmentRole>,
}

impl Node {
    /// Starts a node. It serves when this returns.
    ///
    /// # Errors
    /// [`StartError`]; nothing is left running then.
    pub async fn start(config: NodeConfig) -> Result<RunningNode, StartError> {
        let server = Server::bind(
            config.listen,
            config.credentials.clone(),
            config.server.clone(),
        )
        .await?;
        let address = server.local_address();
        let ledger = open(&config).await?;
        let policies = Arc::new(read_policies(&ledger, config.region)?);
        let catalogue = read_catalogue(&ledger)?.map(Arc::new);
        let writer = Writer::start(
            Arc::clone(&ledger),
            Arc::clone(&config.clock),
            COMMANDS_WAITING,
        );
        let writer = Arc::new(writer.map_err(StartError::Thread)?);
        let calendar = Arc::new(config.calendar);
        let home = Arc::new(HomeRole::new(
            config.region,
            Arc::clone(&ledger),
            Arc::clone(&writer),
            Arc::clone(&policies),
            Arc::clone(&calendar),
        ));
        let homes = Homes::new(
            config.region,
            Arc::clone(&home),
            config.directory,
            &config.credentials,
            &config.client,
        )?;
        let treatment = Arc::new(TreatmentRole::new(treatment::Parts {
            region: config.region,
            ledger: Arc::clone(&ledger),
            writer: Arc::clone(&writer),
            policies: Arc::clone(&policies),
            homes: homes.clone(),
            clock: Arc::clone(&config.clock),
            timing: config.timing,
            catalogue,
        }));
        let every = config.report_every;
        let reporter = config.clearinghouse.as_deref().map(|endpoint| {
            let ledger = Arc::clone(&ledger);
            Reporter::new(ledger, endpoint, &config.credentials, &config.client, every)
                .map(Arc::new)
        });
        let reporter = reporter.transpose().map_err(StartError::Clearinghouse)?;
        let registry = Arc::new(Registry::new(registry::Parts {
            region: config.region,
            ledger: Arc::clone(&ledger),
            writer: Arc::clone(&writer),
            policies: Arc::clone(&policies),
            treatment: Arc::clone(&treatment),
            calendar,
            clock: config.clock,
            reported: reporter.as_ref().map(|reporter| reporter.reported()),
        }));
        let heart = Heart {
            ledger,
            writer,
            home,
            treatment,
        };
        let services = Services {
            region: config.region,
            ledger: Arc::clone(&heart.ledger),
            home: Arc::clone(&heart.home),
            treatment: Arc::clone(&heart.treatment),
            registry,
            policies,
            homes: homes.clone(),
        };
        let routes = routes(services).await.map_err(StartError::Reflection)?;
        let access = access::table(config.region)?;
        Ok(heart.run(server, routes, access, address, homes, reporter, every))
    }
}

async fn open(config: &NodeConfig) -> Result<Arc<Ledger>, StartError> {
    let (data, region, journal) = (config.data.clone(), config.region, config.journal);
    let key = Arc::clone(&config.signing);
    let opened = tokio::task::spawn_blocking(move || {
        let folder = |name: &str| {
            let path = data.join(name);
            std::fs::create_dir_all(&path)
                .map(|()| path.clone())
                .map_err(|error| StartError::Folder {
                    path: path.display().to_string(),
                    error,
                })
        };
        let path = folder("journal")?;
        let disk = DirDisk::at(&path).map_err(|error| StartError::Folder {
            path: path.display().to_string(),
            error,
        })?;
        let index = Arc::new(SledIndex::open(&folder("index")?)?);
        Ok(Arc::new(Ledger::open(LedgerOptions {
            region,
            disk,
            journal,
            index,
            key,
        })?))
    });
    opened.await.map_err(|_| StartError::Interrupted)?
}

impl Heart {
    #[allow(
        clippy::too_many_arguments,
        reason = "each is one part of the wiring, used once"
    )]
    fn run(
        self,
        server: Server,
        routes: Routes,
        access: huitong_transport::AccessTable,
        address: SocketAddr,
        homes: Homes,
        reporter: Option<Arc<Reporter>>,
        every: Duration,
    ) -> RunningNode {
        let stop = CancellationToken::new();
        let serving = tokio::spawn({
            let stop = stop.clone();
            async move {
                if let Err(error) = server.serve(routes, access, stop.cancelled_owned()).await {
                    tracing::error!(%error, "the server stopped");
                }
            }
        });
        let mut tasks = vec![
            tokio::spawn(Arc::clone(&self.treatment).resolve(stop.clone())),
            tokio::spawn(Arc::clone(&self.home).deliver(homes, every, stop.clone())),
        ];
        if let Some(reporter) = reporter {
            tasks.push(tokio::spawn(reporter.run(stop.clone())));
        }
        RunningNode {
            address,
            stop,
            serving,
            tasks,
            heart: self,
        }
    }
}

/// A node that serves.
pub struct RunningNode {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    tasks: Vec<JoinHandle<()>>,
    heart: Heart,
}

impl RunningNode {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Why it has stopped writing, if so: it must be restarted then.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        self.heart.ledger.fault()
    }

    /// Takes no new calls, lets those under way finish, and returns when everything is on disk.
    pub async fn shutdown(self) {
        let Self {
            stop,
            serving,
            tasks,
            heart,
            ..
        } = self;
        stop.cancel();
        drop(serving.await);
        for task in tasks {
            drop(task.await);
        }
        heart.treatment.drained().await;
        let gone = heart.ledger.gone();
        let closed = tokio::task::spawn_blocking(move || {
            heart.writer.close();
            drop(heart);
        });
        drop(closed.await);
        // Everything is on disk; a connection that lingers may hold the files a moment longer.
        drop(tokio::time::timeout(LINGERING, gone.cancelled()).await);
    }

    /// Ends at once, as a killed process does: calls and settlements under way are cut off wherever they
    /// are. Returns when the data folder is free.
    pub async fn kill(self) {
        let Self {
            stop,
            serving,
            tasks,
            heart,
            ..
        } = self;
        heart.treatment.cut();
        stop.cancel();
        serving.abort();
        drop(serving.await);
        for task in tasks {
            task.abort();
            drop(task.await);
        }
        heart.treatment.drained().await;
        let gone = heart.ledger.gone();
        drop(tokio::task::spawn_blocking(move || drop(heart)).await);
        // Connections end in tasks of their own; the last of them lets go of the journal.
        gone.cancelled().await;
    }
}
