//! What changes in one rule, field by field.

use huitong_core::policy::Policy;
use huitong_core::policy::condition::Table;
use huitong_core::policy::layer::{Layer, Segment, Take};
use huitong_core::ratio::Ratio;
use huitong_explanation::Sentence;
use huitong_explanation::figures;
use huitong_explanation::sentence::percent;
use huitong_explanation::wording;

use crate::compare::tables::{Pair, both, change, changes, under};

/// Everything that changes in a rule that stays.
pub(super) fn rule(policies: Pair<&Policy>, layers: Pair<&Layer>) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut told = |zh: &str, en: &str, said: Pair<Sentence>| {
        found.extend(change(&said).map(|what| under(zh, en, &what)));
    };
    let seen = Pair::new((policies.old, layers.old), (policies.new, layers.new));
    told(
        "适用",
        "applies to",
        seen.map(|(policy, it)| wording::condition(policy, &it.when)),
    );
    told("支付范围", "pays for", scope(seen));
    told(
        "支付方",
        "paid by",
        seen.map(|(_, it)| wording::payer(it.payer)),
    );
    told(
        "计算方式",
        "reckoned",
        seen.map(|(policy, it)| figures::axis(policy, it.axis)),
    );
    told(
        "分段",
        "measure",
        seen.map(|(_, it)| figures::measure(it.measure)),
    );
    told(
        "最低比例",
        "lowest ratio",
        seen.map(|(_, it)| Sentence::same(percent(it.ratio_at_least))),
    );
    told(
        "最高比例",
        "highest ratio",
        seen.map(|(_, it)| Sentence::same(percent(it.ratio_at_most))),
    );
    if has_same_takes(seen) {
        found.extend(weights(policies, layers));
    }
    found.extend(start(policies, layers));
    found.extend(segments(policies, layers));
    found.extend(adjustments(policies, layers));
    found.extend(floor(policies, layers));
    found.extend(ceilings(policies, layers));
    found
}

/// Changes of one table under a heading.
fn table<T>(
    heading: (&str, &str),
    policies: Pair<&Policy>,
    tables: Pair<&Table<T>>,
    value: impl Fn(&Policy, &T) -> Sentence,
) -> Vec<Sentence> {
    let found = changes(policies, tables, value).into_iter();
    found
        .map(|what| under(heading.0, heading.1, &what))
        .collect()
}

fn ratio(_: &Policy, ratio: &Ratio) -> Sentence {
    Sentence::same(percent(*ratio))
}

/// Whether both take the same costs, whatever counts of them.
fn has_same_takes(seen: Pair<(&Policy, &Layer)>) -> bool {
    let said = seen.map(|(policy, it)| wording::takes(policy, &it.take));
    said.old == said.new
}

/// What a rule takes; where that changes, with the share that counts of each entry.
fn scope(seen: Pair<(&Policy, &Layer)>) -> Pair<Sentence> {
    let is_same = has_same_takes(seen);
    seen.map(|(policy, it)| {
        let entries = it.take.iter().map(|entry| {
            let what = wording::takes(policy, std::slice::from_ref(entry));
            let is_whole = entry.weight.rows.iter().all(|row| row.value == Ratio::ONE);
            if is_same || is_whole {
                return what;
            }
            let share = rows(policy, &entry.weight, ratio);
            both(
                format!("{}计入 {}", what.zh, share.zh),
                format!("{} at {}", what.en, share.en),
            )
        });
        Sentence::joined(&entries.collect::<Vec<_>>(), "、", " and ")
    })
}

fn weights(policies: Pair<&Policy>, layers: Pair<&Layer>) -> Vec<Sentence> {
    let entries = layers.old.take.iter().zip(&layers.new.take);
    entries
        .flat_map(|(old, new): (&Take, &Take)| {
            table(
                ("计入比例", "share that counts"),
                policies,
                Pair::new(&old.weight, &new.weight),
                ratio,
            )
        })
        .collect()
}

fn start(policies: Pair<&Policy>, layers: Pair<&Layer>) -> Vec<Sentence> {
    match (&layers.old.start, &layers.new.start) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec![both("起付线取消", "the deductible is dropped")],
        (old, Some(new)) => {
            let nothing = Table { rows: Vec::new() };
            let amounts = Pair::new(old.as_ref().map_or(&nothing, |it| &it.amount), &new.amount);
            let mut found = table(("起付线", "deductible"), policies, amounts, figures::amount);
            if let Some(old) = old {
                let met = Pair::new(
                    figures::met_by(policies.old, old.met_by),
                    figures::met_by(policies.new, new.met_by),
                );
                found.extend(change(&met).map(|what| under("起付线计算", "deductible is", &what)));
            }
            found
        }
    }
}

