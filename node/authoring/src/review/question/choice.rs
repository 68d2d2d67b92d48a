//! The values a question has to try for each fact, or for facts that hang together.

use std::collections::BTreeSet;

use huitong_core::name::Name;
use huitong_core::policy::condition::Clause;
use huitong_core::policy::fact::{FlagFact, NumberFact, WordFact};
use huitong_core::vocabulary::{AssistanceIdentity, Setting};
use rust_decimal::prelude::ToPrimitive;

use super::{Question, names};
use crate::review::situation::Situation;
use crate::review::work::{LimitMet, Work};
use crate::review::world::{Filed, Standing, World};

/// One value of a fact, or of several that hang together.
#[derive(Debug, Clone)]
pub(super) enum Choice {
    Setting(Setting),
    Category(Name),
    Institution(Standing),
    Filing(Filed),
    Identities(BTreeSet<AssistanceIdentity>),
    Diseases(Vec<Name>),
    Package(Option<Name>),
    Retired(bool),
    Continued(bool),
    /// Amounts and counts.
    Numbers(Vec<(NumberFact, i64)>),
    /// The benefit year with its published figures.
    Year(huitong_core::date::ServiceDate, Vec<(NumberFact, i64)>),
}

/// What one fact, or several that hang together, may be.
#[derive(Debug)]
pub(super) struct Dimension {
    pub(super) values: Vec<Choice>,
}

impl Choice {
    /// Makes it so.
    pub(super) fn apply(&self, situation: &mut Situation) {
        let facts = &mut situation.facts;
        match self {
            Self::Setting(setting) => facts.setting = *setting,
            Self::Category(category) => facts.category = *category,
            Self::Institution((tier, place, networked)) => {
                facts.tier = *tier;
                facts.place = *place;
                facts.networked = *networked;
            }
            Self::Filing((class, time, referred)) => {
                facts.filing = *class;
                facts.filing_time = *time;
                facts.referred = *referred;
            }
            Self::Identities(identities) => facts.identities.clone_from(identities),
            Self::Diseases(diseases) => facts.diseases.clone_from(diseases),
            Self::Package(package) => facts.package = *package,
            Self::Retired(retired) => facts.retired = *retired,
            Self::Continued(continued) => facts.continued = *continued,
            Self::Numbers(numbers) => {
                for (fact, value) in numbers {
                    set(situation, *fact, *value);
                }
            }
            Self::Year(day, figures) => {
                facts.benefit_date = *day;
                for (fact, value) in figures {
                    set(situation, *fact, *value);
                }
            }
        }
    }

    const fn numbers(&self) -> &[(NumberFact, i64)] {
        match self {
            Self::Numbers(numbers) | Self::Year(_, numbers) => numbers.as_slice(),
            Self::Setting(_)
            | Self::Category(_)
            | Self::Institution(_)
            | Self::Filing(_)
            | Self::Identities(_)
            | Self::Diseases(_)
            | Self::Package(_)
            | Self::Retired(_)
            | Self::Continued(_) => &[],
        }
    }
}

/// Gives a number a value; a count that does not fit its fact stays as it is.
fn set(situation: &mut Situation, fact: NumberFact, value: i64) {
    let facts = &mut situation.facts;
    let small = u16::try_from(value);
    let large = u32::try_from(value);
    match fact {
        NumberFact::Age => facts.age = small.unwrap_or(facts.age),
        NumberFact::YearsPaid => facts.years_paid = small.unwrap_or(facts.years_paid),
        NumberFact::CoveredDays => facts.covered_days = large.unwrap_or(facts.covered_days),
        NumberFact::CoveredYears => facts.covered_years = small.unwrap_or(facts.covered_years),
        NumberFact::ClaimFreeYears => {
            facts.claim_free_years = small.unwrap_or(facts.claim_free_years);
        }
        NumberFact::Days => facts.days = large.unwrap_or(facts.days),
        NumberFact::Sessions => facts.sessions = large.unwrap_or(facts.sessions),
        NumberFact::Ordinal => facts.ordinal = small.unwrap_or(facts.ordinal),
        NumberFact::Bill
        | NumberFact::Part(_, _)
        | NumberFact::Base
        | NumberFact::Index(_)
        | NumberFact::Total(_)
        | NumberFact::Balance(_)
        | NumberFact::Given(_) => {
            situation.amounts.insert(fact, value);
        }
    }
}

