//! Rows of the tags that are reported, and of people whom another region insures too.

use huitong_core::canonical::Artifact;
use huitong_core::duplicate::{Reach, Tag, TagBatch};
use huitong_core::person::PsnNo;
use huitong_core::record::duplicate::{
    CoverTold, DuplicateResolved, Match, MatchesSeen, TagsBegun, TagsWritten,
};
use huitong_core::vocabulary::DuplicateReason;

use super::super::{DuplicateRow, Key, Location, Row, StoreError, TagHead, TagRow};
use super::{Changes, Ground};

pub(super) fn begun(record: &TagsBegun, out: &mut Changes) {
    let head = TagHead {
        stream: record.stream,
        by: record.by.clone(),
        begun: record.at,
        written: 0,
        chain: TagBatch::BEGINNING,
        reach: Reach::Part,
    };
    out.put(Key::TagHead(), Row::TagHead(head));
}

pub(super) fn written(
    record: &TagsWritten,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let people: Vec<Option<PsnNo>> = record.people.iter().copied().map(Some).collect();
    self::batch(&record.batch, &people, at, ground, out)
}

/// A batch, with whose its tags are; none for who was erased.
pub(super) fn batch(
    batch: &TagBatch,
    people: &[Option<PsnNo>],
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let head = ground.rows.tag_head()?;
    let head = head.ok_or(StoreError::Inconsistent("tags of no stream"))?;
    let was_whole = head.reach == Reach::Whole;
    out.put(Key::TagBatch(batch.number), Row::TagBatch(at));
    for (change, psn_no) in batch.changes.iter().zip(people) {
        let Some(psn_no) = psn_no else {
            continue;
        };
        let row = TagRow {
            psn_no: *psn_no,
            stream: batch.stream,
            standing: change.standing,
        };
        out.put(Key::Tag(change.tag), Row::Tag(row));
    }
    let head = TagHead {
        written: batch.number,
        chain: batch.digest(),
        reach: if was_whole { Reach::Whole } else { batch.reach },
        ..head
    };
    out.put(Key::TagHead(), Row::TagHead(head));
    Ok(())
}

pub(super) fn seen(
    record: &MatchesSeen,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    for found in &record.found {
        let Match {
            psn_no,
            region,
            tag,
        } = *found;
        let row = match ground.rows.duplicate(psn_no, region)? {
            Some(row) if row.gone.is_none() && is_same(&row, tag, ground)? => {
                DuplicateRow { tag, ..row }
            }
            // It is new, or anew: of what was said before only that it is somebody else still holds, of that document.
            before => DuplicateRow {
                tag,
                since: record.at,
                gone: None,
                resolution: match before {
                    Some(row) if is_same(&row, tag, ground)? => row
                        .resolution
                        .filter(|said| said.reason == DuplicateReason::OtherPerson),
                    Some(_) | None => None,
                },
                told: None,
            },
        };
        out.put(Key::Duplicate(psn_no, region), Row::Duplicate(row.into()));
    }
    for (psn_no, region) in &record.gone {
        if let Some(row) = ground.rows.duplicate(*psn_no, *region)? {
            let gone = row.gone.or(Some(record.at));
            let row = DuplicateRow { gone, ..row };
            out.put(Key::Duplicate(*psn_no, *region), Row::Duplicate(row.into()));
        }
    }
    Ok(())
}

/// Whether a match is of the document that a row is of: by the same tag, or by another that another key makes.
fn is_same(row: &DuplicateRow, tag: Tag, ground: &Ground<'_>) -> Result<bool, StoreError> {
    if row.tag == tag {
        return Ok(true);
    }
    let key_of = |tag| Ok::<_, StoreError>(ground.rows.tag(tag)?.map(|row| row.stream.key));
    Ok(key_of(row.tag)? != key_of(tag)?)
}

pub(super) fn told(
    record: &CoverTold,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = ground.rows.duplicate(record.psn_no, record.region)?;
    let row = row.ok_or(StoreError::Inconsistent("a word on nobody"))?;
    let row = DuplicateRow {
        told: Some(record.told.clone()),
        ..row
    };
    out.put(
        Key::Duplicate(record.psn_no, record.region),
        Row::Duplicate(row.into()),
    );
    Ok(())
}

pub(super) fn resolved(
    record: &DuplicateResolved,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = ground.rows.duplicate(record.psn_no, record.region)?;
    let row = row.ok_or(StoreError::Inconsistent("a duplicate that is none"))?;
    let row = DuplicateRow {
        resolution: Some(record.resolution.clone()),
        ..row
    };
    out.put(
        Key::Duplicate(record.psn_no, record.region),
        Row::Duplicate(row.into()),
    );
    Ok(())
}
