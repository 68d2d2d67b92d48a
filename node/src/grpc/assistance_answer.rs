//! What an officer's client reads of assistance on a year's totals: amounts in fen, ids as text.

use std::collections::BTreeMap;

use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::id::RequestId;
use huitong_core::person::PsnNo;
use huitong_core::vocabulary::{AssistanceEndReason, NotCounted};
use huitong_proto::common::v1 as common;
use huitong_proto::conversion::assistance::{assistance_end_from_wire, not_counted_from_wire};
use huitong_proto::conversion::common::fund_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::layer_result::Payer;

/// A settlement of the year: whose id, which, and what of it is in scope and was paid, in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedAnswer {
    /// Whose id it is.
    pub treatment: String,
    /// Its id.
    pub settlement: String,
    /// Its cost in scope.
    pub in_scope_fen: i64,
    /// What of that was paid.
    pub paid_fen: i64,
}

/// A settlement of the year that is not counted, and why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncountedAnswer {
    /// Whose id it is.
    pub treatment: String,
    /// Its id.
    pub settlement: String,
    /// Why not.
    pub why: NotCounted,
}

/// An assessed year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearAnswer {
    /// Whose.
    pub psn_no: String,
    /// The day on which need was found.
    pub on: String,
    /// What is counted.
    pub counted: Vec<CountedAnswer>,
    /// What is not.
    pub uncounted: Vec<UncountedAnswer>,
    /// As whose care it is decided.
    pub decided_as: String,
    /// Settlements outside Huitong, none of which is counted: how many, and their bills in fen.
    pub outside: (u64, i64),
    /// The cost in scope, in fen.
    pub in_scope_fen: i64,
    /// What each fund pays on the year, in fen.
    pub pays: Vec<(Fund, i64)>,
    /// What the person still bears of the cost in scope, in fen.
    pub left_fen: i64,
    /// What is added to totals: total, stretch, key, and fen or a count.
    pub changes: Vec<(String, String, String, i64)>,
    /// What names it.
    pub digest: Digest,
    /// The decision step by step, Chinese and English.
    pub explanation: Vec<(String, String)>,
}

/// A grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantAnswer {
    /// `act_…`
    pub grant: String,
    /// What was granted.
    pub year: YearAnswer,
    /// The officer's own id of it.
    pub request_id: String,
    /// The officer.
    pub officer: String,
    /// Why it was withdrawn, and by whom.
    pub end: Option<(AssistanceEndReason, String)>,
}

/// What funds pay, in fen, or why they pay nothing: the code and what it is about.
pub type OutcomeAnswer = Result<Vec<(Fund, i64)>, String>;

/// A grant that would come out differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferenceAnswer {
    /// The grant.
    pub granted: GrantAnswer,
    /// What it would have paid on what stands now.
    pub then: OutcomeAnswer,
    /// What withdrawing it and granting anew would pay.
    pub anew: OutcomeAnswer,
    /// Settlements that it counted and that count no more.
    pub gone: Vec<String>,
    /// Settlements that count and that it did not count.
    pub come: Vec<String>,
}

/// A person who is entitled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntitledAnswer {
    /// Who.
    pub psn_no: PsnNo,
    /// What names their year.
    pub digest: Digest,
    /// What each fund pays, in fen.
    pub pays: Vec<(Fund, i64)>,
    /// The id under which the run grants it; none without a run.
    pub request: Option<RequestId>,
    /// The run's grant that stands; empty when there is none.
    pub granted: String,
}

/// Counts and sums over everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EveryoneAnswer {
    /// People with settlements.
    pub people: u64,
    /// To whom something would be granted, those of the run included.
    pub entitled: u64,
    /// To whom the run granted it already.
    pub granted: u64,
    /// Whom the policy helps with nothing.
    pub nothing: u64,
    /// How many are refused, by code.
    pub refused: Vec<(String, u64)>,
    /// What each fund pays in all, in fen.
    pub pays: Vec<(Fund, i64)>,
    /// What names all of it.
    pub digest: Digest,
}

