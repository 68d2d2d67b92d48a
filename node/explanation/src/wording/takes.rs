//! Takes: which costs a rule pays for.

use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::layer::{LabelRef, Take};

use super::names::{layer, pair, tag};
use crate::sentence::{Sentence, say};
use crate::vocabulary::Noun;

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
            "仅限{tags}",
            "only {tags}",
            tags = tags(policy, &take.tagged)
        ));
    }
    if !take.not_tagged.is_empty() {
        limits.push(say!(
            "不含{tags}",
            "without {tags}",
            tags = tags(policy, &take.not_tagged)
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

fn tags(policy: &Policy, tags: &[Name]) -> Sentence {
    let tags: Vec<Sentence> = tags.iter().map(|it| tag(policy, *it)).collect();
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
