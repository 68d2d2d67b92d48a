//! Random policies and bills from a tape of small numbers: a shorter tape is a simpler policy, so failures
//! shrink to something that can be read.

use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::policy::condition::Table;
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::{Bounds, LabelRef, Layer, Left, MetBy, Payer, Take};
use huitong_core::policy::quantity::{Linear, Term};
use huitong_core::policy::total::Adds;
use huitong_core::vocabulary::Part;
use proptest::prelude::*;

use crate::build::*;

pub struct Tape {
    numbers: Vec<u16>,
    at: usize,
}

pub fn tape() -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(any::<u16>(), 0..160)
}

const LEFT: [Left; 4] = [Left::Start, Left::Share, Left::Above, Left::None];
const TAGS: [&str; 3] = ["drug", "implant", "unknown"];
const RATIOS: [&str; 7] = ["1", "0.5", "0.7", "0.333", "0.9", "0.1", "0"];
const WEIGHTS: [&str; 5] = ["1", "1", "0.9", "0.6", "0.25"];

impl Tape {
    pub fn new(numbers: Vec<u16>) -> Self {
        Self { numbers, at: 0 }
    }

    /// One of `count` choices, the first when the tape has run out.
    pub fn pick(&mut self, count: usize) -> usize {
        let number = self.numbers.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(number) % count
    }

