//! The clearing month: as it stands, and a region's rows of it.

use huitong_core::checkpoint::row::Pair;
use huitong_core::checkpoint::witness::FindingKind;
use huitong_core::clearing_month::own::{
    InstitutionsSaid, MonthDayFault, MonthLines, OwnMonth, OwnMonthRow,
};
use huitong_core::clearing_month::row::{Belongs, MonthItem, MonthRow};
use huitong_core::clearing_month::seen::{MonthSeen, SaidSeen};
use huitong_core::clearing_month::word::ObjectedRow;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::Digest;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{MonthObjection, MonthStage};

use super::common::{fund_from_wire, fund_to_wire};
use super::field::{Path, WireFault, wire_enum};
use super::leg::{leg_kind_from_wire, leg_kind_to_wire};
use crate::clearing::v1;

wire_enum!(
    month_stage_to_wire,
    month_stage_from_wire,
    MonthStage,
    v1::MonthStage {
        DrawnUp,
        Signed,
        Answered,
        Approved
    }
);

wire_enum!(
    month_objection_to_wire,
    month_objection_from_wire,
    MonthObjection,
    v1::MonthObjection {
        BookDiffers,
        NotConfirmed,
        UnderCheck,
        InDispute
    }
);

wire_enum!(
    month_belongs_to_wire,
    month_belongs_from_wire,
    Belongs,
    v1::MonthBelongs { ToMonth, ToEarlier }
);

/// Reads a month.
///
/// # Errors
/// [`WireFault`] when it is none.
pub fn month_from_wire(month: &str, path: Path<'_>) -> Result<Month, WireFault> {
    path.parse(month, Month::parse)
}

/// Reads a month's digest.
///
/// # Errors
/// [`WireFault`] when it is none.
pub fn month_digest_from_wire(digest: &[u8], path: Path<'_>) -> Result<Digest, WireFault> {
    let bytes = <[u8; 32]>::try_from(digest);
    let bytes = bytes.map_err(|_| path.wrong("a digest has 32 bytes / 摘要应为32字节"))?;
    Ok(Digest::from_bytes(bytes))
}

/// The wire form of a month as it stands.
#[must_use]
pub fn month_to_wire(seen: &MonthSeen) -> v1::Month {
    let regions = seen.regions.iter().map(|(region, said)| v1::MonthRegion {
        region: region.to_string(),
        said: said.is_some(),
        objected: said.as_ref().map_or(0, |said| said.objected),
        officer: said
            .as_ref()
            .map(|said| said.officer.to_string())
            .unwrap_or_default(),
        at_ms: said.as_ref().map_or(0, |said| said.at.as_millis()),
    });
    let approvals = seen
        .approvals
        .iter()
        .map(|(officer, at)| v1::MonthApproval {
            officer: officer.to_string(),
            at_ms: at.as_millis(),
        });
    v1::Month {
        month: seen.month.to_string(),
        digest: seen.digest.as_bytes().to_vec(),
        first_plan: seen.plans.0,
        last_plan: seen.plans.1,
        rows: seen.rows,
        stage: month_stage_to_wire(seen.stage),
        drawn_by: seen.drawn_by.to_string(),
        drawn_at_ms: seen.drawn_at.as_millis(),
        confirm_by: seen.confirm_by.to_string(),
        days_late: seen.days_late,
        regions: regions.collect(),
        approvals: approvals.collect(),
    }
}

