//! The money of a bill on the table, in piles: one pile is the unpaid money of one part, with one set of
//! tags and one set of labels, and knows how much of it each line brought.
//!
//! The engine folds buckets and works lines out only when somebody reads them; here lines are carried
//! along from the start.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::bill::SplitBill;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::{LabelRef, Layer, Left, Take};
use huitong_core::policy::total::Adds;
use huitong_core::vocabulary::Part;

use super::exact::in_proportion;

/// What tells one pile from another, in the order in which ties fall: parts as the bill has them; of two
/// sets of tags the one whose last tag comes earlier; of two sets of labels the one whose last layer
/// comes earlier, then start, share, above, none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    pub part: Part,
    /// From the last to the first.
    tags: Vec<Name>,
    /// Layers by the place of their label name, from the last to the first.
    labels: Vec<(usize, Left)>,
}

/// Fen by line, lines by their place in the bill.
pub type Pile = BTreeMap<usize, i64>;

/// All that is unpaid.
pub type Table = BTreeMap<Kind, Pile>;

pub fn height(pile: &Pile) -> i64 {
    pile.values().sum()
}

/// The tags that some rule of the policy asks for, and the label names that some take asks for: money that
/// no rule can tell apart lies in one pile.
pub struct Told {
    tags: BTreeSet<Name>,
    labels: Vec<Name>,
}

impl Told {
    pub fn apart_by(policy: &Policy) -> Self {
        let takes = || policy.layers().iter().flat_map(|layer| &layer.take);
        let mut tags: BTreeSet<Name> = takes()
            .flat_map(|take| take.tagged.iter().chain(&take.not_tagged))
            .copied()
            .collect();
        tags.extend(
            policy
                .needs()
                .numbers
                .iter()
                .filter_map(|number| match number {
                    NumberFact::Part(_, tag) => *tag,
                    _ => None,
                }),
        );
        tags.extend(
            policy
                .totals()
                .iter()
                .flat_map(|total| &total.adds)
                .filter_map(|adds| match adds {
                    Adds::Bill(_, tag) => *tag,
                    _ => None,
                }),
        );
        let asked = |layer: &&Layer| {
            let mut labels = takes().flat_map(|take| take.left.iter().chain(&take.not_left));
            labels.any(|label| label.layer == layer.label)
        };
        let mut labels = Vec::new();
        for layer in policy.layers().iter().filter(asked) {
            if !labels.contains(&layer.label) {
                labels.push(layer.label);
            }
        }
        Self { tags, labels }
    }

    /// The bill before anything is paid.
    pub fn laid_out(&self, bill: &SplitBill) -> Table {
        let mut table = Table::new();
        for (at, line) in bill.lines().iter().enumerate() {
            for part in Part::ALL {
                let fen = line.parts.get(*part).get();
                if fen > 0 {
                    let tags = line.tags.iter().rev().filter(|tag| self.tags.contains(tag));
                    let kind = Kind {
                        part: *part,
                        tags: tags.copied().collect(),
                        labels: Vec::new(),
                    };
                    *table.entry(kind).or_default().entry(at).or_default() += fen;
                }
            }
        }
        table
    }

    /// The kind that money becomes when a layer labels it.
    pub fn labelled(&self, kind: &Kind, layer: Name, left: Left) -> Kind {
        let mut kind = kind.clone();
        if let Some(place) = self.labels.iter().position(|label| *label == layer) {
            kind.labels.insert(0, (place, left));
            kind.labels.sort_by_key(|label| std::cmp::Reverse(*label));
        }
        kind
    }

    pub fn matches(&self, take: &Take, kind: &Kind) -> bool {
        let carries = |label: &LabelRef| {
            kind.labels
                .iter()
                .any(|(place, left)| self.labels[*place] == label.layer && *left == label.left)
        };
        take.parts.contains(&kind.part)
            && take.tagged.iter().all(|tag| kind.tags.contains(tag))
            && !take.not_tagged.iter().any(|tag| kind.tags.contains(tag))
            && (take.left.is_empty() || take.left.iter().any(carries))
            && !take.not_left.iter().any(carries)
    }
}

impl Kind {
    /// Whether it is of what a floor guarantees a share of.
    pub fn is_of(&self, fact: NumberFact) -> bool {
        match fact {
            NumberFact::Bill => true,
            NumberFact::Part(part, tag) => {
                self.part == part && tag.is_none_or(|tag| self.tags.contains(&tag))
            }
            _ => false,
        }
    }
}

/// Takes an amount off a pile, each line giving in proportion to what it has in it.
pub fn draw(pile: &mut Pile, fen: i64) -> Pile {
    if fen == 0 {
        return Pile::new();
    }
    let heights: Vec<i64> = pile.values().copied().collect();
    let drawn: Pile = pile
        .keys()
        .copied()
        .zip(in_proportion(fen, &heights))
        .collect();
    for (line, fen) in &drawn {
        *pile.get_mut(line).unwrap() -= fen;
    }
    drawn
}
