//! One payer's part: what it covers, where it begins, what it pays of each stretch, and why not more.

use huitong_core::decision::{LayerResult, Step};
use huitong_core::name::Name;
use huitong_core::policy::layer::{Bounds, Payer};

use super::words::{Payment, Phrase, joined, percent, yuan};
use super::{Sentence, sentence};

/// Everything to be said of a layer that applied.
pub(super) fn explain(result: &LayerResult, rule: Option<&str>, trace: &[Step]) -> Vec<Sentence> {
    if matches!(result.payer, Payer::Fund(fund) if fund.is_account()) {
        return vec![from_account(result, rule, trace)];
    }
    let mut sentences = vec![opening(result, rule)];
    let steps = || {
        trace
            .iter()
            .filter(|step| layer_of(step) == Some(result.id))
    };
    sentences.extend(steps().filter_map(weighed));
    sentences.extend(steps().filter_map(|step| start(step, result)));
    sentences.extend(steps().filter_map(adjusted));
    sentences.extend(stretches(result));
    sentences.extend(steps().filter_map(guaranteed));
    sentences.push(outcome(result));
    sentences.extend(steps().filter_map(|step| why_not_more(step, result)));
    sentences
}

/// The layer that a step is about.
const fn layer_of(step: &Step) -> Option<Name> {
    match step {
        Step::Skipped { layer, .. }
        | Step::Took { layer, .. }
        | Step::Start { layer, .. }
        | Step::Adjusted { layer, .. }
        | Step::Segment { layer, .. }
        | Step::Floor { layer, .. }
        | Step::Ceiling { layer, .. }
        | Step::Balance { layer, .. }
        | Step::Paid { layer, .. } => Some(*layer),
        Step::Split { .. } | Step::Tier { .. } | Step::Total { .. } | Step::Closed { .. } => None,
    }
}

fn opening(result: &LayerResult, rule: Option<&str>) -> Sentence {
    let (payer, base) = (Payment::by(result.payer), yuan(result.base));
    let (rule_zh, rule_en) = cited(rule);
    let (before_zh, before_en) = if result.before.is_zero() {
        (String::new(), String::new())
    } else {
        let before = yuan(result.before);
        (
            format!("，此前已累计 {before} 元"),
            format!(", on top of {before} before"),
        )
    };
    sentence(
        format!("{}：{base} 元计入{before_zh}。{rule_zh}", payer.zh),
        format!("{}: {base} yuan count{before_en}.{rule_en}", payer.en),
    )
}

fn cited(rule: Option<&str>) -> (String, String) {
    rule.map_or_else(
        || (String::new(), String::new()),
        |rule| (format!("（依据：{rule}）"), format!(" (rule: {rule})")),
    )
}

/// An account pays what it holds and knows neither deductible nor shares.
fn from_account(result: &LayerResult, rule: Option<&str>, trace: &[Step]) -> Sentence {
    let (payer, paid, (rule_zh, rule_en)) =
        (Payment::by(result.payer), yuan(result.paid), cited(rule));
    let held = trace.iter().find_map(|step| {
        let Step::Balance { layer, held } = step else {
            return None;
        };
        (*layer == result.id).then_some(*held)
    });
    let (held_zh, held_en) = held.map_or_else(
        || (String::new(), String::new()),
        |held| {
            let held = yuan(held);
            (
                format!("为什么没有更多：账户里只有 {held} 元。"),
                format!(" Why not more: the account held {held} yuan."),
            )
        },
    );
    sentence(
        format!("{}：支付 {paid} 元。{held_zh}{rule_zh}", payer.zh),
        format!("{}: it pays {paid} yuan.{held_en}{rule_en}", payer.en),
    )
}

/// A ratio that is not the one of the table.
fn adjusted(step: &Step) -> Option<Sentence> {
    let Step::Adjusted {
        table, adjusted, ..
    } = step
    else {
        return None;
    };
    if table == adjusted {
        return None;
    }
    let (table, adjusted) = (percent(*table), percent(*adjusted));
    Some(sentence(
        format!("支付比例按规定由 {table} 调整为 {adjusted}。"),
        format!("By rule the ratio of {table} becomes {adjusted}."),
    ))
}

/// Costs that count only in part.
fn weighed(step: &Step) -> Option<Sentence> {
    let Step::Took {
        matched,
        weight,
        taken,
        ..
    } = step
    else {
        return None;
    };
    let kept_off = matched.checked_sub(*taken).ok()?;
    if kept_off.is_zero() {
        return None;
    }
    let (matched, weight, taken, kept_off) = (
        yuan(*matched),
        percent(*weight),
        yuan(*taken),
        yuan(kept_off),
    );
    Some(sentence(
        format!("其中 {matched} 元按 {weight} 计入，即 {taken} 元；另 {kept_off} 元先由您承担。"),
        format!(
            "Of {matched} yuan {weight} count, which is {taken}; you bear the other {kept_off} first."
        ),
    ))
}

