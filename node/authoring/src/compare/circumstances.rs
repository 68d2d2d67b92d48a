//! Who is treated where, and how they went there: the sides of the grid.
//!
//! Only what one of the two policies asks for is varied, so that no two cells say the same. A circumstance
//! is a few facts of a bill document, with the words for it.

use std::collections::BTreeSet;

use huitong_adjudication::facts;
use huitong_core::bill::Institution;
use huitong_core::institution::InstitutionCode;
use huitong_core::name::Name;
use huitong_core::policy::condition::{Clause, Condition, Table};
use huitong_core::policy::fact::{FlagFact, NumberFact, WordFact};
use huitong_core::policy::total::Adds;
use huitong_core::policy::{Needs, Policy};
use huitong_core::vocabulary::{
    Administration, FilingClass, FilingTime, Grade, InstitutionType, Place, Setting,
};
use huitong_explanation::Sentence;
use huitong_explanation::wording;

use super::tables::{Pair, both};

/// A few facts of a bill document, as `key = value` of its text, and the words for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Circumstance {
    pub(super) facts: Vec<(&'static str, String)>,
    /// The tag that half of the costs carry.
    pub(super) tag: Option<Name>,
    pub(super) said: Sentence,
}

impl Circumstance {
    const fn of(facts: Vec<(&'static str, String)>, said: Sentence) -> Self {
        Self {
            facts,
            tag: None,
            said,
        }
    }
}

/// The most words of one fact that the grid varies.
const WORDS_AT_MOST: usize = 12;

/// What both policies ask for, together.
pub(super) struct Asked<'a> {
    policies: Pair<&'a Policy>,
    needs: Pair<Needs>,
}

impl<'a> Asked<'a> {
    pub(super) fn by(policies: Pair<&'a Policy>) -> Self {
        Self {
            policies,
            needs: policies.map(Policy::needs),
        }
    }

    fn asks(&self, see: impl Fn(&Needs) -> bool) -> bool {
        see(&self.needs.old) || see(&self.needs.new)
    }

    fn word(&self, fact: WordFact) -> bool {
        self.asks(|needs| needs.words.contains(&fact))
    }

    /// Every word that a condition of either policy compares a fact with, in the order of their names.
    fn words(&self, fact: WordFact) -> Vec<String> {
        let mut found = BTreeSet::new();
        for policy in [self.policies.old, self.policies.new] {
            for clause in clauses(policy) {
                if let Clause::IsOneOf(of, words) | Clause::IsNoneOf(of, words) = clause
                    && *of == fact
                {
                    found.extend(words.iter().cloned());
                }
            }
        }
        found.into_iter().take(WORDS_AT_MOST).collect()
    }

    /// Where, and with which filing.
    pub(super) fn ways(&self) -> Vec<Circumstance> {
        let (mut told, mut ways) = (BTreeSet::new(), Vec::new());
        for (place, filing, time) in WAYS {
            let referred = *filing == FilingClass::Referral;
            let mut facts = Vec::new();
            let mut said = Vec::new();
            if self.word(WordFact::Place) || self.asks_tier_of_place() {
                facts.push(("place", quoted(place)));
                said.push(self.said(WordFact::Place, place.word()));
            }
            if self.word(WordFact::Filing) || self.asks(|it| it.flags.contains(&FlagFact::Referred))
            {
                facts.push(("filing", quoted(filing)));
                facts.push(("referred", referred.to_string()));
                said.push(self.said(WordFact::Filing, filing.word()));
            }
            if self.word(WordFact::FilingTime) {
                facts.push(("filing_time", quoted(time)));
                said.push(self.said(WordFact::FilingTime, time.word()));
            }
            if told.insert(format!("{facts:?}")) {
                let said = Sentence::joined(&said, "，", ", ");
                ways.push(Circumstance::of(facts, said));
            }
        }
        ways
    }

    fn asks_tier_of_place(&self) -> bool {
        let of_place = |policy: &Policy| policy.tiers().iter().any(|row| !row.place.is_empty());
        self.word(WordFact::Tier) && (of_place(self.policies.old) || of_place(self.policies.new))
    }

    fn said(&self, fact: WordFact, word: &str) -> Sentence {
        wording::word(self.policies.new, fact, word)
    }

