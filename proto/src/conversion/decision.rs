//! Decisions on the wire, and in what a received one differs from one's own.
//!
//! A received decision is never turned into a core value: the home region computes its own and only
//! compares, so there is nothing to believe.

use huitong_core::canonical::Artifact;
use huitong_core::decision::{CeilingResult, Decision, LayerResult, SegmentResult};
use huitong_core::policy::layer::{Bounds, Payer};

use super::common::{fund_to_wire, parts_to_wire};
use crate::settlement::v1;

/// The wire form of a decision; the trace stays at home and in the explanation.
#[must_use]
pub fn decision_to_wire(decision: &Decision) -> v1::Decision {
    v1::Decision {
        engine: u32::from(decision.engine.0),
        policy: decision.policy.as_bytes().to_vec(),
        catalogue: decision.catalogue.as_bytes().to_vec(),
        total_fen: decision.total.get(),
        parts: Some(parts_to_wire(&decision.split)),
        layers: decision.layers.iter().map(layer_to_wire).collect(),
        fund_total_fen: decision.fund_total.get(),
        own_account_fen: decision.own_account.get(),
        family_account_fen: decision.family_account.get(),
        hospital_fen: decision.hospital.get(),
        cash_fen: decision.cash.get(),
        patient_total_fen: decision.patient_total.get(),
        digest: decision.digest().as_bytes().to_vec(),
    }
}

fn layer_to_wire(layer: &LayerResult) -> v1::LayerResult {
    let payer = match layer.payer {
        Payer::Fund(fund) => v1::layer_result::Payer::Fund(fund_to_wire(fund)),
        Payer::Hospital => v1::layer_result::Payer::Hospital(true),
        Payer::Given(name) => v1::layer_result::Payer::Given(name.to_string()),
    };
    v1::LayerResult {
        id: layer.id.to_string(),
        payer: Some(payer),
        base_fen: layer.base.get(),
        before_fen: layer.before.get(),
        start_fen: layer.start.get(),
        segments: layer.segments.iter().map(segment_to_wire).collect(),
        ceiling: layer.ceiling.as_ref().map(ceiling_to_wire),
        floor_extra_fen: layer.floor_extra.get(),
        left_start_fen: layer.left.start.get(),
        left_share_fen: layer.left.share.get(),
        left_above_fen: layer.left.above.get(),
        paid_fen: layer.paid.get(),
    }
}

fn segment_to_wire(segment: &SegmentResult) -> v1::SegmentResult {
    v1::SegmentResult {
        from_fen: segment.from.get(),
        to_fen: segment.to.get(),
        ratio: segment.ratio.to_string(),
        amount_fen: segment.amount.get(),
    }
}

fn ceiling_to_wire(ceiling: &CeilingResult) -> v1::CeilingResult {
    let bounds = match ceiling.bounds {
        Bounds::Scope => v1::Bounds::Scope,
        Bounds::Payment => v1::Bounds::Payment,
    };
    v1::CeilingResult {
        bounds: bounds.into(),
        limit_fen: ceiling.limit.get(),
        room_fen: ceiling.room.get(),
    }
}

/// The first field in which a received decision differs from one's own, with both values.
#[must_use]
pub fn first_difference(own: &Decision, received: &v1::Decision) -> Option<String> {
    let own = decision_to_wire(own);
    if own == *received {
        return None;
    }
    let scalars = [
        ("engine", i64::from(own.engine), i64::from(received.engine)),
        ("total_fen", own.total_fen, received.total_fen),
        (
            "layers",
            count(own.layers.len()),
            count(received.layers.len()),
        ),
    ];
    let digests = [
        ("policy", &own.policy, &received.policy),
        ("catalogue", &own.catalogue, &received.catalogue),
    ];
    let layers = own
        .layers
        .iter()
        .zip(&received.layers)
        .find_map(|(mine, theirs)| {
            (mine != theirs).then(|| {
                format!(
                    "layers.{}: paid {} here, {} received",
                    mine.id, mine.paid_fen, theirs.paid_fen
                )
            })
        });
    let sums = [
        (
            "fund_total_fen",
            own.fund_total_fen,
            received.fund_total_fen,
        ),
        (
            "own_account_fen",
            own.own_account_fen,
            received.own_account_fen,
        ),
        (
            "family_account_fen",
            own.family_account_fen,
            received.family_account_fen,
        ),
        ("hospital_fen", own.hospital_fen, received.hospital_fen),
        ("cash_fen", own.cash_fen, received.cash_fen),
        (
            "patient_total_fen",
            own.patient_total_fen,
            received.patient_total_fen,
        ),
    ];
    let differs = |(name, mine, theirs): (&str, i64, i64)| {
        (mine != theirs).then(|| format!("{name}: {mine} here, {theirs} received"))
    };
    scalars
        .into_iter()
        .find_map(differs)
        .or_else(|| {
            digests
                .into_iter()
                .find_map(|(name, mine, theirs)| (mine != theirs).then(|| name.to_owned()))
        })
        .or_else(|| (own.parts != received.parts).then(|| "parts".to_owned()))
        .or(layers)
        .or_else(|| sums.into_iter().find_map(differs))
        .or_else(|| Some("digest".to_owned()))
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
