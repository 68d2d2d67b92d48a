//! What a single file must and must not say.

use crate::names::{Named, names};
use crate::workspace::File;

const LONGEST_FILE: usize = 400;
const GENERATED: &str = "proto/src/gen/";
const PURE: [&str; 4] = [
    "proto/core/src/",
    "node/adjudication/src/",
    "node/explanation/src/",
    "clearinghouse/netting/src/",
];

/// First words of paths that a pure crate must not name: clocks, randomness, input and output, logs,
/// asynchronous code, and the encodings of the outside.
const IMPURE_ROOTS: [&str; 9] = [
    "tokio",
    "tracing",
    "log",
    "serde",
    "serde_json",
    "prost",
    "tonic",
    "rand",
    "getrandom",
];
const IMPURE_STD: [&str; 7] = ["time", "fs", "net", "io", "env", "process", "thread"];
/// Words that a pure crate must not name anywhere in a path; floats because money passes there.
const IMPURE_WORDS: [&str; 10] = [
    "SystemTime",
    "Instant",
    "HashMap",
    "HashSet",
    "f32",
    "f64",
    "async",
    "await",
    "println",
    "eprintln",
];

/// Where the types generated from the .proto files may be named, besides tests and benches: conversions,
/// gRPC services, and clients of another party's services.
const MAY_NAME_GENERATED: [&str; 20] = [
    "proto/src/",
    "node/src/grpc/",
    "node/src/legs/attest/remote.rs",
    "node/src/legs/call_up.rs",
    "node/src/legs/report.rs",
    "node/src/legs/report/own_stream.rs",
    "node/src/duplicates/report.rs",
    "node/src/disputes/report.rs",
    "node/src/months/report.rs",
    "node/src/witness/report.rs",
    "node/src/directory/report.rs",
    "node/src/prefunds/report.rs",
    "node/src/own_clearing/report.rs",
    "node/src/peers/remote",
    "clearinghouse/src/grpc/",
    "clearinghouse/src/command/clearing/",
    "deploy/backup/src/grpc/",
    "deploy/demo/",
    "deploy/desk/src/grpc/",
    "tests/",
];

/// The modules of `huitong-proto` that are generated; `*` would bring them in too.
const PACKAGES: [&str; 5] = ["clearing", "common", "policy", "settlement", "*"];

/// Everything that is wrong with one file.
pub(crate) fn faults(file: &File) -> Vec<String> {
    if file.path.starts_with(GENERATED) {
        return Vec::new();
    }
    let mut faults = layout(file);
    faults.extend(by_chance(file));
    for named in names(&file.text) {
        let wrong = [
            impure(file, &named),
            generated(file, &named),
            index_database(file, &named),
        ];
        for fault in wrong.into_iter().flatten() {
            faults.push(format!("{}:{}: {fault}", file.path, named.line));
        }
    }
    faults
}

fn layout(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    if !file.text.starts_with("//!") {
        faults.push(format!(
            "{}: does not begin with `//!`: say what the file is",
            file.path
        ));
    }
    let lines = file.text.lines().count();
    if lines > LONGEST_FILE {
        faults.push(format!("{}: {lines} lines: make it two rooms", file.path));
    }
    faults
}

/// A choice between two that are ready is made by chance unless it says otherwise, and no seed would repeat it.
fn by_chance(file: &File) -> Vec<String> {
    if file.is_test || file.path.starts_with("tests/") {
        return Vec::new();
    }
    let lines: Vec<_> = file.text.lines().map(str::trim).collect();
    let pairs = (1..).zip(lines.windows(2));
    let unbiased = pairs.filter_map(|(number, pair)| match pair {
        [choice, first] if choice.ends_with("select! {") && *first != "biased;" => Some(number),
        _ => None,
    });
    let fault = |number: usize| format!("{}:{number}: begin with `biased;`", file.path);
    unbiased.map(fault).collect()
}

fn impure(file: &File, named: &Named) -> Option<String> {
    if !PURE.iter().any(|folder| file.path.starts_with(folder)) || file.is_test {
        return None;
    }
    let first = named.path.first().map_or("", String::as_str);
    let second = named.path.get(1).map_or("", String::as_str);
    let is_std = (first == "std" || first == "core") && IMPURE_STD.contains(&second);
    let is_now = named.path.len() > 1 && named.path.last().is_some_and(|last| last == "now");
    let has_word = named
        .path
        .iter()
        .any(|word| IMPURE_WORDS.contains(&word.as_str()));
    let is_path = named.path.len() > 1 || named.imported_as.is_some();
    let is_root = is_path && IMPURE_ROOTS.contains(&first);
    (is_std || is_now || has_word || is_root)
        .then(|| format!("a pure crate names `{}`", named.shown()))
}

