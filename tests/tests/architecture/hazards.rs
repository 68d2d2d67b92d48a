//! SAFETY.md: each hazard has a number of its own, a loss, and what guards it; and what is named there as a guard is
//! there. Whether a guard guards what is said of it, only a reader sees.

use std::collections::BTreeSet;

use crate::workspace::{File, Workspace};

/// Everything that may be named as a guard: crates, modules with their folders, and functions.
pub(crate) fn known(here: &Workspace) -> BTreeSet<String> {
    let crates = here.metadata.workspace_packages();
    let crates = crates.into_iter().map(|package| package.name.to_string());
    let places = here.files.iter().flat_map(places);
    let named = here.files.iter().flat_map(|file| declared(&file.text));
    crates.chain(places).chain(named).collect()
}

/// The folders that a file lies in, and what it is called itself.
fn places(file: &File) -> impl Iterator<Item = String> + '_ {
    let parts = file.path.split('/');
    parts.map(|part| part.strip_suffix(".rs").unwrap_or(part).to_owned())
}

/// The functions and modules that a file declares. Each word of a name is looked up by itself, whichever crate has it.
fn declared(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|of: char| !of.is_alphanumeric() && of != '_');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let pairs: Vec<String> = words
        .windows(2)
        .filter(|pair| ["fn", "mod"].contains(&pair[0]))
        .map(|pair| pair[1].to_owned())
        .collect();
    pairs.into_iter()
}

/// What is wrong with the hazards of SAFETY.md.
pub(crate) fn faults(text: &str, known: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut numbers = BTreeSet::new();
    let sections: Vec<&str> = text.split("\n### ").skip(1).collect();
    if sections.is_empty() {
        faults.push("no hazard is found".to_owned());
    }
    for section in sections {
        let section = section.split("\n## ").next().unwrap_or(section);
        let title = section.lines().next().unwrap_or_default();
        let Some(number) = title.split_once(". ").and_then(|(of, _)| of.parse().ok()) else {
            faults.push(format!("{title}: begins with no number"));
            continue;
        };
        let number: u32 = number;
        if !numbers.insert(number) {
            faults.push(format!("{number}: stands twice"));
        }
        if !section.contains("\n**L") {
            faults.push(format!("{number}: no loss"));
        }
        match section.split_once("\n- Guarded by ") {
            None => faults.push(format!("{number}: nothing guards it")),
            Some((_, guards)) => {
                let unknown = unknown(guards, known);
                faults.extend(unknown.map(|name| format!("{number}: there is no `{name}`")));
            }
        }
    }
    faults
}

/// The names in backticks that nothing has. A command is no name.
fn unknown<'a>(guards: &'a str, known: &BTreeSet<String>) -> impl Iterator<Item = &'a str> {
    let named = guards.split('`').skip(1).step_by(2);
    let named = named.filter(|name| !name.starts_with("cargo ") && !name.starts_with("clippy::"));
    let words = named.flat_map(|name| name.split(|of: char| " \n:/".contains(of)));
    words.filter(|word| !word.is_empty() && !known.contains(*word))
}

#[test]
fn bad_samples_are_found() {
    let known: BTreeSet<String> = ["huitong-core", "golden"].map(str::to_owned).into();
    let good = "## A\n\n### 1. One\n\n**L1.** What.\n\n- Guarded by `huitong-core golden`; `cargo xtask sim`.\n";
    assert_eq!(faults(good, &known), Vec::<String>::new());
    for (bad, fault) in [
        ("", "no hazard is found"),
        (
            "\n### One\n\n**L1.** What.\n\n- Guarded by `golden`.",
            "One: begins with no number",
        ),
        (
            "\n### 1. One\n\n**L1.** What.\n\n- Guarded by `huitong-core::silver`.",
            "1: there is no `silver`",
        ),
        ("\n### 1. One\n\n**L1.** What.\n", "1: nothing guards it"),
        ("\n### 1. One\n\n- Guarded by `golden`.", "1: no loss"),
        (
            "\n### 1. One\n\n**L1.** What.\n\n## B\n\n- Guarded by `golden`.",
            "1: nothing guards it",
        ),
    ] {
        assert_eq!(faults(bad, &known), [fault], "{bad}");
    }
    let twice = format!("{good}\n{good}");
    assert_eq!(faults(&twice, &known), ["1: stands twice"]);
    let text = "#[test]\nfn golden() {}\nmod silver;";
    assert!(declared(text).eq(["golden", "silver"].map(str::to_owned)));
}