    /// Who: somebody of middle age in work, then one for each other thing that a rule asks for.
    pub(super) fn people(&self, setting: Setting) -> Vec<Circumstance> {
        let ordinary = both("一般参保人", "an ordinary insured person");
        let mut people = vec![Circumstance::of(Vec::new(), ordinary)];
        let mut add = |key, value: String, said: Sentence| {
            people.push(Circumstance::of(vec![(key, value)], said));
        };
        if self.asks(|it| it.flags.contains(&FlagFact::Retired)) {
            add("retired", "true".to_owned(), both("退休人员", "retired"));
        }
        let of_words = [
            ("identity", WordFact::Identity),
            ("category", WordFact::Category),
            ("package", WordFact::Package),
            ("disease", WordFact::Disease),
        ];
        for (key, fact) in of_words {
            // Listed diseases belong to the care for them, and to psychiatric or other special stays.
            let skipped = usize::from(fact == WordFact::Category);
            for word in self.words(fact).into_iter().skip(skipped) {
                add(key, quoted(&word), self.said(fact, &word));
            }
        }
        let counts = [
            ("age", NumberFact::Age, 75, ("75 岁", "75 years old")),
            (
                "ordinal",
                NumberFact::Ordinal,
                2,
                ("本年度第二次住院", "second admission of the year"),
            ),
        ];
        for (key, fact, value, (zh, en)) in counts {
            let is_asked = self.asks(|it| it.numbers.contains(&fact));
            if is_asked && !(fact == NumberFact::Ordinal && setting != Setting::Inpatient) {
                add(key, value.to_string(), both(zh, en));
            }
        }
        people.extend(self.tags().into_iter().map(|tag| {
            let said = self.tag(tag);
            let said = both(
                format!("一般参保人，费用的一半属于{}", said.zh),
                format!(
                    "an ordinary insured person, half of the costs of {}",
                    said.en
                ),
            );
            Circumstance {
                tag: Some(tag),
                ..Circumstance::of(Vec::new(), said)
            }
        }));
        people
    }

    /// A tag by the title that one of the policies gives it, the new one first.
    fn tag(&self, tag: Name) -> Sentence {
        let Pair { old, new } = self.policies;
        let titled = if new.tags().contains_key(&tag) {
            new
        } else {
            old
        };
        wording::tag(titled, tag)
    }

    /// Every tag that either policy names, in the order of their names.
    fn tags(&self) -> Vec<Name> {
        let policies = [self.policies.old, self.policies.new];
        let found: BTreeSet<Name> = policies.into_iter().flat_map(tags).collect();
        found.into_iter().take(WORDS_AT_MOST).collect()
    }

    /// Facts that every bill states because a policy asks for them.
    pub(super) fn common(&self) -> Vec<(&'static str, String)> {
        let category = self.words(WordFact::Category).into_iter().next();
        let mut facts = vec![
            (
                "category",
                quoted(&category.unwrap_or_else(|| "any".to_owned())),
            ),
            ("filing", quoted(&FilingClass::Unfiled)),
            ("place", quoted(&Place::Home)),
        ];
        let typical = [
            ("age", NumberFact::Age, 45),
            ("years_paid", NumberFact::YearsPaid, 20),
            ("ordinal", NumberFact::Ordinal, 1),
            ("covered_days", NumberFact::CoveredDays, 1_825),
            ("covered_years", NumberFact::CoveredYears, 5),
            ("claim_free_years", NumberFact::ClaimFreeYears, 0),
            ("days", NumberFact::Days, 10),
            ("sessions", NumberFact::Sessions, 1),
        ];
        for (key, fact, value) in typical {
            if self.asks(|it| it.numbers.contains(&fact)) {
                facts.push((key, value.to_string()));
            }
        }
        facts
    }

    /// One institution for each pair of levels that it can have under the two policies, in a place.
    pub(super) fn institutions(&self, place: Place) -> Vec<Circumstance> {
        let (mut told, mut found) = (BTreeSet::new(), Vec::new());
        for kind in InstitutionType::ALL {
            for grade in Grade::ALL.iter().rev() {
                for administration in ADMINISTRATIONS {
                    let Some(institution) = institution(*kind, *grade, *administration) else {
                        continue;
                    };
                    let tiers = self
                        .policies
                        .map(|policy| facts::tier(policy, &institution, place).ok().flatten());
                    if !told.insert((tiers.old, tiers.new)) {
                        continue;
                    }
                    let value = format!(
                        "{{ grade = \"{grade}\", administration = \"{administration}\", kind = \"{kind}\" }}"
                    );
                    let facts = vec![("institution", value)];
                    found.push(Circumstance::of(facts, self.level(&tiers)));
                }
            }
        }
        found
    }

