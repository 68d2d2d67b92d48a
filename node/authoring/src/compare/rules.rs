//! Rule by rule: which rules come, go and change, and each changed figure with its old and new value and
//! for whom it holds.

use huitong_core::policy::fact::Dimension;
use huitong_core::policy::layer::Layer;
use huitong_core::policy::total::TotalRule;
use huitong_core::policy::{BenefitDate, Policy};
use huitong_core::vocabulary::Care;
use huitong_explanation::Sentence;
use huitong_explanation::wording;

use super::tables::{Pair, both, change, under};

mod layer;

use layer::rule;

/// What changes in one rule, or in the policy as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The rule, or the part of the policy.
    pub what: Sentence,
    /// Each change.
    pub changes: Vec<Sentence>,
}

/// Everything that changes from one policy to the other: the policy as a whole first, then each rule in
/// the order of payment of the new policy, then the rules that go.
#[must_use]
pub fn changed(old: &Policy, new: &Policy) -> Vec<Changed> {
    let policies = Pair::new(old, new);
    let mut found = vec![Changed {
        what: both("政策整体", "the policy as a whole"),
        changes: whole(policies),
    }];
    for layer in new.layers() {
        let before = old.layers().iter().find(|it| it.name == layer.name);
        found.push(Changed {
            what: wording::layer(layer),
            changes: match before {
                Some(before) => rule(policies, Pair::new(before, layer)),
                None => added(policies, layer),
            },
        });
    }
    for layer in old.layers() {
        if !new.layers().iter().any(|it| it.name == layer.name) {
            found.push(Changed {
                what: wording::layer(layer),
                changes: vec![both("这一项取消", "this rule is dropped")],
            });
        }
    }
    found.retain(|it| !it.changes.is_empty());
    found
}

/// A part of the head by its name in both languages, and how it is said.
type Head<'a> = (&'a str, &'a str, &'a dyn Fn(&Policy) -> Sentence);

fn whole(policies: Pair<&Policy>) -> Vec<Sentence> {
    let of = |see: &dyn Fn(&Policy) -> Sentence| change(&policies.map(see));
    let mut found = Vec::new();
    let heads: [Head<'_>; 8] = [
        ("参保地", "home region", &|it| {
            Sentence::same(it.scope().region)
        }),
        ("险种", "scheme", &|it| wording::scheme(it.scope().scheme)),
        ("就医类别", "kinds of care", &|it| {
            let settings: Vec<_> = it
                .scope()
                .settings
                .iter()
                .map(|it| wording::setting(*it))
                .collect();
            Sentence::joined(&settings, "、", ", ")
        }),
        ("实行日期", "days it holds for", &|it| {
            let days = it.scope().effective;
            days.until().map_or_else(
                || both(format!("{} 起", days.from()), format!("{} on", days.from())),
                |until| {
                    both(
                        format!("{} 至 {until}", days.from()),
                        format!("{} to {until}", days.from()),
                    )
                },
            )
        }),
        ("住院日期", "date of a stay", &|it| {
            let (zh, en) = match it.benefit_date() {
                BenefitDate::Discharge => ("出院日", "day of discharge"),
                BenefitDate::Admission => ("入院日", "day of admission"),
                BenefitDate::Split => (
                    "每份账单的最后一日，跨年度住院分年结算",
                    "last day of each bill, one bill for each year of a stay",
                ),
            };
            both(zh, en)
        }),
        ("医院等级", "levels of hospitals", &|it| {
            let tiers: Vec<_> = it.tiers().iter().map(wording::tier_row).collect();
            Sentence::joined(&tiers, "；", "; ")
        }),
        (
            "先行结算",
            "settled while home cannot be reached",
            &provisional,
        ),
        ("各项顺序", "order of the rules", &|it| {
            let other = if std::ptr::eq(it, policies.old) {
                policies.new
            } else {
                policies.old
            };
            let common = it.layers().iter();
            let common =
                common.filter(|layer| other.layers().iter().any(|its| its.name == layer.name));
            Sentence::joined(&common.map(wording::layer).collect::<Vec<_>>(), "、", ", ")
        }),
    ];
    for (zh, en, see) in heads {
        found.extend(of(see).map(|what| under(zh, en, &what)));
    }
    found.extend(indexes(policies));
    found.extend(totals(policies));
    found
}

