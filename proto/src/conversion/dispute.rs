//! Disputes between regions.

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::dispute::course::{Ground, Proposal, Settled};
use huitong_core::dispute::name::{DisputeName, Subject};
use huitong_core::dispute::seen::DisputeSeen;
use huitong_core::dispute::step::{Ruling, Settling};
use huitong_core::dispute::word::{Claim, Reply};
use huitong_core::id::SettlementId;
use huitong_core::officer::OfficerName;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{DecisionReason, DisputeReason, DisputeStage, RejectionReason};

use super::common::{fund_from_wire, fund_to_wire};
use super::field::{Path, WireFault, wire_enum};
use super::leg::{leg_kind_from_wire, leg_kind_to_wire};
use crate::clearing::v1;

wire_enum!(
    dispute_reason_to_wire,
    dispute_reason_from_wire,
    DisputeReason,
    v1::DisputeReason {
        NotInsuredHere,
        NotTreated,
        AmountWrong,
        AlreadyReversed,
        PaidElsewhere,
        WrongFund,
        RulesMisapplied,
        DeductionMissing,
        NotReported,
    }
);

wire_enum!(
    rejection_reason_to_wire,
    rejection_reason_from_wire,
    RejectionReason,
    v1::RejectionReason {
        Stands,
        EvidenceMissing,
        OutOfTerm,
        NotOurDuty,
    }
);

wire_enum!(
    decision_reason_to_wire,
    decision_reason_from_wire,
    DecisionReason,
    v1::DecisionReason {
        ClaimProven,
        PartlyProven,
        NotProven,
        NotAnswered,
    }
);

wire_enum!(
    dispute_stage_to_wire,
    dispute_stage_from_wire,
    DisputeStage,
    v1::DisputeStage {
        Raised,
        Answered,
        Escalated,
        Settled,
        Withdrawn,
    }
);

/// Reads a dispute's name.
///
/// # Errors
/// [`WireFault`] when it is none.
pub fn dispute_name_from_wire(name: &str, path: Path<'_>) -> Result<DisputeName, WireFault> {
    path.parse(name, str::parse::<DisputeName>)
}

fn subject_to_wire(subject: &Subject) -> v1::DisputeSubject {
    let pair = subject.pair();
    let (settlement, kind, business_day) = match subject {
        Subject::Debt {
            settlement, kind, ..
        } => (
            settlement.to_string(),
            leg_kind_to_wire(*kind),
            String::new(),
        ),
        Subject::Row { day, .. } => (String::new(), 0, day.to_string()),
    };
    v1::DisputeSubject {
        settlement,
        kind,
        business_day,
        debtor: pair.debtor.to_string(),
        creditor: pair.creditor.to_string(),
        fund: fund_to_wire(pair.fund),
    }
}

fn subject_from_wire(
    subject: Option<v1::DisputeSubject>,
    path: Path<'_>,
) -> Result<Subject, WireFault> {
    let subject = path.required(subject)?;
    let region = |name, text: &str| path.field(name).parse(text, RegionCode::parse);
    let pair = Pair {
        debtor: region("debtor", &subject.debtor)?,
        creditor: region("creditor", &subject.creditor)?,
        fund: fund_from_wire(subject.fund, path.field("fund"))?,
    };
    let day = path
        .field("business_day")
        .optional(&subject.business_day, BusinessDay::parse)?;
    let settlement = path
        .field("settlement")
        .optional(&subject.settlement, SettlementId::parse)?;
    match (day, settlement) {
        (Some(day), None) => Ok(Subject::Row { day, pair }),
        (None, Some(settlement)) => Ok(Subject::Debt {
            settlement,
            kind: leg_kind_from_wire(subject.kind, path.field("kind"))?,
            pair,
        }),
        (Some(_), Some(_)) | (None, None) => {
            Err(path.wrong("names a settlement or a business day, not both"))
        }
    }
}