/// Reads a month as it stands.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn month_seen_from_wire(
    month: Option<v1::Month>,
    path: Path<'_>,
) -> Result<MonthSeen, WireFault> {
    let month = path.required(month)?;
    let moment = |millis: i64, field: &'static str| moment(millis, path.field(field));
    let mut regions = Vec::with_capacity(month.regions.len());
    for region in &month.regions {
        let at = path.field("regions");
        let code = at.parse(&region.region, RegionCode::parse)?;
        let said = if region.said {
            Some(SaidSeen {
                objected: region.objected,
                officer: at.parse(&region.officer, OfficerName::parse)?,
                at: moment(region.at_ms, "regions")?,
            })
        } else {
            None
        };
        regions.push((code, said));
    }
    let mut approvals = Vec::with_capacity(month.approvals.len());
    for approval in &month.approvals {
        let officer = path
            .field("approvals")
            .parse(&approval.officer, OfficerName::parse)?;
        approvals.push((officer, moment(approval.at_ms, "approvals")?));
    }
    Ok(MonthSeen {
        month: month_from_wire(&month.month, path.field("month"))?,
        digest: month_digest_from_wire(&month.digest, path.field("digest"))?,
        plans: (month.first_plan, month.last_plan),
        rows: month.rows,
        stage: month_stage_from_wire(month.stage, path.field("stage"))?,
        drawn_by: path
            .field("drawn_by")
            .parse(&month.drawn_by, OfficerName::parse)?,
        drawn_at: moment(month.drawn_at_ms, "drawn_at_ms")?,
        confirm_by: path
            .field("confirm_by")
            .parse(&month.confirm_by, BusinessDay::parse)?,
        days_late: month.days_late,
        regions,
        approvals,
    })
}

fn moment(millis: i64, path: Path<'_>) -> Result<Timestamp, WireFault> {
    Timestamp::from_millis(millis).map_err(|fault| path.wrong(fault))
}

fn figures_to_wire(row: &MonthRow) -> v1::MonthFigures {
    let items = row.items().iter().map(|item| v1::MonthItem {
        kind: leg_kind_to_wire(item.kind),
        belongs: month_belongs_to_wire(item.belongs),
        legs: item.legs,
        amount_fen: item.amount.get(),
    });
    v1::MonthFigures {
        items: items.collect(),
    }
}

fn figures_from_wire(
    pair: Pair,
    figures: Option<v1::MonthFigures>,
    path: Path<'_>,
) -> Result<Option<MonthRow>, WireFault> {
    let Some(figures) = figures else {
        return Ok(None);
    };
    let mut items = Vec::with_capacity(figures.items.len());
    for item in figures.items {
        items.push(MonthItem {
            kind: leg_kind_from_wire(item.kind, path.field("kind"))?,
            belongs: month_belongs_from_wire(item.belongs, path.field("belongs"))?,
            legs: item.legs,
            amount: path.field("amount_fen").fen(item.amount_fen)?,
        });
    }
    let row = MonthRow::new(pair, items);
    row.map(Some).map_err(|fault| path.wrong(fault))
}

fn institutions_to_wire(said: &InstitutionsSaid) -> v1::MonthInstitutions {
    let lines = |of: MonthLines| {
        Some(v1::MonthLines {
            lines: of.lines,
            amount_fen: of.amount.get(),
        })
    };
    v1::MonthInstitutions {
        confirmed: lines(said.confirmed),
        waiting: lines(said.waiting),
        objected: lines(said.objected),
        unlisted: lines(said.unlisted),
    }
}

fn institutions_from_wire(
    said: Option<v1::MonthInstitutions>,
    path: Path<'_>,
) -> Result<Option<InstitutionsSaid>, WireFault> {
    let Some(said) = said else {
        return Ok(None);
    };
    let lines = |of: Option<v1::MonthLines>, field: &'static str| {
        let path = path.field(field);
        let of = path.required(of)?;
        Ok::<_, WireFault>(MonthLines {
            lines: of.lines,
            amount: path.field("amount_fen").fen(of.amount_fen)?,
        })
    };
    Ok(Some(InstitutionsSaid {
        confirmed: lines(said.confirmed, "confirmed")?,
        waiting: lines(said.waiting, "waiting")?,
        objected: lines(said.objected, "objected")?,
        unlisted: lines(said.unlisted, "unlisted")?,
    }))
}

fn pair_from_wire(
    (debtor, creditor, fund): (&str, &str, i32),
    path: Path<'_>,
) -> Result<Pair, WireFault> {
    Ok(Pair {
        debtor: path.field("debtor").parse(debtor, RegionCode::parse)?,
        creditor: path.field("creditor").parse(creditor, RegionCode::parse)?,
        fund: fund_from_wire(fund, path.field("fund"))?,
    })
}

