//! Why a layer did not pay more: of all that it looked at, what it paid and what each limit kept.

use huitong_core::decision::Step;
use huitong_core::money::Fen;
use huitong_core::policy::layer::{Bounds, Ceiling, Payer};
use huitong_core::policy::quantity::Linear;

use crate::applied::{Applied, entries};
use crate::cause;
use crate::sentence::{Sentence, say};
use crate::state::{Asked, all};
use crate::vocabulary::Noun;

/// The whole that a layer looked at, part by part; then each limit that was reached, and what about the
/// visit made a figure worse.
pub(crate) fn why_not_more(applied: &Applied<'_>) -> Vec<Sentence> {
    let mut sentences = vec![parts(applied)];
    sentences.extend(ceilings(applied));
    sentences.extend(applied.steps().filter_map(balance));
    sentences.extend(by_the_way(applied));
    sentences
}

fn parts(applied: &Applied<'_>) -> Sentence {
    let result = applied.result;
    let took = applied.took();
    let matched = Fen::sum(took.iter().map(|took| took.matched)).unwrap_or(result.base);
    let above = match result.payer {
        Payer::Given(_) => ("不在这笔支付之内", "lie beyond that payment"),
        Payer::Fund(fund) if fund.is_account() => {
            ("超出账户可支付的金额", "are more than the account can pay")
        }
        Payer::Fund(_) | Payer::Hospital => ("超过限额", "lie above its limit"),
    };
    let parts = [
        (
            matched.saturating_sub(result.base),
            ("按规定不计入", "do not count by rule"),
        ),
        (
            result.left.start,
            ("在起付线以下", "lie under the deductible"),
        ),
        (
            result.left.share,
            (
                "按比例不由这一项支付",
                "are the share that it leaves by ratio",
            ),
        ),
        (result.left.above, above),
    ];
    let parts = parts.into_iter().filter(|(amount, _)| !amount.is_zero());
    let parts: Vec<Sentence> = parts
        .map(|(amount, what)| {
            say!(
                "{amount} 元{what}",
                "{amount} {what}",
                amount = amount,
                what = what
            )
        })
        .collect();
    if parts.is_empty() {
        return say!(
            "为什么没有更多：可计入的 {matched} 元已经全部支付。",
            "Why not more: all {matched} yuan that it looks at are paid.",
            matched = matched
        );
    }
    say!(
        "为什么没有更多：可计入的 {matched} 元中，支付了 {paid} 元；{parts}。",
        "Why not more: of the {matched} yuan that it looks at, it pays {paid}; {parts}.",
        matched = matched,
        paid = result.paid,
        parts = Sentence::joined(&parts, "；", "; ")
    )
}

/// Every ceiling that cut, with the rule it is.
fn ceilings(applied: &Applied<'_>) -> Vec<Sentence> {
    let mut said = Vec::new();
    let (mut scope, mut payment) = (
        in_effect(applied, Bounds::Scope),
        in_effect(applied, Bounds::Payment),
    );
    for step in applied.steps() {
        let Step::Ceiling {
            bounds,
            limit,
            room,
            cut,
            ..
        } = step
        else {
            continue;
        };
        let ceiling = match bounds {
            Bounds::Scope => scope.next(),
            Bounds::Payment => payment.next(),
        };
        if !cut.is_zero() {
            said.push(ceiling_cut(
                applied,
                ceiling,
                (*limit, *room, *cut),
                *bounds,
            ));
        }
    }
    said
}

/// The ceilings of these bounds that bound at all, as the engine meets them.
fn in_effect<'a>(
    applied: &Applied<'a>,
    bounds: Bounds,
) -> impl Iterator<Item = &'a Ceiling> + use<'a> {
    let (standing, then) = (applied.standing, applied.after);
    let ceilings = applied.layer.ceilings.iter();
    ceilings.filter(move |ceiling| {
        let row = standing.row(&ceiling.amount, then);
        ceiling.bounds == bounds && row.is_some_and(|(_, row)| row.value.is_some())
    })
}

