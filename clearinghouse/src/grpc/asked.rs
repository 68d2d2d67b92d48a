//! What officers ask for, read from their messages.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_netting::{Member, Scenario};
use huitong_proto::clearing::v1;
use huitong_proto::conversion::common::fund_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use tonic::Status;

use super::status::{malformed, status};
use crate::decide::{DaySuppose, Named};
use crate::refusal::{ClearingCode, Refusal};

/// What is supposed of some days.
pub(super) fn suppose(request: &v1::WhatIfRequest) -> Result<DaySuppose, WireFault> {
    let path = Path::root("moves");
    let mut moves = BTreeMap::new();
    for (at, of) in request.moves.iter().enumerate() {
        let path = path.item(at);
        let from = path.field("from").parse(&of.from, BusinessDay::parse)?;
        let to = path.field("to").parse(&of.to, BusinessDay::parse)?;
        if moves.insert(from, to).is_some() {
            return Err(path.wrong("is moved twice"));
        }
    }
    Ok(DaySuppose {
        scenario: scenario(&request.without, &request.unpaid)?,
        late: members("late", &request.late)?,
        days_late: request.days_late,
        moves,
    })
}

/// What is supposed of a day or of a month.
pub(super) fn scenario(without: &[String], unpaid: &[String]) -> Result<Scenario, WireFault> {
    Ok(Scenario {
        without: members("without", without)?,
        unpaid: members("unpaid", unpaid)?,
    })
}

/// Members by their codes, each once.
pub(super) fn members(
    field: &'static str,
    codes: &[String],
) -> Result<BTreeSet<Member>, WireFault> {
    let path = Path::root(field);
    let member = |(at, code): (usize, &String)| {
        let parsed = path.item(at).parse(code, RegionCode::parse);
        parsed.map(Member::new)
    };
    codes.iter().enumerate().map(member).collect()
}

/// What an officer wants to leave out of a cycle.
pub(super) fn named(request: &v1::ReopenRequest) -> Result<Named, WireFault> {
    let (legs, rows) = (Path::root("legs"), Path::root("rows"));
    let leg = |(at, place): (usize, &v1::StreamPlace)| {
        let region = legs
            .item(at)
            .field("region")
            .parse(&place.region, RegionCode::parse)?;
        Ok((region, place.number))
    };
    let row = |(at, row): (usize, &v1::CycleRow)| {
        let path = rows.item(at);
        Ok(Pair {
            debtor: path.field("debtor").parse(&row.debtor, RegionCode::parse)?,
            creditor: path
                .field("creditor")
                .parse(&row.creditor, RegionCode::parse)?,
            fund: fund_from_wire(row.fund, path.field("fund"))?,
        })
    };
    Ok(Named {
        legs: request
            .legs
            .iter()
            .enumerate()
            .map(leg)
            .collect::<Result<_, WireFault>>()?,
        rows: request
            .rows
            .iter()
            .enumerate()
            .map(row)
            .collect::<Result<_, WireFault>>()?,
    })
}

/// The marks of a cycle, each region once.
pub(super) fn marks_of(marks: &[v1::Mark]) -> Result<BTreeMap<RegionCode, u64>, Status> {
    let mut read = BTreeMap::new();
    for (at, mark) in marks.iter().enumerate() {
        let path = Path::root("marks");
        let path = path.item(at);
        let region = path.field("region");
        let code = region
            .parse(&mark.region, RegionCode::parse)
            .map_err(|fault| malformed(&fault))?;
        if read.insert(code, mark.up_to).is_some() {
            let twice = format_args!("{code} twice");
            return Err(status(&Refusal::new(ClearingCode::CycleBadMarks, twice)));
        }
    }
    Ok(read)
}

/// The digest that a plan must come to, if one was given.
pub(super) fn expected(digest: &[u8]) -> Result<Option<Digest>, Status> {
    if digest.is_empty() {
        return Ok(None);
    }
    let bytes = <[u8; 32]>::try_from(digest);
    let bytes = bytes.map_err(|_| {
        let detail = "digest: 32 bytes or none";
        status(&Refusal::general(RefusalCode::Malformed, detail))
    })?;
    Ok(Some(Digest::from_bytes(bytes)))
}

/// A business day.
pub(super) fn day(text: &str) -> Result<BusinessDay, Status> {
    let path = Path::root("business_day");
    path.parse(text, BusinessDay::parse)
        .map_err(|fault| malformed(&fault))
}
