//! Two regions with their certificates, and the parties that call them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use huitong_certs::authority::Hosts;
use huitong_certs::signing::CertifiedKey;
use huitong_certs::{Authority, Identity, Issued, SigningKey, Trust, Validity};
use huitong_core::calendar::Calendar;
use huitong_core::date::Timestamp;
use huitong_core::region::RegionCode;
use huitong_journal::{DirDisk, Disk, Options};
use huitong_node::clock::Clock;
use huitong_node::home::reverse::ReversalRule;
use huitong_node::home::watch::WatchLimits;
use huitong_node::payables::PayableRule;
use huitong_node::peers::{DirectoryEntry, PeerLimits};
use huitong_node::people::rule::FilingRule;
use huitong_node::platform::Platform;
use huitong_node::sealing::StoreRule;
use huitong_node::store::memory::MemoryIndex;
use huitong_node::{Node, NodeConfig, RunningNode};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use huitong_proto::settlement::v1::registry_service_client::RegistryServiceClient;
use huitong_transport::{Certified, CredentialStore, Credentials, connect, connect_lazy};
use tempfile::TempDir;
use tonic::Status;
use tonic::transport::Channel;

use crate::files;
use crate::hospital::Hospital;
use crate::patience;
use crate::ports::free_address;

pub const NINGBO: &str = "330200";
pub const CHENGDU: &str = "510100";
pub const HOSPITAL: &str = "/region/510100/institution/H51010400001";
pub const OTHER_HOSPITAL: &str = "/region/510100/institution/H51010400002";

/// A clock that stands still until it is set.
pub struct SetClock(AtomicI64);

