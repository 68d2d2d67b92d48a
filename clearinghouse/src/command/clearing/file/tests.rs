//! Files that come together: all of them or none, and nothing half under a name of its own.

use std::collections::BTreeMap;

use super::*;

/// What is in a folder, by name.
fn found(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let read = entries.map(|entry| {
        let entry = entry.unwrap();
        let text = std::fs::read_to_string(entry.path()).unwrap();
        (entry.file_name().into_string().unwrap(), text)
    });
    read.collect()
}

fn files(listed: &[(&str, &str)]) -> BTreeMap<String, String> {
    let listed = listed.iter();
    listed
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

#[test]
fn no_file_has_its_own_name_before_all_are_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut together = Together::new(folder.path());
    together.add(at("a.csv"), b"a").unwrap();
    together.add(at("b.csv"), b"b").unwrap();
    let parts = files(&[("a.csv.part", "a"), ("b.csv.part", "b")]);
    assert_eq!(found(folder.path()), parts);
    together.finish().unwrap();
    let whole = files(&[("a.csv", "a"), ("b.csv", "b")]);
    assert_eq!(found(folder.path()), whole);
}

#[test]
fn what_was_made_is_taken_away_when_one_name_is_taken_and_when_nobody_finishes() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for taken in ["b.csv", "b.csv.part"] {
        std::fs::write(at(taken), "mine").unwrap();
        let mut together = Together::new(folder.path());
        together.add(at("a.csv"), b"a").unwrap();
        let added = together.add(at("b.csv"), b"b");
        let said = added.and_then(|()| together.finish()).unwrap_err();
        let said = said.to_string();
        assert!(
            said.contains(taken) && said.contains("cannot be written: it is there already"),
            "{said}"
        );
        assert_eq!(found(folder.path()), files(&[(taken, "mine")]));
        std::fs::remove_file(at(taken)).unwrap();
    }
    let mut together = Together::new(folder.path());
    together.add(at("a.csv"), b"a").unwrap();
    drop(together);
    assert_eq!(found(folder.path()), files(&[]));
}

#[test]
fn a_medium_without_links_has_each_name_taken_once_too() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut made = Vec::new();
    std::fs::write(at("a.csv.part"), "a").unwrap();
    name_without_link(&at("a.csv.part"), &at("a.csv"), &mut made).unwrap();
    assert_eq!(found(folder.path()), files(&[("a.csv", "a")]));
    std::fs::write(at("a.csv.part"), "other").unwrap();
    let refused = name_without_link(&at("a.csv.part"), &at("a.csv"), &mut made);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::AlreadyExists);
    let kept = files(&[("a.csv", "a"), ("a.csv.part", "other")]);
    assert_eq!(found(folder.path()), kept);
    assert_eq!(made, [at("a.csv")]);
}