impl Dimension {
    /// Whether these values settle a clause.
    pub(super) fn decides(&self, clause: &Clause) -> bool {
        let Some(first) = self.values.first() else {
            return false;
        };
        match clause {
            Clause::IsOneOf(fact, _) | Clause::IsNoneOf(fact, _) => match fact {
                WordFact::Setting => matches!(first, Choice::Setting(_)),
                // A policy has one scheme: the default situation already says it, once.
                WordFact::Scheme => true,
                WordFact::Category => matches!(first, Choice::Category(_)),
                WordFact::Tier | WordFact::Place => matches!(first, Choice::Institution(_)),
                WordFact::Filing | WordFact::FilingTime => matches!(first, Choice::Filing(_)),
                WordFact::Identity => matches!(first, Choice::Identities(_)),
                WordFact::Disease => matches!(first, Choice::Diseases(_)),
                WordFact::Package => matches!(first, Choice::Package(_)),
            },
            Clause::Between { fact, .. } => self.has_number(*fact),
            Clause::Holds(flag) | Clause::HoldsNot(flag) => match flag {
                FlagFact::Retired => matches!(first, Choice::Retired(_)),
                FlagFact::Continued => matches!(first, Choice::Continued(_)),
                FlagFact::Networked => matches!(first, Choice::Institution(_)),
                FlagFact::Referred => matches!(first, Choice::Filing(_)),
            },
        }
    }

    /// Whether these values set a number.
    pub(super) fn has_number(&self, fact: NumberFact) -> bool {
        let first = self.values.first();
        first.is_some_and(|choice| choice.numbers().iter().any(|(own, _)| *own == fact))
    }

    /// The values of a number.
    pub(super) fn values_of(&self, fact: NumberFact) -> impl Iterator<Item = i64> {
        self.values.iter().filter_map(move |choice| {
            let mut numbers = choice.numbers().iter();
            numbers
                .find(|(own, _)| *own == fact)
                .map(|(_, value)| *value)
        })
    }
}

/// What has to be tried for a question.
pub(super) fn choices(
    question: &Question<'_>,
    world: &World<'_>,
    work: &mut Work,
) -> Result<Vec<Dimension>, LimitMet> {
    let mut dimensions = words(question, world);
    let named = question.named();
    let figures: Vec<_> = named
        .numbers
        .iter()
        .filter_map(|fact| match fact {
            NumberFact::Index(name) => Some((*fact, *name)),
            NumberFact::Bill
            | NumberFact::Part(_, _)
            | NumberFact::Base
            | NumberFact::Age
            | NumberFact::YearsPaid
            | NumberFact::CoveredDays
            | NumberFact::CoveredYears
            | NumberFact::ClaimFreeYears
            | NumberFact::Days
            | NumberFact::Sessions
            | NumberFact::Ordinal
            | NumberFact::Total(_)
            | NumberFact::Balance(_)
            | NumberFact::Given(_) => None,
        })
        .collect();
    if !figures.is_empty() {
        dimensions.push(years(&figures, world));
    }
    let mut of_bill = vec![Vec::new()];
    for fact in &named.numbers {
        if figures.iter().any(|(own, _)| own == fact) {
            continue;
        }
        let points = points(question, *fact, world);
        if fact.is_of_this_bill() {
            of_bill = product(&of_bill, *fact, &points, work)?;
        } else {
            let values = points
                .iter()
                .map(|value| Choice::Numbers(vec![(*fact, *value)]));
            dimensions.push(Dimension {
                values: values.collect(),
            });
        }
    }
    of_bill.retain(|amounts| agree(amounts));
    if of_bill.iter().any(|amounts| !amounts.is_empty()) {
        dimensions.push(Dimension {
            values: of_bill.into_iter().map(Choice::Numbers).collect(),
        });
    }
    // A question without facts still has one answer.
    if dimensions.is_empty() {
        dimensions.push(Dimension {
            values: vec![Choice::Retired(false)],
        });
    }
    Ok(dimensions)
}