/// The wire form of a month as a region sees it.
#[must_use]
pub fn own_month_to_wire(own: &OwnMonth) -> v1::ShowOwnMonthResponse {
    let rows = own.rows.iter().map(|row| v1::OwnMonthRow {
        debtor: row.pair.debtor.to_string(),
        creditor: row.pair.creditor.to_string(),
        fund: fund_to_wire(row.pair.fund),
        signed: row.signed.as_ref().map(figures_to_wire),
        days: row.days.as_ref().map(figures_to_wire),
        objected: row.objected.map_or(0, month_objection_to_wire),
        institutions: row.institutions.as_ref().map(institutions_to_wire),
    });
    let faults = own.faults.iter().map(|fault| {
        let of = |region: fn(&Pair) -> RegionCode| {
            fault.pair.as_ref().map(|pair| region(pair).to_string())
        };
        v1::MonthDayFault {
            business_day: fault.day.to_string(),
            plan: fault.plan,
            finding: fault.finding.code().to_owned(),
            debtor: of(|pair| pair.debtor).unwrap_or_default(),
            creditor: of(|pair| pair.creditor).unwrap_or_default(),
            fund: fault.pair.map_or(0, |pair| fund_to_wire(pair.fund)),
        }
    });
    v1::ShowOwnMonthResponse {
        month: own.month.to_string(),
        digest: own.digest.as_bytes().to_vec(),
        rows: rows.collect(),
        faults: faults.collect(),
        said_at_ms: own.said.as_ref().map_or(0, |(at, _)| at.as_millis()),
        said_by: own
            .said
            .as_ref()
            .map(|(_, by)| by.to_string())
            .unwrap_or_default(),
    }
}

/// Reads a month as a region sees it.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn own_month_from_wire(own: v1::ShowOwnMonthResponse) -> Result<OwnMonth, WireFault> {
    let (mut rows, mut faults) = (Vec::with_capacity(own.rows.len()), Vec::new());
    for (nth, row) in own.rows.into_iter().enumerate() {
        let list = Path::root("rows");
        let path = list.item(nth);
        let pair = pair_from_wire((&row.debtor, &row.creditor, row.fund), path)?;
        rows.push(OwnMonthRow {
            pair,
            signed: figures_from_wire(pair, row.signed, path.field("signed"))?,
            days: figures_from_wire(pair, row.days, path.field("days"))?,
            objected: match row.objected {
                0 => None,
                why => Some(month_objection_from_wire(why, path.field("objected"))?),
            },
            institutions: institutions_from_wire(row.institutions, path.field("institutions"))?,
        });
    }
    for (nth, fault) in own.faults.iter().enumerate() {
        let list = Path::root("faults");
        let path = list.item(nth);
        let known = FindingKind::ALL
            .iter()
            .find(|kind| kind.code() == fault.finding);
        let finding = *known.ok_or_else(|| path.field("finding").wrong("an unknown finding"))?;
        let pair = if fault.debtor.is_empty() {
            None
        } else {
            Some(pair_from_wire(
                (&fault.debtor, &fault.creditor, fault.fund),
                path,
            )?)
        };
        faults.push(MonthDayFault {
            day: path
                .field("business_day")
                .parse(&fault.business_day, BusinessDay::parse)?,
            plan: fault.plan,
            finding,
            pair,
        });
    }
    let said = if own.said_by.is_empty() {
        None
    } else {
        let by = Path::root("said_by").parse(&own.said_by, OfficerName::parse)?;
        Some((moment(own.said_at_ms, Path::root("said_at_ms"))?, by))
    };
    Ok(OwnMonth {
        month: month_from_wire(&own.month, Path::root("month"))?,
        digest: month_digest_from_wire(&own.digest, Path::root("digest"))?,
        rows,
        faults,
        said,
    })
}

/// The wire form of a row that a region objects to.
#[must_use]
pub fn objected_row_to_wire(row: &ObjectedRow) -> v1::MonthObjectedRow {
    v1::MonthObjectedRow {
        debtor: row.pair.debtor.to_string(),
        creditor: row.pair.creditor.to_string(),
        fund: fund_to_wire(row.pair.fund),
        why: month_objection_to_wire(row.why),
    }
}

/// Reads a row that a region objects to.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn objected_row_from_wire(
    row: &v1::MonthObjectedRow,
    path: Path<'_>,
) -> Result<ObjectedRow, WireFault> {
    Ok(ObjectedRow {
        pair: pair_from_wire((&row.debtor, &row.creditor, row.fund), path)?,
        why: month_objection_from_wire(row.why, path.field("why"))?,
    })
}
