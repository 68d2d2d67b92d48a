//! The row of the directory that was taken.

use huitong_core::canonical::Artifact;
use huitong_core::membership::Standing;
use huitong_core::record::directory::DirectoryTaken;

use super::super::{DirectoryHead, Key, Location, Row};
use super::Changes;

pub(super) fn taken(record: &DirectoryTaken, at: Location, out: &mut Changes) {
    let directory = &record.signed.directory;
    let regions = directory.regions.iter();
    let closed = regions.filter(|(_, listed)| listed.standing != Standing::Active);
    let head = DirectoryHead {
        number: directory.number,
        digest: directory.digest(),
        taken: record.at,
        at,
        closed: closed
            .map(|(region, listed)| (*region, listed.standing))
            .collect(),
    };
    out.put(Key::DirectoryHead(), Row::DirectoryHead(head));
}
