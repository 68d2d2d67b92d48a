//! Rows, spans and legs of attestation.

use huitong_core::checkpoint::row::{Pair, Row};
use huitong_core::checkpoint::search::{Looked, Part, Span};
use huitong_core::date::BusinessDay;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKey};
use huitong_core::region::RegionCode;

use super::common::{fund_from_wire, fund_to_wire};
use super::field::{Path, WireFault};
use super::leg::{leg_kind_from_wire, leg_kind_to_wire};
use crate::clearing::v1;

/// The wire form of a pair.
#[must_use]
pub fn pair_to_wire(pair: Pair) -> v1::RowPair {
    v1::RowPair {
        debtor: pair.debtor.to_string(),
        creditor: pair.creditor.to_string(),
        fund: fund_to_wire(pair.fund),
    }
}

/// Reads a pair.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn pair_from_wire(pair: Option<&v1::RowPair>, path: Path<'_>) -> Result<Pair, WireFault> {
    let pair = path.required(pair)?;
    Ok(Pair {
        debtor: path
            .field("debtor")
            .parse(&pair.debtor, RegionCode::parse)?,
        creditor: path
            .field("creditor")
            .parse(&pair.creditor, RegionCode::parse)?,
        fund: fund_from_wire(pair.fund, path.field("fund"))?,
    })
}

/// The wire form of a row.
#[must_use]
pub fn row_to_wire(row: &Row) -> v1::AttestedRow {
    v1::AttestedRow {
        pair: Some(pair_to_wire(row.pair)),
        legs: row.legs,
        amount_fen: row.amount.get(),
        root: row.pair_root.as_bytes().to_vec(),
    }
}

/// Reads a row.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn row_from_wire(row: &v1::AttestedRow, path: Path<'_>) -> Result<Row, WireFault> {
    Ok(Row {
        pair: pair_from_wire(row.pair.as_ref(), path.field("pair"))?,
        legs: row.legs,
        amount: path.field("amount_fen").fen(row.amount_fen)?,
        pair_root: path.field("root").digest(&row.root)?,
    })
}

/// The wire form of a place.
#[must_use]
pub fn place_to_wire((settlement, kind): LegKey) -> v1::LegPlace {
    v1::LegPlace {
        settlement: settlement.to_string(),
        kind: leg_kind_to_wire(kind),
    }
}

/// Reads a place.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn place_from_wire(place: &v1::LegPlace, path: Path<'_>) -> Result<LegKey, WireFault> {
    let settlement = path
        .field("settlement")
        .parse(&place.settlement, SettlementId::parse)?;
    let kind = leg_kind_from_wire(place.kind, path.field("kind"))?;
    Ok((settlement, kind))
}

/// The wire form of a span.
#[must_use]
pub fn span_to_wire(span: Span) -> v1::Span {
    v1::Span {
        from: span.from.map(place_to_wire),
        to: span.to.map(place_to_wire),
    }
}

/// Reads a span.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn span_from_wire(span: &v1::Span, path: Path<'_>) -> Result<Span, WireFault> {
    let place = |place: Option<&v1::LegPlace>, path: Path<'_>| {
        place.map(|place| place_from_wire(place, path)).transpose()
    };
    Ok(Span {
        from: place(span.from.as_ref(), path.field("from"))?,
        to: place(span.to.as_ref(), path.field("to"))?,
    })
}

/// The wire form of what is found in a span.
#[must_use]
pub fn looked_to_wire(looked: &Looked) -> v1::Looked {
    let found = match looked {
        Looked::Parts(parts) => {
            let parts = parts.iter().map(|part| v1::Part {
                span: Some(span_to_wire(part.span)),
                legs: part.legs,
                root: part.root.as_bytes().to_vec(),
            });
            v1::looked::Found::Parts(v1::Parts {
                parts: parts.collect(),
            })
        }
        Looked::Legs(legs) => v1::looked::Found::Legs(v1::FewLegs {
            legs: legs.iter().map(body_to_wire).collect(),
        }),
    };
    v1::Looked { found: Some(found) }
}

/// Reads what is found in a span.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn looked_from_wire(looked: &v1::Looked, path: Path<'_>) -> Result<Looked, WireFault> {
    match path.required(looked.found.as_ref())? {
        v1::looked::Found::Parts(parts) => {
            let path = path.field("parts");
            let parts = parts.parts.iter().enumerate().map(|(at, part)| {
                let path = path.item(at);
                let span = path.field("span");
                Ok(Part {
                    span: span_from_wire(span.required(part.span.as_ref())?, span)?,
                    legs: part.legs,
                    root: path.field("root").digest(&part.root)?,
                })
            });
            Ok(Looked::Parts(parts.collect::<Result<_, WireFault>>()?))
        }
        v1::looked::Found::Legs(legs) => {
            let path = path.field("legs");
            let legs = legs.legs.iter().enumerate();
            let legs = legs.map(|(at, leg)| body_from_wire(leg, path.item(at)));
            Ok(Looked::Legs(legs.collect::<Result<_, WireFault>>()?))
        }
    }
}

/// The wire form of a leg without its number.
#[must_use]
pub fn body_to_wire(leg: &Leg) -> v1::LegBody {
    v1::LegBody {
        settlement: leg.settlement.to_string(),
        debtor: leg.debtor.to_string(),
        creditor: leg.creditor.to_string(),
        fund: fund_to_wire(leg.fund),
        amount_fen: leg.amount.get(),
        business_day: leg.business_day.to_string(),
        receipt: leg.receipt.as_bytes().to_vec(),
        kind: leg_kind_to_wire(leg.kind),
    }
}

/// Reads a leg without its number.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn body_from_wire(leg: &v1::LegBody, path: Path<'_>) -> Result<Leg, WireFault> {
    let amount = path.field("amount_fen").fen(leg.amount_fen)?;
    if amount.is_zero() {
        return Err(path.field("amount_fen").wrong("is above zero"));
    }
    Ok(Leg {
        settlement: path
            .field("settlement")
            .parse(&leg.settlement, SettlementId::parse)?,
        kind: leg_kind_from_wire(leg.kind, path.field("kind"))?,
        debtor: path.field("debtor").parse(&leg.debtor, RegionCode::parse)?,
        creditor: path
            .field("creditor")
            .parse(&leg.creditor, RegionCode::parse)?,
        fund: fund_from_wire(leg.fund, path.field("fund"))?,
        amount,
        business_day: path
            .field("business_day")
            .parse(&leg.business_day, BusinessDay::parse)?,
        receipt: path.field("receipt").digest(&leg.receipt)?,
    })
}