fn generated(file: &File, named: &Named) -> Option<String> {
    let is_free = MAY_NAME_GENERATED
        .iter()
        .any(|folder| file.path.starts_with(folder));
    if is_free || file.is_test {
        return None;
    }
    let of_proto = named
        .path
        .first()
        .is_some_and(|first| first == "huitong_proto");
    let is_package = named
        .path
        .get(1)
        .is_some_and(|second| PACKAGES.contains(&second.as_str()));
    (of_proto && is_package).then(|| {
        format!(
            "`{}` is generated: name it in a conversion, a gRPC service or a client",
            named.shown()
        )
    })
}

fn index_database(file: &File, named: &Named) -> Option<String> {
    let is_sled = named.path.first().is_some_and(|first| first == "sled");
    (is_sled && !file.path.contains("/src/store/"))
        .then(|| "only a backend under src/store/ may name sled".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks how many faults `code` has when it stands, well begun, in `path`.
    fn check(path: &str, code: &str, expected: usize) {
        let file = File::new(path.to_owned(), format!("//! A sample.\n{code}\n"));
        let found = faults(&file);
        assert_eq!(found.len(), expected, "{path}: {code}: {found:?}");
    }

    #[test]
    fn a_pure_crate_names_no_outside() {
        for code in [
            "use std::time::Duration;",
            "use std::{collections::BTreeMap, fs};",
            "fn a() -> SystemTime { todo() }",
            "fn a() { jiff::Zoned::now(); }",
            "#[derive(serde::Serialize)] struct A;",
            "async fn a() {}",
            "fn a() { println!(\"x\"); }",
            "fn a(x: f64) {}",
            "type A = std::collections::HashMap<u8, u8>;",
            "use tokio::sync::mpsc;",
            "fn a() { tracing::info!(\"x\"); }",
            "use rand::Rng;",
            "fn a() -> std::io::Result<()> { b() }",
        ] {
            check("proto/core/src/bill.rs", code, 1);
            check("node/adjudication/src/bill.rs", code, 1);
            check("clearinghouse/netting/src/bill.rs", code, 1);
            check("proto/journal/src/bill.rs", code, 0);
            check("proto/core/tests/bill.rs", code, 0);
            check(
                "proto/core/src/bill.rs",
                &format!("#[cfg(test)]\nmod tests {{ {code} }}"),
                0,
            );
        }
        check(
            "proto/core/src/bill.rs",
            "use std::fmt; use std::collections::BTreeMap;",
            0,
        );
    }

    #[test]
    fn generated_types_stay_at_the_wire() {
        let code = "use huitong_proto::settlement::v1::Commit;";
        check("node/src/settle.rs", code, 1);
        check("clearinghouse/src/intake.rs", code, 1);
        check("certs/src/lib.rs", code, 1);
        check("node/src/grpc/home.rs", code, 0);
        check("clearinghouse/src/grpc/legs.rs", code, 0);
        check("node/src/peers/remote.rs", code, 0);
        check("node/src/peers/directory.rs", code, 1);
        check("deploy/demo/src/lib.rs", code, 0);
        check("tests/tests/refusals.rs", code, 0);
        check(
            "node/src/settle.rs",
            "use huitong_proto::{conversion, settlement};",
            1,
        );
        check("node/src/settle.rs", "use huitong_proto::*;", 1);
        check(
            "node/src/settle.rs",
            "use huitong_proto::conversion::Fault;",
            0,
        );
    }

    #[test]
    fn only_a_backend_names_sled() {
        check("node/src/settle.rs", "fn a(db: &sled::Db) {}", 1);
        check("node/src/store/embedded.rs", "fn a(db: &sled::Db) {}", 0);
    }

    #[test]
    fn no_choice_is_left_to_chance() {
        let unbiased = "fn a() {\n    tokio::select! {\n        () = b => {}\n    }\n}";
        check("node/src/a.rs", unbiased, 1);
        check("tests/tests/a.rs", unbiased, 0);
        let biased = unbiased.replace("() = b", "biased;\n        () = b");
        check("node/src/a.rs", &biased, 0);
    }

    #[test]
    fn a_file_says_what_it_is_and_stays_short() {
        let file = |text: String| File::new("node/src/a.rs".to_owned(), text);
        assert_eq!(faults(&file("use std::fmt;\n".to_owned())).len(), 1);
        assert_eq!(
            faults(&file(format!("//! A.\n{}", "\n".repeat(400)))).len(),
            1
        );
        assert_eq!(
            faults(&file(format!("//! A.\n{}", "\n".repeat(399)))).len(),
            0
        );
    }

    #[test]
    fn generated_files_are_left_alone() {
        let path = "proto/src/gen/huitong.common.v1.rs".to_owned();
        assert!(faults(&File::new(path, "struct A;".to_owned())).is_empty());
    }
}
