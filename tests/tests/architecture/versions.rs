//! One version of each direct dependency; any other double stands in deny.toml with its reason, and
//! nothing stands there that is no double any more.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::Metadata;
use serde_json::Value;

/// The versions in the tree, by package.
pub(crate) type Versions = BTreeMap<String, BTreeSet<String>>;

/// Reads `cargo tree`'s lines, `name vVERSION …`. Cargo's metadata would not do: it names optional
/// packages that no enabled feature asks for.
pub(crate) fn versions(tree: &str) -> Versions {
    let mut versions = Versions::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            let version = version
                .strip_prefix('v')
                .expect("cargo tree writes name vVERSION");
            versions
                .entry(name.to_owned())
                .or_default()
                .insert(version.to_owned());
        }
    }
    versions
}

/// Direct dependencies, of any kind, that are there twice.
pub(crate) fn of_direct_dependencies(metadata: &Metadata, versions: &Versions) -> Vec<String> {
    let direct: BTreeSet<String> = metadata
        .workspace_packages()
        .iter()
        .flat_map(|package| {
            package
                .dependencies
                .iter()
                .map(|dependency| dependency.name.clone())
        })
        .collect();
    doubled(&direct, versions)
}

fn doubled(direct: &BTreeSet<String>, versions: &Versions) -> Vec<String> {
    let twice = direct
        .iter()
        .filter_map(|name| Some((name, versions.get(name)?)));
    twice
        .filter(|(_, found)| found.len() > 1)
        .map(|(name, found)| format!("{name} is a direct dependency in versions {found:?}"))
        .collect()
}

/// Doubles that deny.toml does not explain, and explanations without a double. Of n versions of a
/// package, deny.toml names n - 1: the one left out is the one to grow towards.
pub(crate) fn not_listed(versions: &Versions, deny: &Value) -> Vec<String> {
    let entries = deny["bans"]["skip"]
        .as_array()
        .expect("deny.toml has bans.skip");
    let mut listed: BTreeSet<(String, String)> = BTreeSet::new();
    let mut faults = Vec::new();
    for entry in entries {
        let named = entry["crate"]
            .as_str()
            .and_then(|text| text.split_once('@'));
        let has_reason = entry["reason"]
            .as_str()
            .is_some_and(|reason| !reason.is_empty());
        match named {
            Some((name, version)) if has_reason => {
                listed.insert((name.to_owned(), version.to_owned()));
            }
            _ => faults.push(format!(
                "bans.skip: {entry} needs `name@version` and a reason"
            )),
        }
    }
    for (name, found) in versions.iter().filter(|(_, found)| found.len() > 1) {
        let open: Vec<&String> = found
            .iter()
            .filter(|version| !listed.contains(&(name.clone(), (*version).clone())))
            .collect();
        if open.len() > 1 {
            faults.push(format!(
                "{name} is there in versions {open:?}, and deny.toml does not say why"
            ));
        }
    }
    for (name, version) in listed {
        let is_double = versions
            .get(&name)
            .is_some_and(|found| found.len() > 1 && found.contains(&version));
        if !is_double {
            faults.push(format!("bans.skip: {name}@{version} is no double any more"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pairs: &[(&str, &str)]) -> Versions {
        let mut versions = Versions::new();
        for (name, version) in pairs {
            versions
                .entry((*name).to_owned())
                .or_default()
                .insert((*version).to_owned());
        }
        versions
    }

    #[test]
    fn a_direct_dependency_in_two_versions_is_a_fault() {
        let direct = BTreeSet::from(["prost".to_owned()]);
        assert_eq!(
            doubled(&direct, &found(&[("prost", "1"), ("prost", "2")])).len(),
            1
        );
        assert!(
            doubled(
                &direct,
                &found(&[("prost", "1"), ("syn", "1"), ("syn", "2")])
            )
            .is_empty()
        );
    }

    #[test]
    fn the_tree_is_read_line_by_line() {
        let tree = "prost v0.14.6\nhuitong v0.1.0 (/home)\n\nsyn v2.0.1 (proc-macro)\nsyn v3.0.0\n";
        let expected = [
            ("prost", "0.14.6"),
            ("huitong", "0.1.0"),
            ("syn", "2.0.1"),
            ("syn", "3.0.0"),
        ];
        assert_eq!(versions(tree), found(&expected));
    }

    /// Checks the number of faults of one package `syn` in these versions under these explanations.
    fn check(versions: &[&str], skip: &[Value], expected: usize) {
        let pairs: Vec<(&str, &str)> = versions.iter().map(|version| ("syn", *version)).collect();
        let deny = serde_json::json!({"bans": {"skip": skip}});
        let faults = not_listed(&found(&pairs), &deny);
        assert_eq!(faults.len(), expected, "{faults:?}");
    }

    #[test]
    fn doubles_and_explanations_must_agree() {
        let one = serde_json::json!({"crate": "syn@1", "reason": "an old macro"});
        check(&["1"], &[], 0);
        check(&["1", "2"], &[], 1);
        check(&["1", "2"], std::slice::from_ref(&one), 0);
        check(&["1", "2", "3"], std::slice::from_ref(&one), 1);
        check(&["2"], std::slice::from_ref(&one), 1);
        check(&["2", "3"], &[one], 2);
        check(&["1", "2"], &[serde_json::json!({"crate": "syn@1"})], 2);
    }
}
