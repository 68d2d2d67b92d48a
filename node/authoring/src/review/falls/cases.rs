//! For whom falls are searched: the combinations of facts under which the rules differ.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::policy::condition::{Clause, Condition};
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::Layer;
use huitong_core::policy::quantity::Linear;

use crate::review::question::{Answer, Answers, Question};
use crate::review::situation::{Named, Situation};
use crate::review::tables::sites;
use crate::review::work::{LimitMet, Work};
use crate::review::world::World;

/// Combinations of facts that are settled apart.
const AT_MOST: usize = 4_000;

/// Facts for which the rules are others than for any other case.
pub(in crate::review) struct Cases {
    pub(in crate::review) situations: Vec<Situation>,
    /// The facts that tell them apart.
    pub(in crate::review) named: Named,
    /// Whether some were left out.
    pub(in crate::review) limit: Option<LimitMet>,
}

/// Whether a number changes while a bill is settled, or with it.
pub(super) const fn is_open(fact: NumberFact) -> bool {
    match fact {
        NumberFact::Bill
        | NumberFact::Part(_, _)
        | NumberFact::Base
        | NumberFact::Total(_)
        | NumberFact::Balance(_)
        | NumberFact::Given(_) => true,
        NumberFact::Age
        | NumberFact::YearsPaid
        | NumberFact::CoveredDays
        | NumberFact::CoveredYears
        | NumberFact::ClaimFreeYears
        | NumberFact::Days
        | NumberFact::Sessions
        | NumberFact::Ordinal
        | NumberFact::Index(_) => false,
    }
}

/// Whether a condition asks for a number that is open.
pub(super) fn asks_open(condition: &Condition) -> bool {
    condition.any.iter().flatten().any(|clause| match clause {
        Clause::Between { fact, .. } => is_open(*fact),
        Clause::IsOneOf(..) | Clause::IsNoneOf(..) | Clause::Holds(_) | Clause::HoldsNot(_) => {
            false
        }
    })
}

/// Every quantity of a layer.
pub(super) fn linears(layer: &Layer) -> Vec<&Linear> {
    let start = layer.start.iter().flat_map(|start| &start.amount.rows);
    let bounds = layer
        .segments
        .iter()
        .filter_map(|segment| segment.to.as_ref());
    let bounds = bounds.flat_map(|to| &to.rows);
    let fixed = start.chain(bounds).map(|row| &row.value);
    let ceilings = layer
        .ceilings
        .iter()
        .flat_map(|ceiling| &ceiling.amount.rows);
    fixed
        .chain(ceilings.filter_map(|row| row.value.as_ref()))
        .collect()
}

/// The cases of a policy, told apart by further conditions too.
pub(in crate::review) fn cases<'w>(
    world: &'w World<'_>,
    further: &[&'w Condition],
    work: &mut Work,
) -> Result<Cases, LimitMet> {
    let policy = world.policy();
    let mut question = Question::default();
    let mut asked: Vec<Asked<'_>> = Vec::new();
    let mut open = BTreeSet::new();
    let root = huitong_core::policy::FaultPath::ROOT;
    for layer in policy.layers() {
        let when = question.may(&layer.when, None);
        let mut tables = Vec::new();
        for site in sites(&root, layer) {
            let rows = site.rows.iter();
            tables.push(
                rows.map(|row| (*row, question.may(row, Some(when))))
                    .collect(),
            );
        }
        let adjustments = layer.adjustments.iter();
        let adjustments: Vec<usize> = adjustments
            .map(|adjustment| question.may(&adjustment.when, Some(when)))
            .collect();
        let terms = linears(layer).into_iter().flat_map(|linear| &linear.terms);
        let per = layer
            .adjustments
            .iter()
            .flat_map(|adjustment| &adjustment.per);
        let numbers: BTreeSet<NumberFact> = terms.chain(per).map(|term| term.fact).collect();
        for fact in &numbers {
            if is_open(*fact) {
                open.insert(*fact);
            } else {
                question.number(*fact, &[], Some(when));
            }
        }
        asked.push(Asked {
            when,
            tables,
            adjustments,
            numbers,
        });
    }
    for total in policy.totals() {
        question.may(&total.when, None);
    }
    let further: Vec<usize> = further
        .iter()
        .map(|condition| question.may(condition, None))
        .collect();
    open.extend(
        question
            .named()
            .numbers
            .iter()
            .filter(|fact| is_open(**fact)),
    );
    for fact in open {
        question.leave_open(fact);
    }
    let Answers { answers, limit } = question.some_answers(world, work, AT_MOST)?;
    let mut apart: BTreeMap<Vec<i64>, Situation> = BTreeMap::new();
    for answer in answers {
        let mut key = rules_of(&answer, &asked);
        key.extend(further.iter().map(|item| i64::from(answer.holds(*item))));
        apart.entry(key).or_insert(answer.situation);
    }
    Ok(Cases {
        situations: apart.into_values().collect(),
        named: question.named().clone(),
        limit,
    })
}

/// Where the conditions of one layer stand in the question.
struct Asked<'p> {
    when: usize,
    tables: Vec<Vec<(&'p Condition, usize)>>,
    adjustments: Vec<usize>,
    numbers: BTreeSet<NumberFact>,
}

/// Which rules apply: two answers that agree in it are settled alike.
fn rules_of(answer: &Answer, asked: &[Asked<'_>]) -> Vec<i64> {
    let mut key = Vec::new();
    for layer in asked {
        if !answer.holds(layer.when) {
            key.push(-1);
            continue;
        }
        for table in &layer.tables {
            for (place, (row, item)) in (0_i64..).zip(table) {
                if answer.holds(*item) {
                    key.push(place);
                    if !asks_open(row) {
                        break;
                    }
                }
            }
            key.push(-2);
        }
        let applied = layer.adjustments.iter();
        key.extend(applied.map(|item| i64::from(answer.holds(*item))));
        let numbers = layer.numbers.iter().filter(|fact| !is_open(**fact));
        key.extend(numbers.map(|fact| answer.situation.number(*fact)));
    }
    key
}
