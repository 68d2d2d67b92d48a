//! `[store]`: what is kept of people under keys of theirs, where the keys lie, and how long people are kept.

use std::path::{Path, PathBuf};

use huitong_document::config::Section;

use crate::sealing::{People, StoreRule};

pub(super) fn read(root: &Section<'_>, folder: &Path, data: Option<&Path>) -> Option<StoreRule> {
    let standard = data.map(StoreRule::standard);
    let Some(section) = root.optional_section("store") else {
        return standard;
    };
    let people = people(&section);
    let keyring = section.optional::<PathBuf>("keyring");
    // A century: longer than anybody is insured.
    let keep_days = section.integer_or("keep_days", 0..=36_500, StoreRule::KEEP_DAYS);
    Some(StoreRule {
        people: people?,
        keyring: keyring.map_or(standard?.keyring, |path| folder.join(path)),
        keep_days: keep_days?,
    })
}

fn people(section: &Section<'_>) -> Option<People> {
    match &*section.or("people", "as_begun".to_owned())? {
        "as_begun" => Some(People::AsBegun),
        "sealed" => Some(People::Sealed),
        "plain" => Some(People::Plain),
        _ => {
            section.fault_of(
                "people",
                "expected \"as_begun\", \"sealed\" or \"plain\"",
                "应为 \"as_begun\"、\"sealed\" 或 \"plain\"",
            );
            None
        }
    }
}
