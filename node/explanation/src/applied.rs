//! A layer that did something: its rule, its result, its steps of the trace, and which entry each take is.

use huitong_core::decision::{LayerResult, Step};
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::layer::{Layer, Take};
use huitong_core::ratio::Ratio;

use crate::sentence::Sentence;
use crate::standing::{Moment, Standing};
use crate::state::{Asked, in_brackets};

/// A layer that did something, with all that its explanation looks at.
#[derive(Clone, Copy)]
pub(crate) struct Applied<'a> {
    pub(crate) standing: Standing<'a>,
    pub(crate) layer: &'a Layer,
    pub(crate) result: &'a LayerResult,
    /// Before it took: its weights.
    pub(crate) before: Moment,
    /// After it took: all else.
    pub(crate) after: Moment,
}

impl<'a> Applied<'a> {
    pub(crate) fn new(
        standing: Standing<'a>,
        place: usize,
        layer: &'a Layer,
        result: &'a LayerResult,
    ) -> Self {
        let moment = |base| Moment {
            layers_before: place,
            base,
        };
        Self {
            standing,
            layer,
            result,
            before: moment(Fen::ZERO),
            after: moment(result.base),
        }
    }

    /// The steps of the trace about this layer.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &'a Step> + use<'a> {
        let id = self.result.id;
        let trace = self.standing.decision.trace.iter();
        trace.filter(move |step| layer_of(step) == Some(id))
    }

    /// What each entry looked at and took, in the order of the trace.
    pub(crate) fn took(&self) -> Vec<Took> {
        self.steps()
            .filter_map(|step| {
                if let Step::Took {
                    matched,
                    weight,
                    taken,
                    ..
                } = step
                {
                    Some(Took {
                        matched: *matched,
                        weight: *weight,
                        taken: *taken,
                    })
                } else {
                    None
                }
            })
            .collect()
    }

    pub(crate) fn brackets(&self, asked: &[Asked]) -> Sentence {
        in_brackets(&self.standing, asked, self.after)
    }
}

/// What an entry of a take looked at and took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    pub(crate) matched: Fen,
    pub(crate) weight: Ratio,
    pub(crate) taken: Fen,
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

/// Which entry of the layer each step is about, where that is certain: in order, with the weight that was
/// used, and with enough on the bill.
pub(crate) fn entries<'a>(applied: &Applied<'a>, took: &[Took]) -> Option<Vec<&'a Take>> {
    let fits = |entry: &Take, took: &Took| {
        let row = applied.standing.row(&entry.weight, applied.before);
        let most = applied
            .standing
            .on_the_bill(&entry.parts, &entry.tagged, &entry.not_tagged);
        row.is_some_and(|(_, row)| row.value == took.weight) && took.matched <= most
    };
    let mut ways: Vec<Vec<&Take>> = vec![Vec::new()];
    // A way is a choice for the steps so far; each entry is the next step's or nobody's.
    for entry in &applied.layer.take {
        let longer = ways.iter().filter_map(|way| {
            let next = took.get(way.len())?;
            fits(entry, next).then(|| way.iter().copied().chain([entry]).collect())
        });
        let longer: Vec<Vec<&Take>> = longer.collect();
        ways.extend(longer);
        if ways.len() > WAYS_AT_MOST {
            return None;
        }
    }
    ways.retain(|way| way.len() == took.len());
    let mut ways = ways.into_iter();
    match (ways.next(), ways.next()) {
        (Some(only), None) => Some(only),
        (Some(_) | None, _) => None,
    }
}

/// More ways than this to read the steps, and none is told.
const WAYS_AT_MOST: usize = 64;
