//! Certificates, configuration and folders of one run, all of which go when it ends.

use std::path::{Path, PathBuf};

use huitong_certs::Identity;
use huitong_certs::directory::Directory;
use huitong_clearinghouse::Config;
use huitong_core::region::RegionCode;
use huitong_tests::certificates::Authorities;
use huitong_transport::{CredentialFiles, CredentialStore};
use tempfile::TempDir;

pub(crate) struct Ground {
    folder: PathBuf,
    /// Goes with the process that prepared it.
    _kept: Option<TempDir>,
}

impl Ground {
    /// Certificates of the clearinghouse and of these regions' nodes, below a folder on the disk to be measured.
    pub(crate) fn prepare(disk: &Path, regions: &[RegionCode], parties: &[Identity]) -> Self {
        let kept = tempfile::tempdir_in(disk).unwrap();
        let ground = Self {
            folder: kept.path().to_owned(),
            _kept: Some(kept),
        };
        let authorities = Authorities::found(Directory::new(ground.certificates()), regions);
        for party in parties {
            authorities.install(party);
        }
        ground
    }

    /// One that another process prepared.
    #[allow(dead_code, reason = "only one of the benches has processes of its own")]
    pub(crate) fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            _kept: None,
        }
    }

    fn certificates(&self) -> PathBuf {
        self.folder.join("certificates")
    }

    /// Where something may write.
    pub(crate) fn place(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A party's folder.
    pub(crate) fn party(&self, identity: &Identity) -> PathBuf {
        Directory::new(self.certificates()).of(identity)
    }

    /// What a party speaks with.
    #[allow(dead_code, reason = "not every bench speaks")]
    pub(crate) fn credentials(&self, identity: &Identity) -> CredentialStore {
        CredentialStore::load(CredentialFiles::in_folder(&self.party(identity))).unwrap()
    }

    /// A clearinghouse of its own, by the name of its folder.
    pub(crate) fn clearinghouse(&self, name: &str, regions: &[RegionCode]) -> Config {
        let party = self.party(&Identity::Clearinghouse);
        let CredentialFiles {
            chain, key, roots, ..
        } = CredentialFiles::in_folder(&party);
        let mut text = format!(
            "listen = \"127.0.0.1:0\"\ndata = {:?}\n\
             [tls]\nchain = {chain:?}\nkey = {key:?}\nroots = {roots:?}\n\
             [signing]\nkey = {:?}\ncertificate = {:?}\n\
             [cut_off]\nautomatic = \"never\"\n",
            self.place(name),
            party.join("signing.key"),
            party.join("signing.crt"),
        );
        for region in regions {
            let member = region.province();
            text.push_str(&format!(
                "[[region]]\ncode = \"{region}\"\nmember = \"{}\"\n",
                member.region()
            ));
        }
        Config::parse("clearinghouse.toml", &text).unwrap()
    }
}
