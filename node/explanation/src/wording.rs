//! The parts of a policy in words: rules and levels by title, facts, conditions, takes, totals.
//!
//! What a rule *asks*. What a visit *was* is told beside the figures that hang on it.

use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::condition::{Clause, Condition};
use huitong_core::policy::fact::{Account, Dimension, FlagFact, NumberFact, WordFact};
use huitong_core::policy::layer::{LabelRef, Layer, Take};
use huitong_core::policy::total::{Adds, TotalRule};
use huitong_core::vocabulary::{
    AssistanceIdentity, FilingClass, FilingTime, Place, Scheme, Setting,
};
use rust_decimal::Decimal;

use crate::sentence::{Sentence, say, yuan};
use crate::vocabulary::{Noun, Up, flag};

/// A rule's name for people, in quotation marks.
#[must_use]
pub fn layer(layer: &Layer) -> Sentence {
    quoted(layer.name.as_str())
}

/// Where the rule is written.
#[must_use]
pub fn source(layer: &Layer) -> Sentence {
    say!(
        "（依据：{it}）",
        " (rule: {it})",
        it = layer.source.as_str()
    )
}

/// The name for people of the rule called so.
pub(crate) fn layer_named(policy: &Policy, name: Name) -> Sentence {
    let mut layers = policy.layers().iter();
    layers
        .find(|layer| layer.name == name)
        .map_or_else(|| quoted(name.as_str()), layer)
}

/// A level's name for people, in quotation marks.
#[must_use]
pub fn tier(policy: &Policy, name: Name) -> Sentence {
    let mut rows = policy.tiers().iter();
    let title = rows.find(|row| row.tier == name).map(|row| row.tier);
    quoted(title.unwrap_or(name).as_str())
}

pub(crate) fn quoted(text: &str) -> Sentence {
    Sentence {
        zh: format!("“{text}”"),
        en: format!("\"{text}\""),
    }
}

/// A kind of care.
#[must_use]
pub fn setting(setting: Setting) -> Sentence {
    pair(setting.noun())
}

/// Who pays.
#[must_use]
pub fn payer(payer: huitong_core::policy::layer::Payer) -> Sentence {
    crate::vocabulary::payer(payer)
}

/// A scheme.
#[must_use]
pub fn scheme(scheme: Scheme) -> Sentence {
    pair(scheme.noun())
}

pub(crate) fn pair((zh, en): (&str, &str)) -> Sentence {
    say!("{text}", "{text}", text = (zh, en))
}

/// A word of a fact as a noun; a region's own name stands for itself.
#[must_use]
pub fn word(policy: &Policy, fact: WordFact, text: &str) -> Sentence {
    let named = || quoted(text);
    let of = |noun: Option<(&'static str, &'static str)>| noun.map_or_else(named, pair);
    match fact {
        WordFact::Setting => of(text.parse().ok().map(Setting::noun)),
        WordFact::Scheme => of(text.parse().ok().map(Scheme::noun)),
        WordFact::Place => of(text.parse().ok().map(Place::noun)),
        WordFact::Filing => of(text.parse().ok().map(FilingClass::noun)),
        WordFact::FilingTime => of(text.parse().ok().map(FilingTime::noun)),
        WordFact::Identity => of(text.parse().ok().map(AssistanceIdentity::noun)),
        WordFact::Tier => Name::parse(text).map_or_else(|_| named(), |name| tier(policy, name)),
        WordFact::Category | WordFact::Disease | WordFact::Package => named(),
    }
}

/// What a number is called.
#[must_use]
pub fn number(policy: &Policy, fact: NumberFact) -> Sentence {
    match fact {
        NumberFact::Bill => say!("这次的全部费用", "the whole bill"),
        NumberFact::Part(part, None) => pair(part.noun()),
        NumberFact::Part(part, Some(tag)) => say!(
            "带“{tag}”标签的{part}",
            "{part} tagged \"{tag}\"",
            part = part.noun(),
            tag = tag
        ),
        NumberFact::Base => say!("计入这一项的费用", "what counts for this rule"),
        NumberFact::Age => say!("年龄", "the age"),
        NumberFact::YearsPaid => say!("缴费年限", "the years of contribution"),
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
        return say!(
            "{period}次数（“{name}”）",
            "the count of {period} (\"{name}\")",
            period = period,
            name = name
        );
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
    }
}

/// For whom or when a rule applies: `always` for a condition without clauses.
#[must_use]
pub fn condition(policy: &Policy, condition: &Condition) -> Sentence {
    if condition.any.is_empty() {
        return say!("所有情形", "always");
    }
    let alternatives: Vec<Sentence> = condition
        .any
        .iter()
        .map(|clauses| {
            let clauses: Vec<Sentence> = clauses.iter().map(|it| clause(policy, it)).collect();
            Sentence::joined(&clauses, "，且", " and ")
        })
        .collect();
    Sentence::joined(&alternatives, "；或者", "; or ")
}

