//! The skeleton's own words, which nobody has replaced by the notice's.

use huitong_core::policy::{FaultPath, Policy};
use huitong_document::bill::Example;
use huitong_document::reader::Reach;

use super::finding::Kind;
use super::report::Report;

/// What `policy new` writes where only the notice knows.
pub(crate) const MARKS: [&str; 2] = ["(fill in)", "（待填）"];

/// So many characters of a text are told.
const SHOWN: usize = 60;

/// Looks at every text that people read.
pub(super) fn check(policy: &Policy, examples: &[Example], report: &mut Report<'_>) {
    let root = FaultPath::ROOT;
    let mut texts = vec![
        (root.key("title"), policy.title()),
        (root.key("source"), policy.source()),
    ];
    for (at, row) in policy.tiers().iter().enumerate() {
        texts.push((root.key("tier").index(at).key("title"), &row.title));
    }
    for (tag, title) in policy.tags() {
        texts.push((root.key("tags").key(tag), title));
    }
    for (at, layer) in policy.layers().iter().enumerate() {
        let path = root.key("layer").index(at);
        texts.push((path.key("title"), &layer.title));
        texts.push((path.key("source"), &layer.source));
        for (at, adjustment) in layer.adjustments.iter().enumerate() {
            let path = path.key("adjust").index(at);
            texts.push((path.key("why"), &adjustment.source));
        }
        if let Some(jump) = &layer.accepted_jump {
            let path = path.key("accepted_jump");
            texts.push((path.key("reason"), &jump.reason));
            texts.push((path.key("source"), &jump.source));
        }
    }
    for (at, example) in examples.iter().enumerate() {
        let path = root.key("example").index(at);
        texts.push((path.key("name"), &example.name));
        if let Some(source) = &example.source {
            texts.push((path.key("source"), source));
        }
    }
    for (path, text) in texts {
        // What is inherited from elsewhere is told there.
        let is_written = report.places().find(&path).reach == Reach::Whole;
        if is_written && MARKS.iter().any(|mark| text.contains(mark)) {
            let text = text.chars().take(SHOWN).collect();
            report.note(&path, Kind::NotFilledIn { text });
        }
    }
}
