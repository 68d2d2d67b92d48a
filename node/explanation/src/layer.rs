//! One rule's part: what counts, where it begins, what it pays of each stretch, and what is then unpaid.

use huitong_core::decision::{SegmentResult, Step};
use huitong_core::money::Fen;
use huitong_core::policy::layer::{Axis, Measure, MetBy, Payer};
use rust_decimal::Decimal;

use crate::applied::{Applied, entries};
use crate::cause;
use crate::sentence::{Sentence, say};
use crate::state::Asked;
use crate::vocabulary::{Noun, payer};
use crate::why::why_not_more;
use crate::wording::{self, quoted, take};

/// Everything to be said of a layer that did something.
pub(crate) fn explain(applied: &Applied<'_>, source: &Sentence) -> Vec<Sentence> {
    if matches!(applied.result.payer, Payer::Given(_)) && applied.result.paid.is_zero() {
        return vec![not_given(applied, source)];
    }
    let mut sentences = vec![opening(applied, source)];
    sentences.extend(takes(applied));
    let steps = || applied.steps();
    sentences.extend(steps().filter_map(|step| start(applied, step)));
    sentences.extend(adjusted(applied));
    sentences.extend(stretches(applied));
    sentences.extend(steps().filter_map(|step| guaranteed(applied, step)));
    sentences.push(outcome(applied));
    sentences.extend(why_not_more(applied));
    sentences
}

/// A payment from elsewhere that there was not.
fn not_given(applied: &Applied<'_>, source: &Sentence) -> Sentence {
    say!(
        "{rule}没有支付：这次没有其他途径的支付。{source}",
        "{rule} pays nothing: nothing was paid elsewhere this time.{source}",
        rule = wording::layer(applied.layer),
        source = source
    )
}

/// The rule, who pays, where it is written, and what counts.
fn opening(applied: &Applied<'_>, source: &Sentence) -> Sentence {
    let Applied { layer, result, .. } = applied;
    let it = payer(result.payer);
    let paid_by = match result.payer {
        Payer::Fund(fund) if fund.is_account() => {
            say!("（用{it}支付）", " (paid from: {it})", it = it)
        }
        Payer::Fund(_) => say!("（由{it}支付）", " (paid by: {it})", it = it),
        Payer::Hospital => say!("（由医院承担）", " (borne by the hospital)"),
        Payer::Given(_) => say!("（此前已由其他途径支付）", " (paid elsewhere already)"),
    };
    let before = match layer.axis {
        Axis::Total(total) if !result.before.is_zero() => {
            let mut totals = applied.standing.policy.totals().iter();
            let period = totals.find(|rule| rule.name == total);
            let period = period.map_or(("此前", "before"), |rule| rule.period.noun());
            say!(
                "，接在{period}此前累计的 {before} 元之后计算",
                ", reckoned on top of {before} so far in {period}",
                period = period,
                before = result.before
            )
        }
        Axis::Total(_) | Axis::Visit => Sentence::nothing(),
    };
    say!(
        "{rule}{paid_by}：计入 {base} 元{before}。{source}",
        "{rule}{paid_by}: {base} yuan count{before}.{source}",
        rule = wording::layer(layer),
        paid_by = paid_by,
        base = result.base,
        before = before,
        source = source
    )
}

