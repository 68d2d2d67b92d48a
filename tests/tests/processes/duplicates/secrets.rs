//! What neither the clearinghouse's files nor any log may hold: numbers of people, keys, and tags in print.

use std::path::Path;

use huitong_core::duplicate::{Document, Tag, TagKey};
use huitong_tests::register::{NINGBO, SHANGHAI};
use huitong_tests::world::World;

use super::{ONE, key_file};

/// Everything in a folder.
fn bytes_of(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_of(&path));
        } else {
            // Room that is reserved ahead is zero.
            let file = std::fs::read(&path).unwrap();
            let written = file
                .chunks(4_096)
                .filter(|page| page.iter().any(|byte| *byte != 0));
            written.for_each(|page| all.extend(page));
        }
    }
    all
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

/// The bytes of a key, whose text ends with them in hex.
fn raw(text: &str) -> Vec<u8> {
    let digits = text.trim().as_bytes();
    let (_, digits) = digits.split_at(digits.len() - 64);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// Nothing that the clearinghouse has or says holds one of the numbers, nor the key; it has tags, and prints none.
pub(super) fn holds_no_number(world: &World, numbers: &[&str]) {
    let held = bytes_of(&world.clearinghouse_folder());
    for number in numbers {
        assert!(
            !contains(&held, number.as_bytes()),
            "a number is at the clearinghouse"
        );
    }
    // What it has is the tag, which another key makes another one of.
    let key =
        |region| TagKey::parse(&std::fs::read_to_string(key_file(world, region)).unwrap()).unwrap();
    let tag = |region| Tag::of(&key(region), Document::ResidentId, ONE);
    assert_ne!(tag(&NINGBO), tag(&SHANGHAI));
    assert!(contains(&held, tag(&NINGBO).expose()) && contains(&held, tag(&SHANGHAI).expose()));
    assert!(!contains(&held, key(&NINGBO).expose().trim().as_bytes()));
    assert!(!contains(&held, &raw(&key(&NINGBO).expose())));
    // No log names a tag, in any way that bytes are written, nor a document's number.
    let bytes = tag(&NINGBO).expose().to_vec();
    let lower: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let written = [
        lower.to_uppercase(),
        format!("{bytes:?}"),
        lower,
        ONE.to_owned(),
    ];
    for folder in [
        world.clearinghouse_folder(),
        world.region_folder(&NINGBO),
        world.region_folder(&SHANGHAI),
    ] {
        let log = std::fs::read_to_string(folder.join("log.txt")).unwrap();
        assert!(!log.is_empty(), "{folder:?}");
        for written in &written {
            assert!(!log.contains(written.as_str()), "{written} in {folder:?}");
        }
    }
}
