//! An officer's client of the policies' office: documents in, answers as values that print as they are.

use std::collections::BTreeMap;

use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, SignedFen};
use huitong_proto::conversion::Path;
use huitong_proto::conversion::common::fund_from_wire;
use huitong_proto::policy::v1;
use huitong_proto::policy::v1::policy_office_service_client::PolicyOfficeServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::transport::Channel;
use tonic::{Status, Streaming};

use super::office_answer::{
    ActAnswer, DifferenceAnswer, DifferenceTotalsAnswer, FaultAnswer, GroupAnswer, MovedAnswer,
    PolicyAnswer, ReplayAnswer, Reviewed, WithdrawalAnswer,
};
use crate::office::Subject;

/// An officer connected to the office of the own region.
#[derive(Debug)]
pub struct OfficeClient {
    client: PolicyOfficeServiceClient<Channel>,
}

impl OfficeClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client = PolicyOfficeServiceClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client })
    }

    /// Puts a document forward.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn propose(&mut self, document: Vec<u8>) -> Result<Reviewed<PolicyAnswer>, Status> {
        let request = v1::ProposeRequest { document };
        let answer = self.client.propose(request).await?.into_inner();
        if answer.fault_count > 0 {
            return Ok(Err((faults(answer.faults), answer.fault_count)));
        }
        step(answer.policy).map(Ok)
    }

    /// Approves what another officer put forward.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn approve(
        &mut self,
        digest: Digest,
        subject: Subject,
    ) -> Result<PolicyAnswer, Status> {
        let request = v1::ApproveRequest {
            digest: digest.as_bytes().to_vec(),
            subject: subject_to_wire(subject),
        };
        step(self.client.approve(request).await?.into_inner().policy)
    }

    /// Turns down what was put forward.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn reject(
        &mut self,
        digest: Digest,
        subject: Subject,
        reason: String,
    ) -> Result<PolicyAnswer, Status> {
        let request = v1::RejectRequest {
            digest: digest.as_bytes().to_vec(),
            subject: subject_to_wire(subject),
            reason,
        };
        step(self.client.reject(request).await?.into_inner().policy)
    }

    /// Asks for a published document to be withdrawn.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn withdraw(
        &mut self,
        digest: Digest,
        reason: String,
        in_favour_of: Option<Digest>,
    ) -> Result<PolicyAnswer, Status> {
        let request = v1::WithdrawRequest {
            digest: digest.as_bytes().to_vec(),
            reason,
            in_favour_of: in_favour_of
                .map(|digest| digest.as_bytes().to_vec())
                .unwrap_or_default(),
        };
        step(self.client.withdraw(request).await?.into_inner().policy)
    }

    /// Every document of the region.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn list(&mut self) -> Result<Vec<PolicyAnswer>, Status> {
        let mut pages = self.client.list(v1::ListRequest {}).await?.into_inner();
        let mut list = Vec::new();
        while let Some(page) = pages.message().await? {
            list.extend(page.policies.into_iter().map(policy));
        }
        Ok(list)
    }

    /// Settlements decided under a withdrawn document, from a row on, and the sums over all.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn differences(
        &mut self,
        digest: Digest,
        from_row: u64,
        rows: u32,
    ) -> Result<(Vec<DifferenceAnswer>, DifferenceTotalsAnswer), Status> {
        let request = v1::DifferencesRequest {
            digest: digest.as_bytes().to_vec(),
            from_row,
            rows,
        };
        let mut parts = self.client.differences(request).await?.into_inner();
        let mut list = Vec::new();
        while let Some(part) = parts.message().await? {
            match part.part {
                Some(v1::differences_response::Part::Page(page)) => {
                    for row in page.rows {
                        list.push(difference(row)?);
                    }
                }
                Some(v1::differences_response::Part::Totals(totals)) => {
                    return Ok((list, difference_totals(totals)?));
                }
                None => return Err(incomplete()),
            }
        }
        Err(incomplete())
    }

    /// Stored settlements of some days of care under another document; `each` hears how far it is.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn replay(
        &mut self,
        document: Vec<u8>,
        from: ServiceDate,
        to: ServiceDate,
        biggest: u32,
        mut each: impl FnMut(u64, u64),
    ) -> Result<Reviewed<ReplayAnswer>, Status> {
        let request = v1::ReplayRequest {
            document,
            from_day: from.to_string(),
            to_day: to.to_string(),
            biggest,
        };
        let mut parts: Streaming<v1::ReplayResponse> =
            self.client.replay(request).await?.into_inner();
        while let Some(part) = parts.message().await? {
            match part.part {
                Some(v1::replay_response::Part::Progress(it)) => each(it.read, it.replayed),
                Some(v1::replay_response::Part::Faults(it)) => {
                    return Ok(Err((faults(it.faults), it.fault_count)));
                }
                Some(v1::replay_response::Part::Result(it)) => return replayed(it).map(Ok),
                None => return Err(incomplete()),
            }
        }
        Err(incomplete())
    }
}

fn incomplete() -> Status {
    Status::internal("the node's answer is not whole / 节点应答不完整")
}

fn subject_to_wire(subject: Subject) -> i32 {
    let subject = match subject {
        Subject::Publication => v1::Subject::Publication,
        Subject::Withdrawal => v1::Subject::Withdrawal,
    };
    subject.into()
}

