//! Numbers and totals by what they measure, with their unit, and conditions, which ask for numbers and say
//! what a total counts.

mod conditions;

use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::fact::{Account, Dimension, NumberFact};
use huitong_core::policy::total::{Adds, TotalRule};
use rust_decimal::Decimal;

use super::names::{layer_named, pair, quoted, tag};
use crate::sentence::{Sentence, say, yuan};
use crate::vocabulary::Noun;

pub use conditions::{clause, condition};

/// What a number is called.
#[must_use]
pub fn number(policy: &Policy, fact: NumberFact) -> Sentence {
    match fact {
        NumberFact::Bill => say!("这次的全部费用", "the whole bill"),
        NumberFact::Part(part, None) => pair(part.noun()),
        NumberFact::Part(part, Some(name)) => say!(
            "{part}（{tag}）",
            "{part} ({tag})",
            part = part.noun(),
            tag = tag(policy, name)
        ),
        NumberFact::Base => say!("计入这一项的费用", "what counts for this rule"),
        NumberFact::Age => say!("年龄", "the age"),
        NumberFact::YearsPaid => say!("缴费年限", "the years of contribution"),
        NumberFact::CoveredDays => say!("连续参保天数", "the days of unbroken cover"),
        NumberFact::CoveredYears => say!("连续参保年数", "the years of unbroken cover"),
        NumberFact::ClaimFreeYears => {
            say!("连续未报销年数", "the years in a row without a claim")
        }
        NumberFact::Days => say!("就诊天数", "the days of the visit"),
        NumberFact::Sessions => say!("治疗次数", "the sessions"),
        NumberFact::Ordinal => say!("本年度住院次序", "the number of the admission in the year"),
        NumberFact::Index(name) => say!(
            "公布指标“{name}”",
            "the published figure \"{name}\"",
            name = name
        ),
        NumberFact::Total(name) => total(policy, name),
        NumberFact::Balance(Account::Own) => say!("个人账户余额", "the personal account's balance"),
        NumberFact::Balance(Account::Family) => {
            say!("家庭共济账户余额", "the family account's balance")
        }
        NumberFact::Given(name) => say!(
            "“{name}”已支付的金额",
            "what \"{name}\" has paid",
            name = name
        ),
    }
}

/// A number with its unit.
#[must_use]
pub fn measured(policy: &Policy, fact: NumberFact, value: Decimal) -> Sentence {
    let declared = |name| {
        let mut totals = policy.totals().iter();
        totals
            .find(|total| total.name == name)
            .map(TotalRule::dimension)
    };
    match fact.dimension(declared) {
        Some(Dimension::Count) => Sentence::same(value.normalize()),
        Some(Dimension::Money) | None => say!("{yuan} 元", "{yuan} yuan", yuan = fen_yuan(value)),
    }
}

/// An amount in fen that need not be whole, in yuan.
#[must_use]
pub fn fen_yuan(fen: Decimal) -> String {
    use rust_decimal::prelude::ToPrimitive;
    let whole = fen.is_integer().then(|| fen.to_i64()).flatten();
    whole
        .and_then(|fen| huitong_core::money::Fen::new(fen).ok())
        .map_or_else(
            || {
                let yuan = fen.checked_div(Decimal::ONE_HUNDRED);
                yuan.unwrap_or(fen).normalize().to_string()
            },
            yuan,
        )
}

/// A total by what it adds and over which time.
#[must_use]
pub fn total(policy: &Policy, name: Name) -> Sentence {
    let mut totals = policy.totals().iter();
    let Some(rule) = totals.find(|total| total.name == name) else {
        return quoted(name.as_str());
    };
    let period = rule.period.noun();
    if rule.dimension() == Dimension::Count {
        return count(policy, rule);
    }
    let parts: Vec<Sentence> = rule.adds.iter().map(|adds| adding(policy, *adds)).collect();
    let what = Sentence::joined(&parts, "、", " and ");
    say!(
        "{period}累计的{what}",
        "{what} over {period}",
        period = period,
        what = what
    )
}

/// What is counted over which time, and which of them where not all are.
fn count(policy: &Policy, rule: &TotalRule) -> Sentence {
    let is_of_admissions = rule.adds.contains(&Adds::Admission);
    let what = if is_of_admissions {
        ("住院次数", "admissions")
    } else {
        ("就诊次数", "visits")
    };
    let which = if rule.when.any.is_empty() {
        Sentence::nothing()
    } else {
        let when = condition(policy, &rule.when);
        say!("（{when}）", " ({when})", when = when)
    };
    say!(
        "{period}的{what}{which}",
        "the number of {what} in {period}{which}",
        period = rule.period.noun(),
        what = what,
        which = which
    )
}

fn adding(policy: &Policy, adds: Adds) -> Sentence {
    match adds {
        Adds::Base(of) => say!(
            "{rule}计入的费用",
            "what counted for {rule}",
            rule = layer_named(policy, of)
        ),
        Adds::Left(of, left) => say!(
            "{rule}之后{left}",
            "{left} after {rule}",
            rule = layer_named(policy, of),
            left = left.noun()
        ),
        Adds::StartCharged(of) => say!(
            "{rule}已扣除的起付线",
            "the deductible charged by {rule}",
            rule = layer_named(policy, of)
        ),
        Adds::Paid(of) => say!(
            "{rule}已支付的金额",
            "what {rule} paid",
            rule = layer_named(policy, of)
        ),
        Adds::Bill(None, _) => say!("全部费用", "whole bills"),
        Adds::Bill(Some(part), tag) => number(policy, NumberFact::Part(part, tag)),
        Adds::One => say!("次数", "visits"),
        Adds::Admission => say!("住院次数", "admissions"),
    }
}
