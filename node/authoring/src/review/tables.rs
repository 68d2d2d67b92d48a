//! Tables and conditions: does every case that can occur find a row, and is every row ever used?

use huitong_core::policy::FaultPath;
use huitong_core::policy::condition::{Condition, Table};
use huitong_core::policy::layer::{Bounds, Layer};

use super::finding::Kind;
use super::question::{Answer, Question};
use super::report::Report;
use super::work::Work;
use super::world::World;

/// A table of a layer, as far as its conditions go.
pub(super) struct Site<'p> {
    pub(super) path: FaultPath,
    pub(super) rows: Vec<&'p Condition>,
}

impl<'p> Site<'p> {
    fn of<T>(path: FaultPath, table: &'p Table<T>) -> Self {
        Self {
            path,
            rows: table.rows.iter().map(|row| &row.when).collect(),
        }
    }
}

/// Every table of a layer, in the order of the fields.
pub(super) fn sites<'p>(path: &FaultPath, layer: &'p Layer) -> Vec<Site<'p>> {
    let mut sites = Vec::new();
    for (at, take) in layer.take.iter().enumerate() {
        let path = path.key("take").index(at).key("weight");
        sites.push(Site::of(path, &take.weight));
    }
    if let Some(start) = &layer.start {
        sites.push(Site::of(path.key("start").key("amount"), &start.amount));
    }
    for (at, segment) in layer.segments.iter().enumerate() {
        let path = path.key("segments").index(at);
        if let Some(to) = &segment.to {
            sites.push(Site::of(path.key("to"), to));
        }
        sites.push(Site::of(path.key("ratio"), &segment.ratio));
    }
    if let Some(floor) = &layer.floor {
        sites.push(Site::of(path.key("floor").key("ratio"), &floor.ratio));
    }
    for (at, ceiling) in layer.ceilings.iter().enumerate() {
        let key = match ceiling.bounds {
            Bounds::Scope => "scope",
            Bounds::Payment => "payment",
        };
        let path = path.key("ceilings").index(at).key(key);
        sites.push(Site::of(path, &ceiling.amount));
    }
    sites
}

/// Looks at every layer, table and condition.
pub(super) fn check(world: &World<'_>, report: &mut Report<'_>, work: &mut Work) {
    let root = FaultPath::ROOT.key("layer");
    for (at, layer) in world.policy().layers().iter().enumerate() {
        let path = root.index(at);
        if !applies(&path, layer, world, report, work) {
            continue;
        }
        for site in sites(&path, layer) {
            table(&site, layer, world, report, work);
        }
        for (at, adjustment) in layer.adjustments.iter().enumerate() {
            let path = path.key("adjust").index(at);
            let mut question = Question::default();
            question.must(&layer.when);
            let asked = question.may(&adjustment.when, None);
            match question.answers(world, work) {
                Ok(answers) => {
                    if !answers.iter().any(|answer| answer.holds(asked)) {
                        report.note(&path, Kind::UnreachableAdjustment {});
                    } else {
                        alternatives(&path.key("when"), &adjustment.when, asked, &answers, report);
                    }
                }
                Err(limit) => report.limit(&path, limit),
            }
        }
    }
    for total in world.policy().totals() {
        let path = FaultPath::ROOT.key("totals").key(total.name).key("when");
        let mut question = Question::default();
        let asked = question.may(&total.when, None);
        match question.answers(world, work) {
            Ok(answers) => alternatives(&path, &total.when, asked, &answers, report),
            Err(limit) => report.limit(&path, limit),
        }
    }
}

/// Whether a layer applies to anybody; what is wrong with its condition is noted.
fn applies(
    path: &FaultPath,
    layer: &Layer,
    world: &World<'_>,
    report: &mut Report<'_>,
    work: &mut Work,
) -> bool {
    let mut question = Question::default();
    let asked = question.may(&layer.when, None);
    match question.answers(world, work) {
        Ok(answers) => {
            let ever = answers.iter().any(|answer| answer.holds(asked));
            if ever {
                alternatives(&path.key("when"), &layer.when, asked, &answers, report);
            } else {
                report.note(&path.key("when"), Kind::UnreachableLayer {});
            }
            ever
        }
        Err(limit) => {
            report.limit(&path.key("when"), limit);
            false
        }
    }
}

fn table(
    site: &Site<'_>,
    layer: &Layer,
    world: &World<'_>,
    report: &mut Report<'_>,
    work: &mut Work,
) {
    let mut question = Question::default();
    question.must(&layer.when);
    let asked: Vec<usize> = site
        .rows
        .iter()
        .map(|row| question.may(row, None))
        .collect();
    let answers = match question.answers(world, work) {
        Ok(answers) => answers,
        Err(limit) => return report.limit(&site.path, limit),
    };
    let first = |answer: &Answer| asked.iter().position(|row| answer.holds(*row));
    if let Some(answer) = answers.iter().find(|answer| first(answer).is_none()) {
        let dimension = |fact| world.dimension(fact);
        let facts = answer.situation.shown(question.named(), &dimension);
        report.note(&site.path, Kind::NoRow { facts });
    }
    let by_row = report.places().is_written_row_by_row(&site.path);
    for (at, (row, item)) in site.rows.iter().zip(&asked).enumerate() {
        let path = site.path.index(at);
        let reaching: Vec<Answer> = answers
            .iter()
            .filter(|answer| first(answer).is_none_or(|first| first >= at))
            .cloned()
            .collect();
        let used = reaching.iter().any(|answer| answer.holds(*item));
        let is_last = at.saturating_add(1) == site.rows.len();
        // A last row for everything else is a good habit even where nothing else can occur.
        let for_all_else = is_last && row.any.is_empty();
        if used && by_row {
            alternatives(&path.key("when"), row, *item, &reaching, report);
        } else if !used && !for_all_else {
            report.note(&path, Kind::UnreachableRow {});
        }
    }
}

/// Notes the alternatives of a condition that hold in no answer.
fn alternatives(
    path: &FaultPath,
    condition: &Condition,
    item: usize,
    answers: &[Answer],
    report: &mut Report<'_>,
) {
    for at in 0..condition.any.len() {
        if !answers.iter().any(|answer| answer.alternative(item, at)) {
            report.note(&path.index(at), Kind::UnreachableAlternative {});
        }
    }
}
