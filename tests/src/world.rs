//! The world: a clearinghouse and some regions' nodes, each a process of its own, in a folder that goes when
//! the world goes.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use huitong_certs::Identity;
use huitong_certs::directory::Directory;
use huitong_core::region::RegionCode;
use tempfile::TempDir;
use tokio::net::TcpSocket;
use tokio::sync::Mutex;

use crate::certificates::{
    Authorities, approver, clearing_officer, institution, officer, second_clearing_officer,
};
use crate::process::{Kind, Server};
use crate::register::{DESKS, Region};
use crate::tomorrow::{self, DAYS};

/// More than any world has servers.
const PORTS_OF_A_WORLD: u16 = 8;

/// The servers, and where they lie and listen.
pub struct World {
    folder: TempDir,
    authorities: Authorities,
    clearinghouse: SocketAddr,
    regions: Vec<(&'static Region, SocketAddr)>,
    running: Mutex<BTreeMap<Party, Server>>,
    /// By how many days the servers are ahead.
    days: AtomicU32,
}

/// Whose server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// The clearinghouse's.
    Clearinghouse,
    /// A region's.
    Region(RegionCode),
}

impl World {
    /// Chooses where everything lies and listens, and issues certificates; nothing runs yet.
    #[must_use]
    pub fn found(regions: &[&'static Region]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("huitong-tests-")
            .tempdir()
            .unwrap();
        let codes: Vec<RegionCode> = regions.iter().map(|region| region.region()).collect();
        let mut free = free_ports().into_iter();
        let clearinghouse = free.next().unwrap();
        let regions: Vec<_> = regions.iter().copied().zip(free).collect();
        let authorities = Authorities::found(Directory::new(folder.path().join("certs")), &codes);
        let world = Self {
            folder,
            authorities,
            clearinghouse,
            regions,
            running: Mutex::default(),
            days: AtomicU32::new(0),
        };
        world.install();
        world
    }

    /// Starts a server, again if it ran before, and waits until it takes connections.
    pub async fn run(&self, party: Party) {
        let (kind, folder) = match party {
            Party::Clearinghouse => (Kind::Clearinghouse, self.clearinghouse_folder()),
            Party::Region(code) => (Kind::Node, self.folder_of(code)),
        };
        let days = self.days.load(Ordering::Relaxed);
        let environment = if days == 0 {
            Vec::new()
        } else {
            let library = tomorrow::library(self.folder()).display().to_string();
            vec![("LD_PRELOAD", library), (DAYS, days.to_string())]
        };
        let (config, log) = (folder.join("config.toml"), folder.join("log.txt"));
        let server = Server::start(kind, &config, &log, &environment).await;
        let before = self.running.lock().await.insert(party, server);
        assert!(before.is_none(), "{party:?} runs twice");
    }

    /// Kills a server wherever it is.
    pub async fn kill(&self, party: Party) {
        self.take(party).await.kill().await;
    }

    /// Stops a server as its operator does; it must end well.
    pub async fn stop(&self, party: Party) {
        self.take(party).await.stop().await;
    }

    /// Stops every server and starts it again on the day after.
    pub async fn tomorrow(&self) {
        self.later(1).await;
    }

    /// Stops every server and starts it again so many days later.
    pub async fn later(&self, days: u32) {
        let parties: Vec<Party> = self.running.lock().await.keys().copied().collect();
        for party in parties.iter().rev() {
            self.stop(*party).await;
        }
        self.days.fetch_add(days, Ordering::Relaxed);
        for party in parties {
            self.run(party).await;
        }
    }

    /// Stops every server, the clearinghouse last.
    pub async fn stop_all(self) {
        let running = std::mem::take(&mut *self.running.lock().await);
        for (_, server) in running.into_iter().rev() {
            server.stop().await;
        }
    }

    /// The CPU time that a server has taken since it was started.
    pub async fn cpu(&self, party: Party) -> Duration {
        self.running.lock().await[&party].cpu()
    }

    /// The memory that a server holds now and the most it ever held, in KiB.
    pub async fn memory_kib(&self, party: Party) -> (u64, u64) {
        self.running.lock().await[&party].memory_kib()
    }

    /// Freezes a region's node for as long as some work takes.
    pub async fn while_frozen<T>(&self, region: &Region, work: impl Future<Output = T>) -> T {
        let running = self.running.lock().await;
        let server = &running[&Party::Region(region.region())];
        server.freeze().await;
        let done = work.await;
        server.thaw();
        done
    }

    /// A region's disk is lost, and the copy of its keyring is put back, which lies elsewhere.
    pub fn lose_disk(&self, region: &Region) {
        for entry in std::fs::read_dir(self.data_folder(region)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("keys") {
                std::fs::remove_dir_all(path).unwrap();
            }
        }
    }

    /// Removes the index of a region's node, which must not run.
    pub async fn remove_index(&self, region: &Region) {
        let party = Party::Region(region.region());
        assert!(
            !self.running.lock().await.contains_key(&party),
            "the node runs"
        );
        let index = self.data_folder(region).join("index");
        assert!(
            index.join("db").is_file(),
            "no index at {}",
            index.display()
        );
        std::fs::remove_dir_all(index).unwrap();
    }

    /// Who issues in this world.
    #[must_use]
    pub const fn authorities(&self) -> &Authorities {
        &self.authorities
    }

    /// The regions whose nodes there are, and where they listen.
    #[must_use]
    pub fn regions(&self) -> &[(&'static Region, SocketAddr)] {
        &self.regions
    }

    /// Where a region's node listens.
    #[must_use]
    pub fn address(&self, region: &Region) -> SocketAddr {
        let found = self
            .regions
            .iter()
            .find(|(other, _)| other.code == region.code);
        found.unwrap().1
    }

    /// Where a region's node is called.
    #[must_use]
    pub fn endpoint(&self, region: &Region) -> String {
        format!("https://{}", self.address(region))
    }

    /// Where the clearinghouse listens.
    #[must_use]
    pub const fn clearinghouse(&self) -> SocketAddr {
        self.clearinghouse
    }

    /// Where the clearinghouse is called.
    #[must_use]
    pub fn clearinghouse_endpoint(&self) -> String {
        format!("https://{}", self.clearinghouse)
    }

    /// The folder of the world.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of a region: configuration, files, log.
    #[must_use]
    pub fn region_folder(&self, region: &Region) -> PathBuf {
        self.folder_of(region.region())
    }

    /// The data folder of a region's node.
    #[must_use]
    pub fn data_folder(&self, region: &Region) -> PathBuf {
        self.region_folder(region).join("data")
    }

    /// A party's certificate and keys.
    #[must_use]
    pub fn credentials(&self, identity: &Identity) -> PathBuf {
        Directory::new(self.folder.path().join("certs")).of(identity)
    }

    fn folder_of(&self, region: RegionCode) -> PathBuf {
        self.folder.path().join(region.to_string())
    }

    /// The folder of the clearinghouse.
    #[must_use]
    pub fn clearinghouse_folder(&self) -> PathBuf {
        self.folder.path().join("clearinghouse")
    }

    async fn take(&self, party: Party) -> Server {
        let taken = self.running.lock().await.remove(&party);
        taken.unwrap_or_else(|| panic!("{party:?} does not run"))
    }

    fn install(&self) {
        let authorities = &self.authorities;
        authorities.install(&Identity::Clearinghouse);
        authorities.install(&clearing_officer());
        authorities.install(&second_clearing_officer());
        for (region, _) in &self.regions {
            authorities.install(&Identity::RegionNode(region.region()));
            authorities.install(&officer(region));
            authorities.install(&approver(region));
            for desk in DESKS {
                authorities.install(&institution(region, desk));
            }
        }
    }
}

/// Addresses of this machine, as many as a world has at most. Each is kept as long as this process lives, by a socket that is
/// bound to it and never listens: beside it its server may, as often as that is killed and started, and nobody is given it who
/// asks for any free one.
#[must_use]
pub fn free_ports() -> Vec<SocketAddr> {
    static KEPT: std::sync::Mutex<Vec<TcpSocket>> = std::sync::Mutex::new(Vec::new());
    let keep = |_| {
        let socket = TcpSocket::new_v4().unwrap();
        // Bound before it may be shared, so that nobody has it yet.
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        socket.set_reuseaddr(true).unwrap();
        let address = socket.local_addr().unwrap();
        KEPT.lock().unwrap().push(socket);
        address
    };
    (0..PORTS_OF_A_WORLD).map(keep).collect()
}
