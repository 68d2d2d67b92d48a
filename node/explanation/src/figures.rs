//! The figures of a rule in words: amounts that hang on facts, changes of a ratio, what a start is met by.

use huitong_core::policy::Policy;
use huitong_core::policy::fact::{Dimension, NumberFact};
use huitong_core::policy::layer::{Adjustment, Axis, Bounds, Ceiling, Measure, MetBy};
use huitong_core::policy::quantity::{Linear, Term};
use huitong_core::policy::total::TotalRule;
use huitong_core::ratio::Ratio;
use rust_decimal::Decimal;

use crate::sentence::{Sentence, percent, say};
use crate::wording::{fen_yuan, number, quoted, total};

/// An amount that a rule works out: `1,200.00 yuan`, or `20% × the whole bill, at least 2,000.00 yuan`.
#[must_use]
pub fn amount(policy: &Policy, linear: &Linear) -> Sentence {
    let yuan = |fen: Decimal| say!("{it} 元", "{it} yuan", it = fen_yuan(fen));
    let mut terms: Vec<Sentence> = linear.terms.iter().map(|it| term(policy, it)).collect();
    if terms.is_empty() || !linear.constant.is_zero() {
        terms.push(yuan(linear.constant));
    }
    let mut said = vec![Sentence::joined(&terms, " + ", " + ")];
    if let Some(least) = linear.at_least {
        said.push(say!("至少 {it}", "at least {it}", it = yuan(least)));
    }
    if let Some(most) = linear.at_most {
        said.push(say!("至多 {it}", "at most {it}", it = yuan(most)));
    }
    Sentence::joined(&said, "，", ", ")
}

fn term(policy: &Policy, term: &Term) -> Sentence {
    let name = number(policy, term.fact);
    if dimension(policy, term.fact) == Some(Dimension::Count) {
        let each = fen_yuan(term.coefficient);
        return say!(
            "{each} 元 × {name}",
            "{each} yuan × {name}",
            each = each,
            name = name
        );
    }
    let share = Ratio::new(term.coefficient)
        .map_or_else(|_| term.coefficient.normalize().to_string(), percent);
    say!(
        "{share} × {name}",
        "{share} × {name}",
        share = share,
        name = name
    )
}

fn dimension(policy: &Policy, fact: NumberFact) -> Option<Dimension> {
    fact.dimension(|name| {
        let mut totals = policy.totals().iter();
        totals
            .find(|total| total.name == name)
            .map(TotalRule::dimension)
    })
}

/// A row of a ceiling: an amount, or no bound.
#[must_use]
pub fn limit(policy: &Policy, linear: Option<&Linear>) -> Sentence {
    linear.map_or_else(
        || say!("不设限额", "no limit"),
        |linear| amount(policy, linear),
    )
}

/// What a ceiling bounds, and what it is used up in.
#[must_use]
pub fn ceiling(policy: &Policy, ceiling: &Ceiling) -> Sentence {
    let what = match ceiling.bounds {
        Bounds::Scope => ("可计入费用的限额", "limit of what counts"),
        Bounds::Payment => ("支付限额", "limit of what it pays"),
    };
    ceiling.total.map_or_else(
        || say!("每次{what}", "{what}, each settlement", what = what),
        |name| {
            say!(
                "{what}（按{total}计算）",
                "{what} (used up in {total})",
                what = what,
                total = total(policy, name)
            )
        },
    )
}

/// What an adjustment does to a ratio.
#[must_use]
pub fn adjustment(policy: &Policy, adjustment: &Adjustment) -> Sentence {
    let (times, plus) = (adjustment.times, adjustment.plus);
    let mut said = Vec::new();
    let complement = Decimal::ONE.checked_sub(times);
    if times == Decimal::ONE {
        if !plus.is_zero() || adjustment.per.is_empty() {
            said.push(points(plus));
        }
    } else if complement == Some(plus) {
        said.push(say!(
            "个人负担 × {times}",
            "the patient's share × {times}",
            times = plain(times)
        ));
    } else {
        said.push(say!(
            "比例 × {times}",
            "the ratio × {times}",
            times = plain(times)
        ));
        if !plus.is_zero() {
            said.push(points(plus));
        }
    }
    for per in &adjustment.per {
        let name = number(policy, per.fact);
        said.push(say!(
            "{points} × {name}",
            "{points} × {name}",
            points = points(per.coefficient),
            name = name
        ));
    }
    let what = Sentence::joined(&said, "，", ", ");
    say!(
        "{what}（{why}）",
        "{what} ({why})",
        what = what,
        why = quoted(&adjustment.source)
    )
}

/// A change of a ratio in points: `-10 points`.
fn points(plus: Decimal) -> Sentence {
    let points = plus.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(plus);
    let sign = if points.is_sign_negative() {
        "−"
    } else {
        "+"
    };
    let points = format!("{sign}{}", plain(points.abs()));
    say!("{points} 个百分点", "{points} points", points = points)
}

fn plain(decimal: Decimal) -> String {
    decimal.normalize().to_string()
}

/// What a layer's amounts are laid along.
#[must_use]
pub fn axis(policy: &Policy, axis: Axis) -> Sentence {
    match axis {
        Axis::Visit => say!("每次就诊单独计算", "each visit by itself"),
        Axis::Total(name) => say!("按{it}计算", "along {it}", it = total(policy, name)),
    }
}

/// What already counts toward a start.
#[must_use]
pub fn met_by(policy: &Policy, met_by: MetBy) -> Sentence {
    match met_by {
        MetBy::Nothing => say!("每次单独计算", "met anew each time"),
        MetBy::Scope(name) | MetBy::Charged(name) => {
            say!("以{it}抵扣", "met by {it}", it = total(policy, name))
        }
    }
}

/// Where bounds are measured from.
#[must_use]
pub fn measure(measure: Measure) -> Sentence {
    match measure {
        Measure::Absolute => say!("分段自零元起计", "segments measured from zero"),
        Measure::AboveStart => say!("分段自起付线起计", "segments measured from the deductible"),
    }
}
