//! A policy written as the document that would be published: what a failure prints, and what the reader
//! of documents must read back as it was.

use std::fmt::Write;

use huitong_core::name::Name;
use huitong_core::policy::condition::{Clause, Condition, Table};
use huitong_core::policy::fact::{Dimension, NumberFact};
use huitong_core::policy::layer::{
    Adjustment, Axis, Bounds, Ceiling, Layer, Measure, MetBy, Payer, Take,
};
use huitong_core::policy::quantity::{Linear, Term};
use huitong_core::policy::tier::TierRow;
use huitong_core::policy::total::{Period, TotalKey, TotalRule};
use huitong_core::policy::{BenefitDate, Draft};
use rust_decimal::Decimal;

use super::spelling::{adds, key, list, quoted, yuan};

/// Writes a draft down.
pub fn text(draft: &Draft) -> String {
    Writer {
        draft,
        out: String::new(),
    }
    .write()
}

struct Writer<'d> {
    draft: &'d Draft,
    out: String,
}

impl Writer<'_> {
    fn write(mut self) -> String {
        let Draft {
            title,
            source,
            scope,
            ..
        } = self.draft;
        self.line(&format!("title = {title:?}\nsource = {source:?}"));
        self.line(&format!(
            "region = \"{}\"\nscheme = \"{}\"",
            scope.region, scope.scheme
        ));
        self.line(&format!("settings = {}", list(&scope.settings)));
        self.line(&format!(
            "effective = {{ from = {} }}",
            scope.effective.from()
        ));
        self.line(&format!("supersedes = {}", list(&self.draft.supersedes)));
        let date = match self.draft.benefit_date {
            BenefitDate::Discharge => "discharge",
            BenefitDate::Admission => "admission",
            BenefitDate::Split => "split",
        };
        self.line(&format!("benefit_date = \"{date}\"\n\n[indexes]"));
        for (index, years) in &self.draft.indexes {
            let years: Vec<_> = years
                .iter()
                .map(|(year, figure)| format!("{year} = \"{figure}\""))
                .collect();
            self.line(&format!("{index} = {{ {} }}", years.join(", ")));
        }
        for row in &self.draft.tiers {
            self.tier(row);
        }
        for total in &self.draft.totals {
            self.total(total);
        }
        for layer in &self.draft.layers {
            self.layer(layer);
        }
        self.out
    }

    fn line(&mut self, line: &str) {
        writeln!(self.out, "{line}").unwrap();
    }

    /// Left out where it is the name.
    fn title(&mut self, title: &str, name: Name) {
        if title != name.as_str() {
            self.line(&format!("title = {title:?}"));
        }
    }

    fn tier(&mut self, row: &TierRow) {
        self.line(&format!("\n[[tier]]\nname = \"{}\"", row.tier));
        self.title(&row.title, row.tier);
        let lists = [
            ("place", list(&row.place)),
            ("grade", list(&row.grade)),
            ("administration", list(&row.administration)),
            ("kind", list(&row.kind)),
        ];
        for (key, words) in lists.iter().filter(|(_, words)| words != "[]") {
            self.line(&format!("{key} = {words}"));
        }
        if let Some(networked) = row.networked {
            self.line(&format!("networked = {networked}"));
        }
    }

    fn total(&mut self, total: &TotalRule) {
        let period = match total.period {
            Period::Visit => "visit",
            Period::Episode => "episode",
            Period::Month => "month",
            Period::Quarter => "quarter",
            Period::Year => "year",
            Period::DiseaseYear => "disease_year",
            Period::Life => "life",
        };
        let key = match total.key {
            TotalKey::Person => "person",
            TotalKey::Disease => "disease",
            TotalKey::Package => "package",
            TotalKey::Institution => "institution",
        };
        let adds: Vec<_> = total.adds.iter().map(adds).collect();
        self.line(&format!(
            "\n[totals.{}]\nadds = {}",
            total.name,
            list(&adds)
        ));
        self.line(&format!("period = \"{period}\"\nkey = \"{key}\""));
        self.when(&total.when);
    }

    fn when(&mut self, condition: &Condition) {
        if !condition.any.is_empty() {
            let condition = self.condition(condition);
            self.line(&format!("when = {condition}"));
        }
    }

    fn layer(&mut self, layer: &Layer) {
        self.line(&format!("\n[[layer]]\nname = \"{}\"", layer.name));
        self.title(&layer.title, layer.name);
        if let Some(jump) = &layer.accepted_jump {
            let (reason, source) = (&jump.reason, &jump.source);
            self.line(&format!(
                "accepted_jump = {{ reason = {reason:?}, source = {source:?} }}"
            ));
        }
        if layer.label != layer.name {
            self.line(&format!("label = \"{}\"", layer.label));
        }
        self.when(&layer.when);
        let takes: Vec<_> = layer.take.iter().map(|take| self.take(take)).collect();
        self.line(&format!("take = [{}]", takes.join(", ")));
        let payer = match layer.payer {
            Payer::Fund(fund) => fund.to_string(),
            Payer::Hospital => "hospital".to_owned(),
            Payer::Given(name) => format!("given.{name}"),
        };
        self.line(&format!("payer = \"{payer}\""));
        if matches!(layer.payer, Payer::Given(_)) {
            return;
        }
        if let Axis::Total(total) = layer.axis {
            self.line(&format!("axis = \"total.{total}\""));
        }
        if let Some(start) = &layer.start {
            let met_by = match start.met_by {
                MetBy::Nothing => "nothing".to_owned(),
                MetBy::Scope(total) => format!("scope.{total}"),
                MetBy::Charged(total) => format!("charged.{total}"),
            };
            let amount = self.table(&start.amount, |linear| self.linear(linear));
            self.line(&format!(
                "start = {{ amount = {amount}, met_by = \"{met_by}\" }}"
            ));
        }
        self.measure_and_ratios(layer);
        if let Some(floor) = &layer.floor {
            let ratio = self.table(&floor.ratio, quoted);
            self.line(&format!(
                "floor = {{ of = \"{}\", ratio = {ratio} }}",
                floor.of
            ));
        }
        let ceilings: Vec<_> = layer
            .ceilings
            .iter()
            .map(|ceiling| self.ceiling(ceiling))
            .collect();
        if !ceilings.is_empty() {
            self.line(&format!(
                "ceilings = [\n    {},\n]",
                ceilings.join(",\n    ")
            ));
        }
    }

    fn measure_and_ratios(&mut self, layer: &Layer) {
        let measure = match layer.measure {
            Measure::Absolute => "absolute",
            Measure::AboveStart => "above_start",
        };
        self.line(&format!("measure = \"{measure}\""));
        let mut segments = Vec::new();
        for segment in &layer.segments {
            let to = segment
                .to
                .as_ref()
                .map(|to| self.table(to, |linear| self.linear(linear)));
            let to = to.map_or(String::new(), |to| format!("to = {to}, "));
            segments.push(format!(
                "{{ {to}ratio = {} }}",
                self.table(&segment.ratio, quoted)
            ));
        }
        self.line(&format!(
            "segments = [\n    {},\n]",
            segments.join(",\n    ")
        ));
        let adjustments: Vec<_> = layer
            .adjustments
            .iter()
            .map(|change| self.adjustment(change))
            .collect();
        if !adjustments.is_empty() {
            self.line(&format!(
                "adjust = [\n    {},\n]",
                adjustments.join(",\n    ")
            ));
        }
        self.line(&format!(
            "ratio_at_least = \"{}\"\nratio_at_most = \"{}\"",
            layer.ratio_at_least, layer.ratio_at_most
        ));
    }

    fn take(&self, take: &Take) -> String {
        let mut keys = vec![format!("part = {}", list(&take.parts))];
        let lists = [
            ("tagged", list(&take.tagged)),
            ("not_tagged", list(&take.not_tagged)),
            ("left", list(&take.left)),
            ("not_left", list(&take.not_left)),
        ];
        keys.extend(
            lists
                .iter()
                .filter(|(_, words)| words != "[]")
                .map(|(key, words)| format!("{key} = {words}")),
        );
        keys.push(format!("weight = {}", self.table(&take.weight, quoted)));
        format!("{{ {} }}", keys.join(", "))
    }

    fn adjustment(&self, change: &Adjustment) -> String {
        let mut keys = Vec::new();
        if !change.when.any.is_empty() {
            keys.push(format!("when = {}", self.condition(&change.when)));
        }
        keys.push(format!(
            "times = \"{}\", plus = \"{}\"",
            change.times, change.plus
        ));
        let per = |term: &Term| format!("{} = \"{}\"", key(term.fact), term.coefficient);
        if !change.per.is_empty() {
            let per: Vec<_> = change.per.iter().map(per).collect();
            keys.push(format!("per = {{ {} }}", per.join(", ")));
        }
        format!("{{ {}, why = {:?} }}", keys.join(", "), change.source)
    }

    fn ceiling(&self, ceiling: &Ceiling) -> String {
        let bounds = match ceiling.bounds {
            Bounds::Scope => "scope",
            Bounds::Payment => "payment",
        };
        let amount = self.table(&ceiling.amount, |linear| match linear {
            Some(linear) => self.linear(linear),
            None => "\"none\"".to_owned(),
        });
        let total = ceiling
            .total
            .map_or(String::new(), |total| format!(", total = \"{total}\""));
        format!("{{ {bounds} = {amount}{total} }}")
    }

    fn table<T>(&self, table: &Table<T>, value: impl Fn(&T) -> String) -> String {
        match table.rows.as_slice() {
            [row] if row.when.any.is_empty() => value(&row.value),
            rows => {
                let row = |row: &huitong_core::policy::condition::Row<T>| {
                    let when = if row.when.any.is_empty() {
                        String::new()
                    } else {
                        format!("when = {}, ", self.condition(&row.when))
                    };
                    format!("{{ {when}value = {} }}", value(&row.value))
                };
                format!("[{}]", rows.iter().map(row).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn linear(&self, linear: &Linear) -> String {
        let constant = yuan(linear.constant);
        if linear.terms.is_empty() {
            return format!("\"{constant}\"");
        }
        let term = |term: &Term| {
            let coefficient = match self.dimension(term.fact) {
                Dimension::Money => term.coefficient.to_string(),
                Dimension::Count => yuan(term.coefficient),
            };
            format!("{} = \"{coefficient}\"", key(term.fact))
        };
        let terms: Vec<_> = linear.terms.iter().map(term).collect();
        let bound = |key: &str, bound: Option<Decimal>| {
            bound.map_or(String::new(), |bound| {
                format!(", {key} = \"{}\"", yuan(bound))
            })
        };
        let bounds = bound("at_least", linear.at_least) + &bound("at_most", linear.at_most);
        format!(
            "{{ of = {{ {} }}, plus = \"{constant}\"{bounds} }}",
            terms.join(", ")
        )
    }

    fn condition(&self, condition: &Condition) -> String {
        let alternative = |clauses: &Vec<Clause>| {
            let clauses: Vec<_> = clauses.iter().map(|clause| self.clause(clause)).collect();
            format!("{{ {} }}", clauses.join(", "))
        };
        format!(
            "[{}]",
            condition
                .any
                .iter()
                .map(alternative)
                .collect::<Vec<_>>()
                .join(", ")
        )
    }

    fn clause(&self, clause: &Clause) -> String {
        match clause {
            Clause::IsOneOf(fact, words) => format!("{} = {}", fact.key(), list(words)),
            Clause::IsNoneOf(fact, words) => {
                format!("{} = {{ not = {} }}", fact.key(), list(words))
            }
            Clause::Holds(flag) => format!("{} = true", flag.key()),
            Clause::HoldsNot(flag) => format!("{} = false", flag.key()),
            Clause::Between {
                fact,
                at_least,
                at_most,
            } => {
                let figure = |figure: Decimal| match self.dimension(*fact) {
                    Dimension::Money => format!("\"{}\"", yuan(figure)),
                    Dimension::Count => figure.to_string(),
                };
                let bounds: Vec<_> = [("at_least", at_least), ("at_most", at_most)]
                    .into_iter()
                    .filter_map(|(key, bound)| {
                        bound.map(|bound| format!("{key} = {}", figure(bound)))
                    })
                    .collect();
                format!("{} = {{ {} }}", key(*fact), bounds.join(", "))
            }
        }
    }

    fn dimension(&self, fact: NumberFact) -> Dimension {
        let total = |name| {
            self.draft
                .totals
                .iter()
                .find(|total| total.name == name)
                .map(TotalRule::dimension)
        };
        fact.dimension(total).unwrap()
    }
}
