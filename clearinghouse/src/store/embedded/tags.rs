//! Tags in the index: how each stands, and which regions ever had one together.
//!
//! Two regions' rows of one tag make a pair once; whether the pair is a match now follows from the rows themselves
//! when it is asked for, so that the end of a cover, a new stream and a new key need no rows of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use huitong_core::duplicate::{Reach, Tag, TagStanding, TagStream};
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
    let now = held.halted(halted);
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

/// What the clearinghouse's own restore changes.
pub(super) fn after_restore(index: &dyn Index) -> Result<Vec<Pair>, StoreError> {
    let held = all_held(index)?.into_iter();
    let rows = held.map(|(region, held)| {
        let now = held.after_restore();
        (keys::tag_stream(region), keys::value(&now))
    });
    Ok(rows.collect())
}

/// How far every region's tags are indexed.
pub(super) fn all_held(index: &dyn Index) -> Result<BTreeMap<RegionCode, TagsHeld>, StoreError> {
    let rows = index.scan(keys::TAG_STREAMS, keys::TAG_STREAMS, REGIONS_AT_MOST)?;
    let held = rows.iter();
    held.map(|(key, value)| Ok((keys::of_key(key)?, keys::read(value)?)))
        .collect()
}

/// The tags that are indexed, to be looked through beside the writer: what is not indexed yet is not there, neither a tag
/// nor that all of a region are.
#[derive(Clone)]
pub(crate) struct TagRows(pub(super) Arc<dyn Index>);

impl TagRows {
    /// A page of a region's matches with others of the directory, ascending by tag, out of at most `limit` pairs after
    /// one.
    pub(crate) fn matches(
        &self,
        region: RegionCode,
        after: Option<(Tag, RegionCode)>,
        limit: usize,
        directory: &BTreeSet<RegionCode>,
    ) -> Result<MatchesPage, StoreError> {
        let index = &*self.0;
        let mut regions = all_held(index)?;
        regions.retain(|region, _| directory.contains(region));
        let prefix = keys::key(keys::MATCHES, &region);
        let from = match after {
            None => prefix.clone(),
            Some((tag, other)) => [keys::matched(region, tag, other), vec![0]].concat(),
        };
        let rows = index.scan(&prefix, &from, limit)?;
        let is_full = rows.len() >= limit;
        let (mut matches, mut next) = (Vec::new(), None);
        for (key, _) in rows {
            let (_, tag, other): (RegionCode, Tag, RegionCode) = keys::of_key(&key)?;
            next = is_full.then_some((tag, other));
            let is_one_key = match (regions.get(&region), regions.get(&other)) {
                (Some(one), Some(two)) => one.stream.key == two.stream.key,
                (None, _) | (_, None) => false,
            };
            if is_one_key
                && counts(index, tag, region, &regions)?
                && counts(index, tag, other, &regions)?
            {
                matches.push((tag, other));
            }
        }
        // Of a region that was indexed further meanwhile some tags may have been read before and some after.
        let now = all_held(index)?;
        for (region, held) in &mut regions {
            if now.get(region) != Some(held) {
                held.reach = Reach::Part;
            }
        }
        Ok(MatchesPage {
            matches,
            next,
            regions,
        })
    }
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
