//! The committed generated code is what the .proto files give.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod codegen;

#[test]
fn the_generated_code_is_unchanged() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let fresh = tempfile::tempdir().unwrap();
    codegen::generate(root, fresh.path()).unwrap();
    let mut names: Vec<_> = std::fs::read_dir(fresh.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    let mut committed: Vec<_> = std::fs::read_dir(root.join("src/gen"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    committed.sort();
    assert_eq!(names, committed, "run `cargo xtask gen`");
    for name in names {
        let new = std::fs::read(fresh.path().join(&name)).unwrap();
        let old = std::fs::read(root.join("src/gen").join(&name)).unwrap();
        assert!(
            new == old,
            "{} differs: run `cargo xtask gen`",
            name.display()
        );
    }
}

#[test]
fn every_proto_file_is_generated() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for area in std::fs::read_dir(root.join("huitong")).unwrap() {
        for file in std::fs::read_dir(area.unwrap().path().join("v1")).unwrap() {
            let path = file.unwrap().path();
            found.push(path.strip_prefix(root).unwrap().display().to_string());
        }
    }
    found.sort();
    let mut listed = codegen::FILES.to_vec();
    listed.sort_unstable();
    assert_eq!(found, listed);
}
