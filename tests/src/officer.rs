//! Officers: of a region, who fill its node and close its day, and of the clearinghouse, who net it.
//!
//! Files are brought in by the command that a bureau would type; the rest is asked over gRPC, whose values
//! need no reading.

use huitong_certs::Identity;
use huitong_proto::clearing::v1 as clearing;
use huitong_proto::clearing::v1::officer_service_client::OfficerServiceClient;
use huitong_proto::settlement::v1 as settlement;
use huitong_proto::settlement::v1::registry_service_client::RegistryServiceClient;
use huitong_transport::{ClientLimits, connect_lazy};
use tonic::transport::Channel;

use crate::certificates::{approver, clearing_officer, officer, party};
use crate::executable;
use crate::refused::Refused;
use crate::register::Region;
use crate::world::World;

/// The officer of a region.
#[derive(Debug, Clone)]
pub struct RegionOfficer {
    client: RegistryServiceClient<Channel>,
}

/// The officer of the clearinghouse.
#[derive(Debug, Clone)]
pub struct ClearingOfficer {
    client: OfficerServiceClient<Channel>,
}

impl RegionOfficer {
    /// The officer of a region.
    #[must_use]
    pub fn of(world: &World, region: &Region) -> Self {
        Self::calling_as(world, region, &officer(region))
    }

    /// Anyone who calls a region's node as if they were its officer.
    #[must_use]
    pub fn calling_as(world: &World, region: &Region, identity: &Identity) -> Self {
        let credentials = world.authorities().credentials(identity);
        let node = party(&format!("/region/{}/node", region.code));
        let channel = connect_lazy(
            &world.endpoint(region),
            node,
            &credentials,
            ClientLimits::standard(),
        )
        .unwrap();
        Self {
            client: RegistryServiceClient::new(channel),
        }
    }

    /// What the node holds and what is open.
    ///
    /// # Errors
    /// The refusal.
    pub async fn status(&self) -> Result<settlement::NodeStatusResponse, Refused> {
        let answer = self
            .client
            .clone()
            .node_status(settlement::NodeStatusRequest {})
            .await;
        answer
            .map(tonic::Response::into_inner)
            .map_err(|status| Refused::of_status(&status))
    }

    /// Closes the open business day, which the clearinghouse must count as closed; the day, and the last
    /// number of its legs.
    pub async fn close_day(&self) -> (String, u64) {
        let business_day = self.status().await.unwrap().open_business_day;
        let request = settlement::CloseBusinessDayRequest {
            business_day: business_day.clone(),
        };
        let closed = self
            .client
            .clone()
            .close_day(request)
            .await
            .unwrap()
            .into_inner();
        assert!(
            closed.acknowledged,
            "the clearinghouse does not hold all of {business_day}: {closed:?}"
        );
        (business_day, closed.up_to)
    }
}

impl ClearingOfficer {
    /// The officer of the clearinghouse.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let credentials = world.authorities().credentials(&clearing_officer());
        let endpoint = world.clearinghouse_endpoint();
        let limits = ClientLimits::standard();
        let channel =
            connect_lazy(&endpoint, Identity::Clearinghouse, &credentials, limits).unwrap();
        Self {
            client: OfficerServiceClient::new(channel),
        }
    }

    /// How a business day stands.
    pub async fn status(&self, business_day: &str) -> clearing::StatusResponse {
        let request = clearing::StatusRequest {
            business_day: business_day.to_owned(),
        };
        self.client
            .clone()
            .status(request)
            .await
            .unwrap()
            .into_inner()
    }

    /// Cuts a day off that every region has closed, and nets it.
    pub async fn net(&self, business_day: &str) -> clearing::NettingPlan {
        let day = business_day.to_owned();
        let cut_off = clearing::CutOffRequest {
            business_day: day.clone(),
            at_deadline: false,
            marks: Vec::new(),
        };
        self.client.clone().cut_off(cut_off).await.unwrap();
        let net = clearing::NetRequest {
            business_day: day,
            digest: Vec::new(),
            never_netted: false,
        };
        self.client
            .clone()
            .net(net)
            .await
            .unwrap()
            .into_inner()
            .plan
            .unwrap()
    }
}

/// The options of a command that say where, and as whom: the region's officer.
#[must_use]
pub fn options(world: &World, region: &Region) -> Vec<String> {
    options_as(world, region, &officer(region))
}

/// The options of a command that say where, and as whom.
#[must_use]
pub fn options_as(world: &World, region: &Region, identity: &Identity) -> Vec<String> {
    options_at(world, world.endpoint(region), identity)
}

/// The options of a command that say where the clearinghouse is, and that its officer asks.
#[must_use]
pub fn clearing_options(world: &World) -> Vec<String> {
    options_at(world, world.clearinghouse_endpoint(), &clearing_officer())
}

/// As [`clearing_options`], of another officer.
#[must_use]
pub fn clearing_options_as(world: &World, identity: &Identity) -> Vec<String> {
    options_at(world, world.clearinghouse_endpoint(), identity)
}

fn options_at(world: &World, endpoint: String, identity: &Identity) -> Vec<String> {
    let folder = world.credentials(identity);
    let file = |name: &str| folder.join(name).display().to_string();
    [
        ("--endpoint", endpoint),
        ("--cert", file("tls.crt")),
        ("--key", file("tls.key")),
        ("--ca", file("root.crt")),
    ]
    .into_iter()
    .flat_map(|(option, value)| [option.to_owned(), value])
    .collect()
}

/// Brings all files of a region into its node, and has two officers publish its policy, by the commands.
pub async fn fill(world: &World, region: &Region) {
    import(world, region).await;
    let policy = world.region_folder(region).join("policy.toml");
    publish(world, region, &policy.display().to_string()).await;
}

/// Brings all files of a region into its node but its policy.
pub async fn import(world: &World, region: &Region) {
    let options = options(world, region);
    for (kind, path) in region.write_files(&world.region_folder(region)) {
        let path = path.display().to_string();
        if kind == "policy" {
            continue;
        }
        let mut args = vec!["node", "import", kind, &path, "--json"];
        if kind == "balances" {
            args.extend(["--as-of", "2023-12-31"]);
        }
        args.extend(options.iter().map(String::as_str));
        executable::json(&args).await;
    }
}

/// Has one officer put a document forward and another approve it; its digest.
pub async fn publish(world: &World, region: &Region, path: &str) -> String {
    let proposed = policy(world, region, &officer(region), &["publish", path]).await;
    let digest = proposed["digest"].as_str().unwrap().to_owned();
    policy(world, region, &approver(region), &["approve", &digest]).await;
    digest
}

/// Runs `huitong policy ARGS … --json` as an officer of a region.
pub async fn policy(
    world: &World,
    region: &Region,
    identity: &Identity,
    args: &[&str],
) -> serde_json::Value {
    let options = options_as(world, region, identity);
    let mut all = vec!["policy"];
    all.extend(args);
    all.push("--json");
    all.extend(options.iter().map(String::as_str));
    executable::json(&all).await
}
