//! Rows of tags and of duplicates.

use huitong_core::duplicate::{
    KeyId, Reach, ResolutionNote, Tag, TagBatch, TagStanding, TagStream, ToldCover,
};
use huitong_core::record::duplicate::Resolution;
use huitong_core::vocabulary::DuplicateReason;

use super::*;
use crate::samples::now;
use crate::store::{DuplicateRow, TagHead, TagRow};

pub(super) fn duplicates() -> Vec<(Key, Row)> {
    let psn_no = PsnNo::parse("330200000000000017").unwrap();
    let (tag, other) = (Tag::from_bytes([9; 16]), Tag::from_bytes([8; 16]));
    let stream = TagStream {
        incarnation: 1,
        generation: 2,
        key: KeyId::from_bytes([5; 8]),
    };
    let head = TagHead {
        stream,
        by: Some("li.wei".parse().unwrap()),
        begun: now(),
        written: 3,
        chain: TagBatch::BEGINNING,
        reach: Reach::Whole,
    };
    let row = |standing| TagRow {
        psn_no,
        stream,
        standing,
    };
    let resolution = Resolution {
        reason: DuplicateReason::Lawful,
        note: Some(ResolutionNote::parse("note").unwrap()),
        by: "li.wei".parse().unwrap(),
        at: now(),
    };
    let duplicate = DuplicateRow {
        tag,
        since: now(),
        gone: Some(now()),
        resolution: Some(resolution),
        told: Some(ToldCover {
            cover: Vec::new(),
            resolution: None,
        }),
    };
    let bare = DuplicateRow {
        gone: None,
        resolution: None,
        told: None,
        ..duplicate.clone()
    };
    let regions = ["310000", "510100"].map(|code| code.parse().unwrap());
    vec![
        (Key::TagHead(), Row::TagHead(head)),
        (Key::Tag(tag), Row::Tag(row(TagStanding::Covered))),
        (Key::Tag(other), Row::Tag(row(TagStanding::Ended))),
        (
            Key::TagBatch(3),
            Row::TagBatch(Location::at(Position::START, 3)),
        ),
        (
            Key::Duplicate(psn_no, regions[0]),
            Row::Duplicate(bare.into()),
        ),
        (
            Key::Duplicate(psn_no, regions[1]),
            Row::Duplicate(duplicate.into()),
        ),
    ]
}
