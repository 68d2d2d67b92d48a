//! What the rules are checked against: cargo's metadata, deny.toml, and every Rust file of the members.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use cargo_metadata::{Metadata, MetadataCommand};
use serde_json::Value;

/// One Rust file.
pub(crate) struct File {
    /// From the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

pub(crate) struct Workspace {
    pub(crate) metadata: Metadata,
    /// What `cargo tree` says is built here, one package a line.
    pub(crate) tree: String,
    /// deny.toml.
    pub(crate) deny: Value,
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
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Self {
            metadata,
            tree: answer(root, "cargo", &tree),
            deny: toml::from_str(&deny).unwrap(),
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
            files.push(File {
                path: shown,
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

/// Fails with one fault a line.
pub(crate) fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