/// What one clause asks.
#[must_use]
pub fn clause(policy: &Policy, clause: &Clause) -> Sentence {
    let listed = |fact: WordFact, words: &[String]| {
        let words: Vec<Sentence> = words.iter().map(|text| word(policy, fact, text)).collect();
        Sentence::joined(&words, "或", " or ")
    };
    match clause {
        Clause::IsNoneOf(WordFact::Filing, words) if words == &[FilingClass::Unfiled.word()] => {
            say!("已办理备案", "filing: any")
        }
        Clause::IsOneOf(fact, words) => say!(
            "{fact}为{words}",
            "{fact}: {words}",
            fact = fact.noun(),
            words = listed(*fact, words)
        ),
        Clause::IsNoneOf(fact, words) => say!(
            "{fact}不是{words}",
            "{fact}: not {words}",
            fact = fact.noun(),
            words = listed(*fact, words)
        ),
        Clause::Between {
            fact,
            at_least,
            at_most,
        } => between(policy, *fact, *at_least, *at_most),
        Clause::Holds(fact) => asked(*fact, Up::Yes),
        Clause::HoldsNot(fact) => asked(*fact, Up::No),
    }
}

fn asked(fact: FlagFact, is_up: Up) -> Sentence {
    pair(flag(fact, is_up))
}

fn between(
    policy: &Policy,
    fact: NumberFact,
    at_least: Option<Decimal>,
    at_most: Option<Decimal>,
) -> Sentence {
    let name = number(policy, fact);
    let value = |bound| measured(policy, fact, bound);
    match (at_least, at_most) {
        (Some(least), Some(most)) if least == most => {
            say!(
                "{name}为 {least}",
                "{name}: {least}",
                name = name,
                least = value(least)
            )
        }
        (Some(least), Some(most)) => say!(
            "{name}为 {least} 至 {most}",
            "{name}: {least} to {most}",
            name = name,
            least = value(least),
            most = value(most)
        ),
        (Some(least), None) => {
            say!(
                "{name}至少为 {least}",
                "{name}: at least {least}",
                name = name,
                least = value(least)
            )
        }
        (None, Some(most)) => {
            say!(
                "{name}至多为 {most}",
                "{name}: at most {most}",
                name = name,
                most = value(most)
            )
        }
        (None, None) => say!("{name}不限", "{name}: any", name = name),
    }
}

/// What a layer takes, entry by entry.
#[must_use]
pub fn takes(policy: &Policy, takes: &[Take]) -> Sentence {
    let entries: Vec<Sentence> = takes.iter().map(|entry| take(policy, entry)).collect();
    Sentence::joined(&entries, "、", " and ")
}

/// What one entry of a take takes.
pub(crate) fn take(policy: &Policy, take: &Take) -> Sentence {
    let parts: Vec<Sentence> = take.parts.iter().map(|part| pair(part.noun())).collect();
    let parts = Sentence::joined(&parts, "、", " and ");
    let mut limits = Vec::new();
    if !take.tagged.is_empty() {
        limits.push(say!(
            "仅限标签{tags}",
            "only with the tag {tags}",
            tags = tags(&take.tagged)
        ));
    }
    if !take.not_tagged.is_empty() {
        limits.push(say!(
            "不含标签{tags}",
            "without the tag {tags}",
            tags = tags(&take.not_tagged)
        ));
    }
    if !take.left.is_empty() {
        limits.push(say!(
            "仅限{labels}",
            "only {labels}",
            labels = labels(policy, &take.left)
        ));
    }
    if !take.not_left.is_empty() {
        limits.push(say!(
            "不含{labels}",
            "without {labels}",
            labels = labels(policy, &take.not_left)
        ));
    }
    if limits.is_empty() {
        return parts;
    }
    let limits = Sentence::joined(&limits, "，", ", ");
    say!(
        "{parts}（{limits}）",
        "{parts} ({limits})",
        parts = parts,
        limits = limits
    )
}

fn tags(tags: &[Name]) -> Sentence {
    let tags: Vec<Sentence> = tags.iter().map(|tag| quoted(tag.as_str())).collect();
    Sentence::joined(&tags, "、", " and ")
}

/// `basic.share` as what a rule left. Layers that share a label are named together.
fn labels(policy: &Policy, labels: &[LabelRef]) -> Sentence {
    let labels: Vec<Sentence> = labels
        .iter()
        .map(|label| {
            let of = policy
                .layers()
                .iter()
                .filter(|layer| layer.label == label.layer);
            let rules: Vec<Sentence> = of.map(layer).collect();
            let rules = Sentence::joined(&rules, "或", " or ");
            say!(
                "{rules}留下的{left}",
                "{left} after {rules}",
                rules = rules,
                left = label.left.noun()
            )
        })
        .collect();
    Sentence::joined(&labels, "、", " or ")
}
