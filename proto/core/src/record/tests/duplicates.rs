//! One record of each kind about duplicate cover, made up, and its golden bytes.

use super::samples::{at, chengdu, claim};
use super::*;
use crate::canonical::testing::golden_file;
use crate::date::DateInterval;
use crate::duplicate::{
    CoverDays, KeyId, Reach, ResolutionNote, Tag, TagBatch, TagChange, TagStanding, TagStream,
    ToldCover, ToldResolution,
};
use crate::record::clearing::{ClearingRecord, TagsHalted, TagsTaken};
use crate::record::duplicate::{Match, Resolution};
use crate::vocabulary::{DuplicateReason, Scheme};

fn stream() -> TagStream {
    TagStream {
        incarnation: 1,
        generation: 2,
        key: KeyId::from_bytes([5; 8]),
    }
}

fn batch() -> TagBatch {
    TagBatch {
        stream: stream(),
        number: 1,
        before: TagBatch::BEGINNING,
        changes: vec![TagChange {
            tag: Tag::from_bytes([9; 16]),
            standing: TagStanding::Covered,
        }],
        reach: Reach::Part,
    }
}

#[test]
fn records_of_duplicates_keep_their_bytes() {
    let (at, psn_no, region) = (at(), claim().person.psn_no, chengdu());
    let by: crate::officer::OfficerName = "li.wei".parse().unwrap();
    let begun = TagsBegun {
        stream: stream(),
        by: Some(by.clone()),
        at,
    };
    golden_file("record_tags_begun", &NodeRecord::TagsBegun(begun));
    let written = TagsWritten {
        batch: batch(),
        people: vec![psn_no],
    };
    golden_file("record_tags_written", &NodeRecord::TagsWritten(written));
    let found = Match {
        psn_no,
        region,
        tag: Tag::from_bytes([9; 16]),
    };
    let seen = MatchesSeen {
        found: vec![found],
        gone: vec![(psn_no, region)],
        at,
    };
    golden_file("record_matches_seen", &NodeRecord::MatchesSeen(seen));
    let days = DateInterval::new("2026-01-01".parse().unwrap(), None).unwrap();
    let told = ToldCover {
        cover: vec![CoverDays {
            scheme: Scheme::Employee,
            days,
        }],
        resolution: Some(ToldResolution {
            reason: DuplicateReason::KeptHere,
            on: "2026-03-02".parse().unwrap(),
        }),
    };
    let told = CoverTold {
        psn_no,
        region,
        told,
        at,
    };
    golden_file("record_cover_told", &NodeRecord::CoverTold(told));
    let resolution = Resolution {
        reason: DuplicateReason::Lawful,
        note: Some(ResolutionNote::parse("依规可同时参保").unwrap()),
        by,
        at,
    };
    let resolved = DuplicateResolved {
        psn_no,
        region,
        resolution,
    };
    golden_file(
        "record_duplicate_resolved",
        &NodeRecord::DuplicateResolved(resolved),
    );
}

#[test]
fn records_of_tags_at_the_clearinghouse_keep_their_bytes() {
    let taken = TagsTaken {
        region: chengdu(),
        batch: batch(),
        at: at(),
    };
    golden_file("clearing_tags_taken", &ClearingRecord::TagsTaken(taken));
    let halted = TagsHalted {
        region: chengdu(),
        stream: stream(),
        number: 2,
        at: at(),
    };
    golden_file("clearing_tags_halted", &ClearingRecord::TagsHalted(halted));
}
