//! An officer's client of the own region's node: files, days, status, as values.

use huitong_core::date::BusinessDay;
use huitong_core::money::Fen;
use huitong_core::record::import::ImportKind;
use huitong_core::region::RegionCode;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::import_request::Part;
use huitong_proto::settlement::v1::registry_service_client::RegistryServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

use crate::import::{CHUNK_BYTES_AT_MOST, FileKind, ImportHeader, Mode, RowFault};

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct Officer {
    region: RegionCode,
    client: RegistryServiceClient<Channel>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportAnswer {
    /// Rows brought in, or that a dry run found sound.
    pub rows: u64,
    /// Sum of their amounts, in fen.
    pub sum_fen: i64,
    /// Faults, at most 1,000.
    pub faults: Vec<RowFault>,
    /// How many faults there are in all; nothing was brought in when there is one.
    pub fault_count: u64,
    /// SHA-256 of the file.
    pub digest: Vec<u8>,
}

/// A closed business day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedAnswer {
    /// The last leg number of the day.
    pub up_to: u64,
    /// Whether the clearinghouse counts the region as closed.
    pub acknowledged: bool,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusAnswer {
    /// Its region.
    pub region: String,
    /// The open business day.
    pub open_business_day: String,
    /// Settlements whose outcome is not known.
    pub prepared: u64,
    /// The last leg written.
    pub legs_written: u64,
    /// The last leg that the clearinghouse holds.
    pub legs_held: u64,
    /// Members.
    pub members: u64,
    /// Institutions.
    pub institutions: u64,
    /// Digest of the catalogue in use, if there is one.
    pub catalogue: Option<Vec<u8>>,
    /// Published policies.
    pub policies: Vec<PolicyAnswer>,
    /// Receipts that treatment regions have not acknowledged.
    pub receipts_undelivered: u64,
}

/// A policy that a node publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyAnswer {
    /// SHA-256 of the document.
    pub digest: Vec<u8>,
    /// Its title.
    pub title: String,
    /// The scheme it is for.
    pub scheme: String,
    /// Its first day.
    pub from: String,
    /// Its last day; empty while it has none.
    pub until: String,
}

impl Officer {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (region, channel) = options.own_node().await?;
        let client = RegistryServiceClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { region, client })
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// Sends a file, in chunks after its header.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn import(
        &mut self,
        header: &ImportHeader,
        bytes: Vec<u8>,
    ) -> Result<ImportAnswer, Status> {
        let first = v1::ImportRequest {
            part: Some(Part::Header(header_to_wire(header))),
        };
        let chunks: Vec<Vec<u8>> = bytes
            .chunks(CHUNK_BYTES_AT_MOST)
            .map(<[u8]>::to_vec)
            .collect();
        let chunks = chunks.into_iter().map(|chunk| v1::ImportRequest {
            part: Some(Part::Chunk(chunk)),
        });
        let messages = tokio_stream::iter(std::iter::once(first).chain(chunks));
        let answer = self.client.import(messages).await?.into_inner();
        let faults = answer.faults.into_iter().map(|fault| RowFault {
            line: fault.line,
            column: fault.column,
            en: fault.message_en,
            zh: fault.message_zh,
        });
        Ok(ImportAnswer {
            rows: answer.rows,
            sum_fen: answer.sum_fen,
            faults: faults.collect(),
            fault_count: answer.fault_count,
            digest: answer.digest,
        })
    }

    /// Closes a business day.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn close_day(&mut self, day: BusinessDay) -> Result<ClosedAnswer, Status> {
        let request = v1::CloseBusinessDayRequest {
            business_day: day.to_string(),
        };
        let answer = self.client.close_day(request).await?.into_inner();
        Ok(ClosedAnswer {
            up_to: answer.up_to,
            acknowledged: answer.acknowledged,
        })
    }

    /// What the node holds.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn status(&mut self) -> Result<StatusAnswer, Status> {
        let answer = self
            .client
            .node_status(v1::NodeStatusRequest {})
            .await?
            .into_inner();
        let policies = answer.policies.into_iter().map(|policy| PolicyAnswer {
            digest: policy.digest,
            title: policy.title,
            scheme: policy.scheme,
            from: policy.effective_from,
            until: policy.effective_until,
        });
        Ok(StatusAnswer {
            region: answer.region,
            open_business_day: answer.open_business_day,
            prepared: answer.prepared,
            legs_written: answer.legs_written,
            legs_held: answer.legs_held,
            members: answer.members,
            institutions: answer.institutions,
            catalogue: Some(answer.catalogue).filter(|digest| !digest.is_empty()),
            policies: policies.collect(),
            receipts_undelivered: answer.receipts_undelivered,
        })
    }
}

fn header_to_wire(header: &ImportHeader) -> v1::ImportHeader {
    let kind = match header.kind {
        FileKind(ImportKind::Members) => v1::ImportKind::Members,
        FileKind(ImportKind::Filings) => v1::ImportKind::Filings,
        FileKind(ImportKind::OpeningTotals) => v1::ImportKind::OpeningTotals,
        FileKind(ImportKind::Balances) => v1::ImportKind::Balances,
        FileKind(ImportKind::Institutions) => v1::ImportKind::Institutions,
        FileKind(ImportKind::Catalogue) => v1::ImportKind::Catalogue,
    };
    let sum: Fen = header.sums.sum;
    v1::ImportHeader {
        kind: kind.into(),
        as_of: header.as_of.map(|day| day.to_string()).unwrap_or_default(),
        rows: header.sums.rows,
        sum_fen: sum.get(),
        dry_run: header.mode == Mode::DryRun,
    }
}