fn segments(policies: Pair<&Policy>, layers: Pair<&Layer>) -> Vec<Sentence> {
    let (old, new) = (&layers.old.segments, &layers.new.segments);
    if old.is_empty() {
        let said = in_full(policies.new, new);
        return vec![under("支付比例", "ratio", &said)];
    }
    if old.len() != new.len() {
        let said = Pair::new((policies.old, old), (policies.new, new));
        let said = said.map(|(policy, segments)| in_full(policy, segments));
        return change(&said)
            .map(|what| under("分段比例", "segments", &what))
            .into_iter()
            .collect();
    }
    let mut found = Vec::new();
    for ((old, new), at) in old.iter().zip(new).zip(1_usize..) {
        let part = |zh: &str, en: &str| {
            if layers.new.segments.len() == 1 {
                (zh.to_owned(), en.to_owned())
            } else {
                (format!("第 {at} 段{zh}"), format!("segment {at}, {en}"))
            }
        };
        if let (Some(old), Some(new)) = (&old.to, &new.to) {
            let (zh, en) = part("上限", "upper bound");
            found.extend(table(
                (&zh, &en),
                policies,
                Pair::new(old, new),
                figures::amount,
            ));
        }
        let (zh, en) = part("支付比例", "ratio");
        found.extend(table(
            (&zh, &en),
            policies,
            Pair::new(&old.ratio, &new.ratio),
            ratio,
        ));
    }
    found
}

/// All segments of a rule in a row.
fn in_full(policy: &Policy, segments: &[Segment]) -> Sentence {
    if let [only] = segments {
        return rows(policy, &only.ratio, ratio);
    }
    let said: Vec<Sentence> = segments
        .iter()
        .map(|segment| {
            let ratios = rows(policy, &segment.ratio, ratio);
            let to = segment
                .to
                .as_ref()
                .map(|to| rows(policy, to, figures::amount));
            to.map_or_else(
                || {
                    both(
                        format!("以上 {}", ratios.zh),
                        format!("above {}", ratios.en),
                    )
                },
                |to| {
                    both(
                        format!("至 {}：{}", to.zh, ratios.zh),
                        format!("to {}: {}", to.en, ratios.en),
                    )
                },
            )
        })
        .collect();
    Sentence::joined(&said, "，", ", ")
}

/// All values of a table in a row, without their conditions.
fn rows<T>(policy: &Policy, table: &Table<T>, value: impl Fn(&Policy, &T) -> Sentence) -> Sentence {
    let said: Vec<Sentence> = table
        .rows
        .iter()
        .map(|row| value(policy, &row.value))
        .collect();
    Sentence::joined(&said, "/", "/")
}

fn adjustments(policies: Pair<&Policy>, layers: Pair<&Layer>) -> Vec<Sentence> {
    let said = Pair::new((policies.old, layers.old), (policies.new, layers.new));
    let said = said.map(|(policy, layer)| {
        let all = layer.adjustments.iter().map(|it| {
            let whom = wording::condition(policy, &it.when);
            (whom, figures::adjustment(policy, it))
        });
        all.collect::<Vec<_>>()
    });
    let (mut gone, mut come) = (said.old.clone(), said.new.clone());
    gone.retain(|it| !said.new.contains(it));
    come.retain(|it| !said.old.contains(it));
    let mut found = Vec::new();
    for (whom, old) in gone {
        let at = come.iter().position(|(of, _)| *of == whom);
        let what = match at.map(|at| come.remove(at)) {
            Some((_, new)) => change(&Pair::new(old, new)),
            None => Some(both(
                format!("取消 {}", old.zh),
                format!("{} is dropped", old.en),
            )),
        };
        let what = what.map(|what| under(&whom.zh, &whom.en, &what));
        found.extend(what);
    }
    for (whom, new) in come {
        let what = both(format!("新增 {}", new.zh), format!("{} is new", new.en));
        found.push(both(
            format!("{}：{}", whom.zh, what.zh),
            format!("{}: {}", whom.en, what.en),
        ));
    }
    found
        .into_iter()
        .map(|what| under("比例调整", "change of the ratio", &what))
        .collect()
}

fn floor(policies: Pair<&Policy>, layers: Pair<&Layer>) -> Vec<Sentence> {
    match (&layers.old.floor, &layers.new.floor) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec![both("保底比例取消", "the guaranteed share is dropped")],
        (old, Some(new)) => {
            let nothing = Table { rows: Vec::new() };
            let ratios = Pair::new(old.as_ref().map_or(&nothing, |it| &it.ratio), &new.ratio);
            table(("保底比例", "guaranteed share"), policies, ratios, ratio)
        }
    }
}

/// Ceilings, told apart by what they bound and what they are used up in.
fn ceilings(policies: Pair<&Policy>, layers: Pair<&Layer>) -> Vec<Sentence> {
    let nothing = Table { rows: Vec::new() };
    let limit = |policy: &Policy, row: &Option<_>| figures::limit(policy, row.as_ref());
    let old: Vec<_> = layers
        .old
        .ceilings
        .iter()
        .map(|it| (figures::ceiling(policies.old, it), it))
        .collect();
    let new: Vec<_> = layers
        .new
        .ceilings
        .iter()
        .map(|it| (figures::ceiling(policies.new, it), it))
        .collect();
    let mut found = Vec::new();
    for (what, ceiling) in &old {
        let after = new.iter().find(|(of, _)| of == what);
        let amounts = Pair::new(
            &ceiling.amount,
            after.map_or(&nothing, |(_, it)| &it.amount),
        );
        found.extend(table((&what.zh, &what.en), policies, amounts, limit));
    }
    for (what, ceiling) in &new {
        if !old.iter().any(|(of, _)| of == what) {
            let amounts = Pair::new(&nothing, &ceiling.amount);
            found.extend(table((&what.zh, &what.en), policies, amounts, limit));
        }
    }
    found
}
