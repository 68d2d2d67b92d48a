//! An officer's client for the directory that the own region's node goes by: what is answered, as values.

use huitong_core::date::Timestamp;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::directory_desk_service_client::DirectoryDeskServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

/// How a region stands by the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldStanding {
    /// The directory does not name it.
    NotNamed,
    /// It settles and clears.
    Active,
    /// Nothing new is settled with it.
    Suspended,
    /// It is no member any more.
    Left,
}

/// A region, as its line shows it; empty where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldRegion {
    /// The region.
    pub region: String,
    /// How it stands.
    pub standing: ToldStanding,
    /// Since when.
    pub since: String,
    /// Where the directory says that it is.
    pub listed: String,
    /// Where the configuration says so.
    pub configured: String,
    /// Where it is called.
    pub called: String,
    /// Whether the configuration stands.
    pub pinned: bool,
    /// Whether its configured signing certificate is not one of the directory's.
    pub other_signer: bool,
    /// Whether it is the node's own.
    pub is_own: bool,
}

/// What another version says of a region; empty where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldDifference {
    /// The region.
    pub region: String,
    /// How it stands by the version that the node goes by, and by the other.
    pub standing: (ToldStanding, ToldStanding),
    /// Where its node is.
    pub endpoint: (String, String),
    /// Whether other signing certificates are named.
    pub other_signers: bool,
    /// Whether another member clears for it.
    pub other_member: bool,
}

/// A signed version that contradicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldBranch {
    /// Its number.
    pub number: u64,
    /// Its digest.
    pub digest: String,
    /// When it was signed and found.
    pub at: (Timestamp, Timestamp),
    /// Who accepted it, and when.
    pub accepted: Option<(String, Timestamp)>,
    /// What it says otherwise.
    pub differs: Vec<ToldDifference>,
}

/// The directory that a node goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldDirectory {
    /// The version; 0 for none.
    pub number: u64,
    /// Its digest.
    pub digest: String,
    /// When it was signed and taken.
    pub at: Option<(Timestamp, Timestamp)>,
    /// The regions.
    pub regions: Vec<ToldRegion>,
    /// Signed versions that contradict, and that nobody accepted.
    pub contradictions: u64,
    /// The last that contradicted.
    pub branches: Vec<ToldBranch>,
    /// Why it is not followed; empty when all is well.
    pub trouble: String,
    /// When the node last completed a look; none when it did not since it was started.
    pub looked: Option<Timestamp>,
}

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct DirectoryDeskClient {
    own: RegionCode,
    client: DirectoryDeskServiceClient<Channel>,
}

impl DirectoryDeskClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (own, channel) = options.own_node().await?;
        let client = DirectoryDeskServiceClient::new(channel);
        let client = client.max_decoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { own, client })
    }

    /// The directory that the node goes by.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn show(&mut self) -> Result<ToldDirectory, Status> {
        let request = v1::ShowDirectoryRequest {};
        let told = self.client.show_directory(request).await?;
        let told = told.into_inner();
        let at = match told.number {
            0 => None,
            _ => Some((moment(told.signed_at_ms)?, moment(told.taken_at_ms)?)),
        };
        let looked = match told.looked_at_ms {
            0 => None,
            looked => Some(moment(looked)?),
        };
        let branches = told.branches.into_iter().map(branch);
        Ok(ToldDirectory {
            number: told.number,
            digest: told.digest,
            at,
            regions: told
                .regions
                .into_iter()
                .map(|told| region(told, self.own))
                .collect(),
            contradictions: told.contradictions,
            branches: branches.collect::<Result<_, _>>()?,
            trouble: told.trouble,
            looked,
        })
    }
}

impl DirectoryDeskClient {
    /// Has the node go by a version that contradicts: its number.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn accept(&mut self, digest: &str) -> Result<u64, Status> {
        let digest = digest.to_owned();
        let request = v1::AcceptBranchRequest { digest };
        Ok(self
            .client
            .accept_branch(request)
            .await?
            .into_inner()
            .number)
    }
}

fn moment(ms: i64) -> Result<Timestamp, Status> {
    Timestamp::from_millis(ms).map_err(|error| Status::internal(error.to_string()))
}

fn branch(told: v1::DirectoryBranch) -> Result<ToldBranch, Status> {
    let accepted = match told.accepted_at_ms {
        0 => None,
        at => Some((told.accepted_by, moment(at)?)),
    };
    Ok(ToldBranch {
        number: told.number,
        digest: told.digest,
        at: (moment(told.signed_at_ms)?, moment(told.found_at_ms)?),
        accepted,
        differs: told.differs.into_iter().map(difference).collect(),
    })
}

fn difference(told: v1::DirectoryDifference) -> ToldDifference {
    ToldDifference {
        standing: (standing(told.here()), standing(told.there())),
        region: told.region,
        endpoint: (told.here_endpoint, told.there_endpoint),
        other_signers: told.other_signers,
        other_member: told.other_member,
    }
}

const fn standing(told: v1::MemberStanding) -> ToldStanding {
    match told {
        v1::MemberStanding::Unspecified => ToldStanding::NotNamed,
        v1::MemberStanding::Active => ToldStanding::Active,
        v1::MemberStanding::Suspended => ToldStanding::Suspended,
        v1::MemberStanding::Left => ToldStanding::Left,
    }
}

fn region(told: v1::DirectoryRegion, own: RegionCode) -> ToldRegion {
    let standing = standing(told.standing());
    ToldRegion {
        is_own: told.region == own.to_string(),
        region: told.region,
        standing,
        since: told.since,
        listed: told.listed_endpoint,
        configured: told.configured_endpoint,
        called: told.called_endpoint,
        pinned: told.pinned,
        other_signer: told.other_signer,
    }
}
