//! A decision in sentences, for the person who pays and for whoever checks it.
//!
//! - [`sentence`]: one sentence in both languages, and how figures are spoken
//! - [`wording`] and [`figures`]: the parts of a policy in words, and its figures
//! - [`explain`]: a decision, step by step
//!
//! Every figure stands in the decision or is a difference of two that do, and every step's parts add up to
//! its whole. A step names its rule, the rule its source. What a rule asked of the visit is read from what
//! the decision was made of: the trace carries no words. Sentences are rendered when they are read and are
//! in no hash. Deliberately absent: names of people and items, which a decision does not hold.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "tests compute what they expect with plain arithmetic; an overflow fails the test"
    )
)]

mod applied;
mod cause;
mod closing;
pub mod figures;
mod idle;
mod layer;
pub mod sentence;
mod sources;
mod standing;
mod state;
mod vocabulary;
mod why;
pub mod wording;

use huitong_adjudication::Case;
use huitong_core::decision::{Decision, Step};
use huitong_core::policy::Policy;
use huitong_core::vocabulary::Part;

use applied::Applied;
pub use sentence::Sentence;
use sentence::say;
use sources::Sources;
use standing::Standing;
use vocabulary::Pair;

/// Explains a decision under the policy that it names and the case that it was made on: the bill, the
/// layers that had a part in the order in which they paid, those that had none, what the patient pays,
/// what is remembered.
#[must_use]
pub fn explain(policy: &Policy, case: &Case<'_>, decision: &Decision) -> Vec<Sentence> {
    let standing = Standing {
        policy,
        case,
        decision,
    };
    let mut sentences = vec![bill(decision)];
    sentences.extend(decision.trace.iter().find_map(|step| tier(policy, step)));
    let mut sources = Sources::of(policy);
    sentences.extend(sources.shared());
    let mut idle = Vec::new();
    for (place, layer) in policy.layers().iter().enumerate() {
        if let Some(result) = standing.result(layer.name) {
            let source = sources.behind(layer);
            let applied = Applied::new(standing, place, layer, result);
            sentences.extend(layer::explain(&applied, &source));
        } else {
            idle.push((place, layer));
        }
    }
    sentences.extend(idle::explain(&standing, &idle, &mut sources));
    sentences.extend(closing::patient(policy, decision));
    sentences.extend(closing::remembered(&standing));
    sentences
}

/// The bill and its parts.
fn bill(decision: &Decision) -> Sentence {
    let said: [(Part, Pair); 4] = [
        (
            Part::OutOfScope,
            ("不在医保目录内", "outside the insurance catalogue"),
        ),
        (
            Part::OverLimit,
            ("超过医保限价", "above the insurance's price limits"),
        ),
        (
            Part::FirstPay,
            ("按规定先行自付", "to be borne first by rule"),
        ),
        (
            Part::InScope,
            ("在医保政策范围内", "within the insurance's scope"),
        ),
    ];
    let said = said.map(|(part, what)| (decision.split.get(part), what));
    let is_shown = |amount: huitong_core::money::Fen| decision.total.is_zero() || !amount.is_zero();
    let parts: Vec<Sentence> = said
        .into_iter()
        .filter(|(amount, _)| is_shown(*amount))
        .map(|(amount, what)| {
            say!(
                "{amount} 元{what}",
                "{amount} {what}",
                amount = amount,
                what = what
            )
        })
        .collect();
    say!(
        "这次医疗费用共 {total} 元：{parts}。",
        "The bill is {total} yuan: {parts}.",
        total = decision.total,
        parts = Sentence::joined(&parts, "；", "; ")
    )
}

fn tier(policy: &Policy, step: &Step) -> Option<Sentence> {
    if let Step::Tier { tier } = step {
        return Some(say!(
            "按参保地的规定，这家医院属于{tier}这一档。",
            "By the rules of your home region this hospital is of level {tier}.",
            tier = wording::tier(policy, *tier)
        ));
    }
    None
}

#[cfg(test)]
mod tests;
