//! A frame about to be written: the submissions as they were made, and the bytes
//! around them.
//!
//! Nothing is copied: the writer hands the parts to the disk end to end, while
//! another thread may hash them. The form itself is told in `frame`.

use std::io::IoSlice;
use std::iter::once;

use crate::chain::ChainHash;
use crate::fields::{index, length};
use crate::frame::{CHECKSUM_LEN, FrameHeader, HEADER_LEN, SUBMISSION_OVERHEAD};
use crate::submission::Submission;

/// All parts of one frame.
#[derive(Debug)]
pub(crate) struct Draft {
    header: FrameHeader,
    /// Header and table.
    head: Vec<u8>,
    group: Vec<Submission>,
    /// Seal and checksum.
    tail: Vec<u8>,
    checksum: u32,
}

impl Draft {
    /// The frame of a group, by its keyring and number; the caller has checked that it fits.
    pub(crate) fn new(
        (key, number): (u32, u64),
        previous: ChainHash,
        group: Vec<Submission>,
        seal: &[u8],
    ) -> Self {
        let header = FrameHeader {
            key,
            number,
            previous,
            records_len: sum(&group, Submission::len),
            submission_count: length(group.len()),
            seal_len: length(seal.len()),
        };
        let table = group.len().saturating_mul(index(SUBMISSION_OVERHEAD));
        let mut head = Vec::with_capacity(index(HEADER_LEN).saturating_add(table));
        header.encode_into(&mut head);
        group
            .iter()
            .for_each(|submission| submission.entry().encode_into(&mut head));
        let mut tail = Vec::with_capacity(seal.len().saturating_add(index(CHECKSUM_LEN)));
        tail.extend_from_slice(seal);
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&head), seal);
        tail.extend_from_slice(&checksum.to_be_bytes());
        Self {
            header,
            head,
            group,
            tail,
            checksum,
        }
    }

    pub(crate) fn group(&self) -> &[Submission] {
        &self.group
    }

    /// The whole frame's length.
    pub(crate) const fn len(&self) -> u32 {
        self.header.frame_len()
    }

    /// The frame's last checksum: of the header, the seal, and the table with the checksum of each submission.
    pub(crate) const fn checksum(&self) -> u32 {
        self.checksum
    }

    /// The chain after this frame.
    pub(crate) fn chain(&self) -> ChainHash {
        ChainHash::after_parts(self.parts())
    }

    /// The frame's bytes, to be written end to end.
    pub(crate) fn slices(&self) -> Vec<IoSlice<'_>> {
        self.parts().map(IoSlice::new).collect()
    }

    fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let records = self.group.iter().map(Submission::as_bytes);
        once(&*self.head).chain(records).chain(once(&*self.tail))
    }
}

/// Saturates, and is then over every limit.
fn sum(group: &[Submission], part: fn(&Submission) -> u32) -> u32 {
    group.iter().fold(0, |sum: u32, submission| {
        sum.saturating_add(part(submission))
    })
}
