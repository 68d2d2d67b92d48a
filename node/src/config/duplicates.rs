//! `[duplicates]`: the key that the regions share, and how fast people are looked at.

use std::path::{Path, PathBuf};
use std::time::Duration;

use huitong_core::duplicate::TagKey;
use huitong_document::config::Section;

use crate::duplicates::DuplicateRule;

/// How long to wait after a pass unless the file says otherwise.
const EVERY: Duration = Duration::from_hours(1);
/// How long to wait after a page: with 256 rows each, 20 million people and their tags take an hour.
const PAUSE: Duration = Duration::from_millis(20);
const HOUR_MS: i64 = 3_600_000;

/// Whether the file names a clearinghouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clearing {
    Named,
    Absent,
}

/// The outer value is none when the section has a fault, the inner one when it names no key.
pub(super) fn read(
    root: &Section<'_>,
    folder: &Path,
    clearing: Clearing,
) -> Option<Option<DuplicateRule>> {
    let Some(section) = root.optional_section("duplicates") else {
        return Some(None);
    };
    let every = section.duration_ms("every_ms", 50..=24 * HOUR_MS, EVERY);
    let pause = section.duration_ms("page_pause_ms", 1..=60_000, PAUSE);
    let Some(file) = section.optional::<PathBuf>("key") else {
        return (every.is_some() && pause.is_some()).then_some(None);
    };
    if clearing == Clearing::Absent {
        section.fault_of(
            "key",
            "duplicates are matched by the clearinghouse: add [clearinghouse]",
            "重复参保由清算中心比对，请同时配置 [clearinghouse]",
        );
    }
    let key = key(&section, &folder.join(file));
    Some(Some(DuplicateRule {
        key: key?,
        every: every?,
        pause: pause?,
    }))
}

fn key(section: &Section<'_>, file: &Path) -> Option<TagKey> {
    let shown = file.display().to_string();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            section.fault_of(
                "key",
                format!("{shown}: {error}"),
                format!("文件 {shown} 无法读取"),
            );
            return None;
        }
    };
    TagKey::parse(&text)
        .map_err(|_| {
            section.fault_of(
                "key",
                format!("{shown}: no key; make one with huitong node duplicates new-key"),
                format!("{shown} 不是密钥文件，请用 huitong node duplicates new-key 生成"),
            );
        })
        .ok()
}
