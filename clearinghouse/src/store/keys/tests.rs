//! Each table has a letter of its own, and is told of at the head.

const SOURCE: &str = include_str!("../keys.rs");

/// Every letter that is written, ascending.
fn letters() -> Vec<&'static str> {
    let letters = SOURCE.match_indices("b\"").filter_map(|(at, _)| {
        let letter = SOURCE.get(at + 2..at + 3)?;
        SOURCE.get(at + 3..)?.starts_with('"').then_some(letter)
    });
    let mut letters: Vec<_> = letters.collect();
    letters.sort_unstable();
    letters
}

/// Two tables under one letter are read as each other.
#[test]
fn each_table_has_a_letter_of_its_own() {
    let letters = letters();
    assert!(letters.len() > 40, "{letters:?}");
    let mut once = letters.clone();
    once.dedup();
    assert_eq!(once, letters);
}

#[test]
fn the_table_at_the_head_names_just_the_letters_that_are_written() {
    let rows = SOURCE.lines();
    let rows = rows.filter_map(|line| line.strip_prefix("//! | `")?.split_once(" | "));
    let rows = rows.filter(|(_, value)| !value.contains("looked up by nobody"));
    let named = rows.filter_map(|(key, _)| {
        let (letter, _) = key.split_once('`')?;
        // A number's first bit tells the two kinds of filters apart.
        let is_second = letter == "F" && key.contains("beyond all");
        (!is_second).then_some(letter)
    });
    let mut named: Vec<_> = named.collect();
    named.sort_unstable();
    assert_eq!(named, letters());
}
