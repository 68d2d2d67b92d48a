//! What of clearing concerns one region. What a message says of two others is no fault here: whose it is to be, its reader knows.

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::id::SettlementId;
use huitong_core::leg::LegField;
use huitong_core::money::FenSum;
use huitong_core::own_clearing::{
    DebtWaiting, LegTold, WaitingAges, WaitingGroup, WaitingPage, WaitingPlace,
};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{EvidenceSays, WaitingReason};

use super::common::{fund_from_wire, fund_to_wire};
use super::field::{Path, WireFault, wire_enum};
use super::leg::{leg_kind_from_wire, leg_kind_to_wire};
use crate::clearing::v1;

pub use self::paid::{
    notices_from_wire, notices_to_wire, payment_page_from_wire, payment_page_to_wire,
};

mod paid;

wire_enum!(
    waiting_reason_to_wire,
    waiting_reason_from_wire,
    WaitingReason,
    v1::WaitingReason {
        CounterpartMissing,
        Differs,
        Repeated,
        Late,
        AttestedOtherwise,
        TooLarge,
        OriginalNotNetted,
        TakenBack,
        LeftOut,
        UnknownRegion,
    }
);

wire_enum!(
    evidence_to_wire,
    evidence_from_wire,
    EvidenceSays,
    v1::EvidenceSays {
        AsReported,
        Otherwise,
        NotOwed,
        TwoWords
    }
);

/// The wire form of a page of debts that wait.
#[must_use]
pub fn waiting_page_to_wire(page: &WaitingPage) -> v1::ListOwnExceptionsResponse {
    let ageing = page.ages.iter().map(|ages| v1::Ageing {
        reason: waiting_reason_to_wire(ages.why),
        groups: ages.groups.iter().map(group_to_wire).collect(),
    });
    v1::ListOwnExceptionsResponse {
        exceptions: page.debts.iter().map(debt_waiting_to_wire).collect(),
        next: page.next.map(waiting_place_to_wire),
        ageing: ageing.collect(),
        left_off: page.left_off,
    }
}

/// Reads a page of debts that wait.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn waiting_page_from_wire(
    page: v1::ListOwnExceptionsResponse,
) -> Result<WaitingPage, WireFault> {
    let (debts, ages) = (Path::root("exceptions"), Path::root("ageing"));
    let rows = page.exceptions.into_iter().enumerate();
    let debts = rows.map(|(nth, row)| debt_waiting_from_wire(row, debts.item(nth)));
    let of_ages = page.ageing.into_iter().enumerate();
    let ages = of_ages.map(|(nth, of)| waiting_ages_from_wire(&of, ages.item(nth)));
    let next = page.next.as_ref();
    let next = next.map(|next| waiting_place_from_wire(next, Path::root("next")));
    Ok(WaitingPage {
        debts: debts.collect::<Result<_, _>>()?,
        next: next.transpose()?,
        ages: ages.collect::<Result<_, _>>()?,
        left_off: page.left_off,
    })
}

/// The wire form of a place in the list.
#[must_use]
pub fn waiting_place_to_wire((since, region, number): WaitingPlace) -> v1::ExceptionPlace {
    v1::ExceptionPlace {
        since_ms: since.as_millis(),
        region: region.to_string(),
        number,
    }
}

/// Reads a place in the list.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn waiting_place_from_wire(
    place: &v1::ExceptionPlace,
    path: Path<'_>,
) -> Result<WaitingPlace, WireFault> {
    let since = Timestamp::from_millis(place.since_ms);
    let since = since.map_err(|error| path.field("since_ms").wrong(error))?;
    let region = path.field("region");
    Ok((
        since,
        region.parse(&place.region, RegionCode::parse)?,
        place.number,
    ))
}

/// The wire form of a debt that waits.
#[must_use]
pub fn debt_waiting_to_wire(debt: &DebtWaiting) -> v1::Exception {
    let text = |field: Option<LegField>| field.map(|of| of.to_string()).unwrap_or_default();
    v1::Exception {
        place: Some(waiting_place_to_wire((
            debt.since,
            debt.told.region,
            debt.told.number,
        ))),
        reason: waiting_reason_to_wire(debt.why),
        field: text(debt.field),
        days: debt.days,
        settlement: debt.settlement.to_string(),
        kind: leg_kind_to_wire(debt.kind),
        fund: fund_to_wire(debt.fund),
        told: Some(told_to_wire(&debt.told)),
        other: debt.other.as_ref().map(told_to_wire),
        evidence: debt.evidence.map_or(0, evidence_to_wire),
        evidence_field: text(debt.evidence_field),
        id_taken: debt.id_taken,
    }
}

