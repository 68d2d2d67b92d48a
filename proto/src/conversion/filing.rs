//! Filings, as they are told.

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::digest::Digest;
use huitong_core::id::FilingId;
use huitong_core::institution::InstitutionCode;
use huitong_core::officer::OfficerName;
use huitong_core::record::person::{AskedBy, FilingEnd, HeldFiling};
use huitong_core::record::registry::FilingArea;
use huitong_core::vocabulary::{FilingClass, FilingEndReason};

use super::days::{day, interval, text};
use super::field::{Path, WireFault, wire_enum};
use crate::settlement::v1;

wire_enum!(
    filing_class_to_wire,
    filing_class_from_wire,
    FilingClass,
    v1::FilingClass {
        Unfiled,
        LongTerm,
        Referral,
        Emergency,
        Temporary,
    }
);

wire_enum!(
    end_reason_to_wire,
    end_reason_from_wire,
    FilingEndReason,
    v1::FilingEndReason {
        Returned,
        Moved,
        Mistaken,
        Unproven,
        Asked,
        Amended,
    }
);

/// The wire form of a filing.
#[must_use]
pub fn filing_to_wire(held: &HeldFiling) -> v1::Filing {
    use v1::filing::By;
    let filing = &held.filing;
    let by = match &held.by {
        AskedBy::Officer(name) => By::Officer(name.to_string()),
        AskedBy::Institution { code, .. } => By::Institution(code.to_string()),
        AskedBy::File(digest) => By::File(digest.as_bytes().to_vec()),
    };
    v1::Filing {
        filing: held.id.to_string(),
        class: filing_class_to_wire(filing.class),
        area: filing.area.to_string(),
        from: filing.days.from().to_string(),
        until: text(filing.days.until()),
        filed_on: filing.filed_on.to_string(),
        by: Some(by),
        amends: held.amends.map(|id| id.to_string()).unwrap_or_default(),
        ended_from: text(held.end.map(|end| end.from)),
        end_reason: held.end.map_or(0, |end| end_reason_to_wire(end.reason)),
    }
}

/// A filing as it is told: who made it by name, and not from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingTold {
    /// Its id.
    pub id: FilingId,
    /// Its class.
    pub class: FilingClass,
    /// Where it holds.
    pub area: FilingArea,
    /// Its days.
    pub days: DateInterval,
    /// The day it was made.
    pub filed_on: ServiceDate,
    /// Who made it: an officer, an institution or a file.
    pub by: String,
    /// The filing whose place it takes.
    pub amends: Option<FilingId>,
    /// When and why it ended before its last day.
    pub end: Option<FilingEnd>,
}

/// Reads a filing that was told.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn filing_from_wire(
    filing: Option<v1::Filing>,
    path: Path<'_>,
) -> Result<FilingTold, WireFault> {
    use v1::filing::By;
    let told = path.required(filing)?;
    let by = match path.field("by").required(told.by)? {
        By::Officer(name) => path
            .field("officer")
            .parse(&name, OfficerName::parse)?
            .to_string(),
        By::Institution(code) => {
            let field = path.field("institution");
            field.parse(&code, InstitutionCode::parse)?.to_string()
        }
        By::File(digest) => {
            let digest: Digest = path.field("file").digest(&digest)?;
            digest.to_string()
        }
    };
    let from = path
        .field("ended_from")
        .optional(&told.ended_from, ServiceDate::parse)?;
    let end = match from {
        None => None,
        Some(from) => Some(FilingEnd {
            from,
            reason: end_reason_from_wire(told.end_reason, path.field("end_reason"))?,
        }),
    };
    Ok(FilingTold {
        id: path.field("filing").parse(&told.filing, FilingId::parse)?,
        class: filing_class_from_wire(told.class, path.field("class"))?,
        area: path.field("area").parse(&told.area, FilingArea::parse)?,
        days: interval(&told.from, &told.until, path)?,
        filed_on: day(&told.filed_on, path.field("filed_on"))?,
        by,
        amends: path
            .field("amends")
            .optional(&told.amends, FilingId::parse)?,
        end,
    })
}
