//! The commands that write and tell: `new`, `explain`, `diff`, `schema`, and the help of all.

use clap::{CommandFactory, Parser};

use super::{Desk, POLICY};
use crate::command::{PolicyCommand, Verdict};
use crate::review::MARKS;

#[derive(Debug, Parser)]
#[command(name = "policy")]
struct Typed {
    #[command(subcommand)]
    command: PolicyCommand,
}

impl Desk {
    /// Runs a line as a person types it; files stand in the folder.
    fn typed(&self, line: &str) -> (Verdict, String, String) {
        let words = line.split(' ').map(|word| {
            if word.ends_with(".toml") {
                self.path(word).display().to_string()
            } else {
                word.to_owned()
            }
        });
        let typed = Typed::try_parse_from(["policy".to_owned()].into_iter().chain(words));
        self.run(typed.unwrap().command)
    }

    /// What a line prints that must succeed.
    fn told(&self, line: &str) -> String {
        let (verdict, out, faults) = self.typed(line);
        assert_eq!((verdict, faults.as_str()), (Verdict::Sound, ""), "{line}");
        out
    }
}

/// A skeleton for every scheme, each kind of care alone and all of them together. Until it says of which
/// notice it is, it is refused for that and for nothing else.
#[test]
fn every_skeleton_passes_the_check_once_it_is_filled_in() {
    let settings = [
        "inpatient",
        "outpatient",
        "chronic",
        "pharmacy",
        "maternity",
    ];
    let all = settings.join(" --setting ");
    for scheme in ["employee", "resident", "retired_cadre", "rural_cooperative"] {
        for (at, setting) in settings.iter().chain([&all.as_str()]).enumerate() {
            let desk = Desk::new();
            let file = format!("{scheme}_{at}.toml");
            let flags = format!("--region 330200 --scheme {scheme} --from 2024-07-01");
            let told = desk.told(&format!("new {flags} --setting {setting} --out {file}"));
            assert!(told.starts_with(&format!("{file}: written")), "{told}");
            let (verdict, _, faults) = desk.typed(&format!("check {file}"));
            assert_eq!(verdict, Verdict::Faulty, "{scheme} {setting}");
            let places: Vec<_> = faults
                .lines()
                .filter_map(|it| it.split(' ').nth(1))
                .collect();
            assert_eq!(places, ["title:", "source:"], "{faults}");
            let text = std::fs::read_to_string(desk.path(&file)).unwrap();
            let filled = MARKS.iter().fold(text, |it, mark| it.replace(mark, ""));
            desk.put(&file, &filled);
            let (verdict, out, faults) = desk.typed(&format!("check {file}"));
            assert_eq!(verdict, Verdict::Sound, "{scheme} {setting}\n{faults}");
            assert!(!out.contains(": 0 of"), "{out}");
            assert_eq!(faults, "", "a skeleton is without warnings");
        }
    }
}

#[test]
fn a_skeleton_is_the_same_text_on_standard_output_and_overwrites_nothing() {
    let desk = Desk::new();
    let flags = "new --region 330200 --scheme resident --from 2024-01-01";
    let printed = desk.told(flags);
    desk.told(&format!("{flags} --out fresh.toml"));
    assert_eq!(
        std::fs::read_to_string(desk.path("fresh.toml")).unwrap(),
        printed
    );
    insta::assert_snapshot!(printed);
    let (verdict, out, faults) = desk.typed(&format!("{flags} --out policy.toml"));
    assert_eq!((verdict, out.as_str()), (Verdict::Faulty, ""));
    assert!(
        faults.starts_with("policy.toml: cannot be written: "),
        "{faults}"
    );
    assert_eq!(
        std::fs::read_to_string(desk.path("policy.toml")).unwrap(),
        POLICY
    );
}