fn words(question: &Question<'_>, world: &World<'_>) -> Vec<Dimension> {
    let named = question.named();
    let mut dimensions: Vec<Vec<Choice>> = Vec::new();
    let asks = |facts: &[WordFact]| facts.iter().any(|fact| named.words.contains(fact));
    if asks(&[WordFact::Setting]) {
        let settings = world.policy().scope().settings.iter();
        dimensions.push(settings.copied().map(Choice::Setting).collect());
    }
    if asks(&[WordFact::Tier, WordFact::Place]) || named.flags.contains(&FlagFact::Networked) {
        let standings = world.institutions.iter().copied();
        dimensions.push(standings.map(Choice::Institution).collect());
    }
    if asks(&[WordFact::Filing, WordFact::FilingTime]) || named.flags.contains(&FlagFact::Referred)
    {
        let filings = World::filings().into_iter();
        dimensions.push(filings.map(Choice::Filing).collect());
    }
    if asks(&[WordFact::Category]) {
        let mut names = names::mentioned(question.clauses(), WordFact::Category);
        names.extend(names::stranger(&names));
        dimensions.push(names.into_iter().map(Choice::Category).collect());
    }
    if asks(&[WordFact::Identity]) {
        let sets = names::identities(question.clauses()).into_iter();
        dimensions.push(sets.map(Choice::Identities).collect());
    }
    if asks(&[WordFact::Disease]) {
        let sets = names::diseases(question.clauses()).into_iter();
        dimensions.push(sets.map(Choice::Diseases).collect());
    }
    if asks(&[WordFact::Package]) {
        let names = names::mentioned(question.clauses(), WordFact::Package)
            .into_iter()
            .map(Some);
        let names = std::iter::once(None).chain(names);
        dimensions.push(names.map(Choice::Package).collect());
    }
    if named.flags.contains(&FlagFact::Retired) {
        dimensions.push(vec![Choice::Retired(false), Choice::Retired(true)]);
    }
    if named.flags.contains(&FlagFact::Continued) {
        dimensions.push(vec![Choice::Continued(false), Choice::Continued(true)]);
    }
    dimensions
        .into_iter()
        .map(|values| Dimension { values })
        .collect()
}

/// The years for which all the figures asked for are published.
fn years(figures: &[(NumberFact, Name)], world: &World<'_>) -> Dimension {
    let indexes = world.policy().indexes();
    let year = |year: u16| {
        let values = figures.iter().map(|(fact, name)| {
            let figure = indexes.get(name)?.get(&year)?;
            Some((*fact, figure.get()))
        });
        Some(Choice::Year(
            world.day(year)?,
            values.collect::<Option<_>>()?,
        ))
    };
    let mut values: Vec<_> = world.years().into_iter().filter_map(year).collect();
    if values.is_empty() {
        let zero = figures.iter().map(|(fact, _)| (*fact, 0)).collect();
        values.push(Choice::Year(world.default().facts.benefit_date, zero));
    }
    Dimension { values }
}

/// The points of a number at which a clause changes, and on both sides where its very value matters.
fn points(question: &Question<'_>, of: NumberFact, world: &World<'_>) -> Vec<i64> {
    let (least, most) = world.range(of);
    let mut points = BTreeSet::from([least]);
    for clause in question.clauses() {
        if let Clause::Between {
            fact,
            at_least,
            at_most,
        } = clause
            && *fact == of
        {
            points.extend(at_least.and_then(|bound| bound.ceil().to_i64()));
            let above = at_most.and_then(|bound| bound.floor().to_i64());
            points.extend(above.map(|bound| bound.saturating_add(1)));
        }
    }
    if let Some(more) = question.points(of) {
        let below: Vec<_> = points.iter().map(|point| point.saturating_sub(1)).collect();
        points.extend(below);
        points.extend(more);
        points.insert(most);
    }
    points.retain(|point| (least..=most).contains(point));
    points.into_iter().collect()
}

type Amounts = Vec<(NumberFact, i64)>;

/// Every combination with one more amount.
fn product(
    before: &[Amounts],
    fact: NumberFact,
    points: &[i64],
    work: &mut Work,
) -> Result<Vec<Amounts>, LimitMet> {
    let count = before.len().saturating_mul(points.len());
    work.step(count)?;
    work.combinations(count)?;
    let with = before.iter().flat_map(|amounts| {
        points.iter().map(move |point| {
            let mut amounts = amounts.clone();
            amounts.push((fact, *point));
            amounts
        })
    });
    Ok(with.collect())
}

/// Whether amounts can be of one bill: a part is no more than the whole, nor what carries a tag more
/// than its part.
fn agree(amounts: &[(NumberFact, i64)]) -> bool {
    let of = |wanted: NumberFact| {
        let mut own = amounts.iter().filter(|(fact, _)| *fact == wanted);
        own.next().map_or(i64::MAX, |(_, value)| *value)
    };
    let whole = of(NumberFact::Bill);
    amounts.iter().all(|(fact, value)| match fact {
        NumberFact::Part(part, Some(_)) => *value <= of(NumberFact::Part(*part, None)).min(whole),
        NumberFact::Part(_, None) | NumberFact::Base | NumberFact::Given(_) => *value <= whole,
        NumberFact::Bill
        | NumberFact::Age
        | NumberFact::YearsPaid
        | NumberFact::CoveredDays
        | NumberFact::CoveredYears
        | NumberFact::ClaimFreeYears
        | NumberFact::Days
        | NumberFact::Sessions
        | NumberFact::Ordinal
        | NumberFact::Index(_)
        | NumberFact::Total(_)
        | NumberFact::Balance(_) => true,
    })
}
