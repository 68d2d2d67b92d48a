//! The policy of this bench written out in Rust with decimals, as somebody would who knew only this one.
//!
//! The same bill, the same decision with the same trace, and no more: no tables, no labels beyond the two
//! groups of money that this policy tells apart, no shares of lines. Amounts are fen.

use std::collections::BTreeMap;

use huitong_adjudication::{Case, ENGINE, StoredTotal};
use huitong_core::decision::{CeilingResult, Decision, Step};
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::layer::Bounds;
use huitong_core::ratio::Ratio;
use huitong_core::totals::TotalChange;
use huitong_core::vocabulary::FilingClass;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::build::{name, ratio};
use crate::sheet::{Done, Sheet, fen, round};

/// The figures of the policy, read once.
pub(crate) struct Figures {
    policy: Digest,
    implant: Name,
    layers: [Name; 4],
    totals: [Name; 3],
    basic_start: Decimal,
    basic: [(Decimal, Ratio); 2],
    basic_ceiling: Decimal,
    referral: Decimal,
    critical_start: Decimal,
    critical: [(Decimal, Ratio); 3],
    half: Ratio,
    assistance_ceiling: Decimal,
}

fn yuan(amount: i64) -> Decimal {
    Decimal::from(amount * 100)
}

impl Figures {
    pub(crate) fn new(policy: Digest) -> Self {
        Self {
            policy,
            implant: name("implant"),
            layers: ["basic", "critical", "assistance", "account"].map(name),
            totals: ["pool_paid", "burden", "assisted"].map(name),
            basic_start: yuan(1_200),
            basic: [(yuan(10_000), ratio("0.7")), (Decimal::MAX, ratio("0.75"))],
            basic_ceiling: yuan(300_000),
            referral: Decimal::new(5, 2),
            critical_start: yuan(3_000),
            critical: [
                (yuan(30_000), ratio("0.6")),
                (yuan(100_000), ratio("0.65")),
                (Decimal::MAX, ratio("0.75")),
            ],
            half: ratio("0.5"),
            assistance_ceiling: yuan(50_000),
        }
    }
}

fn stored(totals: &BTreeMap<Name, StoredTotal>, total: Name) -> Decimal {
    Decimal::from(totals[&total].value)
}

/// The parts of the bill that the rules tell apart.
struct Sums {
    in_scope: Decimal,
    first: Decimal,
    implants_first: Decimal,
    over: Decimal,
    out: Decimal,
}

fn sums(figures: &Figures, case: &Case<'_>) -> Sums {
    let mut sums = Sums {
        in_scope: Decimal::ZERO,
        first: Decimal::ZERO,
        implants_first: Decimal::ZERO,
        over: Decimal::ZERO,
        out: Decimal::ZERO,
    };
    for line in case.bill.lines() {
        let first = Decimal::from(line.parts.first_pay.get());
        sums.in_scope += Decimal::from(line.parts.in_scope.get());
        sums.first += first;
        sums.over += Decimal::from(line.parts.over_limit.get());
        sums.out += Decimal::from(line.parts.out_of_scope.get());
        if line.tags.contains(&figures.implant) {
            sums.implants_first += first;
        }
    }
    sums
}

/// Basic insurance: what it paid, and the patient's share of it.
fn basic(figures: &Figures, case: &Case<'_>, sheet: &mut Sheet, base: Decimal) -> [Decimal; 2] {
    let layer = figures.layers[0];
    sheet.took(layer, base);
    let start = figures.basic_start.min(base);
    sheet.started(layer, figures.basic_start, Decimal::ZERO, start);
    let mut segments = figures.basic;
    if case.facts.filing == FilingClass::Referral {
        for (from, segment) in [Decimal::ZERO, segments[0].0]
            .into_iter()
            .zip(&mut segments)
        {
            let adjusted = Ratio::new(segment.1.get() - figures.referral).unwrap();
            if base > from {
                sheet.trace.push(Step::Adjusted {
                    layer,
                    table: segment.1,
                    adjusted,
                });
            }
            segment.1 = adjusted;
        }
    }
    let (paid, results) = sheet.pay(layer, start, base, &segments);
    let used = stored(case.totals, figures.totals[0]);
    let paid = sheet.cap(layer, paid, figures.basic_ceiling, used);
    let share = sheet.close(Done {
        layer,
        fund: Fund::ResidentPool,
        base,
        before: Decimal::ZERO,
        start,
        segments: results,
        paid,
        above: Decimal::ZERO,
        ceiling: None,
    });
    [paid, share]
}

/// Critical illness along the year's burden: what it paid, and the patient's share of it.
fn critical(figures: &Figures, case: &Case<'_>, sheet: &mut Sheet, base: Decimal) -> [Decimal; 2] {
    let layer = figures.layers[1];
    let before = stored(case.totals, figures.totals[1]);
    sheet.took(layer, base);
    let met = figures.critical_start.min(before);
    let start = (figures.critical_start - met).min(base);
    sheet.started(layer, figures.critical_start, met, start);
    let (paid, segments) = sheet.pay(layer, before + start, before + base, &figures.critical);
    let share = sheet.close(Done {
        layer,
        fund: Fund::ResidentCriticalIllness,
        base,
        before,
        start,
        segments,
        paid,
        above: Decimal::ZERO,
        ceiling: None,
    });
    [paid, share]
}