#[test]
fn a_bill_is_explained_in_one_language_or_both() {
    let desk = Desk::new();
    let line = "explain --policy policy.toml --bill amounts.toml";
    let [zh, en, both] =
        ["--lang zh", "--lang en", "--lang both"].map(|lang| desk.told(&format!("{line} {lang}")));
    assert_eq!(both, desk.told(line));
    let is_told_in = |text: &str, whole: &str| {
        text.lines()
            .skip(1)
            .all(|it| whole.contains(it.get(4..).unwrap()))
    };
    assert!(is_told_in(&zh, &both) && is_told_in(&en, &both));
    assert!(en.contains("Why not more: ") && !en.contains("为什么没有更多"));
    insta::assert_snapshot!(zh);
    desk.put(
        "bill.toml",
        "facts = { tier = \"four\" }\namounts = { in = \"1\" }",
    );
    let (verdict, out, faults) = desk.typed("explain --policy policy.toml --bill bill.toml");
    assert_eq!((verdict, out.as_str()), (Verdict::Faulty, ""));
    assert!(faults.starts_with("bill.toml:1:18 "), "{faults}");
}

/// A new deductible and ratio, a higher ceiling, a rule more: each with its figures, then the table.
#[test]
fn a_difference_is_told_rule_by_rule_and_case_by_case() {
    let desk = Desk::new();
    let next = POLICY
        .replace("three = \"1200\"", "three = \"1000\"")
        .replace("three = \"0.70\"", "three = \"0.75\"")
        .replace("payment = \"300000\"", "payment = \"350000\"")
        .replace("13160", "14250")
        .replace(
            "start = { basic = \"1200\" }",
            "start = { basic = \"1000\" }",
        )
        .replace("8840", "7750");
    let critical = "[[layer]]\nname = \"critical\"\ntake = [\"in\"]\nstart = \"20000\"\nratio = \"0.60\"\n\
         when = { identity = [\"subsistence\", \"fringe\"] }\npayer = \"resident_critical_illness\"\n\n[[example]]";
    desk.put("next.toml", &next.replacen("[[example]]", critical, 1));
    insta::assert_snapshot!(
        "difference_zh",
        desk.told("diff policy.toml next.toml --lang zh")
    );
    insta::assert_snapshot!(
        "difference_en",
        desk.told("diff policy.toml next.toml --lang en --top 5")
    );
    let json = desk.told("diff policy.toml next.toml --json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let (cells, changed) = (
        json["cells"].as_u64().unwrap(),
        json["changed"].as_array().unwrap(),
    );
    assert_eq!(cells, 2 * 3 * 5, "two levels, three persons, five bills");
    let more: Vec<_> = changed
        .iter()
        .map(|it| it["patient_more_fen"].as_i64().unwrap().abs())
        .collect();
    assert!(more.is_sorted_by(|a, b| a >= b) && more.iter().all(|it| *it > 0));
}

/// What changes for costs with a tag changes cases of the grid, for there are bills with the tag.
#[test]
fn a_change_of_tagged_costs_is_seen_in_the_table() {
    let desk = Desk::new();
    let take = "take = [{ part = \"in\", not_tagged = \"implant\" }, { part = \"in\", tagged = \"implant\", weight = \"0.50\" }]";
    assert!(POLICY.contains("take = [\"in\"]"));
    desk.put("next.toml", &POLICY.replace("take = [\"in\"]", take));
    let told = desk.told("diff policy.toml next.toml");
    assert!(
        told.contains("half of the costs of the tag \"implant\""),
        "{told}"
    );
    assert!(!told.contains("其中 0 种"), "{told}");
    assert!(told.contains("（仅限标签“implant”）计入 50%"), "{told}");
}

