//! Where rules are written, each named once: what most of them share at the beginning, any other at the first
//! rule that stands there.

use huitong_core::policy::Policy;
use huitong_core::policy::layer::Layer;

use crate::sentence::{Sentence, say};
use crate::wording;

/// The sources that were named so far.
pub(crate) struct Sources<'a> {
    policy: &'a Policy,
    named: Vec<&'a Layer>,
}

impl<'a> Sources<'a> {
    pub(crate) const fn of(policy: &'a Policy) -> Self {
        Self {
            policy,
            named: Vec::new(),
        }
    }

    /// The source of every rule that names none of its own.
    pub(crate) fn shared(&self) -> Option<Sentence> {
        let source = self.policy.source();
        let mut layers = self.policy.layers().iter();
        layers.any(|layer| layer.source == source).then(|| {
            say!(
                "以下按参保地的规定逐项计算（依据：{source}；另有注明的除外）。",
                "The rules follow one by one (written in: {source}, unless another is named).",
                source = source
            )
        })
    }

    /// The source of a rule behind what is said of it, unless it is the shared one.
    pub(crate) fn behind(&mut self, layer: &'a Layer) -> Sentence {
        if layer.source == self.policy.source() {
            return Sentence::nothing();
        }
        let mut named = self.named.iter();
        if let Some(first) = named.find(|first| first.source == layer.source) {
            return say!(
                "（依据同{first}）",
                " (rule: as of {first})",
                first = wording::layer(first)
            );
        }
        self.named.push(layer);
        wording::source(layer)
    }
}
