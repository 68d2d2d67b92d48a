//! The JSON Schema that editors read takes every good document of the repository and no broken structure.
//! A validator that is not ours says so: tests/python/schema.py.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use huitong_authoring::schema::schema;
use huitong_tests::executable::python;
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What a TOML language server hands to its validator: dates are texts.
fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
        toml::Value::Datetime(date) => json!(date.to_string()),
        toml::Value::Array(items) => items.iter().map(as_json).collect(),
        toml::Value::Table(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), as_json(value)));
            Value::Object(entries.collect())
        }
    }
}

fn parsed(text: &str) -> Value {
    as_json(&toml::Value::Table(text.parse().unwrap()))
}

/// The first fault of each document that has one.
fn faults(documents: &BTreeMap<String, Value>) -> BTreeMap<String, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/schema.py");
    let mut child = Command::new(python())
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let given = json!({"schema": schema(), "documents": documents}).to_string();
    let mut input = child.stdin.take().unwrap();
    input.write_all(given.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let said: BTreeMap<String, Option<String>> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said.len(), documents.len(), "each document is judged");
    said.into_iter()
        .filter_map(|(name, fault)| Some((name, fault?)))
        .collect()
}

/// Every policy document below these folders; parts and tables beside them are none.
fn policies() -> BTreeMap<String, Value> {
    let folders = [
        "deploy/policies",
        "deploy/cases",
        "deploy/cases/mechanisms",
        "deploy/examples",
        "proto/document/tests/fixtures/good",
        "node/explanation/tests/explanations",
    ];
    let mut found = BTreeMap::new();
    for folder in folders {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let document = parsed(&std::fs::read_to_string(&path).unwrap());
            if document.get("scheme").is_some() {
                found.insert(path.display().to_string(), document);
            }
        }
    }
    found
}

#[test]
fn every_good_document_validates() {
    let policies = policies();
    assert!(policies.len() >= 30, "{}", policies.len());
    assert_eq!(faults(&policies), BTreeMap::new());
}

#[test]
fn broken_structure_does_not() {
    let good = std::fs::read_to_string(root().join("deploy/examples/policy.toml")).unwrap();
    let broken = [
        ("no payer", "payer = \"resident_pool\"", ""),
        ("an unknown payer", "\"resident_pool\"", "\"resident_poll\""),
        ("a ratio as a float", "three = \"0.70\"", "three = 0.70"),
        ("a ratio in percent", "three = \"0.70\"", "three = \"70\""),
        ("an amount as a number", "three = \"1200\"", "three = 1200"),
        ("an amount with three decimals", "\"1200\"", "\"1200.005\""),
        (
            "an unknown key of the head",
            "region =",
            "regoin = \"1\"\nregion =",
        ),
        ("an unknown key of a layer", "take = ", "takes = "),
        (
            "no days",
            "effective = { from = 2023-01-01, until = 2023-12-31 }",
            "",
        ),
        ("an unknown kind of care", "[\"inpatient\"]", "[\"ward\"]"),
        (
            "an unknown period",
            "period = \"year\"",
            "period = \"decade\"",
        ),
        (
            "a total that adds nothing known",
            "\"basic.paid\"",
            "\"basic.spent\"",
        ),
        ("a name in capitals", "name = \"basic\"", "name = \"Basic\""),
        ("a ceiling of nothing", "payment = \"300000\", ", ""),
        (
            "two bounds of a ceiling",
            "payment = \"300000\"",
            "payment = \"300000\", scope = \"1\"",
        ),
        (
            "an unknown fact to choose by",
            "by = \"tier\"",
            "by = \"colour\"",
        ),
        ("a region of a name", "\"330200\"", "\"Ningbo\""),
        (
            "an unknown figure expected",
            "patient_total",
            "patient_pays",
        ),
        (
            "a part of the bill that is none",
            "first = \"500\"",
            "second = \"500\"",
        ),
    ];
    let mut documents = BTreeMap::from([("good".to_owned(), parsed(&good))]);
    for (what, from, to) in broken {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{what}");
        documents.insert(what.to_owned(), parsed(&text));
    }
    let faults = faults(&documents);
    let passed: Vec<_> = documents
        .keys()
        .filter(|name| !faults.contains_key(*name))
        .collect();
    assert_eq!(passed, ["good"]);
}