fn ceiling_cut(
    applied: &Applied<'_>,
    ceiling: Option<&Ceiling>,
    (limit, room, cut): (Fen, Fen, Fen),
    bounds: Bounds,
) -> Sentence {
    let causes = ceiling.map(|it| cause::of_row(&applied.standing, &it.amount, applied.after));
    let because = applied.brackets(&causes.unwrap_or_default());
    let period = ceiling.and_then(|it| it.total).and_then(|name| {
        let mut totals = applied.standing.policy.totals().iter();
        totals.find(|rule| rule.name == name)
    });
    let period = period.map_or_else(
        || say!("这次", "for this settlement"),
        |rule| say!("{it}", "over {it}", it = rule.period.noun()),
    );
    let left = if room.is_zero() {
        say!("已经用完", "it is used up")
    } else if room == limit {
        say!("这次之前没有用过", "none of it was used before")
    } else {
        say!(
            "这次之前还剩 {room} 元",
            "{room} of it was left",
            room = room
        )
    };
    match bounds {
        Bounds::Payment => say!(
            "达到限额：{period}最多支付 {limit} 元{because}，{left}，因此少支付 {cut} 元。",
            "Its limit is reached: it pays at most {limit} yuan {period}{because}; {left}, so it pays {cut} less.",
            period = period,
            limit = limit,
            because = because,
            left = left,
            cut = cut
        ),
        Bounds::Scope => say!(
            "达到限额：{period}最多有 {limit} 元费用可以计入{because}，{left}，因此有 {cut} 元不再计入。",
            "Its limit is reached: it covers at most {limit} yuan of costs {period}{because}; {left}, so {cut} are not covered.",
            period = period,
            limit = limit,
            because = because,
            left = left,
            cut = cut
        ),
    }
}

fn balance(step: &Step) -> Option<Sentence> {
    let Step::Balance { held, .. } = step else {
        return None;
    };
    Some(say!(
        "账户里有 {held} 元。",
        "The account holds {held} yuan.",
        held = *held
    ))
}

/// What about the way the person went for care, or is recorded, made a figure worse.
fn by_the_way(applied: &Applied<'_>) -> Option<Sentence> {
    let mut causes: Vec<Asked> = Vec::new();
    for found in [
        weights(applied),
        start(applied),
        ratios(applied),
        limits(applied),
    ] {
        causes.extend(found);
    }
    let said = all(&applied.standing, &causes, applied.after);
    if said.is_nothing() {
        return None;
    }
    Some(say!(
        "换一种情形会支付更多，这次的情形是：{said}。",
        "In other circumstances it would pay more; here they were: {said}.",
        said = said
    ))
}

fn weights(applied: &Applied<'_>) -> Vec<Asked> {
    let took = applied.took();
    let entries = entries(applied, &took).unwrap_or_default();
    let found = entries.into_iter().flat_map(|entry| {
        cause::against(
            &applied.standing,
            &entry.weight,
            applied.before,
            |it, counts| it > counts,
        )
    });
    found.collect()
}

fn start(applied: &Applied<'_>) -> Vec<Asked> {
    let Some(start) = &applied.layer.start else {
        return Vec::new();
    };
    let value = |linear: &Linear| applied.standing.threshold(linear, applied.after);
    cause::against(
        &applied.standing,
        &start.amount,
        applied.after,
        |it, counts| matches!((value(it), value(counts)), (Some(it), Some(counts)) if it < counts),
    )
}

fn ratios(applied: &Applied<'_>) -> Vec<Asked> {
    let (standing, then) = (&applied.standing, applied.after);
    let of_tables = applied.layer.segments.iter().flat_map(|segment| {
        cause::against(standing, &segment.ratio, then, |it, counts| it > counts)
    });
    let is_lowered = applied
        .steps()
        .any(|step| matches!(step, Step::Adjusted { table, adjusted, .. } if adjusted < table));
    let of_adjustments = applied
        .layer
        .adjustments
        .iter()
        .filter(|it| is_lowered && standing.holds(&it.when, then))
        .flat_map(|it| cause::of_condition(standing, &it.when, then))
        .filter(|asked| asked.is_of_the_way());
    of_tables.chain(of_adjustments).collect()
}

fn limits(applied: &Applied<'_>) -> Vec<Asked> {
    let (standing, then) = (&applied.standing, applied.after);
    let cut = applied
        .steps()
        .any(|step| matches!(step, Step::Ceiling { cut, .. } if !cut.is_zero()));
    if !cut {
        return Vec::new();
    }
    let found = applied.layer.ceilings.iter().flat_map(|ceiling| {
        cause::against(standing, &ceiling.amount, then, |it, counts| {
            match (it, counts) {
                (None, Some(_)) => true,
                (None | Some(_), None) => false,
                (Some(it), Some(counts)) => {
                    standing.threshold(it, then) > standing.threshold(counts, then)
                }
            }
        })
    });
    found.collect()
}
