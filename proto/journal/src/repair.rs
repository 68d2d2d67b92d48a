//! Makes what recovery found good durable, and the rest harmless.
//!
//! It writes in this order, so that a crash in between loses nothing: names are
//! synced; torn bytes are copied, synced and named; only then are they zeroed; the
//! last good frame is written once more and synced. That frame may be known only
//! to the page cache: its writer was killed before the sync, or the sync failed
//! and the kernel then called the page clean. It was never acknowledged, but it is
//! about to be shown to readers.

use crate::active::{create, sync, sync_names, write, zero};
use crate::disk::Disk;
use crate::error::{DiskFault, Operation};
use crate::fields::length;
use crate::position::Position;
use crate::recovery::{Survey, Torn};
use crate::segment;

const CHUNK: u32 = 256 << 10;

/// Brings the disk to what the survey says. The torn bytes, if any, are set aside.
pub(crate) fn repair(disk: &dyn Disk, survey: &mut Survey) -> Result<Option<Torn>, DiskFault> {
    sync_names(disk)?;
    let torn = match survey.torn_to {
        Some(end) => Some(set_aside(disk, survey, end)?),
        None => None,
    };
    write_last_frame_again(survey)?;
    Ok(torn)
}

fn set_aside(disk: &dyn Disk, survey: &mut Survey, end: u32) -> Result<Torn, DiskFault> {
    let place = survey.tip.next;
    let file = copy(disk, survey, place, end)?;
    let name = segment::name(place.segment());
    let source = &**survey.window.file();
    zero(source, &name, place.offset(), end)?;
    sync(source, &name)?;
    Ok(Torn {
        segment: place.segment(),
        offset: place.offset(),
        bytes: end.saturating_sub(place.offset()),
        file,
    })
}

/// Copies torn bytes into a file of their own; its name appears once it is whole.
fn copy(
    disk: &dyn Disk,
    survey: &mut Survey,
    place: Position,
    end: u32,
) -> Result<String, DiskFault> {
    let name = free_name(disk, place)?;
    let draft = format!("{name}.new");
    let target = create(disk, &draft, end.saturating_sub(place.offset()))?;
    let mut offset = place.offset();
    while offset < end {
        let len = CHUNK.min(end.saturating_sub(offset));
        let bytes = survey.window.at(offset, len, end)?.unwrap_or_default();
        write(
            &*target,
            &draft,
            offset.saturating_sub(place.offset()),
            bytes,
        )?;
        offset = offset.saturating_add(len);
    }
    sync(&*target, &draft)?;
    disk.rename(&draft, &name)
        .map_err(|error| DiskFault::new(Operation::Rename, &name, &error))?;
    sync_names(disk)?;
    Ok(name)
}

/// A name that is not taken: a crash while zeroing leaves a shorter tail at the
/// same place, which must not replace the first copy.
fn free_name(disk: &dyn Disk, place: Position) -> Result<String, DiskFault> {
    let taken = disk
        .list()
        .map_err(|error| DiskFault::new(Operation::List, ".", &error))?;
    let stem = format!("torn-{:020}-{:010}", place.segment(), place.offset());
    let free = (1..=taken.len().saturating_add(1))
        .map(|attempt| format!("{stem}-{attempt}.bin"))
        .find(|name| !taken.contains(name));
    Ok(free.unwrap_or(stem))
}

fn write_last_frame_again(survey: &mut Survey) -> Result<(), DiskFault> {
    // The last frame of an earlier segment was synced before this one was begun.
    let Some(last) = survey
        .tip
        .last
        .filter(|last| last.segment() == survey.tip.next.segment())
    else {
        return Ok(());
    };
    let end = survey.tip.next.offset();
    let len = end.saturating_sub(last.offset());
    let bytes = survey.window.at(last.offset(), len, end)?;
    let bytes = bytes.unwrap_or_default().to_vec();
    debug_assert_eq!(length(bytes.len()), len);
    let name = segment::name(last.segment());
    let file = &**survey.window.file();
    write(file, &name, last.offset(), &bytes)?;
    sync(file, &name)
}
