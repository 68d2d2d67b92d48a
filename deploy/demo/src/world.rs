//! The little world of the demo: regions, institutions, people, and the files their servers start from.

pub mod certificates;
pub mod configuration;
pub mod item;
pub mod people;
pub mod region;
pub mod region_files;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use huitong_certs::Identity;
use huitong_certs::directory::Directory;
use huitong_core::region::RegionCode;
use tokio::net::TcpSocket;

use region::{REGIONS, Region};

/// Where everything lies and listens.
#[derive(Debug)]
pub struct World {
    folder: PathBuf,
    clearinghouse: SocketAddr,
    places: Vec<Place>,
    /// Bound to the addresses and never listening, so that nobody else is given one before its server is there.
    _kept: Vec<TcpSocket>,
}

/// One region and where its node listens.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The region.
    pub region: &'static Region,
    /// Its code.
    pub code: RegionCode,
    /// Where its node listens.
    pub node: SocketAddr,
}

impl World {
    /// Chooses free ports and lays the folders out below `folder`.
    ///
    /// # Errors
    /// When no port is free or a folder cannot be made.
    pub fn found(folder: &Path) -> anyhow::Result<Self> {
        let mut kept = Vec::new();
        let mut free = || -> anyhow::Result<SocketAddr> {
            let socket = TcpSocket::new_v4()?;
            let bound = socket.bind((Ipv4Addr::LOCALHOST, 0).into());
            bound.context("finding a free port")?;
            // Its server listens beside it; shared only now, so that it was nobody's.
            socket.set_reuseaddr(true)?;
            let address = socket.local_addr()?;
            kept.push(socket);
            Ok(address)
        };
        let clearinghouse = free()?;
        let mut places = Vec::new();
        for region in REGIONS {
            places.push(Place {
                region,
                code: RegionCode::parse(region.code)?,
                node: free()?,
            });
        }
        let world = Self {
            // Servers read paths in their files as seen from those.
            folder: std::path::absolute(folder).with_context(|| unmade(folder))?,
            clearinghouse,
            places,
            _kept: kept,
        };
        let make = |data: PathBuf| {
            let made = std::fs::create_dir_all(&data);
            made.with_context(|| unmade(&data))
        };
        for place in &world.places {
            make(world.region_folder(place.code).join("data"))?;
        }
        make(world.clearinghouse_folder().join("data"))?;
        Ok(world)
    }

    /// Where the clearinghouse listens.
    #[must_use]
    pub const fn clearinghouse(&self) -> SocketAddr {
        self.clearinghouse
    }

    /// The regions, in the order of the list.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The region of a code.
    ///
    /// # Errors
    /// When the demo has no such region.
    pub fn place(&self, code: RegionCode) -> anyhow::Result<&Place> {
        self.places
            .iter()
            .find(|place| place.code == code)
            .with_context(|| format!("the demo has no region {code}"))
    }

    /// Everything of a region but its certificates.
    #[must_use]
    pub fn region_folder(&self, region: RegionCode) -> PathBuf {
        self.folder.join("region").join(region.to_string())
    }

    /// Everything of the clearinghouse but its certificates.
    #[must_use]
    pub fn clearinghouse_folder(&self) -> PathBuf {
        self.folder.join("clearinghouse")
    }

    /// The authorities and all parties' certificates.
    #[must_use]
    pub fn certificates(&self) -> Directory {
        Directory::new(self.folder.join("certs"))
    }

    /// A party's certificate and keys.
    #[must_use]
    pub fn credentials(&self, identity: &Identity) -> PathBuf {
        self.certificates().of(identity)
    }
}

fn unmade(folder: &Path) -> String {
    format!(
        "the folder {0} cannot be made; name another with --dir / 无法创建文件夹 {0}，请用 --dir 另行指定",
        folder.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_told_from_where_the_demo_was_started_and_named_when_it_cannot_be_made() {
        let here = tempfile::tempdir_in(".").unwrap();
        let relative = Path::new(here.path().file_name().unwrap());
        let world = World::found(relative).unwrap();
        assert!(world.clearinghouse_folder().is_absolute());
        assert!(here.path().join("clearinghouse").join("data").is_dir());
        std::fs::write(here.path().join("file"), "").unwrap();
        let refused = World::found(&here.path().join("file")).err().unwrap();
        assert!(refused.to_string().contains("--dir"), "{refused:#}");
    }
}