fn step(found: Option<v1::Policy>) -> Result<PolicyAnswer, Status> {
    found.map(policy).ok_or_else(incomplete)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn some<T: AsRef<[u8]>>(value: T, shown: impl FnOnce(T) -> String) -> Option<String> {
    (!value.as_ref().is_empty()).then(|| shown(value))
}

fn policy(found: v1::Policy) -> PolicyAnswer {
    let state = match found.standing() {
        v1::Standing::Unspecified => "unknown",
        v1::Standing::Proposed => "proposed",
        v1::Standing::Expired => "expired",
        v1::Standing::Rejected => "rejected",
        v1::Standing::Published => "published",
        v1::Standing::Superseded => "superseded",
        v1::Standing::Withdrawn => "withdrawn",
    };
    let digests = |list: &[Vec<u8>]| list.iter().map(|digest| hex(digest)).collect();
    PolicyAnswer {
        digest: hex(&found.digest),
        supersedes: digests(&found.supersedes),
        superseded_by: digests(&found.superseded_by),
        state,
        title: found.title,
        scheme: found.scheme,
        settings: found.settings,
        from: found.effective_from,
        until: some(found.effective_until, |day| day),
        proposed: found.proposed.map(act),
        approved: found.approved.map(act),
        rejected: found.rejected.map(act),
        reject_reason: some(found.reject_reason, |reason| reason),
        withdrawal: found.withdrawal.map(|it| WithdrawalAnswer {
            asked: it.asked.map(act),
            reason: it.reason,
            in_favour_of: some(it.in_favour_of, |digest| hex(&digest)),
            approved: it.approved.map(act),
        }),
    }
}

fn act(found: v1::Act) -> ActAnswer {
    let at = Timestamp::from_millis(found.at_ms);
    ActAnswer {
        officer: found.officer,
        at: at.map_or_else(|_| found.at_ms.to_string(), |at| at.to_string()),
    }
}

fn faults(found: Vec<v1::DocumentFault>) -> Vec<FaultAnswer> {
    let fault = |fault: v1::DocumentFault| FaultAnswer {
        line: fault.line,
        column: fault.column,
        path: fault.path,
        en: fault.message_en,
        zh: fault.message_zh,
    };
    found.into_iter().map(fault).collect()
}

fn moved(found: Option<v1::Moved>) -> Result<MovedAnswer, Status> {
    let v1::Moved { old_fen, new_fen } = found.ok_or_else(incomplete)?;
    let yuan = |fen: i64| Fen::new(fen).map(|fen| fen.to_string());
    let difference = SignedFen::new(new_fen.saturating_sub(old_fen));
    let (old, new) = (yuan(old_fen), yuan(new_fen));
    let (Ok(old), Ok(new), Ok(difference)) = (old, new, difference) else {
        return Err(incomplete());
    };
    Ok(MovedAnswer {
        old,
        new,
        difference: difference.to_string(),
    })
}

fn funds(found: Vec<v1::FundMoved>) -> Result<BTreeMap<&'static str, MovedAnswer>, Status> {
    let one = |it: v1::FundMoved| {
        let fund: Fund = fund_from_wire(it.fund, Path::root("fund")).map_err(|_| incomplete())?;
        Ok((fund.as_str(), moved(it.amount)?))
    };
    found.into_iter().map(one).collect()
}

fn difference(row: v1::Difference) -> Result<DifferenceAnswer, Status> {
    Ok(DifferenceAnswer {
        settlement: row.settlement,
        treatment_region: row.treatment_region,
        business_day: row.business_day,
        funds: funds(row.funds)?,
        patient: moved(row.patient)?,
        decided_by: some(row.decided_by, |digest| hex(&digest)),
        undecided: some(row.undecided, |why| why),
        provisional: row.provisional,
    })
}

fn difference_totals(totals: v1::DifferenceTotals) -> Result<DifferenceTotalsAnswer, Status> {
    Ok(DifferenceTotalsAnswer {
        settlements: totals.settlements,
        changed: totals.changed,
        undecided: totals.undecided,
        funds: funds(totals.funds)?,
        patient: moved(totals.patient)?,
    })
}

fn group(found: Option<v1::Group>) -> Result<GroupAnswer, Status> {
    let found = found.ok_or_else(incomplete)?;
    Ok(GroupAnswer {
        value: found.value,
        settlements: found.settlements,
        gaining: found.gaining,
        losing: found.losing,
        unchanged: found.unchanged,
        funds: moved(found.funds)?,
        patients: moved(found.patients)?,
    })
}

fn replayed(found: v1::ReplayResult) -> Result<ReplayAnswer, Status> {
    let axis = |it: v1::ReplayAxis| {
        let groups = it.groups.into_iter().map(|one| group(Some(one)));
        Ok((it.axis, groups.collect::<Result<_, Status>>()?))
    };
    let change = |it: v1::Change| Ok((it.settlement, moved(it.patient)?));
    let reason = |it: v1::Reason| (it.reason, it.settlements);
    Ok(ReplayAnswer {
        all: group(found.all)?,
        funds: funds(found.funds)?,
        axes: found
            .axes
            .into_iter()
            .map(axis)
            .collect::<Result<_, Status>>()?,
        undecided: found.undecided.into_iter().map(reason).collect(),
        biggest: found
            .biggest
            .into_iter()
            .map(change)
            .collect::<Result<_, Status>>()?,
    })
}
