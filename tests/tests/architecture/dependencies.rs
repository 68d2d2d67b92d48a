//! Who may know whom: normal dependencies only, since tests may know more than what they test.

use cargo_metadata::{DependencyKind, Metadata};

/// All that a pure crate may know.
const WHOLE: [(&str, &[&str]); 4] = [
    (
        "huitong-core",
        &["jiff", "ring", "rust_decimal", "thiserror"],
    ),
    (
        "huitong-adjudication",
        &["huitong-core", "rust_decimal", "thiserror"],
    ),
    (
        "huitong-explanation",
        &["huitong-adjudication", "huitong-core", "rust_decimal"],
    ),
    (
        "huitong-netting",
        &["huitong-core", "rust_decimal", "thiserror"],
    ),
];

/// Whom of the workspace each other crate may know. Node and clearinghouse never stand in each other's
/// row, nor does anything that knows them stand in theirs.
const WITHIN: [(&str, &[&str]); 16] = [
    ("huitong-proto", &["huitong-core"]),
    ("huitong-document", &["huitong-core"]),
    ("huitong-journal", &["huitong-core"]),
    ("huitong-papers", &["huitong-core"]),
    ("huitong-certs", &["huitong-core"]),
    ("huitong-transport", &["huitong-certs", "huitong-core"]),
    ("huitong-telemetry", &[]),
    (
        "huitong-backup",
        &[
            "huitong-certs",
            "huitong-core",
            "huitong-journal",
            "huitong-proto",
            "huitong-transport",
        ],
    ),
    (
        "huitong-desk",
        &["huitong-core", "huitong-proto", "huitong-transport"],
    ),
    (
        "huitong-authoring",
        &[
            "huitong-adjudication",
            "huitong-core",
            "huitong-document",
            "huitong-explanation",
        ],
    ),
    (
        "huitong-node",
        &[
            "huitong-adjudication",
            "huitong-authoring",
            "huitong-backup",
            "huitong-certs",
            "huitong-core",
            "huitong-desk",
            "huitong-document",
            "huitong-explanation",
            "huitong-journal",
            "huitong-netting",
            "huitong-proto",
            "huitong-transport",
        ],
    ),
    (
        "huitong-clearinghouse",
        &[
            "huitong-backup",
            "huitong-certs",
            "huitong-core",
            "huitong-desk",
            "huitong-document",
            "huitong-journal",
            "huitong-netting",
            "huitong-papers",
            "huitong-proto",
            "huitong-transport",
        ],
    ),
    (
        "huitong-demo",
        &[
            "huitong-adjudication",
            "huitong-certs",
            "huitong-core",
            "huitong-document",
            "huitong-proto",
            "huitong-transport",
        ],
    ),
    (
        "huitong",
        &[
            "huitong-adjudication",
            "huitong-authoring",
            "huitong-certs",
            "huitong-clearinghouse",
            "huitong-core",
            "huitong-demo",
            "huitong-document",
            "huitong-node",
            "huitong-telemetry",
        ],
    ),
    ("xtask", &[]),
    (
        "huitong-tests",
        &[
            "huitong-adjudication",
            "huitong-certs",
            "huitong-core",
            "huitong-document",
            "huitong-journal",
            "huitong-netting",
            "huitong-proto",
            "huitong-transport",
        ],
    ),
];

/// Libraries that few may know: replacing one must stay a change to these crates alone.
const FEW: [(&str, &[&str]); 9] = [
    ("parquet", &["huitong-papers"]),
    ("quick-xml", &["huitong-papers"]),
    ("sled", &["huitong-node", "huitong-clearinghouse"]),
    ("rcgen", &["huitong-certs"]),
    // Tests speak as nobody else does: half messages, answers that are not read.
    ("tokio-rustls", &["huitong-transport", "huitong-tests"]),
    ("opentelemetry_sdk", &["huitong-telemetry"]),
    ("opentelemetry-otlp", &["huitong-telemetry"]),
    ("tracing-subscriber", &["huitong-telemetry"]),
    (
        "anyhow",
        &[
            "huitong",
            "huitong-authoring",
            "huitong-backup",
            "huitong-certs",
            "huitong-clearinghouse",
            "huitong-demo",
            "huitong-node",
            "huitong-tests",
            "xtask",
        ],
    ),
];

/// Every dependency that the tables above do not allow, and every member without a row.
pub(crate) fn faults(metadata: &Metadata) -> Vec<String> {
    let mut faults = Vec::new();
    for package in metadata.workspace_packages() {
        let normal = package
            .dependencies
            .iter()
            .filter(|it| it.kind == DependencyKind::Normal);
        for dependency in normal {
            faults.extend(fault(&package.name, &dependency.name));
        }
        let is_listed = row(&WHOLE, &package.name)
            .or(row(&WITHIN, &package.name))
            .is_some();
        if !is_listed {
            faults.push(format!(
                "{} has no row in dependencies.rs: whom may it know?",
                package.name
            ));
        }
    }
    faults
}

/// What is wrong with `knower` knowing `known`, if anything.
fn fault(knower: &str, known: &str) -> Option<String> {
    let is_ours = row(&WHOLE, known).or(row(&WITHIN, known)).is_some();
    let is_allowed = match (row(&WHOLE, knower), row(&WITHIN, knower)) {
        (Some(whole), _) => whole.contains(&known),
        (None, Some(within)) => !is_ours || within.contains(&known),
        (None, None) => true,
    };
    let is_few = row(&FEW, known).is_none_or(|few| few.contains(&knower));
    (!is_allowed || !is_few).then(|| format!("{knower} must not know {known}"))
}

fn row(table: &[(&str, &'static [&'static str])], name: &str) -> Option<&'static [&'static str]> {
    table
        .iter()
        .find(|(of, _)| *of == name)
        .map(|(_, row)| *row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tables_do_not_allow_is_a_fault() {
        for (knower, known) in [
            ("huitong-core", "serde"),
            ("huitong-core", "huitong-proto"),
            ("huitong-adjudication", "tokio"),
            ("huitong-netting", "huitong-journal"),
            ("huitong-node", "huitong-clearinghouse"),
            ("huitong-clearinghouse", "huitong-node"),
            ("huitong-journal", "huitong-proto"),
            ("huitong-journal", "sled"),
            ("huitong-journal", "anyhow"),
            ("huitong-node", "tokio-rustls"),
            ("huitong-telemetry", "huitong-core"),
        ] {
            assert!(fault(knower, known).is_some(), "{knower} may know {known}");
        }
    }

    #[test]
    fn what_the_tables_allow_is_none() {
        for (knower, known) in [
            ("huitong-core", "ring"),
            ("huitong-node", "huitong-adjudication"),
            ("huitong-node", "sled"),
            ("huitong-node", "tokio"),
            ("huitong-telemetry", "opentelemetry-otlp"),
        ] {
            assert_eq!(fault(knower, known), None);
        }
    }

    /// Follows the tables all the way down.
    fn reaches(from: &str, to: &str) -> bool {
        let known = row(&WITHIN, from).or(row(&WHOLE, from)).unwrap_or_default();
        known.iter().any(|name| *name == to || reaches(name, to))
    }

    #[test]
    fn node_and_clearinghouse_cannot_reach_each_other_through_anyone() {
        assert!(!reaches("huitong-node", "huitong-clearinghouse"));
        assert!(!reaches("huitong-clearinghouse", "huitong-node"));
        assert!(
            reaches("huitong", "huitong-netting"),
            "the walk itself works"
        );
    }
}
