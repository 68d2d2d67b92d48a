//! What another tool comes to: all members' statements are written out as tables by `huitong clearing papers`, and DuckDB
//! computes from the legs in them what was netted, drawn up and ordered. It knows nothing of ours, and is told no sum but to
//! hold its own against it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::row::Belongs;
use huitong_tests::python;
use serde_json::{Value, json};

use crate::auditor::Found;
use crate::evidence::Evidence;
use crate::proof::clearing;
use crate::world::World;

const SCRIPT: &str = "month.py";

/// What it came to.
#[derive(Debug)]
pub struct Compared {
    /// Legs that it counted, those of them under another day than the cycle's, and those of each kind.
    pub legs: usize,
    pub other_day: usize,
    pub kinds: BTreeMap<String, usize>,
    /// How many figures were held against each other, of what.
    pub figures: BTreeMap<String, usize>,
    /// What differs, or was made to differ and is not noticed.
    pub faults: Vec<String>,
    pub took: Duration,
}

impl Compared {
    /// What is wrong with it: also when it did not count the legs that the auditor found, or compared nothing.
    pub fn wrong(&self, found: &Found) -> Vec<String> {
        let mut wrong = self.faults.clone();
        let kinds = found.of_kind.iter();
        let kinds: BTreeMap<_, _> = kinds
            .map(|(kind, legs)| (kind.to_string(), *legs))
            .collect();
        let due = (found.netted, found.under_their_own_day, &kinds);
        let counted = (self.legs, self.other_day, &self.kinds);
        if counted != due {
            wrong.push(format!(
                "{counted:?} legs are counted, and {due:?} were netted"
            ));
        }
        if self.figures.len() < 2 || self.figures.values().any(|count| *count == 0) {
            wrong.push(format!("compared are {:?}", self.figures));
        }
        wrong
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, legs) = (self.figures.values().sum::<usize>(), self.legs);
        write!(
            f,
            "DuckDB: {all} figures compared, from {legs} legs alone, in {} ms",
            self.took.as_millis()
        )?;
        let mut figures = self.figures.iter();
        figures.try_for_each(|(what, count)| write!(f, "; {what}: {count}"))
    }
}

/// The statements of all members.
fn statements(world: &World, evidence: &Evidence) -> Vec<PathBuf> {
    let members: BTreeSet<_> = evidence.members.values().collect();
    let papers = world.papers();
    let cycles = evidence.cycles.iter();
    let files = cycles.flat_map(|cycle| {
        let folder = papers.join(cycle.day.to_string());
        let files = members.iter();
        files.map(move |member| folder.join(format!("{member}.htst")))
    });
    files.filter(|file| file.exists()).collect()
}

/// Writes the tables, with the deductions of the last month that is drawn up; where they are.
async fn written(world: &World, evidence: &Evidence) -> PathBuf {
    let folder = world.papers().join("tables");
    let mut words = vec!["papers".to_owned(), "--out".to_owned()];
    words.push(folder.display().to_string());
    if let Some(month) = evidence.months.last() {
        let file = world.papers().join(format!("{}.htmf", month.name));
        words.extend(["--month".to_owned(), file.display().to_string()]);
    }
    words.push("--statement".to_owned());
    let files = statements(world, evidence).into_iter();
    words.extend(files.map(|file| file.display().to_string()));
    let writing = tokio::task::spawn_blocking(move || clearing(&words));
    let written = writing.await.unwrap();
    assert_eq!(written["files"].as_array().map(Vec::len), Some(10));
    folder
}

fn of(pair: &Pair) -> [String; 3] {
    let [debtor, creditor] = [pair.debtor, pair.creditor].map(|region| region.to_string());
    [debtor, creditor, pair.fund.as_str().to_owned()]
}

