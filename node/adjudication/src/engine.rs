//! The engine: a fold of a policy's layers over the buckets of a bill.
//!
//! A pure function of its inputs, so both regions compute the same bytes, today and years later. Every
//! amount is a whole number of fen; where one is rounded, and how ties go, is settled in the modules named
//! after the step. Nothing here knows of versions, ids or storage.

mod buckets;
mod ceiling;
mod cover;
mod floor;
mod layer;
mod payment;
mod ratio;
mod spread;
mod standing;
mod take;
mod watch;

use huitong_core::decision::{Decision, EngineVersion, LayerResult, Step};
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::policy::layer::Payer;
use huitong_core::totals::TotalChange;

use crate::case::Case;
use crate::compiled::{Compiled, layer_bit};
use crate::fault::{Fault, RuleFault};
use buckets::{origins, unlabelled};
use layer::Desk;
use standing::Standing;

pub(crate) use buckets::{Bucket, Division, labelled, tag_bits};
pub(crate) use spread::Spreader;
pub(crate) use watch::{Nobody, Watch};

/// The version of this engine. A change that would alter any stored decision is a new one.
pub const ENGINE: EngineVersion = EngineVersion(1);

/// Decides who pays what of a bill.
///
/// # Errors
/// Any [`Fault`]; no amount is ever guessed.
pub fn adjudicate(compiled: &Compiled, case: &Case<'_>) -> Result<Decision, Fault> {
    adjudicate_watched(compiled, case, &mut Nobody)
}

pub(crate) fn adjudicate_watched(
    compiled: &Compiled,
    case: &Case<'_>,
    watch: &mut impl Watch,
) -> Result<Decision, Fault> {
    let origins = origins(case.bill, compiled.names()).map_err(out_of_range)?;
    let mut desk = Desk::new(unlabelled(&origins));
    let mut standing = Standing::new(compiled, case, origins)?;
    let parts = *case.bill.parts();
    desk.trace.push(Step::Split {
        total: case.bill.total(),
        out_of_scope: parts.out_of_scope,
        over_limit: parts.over_limit,
        first_pay: parts.first_pay,
        in_scope: parts.in_scope,
    });
    if let Some(tier) = case.facts.tier {
        desk.trace.push(Step::Tier { tier });
    }
    let mut layers = Vec::with_capacity(compiled.layers().len());
    for (place, form) in compiled.layers().iter().enumerate() {
        layers.extend(layer::run(
            form,
            layer_bit(place),
            &mut standing,
            &mut desk,
            watch,
        )?);
    }
    standing.all_given_booked()?;
    standing.feed_bill()?;
    let totals: Vec<_> = standing.changes().collect();
    desk.trace.extend(totals.iter().map(|change| Step::Total {
        change: change.clone(),
    }));
    let unpaid = desk
        .buckets
        .iter()
        .map(|bucket| Fen::new(bucket.amount))
        .collect::<Result<Vec<_>, _>>()?;
    close(
        compiled,
        case,
        layers,
        totals,
        desk.trace,
        Fen::sum(unpaid)?,
    )
}

/// Sums the payers and proves that they and the cash make the bill (invariant 3).
fn close(
    compiled: &Compiled,
    case: &Case<'_>,
    layers: Vec<LayerResult>,
    totals: Vec<TotalChange>,
    mut trace: Vec<Step>,
    cash: Fen,
) -> Result<Decision, Fault> {
    let [
        mut fund_total,
        mut own_account,
        mut family_account,
        mut hospital,
    ] = [Fen::ZERO; 4];
    for layer in &layers {
        let sum = match layer.payer {
            Payer::Fund(Fund::OwnAccount) => &mut own_account,
            Payer::Fund(Fund::FamilyAccount) => &mut family_account,
            Payer::Fund(_) | Payer::Given(_) => &mut fund_total,
            Payer::Hospital => &mut hospital,
        };
        *sum = sum.checked_add(layer.paid)?;
    }
    let total = case.bill.total();
    if Fen::sum([fund_total, own_account, family_account, hospital, cash])? != total {
        return Err(Fault::Unbalanced);
    }
    trace.push(Step::Closed {
        fund_total,
        own_account,
        family_account,
        hospital,
        cash,
    });
    Ok(Decision {
        engine: ENGINE,
        policy: compiled.digest(),
        catalogue: case.catalogue,
        split: *case.bill.parts(),
        total,
        layers,
        fund_total,
        own_account,
        family_account,
        hospital,
        cash,
        patient_total: Fen::sum([cash, own_account, family_account])?,
        totals,
        trace,
    })
}

fn out_of_range(_: RuleFault) -> Fault {
    Fault::Money(MoneyError::OutOfRange)
}
