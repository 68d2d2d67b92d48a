//! The clearinghouse as it is run, with its files in a temporary folder, and certificates for all who call it. It goes
//! down and comes up again: told to stop, or killed in the middle of whatever it does.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use huitong_certs::authority::Hosts;
use huitong_certs::directory::{Overwrite, SIGNING_CERTIFICATE, SIGNING_KEY, write_party};
use huitong_certs::{Authority, Identity, Issued, Trust, Validity};
use huitong_clearinghouse::clock::Clock;
use huitong_clearinghouse::{Clearinghouse, Config, RunningClearinghouse};
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_transport::{ClientLimits, CredentialFiles, CredentialStore, Credentials, Dialer};
use jiff::ToSpan as _;
use tempfile::TempDir;

use crate::register::Place;

/// A payment is due so many business days after it was ordered.
pub const DUE_DAYS: u32 = 3;
/// Netting waits so long for regions that do not attest.
const WAIT_MINUTES: u32 = 60;
/// So many rows of a month are written in one piece: few, so that few regions' rows are many pieces.
pub const ROWS_OF_A_PIECE: usize = 64;
const CLEARINGHOUSE: &str = "/clearinghouse";

/// Whether money moves by the day or by the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moves {
    ByDay,
    ByMonth,
}

/// A clock that stands where it is put.
#[derive(Debug)]
pub struct HandClock(AtomicI64);