/// A deductible halved from the second admission on is told as that, whichever way round; and where there
/// is nothing any more, "none" is said.
#[test]
fn a_row_is_compared_with_the_one_that_decides_its_cases() {
    let desk = Desk::new();
    let (one, two) = (
        "start = { by = \"tier\", three = \"1200\", below_three = \"600\" }",
        "start = [{ when = { ordinal = 1 }, value = { by = \"tier\", three = \"1200\", below_three = \"600\" } }, \
         { value = { by = \"tier\", three = \"600\", below_three = \"300\" } }]",
    );
    let admissions = "[totals.admissions]\nadds = \"admission\"\nperiod = \"year\"\n\n[[layer]]";
    assert!(POLICY.contains(one));
    let next = POLICY
        .replace(one, two)
        .replacen("[[layer]]", admissions, 1)
        .replace("facts = { ", "facts = { ordinal = 1, ");
    desk.put("next.toml", &next);
    let deductibles = |line: &str| -> Vec<String> {
        let told = desk.told(line);
        let lines = told.lines().map(str::trim);
        let lines = lines.filter(|it| it.starts_with("起付线") || it.starts_with("deductible"));
        lines.map(str::to_owned).collect()
    };
    insta::assert_snapshot!(
        "deductible_halved",
        deductibles("diff policy.toml next.toml").join("\n")
    );
    insta::assert_snapshot!(
        "deductible_whole",
        deductibles("diff next.toml policy.toml").join("\n")
    );
    let (head, rest) = POLICY.split_once("[[tier]]").unwrap();
    let (_, rest) = rest.split_once("[totals").unwrap();
    let plain = format!("{head}[totals{rest}")
        .replace(one, "start = \"1200\"")
        .replace(
            "{ by = \"tier\", three = \"0.70\", below_three = \"0.80\" }",
            "\"0.70\"",
        )
        .replace("facts = { tier = \"three\" }", "facts = {}");
    desk.put("plain.toml", &plain);
    let told = desk.told("diff policy.toml plain.toml");
    assert!(
        told.contains("改为 无") && told.contains(" to none"),
        "{told}"
    );
}

#[test]
fn a_policy_does_not_differ_from_itself() {
    let desk = Desk::new();
    let told = desk.told("diff policy.toml policy.toml --lang en");
    assert!(
        told.contains("No rule changes.") && told.contains(" 0 come out otherwise"),
        "{told}"
    );
    let (verdict, out, faults) = desk.typed("diff nowhere.toml other.toml");
    assert_eq!((verdict, out.as_str()), (Verdict::Faulty, ""));
    assert_eq!(faults.lines().count(), 2, "both are told: {faults}");
}

/// deploy/schema/policy.schema.json is what the command prints.
#[test]
fn the_schema_in_the_repository_is_the_one_that_is_printed() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../deploy/schema/policy.schema.json"
    );
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let printed = Desk::new().told("schema");
    assert!(
        kept == printed,
        "deploy/schema/policy.schema.json is not what `huitong policy schema` prints: write it again"
    );
}

/// Each command says in both languages what it is for, and so does each of its options.
#[test]
fn all_help_is_in_both_languages() {
    let is_chinese = |it: char| ('\u{4e00}'..='\u{9fff}').contains(&it);
    let mut wanting = Vec::new();
    for command in Typed::command().get_subcommands() {
        let name = command.get_name();
        let about = command.get_about().unwrap().to_string();
        let arguments = command
            .get_arguments()
            .map(|it| (it.get_id().to_string(), it.get_help().unwrap().to_string()));
        for (what, help) in arguments.chain([(String::new(), about)]) {
            if !help.contains(is_chinese) || !help.contains(|it: char| it.is_ascii_alphabetic()) {
                wanting.push(format!("{name} {what}: {help}"));
            }
        }
    }
    assert!(wanting.is_empty(), "{}", wanting.join("\n"));
}

/// What others gave is no payment of the funds, and what they did not give lies under no ceiling.
#[test]
fn what_others_gave_is_told_apart_from_what_the_funds_pay() {
    let desk = Desk::new();
    let policy =
        include_str!("../../../../../deploy/cases/mechanisms/payment_given_elsewhere.toml");
    desk.put("given.toml", policy);
    desk.put(
        "bill.toml",
        "amounts = { in = \"10000\", first = \"500\" }\ngiven = { third_party = \"2000\" }",
    );
    let told = desk.told("adjudicate --policy given.toml --bill bill.toml");
    let figure = |label: &str| {
        let mut lines = told.lines().filter(|it| it.trim_start().starts_with(label));
        let line = lines.next().unwrap_or_else(|| panic!("no {label}\n{told}"));
        line.split_whitespace().rev().nth(1).unwrap().to_owned()
    };
    assert_eq!(figure("funds pay"), "5760.00");
    assert_eq!(figure("others gave"), "2000.00");
    assert_eq!(figure("leaves, not given"), "8000.00");
    assert!(!told.contains("超封顶线"), "{told}");
    let json = desk.told("adjudicate --policy given.toml --bill bill.toml --json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["given_total"], "2000.00");
    assert_eq!(json["fund_total"], "7760.00", "as examples state it");
}
