//! Wiring: the parts of a node, started in order and stopped in order.
//!
//! What a node stands on is named in `platform`. Starting takes the port, so that a second
//! node fails at once, reads the journal, brings the index up, and only then serves; stopping lets
//! calls finish, then settlements under way, then the writer.

mod asking;
mod offline;
mod start_error;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use huitong_core::region::RegionCode;
use huitong_transport::{AccessTable, Dialer, Reloading, Server, aside};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

pub use offline::{keyring_lacking, open_offline};
pub use start_error::StartError;

use crate::clock::Clock;
use crate::duplicates::DuplicateDesk;
use crate::earlier::Earlier;
use crate::evidence::EvidenceDesk;
use crate::grpc::access;
use crate::grpc::routes::{Services, routes};
use crate::home::HomeRole;
use crate::home::watch::Watch;
use crate::ledger::{KeyOptions, Ledger, LedgerOptions};
use crate::legs::attest::Attester;
use crate::legs::report::Reporter;
use crate::measures::Measures;
use crate::office::Office;
use crate::payables::PayableDesk;
use crate::peers::Homes;
use crate::people::PeopleDesk;
use crate::platform::{Platform, Stored};
use crate::policies::PolicyBook;
use crate::reading::read_policies;
use crate::recovery::Recovery;
use crate::registry::Registry;
use crate::transfer::TransferDesk;
use crate::treatment::TreatmentRole;
use crate::witness::heard::Hearing;
use crate::writer::Writer;

mod desks;
mod in_touch;
mod node_config;
mod running;

pub use node_config::NodeConfig;
pub use running::RunningNode;

use asking::ask_again;
use desks::{
    calling, duplicates, evidence, home, office, payables, people, recovery, registry, reloading,
    transfers, treating,
};
use in_touch::{InTouch, in_touch};

/// Commands that may wait for the writer.
const COMMANDS_WAITING: usize = 4_096;

/// How far the index may be behind the journal.
const INDEX_EVERY: Duration = Duration::from_millis(100);

/// A node.
pub struct Node;

/// The parts of a node that live as long as it runs.
struct Heart {
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    home: Arc<HomeRole>,
    treatment: Arc<TreatmentRole>,
    homes: Homes,
    in_touch: InTouch,
    recovery: Arc<Recovery>,
    transfers: Arc<TransferDesk>,
    duplicates: Arc<DuplicateDesk>,
    reloading: Reloading,
    report_every: Duration,
}

impl Node {
    /// Starts a node on this machine. It serves when this returns.
    ///
    /// # Errors
    /// [`StartError`]; nothing is left running then.
    pub async fn start(config: NodeConfig) -> Result<RunningNode, StartError> {
        let platform = Platform::machine(config.data.clone(), config.store.keyring.clone());
        Self::start_on(platform, config).await
    }

    /// Starts a node on any platform; the configuration's data folder is the machine's alone.
    ///
    /// # Errors
    /// As [`Node::start`].
    pub async fn start_on(
        platform: Platform,
        config: NodeConfig,
    ) -> Result<RunningNode, StartError> {
        let (credentials, limits) = (config.credentials.clone(), config.server.clone());
        let network = &*platform.network;
        let server = Server::bind_on(network, config.listen, credentials, limits).await?;
        let ledger = open(&platform, &config).await?;
        let (region, chance) = (config.region, Arc::clone(&platform.chance));
        let (heart, services) = assemble(platform, config, ledger)?;
        // A node that collects serves nobody before the others have given back what they hold.
        let unasked = if heart.ledger.opened().set_aside > 0 && heart.recovery.serves() {
            heart.ask_others().await.map_err(StartError::RecordsGone)?
        } else {
            Vec::new()
        };
        let access = access::table_of(region, Arc::clone(&heart.recovery))?;
        let routes = routes(services).await.map_err(StartError::Reflection)?;
        let home = Arc::clone(&heart.home);
        let mut running = heart.run(server, routes, access);
        let asking = ask_again(home, unasked, chance, running.stop.clone());
        running.tasks.push(tokio::spawn(asking));
        Ok(running)
    }
}

