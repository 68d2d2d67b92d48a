//! Limits set from above: where does a policy pass them?
//!
//! Bills are settled for every combination of facts under which the policy's rules or the limits differ,
//! at amounts between the thresholds, and what the bound funds pay is measured: of one more yuan, of what
//! is covered, of a whole bill. Starts and ceilings are read off the engine's own steps. A limit binds
//! layers by the fund that pays; a policy without such a layer is not bound by it.

mod measure;

use huitong_adjudication::Compiled;
use huitong_core::bounds::{Amount, Bounds, Limit, Passing, Rule};
use huitong_core::fund::Fund;
use huitong_core::policy::layer::{Layer, Payer};
use huitong_core::policy::{FaultPath, Policy};
use huitong_document::policy::PolicyDocument;

use super::falls::cases::cases;
use super::finding::{Finding, Kind, Passed};
use super::report::Report;
use super::situation::Situation;
use super::work::{LimitMet, Limits, Work};
use super::world::{Filed, Standing, World};
use measure::{Found, Measure};

/// Where a policy passes limits set from above, within the limits of publishing; in the order of the
/// document.
#[must_use]
pub fn against(document: &PolicyDocument, bounds: &Bounds, limits: Limits) -> Vec<Finding> {
    let policy = document.policy();
    let mut report = Report::new(document.places(), limits.findings);
    let scope = policy.scope();
    if bounds.bind(scope.region, scope.effective).is_none() {
        return Vec::new();
    }
    // What keeps a policy from running at all is the review's to tell.
    let compiled = Compiled::new(policy.clone(), document.digest());
    let (Ok(compiled), Some(world)) = (compiled, World::of(policy)) else {
        return Vec::new();
    };
    let mut work = Work::new(limits);
    for rule in bounds.rules() {
        if is_for(rule, policy) {
            check(rule, &world, &compiled, &mut report, &mut work);
        }
    }
    if work.has_no_bills_left() {
        let most = LimitMet::Bills(limits.bills);
        report.limit(&FaultPath::ROOT.key("layer"), most);
    }
    report.finish()
}

/// Whether a rule is for this policy: its scheme, one of its settings, a layer that one of its funds pays.
fn is_for(rule: &Rule, policy: &Policy) -> bool {
    let scope = policy.scope();
    let scheme = rule.schemes.is_empty() || rule.schemes.contains(&scope.scheme);
    let bound = |setting| rule.settings.is_empty() || rule.settings.contains(setting);
    scheme
        && scope.settings.iter().any(bound)
        && policy.layers().iter().any(|layer| pays(layer, &rule.funds))
}

fn pays(layer: &Layer, funds: &[Fund]) -> bool {
    match layer.payer {
        Payer::Fund(fund) => funds.contains(&fund),
        Payer::Hospital | Payer::Given(_) => false,
    }
}