pub(super) fn entitled(told: &v1::EntitledPerson) -> Result<EntitledAnswer, WireFault> {
    let path = Path::root("person");
    Ok(EntitledAnswer {
        psn_no: path.field("psn_no").parse(&told.psn_no, PsnNo::parse)?,
        digest: path.field("digest").digest(&told.digest)?,
        pays: funds(&told.pays)?,
        request: path
            .field("request_id")
            .optional(&told.request_id, RequestId::parse)?,
        granted: told.granted.clone(),
    })
}

pub(super) fn everyone(told: v1::EveryoneAssessed) -> Result<EveryoneAnswer, WireFault> {
    let refused = told.refused.into_iter();
    Ok(EveryoneAnswer {
        people: told.people,
        entitled: told.entitled,
        granted: told.granted,
        nothing: told.nothing,
        refused: refused.map(|it| (it.code, it.people)).collect(),
        pays: funds(&told.pays)?,
        digest: Path::root("digest").digest(&told.digest)?,
    })
}

pub(super) fn difference(told: v1::AssistanceDifference) -> Result<DifferenceAnswer, WireFault> {
    Ok(DifferenceAnswer {
        granted: granted(told.granted)?,
        then: outcome(&told.then, told.then_refused)?,
        anew: outcome(&told.anew, told.anew_refused)?,
        gone: told.gone,
        come: told.come,
    })
}

fn outcome(
    pays: &[common::FundAmount],
    refused: Option<common::Refusal>,
) -> Result<OutcomeAnswer, WireFault> {
    if let Some(refused) = refused {
        return Ok(Err(format!("{}: {}", refused.code, refused.detail)));
    }
    funds(pays).map(Ok)
}

fn funds(pays: &[common::FundAmount]) -> Result<Vec<(Fund, i64)>, WireFault> {
    let path = Path::root("pays");
    let read = pays.iter().map(|it| {
        let fund = fund_from_wire(it.fund, path.field("fund"))?;
        Ok((fund, it.amount_fen))
    });
    read.collect()
}

pub(super) fn granted(told: Option<v1::GrantedAssistance>) -> Result<GrantAnswer, WireFault> {
    let path = Path::root("granted");
    let told = path.required(told)?;
    let end = match told.end {
        None => None,
        Some(end) => {
            let reason = assistance_end_from_wire(end.reason, path.field("reason"))?;
            Some((reason, end.officer))
        }
    };
    Ok(GrantAnswer {
        grant: told.grant,
        year: year(told.year, path.field("year"))?,
        request_id: told.request_id,
        officer: told.officer,
        end,
    })
}

pub(super) fn year(
    told: Option<v1::AssessedYear>,
    path: Path<'_>,
) -> Result<YearAnswer, WireFault> {
    let told = path.required(told)?;
    let decision = path.field("decision").required(told.decision)?;
    let mut pays: BTreeMap<Fund, i64> = BTreeMap::new();
    for layer in &decision.layers {
        if let Some(Payer::Fund(fund)) = layer.payer
            && layer.paid_fen != 0
        {
            let fund = fund_from_wire(fund, path.field("fund"))?;
            let sum = pays.entry(fund).or_default();
            *sum = sum.saturating_add(layer.paid_fen);
        }
    }
    let uncounted = told.uncounted.into_iter().map(|it| {
        Ok(UncountedAnswer {
            treatment: it.treatment,
            settlement: it.settlement,
            why: not_counted_from_wire(it.why, path.field("why"))?,
        })
    });
    let counted = told.counted.into_iter().map(|it| CountedAnswer {
        treatment: it.treatment,
        settlement: it.settlement,
        in_scope_fen: it.in_scope_fen,
        paid_fen: it.paid_fen,
    });
    let changes = told.changes.into_iter();
    let explanation = told.explanation.into_iter();
    Ok(YearAnswer {
        psn_no: told.psn_no,
        on: told.on,
        counted: counted.collect(),
        uncounted: uncounted.collect::<Result<_, WireFault>>()?,
        decided_as: told.decided_as,
        outside: (told.outside, told.outside_fen),
        in_scope_fen: decision.total_fen,
        pays: pays.into_iter().collect(),
        left_fen: decision.patient_total_fen,
        changes: changes
            .map(|it| (it.total, it.stretch, it.key, it.adds))
            .collect(),
        digest: path.field("digest").digest(&told.digest)?,
        explanation: explanation.map(|said| (said.zh, said.en)).collect(),
    })
}