/// The wire form of a claim.
#[must_use]
pub fn dispute_claim_to_wire(claim: &Claim) -> v1::DisputeClaim {
    v1::DisputeClaim {
        subject: Some(subject_to_wire(&claim.subject)),
        amount_fen: claim.amount.get(),
        reason: dispute_reason_to_wire(claim.reason),
    }
}

/// Reads a claim.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn dispute_claim_from_wire(
    claim: Option<v1::DisputeClaim>,
    path: Path<'_>,
) -> Result<Claim, WireFault> {
    let claim = path.required(claim)?;
    Ok(Claim {
        subject: subject_from_wire(claim.subject, path.field("subject"))?,
        amount: path.field("amount_fen").fen(claim.amount_fen)?,
        reason: dispute_reason_from_wire(claim.reason, path.field("reason"))?,
    })
}

/// The wire form of an answer.
#[must_use]
pub fn dispute_reply_to_wire(reply: &Reply) -> v1::DisputeReply {
    use v1::dispute_reply::Reply as Wire;
    let reply = match reply {
        Reply::Accepted => Wire::Accepted(v1::Nothing {}),
        Reply::Partly(amount) => Wire::PartlyFen(amount.get()),
        Reply::Rejected(reason) => Wire::Rejected(rejection_reason_to_wire(*reason)),
    };
    v1::DisputeReply { reply: Some(reply) }
}

/// Reads an answer.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn dispute_reply_from_wire(
    reply: Option<v1::DisputeReply>,
    path: Path<'_>,
) -> Result<Reply, WireFault> {
    use v1::dispute_reply::Reply as Wire;
    let reply = path.required(reply)?.reply;
    Ok(match path.required(reply)? {
        Wire::Accepted(v1::Nothing {}) => Reply::Accepted,
        Wire::PartlyFen(fen) => Reply::Partly(path.field("partly_fen").fen(fen)?),
        Wire::Rejected(reason) => {
            Reply::Rejected(rejection_reason_from_wire(reason, path.field("rejected"))?)
        }
    })
}

/// The wire form of a decision.
#[must_use]
pub fn dispute_ruling_to_wire(ruling: &Ruling) -> v1::DisputeRuling {
    v1::DisputeRuling {
        amount_fen: ruling.amount.get(),
        reason: decision_reason_to_wire(ruling.reason),
    }
}

/// Reads a decision.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn dispute_ruling_from_wire(
    ruling: Option<v1::DisputeRuling>,
    path: Path<'_>,
) -> Result<Ruling, WireFault> {
    let ruling = path.required(ruling)?;
    Ok(Ruling {
        amount: path.field("amount_fen").fen(ruling.amount_fen)?,
        reason: decision_reason_from_wire(ruling.reason, path.field("reason"))?,
    })
}

fn settled_to_wire(settled: &Settled) -> v1::DisputeSettled {
    let by = match settled.ground {
        Ground::Conceded => v1::SettledBy::Conceded,
        Ground::Accepted => v1::SettledBy::Accepted,
        Ground::Stood => v1::SettledBy::Stood,
        Ground::Decided { .. } => v1::SettledBy::Decided,
    };
    let wire = v1::DisputeSettled {
        amount_fen: settled.amount.get(),
        by: by.into(),
        number: settled.settling.number,
        business_day: settled.settling.day.to_string(),
        at_ms: settled.at.as_millis(),
        ..v1::DisputeSettled::default()
    };
    match &settled.ground {
        Ground::Conceded | Ground::Accepted | Ground::Stood => wire,
        Ground::Decided {
            ruling,
            proposer,
            confirmer,
        } => v1::DisputeSettled {
            ruling: Some(dispute_ruling_to_wire(ruling)),
            proposer: proposer.to_string(),
            confirmer: confirmer.to_string(),
            ..wire
        },
    }
}

