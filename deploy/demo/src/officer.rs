//! Officers: they do everything by the commands that a bureau or the operator would type.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::Context as _;
use huitong_certs::{Identity, OfficerName};
use serde_json::Value;
use tokio::process::Command;

use crate::world::certificates::{approver, clearing_approver, clearing_officer, officer};
use crate::world::{Place, World};

/// An officer at a terminal: a certificate, and the server it is for.
#[derive(Debug, Clone)]
pub struct Officer {
    endpoint: SocketAddr,
    credentials: PathBuf,
    /// Which server it is, as the commands want it.
    server: Vec<String>,
}

impl Officer {
    /// The officer of a region.
    ///
    /// # Errors
    /// Never for the demo's own names.
    pub fn of_region(world: &World, place: &Place) -> anyhow::Result<Self> {
        Ok(Self::named(world, place, officer()?))
    }

    /// The second officer of a region.
    ///
    /// # Errors
    /// Never for the demo's own names.
    pub fn approver_of(world: &World, place: &Place) -> anyhow::Result<Self> {
        Ok(Self::named(world, place, approver()?))
    }

    fn named(world: &World, place: &Place, name: OfficerName) -> Self {
        let region = place.code;
        let identity = Identity::RegionOfficer { region, name };
        Self {
            endpoint: place.node,
            credentials: world.credentials(&identity),
            server: Vec::new(),
        }
    }

    /// The officer of the clearinghouse.
    ///
    /// # Errors
    /// Never for the demo's own names.
    pub fn of_clearinghouse(world: &World) -> anyhow::Result<Self> {
        Ok(Self::clearing(world, &clearing_officer()?))
    }

    /// The second officer of the clearinghouse.
    ///
    /// # Errors
    /// Never for the demo's own names.
    pub fn approver_of_clearinghouse(world: &World) -> anyhow::Result<Self> {
        Ok(Self::clearing(world, &clearing_approver()?))
    }

    fn clearing(world: &World, identity: &Identity) -> Self {
        Self {
            endpoint: world.clearinghouse(),
            credentials: world.credentials(identity),
            server: Vec::new(),
        }
    }

    /// The options that say where and as whom.
    #[must_use]
    pub fn options(&self) -> Vec<String> {
        let file = |name: &str| self.credentials.join(name).display().to_string();
        let mut options = vec![
            "--endpoint".to_owned(),
            format!("https://{}", self.endpoint),
            "--cert".to_owned(),
            file("tls.crt"),
            "--key".to_owned(),
            file("tls.key"),
            "--ca".to_owned(),
            file("root.crt"),
        ];
        options.extend(self.server.iter().cloned());
        options
    }

    /// Runs `huitong ARGS … --json` and reads what it prints.
    ///
    /// # Errors
    /// When the command fails, with what it said.
    pub async fn json(&self, args: &[&str]) -> anyhow::Result<Value> {
        let executable = std::env::current_exe().context("the path of the running executable")?;
        let shown = format!("huitong {}", args.join(" "));
        let output = Command::new(executable)
            .args(args)
            .args(self.options())
            .arg("--json")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .with_context(|| format!("running {shown}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let printed = String::from_utf8_lossy(&output.stdout);
            anyhow::bail!("{shown}: {}\n{printed}{said}", output.status);
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("what {shown} printed"))
    }
}
