//! The running clearinghouse: store, writer, services and schedule, started and stopped as one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_transport::access::AccessTableError;
use huitong_transport::{Reloading, ServeError, Server, ServerLimits, aside};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::clock::Clock;
use crate::config::Config;
use crate::decide::{self, Schedule};
use crate::grpc;
use crate::platform::{self, Platform, PlatformError};
use crate::store::StoreError;
use crate::watch::watch;
use crate::writer::Writer;

/// How often the schedule looks whether a cut-off is due.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Starts clearinghouses.
#[derive(Debug)]
pub struct Clearinghouse;

/// Why a clearinghouse does not start or did not stop cleanly.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A certificate cannot be used.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// The certificate is another party's.
    #[error("the certificate is of {0}, not of the clearinghouse / 证书属于{0}，而非清算中心")]
    NotTheClearinghouse(Identity),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server cannot serve.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The table of who may call what does not hold together.
    #[error(transparent)]
    Access(#[from] AccessTableError),
    /// Reflection cannot read the descriptors.
    #[error("reflection: {0}")]
    Reflection(String),
    /// A thread of the program was lost.
    #[error("a task of the clearinghouse ended unexpectedly: {0}")]
    Lost(#[from] tokio::task::JoinError),
}

impl Clearinghouse {
    /// Opens the store, binds the address and serves, by the machine's clock.
    ///
    /// # Errors
    /// [`StartError`]; nothing is left running then.
    pub async fn start(config: Config) -> Result<RunningClearinghouse, StartError> {
        let platform = Platform::machine(&config)?;
        Self::start_on(platform, config).await
    }

    /// As [`Clearinghouse::start`], by another clock.
    ///
    /// # Errors
    /// As [`Clearinghouse::start`].
    pub async fn start_by(
        config: Config,
        clock: Arc<dyn Clock>,
    ) -> Result<RunningClearinghouse, StartError> {
        let mut platform = Platform::machine(&config)?;
        platform.clock = clock;
        Self::start_on(platform, config).await
    }

    /// As [`Clearinghouse::start`], on any platform; the configuration's certificate and data folder are the
    /// machine's alone.
    ///
    /// # Errors
    /// As [`Clearinghouse::start`].
    pub async fn start_on(
        platform: Platform,
        config: Config,
    ) -> Result<RunningClearinghouse, StartError> {
        let credentials = platform.credentials.clone();
        if credentials.identity() != Identity::Clearinghouse {
            return Err(StartError::NotTheClearinghouse(credentials.identity()));
        }
        let reloading = Reloading::new(credentials.clone()).with(Arc::new(platform.signer.clone()));
        // Bound before the store is opened: an address in use is told at once.
        let (network, limits) = (Arc::clone(&platform.network), ServerLimits::standard());
        let server = Server::bind_on(&*network, config.listen, credentials, limits).await?;
        let schedule = config.schedule;
        let day_rules = grpc::DayRules {
            payment: config.payment,
            wait_minutes: config.wait_minutes,
            deadline_minutes: schedule.deadline_minutes(),
            prefund: config.prefund,
            dispute: config.dispute,
            month: config.month,
        };
        let speaking = (platform.credentials.clone(), Arc::clone(&platform.clock));
        let roles = config.roles.clone();
        let writer = aside(move || open_writer(&config, &platform));
        let writer = Arc::new(writer.await??);
        let routes = grpc::routes(&writer, day_rules, speaking, &reloading)
            .await
            .map_err(StartError::Reflection)?;
        let access = grpc::access_table_with(roles)?;
        let address = server.local_address();
        let stop = CancellationToken::new();
        let serving = server.serve(routes, access, stop.clone().cancelled_owned());
        Ok(RunningClearinghouse {
            address,
            serving: tokio::spawn(serving),
            looking: tokio::spawn(look(Arc::clone(&writer), schedule, stop.clone())),
            watching: tokio::spawn(watch(Arc::clone(&writer), day_rules, stop.clone())),
            keeping: tokio::spawn(reloading.clone().run(stop.clone())),
            reloading,
            writer,
            stop,
        })
    }
}

/// Opens the store of a configuration, and starts the writer on what it holds.
pub(crate) fn open_writer(config: &Config, platform: &Platform) -> Result<Writer, StoreError> {
    Writer::start(
        config.members.clone(),
        config.calendar.clone(),
        Arc::clone(&platform.clock),
        platform.signer.clone(),
        &*platform.runner,
        |events| platform::open(config, platform, events),
    )
}

/// A clearinghouse that serves.
#[derive(Debug)]
pub struct RunningClearinghouse {
    address: SocketAddr,
    serving: JoinHandle<Result<(), ServeError>>,
    looking: JoinHandle<()>,
    watching: JoinHandle<()>,
    keeping: JoinHandle<()>,
    reloading: Reloading,
    writer: Arc<Writer>,
    stop: CancellationToken,
}

impl RunningClearinghouse {
    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Has certificates, roots and revocation lists read again at once.
    pub fn reload(&self) {
        self.reloading.ask();
    }

    /// Why it writes nothing any more until it is restarted, once that is so.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        self.writer.fault()
    }

    /// Lets calls under way finish, makes all that was taken durable, and returns when all is closed.
    ///
    /// # Errors
    /// When serving had ended by a fault.
    pub async fn shutdown(self) -> Result<(), StartError> {
        self.stop.cancel();
        let served = self.serving.await;
        self.looking.await?;
        self.watching.await?;
        self.keeping.await?;
        let writer = self.writer;
        tokio::task::spawn_blocking(move || writer.stop()).await?;
        Ok(served??)
    }
}

/// Has due cycles cut off until told to stop.
async fn look(writer: Arc<Writer>, schedule: Schedule, stop: CancellationToken) {
    if matches!(schedule, Schedule::Never(_)) {
        return;
    }
    let mut tick = tokio::time::interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        let decided = writer
            .decide(move |context| decide::cut_off_when_due(context, schedule))
            .await;
        match decided {
            Ok(None) => {}
            Ok(Some(day)) => info!(%day, "cycle cut off by itself"),
            Err(refusal) => {
                warn!(
                    code = refusal.code.code(),
                    detail = refusal.detail,
                    "a cut-off was due and refused"
                );
            }
        }
    }
}
