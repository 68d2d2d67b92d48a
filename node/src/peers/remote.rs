//! The client of another region's node: messages out, checked core values in.
//!
//! A few connections are kept to each peer, for when one is not enough. What the peer says
//! is validated like anything that arrives.

use std::sync::Arc;
use std::time::Duration;

use huitong_certs::signing::CertifiedKey;
use huitong_core::canonical::Artifact;
use huitong_core::coverage::Snapshot;
use huitong_core::digest::Digest;
use huitong_core::id::{ReversalId, SettlementId};
use huitong_core::person::PersonRef;
use huitong_core::provisional::SignedSnapshot;
use huitong_core::region::RegionCode;
use huitong_core::reversal::{BegunBy, HomeWord, ReversalOrder};
use huitong_proto::conversion::claim::claim_to_wire;
use huitong_proto::conversion::common::person_to_wire;
use huitong_proto::conversion::decision::decision_to_wire;
use huitong_proto::conversion::final_refusal::final_refusal_from_wire;
use huitong_proto::conversion::publication::statement_from_wire;
use huitong_proto::conversion::receipt::receipt_from_wire;
use huitong_proto::conversion::reversal::{delivered_to_wire, reason_to_wire, reversed_from_wire};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::policy::v1::FetchPolicyRequest;
use huitong_proto::policy::v1::policy_service_client::PolicyServiceClient;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::treatment_service_client::TreatmentServiceClient;
use huitong_transport::{MAX_MESSAGE_BYTES, Remarked, TransportError, call_within};
use tonic::{Request, Response, Status};

use self::snapshot::snapshot_request;
use super::guard::{Guard, Purpose};
use super::{Calling, CommitAsk, DirectoryEntry, FetchedPolicy, HomeFault};
use crate::home::{AbandonOutcome, CommitOutcome, ReverseOutcome, SnapshotAsk};

mod deduction;
mod duplicates;
mod expense_check;
mod recovery;
mod signers;
mod snapshot;
mod transfer;
mod visit;
mod ways;
mod witness;

pub use recovery::{Announced, Collect, Collected, Hands};
pub use signers::Signers;
pub use ways::Ways;

/// Another region's node.
pub struct Peer {
    region: RegionCode,
    signers: Signers,
    ways: Ways,
    guard: Guard,
}

impl Peer {
    /// Of a configured region.
    pub(super) fn configured(
        entry: DirectoryEntry,
        calling: &Calling,
    ) -> Result<Self, TransportError> {
        let region = entry.region;
        Ok(Self {
            region,
            ways: Ways::configured_at(&entry, calling)?,
            signers: Signers::configured_as(entry),
            guard: Guard::new(region, calling),
        })
    }

    /// Of a region that joined; nothing without a key.
    pub(super) fn joined(
        region: RegionCode,
        endpoint: String,
        signing: Vec<CertifiedKey>,
        calling: &Calling,
    ) -> Result<Option<Self>, TransportError> {
        let Some(signers) = Signers::listed(signing) else {
            return Ok(None);
        };
        Ok(Some(Self {
            region,
            ways: Ways::listed_at(region, endpoint, calling)?,
            signers,
            guard: Guard::new(region, calling),
        }))
    }

    /// Its region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// The key it signs with, of those it has the one that is named.
    #[must_use]
    pub fn signing_key(&self, key_id: Digest) -> Arc<CertifiedKey> {
        self.signers.named(key_id)
    }

    /// With what it signs.
    #[must_use]
    pub const fn signers(&self) -> &Signers {
        &self.signers
    }

    /// Where it is called.
    #[must_use]
    pub const fn ways(&self) -> &Ways {
        &self.ways
    }

    /// The channel of the next call.
    fn channel(&self) -> Result<Remarked, Status> {
        self.ways.channel(self.guard.load())
    }