/// What was answered, in plain figures.
fn told(evidence: &Evidence) -> Value {
    let members = evidence.members.iter();
    let members: BTreeMap<_, _> = members
        .map(|(region, member)| (region.to_string(), member.to_string()))
        .collect();
    let (mut gross, mut nets) = (Vec::new(), Vec::new());
    for cycle in &evidence.cycles {
        let day = cycle.day.to_string();
        for (pair, (legs, fen)) in &cycle.pairs {
            let [debtor, creditor, fund] = of(pair);
            gross.push(json!([day, debtor, creditor, fund, legs, fen]));
        }
        for ((member, fund), fen) in &cycle.nets {
            nets.push(json!([day, member.to_string(), fund.as_str(), fen]));
        }
    }
    let mut months = BTreeMap::new();
    for month in &evidence.months {
        let rows = month
            .file
            .iter()
            .map(|((pair, (kind, belongs)), (legs, fen))| {
                let [debtor, creditor, fund] = of(pair);
                let belongs = match belongs {
                    Belongs::ToMonth => "month",
                    Belongs::ToEarlier => "earlier",
                };
                json!([debtor, creditor, fund, kind.to_string(), belongs, legs, fen])
            });
        months.insert(month.name.clone(), rows.collect::<Vec<_>>());
    }
    let orders = evidence.orders.iter();
    let payments = orders.filter_map(|order| {
        let days: Vec<_> = order.days.iter().map(ToString::to_string).collect();
        let nets = order.told.as_ref()?.iter();
        let nets =
            nets.map(|((member, fund), fen)| json!([member.to_string(), fund.as_str(), fen]));
        let nets: Vec<_> = nets.collect();
        Some(json!({ "name": order.purpose, "days": days, "nets": nets }))
    });
    let days = evidence.cycles.iter().map(|cycle| cycle.day.to_string());
    json!({
        "members": members,
        "days": days.collect::<Vec<_>>(),
        "gross": gross,
        "nets": nets,
        "payments": payments.collect::<Vec<_>>(),
        "deductions": months.keys().next_back(),
        "months": months,
    })
}

/// Has everything computed from the legs alone, and held against what was answered. So that this means something, one figure
/// of each sort is then changed by a fen, or left out, and must be named.
pub async fn compared(world: &World, evidence: &Evidence) -> Compared {
    let begun = Instant::now();
    let folder = written(world, evidence).await;
    let mut given = told(evidence);
    given["folder"] = json!(folder.display().to_string());
    let (computed, mut faults) = match python::tried(SCRIPT, &given).await {
        Ok(computed) => (computed, Vec::new()),
        Err(differs) => (Value::Null, vec![differs]),
    };
    let rows = |name: &str| vec![format!("/{name}")];
    let months = evidence.months.iter();
    let months = months.map(|month| format!("/months/{}", month.name));
    let orders = given["payments"].as_array().map_or(0, Vec::len);
    let orders = (0..orders).map(|at| format!("/payments/{at}/nets"));
    let sorts = [
        rows("gross"),
        rows("nets"),
        months.collect(),
        orders.collect(),
    ]
    .concat();
    let changes: [fn(&mut Vec<Value>) -> String; 2] = [|rows| a_fen_more(rows), left_out];
    for sort in sorts {
        for change in changes {
            let mut changed = given.clone();
            let rows = changed.pointer_mut(&sort).and_then(Value::as_array_mut);
            let named = change(rows.unwrap());
            let said = python::tried(SCRIPT, &changed).await;
            let is_named = said.as_ref().is_err_and(|said| said.contains(&named));
            if !is_named {
                faults.push(format!(
                    "{sort}: {named} was changed, and found is {said:?}"
                ));
            }
        }
    }
    let counts = |name: &str| {
        let counted = computed[name].as_object().into_iter().flatten();
        counted
            .map(|(name, count)| (name.clone(), whole(count)))
            .collect()
    };
    Compared {
        legs: whole(&computed["legs"]),
        other_day: whole(&computed["other_day"]),
        kinds: counts("kinds"),
        figures: counts("figures"),
        faults,
        took: begun.elapsed(),
    }
}

fn whole(count: &Value) -> usize {
    count
        .as_u64()
        .and_then(|it| usize::try_from(it).ok())
        .unwrap_or(0)
}

/// What a row is told apart by, as it is named.
fn named(row: &Value) -> String {
    let words = row.as_array().unwrap().iter();
    let words: Vec<_> = words.map_while(Value::as_str).collect();
    words.join(" ")
}

fn a_fen_more(rows: &mut [Value]) -> String {
    let at = rows.len() / 2;
    let fen = rows[at].as_array_mut().unwrap().last_mut().unwrap();
    *fen = json!(fen.as_i64().unwrap() + 1);
    named(&rows[at])
}

fn left_out(rows: &mut Vec<Value>) -> String {
    let gone = rows.remove(rows.len() / 2);
    named(&gone)
}