/// What is settled while the home region cannot be reached.
fn provisional(policy: &Policy) -> Sentence {
    let Some(rule) = policy.provisional() else {
        return both("不允许", "nothing");
    };
    let care: Vec<_> = rule.care.iter().map(|care| care_words(*care)).collect();
    let care = Sentence::joined(&care, "、", ", ");
    let epidemics = rule.epidemics.iter().map(|declared| {
        let diseases: Vec<_> = declared.diseases.iter().map(ToString::to_string).collect();
        let until = declared.days.until();
        let until = until.map_or_else(|| "…".to_owned(), |day| day.to_string());
        let (title, from) = (&declared.title, declared.days.from());
        Sentence::same(format!("{title} {from}–{until} {}", diseases.join(" ")).trim_end())
    });
    let epidemics = Sentence::joined(&epidemics.collect::<Vec<_>>(), "；", "; ");
    let (ceiling, hours, bears) = (rule.ceiling, rule.snapshot_hours, rule.home_bears);
    both(
        format!(
            "{}，限额 {ceiling} 元，快照 {hours} 小时内有效，参保地承担损失至 {bears} 元 {}",
            care.zh, epidemics.zh
        )
        .trim_end(),
        format!(
            "{}, up to {ceiling} yuan, on a snapshot of {hours} hours at most, the home region bears a loss up to {bears} yuan {}",
            care.en, epidemics.en
        )
        .trim_end(),
    )
}

fn care_words(care: Care) -> Sentence {
    match care {
        Care::Emergency => both("急诊", "emergencies"),
        Care::Epidemic => both("疫情绿色通道", "a declared epidemic"),
    }
}

/// Published figures, by year.
fn indexes(policies: Pair<&Policy>) -> Vec<Sentence> {
    let said = policies.map(|policy| {
        let indexes = policy.indexes().iter();
        let years = indexes.flat_map(|(name, years)| {
            years
                .iter()
                .map(move |(year, fen)| (format!("{name} {year}"), Sentence::same(fen)))
        });
        years.collect::<Vec<_>>()
    });
    named(&said)
        .into_iter()
        .map(|what| under("公布指标", "published figure", &what))
        .collect()
}

fn totals(policies: Pair<&Policy>) -> Vec<Sentence> {
    let said = policies.map(|policy| {
        let totals = policy.totals().iter();
        let said = totals.map(|rule: &TotalRule| {
            let what = wording::total(policy, rule.name);
            let when = wording::condition(policy, &rule.when);
            let said = match rule.dimension() {
                // A count says itself what it counts.
                Dimension::Count => what,
                Dimension::Money => both(
                    format!("{}（{}）", what.zh, when.zh),
                    format!("{} ({})", what.en, when.en),
                ),
            };
            (rule.name.to_string(), said)
        });
        said.collect::<Vec<_>>()
    });
    named(&said)
        .into_iter()
        .map(|what| under("累计", "total", &what))
        .collect()
}

/// Named things that come, go or change.
fn named(said: &Pair<Vec<(String, Sentence)>>) -> Vec<Sentence> {
    let mut found = Vec::new();
    let find = |among: &[(String, Sentence)], name: &str| {
        among
            .iter()
            .find(|(of, _)| of == name)
            .map(|(_, what)| what.clone())
    };
    for (name, old) in &said.old {
        let told = match find(&said.new, name) {
            Some(new) => change(&Pair::new(old.clone(), new)),
            None => Some(both(
                format!("取消 {}", old.zh),
                format!("{} is dropped", old.en),
            )),
        };
        found.extend(told.map(|what| under(name, name, &what)));
    }
    for (name, new) in &said.new {
        if find(&said.old, name).is_none() {
            let what = both(format!("新增 {}", new.zh), format!("{} is new", new.en));
            found.push(under(name, name, &what));
        }
    }
    found
}

/// A rule that is new, with its figures.
fn added(policies: Pair<&Policy>, layer: &Layer) -> Vec<Sentence> {
    let policy = policies.new;
    let payer = wording::payer(layer.payer);
    let when = wording::condition(policy, &layer.when);
    let takes = wording::takes(policy, &layer.take);
    let mut said = vec![both(
        format!(
            "新增这一项：{}，适用于{}，支付{}",
            payer.zh, when.zh, takes.zh
        ),
        format!(
            "this rule is new: {}; applies: {}; pays for {}",
            payer.en, when.en, takes.en
        ),
    )];
    let without_figures = Layer {
        start: None,
        segments: Vec::new(),
        adjustments: Vec::new(),
        floor: None,
        ceilings: Vec::new(),
        ..layer.clone()
    };
    said.extend(rule(policies, Pair::new(&without_figures, layer)));
    said
}