/// Puts the roles together over an open ledger.
fn assemble(
    platform: Platform,
    config: NodeConfig,
    ledger: Arc<Ledger>,
) -> Result<(Heart, Services), StartError> {
    let chance = platform.chance;
    let (region, clock, report_every) = (config.region, config.clock, config.report_every);
    let policies = Arc::new(read_policies(&ledger, region)?);
    let writer = Arc::new(Writer::new(&ledger, &clock, COMMANDS_WAITING));
    let parts = (&ledger, &writer, &policies);
    let (calendar, measures) = (Arc::new(config.calendar), Arc::new(Measures::new()));
    let watch = Arc::new(Watch::new(config.watch, Arc::clone(&measures)));
    let certified = config.certified.current();
    let earlier = Arc::new(Earlier::new(config.credentials.clone()));
    let home = home(
        region,
        parts,
        &calendar,
        (config.reversal, &watch),
        (&certified, &earlier),
        &chance,
    );
    let trusting = config.credentials.clone();
    let own = (&config.credentials, &config.certified);
    let reloading = reloading(own, &config.directory);
    let over = Dialer::over(platform.network, config.credentials, config.client);
    let hearing = Arc::new(Hearing::of(&config.directory, region));
    let calling = calling((over, measures), config.peers, &chance, &hearing);
    let (own, others) = (Arc::clone(&home), config.directory);
    let homes = Homes::new(region, own, others, &calling, earlier)?;
    let transfers = transfers(parts, &home, &homes, &clock, &chance);
    let treatment = treating((region, parts), &homes, (&clock, &chance, config.timing))?;
    let clearing = config.clearinghouse.as_deref();
    let looking = (config.duplicates, clearing, config.watch);
    let duplicates = duplicates((region, parts), &homes, (&clock, &calling), looking)?;
    let evidence = evidence(
        (region, parts),
        &treatment,
        &homes,
        config.certified.clone(),
    );
    let signing = (&config.signing, &config.certified, &trusting);
    let met = (&homes, hearing, &evidence);
    let checking = (config.checks, &calendar, config.timing.commit);
    let told = (clearing, report_every, checking);
    let in_touch = in_touch((region, parts), (&clock, &calling), signing, met, told)?;
    let payables = payables((region, parts), (&calendar, &clock), config.payables);
    let people = people(region, parts, (config.filing, watch), &clock);
    let collecting = (certified, chance, report_every);
    let reporter = &in_touch.reporter;
    let recovery = recovery((region, parts), &treatment, (&homes, reporter), collecting)?;
    let reported = reporter.as_deref().map(Reporter::reported);
    let registry = registry(parts, &treatment, calendar, (region, &clock), reported);
    let office = Arc::new(office(&ledger, &writer, &policies, &clock, config.signing));
    let heart = Heart {
        ledger,
        writer,
        home,
        treatment,
        homes,
        in_touch,
        recovery,
        transfers,
        duplicates,
        reloading,
        report_every,
    };
    let desks = (people, payables, registry, evidence, office);
    let services = heart.services(desks, (region, policies, clock));
    Ok((heart, services))
}

/// What serves officers and institutions, and nobody else.
type Desks = (
    Arc<PeopleDesk>,
    Arc<PayableDesk>,
    Arc<Registry>,
    Arc<EvidenceDesk>,
    Arc<Office>,
);

async fn open(platform: &Platform, config: &NodeConfig) -> Result<Arc<Ledger>, StartError> {
    let (region, journal, key) = (config.region, config.journal, Arc::clone(&config.signing));
    let (storage, runner) = (Arc::clone(&platform.storage), Arc::clone(&platform.runner));
    let (people, chance) = (config.store.people, Arc::clone(&platform.chance));
    let keyring = config.store.keyring.clone();
    let opened = aside(move || {
        let Stored {
            disk,
            keys,
            index,
            images,
        } = storage.open()?;
        let opened = Ledger::open(LedgerOptions {
            region,
            disk,
            journal,
            index,
            images,
            keys: KeyOptions {
                disk: keys,
                people,
                chance,
            },
            key,
            runner,
        });
        let opened = opened.map_err(|error| StartError::of_ledger(error, &keyring))?;
        Ok(Arc::new(opened))
    });
    opened.await.map_err(|_| StartError::Interrupted)?
}

/// Has the index follow the journal.
async fn index(ledger: Arc<Ledger>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(INDEX_EVERY);
    let stopped = stop.cancelled();
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            biased;
            () = &mut stopped => return,
            _ = ticks.tick() => ledger.bring_index_up(),
        }
    }
}