fn check(
    rule: &Rule,
    world: &World<'_>,
    compiled: &Compiled,
    report: &mut Report<'_>,
    work: &mut Work,
) {
    let policy = world.policy();
    let whole = FaultPath::ROOT.key("layer");
    let found = match cases(world, &[&rule.when], work) {
        Ok(found) => found,
        Err(limit) => return report.limit(&whole, limit),
    };
    if let Some(limit) = found.limit {
        report.limit(&whole, limit);
    }
    let mut named = found.named;
    named.condition(&rule.when);
    let mut told = Vec::new();
    let layers = policy.layers().iter();
    let bound_layers = layers.filter(|layer| pays(layer, &rule.funds)).count();
    for situation in &found.situations {
        let setting = situation.facts.setting;
        let bound = rule.settings.is_empty() || rule.settings.contains(&setting);
        if !bound || !situation.holds(&rule.when) {
            continue;
        }
        let shown = |situation: &Situation| situation.shown(&named, &|fact| world.dimension(fact));
        let mut measure = Measure::new(compiled, &rule.funds, work);
        let found = match &rule.limit {
            Limit::PointsBelow { most, than } => otherwise(situation, than, world)
                .and_then(|other| measure.points_below(situation, &other, most.get()))
                .map(|(found, points, other)| {
                    found.with(Passed::Points {
                        points,
                        most: most.get().normalize().to_string(),
                        than: shown(&other),
                    })
                }),
            Limit::RatioAtLeast(least) => measure.ratio_below(situation, *least),
            Limit::ShareAtLeast { ratio, bill } => measure.share_below(situation, *ratio, *bill),
            Limit::StartAtMost(amount)
            | Limit::CeilingAtLeast(amount)
            | Limit::CeilingAtMost(amount) => {
                let Some(amount) = amount_of(amount, policy, situation) else {
                    return unmeasured(rule, amount, report);
                };
                match &rule.limit {
                    Limit::StartAtMost(_) => measure.start_above(situation, amount),
                    Limit::CeilingAtLeast(_) => measure.ceiling_below(situation, amount),
                    Limit::CeilingAtMost(_)
                    | Limit::PointsBelow { .. }
                    | Limit::RatioAtLeast(_)
                    | Limit::ShareAtLeast { .. } => measure.ceiling_above(situation, amount),
                }
            }
        };
        let Some(Found { layer, passed }) = found else {
            continue;
        };
        // One finding for each layer and rule is enough to mend it.
        if told.contains(&layer) {
            continue;
        }
        told.push(layer);
        let all_told = told.len() >= bound_layers;
        let at = policy.layers().iter().position(|own| own.name == layer);
        let path = at.map_or_else(|| whole.clone(), |at| whole.index(at));
        report.note(&path, kind(rule, passed, shown(situation)));
        if all_told {
            break;
        }
    }
}

fn kind(rule: &Rule, passed: Passed, facts: String) -> Kind {
    let bound = rule.title.clone();
    match rule.passing {
        Passing::Refused => Kind::BoundRefused {
            bound,
            passed,
            facts,
        },
        Passing::Reported => Kind::BoundPassed {
            bound,
            passed,
            facts,
        },
    }
}

fn unmeasured(rule: &Rule, amount: &Amount, report: &mut Report<'_>) {
    let index = match amount {
        Amount::OfIndex { index, .. } => index.to_string(),
        Amount::Fixed(_) => String::new(),
    };
    let bound = rule.title.clone();
    report.note(
        &FaultPath::ROOT.key("indexes"),
        Kind::BoundUnmeasured { bound, index },
    );
}

/// An amount of a limit in fen, for the benefit year of a situation.
fn amount_of(amount: &Amount, policy: &Policy, situation: &Situation) -> Option<i64> {
    match amount {
        Amount::Fixed(fen) => Some(fen.get()),
        Amount::OfIndex {
            times,
            index,
            at_least,
        } => {
            use rust_decimal::prelude::ToPrimitive;
            let year = situation.facts.benefit_date.year();
            let figure = policy.indexes().get(index)?.get(&year)?;
            let product = times.get().checked_mul(figure.get().into())?;
            Some(product.round().to_i64()?.max(at_least.get()))
        }
    }
}

/// The same person and institution where another condition holds: elsewhere, or filed otherwise.
fn otherwise(
    situation: &Situation,
    than: &huitong_core::policy::condition::Condition,
    world: &World<'_>,
) -> Option<Situation> {
    let facts = &situation.facts;
    let here = (facts.tier, facts.place, facts.networked);
    let own = (facts.filing, facts.filing_time, facts.referred);
    // At home nobody files; elsewhere, what is the same is left the same.
    let mut filings = World::filings();
    filings.sort_by_key(|filed| *filed != own);
    let journeys = world.journeys.iter().filter(|(from, _)| *from == here);
    let places: Vec<Standing> = journeys.map(|(_, to)| *to).collect();
    let with = |place: Standing, filed: Filed| {
        let mut other = situation.clone();
        (other.facts.tier, other.facts.place, other.facts.networked) = place;
        (
            other.facts.filing,
            other.facts.filing_time,
            other.facts.referred,
        ) = filed;
        other
    };
    let unfiled = World::filings().into_iter().take(1);
    let tried: Vec<Filed> = unfiled.chain(filings).collect();
    tried
        .into_iter()
        .flat_map(|filed| places.iter().map(move |place| with(*place, filed)))
        .find(|other| other.holds(than))
}
