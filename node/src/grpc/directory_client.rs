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
    /// Signed versions that contradict.
    pub contradictions: u64,
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
        let moment =
            |ms| Timestamp::from_millis(ms).map_err(|error| Status::internal(error.to_string()));
        let at = match told.number {
            0 => None,
            _ => Some((moment(told.signed_at_ms)?, moment(told.taken_at_ms)?)),
        };
        let looked = match told.looked_at_ms {
            0 => None,
            looked => Some(moment(looked)?),
        };
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
            trouble: told.trouble,
            looked,
        })
    }
}

fn region(told: v1::DirectoryRegion, own: RegionCode) -> ToldRegion {
    let standing = match told.standing() {
        v1::MemberStanding::Unspecified => ToldStanding::NotNamed,
        v1::MemberStanding::Active => ToldStanding::Active,
        v1::MemberStanding::Suspended => ToldStanding::Suspended,
        v1::MemberStanding::Left => ToldStanding::Left,
    };
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