impl Heart {
    /// What is served.
    fn services(
        &self,
        (people, payables, registry, evidence, office): Desks,
        (region, policies, clock): (RegionCode, Arc<PolicyBook>, Arc<dyn Clock>),
    ) -> Services {
        Services {
            people,
            payables,
            transfers: Arc::clone(&self.transfers),
            duplicates: Arc::clone(&self.duplicates),
            disputes: Arc::clone(&self.in_touch.disputes),
            checks: Arc::clone(&self.in_touch.checks),
            months: Arc::clone(&self.in_touch.months),
            witness: Arc::clone(&self.in_touch.witness),
            directory: Arc::clone(&self.in_touch.directory),
            clearing: Arc::clone(&self.in_touch.clearing),
            prefunds: Arc::clone(&self.in_touch.prefunds),
            region,
            ledger: Arc::clone(&self.ledger),
            home: Arc::clone(&self.home),
            treatment: Arc::clone(&self.treatment),
            registry,
            evidence,
            reloading: self.reloading.clone(),
            office,
            policies,
            homes: self.homes.clone(),
            writer: Arc::clone(&self.writer),
            recovery: Arc::clone(&self.recovery),
            clock,
        }
    }

    fn run(self, server: Server, routes: Routes, access: AccessTable) -> RunningNode {
        let address = server.local_address();
        let server = server.remarking(self.in_touch.witness.hearing());
        let stop = CancellationToken::new();
        let serving = tokio::spawn({
            let stop = stop.clone();
            async move {
                if let Err(error) = server.serve(routes, access, stop.cancelled_owned()).await {
                    tracing::error!(%error, "the server stopped");
                }
            }
        });
        let tasks = self.tasks(&stop);
        RunningNode {
            address,
            stop,
            serving,
            tasks,
            heart: self,
        }
    }

    /// What goes on beside calls: recovery first, where there is anything to recover, then the rest.
    fn tasks(&self, stop: &CancellationToken) -> Vec<JoinHandle<()>> {
        let after_recovery = |work: Pin<Box<dyn Future<Output = ()> + Send>>| {
            let (recovery, stop) = (Arc::clone(&self.recovery), stop.clone());
            tokio::spawn(async move {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => {}
                    () = recovery.over() => work.await,
                }
            })
        };
        let (home, homes) = (Arc::clone(&self.home), self.homes.clone());
        let own = Arc::clone(&self.treatment);
        let mut tasks = vec![
            tokio::spawn(index(Arc::clone(&self.ledger), stop.clone())),
            tokio::spawn(self.reloading.clone().run(stop.clone())),
            tokio::spawn(Arc::clone(&self.recovery).run(stop.clone())),
            after_recovery(Box::pin(Arc::clone(&self.treatment).resolve(stop.clone()))),
            after_recovery(Box::pin(Arc::clone(&home).write_looks_down(stop.clone()))),
            after_recovery(Box::pin(home.deliver(
                own,
                homes,
                self.report_every,
                stop.clone(),
            ))),
        ];
        let transfers = Arc::clone(&self.transfers);
        let handing_over = transfers.run(self.report_every, stop.clone());
        tasks.push(after_recovery(Box::pin(handing_over)));
        let looking = Arc::clone(&self.duplicates).run(self.report_every, stop.clone());
        tasks.push(after_recovery(Box::pin(looking)));
        let correcting = Arc::clone(&self.in_touch.disputes).run(stop.clone());
        tasks.push(after_recovery(Box::pin(correcting)));
        let checking = Arc::clone(&self.in_touch.checks).run(self.report_every, stop.clone());
        tasks.push(after_recovery(Box::pin(checking)));
        let watching = Arc::clone(&self.in_touch.witness).run(self.report_every, stop.clone());
        tasks.push(after_recovery(Box::pin(watching)));
        let following = Arc::clone(&self.in_touch.directory).run(self.report_every, stop.clone());
        tasks.push(tokio::spawn(following));
        if let Some(reporter) = self.in_touch.reporter.clone() {
            let attesting = Attester::beside(&reporter).run(stop.clone());
            tasks.push(after_recovery(Box::pin(attesting)));
            tasks.push(after_recovery(Box::pin(reporter.run(stop.clone()))));
        }
        if let Some(call_up) = self.in_touch.call_up.clone() {
            tasks.push(after_recovery(Box::pin(call_up.run(stop.clone()))));
        }
        tasks
    }
}