    /// Calls the peer's home role, with retries.
    async fn home<M, T, F>(
        &self,
        purpose: Purpose,
        within: Duration,
        message: impl Fn() -> M,
        call: impl Fn(HomeServiceClient<Remarked>, Request<M>) -> F,
    ) -> Result<T, HomeFault>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        let (message, call) = (&message, &call);
        let attempt = |left| async move {
            let client = HomeServiceClient::new(self.channel()?)
                .max_decoding_message_size(MAX_MESSAGE_BYTES)
                .max_encoding_message_size(MAX_MESSAGE_BYTES);
            call_within(left, message(), |request| call(client, request)).await
        };
        self.guard.call(purpose, within, attempt).await
    }

    pub(super) async fn snapshot(
        &self,
        ask: &SnapshotAsk,
        held: u64,
        within: Duration,
    ) -> Result<Snapshot, HomeFault> {
        let request = || snapshot_request(ask, held);
        let call = |mut home: HomeServiceClient<Remarked>, request| async move {
            home.snapshot(request).await
        };
        let answer = self.home(Purpose::Ask, within, request, call).await?;
        let snapshot = snapshot(&answer.snapshot)?;
        if snapshot.person == ask.person {
            Ok(snapshot)
        } else {
            Err(HomeFault::Unreachable(
                "a snapshot of another person".to_owned(),
            ))
        }
    }

    /// A snapshot that the peer signs, to settle with while it cannot be reached; none where it does not.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn signed_snapshot(
        &self,
        ask: &SnapshotAsk,
        held: u64,
        within: Duration,
    ) -> Result<Option<SignedSnapshot>, HomeFault> {
        let request = || v1::SnapshotRequest {
            sign: true,
            ..snapshot_request(ask, held)
        };
        let call = |mut home: HomeServiceClient<Remarked>, request| async move {
            home.snapshot(request).await
        };
        let answer = self.home(Purpose::Ask, within, request, call).await?;
        if answer.signed.is_empty() {
            return Ok(None);
        }
        let signed = SignedSnapshot::from_bytes(&answer.signed);
        let signed = signed.map_err(|fault| unreadable(Path::root("signed").wrong(fault)))?;
        Ok(Some(signed))
    }

    pub(super) async fn commit(
        &self,
        ask: &CommitAsk<'_>,
        within: Duration,
    ) -> Result<CommitOutcome, HomeFault> {
        let request = || v1::CommitRequest {
            settlement: ask.settlement.to_string(),
            claim: Some(claim_to_wire(ask.claim)),
            version: Some(v1::Version {
                incarnation: ask.version.incarnation,
                change: ask.version.change,
            }),
            decision: Some(decision_to_wire(ask.decision)),
            receipts_held: ask.held,
            provisional: ask.used.map(Artifact::to_bytes).unwrap_or_default(),
        };
        let call = |mut home: HomeServiceClient<Remarked>, request| async move {
            home.commit(request).await
        };
        let answer = self.home(Purpose::Finish, within, request, call).await?;
        let path = Path::root("response");
        match answer.outcome {
            Some(v1::commit_response::Outcome::Receipt(receipt)) => {
                Ok(CommitOutcome::Committed(standing(receipt, path)?))
            }
            Some(v1::commit_response::Outcome::Reversed(reversed)) => Ok(CommitOutcome::Committed(
                reversed_from_wire(reversed, path).map_err(unreadable)?,
            )),
            Some(v1::commit_response::Outcome::Refused(refusal)) => Ok(CommitOutcome::Refused(
                final_refusal_from_wire(refusal, path).map_err(unreadable)?,
            )),
            Some(v1::commit_response::Outcome::Stale(bytes)) => {
                Ok(CommitOutcome::Stale(snapshot(&bytes)?))
            }
            None => Err(unreadable(path.missing())),
        }
    }

    pub(super) async fn abandon(
        &self,
        settlement: SettlementId,
        person: Option<PersonRef>,
        within: Duration,
    ) -> Result<AbandonOutcome, HomeFault> {
        let request = || v1::AbandonRequest {
            settlement: settlement.to_string(),
            person: person.as_ref().map(person_to_wire),
        };
        let call = |mut home: HomeServiceClient<Remarked>, request| async move {
            home.abandon(request).await
        };
        let answer = self.home(Purpose::Finish, within, request, call).await?;
        let path = Path::root("response");
        match answer.outcome {
            Some(v1::abandon_response::Outcome::Receipt(receipt)) => {
                Ok(AbandonOutcome::Committed(standing(receipt, path)?))
            }
            Some(v1::abandon_response::Outcome::Reversed(reversed)) => Ok(
                AbandonOutcome::Committed(reversed_from_wire(reversed, path).map_err(unreadable)?),
            ),
            Some(v1::abandon_response::Outcome::Ended(refusal)) => Ok(AbandonOutcome::Ended(
                final_refusal_from_wire(refusal, path).map_err(unreadable)?,
            )),
            None => Err(unreadable(path.missing())),
        }
    }

    pub(super) async fn reverse(
        &self,
        reversal: ReversalId,
        order: ReversalOrder,
        held: u64,
        within: Duration,
    ) -> Result<ReverseOutcome, HomeFault> {
        // An officer asks at home and never through another region's node.
        let BegunBy::Institution(institution) = order.begun_by else {
            return Err(HomeFault::Unreachable("an officer asks at home".to_owned()));
        };
        let request = || v1::HomeReverseRequest {
            reversal: reversal.to_string(),
            settlement: order.settlement.to_string(),
            institution: institution.to_string(),
            reason: reason_to_wire(order.reason),
            receipts_held: held,
        };
        let call = |mut home: HomeServiceClient<Remarked>, request| async move {
            home.reverse(request).await
        };
        let answer = self.home(Purpose::Finish, within, request, call).await?;
        let path = Path::root("response");
        match answer.outcome {
            Some(v1::home_reverse_response::Outcome::Reversed(reversed)) => {
                let word = reversed_from_wire(reversed, path).map_err(unreadable)?;
                Ok(ReverseOutcome::Reversed(Box::new(word)))
            }
            Some(v1::home_reverse_response::Outcome::Refused(refusal)) => {
                let refusal = final_refusal_from_wire(refusal, path).map_err(unreadable)?;
                Ok(ReverseOutcome::Refused(Box::new(refusal)))
            }
            None => Err(unreadable(path.missing())),
        }
    }

    pub(super) async fn fetch_policy(
        &self,
        digest: Digest,
        within: Duration,
    ) -> Result<FetchedPolicy, HomeFault> {
        let attempt = |left| async move {
            let request = FetchPolicyRequest {
                digest: digest.as_bytes().to_vec(),
            };
            let mut client = PolicyServiceClient::new(self.channel()?);
            call_within(left, request, |request| client.fetch_policy(request)).await
        };
        let answer = self.guard.call(Purpose::Ask, within, attempt).await?;
        let path = Path::root("statement");
        let statement = path.required(answer.statement).map_err(unreadable)?;
        let statement = statement_from_wire(statement, path).map_err(unreadable)?;
        let document = answer.document;
        Ok(FetchedPolicy {
            document,
            statement,
        })
    }

    /// Files on a person's behalf at the person's home region.
    ///
    /// # Errors
    /// [`HomeFault`]: whether it is filed is not known unless it is refused.
    pub async fn file(
        &self,
        request: v1::HomeFileRequest,
        within: Duration,
    ) -> Result<v1::Filing, HomeFault> {
        let call = |mut home: HomeServiceClient<Remarked>, request| async move {
            home.file(request).await
        };
        let request = || request.clone();
        let answer = self.home(Purpose::Finish, within, request, call).await?;
        let path = Path::root("filing");
        let filing = answer.filing;
        path.required(filing).map_err(unreadable)
    }

    /// Delivers receipts and reversals of the own region; up to which number the peer holds them now.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn deliver(&self, sent: &[HomeWord], within: Duration) -> Result<u64, HomeFault> {
        let attempt = |left| async move {
            let delivered = sent.iter().map(delivered_to_wire).collect();
            let request = v1::DeliverReceiptsRequest { delivered };
            let client = TreatmentServiceClient::new(self.channel()?);
            let mut client = client.max_encoding_message_size(MAX_MESSAGE_BYTES);
            call_within(left, request, |request| client.deliver_receipts(request)).await
        };
        Ok(self
            .guard
            .call(Purpose::Finish, within, attempt)
            .await?
            .held)
    }
}

fn standing(receipt: v1::Receipt, path: Path<'_>) -> Result<HomeWord, HomeFault> {
    Ok(HomeWord {
        receipt: receipt_from_wire(Some(receipt), path).map_err(unreadable)?,
        reversal: None,
    })
}

fn snapshot(bytes: &[u8]) -> Result<Snapshot, HomeFault> {
    let path = Path::root("response");
    Snapshot::from_bytes(bytes).map_err(|fault| unreadable(path.field("snapshot").wrong(fault)))
}

fn unreadable(fault: WireFault) -> HomeFault {
    tracing::error!(%fault, "a peer's answer cannot be read");
    HomeFault::Unreachable(fault.to_string())
}
