//! Figures of a settlement by name, added and subtracted: `inpatient.paid + inpatient.cut`.

use huitong_core::decision::{LayerResult, Step};

use crate::corpus::Shown;

impl Shown {
    /// Fen of a sum of figures; a figure that this settlement does not have stops the test.
    pub(crate) fn figure(&self, sum: &str) -> i64 {
        let mut words = sum.split_whitespace();
        let mut value = self.term(words.next().unwrap());
        while let Some(sign) = words.next() {
            let term = self.term(words.next().unwrap());
            match sign {
                "+" => value += term,
                "-" => value -= term,
                other => panic!("{sum}: `{other}` is neither + nor -"),
            }
        }
        value
    }

    fn term(&self, name: &str) -> i64 {
        let Some((of, figure)) = name.split_once('.') else {
            return self.of_bill(name);
        };
        let layer = self
            .decision
            .layers
            .iter()
            .find(|layer| layer.id.as_str() == of);
        match (
            layer,
            of.strip_prefix("line")
                .and_then(|number| number.parse().ok()),
        ) {
            (Some(layer), _) => self.of_layer(layer, figure),
            (None, Some(number)) => self.of_line(number, figure),
            (None, None) => panic!("{}: no layer `{of}` applied", self.name),
        }
    }

    fn of_bill(&self, figure: &str) -> i64 {
        let (decision, split) = (&self.decision, &self.decision.split);
        let fen = match figure {
            "total" => decision.total,
            "out_of_scope" => split.out_of_scope,
            "over_limit" => split.over_limit,
            "first_pay" => split.first_pay,
            "in_scope" => split.in_scope,
            "fund_total" => decision.fund_total,
            "account" => decision.own_account,
            "cash" => decision.cash,
            "patient_total" => decision.patient_total,
            other => panic!("`{other}` is no figure of a bill"),
        };
        fen.get()
    }

    fn of_layer(&self, layer: &LayerResult, figure: &str) -> i64 {
        let segments = &layer.segments;
        match figure {
            "base" => layer.base.get(),
            "start" => layer.start.get(),
            "paid" => layer.paid.get(),
            "share" => layer.left.share.get(),
            "above" => layer.left.above.get(),
            "covered" => segments
                .iter()
                .map(|part| part.to.get() - part.from.get())
                .sum(),
            "cut" => self.cut(layer),
            other => {
                let number = other
                    .strip_prefix("segment")
                    .and_then(|number| number.parse().ok());
                let number: usize =
                    number.unwrap_or_else(|| panic!("`{other}` is no figure of a layer"));
                segments[number - 1].amount.get()
            }
        }
    }

    /// The most that a ceiling kept off.
    fn cut(&self, cut_layer: &LayerResult) -> i64 {
        let cuts = self.decision.trace.iter().filter_map(|step| {
            let Step::Ceiling { layer, cut, .. } = step else {
                return None;
            };
            (*layer == cut_layer.id).then_some(cut.get())
        });
        cuts.max().unwrap_or(0)
    }

    fn of_line(&self, number: u32, figure: &str) -> i64 {
        assert_eq!(figure, "cash", "`{figure}` is no figure of a line");
        let line = self.lines.iter().find(|line| line.number == number);
        line.unwrap_or_else(|| panic!("{}: no line {number}", self.name))
            .cash
            .get()
    }
}
