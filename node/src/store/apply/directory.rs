//! The rows of the directory that was taken, and of versions that contradict.

use huitong_core::canonical::Artifact;
use huitong_core::date::Timestamp;
use huitong_core::membership::{Directory, Standing};
use huitong_core::record::directory::{DirectoryAccepted, DirectorySplit, DirectoryTaken};

use super::super::{DirectoryHead, Key, Location, Row};
use super::Changes;

pub(super) fn taken(record: &DirectoryTaken, at: Location, out: &mut Changes) {
    go_by(&record.signed.directory, record.at, at, out);
}

pub(super) fn split(record: &DirectorySplit, at: Location, out: &mut Changes) {
    let other = &record.other.directory;
    let key = Key::DirectorySplit(other.number, other.digest());
    out.put(key, Row::DirectorySplit(at));
}

pub(super) fn accepted(record: &DirectoryAccepted, at: Location, out: &mut Changes) {
    go_by(&record.signed.directory, record.at, at, out);
}

fn go_by(directory: &Directory, taken: Timestamp, at: Location, out: &mut Changes) {
    let regions = directory.regions.iter();
    let closed = regions.filter(|(_, listed)| listed.standing != Standing::Active);
    let head = DirectoryHead {
        number: directory.number,
        digest: directory.digest(),
        taken,
        at,
        closed: closed
            .map(|(region, listed)| (*region, listed.standing))
            .collect(),
    };
    let key = Key::DirectoryBranch(head.number, head.digest);
    out.put(key, Row::DirectoryBranch(at));
    out.put(Key::DirectoryHead(), Row::DirectoryHead(head));
}
