//! A decision in sentences, for the person who pays and for whoever checks it.
//!
//! Every figure stands in the decision; nothing is computed here but differences that a reader could form,
//! and every step's parts add up to its whole. The rule behind a step is the policy's own `source`.
//! Sentences are rendered when they are read and are in no hash. Deliberately absent: names of people,
//! items and diseases, which a decision does not hold.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        reason = "tests compute what they expect with plain arithmetic; an overflow fails the test"
    )
)]

mod layer;
mod words;

use huitong_core::decision::{Decision, LayerResult, SkipReason, Step};
use huitong_core::money::Fen;
use huitong_core::policy::Policy;
use huitong_core::policy::layer::Payer;

use words::{Payment, Phrase, joined, yuan};

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

fn sentence(zh: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence {
        zh: zh.into(),
        en: en.into(),
    }
}

/// Explains a decision under the policy that it names, in the order in which it was made.
#[must_use]
pub fn explain(policy: &Policy, decision: &Decision) -> Vec<Sentence> {
    let mut sentences = vec![bill(decision)];
    sentences.extend(decision.trace.iter().find_map(tier));
    for result in &decision.layers {
        let rule = policy
            .layers()
            .iter()
            .find(|layer| layer.name == result.id)
            .map(|layer| layer.source.as_str());
        sentences.extend(layer::explain(result, rule, &decision.trace));
    }
    sentences.extend(idle_payers(policy, decision));
    sentences.extend(closing(decision));
    sentences
}

/// The bill and its parts.
fn bill(decision: &Decision) -> Sentence {
    let split = &decision.split;
    let (zh, en) = joined(&[
        Phrase {
            amount: split.out_of_scope,
            zh: "不在医保目录内，由您自费",
            en: "is outside the insurance catalogue and yours to pay",
        },
        Phrase {
            amount: split.over_limit,
            zh: "超过医保限价，由您自付",
            en: "is above the insurance's price limits and yours to pay",
        },
        Phrase {
            amount: split.first_pay,
            zh: "按规定由您先行自付",
            en: "is what you bear first by rule",
        },
        Phrase {
            amount: split.in_scope,
            zh: "在医保政策范围内",
            en: "is within the insurance's scope",
        },
    ]);
    let total = yuan(decision.total);
    sentence(
        format!("这次医疗费用共 {total} 元：{zh}。"),
        format!("The bill is {total} yuan: {en}."),
    )
}

fn tier(step: &Step) -> Option<Sentence> {
    if let Step::Tier { tier } = step {
        return Some(sentence(
            format!("按参保地的规定，这家医院属于“{tier}”级。"),
            format!("By the rules of your home region this hospital is of level \"{tier}\"."),
        ));
    }
    None
}

/// Payers of the policy that had no part in this bill, each once, with the reason.
fn idle_payers(policy: &Policy, decision: &Decision) -> Vec<Sentence> {
    let has_part = |payer: Payer| {
        let mut results = decision.layers.iter();
        results.any(|result| result.payer == payer)
    };
    let mut told: Vec<Payer> = Vec::new();
    let mut sentences = Vec::new();
    for layer in policy.layers() {
        let payer = layer.payer;
        if has_part(payer) || told.contains(&payer) {
            continue;
        }
        let reasons = skips(policy, decision, payer);
        if reasons.is_empty() {
            continue;
        }
        told.push(payer);
        let payer = Payment::by(payer);
        sentences.push(if reasons.contains(&SkipReason::NothingToTake) {
            sentence(
                format!("{}：没有剩下可由它支付的费用，未支付。", payer.zh),
                format!("{}: nothing is left that it could pay for.", payer.en),
            )
        } else {
            sentence(
                format!("{}：这次不符合支付条件，未支付。", payer.zh),
                format!("{}: its conditions are not met this time.", payer.en),
            )
        });
    }
    sentences
}

/// Why the layers of a payer did nothing.
fn skips(policy: &Policy, decision: &Decision, payer: Payer) -> Vec<SkipReason> {
    let is_of_payer = |name| {
        let mut layers = policy.layers().iter();
        layers.any(|layer| layer.name == name && layer.payer == payer)
    };
    let mut reasons = Vec::new();
    for step in &decision.trace {
        if let Step::Skipped { layer, reason } = step
            && is_of_payer(*layer)
        {
            reasons.push(*reason);
        }
    }
    reasons
}

/// The bill less every payment is what the patient pays.
fn closing(decision: &Decision) -> Vec<Sentence> {
    let paying: Vec<&LayerResult> = decision
        .layers
        .iter()
        .filter(|result| !result.paid.is_zero())
        .collect();
    let cash = yuan(decision.cash);
    let (mut zh, mut en) = (String::new(), String::new());
    if !paying.is_empty() {
        let total = yuan(decision.total);
        let less = |said: fn(&Payment) -> &str, (open, close): (&str, &str)| {
            let terms = paying.iter().map(|result| {
                let payer = Payment::by(result.payer);
                format!(" − {}{open}{}{close}", yuan(result.paid), said(&payer))
            });
            terms.collect::<String>()
        };
        zh = format!(
            "：{total}{} = {cash}",
            less(|payer| &payer.zh, ("（", "）"))
        );
        en = format!(": {total}{} = {cash}", less(|payer| &payer.en, (" (", ")")));
    }
    let mut sentences = vec![sentence(
        format!("您需要现金支付 {cash} 元{zh}。"),
        format!("You pay {cash} yuan in cash{en}."),
    )];
    if decision.cash != decision.patient_total {
        let (total, own, family) = (
            yuan(decision.patient_total),
            yuan(decision.own_account),
            yuan(decision.family_account),
        );
        sentences.push(sentence(
            format!(
                "个人负担合计 {total} 元：现金 {cash} 元 + 个人账户 {own} 元 + 家庭共济账户 {family} 元。"
            ),
            format!(
                "Your own burden is {total} yuan: {cash} in cash + {own} from the personal account + \
                 {family} from the family account."
            ),
        ));
    }
    sentences.extend(burden(decision));
    sentences
}

/// What the cash is made of; told where one layer covered exactly what is in scope, so that its rests and
/// the other parts of the bill are the whole of it.
fn burden(decision: &Decision) -> Option<Sentence> {
    let [only] = decision.layers.as_slice() else {
        return None;
    };
    let split = &decision.split;
    if only.base != split.in_scope {
        return None;
    }
    let parts = [
        (split.out_of_scope, "目录外自费", "outside the catalogue"),
        (split.over_limit, "超限价", "above price limits"),
        (split.first_pay, "先行自付", "borne first"),
        (only.left.start, "起付线", "deductible"),
        (only.left.share, "按比例自付", "your share"),
        (only.left.above, "超过限额", "above the limit"),
    ];
    let shown: Vec<_> = parts
        .into_iter()
        .filter(|(amount, _, _)| !amount.is_zero())
        .collect();
    let sum = Fen::sum(shown.iter().map(|(amount, _, _)| *amount)).ok()?;
    if sum != decision.cash || shown.len() < 2 {
        return None;
    }
    let said = |word: fn(&(Fen, &'static str, &'static str)) -> &'static str| {
        let terms = shown
            .iter()
            .map(|part| format!("{} {}", word(part), yuan(part.0)));
        terms.collect::<Vec<_>>().join(" + ")
    };
    let cash = yuan(decision.cash);
    Some(sentence(
        format!("这 {cash} 元是：{}。", said(|(_, zh, _)| *zh)),
        format!("These {cash} yuan are: {}.", said(|(_, _, en)| *en)),
    ))
}

#[cfg(test)]
mod tests;