/// Reads a debt that waits.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn debt_waiting_from_wire(
    row: v1::Exception,
    path: Path<'_>,
) -> Result<DebtWaiting, WireFault> {
    let place = path.field("place").required(row.place)?;
    let (since, region, number) = waiting_place_from_wire(&place, path.field("place"))?;
    let told = told_from_wire(&path.field("told").required(row.told)?, path.field("told"))?;
    if (told.region, told.number) != (region, number) {
        return Err(path.field("place").wrong("is not where this word stands"));
    }
    let other = row.other.as_ref();
    let other = other.map(|other| told_from_wire(other, path.field("other")));
    let evidence = match row.evidence {
        0 => None,
        says => Some(evidence_from_wire(says, path.field("evidence"))?),
    };
    Ok(DebtWaiting {
        since,
        days: row.days,
        why: waiting_reason_from_wire(row.reason, path.field("reason"))?,
        field: leg_field(&row.field, &path.field("field"))?,
        settlement: path
            .field("settlement")
            .parse(&row.settlement, str::parse::<SettlementId>)?,
        kind: leg_kind_from_wire(row.kind, path.field("kind"))?,
        fund: fund_from_wire(row.fund, path.field("fund"))?,
        told,
        other: other.transpose()?,
        evidence,
        evidence_field: leg_field(&row.evidence_field, &path.field("evidence_field"))?,
        id_taken: row.id_taken,
    })
}

fn leg_field(text: &str, path: &Path<'_>) -> Result<Option<LegField>, WireFault> {
    const ALL: [LegField; 5] = [
        LegField::Debtor,
        LegField::Creditor,
        LegField::Amount,
        LegField::BusinessDay,
        LegField::Receipt,
    ];
    if text.is_empty() {
        return Ok(None);
    }
    let found = ALL.into_iter().find(|field| field.as_str() == text);
    found
        .map(Some)
        .ok_or_else(|| path.wrong("is no field of a leg"))
}

fn told_to_wire(told: &LegTold) -> v1::ReportedLeg {
    v1::ReportedLeg {
        region: told.region.to_string(),
        number: told.number,
        debtor: told.debtor.to_string(),
        creditor: told.creditor.to_string(),
        amount_fen: told.amount.get(),
        business_day: told.business_day.to_string(),
        receipt: told.receipt.as_bytes().to_vec(),
    }
}

fn told_from_wire(told: &v1::ReportedLeg, path: Path<'_>) -> Result<LegTold, WireFault> {
    let region = |name, text: &str| path.field(name).parse(text, RegionCode::parse);
    Ok(LegTold {
        region: region("region", &told.region)?,
        number: told.number,
        debtor: region("debtor", &told.debtor)?,
        creditor: region("creditor", &told.creditor)?,
        amount: path.field("amount_fen").fen(told.amount_fen)?,
        business_day: path
            .field("business_day")
            .parse(&told.business_day, BusinessDay::parse)?,
        receipt: path.field("receipt").digest(&told.receipt)?,
    })
}

fn group_to_wire(group: &WaitingGroup) -> v1::AgeGroup {
    v1::AgeGroup {
        legs: group.legs,
        amount_fen: group.amount.get(),
    }
}

/// Reads how old those are that wait for one reason.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn waiting_ages_from_wire(ages: &v1::Ageing, path: Path<'_>) -> Result<WaitingAges, WireFault> {
    let groups = path.field("groups");
    let read = |group: &v1::AgeGroup| WaitingGroup {
        legs: group.legs,
        amount: FenSum::new(group.amount_fen),
    };
    let of: Vec<_> = ages.groups.iter().map(read).collect();
    Ok(WaitingAges {
        why: waiting_reason_from_wire(ages.reason, path.field("reason"))?,
        groups: of.try_into().map_err(|_| groups.wrong("are four"))?,
    })
}

#[cfg(test)]
mod tests;
