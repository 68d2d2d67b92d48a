//! Tags in the index: how each stands, and which regions ever had one together.
//!
//! Two regions' rows of one tag make a pair once; whether the pair is a match now follows from the rows themselves
//! when it is asked for, so that the end of a cover, a new stream and a new key need no rows of their own.

use std::collections::BTreeMap;

use huitong_core::duplicate::{Tag, TagStanding, TagStream};
use huitong_core::record::clearing::{TagsHalted, TagsTaken};
use huitong_core::region::RegionCode;

use crate::state::TagsHeld;
use crate::store::index::Pair;
use crate::store::keys;
use crate::store::{Index, MatchesPage, StoreError};

/// The most regions that one tag is looked for in.
const REGIONS_AT_MOST: usize = 1_024;

/// How a region's tag stands.
type TagRow = (TagStream, TagStanding);

/// What a batch changes.
pub(super) fn taken(index: &dyn Index, taken: &TagsTaken) -> Result<Vec<Pair>, StoreError> {
    let (region, batch) = (taken.region, &taken.batch);
    let before = held(index, region)?;
    let now = TagsHeld::with(before.as_ref(), batch);
    let mut pairs = vec![(keys::tag_stream(region), keys::value(&now))];
    for change in &batch.changes {
        let row: TagRow = (batch.stream, change.standing);
        pairs.push((keys::tag(change.tag, region), keys::value(&row)));
        if change.standing == TagStanding::Covered {
            for other in others(index, change.tag, region)? {
                let one = keys::matched(region, change.tag, other);
                let two = keys::matched(other, change.tag, region);
                pairs.extend([(one, Vec::new()), (two, Vec::new())]);
            }
        }
    }
    Ok(pairs)
}

/// What the end of a stream changes.
pub(super) fn halted(index: &dyn Index, halted: &TagsHalted) -> Result<Vec<Pair>, StoreError> {
    let Some(held) = held(index, halted.region)? else {
        return Ok(Vec::new());
    };
    let now = TagsHeld {
        halted_at: Some(halted.number),
        ..held
    };
    Ok(vec![(keys::tag_stream(halted.region), keys::value(&now))])
}

/// The regions beside one that ever had a tag.
fn others(index: &dyn Index, tag: Tag, own: RegionCode) -> Result<Vec<RegionCode>, StoreError> {
    let prefix = keys::key(keys::TAGS, &tag);
    let rows = index.scan(&prefix, &prefix, REGIONS_AT_MOST)?;
    let regions = rows.iter().map(|(key, _)| {
        let (_, region): (Tag, RegionCode) = keys::of_key(key)?;
        Ok(region)
    });
    let regions: Result<Vec<RegionCode>, StoreError> = regions.collect();
    let mut regions = regions?;
    regions.retain(|region| *region != own);
    Ok(regions)
}

fn held(index: &dyn Index, region: RegionCode) -> Result<Option<TagsHeld>, StoreError> {
    let row = index.get(&keys::tag_stream(region))?;
    row.map(|bytes| keys::read(&bytes)).transpose()
}

/// A page of a region's matches, ascending by tag, out of at most `limit` pairs after one.
pub(super) fn matches(
    index: &dyn Index,
    region: RegionCode,
    after: Option<(Tag, RegionCode)>,
    limit: usize,
    streams: &BTreeMap<RegionCode, TagsHeld>,
) -> Result<MatchesPage, StoreError> {
    let prefix = keys::key(keys::MATCHES, &region);
    let from = match after {
        None => prefix.clone(),
        Some((tag, other)) => [keys::matched(region, tag, other), vec![0]].concat(),
    };
    let rows = index.scan(&prefix, &from, limit)?;
    let is_full = rows.len() >= limit;
    let mut page = MatchesPage {
        matches: Vec::new(),
        next: None,
    };
    for (key, _) in rows {
        let (_, tag, other): (RegionCode, Tag, RegionCode) = keys::of_key(&key)?;
        page.next = is_full.then_some((tag, other));
        let is_one_key = match (streams.get(&region), streams.get(&other)) {
            (Some(one), Some(two)) => one.stream.key == two.stream.key,
            (None, _) | (_, None) => false,
        };
        if is_one_key && counts(index, tag, region, streams)? && counts(index, tag, other, streams)?
        {
            page.matches.push((tag, other));
        }
    }
    Ok(page)
}

/// Whether a region has cover for a tag in force, by the stream of it that counts.
fn counts(
    index: &dyn Index,
    tag: Tag,
    region: RegionCode,
    streams: &BTreeMap<RegionCode, TagsHeld>,
) -> Result<bool, StoreError> {
    let Some(bytes) = index.get(&keys::tag(tag, region))? else {
        return Ok(false);
    };
    let (stream, standing): TagRow = keys::read(&bytes)?;
    let counting = streams.get(&region).map(|held| held.stream);
    Ok(counting == Some(stream) && standing == TagStanding::Covered)
}