    pub fn fen(&mut self, most: usize) -> Fen {
        Fen::new(i64::try_from(self.pick(most)).unwrap()).unwrap()
    }

    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.pick(choices.len())]
    }

    fn yuan(&mut self, most: usize) -> String {
        self.fen(most).to_string()
    }

    /// One to three ascending segments.
    pub fn segments(&mut self) -> Vec<(String, &'static str)> {
        let mut low = 0;
        let mut segments = Vec::new();
        for _ in 0..self.pick(3) {
            low += 1 + self.pick(30_000);
            segments.push((
                Fen::new(i64::try_from(low).unwrap()).unwrap().to_string(),
                self.one_of(&RATIOS),
            ));
        }
        segments.push((String::new(), self.one_of(&RATIOS)));
        segments
    }

    /// Anything a policy may say.
    pub fn wild(mut self) -> Trial {
        let mut trial = trial(Vec::new());
        let count = 1 + self.pick(4);
        for place in 0..count {
            let (layer, shared) = self.wild_layer(place);
            if shared {
                let pool = name("pool");
                if !trial.draft.totals.iter().any(|rule| rule.name == pool) {
                    trial = trial.total(total("pool", vec![]), 0);
                    let before = i64::try_from(self.pick(20_000)).unwrap();
                    trial.stand(pool, before);
                }
                let rule = trial
                    .draft
                    .totals
                    .iter_mut()
                    .find(|rule| rule.name == pool)
                    .unwrap();
                rule.adds.push(Adds::Paid(layer.name));
            }
            if let huitong_core::policy::layer::Axis::Total(axis) = layer.axis {
                let before = i64::try_from(self.pick(40_000)).unwrap();
                trial = trial.total(total(axis.as_str(), vec![Adds::Base(layer.name)]), before);
            }
            trial.draft.layers.push(layer);
        }
        trial = trial.holding(&self.yuan(9_000), &self.yuan(9_000));
        for _ in 0..1 + self.pick(9) {
            trial = self.line(trial);
        }
        trial
    }

    fn line(&mut self, trial: Trial) -> Trial {
        let amounts: Vec<_> = Part::ALL
            .iter()
            .map(|part| {
                let most = self.one_of(&[1, 3, 300, 30_000]);
                (*part, self.fen(most))
            })
            .collect();
        let tags: Vec<&str> = TAGS.iter().copied().filter(|_| self.pick(3) == 1).collect();
        trial.line(&amounts, &tags)
    }

    fn wild_layer(&mut self, place: usize) -> (Layer, bool) {
        let mut next = layer(&format!("layer_{place}"));
        next.take = (0..=self.pick(3)).map(|_| self.wild_take(place)).collect();
        let segments = self.segments();
        let segments: Vec<_> = segments
            .iter()
            .map(|(to, ratio)| (to.as_str(), *ratio))
            .collect();
        next = next.segments(&segments);
        let named = self.pick(3) == 1;
        if named {
            next = next.along(&format!("axis_{place}"));
        }
        if self.pick(2) == 1 {
            let fixed_part = self.yuan(9_000);
            let mut amount = Linear::fixed(money(&fixed_part));
            if !named && self.pick(3) == 1 {
                amount.terms = vec![Term {
                    coefficient: dec("0.0333"),
                    fact: NumberFact::Part(Part::InScope, None),
                }];
            }
            next = next.starts_at(Table::always(amount), MetBy::Nothing);
        }
        if self.pick(2) == 1 {
            next = next.above_start();
        }
        if self.pick(4) == 1 {
            next = next.adjusts(vec![], "0.8", "0.2", vec![]);
        }
        if self.pick(4) == 1 {
            next = next.floor(NumberFact::Base, self.one_of(&RATIOS));
        }
        let shared = self.pick(4) == 1;
        if shared {
            next = next.ceiling(Bounds::Payment, &self.yuan(30_000), Some("pool"));
        }
        if self.pick(4) == 1 {
            let bounds = self.one_of(&[Bounds::Scope, Bounds::Payment]);
            next = next.ceiling(bounds, &self.yuan(30_000), None);
        }
        let funds = [
            Fund::ResidentPool,
            Fund::MedicalAssistance,
            Fund::OwnAccount,
            Fund::FamilyAccount,
        ];
        let payer = self.pick(6);
        next = next.by(funds.get(payer).map_or(
            if payer == 4 {
                Payer::Hospital
            } else {
                Payer::Fund(Fund::Commercial)
            },
            |fund| Payer::Fund(*fund),
        ));
        (next, shared)
    }

    fn wild_take(&mut self, place: usize) -> Take {
        let mut entry = take(self.one_of(Part::ALL)).weight(self.one_of(&WEIGHTS));
        if self.pick(2) == 0 {
            entry.parts = vec![Part::InScope, Part::FirstPay];
        }
        match self.pick(5) {
            1 => entry = entry.tagged("drug"),
            2 => entry = entry.not_tagged("implant"),
            _ => {}
        }
        if place > 0 && self.pick(2) == 1 {
            let mut labels: Vec<LabelRef> = Vec::new();
            for _ in 0..=self.pick(3) {
                let label = label(&format!("layer_{}", self.pick(place)), self.one_of(&LEFT));
                if !labels.contains(&label) {
                    labels.push(label);
                }
            }
            if self.pick(3) == 1 {
                entry.not_left = labels;
            } else {
                entry.left = labels;
            }
        }
        entry
    }

    /// A chain of layers over one kind of money, without the constructs that publishing warns of.
    pub fn tame(&mut self) -> Trial {
        let mut trial = trial(Vec::new());
        // After a floor or a payment ceiling a later layer takes all that is left, start included.
        let mut with_start = false;
        for place in 0..1 + self.pick(4) {
            let mut next = layer(&format!("layer_{place}"));
            if place > 0 && self.pick(2) == 1 {
                let of = format!("layer_{}", place - 1);
                let mut labels = vec![label(&of, Left::Share), label(&of, Left::Above)];
                if with_start {
                    labels.push(label(&of, Left::Start));
                }
                next.take = vec![left(&labels)];
            }
            let segments = self.segments();
            let segments: Vec<_> = segments
                .iter()
                .map(|(to, ratio)| (to.as_str(), *ratio))
                .collect();
            next = next.segments(&segments);
            if self.pick(2) == 1 {
                next = next.starts(&self.yuan(9_000));
            }
            if self.pick(2) == 1 {
                next = next.above_start();
            }
            with_start = false;
            match self.pick(4) {
                1 => {
                    next = next.floor(NumberFact::Base, self.one_of(&RATIOS));
                    with_start = true;
                }
                2 => {
                    next = next.ceiling(Bounds::Payment, &self.yuan(20_000), None);
                    with_start = true;
                }
                3 => next = next.ceiling(Bounds::Scope, &self.yuan(20_000), None),
                _ => {}
            }
            trial.draft.layers.push(next);
        }
        trial
    }
}
