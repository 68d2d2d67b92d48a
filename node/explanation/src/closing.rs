//! The end of an explanation: the bill less every payment is what the patient pays; what is remembered.

use huitong_core::decision::{Decision, LayerResult, Step};
use huitong_core::money::Fen;
use huitong_core::policy::Policy;
use huitong_core::policy::fact::Dimension;
use huitong_core::totals::TotalChange;

use crate::sentence::{Sentence, say};
use crate::standing::Standing;
use crate::vocabulary::{Pair, payer};
use crate::wording::{self, total};

/// What the patient pays, and what it is made of.
pub(crate) fn patient(policy: &Policy, decision: &Decision) -> Vec<Sentence> {
    let mut sentences = vec![cash(policy, decision)];
    if decision.cash != decision.patient_total {
        sentences.push(say!(
            "个人负担合计 {total} 元：现金 {cash} 元 + 个人账户 {own} 元 + 家庭共济账户 {family} 元。",
            "Your own burden is {total} yuan: {cash} in cash + {own} from the personal account + {family} from \
             the family account.",
            total = decision.patient_total,
            cash = decision.cash,
            own = decision.own_account,
            family = decision.family_account
        ));
    }
    sentences.extend(burden(decision));
    sentences
}

/// The bill less every payment.
fn cash(policy: &Policy, decision: &Decision) -> Sentence {
    let rule = |result: &LayerResult| wording::layer_named(policy, result.id);
    let paying = decision
        .layers
        .iter()
        .filter(|result| !result.paid.is_zero());
    let less: Vec<Sentence> = paying
        .map(|result| {
            say!(
                " − {paid}（{by}，{rule}）",
                " − {paid} ({by}, {rule})",
                paid = result.paid,
                by = payer(result.payer),
                rule = rule(result)
            )
        })
        .collect();
    if less.is_empty() {
        return say!(
            "您需要现金支付 {cash} 元。",
            "You pay {cash} yuan in cash.",
            cash = decision.cash
        );
    }
    say!(
        "您需要现金支付 {cash} 元：{total}{less} = {cash}。",
        "You pay {cash} yuan in cash: {total}{less} = {cash}.",
        cash = decision.cash,
        total = decision.total,
        less = Sentence::joined(&less, "", "")
    )
}

/// What the cash is made of; told where one layer covered exactly what is in scope, so that its rests and
/// the other parts of the bill are the whole of it.
fn burden(decision: &Decision) -> Option<Sentence> {
    let [only] = decision.layers.as_slice() else {
        return None;
    };
    let LayerResult { base, left, .. } = only;
    let split = &decision.split;
    if *base != split.in_scope {
        return None;
    }
    let parts: [(Fen, Pair); 6] = [
        (split.out_of_scope, ("目录外自费", "outside the catalogue")),
        (split.over_limit, ("超限价", "above price limits")),
        (split.first_pay, ("先行自付", "borne first")),
        (left.start, ("起付线", "deductible")),
        (left.share, ("按比例自付", "your share")),
        (left.above, ("超过限额", "above the limit")),
    ];
    let shown = parts.iter().filter(|(amount, _)| !amount.is_zero());
    let shown: Vec<Sentence> = shown
        .map(|(amount, what)| {
            say!(
                "{what} {amount}",
                "{what} {amount}",
                what = *what,
                amount = *amount
            )
        })
        .collect();
    let sum = Fen::sum(parts.iter().map(|(amount, _)| *amount)).ok()?;
    if sum != decision.cash || shown.len() < 2 {
        return None;
    }
    Some(say!(
        "这 {cash} 元是：{parts}。",
        "These {cash} yuan are: {parts}.",
        cash = decision.cash,
        parts = Sentence::joined(&shown, " + ", " + ")
    ))
}

/// What is remembered for the next settlement.
pub(crate) fn remembered(standing: &Standing<'_>) -> Vec<Sentence> {
    let steps = standing.decision.trace.iter();
    let changes = steps.filter_map(|step| {
        let Step::Total { change } = step else {
            return None;
        };
        remember(standing, change)
    });
    changes.collect()
}

fn remember(standing: &Standing<'_>, change: &TotalChange) -> Option<Sentence> {
    let name = change.slot.name;
    let before = standing.stored(name);
    let after = before.checked_add(change.adds)?;
    let what = total(standing.policy, name);
    if dimension(standing.policy, change) == Dimension::Count {
        return Some(say!(
            "记入累计：{what}，这次之后为 {after} 次。",
            "Remembered: {what} stands at {after} after this one.",
            what = what,
            after = after
        ));
    }
    let [before, adds, after] = [before, change.adds, after].map(|fen| Fen::new(fen).ok());
    Some(say!(
        "记入累计：{what}，此前 {before} 元，加上这次 {adds} 元，共 {after} 元。",
        "Remembered: {what}, {before} before, {adds} more now, {after} in all.",
        what = what,
        before = before?,
        adds = adds?,
        after = after?
    ))
}

fn dimension(policy: &Policy, change: &TotalChange) -> Dimension {
    let mut totals = policy.totals().iter();
    let rule = totals.find(|rule| rule.name == change.slot.name);
    rule.map_or(Dimension::Money, |rule| rule.dimension())
}
