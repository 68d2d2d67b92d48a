//! An officer's client of the own region's node: files, days, status, as values.

use huitong_core::date::BusinessDay;
use huitong_core::money::Fen;
use huitong_core::person::PsnNo;
use huitong_core::record::import::ImportKind;
use huitong_core::region::RegionCode;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::import_request::Part;
use huitong_proto::settlement::v1::registry_service_client::RegistryServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

use super::regained_client::{LegsAnswer, LostPolicyAnswer};
use super::rejected::rejected;
use super::unsure::UnsureAnswer;
use super::witness_client::WitnessAnswer;
use crate::import::{CHUNK_BYTES_AT_MOST, FileKind, ImportHeader, Mode, RowFault};

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct Officer {
    region: RegionCode,
    pub(super) client: RegistryServiceClient<Channel>,
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

/// To whom a person's standing was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooksAnswer {
    /// How often in all.
    pub times: u64,
    /// The latest visits, the latest one first.
    pub latest: Vec<LookAnswer>,
}

/// A person's standing, as shown for one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAnswer {
    /// The region whose node asked.
    pub treatment: String,
    /// The institution.
    pub institution: String,
    /// Its number of the visit.
    pub visit: String,
    /// The first time, in milliseconds since 1970.
    pub first_ms: i64,
    /// The last time.
    pub last_ms: i64,
    /// How often.
    pub times: u32,
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
    /// The first own leg that it does not take: its number, the code, and what is wrong.
    pub rejected: Option<(u64, String, String)>,
    /// Members.
    pub members: u64,
    /// Institutions.
    pub institutions: u64,
    /// Digest of the catalogue in use, if there is one.
    pub catalogue: Option<Vec<u8>>,
    /// Published policies.
    pub policies: Vec<PolicyAnswer>,
    /// Receipts and reversals that treatment regions have not acknowledged.
    pub receipts_undelivered: u64,
    /// Reversals that institutions asked for and whose outcome is not known.
    pub reversals_open: u64,
    /// How often the node was restored, and once more.
    pub incarnation: u32,
    /// Who has not given back yet what a restored node lacks; it serves when nobody is left.
    pub recovering_from: Vec<String>,
    /// Regions that the restored node serves without, because an officer said so.
    pub left_out: Vec<String>,
    /// People held since a restore, the first of them, each with the changes that are missing.
    pub held: Vec<(String, u64)>,
    /// How many are held.
    pub held_count: u64,
    /// Settlements and reversals of which legs came back and no receipt.
    pub legs_without_receipt: u64,
    /// The first of them.
    pub without_receipt: Vec<LegsAnswer>,
    /// The last cycle whose rows were attested since the start: its day, how many rows, and how many are held otherwise.
    pub attested: Option<(String, u64, u64)>,
    /// How the region stands to checkpoints.
    pub witness: WitnessAnswer,
    /// Days that only institutions know since a restore.
    pub unsure: Option<UnsureAnswer>,
    /// Documents that a restored node waits for.
    pub policies_lost: Vec<LostPolicyAnswer>,
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

    /// To whom a person's standing was shown.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn who_looked(&mut self, psn_no: PsnNo) -> Result<LooksAnswer, Status> {
        let request = v1::WhoLookedRequest {
            psn_no: psn_no.expose().to_owned(),
        };
        let answer = self.client.who_looked(request).await?.into_inner();
        let latest = answer.latest.into_iter().map(|look| LookAnswer {
            treatment: look.treatment_region,
            institution: look.institution,
            visit: look.visit,
            first_ms: look.first_ms,
            last_ms: look.last_ms,
            times: look.times,
        });
        Ok(LooksAnswer {
            times: answer.times,
            latest: latest.collect(),
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
        let (rejected, unsure) = (rejected(&answer), super::unsure::of(&answer));
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
            rejected,
            unsure,
            members: answer.members,
            institutions: answer.institutions,
            catalogue: Some(answer.catalogue).filter(|digest| !digest.is_empty()),
            policies: policies.collect(),
            receipts_undelivered: answer.receipts_undelivered,
            reversals_open: answer.reversals_open,
            incarnation: answer.incarnation,
            recovering_from: answer.recovering_from,
            left_out: answer.left_out,
            held: answer
                .held
                .into_iter()
                .map(|person| (person.psn_no, person.missing))
                .collect(),
            held_count: answer.held_count,
            legs_without_receipt: answer.legs_without_receipt,
            without_receipt: LegsAnswer::all(answer.without_receipt),
            policies_lost: LostPolicyAnswer::all(answer.policies_lost),
            attested: Some(answer.attested_day)
                .filter(|day| !day.is_empty())
                .map(|day| (day, answer.attested_rows, answer.attested_otherwise)),
            witness: WitnessAnswer::of(answer.witness),
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
        FileKind(ImportKind::Externals) => v1::ImportKind::Externals,
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