fn start(step: &Step, result: &LayerResult) -> Option<Sentence> {
    let Step::Start {
        standard,
        met,
        charged,
        ..
    } = step
    else {
        return None;
    };
    let (standard_text, met_text, charged_text) = (yuan(*standard), yuan(*met), yuan(*charged));
    if standard.is_zero() {
        return Some(sentence("没有起付线。", "There is no deductible."));
    }
    let (met_zh, met_en) = if met.is_zero() {
        (String::new(), String::new())
    } else {
        (
            format!("此前已承担 {met_text} 元，"),
            format!("{met_text} of it was met before and "),
        )
    };
    let still = standard.saturating_sub(*met).saturating_sub(*charged);
    if still.is_zero() {
        return Some(sentence(
            format!("起付线为 {standard_text} 元，{met_zh}这次由您承担 {charged_text} 元。"),
            format!(
                "The deductible is {standard_text} yuan; {met_en}{charged_text} is charged now."
            ),
        ));
    }
    let (base, still) = (yuan(result.base), yuan(still));
    Some(sentence(
        format!(
            "起付线为 {standard_text} 元，{met_zh}这次计入的 {base} 元都在起付线以下；为什么没有支付：还差 \
             {still} 元才开始支付。"
        ),
        format!(
            "The deductible is {standard_text} yuan; {met_en}all {base} that count lie below it. Why not \
             more: payment begins after another {still} yuan."
        ),
    ))
}

/// What is paid of each stretch of the base.
fn stretches(result: &LayerResult) -> Vec<Sentence> {
    let told = result
        .segments
        .iter()
        .filter(|segment| segment.to > segment.from);
    told.map(|segment| {
        let length = yuan(segment.to.saturating_sub(segment.from));
        let (from, to) = (yuan(segment.from), yuan(segment.to));
        let (ratio, amount) = (percent(segment.ratio), yuan(segment.amount));
        sentence(
            format!("从 {from} 元到 {to} 元的 {length} 元，支付 {ratio}：{amount} 元。"),
            format!("Of the {length} yuan from {from} to {to} it pays {ratio}: {amount} yuan."),
        )
    })
    .collect()
}

fn guaranteed(step: &Step) -> Option<Sentence> {
    let Step::Floor {
        of, ratio, extra, ..
    } = step
    else {
        return None;
    };
    if extra.is_zero() {
        return None;
    }
    let (of, ratio, extra) = (yuan(*of), percent(*ratio), yuan(*extra));
    Some(sentence(
        format!("按规定至少保证 {of} 元的 {ratio}，因此补足 {extra} 元。"),
        format!("At least {ratio} of {of} yuan is guaranteed, so {extra} is added."),
    ))
}

/// What it paid, and what it left of what counted.
fn outcome(result: &LayerResult) -> Sentence {
    let payer = match result.payer {
        Payer::Fund(_) => ("共支付", "It pays"),
        Payer::Hospital => ("医院承担", "The hospital bears"),
        Payer::Given(_) => ("已支付", "Already paid:"),
    };
    let paid = yuan(result.paid);
    let left = result.left;
    if left.start.is_zero() && left.share.is_zero() && left.above.is_zero() {
        return sentence(
            format!("{} {paid} 元，计入部分全部付清。", payer.0),
            format!("{} {paid} yuan, all that counts.", payer.1),
        );
    }
    let (zh, en) = joined(&[
        Phrase {
            amount: left.start,
            zh: "在起付线以下",
            en: "below the deductible",
        },
        Phrase {
            amount: left.share,
            zh: "是按比例由您承担的部分",
            en: "as your share",
        },
        Phrase {
            amount: left.above,
            zh: "超过限额",
            en: "above the limit",
        },
    ]);
    sentence(
        format!("{} {paid} 元；未支付的有：{zh}。", payer.0),
        format!("{} {paid} yuan; unpaid are {en}.", payer.1),
    )
}

/// A ceiling that kept a payment down.
fn why_not_more(step: &Step, result: &LayerResult) -> Option<Sentence> {
    let Step::Ceiling {
        bounds,
        limit,
        room,
        cut,
        ..
    } = step
    else {
        return None;
    };
    if cut.is_zero() || result.ceiling.is_none() {
        return None;
    }
    let (limit, room_text, cut) = (yuan(*limit), yuan(*room), yuan(*cut));
    let (left_zh, left_en) = if room.is_zero() {
        ("已经用完".to_owned(), "it is used up".to_owned())
    } else {
        (
            format!("这次之前还剩 {room_text} 元"),
            format!("{room_text} of it was left"),
        )
    };
    Some(match bounds {
        Bounds::Payment => sentence(
            format!("为什么没有更多：最高支付限额为 {limit} 元，{left_zh}，因此少支付 {cut} 元。"),
            format!(
                "Why not more: it pays at most {limit} yuan; {left_en}, so it pays {cut} less."
            ),
        ),
        Bounds::Scope => sentence(
            format!(
                "为什么没有更多：最多有 {limit} 元费用可以计入，{left_zh}，因此有 {cut} 元不计入。"
            ),
            format!(
                "Why not more: it covers at most {limit} yuan of costs; {left_en}, so {cut} is not covered."
            ),
        ),
    })
}
