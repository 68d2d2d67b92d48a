//! Where dependencies come from and under which licences: what deny.toml allows, and crates.io alone.

use std::collections::BTreeSet;

use cargo_metadata::{Metadata, Source};
use serde_json::Value;

/// Every dependency whose licence deny.toml does not allow, or that is not from the registry.
pub(crate) fn faults(metadata: &Metadata, deny: &Value) -> Vec<String> {
    let allowed = deny["licenses"]["allow"]
        .as_array()
        .expect("deny.toml has licenses.allow");
    let allowed: BTreeSet<&str> = allowed.iter().filter_map(Value::as_str).collect();
    let mut faults = Vec::new();
    for package in &metadata.packages {
        let name = format!("{} {}", package.name, package.version);
        match package.license.as_deref() {
            Some(licence) if is_allowed(licence, &allowed) => {}
            Some(licence) => faults.push(format!("{name}: licence {licence} is not allowed")),
            None => faults.push(format!("{name} names no licence")),
        }
        let is_published = package.source.as_ref().is_some_and(Source::is_crates_io);
        let is_member = metadata.workspace_members.contains(&package.id);
        if !is_member && !is_published {
            faults.push(format!("{name} does not come from crates.io"));
        }
    }
    faults
}

/// Whether an SPDX expression can be met with the allowed licences alone. `/` is the old way to say OR.
fn is_allowed(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = either(&words, &mut at, allowed);
    met && at == words.len()
}

fn either(words: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let mut met = both(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at, allowed);
    }
    met
}

fn both(words: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let mut met = single(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= single(words, at, allowed);
    }
    met
}

fn single(words: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let Some(word) = words.get(*at) else {
        return false;
    };
    *at += 1;
    if *word == "(" {
        let met = either(words, at, allowed);
        let is_closed = words.get(*at) == Some(&")");
        *at += 1;
        return met && is_closed;
    }
    if words.get(*at) == Some(&"WITH") {
        let exception = words.get(*at + 1).copied().unwrap_or_default();
        *at += 2;
        return allowed.contains(format!("{word} WITH {exception}").as_str());
    }
    allowed.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_or_not() {
        let allowed = BTreeSet::from(["MIT", "Apache-2.0", "ISC"]);
        for met in [
            "MIT",
            "MIT OR GPL-3.0",
            "GPL-3.0/MIT",
            "Apache-2.0 AND ISC",
            "(GPL-3.0 OR MIT) AND ISC",
            "Apache-2.0 WITH LLVM-exception OR MIT",
        ] {
            assert!(is_allowed(met, &allowed), "{met}");
        }
        for unmet in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "GPL-3.0 OR AGPL-3.0",
            "(MIT OR GPL-3.0) AND MPL-2.0",
            "Apache-2.0 WITH LLVM-exception",
            "MIT MIT",
            "(MIT",
        ] {
            assert!(!is_allowed(unmet, &allowed), "{unmet}");
        }
    }
}
