//! An officer's client for the checkpoints that the own region's node has seen: what is answered, as values.

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::checkpoint::receipt::ReceiptProof;
use huitong_core::checkpoint::witness::CertifiedWord;
use huitong_core::date::Timestamp;
use huitong_core::id::SettlementId;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::witness_office_service_client::WitnessOfficeServiceClient;
use huitong_proto::conversion::Path;
use huitong_proto::settlement::v1 as settlement;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

/// How a region stands to checkpoints, as its node tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WitnessAnswer {
    /// The plan of the last that was seen; 0 for none.
    pub seen: u64,
    /// Its day; empty for none.
    pub business_day: String,
    /// The newest that the clearinghouse has.
    pub newest: u64,
    /// The last on which it holds this region's word.
    pub witnessed: u64,
    /// Those that are refused, the latest first: plan, day, what is wrong, how much there is.
    pub refused: Vec<(u64, String, Vec<String>, u64)>,
    /// How many are.
    pub refused_count: u64,
    /// Plans of which there are two.
    pub split_views: u64,
    /// Why nothing more is seen; empty when all is well.
    pub trouble: String,
}

impl WitnessAnswer {
    pub(super) fn of(standing: Option<settlement::WitnessStanding>) -> Self {
        let standing = standing.unwrap_or_default();
        let refused = standing.refused.into_iter();
        let refused = refused.map(|one| (one.plan, one.business_day, one.findings, one.count));
        Self {
            seen: standing.seen,
            business_day: standing.business_day,
            newest: standing.newest,
            witnessed: standing.witnessed,
            refused: refused.collect(),
            refused_count: standing.refused_count,
            split_views: standing.split_views,
            trouble: standing.trouble,
        }
    }
}

/// Two checkpoints of one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitTold {
    /// The one that the region was shown.
    pub own: CertifiedCheckpoint,
    /// The other.
    pub other: CertifiedCheckpoint,
    /// Whose node had it.
    pub from: RegionCode,
    /// When it was found.
    pub at: Timestamp,
}

/// What proves a settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptTold {
    /// For each cycle that took a leg of it, ascending.
    pub proofs: Vec<ReceiptProof>,
    /// Legs that no cycle took yet.
    pub waiting: u64,
    /// Whether it is reversed since.
    pub reversed: bool,
}

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct WitnessClient(WitnessOfficeServiceClient<Channel>);

impl WitnessClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client = WitnessOfficeServiceClient::new(channel);
        Ok(Self(client.max_decoding_message_size(MAX_MESSAGE_BYTES)))
    }

    /// The region's words on the checkpoints that it has seen, the newest first, at most so many.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn seen(&mut self, most: usize) -> Result<Vec<(String, CertifiedWord)>, Status> {
        let (mut all, mut before) = (Vec::new(), 0);
        while all.len() < most {
            let request = v1::ListSeenCheckpointsRequest { before };
            let page = self.0.list_seen_checkpoints(request).await?.into_inner();
            let Some(last) = page.checkpoints.last() else {
                break;
            };
            before = last.plan;
            for one in page.checkpoints {
                let word = CertifiedWord::from_bytes(&one.word);
                all.push((one.business_day, word.map_err(unreadable)?));
            }
            if before <= 1 {
                break;
            }
        }
        all.truncate(most);
        Ok(all)
    }

    /// All plans of which there are two checkpoints.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn split_views(&mut self) -> Result<Vec<SplitTold>, Status> {
        let (mut all, mut after) = (Vec::new(), Vec::new());
        loop {
            let request = v1::ListSplitViewsRequest { after };
            let page = self.0.list_split_views(request).await?.into_inner();
            for view in page.views {
                let file =
                    |bytes: &[u8]| CertifiedCheckpoint::from_bytes(bytes).map_err(unreadable);
                let from = Path::root("from").parse(&view.from, RegionCode::parse);
                all.push(SplitTold {
                    own: file(&view.own)?,
                    other: file(&view.other)?,
                    from: from.map_err(unreadable)?,
                    at: Timestamp::from_millis(view.found_at_ms).map_err(unreadable)?,
                });
            }
            if page.next.is_empty() {
                return Ok(all);
            }
            after = page.next;
        }
    }

    /// What proves a settlement.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn prove_receipt(&mut self, settlement: SettlementId) -> Result<ReceiptTold, Status> {
        let request = v1::ProveReceiptRequest {
            settlement: settlement.to_string(),
        };
        let told = self.0.prove_receipt(request).await?.into_inner();
        let proofs = told.proofs.iter();
        let proofs = proofs.map(|bytes| ReceiptProof::from_bytes(bytes).map_err(unreadable));
        Ok(ReceiptTold {
            proofs: proofs.collect::<Result<_, _>>()?,
            waiting: told.waiting,
            reversed: told.reversed,
        })
    }
}

fn unreadable(fault: impl std::fmt::Display) -> Status {
    Status::internal(format!("the node answers what cannot be read: {fault}"))
}