    /// The level of an institution, or both where they differ.
    fn level(&self, tiers: &Pair<Option<Name>>) -> Sentence {
        let said = |policy: &Policy, tier: Option<Name>| {
            tier.map_or_else(
                || both("不分等级", "any hospital"),
                |tier| wording::tier(policy, tier),
            )
        };
        let old = said(self.policies.old, tiers.old);
        let new = said(self.policies.new, tiers.new);
        if old == new {
            return new;
        }
        both(
            format!("{}→{}", old.zh, new.zh),
            format!("{}→{}", old.en, new.en),
        )
    }
}

/// City hospitals first: they stand for a level where the administration does not matter.
const ADMINISTRATIONS: &[Administration] = &[
    Administration::City,
    Administration::County,
    Administration::Township,
    Administration::Province,
    Administration::Ministry,
    Administration::Private,
];

const WAYS: &[(Place, FilingClass, FilingTime)] = &[
    (Place::Home, FilingClass::Unfiled, FilingTime::Absent),
    (Place::Province, FilingClass::Referral, FilingTime::Before),
    (Place::Province, FilingClass::Unfiled, FilingTime::Absent),
    (
        Place::OtherProvince,
        FilingClass::LongTerm,
        FilingTime::Before,
    ),
    (
        Place::OtherProvince,
        FilingClass::Referral,
        FilingTime::Before,
    ),
    (
        Place::OtherProvince,
        FilingClass::Referral,
        FilingTime::DuringStay,
    ),
    (
        Place::OtherProvince,
        FilingClass::Emergency,
        FilingTime::Before,
    ),
    (
        Place::OtherProvince,
        FilingClass::Temporary,
        FilingTime::Before,
    ),
    (
        Place::OtherProvince,
        FilingClass::Unfiled,
        FilingTime::Absent,
    ),
];

fn institution(
    kind: InstitutionType,
    grade: Grade,
    administration: Administration,
) -> Option<Institution> {
    Some(Institution {
        code: InstitutionCode::parse("H11000000001").ok()?,
        kind,
        grade,
        price_grade: grade,
        administration,
        networked: true,
    })
}

fn quoted(word: &impl std::fmt::Display) -> String {
    format!("\"{word}\"")
}

/// Every clause of a policy's conditions.
fn clauses(policy: &Policy) -> impl Iterator<Item = &Clause> {
    let mut conditions: Vec<&Condition> = Vec::new();
    for layer in policy.layers() {
        conditions.push(&layer.when);
        conditions.extend(layer.take.iter().flat_map(|take| whens(&take.weight)));
        conditions.extend(layer.start.iter().flat_map(|start| whens(&start.amount)));
        for segment in &layer.segments {
            conditions.extend(whens(&segment.ratio));
            conditions.extend(segment.to.iter().flat_map(whens));
        }
        conditions.extend(layer.adjustments.iter().map(|it| &it.when));
        conditions.extend(layer.floor.iter().flat_map(|floor| whens(&floor.ratio)));
        conditions.extend(layer.ceilings.iter().flat_map(|it| whens(&it.amount)));
    }
    conditions
        .into_iter()
        .flat_map(|when| when.any.iter().flatten())
}

/// Every tag that a policy names: of takes, of what totals add, of amounts that rules read.
fn tags(policy: &Policy) -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    for take in policy.layers().iter().flat_map(|layer| &layer.take) {
        found.extend(take.tagged.iter().chain(&take.not_tagged));
    }
    for adds in policy.totals().iter().flat_map(|total| &total.adds) {
        if let Adds::Bill(_, Some(tag)) = adds {
            found.insert(*tag);
        }
    }
    for fact in policy.needs().numbers {
        if let NumberFact::Part(_, Some(tag)) = fact {
            found.insert(tag);
        }
    }
    found
}

fn whens<T>(table: &Table<T>) -> impl Iterator<Item = &Condition> {
    table.rows.iter().map(|row| &row.when)
}
