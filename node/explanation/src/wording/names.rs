//! Rules, levels, payers and the words of facts as people call them.

use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::fact::{FlagFact, WordFact};
use huitong_core::policy::layer::Layer;
use huitong_core::policy::tier::TierRow;
use huitong_core::vocabulary::{
    AssistanceIdentity, FilingClass, FilingTime, Place, Scheme, Setting,
};

use crate::sentence::{Sentence, say};
use crate::vocabulary::{Noun, Pair, Up, flag};

/// A rule's name for people, in quotation marks.
#[must_use]
pub fn layer(layer: &Layer) -> Sentence {
    quoted(&layer.title)
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
    let row = rows.find(|row| row.tier == name);
    row.map_or_else(|| quoted(name.as_str()), |row| quoted(&row.title))
}

/// What costs with a tag are called, in quotation marks; the tag itself where the policy does not say.
#[must_use]
pub fn tag(policy: &Policy, name: Name) -> Sentence {
    let title = policy.tags().get(&name);
    title.map_or_else(
        || say!("标签“{tag}”", "the tag \"{tag}\"", tag = name),
        |title| quoted(title),
    )
}

/// A row of the map from institutions to levels: the level, and which institutions it is.
#[must_use]
pub fn tier_row(row: &TierRow) -> Sentence {
    let mut asks: Vec<Sentence> = Vec::new();
    let mut ask = |nouns: Vec<Pair>| {
        let nouns: Vec<Sentence> = nouns.into_iter().map(pair).collect();
        if !nouns.is_empty() {
            asks.push(Sentence::joined(&nouns, "或", " or "));
        }
    };
    ask(row.place.iter().map(|it| it.noun()).collect());
    ask(row.grade.iter().map(|it| it.noun()).collect());
    ask(row.administration.iter().map(|it| it.noun()).collect());
    ask(row.kind.iter().map(|it| it.noun()).collect());
    ask(row
        .networked
        .into_iter()
        .map(|it| flag(FlagFact::Networked, if it { Up::Yes } else { Up::No }))
        .collect());
    if asks.is_empty() {
        asks.push(say!("其他", "all others"));
    }
    say!(
        "{tier}：{asks}",
        "{tier}: {asks}",
        tier = quoted(&row.title),
        asks = Sentence::joined(&asks, "，", ", ")
    )
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
