//! The running network: one clearinghouse and five nodes, each a process of its own.

use anyhow::Context as _;
use huitong_core::date::ServiceDate;
use serde_json::Value;

use crate::cases::Case;
use crate::officer::Officer;
use crate::process::Server;
use crate::world::{Place, World};

/// The processes, and the world they live in.
#[derive(Debug)]
pub struct Network {
    world: World,
    servers: Vec<Server>,
}

impl Network {
    /// Writes every server's configuration and starts them all, the clearinghouse first.
    ///
    /// # Errors
    /// When one does not start.
    pub async fn start(world: World) -> anyhow::Result<Self> {
        let clearinghouse = world.write_clearinghouse_configuration()?;
        let log = world.clearinghouse_folder().join("log.txt");
        let mut servers =
            vec![Server::start("the clearinghouse", "clearinghouse", &clearinghouse, &log).await?];
        for place in world.places() {
            let configuration = world.write_node_configuration(place)?;
            let log = world.region_folder(place.code).join("log.txt");
            servers.push(Server::start(place.region.en, "node", &configuration, &log).await?);
        }
        Ok(Self { world, servers })
    }

    /// Brings each region's files in, by its own officer, and has two publish its policies.
    ///
    /// # Errors
    /// When a file is refused.
    pub async fn fill(&self, cases: &[Case], today: ServiceDate) -> anyhow::Result<()> {
        for place in self.world.places() {
            let officer = Officer::of_region(&self.world, place)?;
            for (kind, path) in self.world.write_region_files(place, cases, today)? {
                let path = path.display().to_string();
                if kind == "policy" {
                    let published = self.publish(place, &path).await;
                    published.with_context(|| format!("{}: {path}", place.region.en))?;
                    continue;
                }
                let as_of = today.to_string();
                let mut args = vec!["node", "import", kind, &path];
                if matches!(kind, "opening-totals" | "balances") {
                    args.extend(["--as-of", &as_of]);
                }
                officer
                    .json(&args)
                    .await
                    .with_context(|| format!("{}: {kind}", place.region.en))?;
            }
        }
        Ok(())
    }

    /// Has one officer of a region put a policy forward and another approve it.
    async fn publish(&self, place: &Place, path: &str) -> anyhow::Result<()> {
        let officer = Officer::of_region(&self.world, place)?;
        let proposed = officer.json(&["policy", "publish", path]).await?;
        let digest = proposed.get("digest").and_then(Value::as_str);
        let digest = digest.context("a digest in the answer")?;
        let approver = Officer::approver_of(&self.world, place)?;
        approver.json(&["policy", "approve", digest]).await?;
        Ok(())
    }

    /// The world.
    #[must_use]
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// Stops every server in order, the clearinghouse last.
    ///
    /// # Errors
    /// When one cannot be stopped.
    pub async fn stop(self) -> anyhow::Result<()> {
        for server in self.servers.into_iter().rev() {
            server.stop().await?;
        }
        Ok(())
    }
}