/// Assistance: half of what critical illness left and of the implants' first-pay. What it paid, and what of
/// that was for costs in scope.
fn assistance(
    figures: &Figures,
    case: &Case<'_>,
    sheet: &mut Sheet,
    left: Decimal,
    implants: Decimal,
) -> [Decimal; 2] {
    let layer = figures.layers[2];
    sheet.took(layer, left);
    sheet.took(layer, implants);
    let base = left + implants;
    let (paid, segments) = sheet.pay(layer, Decimal::ZERO, base, &[(Decimal::MAX, figures.half)]);
    let used = stored(case.totals, figures.totals[2]);
    let paid = sheet.cap(layer, paid, figures.assistance_ceiling, used);
    sheet.close(Done {
        layer,
        fund: Fund::MedicalAssistance,
        base,
        before: Decimal::ZERO,
        start: Decimal::ZERO,
        segments,
        paid,
        above: Decimal::ZERO,
        ceiling: None,
    });
    [paid, round(left * figures.half.get())]
}

/// The own account pays what it holds.
fn account(
    figures: &Figures,
    case: &Case<'_>,
    sheet: &mut Sheet,
    in_scope: Decimal,
    first: Decimal,
) -> Decimal {
    let layer = figures.layers[3];
    sheet.took(layer, in_scope);
    sheet.took(layer, first);
    let base = in_scope + first;
    let held = Decimal::from(case.balances.own.get());
    let to = base.min(held);
    let (paid, segments) = sheet.pay(layer, Decimal::ZERO, to, &[(Decimal::MAX, Ratio::ONE)]);
    let mut ceiling = None;
    if base > held {
        let held = case.balances.own;
        sheet.trace.push(Step::Balance { layer, held });
        ceiling = Some(CeilingResult {
            bounds: Bounds::Payment,
            limit: held,
            room: held,
        });
    }
    sheet.close(Done {
        layer,
        fund: Fund::OwnAccount,
        base,
        before: Decimal::ZERO,
        start: Decimal::ZERO,
        segments,
        paid,
        above: base - to,
        ceiling,
    });
    paid
}

/// The decision.
pub(crate) fn decide(figures: &Figures, case: &Case<'_>) -> Decision {
    let sums = sums(figures, case);
    let mut sheet = Sheet {
        layers: Vec::with_capacity(4),
        trace: Vec::with_capacity(32),
    };
    let total = fen(sums.in_scope + sums.first + sums.over + sums.out);
    sheet.trace.push(Step::Split {
        total,
        out_of_scope: fen(sums.out),
        over_limit: fen(sums.over),
        first_pay: fen(sums.first),
        in_scope: fen(sums.in_scope),
    });
    if let Some(tier) = case.facts.tier {
        sheet.trace.push(Step::Tier { tier });
    }
    let [pool, burden] = basic(figures, case, &mut sheet, sums.in_scope);
    let [serious, left] = critical(figures, case, &mut sheet, burden);
    let [assisted, of_scope] = assistance(figures, case, &mut sheet, left, sums.implants_first);
    let in_scope = sums.in_scope - pool - serious - of_scope;
    let first = sums.first - (assisted - of_scope);
    let own = account(figures, case, &mut sheet, in_scope, first);
    let funds = pool + serious + assisted;
    closed(
        figures,
        case,
        sheet,
        total,
        [pool, burden, assisted],
        [funds, own],
    )
}

fn closed(
    figures: &Figures,
    case: &Case<'_>,
    sheet: Sheet,
    total: Fen,
    adds: [Decimal; 3],
    [funds, own]: [Decimal; 2],
) -> Decision {
    let Sheet { layers, mut trace } = sheet;
    let totals: Vec<TotalChange> = figures
        .totals
        .iter()
        .zip(adds)
        .map(|(total, adds)| TotalChange {
            slot: case.totals[total].slot.clone(),
            adds: adds.to_i64().unwrap(),
        })
        .collect();
    trace.extend(totals.iter().map(|change| Step::Total {
        change: change.clone(),
    }));
    let (fund_total, own_account) = (fen(funds), fen(own));
    let cash = total.checked_sub(fund_total).unwrap();
    let cash = cash.checked_sub(own_account).unwrap();
    trace.push(Step::Closed {
        fund_total,
        own_account,
        family_account: Fen::ZERO,
        hospital: Fen::ZERO,
        cash,
    });
    Decision {
        engine: ENGINE,
        policy: figures.policy,
        catalogue: case.catalogue,
        split: *case.bill.parts(),
        total,
        layers,
        fund_total,
        own_account,
        family_account: Fen::ZERO,
        hospital: Fen::ZERO,
        cash,
        patient_total: cash.checked_add(own_account).unwrap(),
        totals,
        trace,
    }
}
