//! Takes and labels: who takes what of which money, and what is left for whom?
//!
//! Money is told apart here by its part of the bill and the tags that the policy names: every such class is
//! followed through the takes of all layers.

use std::collections::BTreeSet;

use huitong_core::name::Name;
use huitong_core::policy::FaultPath;
use huitong_core::policy::fact::Account;
use huitong_core::policy::layer::{Bounds, LabelRef, Layer, Left, Payer, Take};
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::Part;

use super::finding::{Kind, Unleft};
use super::report::Report;
use super::world::World;

/// A part of the bill with some tags.
pub(super) type Class = (Part, BTreeSet<Name>);

/// Looks at the takes of every layer.
pub(super) fn check(world: &World<'_>, report: &mut Report<'_>) {
    let layers = world.policy().layers();
    let classes = classes(layers);
    let root = FaultPath::ROOT.key("layer");
    for (at, layer) in layers.iter().enumerate() {
        let path = root.index(at).key("take");
        let earlier = layers.get(..at).unwrap_or_default();
        for (at, take) in layer.take.iter().enumerate() {
            let path = path.index(at);
            let before = layer.take.get(..at).unwrap_or_default();
            if shadowed(take, before, &classes) {
                report.note(&path, Kind::UnreachableTake {});
            }
            for (at, label) in take.left.iter().enumerate() {
                if let Some(why) = never_left(*label, take, earlier, &classes) {
                    let label = label.to_string();
                    let path = path.key("left").index(at);
                    report.note(&path, Kind::LabelNeverLeft { label, why });
                }
            }
        }
        partial(&path, layer, earlier, &classes, report);
        without_above(&path, layer, earlier, report);
    }
}

/// Every class that some take can tell from another.
pub(super) fn classes(layers: &[Layer]) -> Vec<Class> {
    let takes = || layers.iter().flat_map(|layer| &layer.take);
    let mut sets = BTreeSet::from([BTreeSet::new()]);
    for take in takes() {
        for tag in take.tagged.iter().chain(&take.not_tagged) {
            sets.insert(BTreeSet::from([*tag]));
        }
        sets.insert(take.tagged.iter().copied().collect());
    }
    let parts = Part::ALL.iter();
    parts
        .flat_map(|part| sets.iter().map(|tags| (*part, tags.clone())))
        .collect()
}

/// Whether an entry matches a class, its labels aside.
fn matches(take: &Take, (part, tags): &Class) -> bool {
    take.parts.contains(part)
        && take.tagged.iter().all(|tag| tags.contains(tag))
        && !take.not_tagged.iter().any(|tag| tags.contains(tag))
}

/// Whether earlier entries of the same layer take all that an entry matches.
fn shadowed(take: &Take, before: &[Take], classes: &[Class]) -> bool {
    let takes_first = |class: &Class| {
        before.iter().any(|other| {
            let any_label = other.left.is_empty() && other.not_left.is_empty();
            let same = other.left == take.left && other.not_left == take.not_left;
            (any_label || same) && matches(other, class)
        })
    };
    let mut own = classes
        .iter()
        .filter(|class| matches(take, class))
        .peekable();
    own.peek().is_some() && own.all(takes_first)
}

fn never_left(
    label: LabelRef,
    take: &Take,
    earlier: &[Layer],
    classes: &[Class],
) -> Option<Unleft> {
    let own = |class: &&Class| matches(take, class);
    let labelling = || earlier.iter().filter(|layer| layer.label == label.layer);
    let left = |class: &Class| labelling().any(|layer| leaves(layer, label.left, class));
    if classes.iter().filter(own).any(left) {
        return None;
    }
    let nobody = |has: fn(&Layer) -> bool| !labelling().any(has);
    Some(match label.left {
        Left::Start if nobody(|layer| layer.start.is_some()) => Unleft::NoStart,
        Left::Above if nobody(has_ceiling) => Unleft::NoCeiling,
        Left::Share if nobody(|layer| !pays_all(layer)) => Unleft::PaysAll,
        Left::Start | Left::Above | Left::Share | Left::None => Unleft::OtherPart,
    })
}

