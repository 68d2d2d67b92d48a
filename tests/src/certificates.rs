//! Certificates of the world: the rightful ones on disk, and wrong ones in memory.

use std::sync::Arc;

use huitong_certs::authority::Hosts;
use huitong_certs::directory::{Directory, Overwrite, write_party};
use huitong_certs::{Authority, Identity, Issued, Trust, Validity};
use huitong_core::region::RegionCode;
use huitong_transport::{CredentialStore, Credentials};
use jiff::{Timestamp, ToSpan as _};

use crate::register::{Desk, Region};

/// The trust domain of the world.
pub const TRUST_DOMAIN: &str = "tests.huitong.example";

/// Who issues in this world: the operator, and each region's authority.
pub struct Authorities {
    directory: Directory,
    root: Authority,
    regions: Vec<(RegionCode, Authority)>,
    trust: Arc<Trust>,
}

/// From `begin` to `end`, in hours from now.
#[must_use]
pub fn hours(begin: i64, end: i64) -> Validity {
    let now = Timestamp::now();
    Validity::new(now + begin.hours(), now + end.hours()).unwrap()
}

/// The party that a path names, such as `/region/510100/node`.
#[must_use]
pub fn party(path: &str) -> Identity {
    path.parse().unwrap()
}

/// The name of every officer of the world.
const OFFICER: &str = "li.wei";
/// The name of every region's second officer.
const APPROVER: &str = "wang.fang";

/// A region's officer.
#[must_use]
pub fn officer(region: &Region) -> Identity {
    party(&format!("/region/{}/officer/{OFFICER}", region.code))
}

/// A region's second officer, who approves what the first puts forward.
#[must_use]
pub fn approver(region: &Region) -> Identity {
    party(&format!("/region/{}/officer/{APPROVER}", region.code))
}

/// The clearinghouse's officer.
#[must_use]
pub fn clearing_officer() -> Identity {
    party(&format!("/clearinghouse/officer/{OFFICER}"))
}

/// The clearinghouse's second officer, who confirms what the first puts forward.
#[must_use]
pub fn second_clearing_officer() -> Identity {
    party(&format!("/clearinghouse/officer/{APPROVER}"))
}

/// An institution's identity.
#[must_use]
pub fn institution(region: &Region, desk: Desk) -> Identity {
    party(&format!(
        "/region/{}/institution/{}",
        region.code,
        desk.code(region)
    ))
}

impl Authorities {
    /// Founds the operator's root and an authority for each region. Files go below `directory`.
    #[must_use]
    pub fn found(directory: Directory, regions: &[RegionCode]) -> Self {
        let root = Authority::new_root(&TRUST_DOMAIN.parse().unwrap(), hours(-999, 999)).unwrap();
        directory.write_root(&root, Overwrite::Refuse).unwrap();
        let authority = |region: &RegionCode| {
            let issued = root
                .issue_region_authority(*region, hours(-99, 990))
                .unwrap();
            (*region, issued)
        };
        let regions = regions.iter().map(authority).collect();
        let trust = Arc::new(Trust::from_roots(&[root.certificate().clone()]).unwrap());
        Self {
            directory,
            root,
            regions,
            trust,
        }
    }

    /// The operator's root.
    #[must_use]
    pub const fn root(&self) -> &Authority {
        &self.root
    }

    /// The authority of a region.
    #[must_use]
    pub fn region(&self, region: RegionCode) -> &Authority {
        let found = self.regions.iter().find(|(code, _)| *code == region);
        &found.unwrap().1
    }

    /// Issues a party's certificate, and its signing key if it signs, and writes both where the party
    /// finds them.
    pub fn install(&self, identity: &Identity) {
        let authority = self.rightful(identity);
        let validity = hours(-1, 900);
        let speaking = authority
            .issue(identity, &Hosts::loopback(), validity)
            .unwrap();
        let signing = identity
            .signing()
            .map(|signing| authority.issue(&signing, &Hosts::none(), validity).unwrap());
        let folder = self.directory.of(identity);
        let anchor = self.root.certificate_pem();
        write_party(
            &folder,
            &speaking,
            signing.as_ref(),
            anchor,
            Overwrite::Refuse,
        )
        .unwrap();
    }

    /// What a rightful certificate lets its holder speak with.
    #[must_use]
    pub fn credentials(&self, identity: &Identity) -> CredentialStore {
        let issued = self
            .rightful(identity)
            .issue(identity, &Hosts::loopback(), hours(-1, 900));
        self.speaking_with(&issued.unwrap())
    }

    /// What any certificate lets its holder speak with, whether it is rightful or not.
    #[must_use]
    pub fn speaking_with(&self, issued: &Issued) -> CredentialStore {
        let chain = issued.chain().to_vec();
        let credentials = Credentials::new(chain, issued.key().into(), Arc::clone(&self.trust));
        CredentialStore::fixed(credentials.unwrap()).unwrap()
    }

    fn rightful(&self, identity: &Identity) -> &Authority {
        match identity.region() {
            Some(region) if !identity.serves() => self.region(region),
            Some(_) | None => &self.root,
        }
    }
}
