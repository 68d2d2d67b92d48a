//! Who holds which certificate. They are issued once in a process: keys are the one thing that does not
//! follow from a seed, and nothing that is simulated depends on them.

use std::sync::{Arc, OnceLock};

use huitong_certs::authority::Hosts;
use huitong_certs::signing::CertifiedKey;
use huitong_certs::{Authority, Identity, Issued, SigningKey, Trust, Validity};
use huitong_clearinghouse::Signer;
use huitong_transport::{ClientLimits, Clock, CredentialStore, Credentials, Dialer};
use jiff::{Timestamp, ToSpan as _};

use crate::network::Simulated;
use crate::platform::BEGINNING;
use crate::register::{REGIONS, hospital, region};

/// Each region's officer who starts what one officer starts.
pub const OFFICER: &str = "li.wei";

/// So many hours certificates hold: longer than any simulation.
const LONG: i64 = 900;

/// The certificates of a world.
pub struct Certificates {
    /// Issues what runs out while a world goes on.
    root: Authority,
    trust: Arc<Trust>,
    regions: Vec<RegionCertificates>,
    clearinghouse: Issued,
    checkpoints: Issued,
    /// The operator's officers: what one proposes the other confirms.
    clearing_officers: [Issued; 2],
}

struct RegionCertificates {
    node: Issued,
    signing: Issued,
    hospital: Issued,
    officers: [Issued; 2],
}

/// The moment at which everything is issued.
pub fn beginning() -> Timestamp {
    BEGINNING.parse().unwrap()
}

fn around(hours: i64) -> Validity {
    Validity::new(beginning() - hours.hours(), beginning() + hours.hours()).unwrap()
}

fn identity(path: &str) -> Identity {
    path.parse().unwrap()
}