impl SetClock {
    pub fn set(&self, text: &str) {
        self.0.store(
            Timestamp::parse(text).unwrap().as_millis(),
            Ordering::SeqCst,
        );
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// One region: its node when it runs, and what it is started with.
pub struct Region {
    pub code: RegionCode,
    pub address: SocketAddr,
    folder: TempDir,
    pub signing: Issued,
    pub certified: Certified,
    pub node: Option<RunningNode>,
}

pub struct World {
    pub root: Authority,
    pub trust: Arc<Trust>,
    pub clock: Arc<SetClock>,
    /// The rule for reversals of both regions, when they are next started.
    pub rule: ReversalRule,
    /// Which expense checks are asked and taken, in both regions, when they are next started.
    pub checks: huitong_node::checks::CheckRule,
    /// How many people may be asked about, in both regions, when they are next started.
    pub watch: WatchLimits,
    pub ningbo: Region,
    pub chengdu: Region,
    pub relay: Option<crate::relay::Running>,
    pub clearing: Option<crate::clearing::Running>,
}

pub fn year() -> Validity {
    Validity::new(jiff::Timestamp::UNIX_EPOCH, days(365).not_after()).unwrap()
}

/// An authority outlives what it issues, which is good by the world's clock too.
fn days(days: u16) -> Validity {
    Validity::days(jiff::Timestamp::now(), days).unwrap()
}

pub fn certified(issued: &Issued, trust: &Trust) -> CertifiedKey {
    CertifiedKey::from_chain(issued.chain(), trust, jiff::Timestamp::now()).unwrap()
}

pub fn region(text: &str) -> RegionCode {
    text.parse().unwrap()
}

impl World {
    /// Both nodes run, and their officers have brought everything in.
    pub async fn new() -> Self {
        let root = Authority::new_root(&"huitong.example".parse().unwrap(), days(999)).unwrap();
        let trust = Arc::new(Trust::from_roots(&[root.certificate().clone()]).unwrap());
        let prepare = |code: &str| {
            let by = Identity::RegionNodeSigning(region(code));
            let signing = root.issue(&by, &Hosts::none(), year()).unwrap();
            Region {
                code: region(code),
                address: free_address(),
                folder: tempfile::tempdir().unwrap(),
                certified: certified(&signing, &trust).into(),
                signing,
                node: None,
            }
        };
        let clock = Arc::new(SetClock(AtomicI64::new(0)));
        clock.set("2023-03-10T04:00:00.000Z");
        let (ningbo, chengdu) = (prepare(NINGBO), prepare(CHENGDU));
        let mut world = Self {
            root,
            trust,
            clock,
            rule: ReversalRule::STANDARD,
            checks: crate::expense_checks::rule(),
            watch: WatchLimits::standard(),
            ningbo,
            chengdu,
            relay: None,
            clearing: None,
        };
        world.start(NINGBO).await;
        world.start(CHENGDU).await;
        world.bring_in().await;
        world
    }

    async fn bring_in(&self) {
        use v1::ImportKind as Kind;
        let ningbo = [(Kind::Members, "members", files::MEMBERS.to_owned())];
        let chengdu = [
            (Kind::Members, "members", files::OWN_MEMBERS.to_owned()),
            (
                Kind::Institutions,
                "institutions",
                files::INSTITUTIONS.to_owned(),
            ),
            (Kind::Catalogue, "catalogue", files::catalogue()),
        ];
        for (region, file) in ningbo
            .into_iter()
            .map(|file| (NINGBO, file))
            .chain(chengdu.into_iter().map(|file| (CHENGDU, file)))
        {
            self.import(region, file).await;
        }
        for region in [NINGBO, CHENGDU] {
            self.publish(region, &files::policy(region)).await;
        }
    }

    async fn import(&self, region: &str, file: (v1::ImportKind, &str, String)) {
        let (kind, word, text) = file;
        let mut officer = self.officer(region).await;
        let messages = files::messages(kind, word, &text);
        let answer = officer.import(tokio_stream::iter(messages)).await;
        let answer = answer.unwrap().into_inner();
        assert_eq!(answer.fault_count, 0, "{word}: {:?}", answer.faults);
    }

    /// Brings the members of Ningbo in again: a change of everyone's record.
    pub async fn bring_in_members_again(&self) {
        let file = (
            v1::ImportKind::Members,
            "members",
            files::MEMBERS.to_owned(),
        );
        self.import(NINGBO, file).await;
    }

    pub fn of(&self, code: &str) -> &Region {
        if code == NINGBO {
            &self.ningbo
        } else {
            &self.chengdu
        }
    }

    fn of_mut(&mut self, code: &str) -> &mut Region {
        if code == NINGBO {
            &mut self.ningbo
        } else {
            &mut self.chengdu
        }
    }

    /// The credentials of a party, issued by its rightful authority.
    pub fn party(&self, path: &str) -> CredentialStore {
        let identity: Identity = path.parse().unwrap();
        let issued = match &identity {
            Identity::Institution { region, .. } | Identity::RegionOfficer { region, .. } => {
                let authority = self
                    .root
                    .issue_region_authority(*region, days(700))
                    .unwrap();
                authority.issue(&identity, &Hosts::none(), year()).unwrap()
            }
            _ => self
                .root
                .issue(&identity, &Hosts::loopback(), year())
                .unwrap(),
        };
        let credentials = Credentials::new(
            issued.chain().to_vec(),
            issued.key().into(),
            self.trust.clone(),
        )
        .unwrap();
        CredentialStore::fixed(credentials).unwrap()
    }

    /// What a party signs with.
    pub fn signing(&self, path: &str) -> Issued {
        let identity: Identity = path.parse().unwrap();
        self.root.issue(&identity, &Hosts::none(), year()).unwrap()
    }

    pub fn config(&self, code: &str) -> NodeConfig {
        let own = self.of(code);
        let entry = |region: &Region| {
            let relayed = self
                .relay
                .as_ref()
                .filter(|_| region.code.to_string() == NINGBO);
            let address = relayed.map_or(region.address, |relay| relay.address);
            DirectoryEntry {
                region: region.code,
                endpoint: format!("https://{address}"),
                signing: region.certified.current().into(),
                pinned: false,
            }
        };
        NodeConfig {
            region: own.code,
            listen: own.address,
            data: own.folder.path().to_owned(),
            store: StoreRule::standard(own.folder.path()),
            credentials: self.party(&format!("/region/{code}/node")),
            signing: Arc::new(SigningKey::from_pem(own.signing.key_pem().as_bytes()).unwrap()),
            certified: own.certified.clone(),
            directory: vec![entry(&self.ningbo), entry(&self.chengdu)],
            clearinghouse: self
                .clearing
                .as_ref()
                .map(|it| format!("https://{}", it.address)),
            duplicates: None,
            calendar: Calendar::every_day(),
            reversal: self.rule,
            payables: PayableRule::STANDARD,
            checks: self.checks,
            filing: FilingRule::standard(),
            clock: self.clock.clone(),
            journal: Options::standard().segment_bytes(32 << 20),
            timing: patience::timing(),
            report_every: Duration::from_millis(50),
            server: patience::server(),
            client: patience::client(),
            peers: PeerLimits::standard(),
            watch: self.watch,
        }
    }

    pub async fn start(&mut self, code: &str) {
        let node = Node::start(self.config(code)).await.unwrap();
        self.of_mut(code).node = Some(node);
    }

    /// Starts a region on another disk than its folder's, with its rows in memory.
    pub async fn start_on(&mut self, code: &str, disk: Arc<dyn Disk>) -> Arc<MemoryIndex> {
        let config = self.config(code);
        let keys = DirDisk::at(&config.store.keyring).unwrap();
        let index = Arc::new(MemoryIndex::default());
        let storage = Arc::new(crate::syncs::OnDisk {
            journal: disk,
            keys,
            index: index.clone(),
        });
        let platform = Platform {
            storage,
            ..Platform::machine(config.data.clone(), config.store.keyring.clone())
        };
        let node = Node::start_on(platform, config).await.unwrap();
        self.of_mut(code).node = Some(node);
        index
    }

    /// Where a region's journal lies.
    pub fn journal(&self, code: &str) -> PathBuf {
        self.of(code).folder.path().join("journal")
    }

    pub async fn kill(&mut self, code: &str) {
        self.of_mut(code).node.take().unwrap().kill().await;
    }

    pub async fn stop(&mut self, code: &str) {
        self.of_mut(code).node.take().unwrap().shutdown().await;
    }

    /// Throws a stopped region's index away.
    pub fn forget_index(&self, code: &str) {
        std::fs::remove_dir_all(self.of(code).folder.path().join("index")).unwrap();
    }

    /// Throws a stopped region's journal away.
    pub fn forget_journal(&self, code: &str) {
        std::fs::remove_dir_all(self.of(code).folder.path().join("journal")).unwrap();
    }

    async fn channel(&self, party: &str, to: &str) -> Channel {
        let region = self.of(to);
        let endpoint = format!("https://{}", region.address);
        let expected = Identity::RegionNode(region.code);
        let party = self.party(party);
        let opened = connect(&endpoint, expected, &party, patience::client());
        opened.await.unwrap()
    }

    /// A channel as Chengdu's node, opened when it is used and again when it breaks.
    pub fn lazy_channel(&self, to: &str) -> Channel {
        let region = self.of(to);
        let endpoint = format!("https://{}", region.address);
        let expected = Identity::RegionNode(region.code);
        let party = self.party("/region/510100/node");
        connect_lazy(&endpoint, expected, &party, patience::client()).unwrap()
    }

    /// A world whose Chengdu reaches Ningbo through a relay.
    pub async fn relayed() -> Self {
        let mut world = Self::new().await;
        world.relay().await;
        world.stop(CHENGDU).await;
        world.start(CHENGDU).await;
        world
    }

    pub fn commits(&self, commits: crate::relay::Commits) {
        self.relay.as_ref().unwrap().set(commits);
    }

    pub async fn hospital(&self, path: &str) -> Hospital {
        let client = InstitutionServiceClient::new(self.channel(path, CHENGDU).await);
        let most = huitong_transport::MAX_MESSAGE_BYTES;
        Hospital {
            client: client
                .max_encoding_message_size(most)
                .max_decoding_message_size(most),
        }
    }

    pub async fn officer(&self, code: &str) -> RegistryServiceClient<Channel> {
        let path = format!("/region/{code}/officer/li.wei");
        RegistryServiceClient::new(self.channel(&path, code).await)
    }

    pub async fn status(&self, code: &str) -> v1::NodeStatusResponse {
        self.officer(code)
            .await
            .node_status(v1::NodeStatusRequest {})
            .await
            .unwrap()
            .into_inner()
    }

    /// Calls a region's node as somebody.
    pub async fn caller(&self, party: &str, to: &str) -> Channel {
        self.channel(party, to).await
    }
}

/// The stable code of a refusal.
pub fn code(status: &Status) -> String {
    huitong_transport::refusal_code(status)
        .unwrap_or_else(|| panic!("{status:?}"))
        .to_owned()
}
