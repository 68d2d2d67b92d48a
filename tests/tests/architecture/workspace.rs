//! What the rules are checked against: cargo's metadata, deny.toml, SAFETY.md, and every Rust file of the members.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use cargo_metadata::{Metadata, MetadataCommand};
use serde_json::Value;

use crate::names::test_modules;

/// One Rust file.
pub(crate) struct File {
    /// From the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// Whether it is built for tests, benches and examples only.
    pub(crate) is_test: bool,
}

impl File {
    pub(crate) fn new(path: String, text: String) -> Self {
        let is_test = path
            .split('/')
            .any(|part| ["tests", "benches", "examples"].contains(&part));
        Self {
            path,
            text,
            is_test,
        }
    }
}

pub(crate) struct Workspace {
    pub(crate) metadata: Metadata,
    /// What `cargo tree` says is built here, one package a line.
    pub(crate) tree: String,
    /// deny.toml.
    pub(crate) deny: Value,
    /// SAFETY.md.
    pub(crate) safety: String,
    pub(crate) files: Vec<File>,
}

impl Workspace {
    /// The workspace this test stands in.
    pub(crate) fn here() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let metadata = MetadataCommand::new()
            .current_dir(root)
            .other_options([
                "--locked".to_owned(),
                "--filter-platform".to_owned(),
                host(root),
            ])
            .exec()
            .unwrap();
        let edges = "normal,build,dev";
        let tree = [
            "tree",
            "--locked",
            "--workspace",
            "--edges",
            edges,
            "--prefix",
            "none",
        ];
        let deny = fs::read_to_string(root.join("deny.toml")).unwrap();
        let mut files = Vec::new();
        read_folder(root, root, &mut files);
        mark_test_modules(&mut files);
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Self {
            metadata,
            tree: answer(root, "cargo", &tree),
            deny: toml::from_str(&deny).unwrap(),
            safety: fs::read_to_string(root.join("SAFETY.md")).unwrap(),
            files,
        }
    }

    /// The files under each member's `src`, by the member's folder. A crate within a crate's folder
    /// (`proto/core`) has a `src` of its own and so never mixes with its host.
    pub(crate) fn crates(&self) -> BTreeMap<String, Vec<&File>> {
        let mut crates: BTreeMap<String, Vec<&File>> = BTreeMap::new();
        for file in &self.files {
            if let Some((home, _)) = file.path.split_once("/src/") {
                crates.entry(home.to_owned()).or_default().push(file);
            }
        }
        crates
    }
}

/// The platform this compiler builds for: packages of other platforms need not be on this machine.
fn host(root: &Path) -> String {
    let version = answer(root, "rustc", &["-vV"]);
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap()
        .to_owned()
}

fn answer(root: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                read_folder(root, &path, files);
            }
        } else if name.ends_with(".rs") {
            let shown = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            files.push(File::new(shown, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Marks the files behind `#[cfg(test)] mod name;`, wherever that is declared.
fn mark_test_modules(files: &mut [File]) {
    let mut behind = Vec::new();
    for file in files.iter() {
        let folder = ["/lib.rs", "/main.rs", "/mod.rs"]
            .iter()
            .find_map(|root| file.path.strip_suffix(root))
            .or(file.path.strip_suffix(".rs"))
            .unwrap();
        for name in test_modules(&file.text) {
            behind.push((format!("{folder}/{name}.rs"), format!("{folder}/{name}/")));
        }
    }
    for file in files {
        file.is_test |= behind
            .iter()
            .any(|(own, below)| file.path == *own || file.path.starts_with(below));
    }
}

/// Fails with one fault a line.
pub(crate) fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_behind_a_test_module_are_tests() {
        let mut files = [
            ("x/src/lib.rs", "#[cfg(test)] mod testing; mod a;"),
            ("x/src/testing.rs", ""),
            ("x/src/testing/deep.rs", ""),
            ("x/src/a.rs", "#[cfg(test)] mod cases;"),
            ("x/src/a/cases.rs", ""),
            ("x/src/cases.rs", ""),
            ("x/benches/b.rs", ""),
        ]
        .map(|(path, text)| File::new(path.to_owned(), text.to_owned()));
        mark_test_modules(&mut files);
        let marked = files.map(|file| file.is_test);
        assert_eq!(marked, [false, true, true, false, true, false, true]);
    }
}