impl Certificates {
    /// Those of this process.
    pub fn issued() -> &'static Self {
        static ISSUED: OnceLock<Certificates> = OnceLock::new();
        ISSUED.get_or_init(Self::issue)
    }

    fn issue() -> Self {
        let domain = "simulation.huitong.example".parse().unwrap();
        let root = Authority::new_root(&domain, around(999)).unwrap();
        let trust = Arc::new(Trust::from_roots(&[root.certificate().clone()]).unwrap());
        let by_root =
            |path: &str, hosts: &Hosts| root.issue(&identity(path), hosts, around(LONG)).unwrap();
        let (none, loopback) = (Hosts::none(), Hosts::loopback());
        let regions = (0..REGIONS.len()).map(|number| {
            let code = REGIONS[number];
            let authority = root
                .issue_region_authority(region(number), around(950))
                .unwrap();
            let own = |path: &str| {
                authority
                    .issue(&identity(path), &none, around(LONG))
                    .unwrap()
            };
            RegionCertificates {
                node: by_root(&format!("/region/{code}/node"), &loopback),
                signing: Self::longest(|| {
                    let signing = Identity::RegionNodeSigning(region(number));
                    root.issue(&signing, &none, around(LONG)).unwrap()
                }),
                hospital: own(&format!("/region/{code}/institution/{}", hospital(number))),
                officers: [OFFICER, "wang.fang"]
                    .map(|name| own(&format!("/region/{code}/officer/{name}"))),
            }
        });
        let regions = regions.collect();
        let clearinghouse = by_root("/clearinghouse", &loopback);
        let checkpoints = Self::longest(|| {
            root.issue(&Identity::ClearinghouseSigning, &none, around(LONG))
                .unwrap()
        });
        let clearing_officers = [OFFICER, "wang.fang"]
            .map(|name| by_root(&format!("/clearinghouse/officer/{name}"), &none));
        Self {
            root,
            trust,
            regions,
            clearinghouse,
            checkpoints,
            clearing_officers,
        }
    }

    /// It is journaled, and certificates differ by some bytes in length: where a frame lies must follow from the seed.
    fn longest(issue: impl Fn() -> Issued) -> Issued {
        let many = (0..64).map(|_| issue());
        many.max_by_key(|issued| issued.chain()[0].len()).unwrap()
    }

    /// What the clearinghouse signs checkpoints with.
    pub fn checkpoints(&self) -> Signer {
        let (issued, trust) = (&self.checkpoints, &self.trust);
        let key = SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap();
        let certified = CertifiedKey::from_chain(issued.chain(), trust, beginning()).unwrap();
        Signer::new(key, &certified).unwrap()
    }

    /// Whom everybody trusts.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    fn credentials(&self, issued: &Issued) -> Credentials {
        let chain = issued.chain().to_vec();
        Credentials::new(chain, issued.key().into(), Arc::clone(&self.trust)).unwrap()
    }

    fn speaking_with(&self, issued: &Issued, clock: Arc<dyn Clock>) -> CredentialStore {
        CredentialStore::fixed_by(self.credentials(issued), clock).unwrap()
    }

    pub fn node(&self, number: usize, clock: Arc<dyn Clock>) -> CredentialStore {
        self.speaking_with(&self.regions[number].node, clock)
    }

    /// Gives a node another certificate: one that runs out in the middle of a world, if it is to.
    pub fn renew(&self, number: usize, store: &CredentialStore, runs_out: Option<Timestamp>) {
        let credentials = match runs_out {
            Some(last) => {
                let validity = Validity::new(beginning() - LONG.hours(), last).unwrap();
                let node = Identity::RegionNode(region(number));
                let issued = self.root.issue(&node, &Hosts::loopback(), validity);
                self.credentials(&issued.unwrap())
            }
            None => self.credentials(&self.regions[number].node),
        };
        store.replace(credentials).unwrap();
    }

    pub fn clearinghouse(&self, clock: Arc<dyn Clock>) -> CredentialStore {
        self.speaking_with(&self.clearinghouse, clock)
    }

    /// What a node signs its receipts with.
    pub fn signing(&self, number: usize) -> SigningKey {
        SigningKey::from_pem(self.regions[number].signing.key_pem().as_bytes()).unwrap()
    }

    /// What others check its receipts with.
    pub fn signed_by(&self, number: usize) -> CertifiedKey {
        let chain = self.regions[number].signing.chain();
        CertifiedKey::from_chain(chain, &self.trust, beginning()).unwrap()
    }

    /// How a hospital calls.
    pub fn hospital(&self, number: usize, clock: Arc<dyn Clock>) -> Dialer {
        dialer(self.speaking_with(&self.regions[number].hospital, clock))
    }

    /// How a region's node calls others.
    pub fn peer(&self, number: usize, clock: Arc<dyn Clock>) -> Dialer {
        dialer(self.node(number, clock))
    }

    /// How a region's first or second officer calls.
    pub fn officer(&self, number: usize, which: usize, clock: Arc<dyn Clock>) -> Dialer {
        dialer(self.speaking_with(&self.regions[number].officers[which], clock))
    }

    /// How the clearinghouse's first or second officer calls.
    pub fn clearing_officer(&self, which: usize, clock: Arc<dyn Clock>) -> Dialer {
        dialer(self.speaking_with(&self.clearing_officers[which], clock))
    }
}

fn dialer(credentials: CredentialStore) -> Dialer {
    Dialer::over(Arc::new(Simulated::default()), credentials, client_limits())
}

/// Silent connections are noticed soon, since a simulated day is short. They are looked after between two ticks: what arrives
/// comes with a tick, and which of the two was first, when both were due then, did not follow from the seed.
pub fn client_limits() -> ClientLimits {
    ClientLimits {
        keepalive_interval: std::time::Duration::from_millis(2_003),
        keepalive_timeout: std::time::Duration::from_millis(2_003),
        connect_timeout: std::time::Duration::from_secs(2),
        // The time that passes on the machine, and not in the simulation, ends it.
        given_up_calls: std::time::Duration::from_secs(86_400),
        ..ClientLimits::standard()
    }
}