/// What each entry took; told where more than one did, or not all of it counts.
fn takes(applied: &Applied<'_>) -> Vec<Sentence> {
    let took = applied.took();
    let is_plain = took.iter().all(|took| took.taken == took.matched);
    if took.len() < 2 && is_plain {
        return Vec::new();
    }
    let entries = entries(applied, &took);
    let said = took.iter().enumerate().map(|(at, took)| {
        let entry = entries.as_ref().and_then(|entries| entries.get(at).copied());
        let what = entry.map_or_else(
            || say!("费用", "Costs"),
            |entry| take(applied.standing.policy, entry),
        );
        if took.taken == took.matched {
            return say!(
                "{what}：{matched} 元全部计入。",
                "In full, {what}: all {matched} yuan count.",
                what = what,
                matched = took.matched
            );
        }
        let because = entry.map_or_else(Sentence::nothing, |entry| {
            let causes = cause::of_row(&applied.standing, &entry.weight, applied.before);
            applied.brackets(&causes)
        });
        say!(
            "{what}：{matched} 元中 {weight} 计入，即 {taken} 元，其余 {kept_off} 元不计入{because}。",
            "In part, {what}: of {matched} yuan {weight} count, which is {taken}; the other {kept_off} do not{because}.",
            what = what,
            matched = took.matched,
            weight = took.weight,
            taken = took.taken,
            kept_off = took.matched.saturating_sub(took.taken),
            because = because
        )
    });
    said.collect()
}

fn start(applied: &Applied<'_>, step: &Step) -> Option<Sentence> {
    let Step::Start {
        standard,
        met,
        charged,
        ..
    } = step
    else {
        return None;
    };
    let rule = applied.layer.start.as_ref();
    let causes = rule.map(|start| cause::of_row(&applied.standing, &start.amount, applied.after));
    let because = applied.brackets(&causes.unwrap_or_default());
    if standard.is_zero() {
        return Some(say!(
            "没有起付线{because}。",
            "There is no deductible{because}.",
            because = because
        ));
    }
    let mut parts = Vec::new();
    if !met.is_zero() {
        parts.push(say!("此前已计 {it} 元", "{it} was met before", it = *met));
    }
    parts.push(say!(
        "这次扣除 {it} 元",
        "{it} is charged now",
        it = *charged
    ));
    let still = standard.saturating_sub(*met).saturating_sub(*charged);
    if !still.is_zero() {
        let anew = applied.layer.axis == Axis::Visit
            && rule.is_none_or(|start| start.met_by == MetBy::Nothing);
        parts.push(if anew {
            say!(
                "离起付线差 {it} 元，下次就医重新计算",
                "{it} short of it, and the next visit begins anew",
                it = still
            )
        } else {
            say!(
                "还差 {it} 元才开始支付",
                "{it} is still to go before it pays",
                it = still
            )
        });
    }
    Some(say!(
        "起付线为 {standard} 元{because}：{parts}。",
        "The deductible is {standard} yuan{because}: {parts}.",
        standard = *standard,
        because = because,
        parts = Sentence::joined(&parts, "，", ", ")
    ))
}

/// Ratios that are not those of the table, with the reasons that the policy gives.
fn adjusted(applied: &Applied<'_>) -> Option<Sentence> {
    let mut changes: Vec<Sentence> = Vec::new();
    for step in applied.steps() {
        if let Step::Adjusted {
            table, adjusted, ..
        } = step
        {
            let change = say!(
                "由 {from} 调整为 {to}",
                "from {from} to {to}",
                from = *table,
                to = *adjusted
            );
            if !changes.contains(&change) {
                changes.push(change);
            }
        }
    }
    if changes.is_empty() {
        return None;
    }
    let standing = &applied.standing;
    let holding = applied.layer.adjustments.iter();
    let holding = holding.filter(|it| standing.holds(&it.when, applied.after));
    let reasons: Vec<Sentence> = holding
        .map(|it| {
            let causes = cause::of_condition(standing, &it.when, applied.after);
            say!(
                "{why}{because}",
                "{why}{because}",
                why = quoted(&it.source),
                because = applied.brackets(&causes)
            )
        })
        .collect();
    let reasons = if reasons.is_empty() {
        say!(
            "按规定的最低或最高比例",
            "by the least or the greatest ratio allowed"
        )
    } else {
        Sentence::joined(&reasons, "，", ", ")
    };
    Some(say!(
        "支付比例{changes}：{reasons}。",
        "The ratio changes {changes}: {reasons}.",
        changes = Sentence::joined(&changes, "、", ", "),
        reasons = reasons
    ))
}