/// Whether a layer can leave money of a class under a label.
fn leaves(layer: &Layer, left: Left, class: &Class) -> bool {
    let entries = || layer.take.iter().filter(|take| matches(take, class));
    let taken = entries().next().is_some();
    match left {
        Left::Start => taken && layer.start.is_some(),
        Left::Share => taken && !pays_all(layer),
        Left::Above => taken && has_ceiling(layer),
        Left::None => {
            let whole = |take: &Take| {
                let all = take.weight.rows.iter().all(|row| row.value == Ratio::ONE);
                all && take.left.is_empty() && take.not_left.is_empty()
            };
            !entries().any(whole)
        }
    }
}

fn has_ceiling(layer: &Layer) -> bool {
    let account = match layer.payer {
        Payer::Fund(fund) => Account::of(fund).is_some(),
        Payer::Hospital | Payer::Given(_) => false,
    };
    account || !layer.ceilings.is_empty()
}

/// Whether a layer pays all that it covers. What a given payment does not cover is the patient's share.
fn pays_all(layer: &Layer) -> bool {
    let given = match layer.payer {
        Payer::Given(_) => true,
        Payer::Fund(_) | Payer::Hospital => false,
    };
    let one = |row: &huitong_core::policy::condition::Row<Ratio>| row.value == Ratio::ONE;
    !given
        && layer.adjustments.is_empty()
        && layer.ratio_at_most == Ratio::ONE
        && layer
            .segments
            .iter()
            .all(|segment| segment.ratio.rows.iter().all(one))
}

/// The labels that an entry names, asked for or excluded.
fn named(take: &Take) -> impl Iterator<Item = &LabelRef> {
    take.left.iter().chain(&take.not_left)
}

/// Whether an entry takes money with this label, as far as its own labels go.
fn takes_left(take: &Take, label: LabelRef) -> bool {
    (take.left.is_empty() || take.left.contains(&label)) && !take.not_left.contains(&label)
}

/// A layer that takes by label only part of what the labelling layer pooled.
fn partial(
    path: &FaultPath,
    layer: &Layer,
    earlier: &[Layer],
    classes: &[Class],
    report: &mut Report<'_>,
) {
    let mut told = BTreeSet::new();
    for (at, take) in layer.take.iter().enumerate() {
        for label in named(take).filter(|label| label.left != Left::None) {
            if !told.insert(label.layer) {
                continue;
            }
            let by_label = |class: &Class| {
                let mut entries = layer.take.iter();
                entries.any(|other| {
                    named(other).any(|own| own.layer == label.layer) && matches(other, class)
                })
            };
            let missing = earlier
                .iter()
                .filter(|pooling| pooling.label == label.layer)
                .find_map(|pooling| {
                    let pooled =
                        |class: &&Class| pooling.take.iter().any(|take| matches(take, class));
                    let mut pool = classes.iter().filter(pooled);
                    pool.clone().any(&by_label).then_some(())?;
                    pool.find(|class| !by_label(class))
                });
            if let Some((part, tags)) = missing {
                let tags = tags.iter().map(|tag| format!(".{tag}"));
                let missing = format!("`{part}{}`", tags.collect::<String>());
                let label = label.to_string();
                report.note(&path.index(at), Kind::PartialLabel { label, missing });
            }
        }
    }
}

/// A layer that takes the share of a layer with a payment ceiling, and not what lies above it.
fn without_above(path: &FaultPath, layer: &Layer, earlier: &[Layer], report: &mut Report<'_>) {
    let mut told = BTreeSet::new();
    for (at, take) in layer.take.iter().enumerate() {
        for label in named(take) {
            let capped = earlier.iter().any(|other| {
                let bounds = |ceiling: &huitong_core::policy::layer::Ceiling| {
                    ceiling.bounds == Bounds::Payment
                };
                other.label == label.layer && other.ceilings.iter().any(bounds)
            });
            let of = |left: Left| LabelRef {
                layer: label.layer,
                left,
            };
            let above = layer
                .take
                .iter()
                .any(|take| takes_left(take, of(Left::Above)));
            if capped && takes_left(take, of(Left::Share)) && !above && told.insert(label.layer) {
                let layer = label.layer.to_string();
                report.note(&path.index(at), Kind::ShareWithoutAbove { layer });
            }
        }
    }
}