fn settled_from_wire(settled: v1::DisputeSettled, path: Path<'_>) -> Result<Settled, WireFault> {
    let officer = |name, text: &str| path.field(name).parse(text, OfficerName::parse);
    let ground = match v1::SettledBy::try_from(settled.by) {
        Ok(v1::SettledBy::Conceded) => Ground::Conceded,
        Ok(v1::SettledBy::Accepted) => Ground::Accepted,
        Ok(v1::SettledBy::Stood) => Ground::Stood,
        Ok(v1::SettledBy::Decided) => Ground::Decided {
            ruling: dispute_ruling_from_wire(settled.ruling, path.field("ruling"))?,
            proposer: officer("proposer", &settled.proposer)?,
            confirmer: officer("confirmer", &settled.confirmer)?,
        },
        Ok(v1::SettledBy::Unspecified) | Err(_) => return Err(path.field("by").missing()),
    };
    Ok(Settled {
        amount: path.field("amount_fen").fen(settled.amount_fen)?,
        ground,
        settling: Settling {
            number: settled.number,
            day: path
                .field("business_day")
                .parse(&settled.business_day, BusinessDay::parse)?,
        },
        at: moment(settled.at_ms, path.field("at_ms"))?,
    })
}

fn moment(ms: i64, path: Path<'_>) -> Result<Timestamp, WireFault> {
    Timestamp::from_millis(ms).map_err(|fault| path.wrong(fault))
}

/// The wire form of a dispute.
#[must_use]
pub fn dispute_to_wire(seen: &DisputeSeen) -> v1::Dispute {
    v1::Dispute {
        name: seen.name.to_string(),
        respondent: seen.respondent.to_string(),
        claim: Some(dispute_claim_to_wire(&seen.claim)),
        raised_at_ms: seen.raised.as_millis(),
        days_old: seen.days_old,
        stage: dispute_stage_to_wire(seen.stage),
        reply: seen.reply.as_ref().map(dispute_reply_to_wire),
        due: seen.due.map(|due| due.to_string()).unwrap_or_default(),
        days_late: seen.days_late,
        proposal: seen.proposal.as_ref().map(|proposal| v1::DisputeProposal {
            ruling: Some(dispute_ruling_to_wire(&proposal.ruling)),
            officer: proposal.by.to_string(),
        }),
        settled: seen.settled.as_ref().map(settled_to_wire),
    }
}

/// Reads a dispute.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn dispute_from_wire(
    dispute: Option<v1::Dispute>,
    path: Path<'_>,
) -> Result<DisputeSeen, WireFault> {
    let dispute = path.required(dispute)?;
    let reply = dispute.reply;
    let reply = reply.map(|reply| dispute_reply_from_wire(Some(reply), path.field("reply")));
    let proposal = dispute.proposal.map(|proposal| {
        let path = path.field("proposal");
        let by = path.field("officer");
        Ok::<_, WireFault>(Proposal {
            ruling: dispute_ruling_from_wire(proposal.ruling, path.field("ruling"))?,
            by: by.parse(&proposal.officer, OfficerName::parse)?,
        })
    });
    let settled = dispute.settled;
    let settled = settled.map(|settled| settled_from_wire(settled, path.field("settled")));
    Ok(DisputeSeen {
        name: dispute_name_from_wire(&dispute.name, path.field("name"))?,
        respondent: path
            .field("respondent")
            .parse(&dispute.respondent, RegionCode::parse)?,
        claim: dispute_claim_from_wire(dispute.claim, path.field("claim"))?,
        raised: moment(dispute.raised_at_ms, path.field("raised_at_ms"))?,
        days_old: dispute.days_old,
        stage: dispute_stage_from_wire(dispute.stage, path.field("stage"))?,
        reply: reply.transpose()?,
        due: path
            .field("due")
            .optional(&dispute.due, BusinessDay::parse)?,
        days_late: dispute.days_late,
        proposal: proposal.transpose()?,
        settled: settled.transpose()?,
    })
}

#[cfg(test)]
mod tests;
