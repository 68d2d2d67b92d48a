//! Settlements that a region's own core system made.

use std::collections::BTreeMap;

use huitong_core::external::{Added, CoreId, ExternalSettlement};
use huitong_core::fund::Fund;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::person::PsnNo;
use huitong_core::vocabulary::ExternalEndReason;

use super::common::{amounts_to_wire, fund_from_wire};
use super::field::{Path, WireFault, wire_enum};
use super::visit::{visit_from_wire, visit_to_wire};
use crate::settlement::v1;

wire_enum!(
    end_reason_to_wire,
    end_reason_from_wire,
    ExternalEndReason,
    v1::ExternalEndReason {
        Reversed,
        Mistaken,
        Duplicate,
        WrongPerson,
    }
);

/// The wire form of a settlement.
#[must_use]
pub fn external_to_wire(of: &ExternalSettlement) -> v1::ExternalSettlement {
    let payments: Vec<(Fund, Fen)> = of.payments.iter().map(|(f, a)| (*f, *a)).collect();
    let (mut sums_fen, mut counts) = (BTreeMap::new(), BTreeMap::new());
    for (name, added) in &of.adds {
        match added {
            Added::Sum(amount) => drop(sums_fen.insert(name.to_string(), amount.get())),
            Added::Count(count) => drop(counts.insert(name.to_string(), *count)),
        }
    }
    v1::ExternalSettlement {
        core_id: of.core_id.to_string(),
        psn_no: of.psn_no.expose().to_owned(),
        institution: of.institution.to_string(),
        visit: Some(visit_to_wire(&of.visit)),
        total_fen: of.total.get(),
        payments: amounts_to_wire(&payments),
        cash_fen: of.cash.get(),
        sums_fen,
        counts,
        corrects: of
            .corrects
            .as_ref()
            .map(CoreId::to_string)
            .unwrap_or_default(),
    }
}

/// Reads a settlement; sums are checked as well.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn external_from_wire(
    sent: Option<v1::ExternalSettlement>,
    path: Path<'_>,
) -> Result<ExternalSettlement, WireFault> {
    let sent = path.required(sent)?;
    let paid = path.field("payments");
    let mut payments = BTreeMap::new();
    for (nth, payment) in sent.payments.iter().enumerate() {
        let item = paid.item(nth);
        let fund = fund_from_wire(payment.fund, item.field("fund"))?;
        let amount = item.field("amount_fen").fen(payment.amount_fen)?;
        if payments.insert(fund, amount).is_some() {
            return Err(item.wrong(format_args!("{fund} stands twice")));
        }
    }
    ExternalSettlement {
        core_id: path.field("core_id").parse(&sent.core_id, CoreId::parse)?,
        psn_no: path.field("psn_no").parse(&sent.psn_no, PsnNo::parse)?,
        institution: path
            .field("institution")
            .parse(&sent.institution, InstitutionCode::parse)?,
        visit: visit_from_wire(sent.visit, path.field("visit"))?,
        total: path.field("total_fen").fen(sent.total_fen)?,
        payments,
        cash: path.field("cash_fen").fen(sent.cash_fen)?,
        adds: adds(&sent.sums_fen, &sent.counts, path)?,
        corrects: path
            .field("corrects")
            .optional(&sent.corrects, CoreId::parse)?,
    }
    .checked()
    .map_err(|fault| path.wrong(fault))
}

fn adds(
    sums: &BTreeMap<String, i64>,
    counts: &BTreeMap<String, u32>,
    path: Path<'_>,
) -> Result<BTreeMap<Name, Added>, WireFault> {
    let mut adds = BTreeMap::new();
    let summed = path.field("sums_fen");
    for (name, fen) in sums {
        let at = summed.field(name);
        adds.insert(at.parse(name, Name::parse)?, Added::Sum(at.fen(*fen)?));
    }
    let counted = path.field("counts");
    for (name, count) in counts {
        let at = counted.field(name);
        let added = Added::Count(*count);
        if adds.insert(at.parse(name, Name::parse)?, added).is_some() {
            return Err(at.wrong("is stated as a sum as well"));
        }
    }
    Ok(adds)
}