/// What is paid of each stretch of the base; an account that pays all it can has none to tell.
fn stretches(applied: &Applied<'_>) -> Vec<Sentence> {
    if matches!(applied.result.payer, Payer::Fund(fund) if fund.is_account()) {
        return Vec::new();
    }
    let told = applied.result.segments.iter();
    let told = told.filter(|segment| segment.to > segment.from);
    told.map(|segment| {
        say!(
            "从 {from} 元到 {to} 元的 {length} 元，支付 {ratio}{because}：{amount} 元。",
            "Of the {length} yuan from {from} to {to} it pays {ratio}{because}: {amount} yuan.",
            from = segment.from,
            to = segment.to,
            length = segment.to.saturating_sub(segment.from),
            ratio = segment.ratio,
            because = applied.brackets(&ratio_causes(applied, segment)),
            amount = segment.amount
        )
    })
    .collect()
}

/// What decided the ratio of a stretch, by the segment of the rule that it lies in.
fn ratio_causes(applied: &Applied<'_>, segment: &SegmentResult) -> Vec<Asked> {
    let (standing, then) = (&applied.standing, applied.after);
    let origin = match applied.layer.measure {
        Measure::Absolute => Decimal::ZERO,
        Measure::AboveStart => start_ends(applied),
    };
    let from = Decimal::from(segment.from.get());
    let mut rules = applied.layer.segments.iter();
    let lies_in = rules.find(|rule| {
        rule.to.as_ref().is_none_or(|to| {
            let row = standing.row(to, then);
            let high = row.and_then(|(_, row)| standing.threshold(&row.value, then));
            let high = high.and_then(|high| high.checked_add(origin));
            high.is_some_and(|high| from < high)
        })
    });
    lies_in.map_or_else(Vec::new, |rule| cause::of_row(standing, &rule.ratio, then))
}

/// Where the start ends on the axis.
fn start_ends(applied: &Applied<'_>) -> Decimal {
    let met_by = applied.layer.start.as_ref().map(|start| start.met_by);
    let ends = applied.steps().find_map(|step| {
        let Step::Start { standard, met, .. } = step else {
            return None;
        };
        Some(match met_by {
            Some(MetBy::Nothing) | None => *standard,
            Some(MetBy::Scope(_) | MetBy::Charged(_)) => standard.saturating_sub(*met),
        })
    });
    Decimal::from(ends.unwrap_or(Fen::ZERO).get())
}

fn guaranteed(applied: &Applied<'_>, step: &Step) -> Option<Sentence> {
    let Step::Floor {
        of, ratio, extra, ..
    } = step
    else {
        return None;
    };
    if extra.is_zero() {
        return None;
    }
    let floor = applied.layer.floor.as_ref()?;
    let causes = cause::of_row(&applied.standing, &floor.ratio, applied.after);
    Some(say!(
        "{what}有 {of} 元，按规定至少保证支付 {ratio}{because}，因此补足 {extra} 元。",
        "Of {what}, {of} yuan, at least {ratio} is guaranteed{because}, so {extra} is added.",
        what = wording::number(applied.standing.policy, floor.of),
        of = *of,
        ratio = *ratio,
        because = applied.brackets(&causes),
        extra = *extra
    ))
}

/// What it paid, and what is then unpaid of the bill.
fn outcome(applied: &Applied<'_>) -> Sentence {
    let left = applied.after.layers_before.saturating_add(1);
    say!(
        "{rule}支付 {paid} 元，这次费用还剩 {unpaid} 元没有支付。",
        "{rule} pays {paid} yuan; {unpaid} of the bill are then unpaid.",
        rule = wording::layer(applied.layer),
        paid = applied.result.paid,
        unpaid = applied.standing.unpaid(left)
    )
}