impl HandClock {
    /// An hour and minute of a day, in UTC.
    pub fn put(&self, day: BusinessDay, time: &str) {
        let at = Timestamp::parse(&format!("{day}T{time}:00.000Z")).unwrap();
        self.0.store(at.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Where the clearinghouse is called: another address each time it comes up.
#[derive(Debug, Clone, Default)]
pub struct Endpoint(Arc<Mutex<String>>);

impl Endpoint {
    pub fn now(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

/// How it goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// Told to stop: its index stays.
    Stopped,
    /// The process is killed: what its journal's files hold at that moment is all that is left, synced or not.
    Killed,
    /// Told to stop; a copy of its index is put aside.
    Keeping,
    /// The process is killed, and beside its journal lies the index that was put aside, which is behind.
    Behind,
}

/// A place in the journal: a file, and how many bytes of it are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    file: String,
    pub bytes: usize,
}

/// The clearinghouse and who may call it.
pub struct World {
    folder: TempDir,
    places: Vec<Place>,
    root: Authority,
    pub trust: Arc<Trust>,
    pub clock: Arc<HandClock>,
    pub endpoint: Endpoint,
    data: PathBuf,
    lives: usize,
    running: Option<RunningClearinghouse>,
    moves: Moves,
}

fn around(begin: &str, end: &str) -> Validity {
    let now = jiff::Timestamp::now();
    let begin = begin.parse::<jiff::Timestamp>().unwrap();
    let end = end.parse::<jiff::Timestamp>().unwrap();
    Validity::new(begin.min(now - 24.hours()), end.max(now + 240.hours())).unwrap()
}

/// Holds while all of it happens, and now.
fn always() -> Validity {
    around("2026-08-01T00:00:00Z", "2026-12-31T00:00:00Z")
}

impl World {
    /// A clearinghouse for these regions, on a morning.
    pub async fn begin(places: &[Place], morning: BusinessDay, moves: Moves) -> Self {
        let domain = "month.huitong.example".parse().unwrap();
        let root = Authority::new_root(&domain, always()).unwrap();
        let trust = Arc::new(Trust::from_roots(&[root.certificate().clone()]).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let mut world = Self {
            data: folder.path().join("data-0"),
            folder,
            places: places.to_vec(),
            root,
            trust,
            clock: Arc::new(HandClock(AtomicI64::new(0))),
            endpoint: Endpoint::default(),
            lives: 0,
            running: None,
            moves,
        };
        world.clock.put(morning, "02:00");
        let speaking = world.issue(CLEARINGHOUSE);
        let signing = world.issue_for(&Identity::ClearinghouseSigning, &Hosts::none());
        let anchor = world.root.certificate_pem();
        let files = world.files();
        write_party(&files, &speaking, Some(&signing), anchor, Overwrite::Refuse).unwrap();
        world.start().await;
        world
    }

    fn files(&self) -> PathBuf {
        self.folder.path().join("clearinghouse")
    }

    /// A new folder for what is written beside the clearinghouse.
    pub fn papers(&self) -> PathBuf {
        let papers = self.folder.path().join("papers");
        std::fs::create_dir_all(&papers).unwrap();
        papers
    }

    /// The operator's root, in a file.
    pub fn roots(&self) -> PathBuf {
        CredentialFiles::in_folder(&self.files()).roots
    }

    fn issue(&self, party: &str) -> Issued {
        self.issue_for(&party.parse().unwrap(), &Hosts::loopback())
    }

    fn issue_for(&self, identity: &Identity, hosts: &Hosts) -> Issued {
        self.root.issue(identity, hosts, always()).unwrap()
    }

    /// What a party calls with.
    pub fn dialer(&self, party: &str) -> Dialer {
        let issued = self.issue(party);
        let chain = issued.chain().to_vec();
        let credentials = Credentials::new(chain, issued.key().into(), Arc::clone(&self.trust));
        let store = CredentialStore::fixed(credentials.unwrap()).unwrap();
        // Hundreds of them share the machine with the clearinghouse.
        let limits = ClientLimits {
            connect_timeout: std::time::Duration::from_secs(60),
            call_deadline: std::time::Duration::from_secs(120),
            ..ClientLimits::standard()
        };
        Dialer::new(store, limits)
    }

    /// What a region's node signs with.
    pub fn signing(&self, place: &Place) -> Issued {
        self.issue_for(&Identity::RegionNodeSigning(place.code), &Hosts::none())
    }

    fn config(&self) -> Config {
        let CredentialFiles {
            chain, key, roots, ..
        } = CredentialFiles::in_folder(&self.files());
        let signing = |name: &str| self.files().join(name);
        let moves = match self.moves {
            Moves::ByDay => "daily",
            Moves::ByMonth => "monthly",
        };
        let head = format!(
            "listen = \"127.0.0.1:0\"\ndata = {:?}\njournal_segment_mib = 16\n\
             [tls]\nchain = {chain:?}\nkey = {key:?}\nroots = {roots:?}\n\
             [signing]\nkey = {:?}\ncertificate = {:?}\n\
             [cut_off]\nautomatic = \"never\"\n\
             [calendar]\nstate_council = true\n\
             [payment]\nmoves = {moves:?}\ndue_days = {DUE_DAYS}\n\
             [attestation]\nwait_minutes = {WAIT_MINUTES}\n\
             [month]\nrows_of_a_piece = {ROWS_OF_A_PIECE}\n",
            self.data,
            signing(SIGNING_KEY),
            signing(SIGNING_CERTIFICATE),
        );
        let region = |place: &Place| {
            format!(
                "[[region]]\ncode = \"{}\"\nmember = \"{}\"\n",
                place.code, place.member
            )
        };
        let regions: String = self.places.iter().map(region).collect();
        Config::parse("clearinghouse.toml", &format!("{head}{regions}")).unwrap()
    }

    async fn start(&mut self) {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let started = Clearinghouse::start_by(self.config(), clock).await;
        let running = started.unwrap();
        *self.endpoint.0.lock().unwrap() = format!("https://{}", running.addr());
        self.running = Some(running);
    }

    async fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.shutdown().await.unwrap();
    }

    /// Goes down and comes up again.
    pub async fn goes_down(&mut self, how: Outage) {
        match how {
            Outage::Stopped => self.stop().await,
            Outage::Killed => {
                self.is_killed().await;
            }
            Outage::Keeping => {
                self.stop().await;
                copy_all(&self.data.join("index"), &self.aside());
            }
            Outage::Behind => {
                self.is_killed().await;
                copy_all(&self.aside(), &self.data.join("index"));
            }
        }
        self.start().await;
    }

    async fn is_killed(&mut self) {
        // What it writes from here on is in files that nobody reads again.
        let next = self.next_life();
        copy(&self.data.join("journal"), &next.join("journal"));
        self.stop().await;
        self.comes_back_in(next);
    }

    /// Where an older index lies.
    fn aside(&self) -> PathBuf {
        self.folder.path().join("index-aside")
    }

    fn next_life(&mut self) -> PathBuf {
        self.lives += 1;
        self.folder.path().join(format!("data-{}", self.lives))
    }

    fn comes_back_in(&mut self, data: PathBuf) {
        std::fs::remove_dir_all(&self.data).unwrap();
        self.data = data;
    }

    /// How far the journal is written.
    pub fn written(&self) -> Written {
        let journal = self.data.join("journal");
        let written = |file: String| {
            let content = std::fs::read(journal.join(&file)).unwrap();
            let last = content.iter().rposition(|byte| *byte != 0);
            last.map(|last| Written {
                file,
                bytes: last + 1,
            })
        };
        names(&journal).into_iter().rev().find_map(written).unwrap()
    }

    /// Dies when so much was written, in the same file as after it, and comes up again. False when it was in another.
    pub async fn died_at(&mut self, before: &Written, bytes: usize) -> bool {
        let next = self.next_life();
        self.stop().await;
        let now = self.written();
        let fits = now.file == before.file && bytes <= now.bytes;
        if fits {
            copy(&self.data.join("journal"), &next.join("journal"));
            let cut = next.join("journal").join(&now.file);
            let mut content = std::fs::read(&cut).unwrap();
            content[bytes..].fill(0);
            std::fs::write(&cut, content).unwrap();
            self.comes_back_in(next);
        }
        self.start().await;
        fits
    }

    pub async fn ends(mut self) {
        self.stop().await;
    }
}

/// The segments of a journal, in their order; what is only reserved is none.
fn names(journal: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(journal).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.ends_with(".seg").then_some(name)
    };
    let mut names: Vec<String> = entries.filter_map(name).collect();
    names.sort();
    names
}

/// Copies a folder with all that is in it.
fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_all(&path, &copied);
        } else {
            std::fs::copy(&path, &copied).unwrap();
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    // The oldest first: what comes later in the journal is never there without what comes before it.
    for name in names(from) {
        std::fs::copy(from.join(&name), to.join(&name)).unwrap();
    }
}
