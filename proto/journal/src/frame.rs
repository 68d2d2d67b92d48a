//! The form of a frame: one commit group as it lies on disk.
//!
//! Big-endian, one form only:
//!
//! | bytes | field |
//! |---|---|
//! | 8 | magic `9f "HTJF" 0d 0a 1a` |
//! | 2 | format version, 2 |
//! | 2 | flags, 0 |
//! | 4 | key id: under which keyring records of this frame are sealed, 0 = none |
//! | 8 | frame number, from 1, without gaps |
//! | 32 | chain hash before this frame: SHA-256 of the frame before |
//! | 4 | bytes of the records |
//! | 4 | number of submissions |
//! | 4 | bytes of the seal |
//! | 4 | CRC32C of the header so far |
//! | 12 each | table: for each submission the bytes of its records, their number, their CRC32C |
//! | … | records, each a u32 length and its bytes, submission after submission |
//! | … | seal |
//! | 4 | CRC32C of header, table and seal |
//!
//! A submission brings its own checksum from where it was made, so that records
//! are checked from there on and whoever writes the frame need not read them.
//!
//! Flags are reserved. The key id names a keyring; a person's own key is named
//! inside a record, which is opaque here: checksums and chain are over the bytes
//! as stored, so they still verify once a key is destroyed. The header has a
//! checksum of its own, so a length is believed only when it is the one written.

use std::sync::OnceLock;

use crate::chain::ChainHash;
use crate::error::{BadFrame, Flaw};
use crate::fields::{Fields, index, length};
use crate::position::Position;

/// The first bytes of every frame.
pub(crate) const MAGIC: [u8; 8] = *b"\x9fHTJF\r\n\x1a";
/// Length of a frame's header.
pub(crate) const HEADER_LEN: u32 = 72;
/// What a frame takes beside submissions and seal.
pub(crate) const OVERHEAD: u32 = HEADER_LEN + CHECKSUM_LEN;
/// What a submission takes beside its records: its line of the table.
pub(crate) const SUBMISSION_OVERHEAD: u32 = 12;
/// What a record takes beside its bytes.
pub(crate) const RECORD_OVERHEAD: u32 = 4;
/// Length of a frame's last checksum.
pub(crate) const CHECKSUM_LEN: u32 = 4;

const VERSION: u16 = 2;
const FLAGS: u16 = 0;
/// The key id of a frame without a sealed record, or of an opener without a keyring.
pub(crate) const PLAIN: u32 = 0;

/// What the head of a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) key: u32,
    pub(crate) number: u64,
    pub(crate) previous: ChainHash,
    pub(crate) records_len: u32,
    pub(crate) submission_count: u32,
    pub(crate) seal_len: u32,
}

impl FrameHeader {
    /// The whole frame's length.
    pub(crate) const fn frame_len(&self) -> u32 {
        OVERHEAD
            .saturating_add(self.table_len())
            .saturating_add(self.records_len)
            .saturating_add(self.seal_len)
    }

    const fn table_len(&self) -> u32 {
        self.submission_count.saturating_mul(SUBMISSION_OVERHEAD)
    }

    pub(crate) fn encode_into(&self, out: &mut Vec<u8>) {
        let begin = out.len();
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.extend_from_slice(&FLAGS.to_be_bytes());
        out.extend_from_slice(&self.key.to_be_bytes());
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(self.previous.as_bytes());
        out.extend_from_slice(&self.records_len.to_be_bytes());
        out.extend_from_slice(&self.submission_count.to_be_bytes());
        out.extend_from_slice(&self.seal_len.to_be_bytes());
        let crc = crc32c::crc32c(out.get(begin..).unwrap_or_default());
        out.extend_from_slice(&crc.to_be_bytes());
    }

    /// Reads a header; the flaw is `Unsupported` only when its checksum holds.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Flaw> {
        let bad = |frame| Flaw::Frame { frame };
        let mut fields = Fields::new(bytes);
        if fields.array() != Some(MAGIC) {
            return Err(bad(BadFrame::Magic));
        }
        let read = (|| {
            let (version, flags, key) = (fields.u16()?, fields.u16()?, fields.u32()?);
            let header = Self {
                key,
                number: fields.u64()?,
                previous: ChainHash::from_bytes(fields.array()?),
                records_len: fields.u32()?,
                submission_count: fields.u32()?,
                seal_len: fields.u32()?,
            };
            Some((version, flags, header, fields.u32()?))
        })();
        let covered = bytes.get(..index(HEADER_LEN.saturating_sub(CHECKSUM_LEN)));
        match (read, covered.map(crc32c::crc32c)) {
            (Some((version, flags, header, crc)), Some(expected)) if crc == expected => {
                if (version, flags) == (VERSION, FLAGS) {
                    Ok(header)
                } else {
                    Err(Flaw::Unsupported { version, flags })
                }
            }
            _ => Err(bad(BadFrame::HeaderChecksum)),
        }
    }
}

/// One line of a frame's table: the records of one submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) bytes: u32,
    pub(crate) records: u32,
    pub(crate) checksum: u32,
}

impl Entry {
    pub(crate) fn encode_into(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes.to_be_bytes());
        out.extend_from_slice(&self.records.to_be_bytes());
        out.extend_from_slice(&self.checksum.to_be_bytes());
    }
}

/// The parts of a frame's bytes, none of them checked.
struct Parts<'a> {
    /// Header and table.
    head: &'a [u8],
    table: Fields<'a>,
    records: &'a [u8],
    seal: &'a [u8],
    checksum: u32,
}

impl<'a> Parts<'a> {
    /// Nothing when the bytes are fewer than the header says.
    fn of(header: &FrameHeader, bytes: &'a [u8]) -> Option<Self> {
        let head = HEADER_LEN.saturating_add(header.table_len());
        let (head, rest) = bytes.split_at_checked(index(head))?;
        let mut fields = Fields::new(rest);
        Some(Self {
            head,
            table: Fields::new(head.get(index(HEADER_LEN)..)?),
            records: fields.take(header.records_len)?,
            seal: fields.take(header.seal_len)?,
            checksum: fields.u32()?,
        })
    }

    fn next_entry(&mut self) -> Option<Entry> {
        Some(Entry {
            bytes: self.table.u32()?,
            records: self.table.u32()?,
            checksum: self.table.u32()?,
        })
    }
}

/// Checks the bytes of a frame whose header is good, and counts its records.
pub(crate) fn check(header: &FrameHeader, bytes: &[u8]) -> Result<u64, BadFrame> {
    let mut parts = Parts::of(header, bytes).ok_or(BadFrame::Length)?;
    if parts.checksum != crc32c::crc32c_append(crc32c::crc32c(parts.head), parts.seal) {
        return Err(BadFrame::Checksum);
    }
    let (mut sections, mut count) = (Fields::new(parts.records), 0_u64);
    while let Some(entry) = parts.next_entry() {
        let section = sections.take(entry.bytes).ok_or(BadFrame::Records)?;
        if entry.checksum != crc32c::crc32c(section) {
            return Err(BadFrame::Checksum);
        }
        let mut records = Records::over(section);
        let found = length(records.by_ref().count());
        if found != entry.records || !records.section.is_empty() {
            return Err(BadFrame::Records);
        }
        count = count.saturating_add(u64::from(found));
    }
    if sections.is_empty() {
        Ok(count)
    } else {
        Err(BadFrame::Records)
    }
}

/// One commit group, read back and checked.
#[derive(Clone, Debug)]
pub struct Frame {
    position: Position,
    header: FrameHeader,
    bytes: Vec<u8>,
    /// The chain hash after it: computed from the bytes once somebody asks, or known from when they were written.
    chain: OnceLock<ChainHash>,
}

impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        (self.position, &self.bytes) == (other.position, &other.bytes)
    }
}

impl Eq for Frame {}

impl Frame {
    /// The bytes must have passed [`check`].
    pub(crate) fn checked(position: Position, header: FrameHeader, bytes: &[u8]) -> Self {
        Self {
            position,
            header,
            bytes: bytes.to_vec(),
            chain: OnceLock::new(),
        }
    }

    /// Its chain is known from when a frame of this number and of this last checksum was written.
    pub(crate) fn hashed(&self, chain: ChainHash) {
        // Whoever asked before has computed the same.
        _ = self.chain.set(chain);
    }

    /// Where it begins.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// Where reading goes on after it.
    #[must_use]
    pub const fn next(&self) -> Position {
        let end = self
            .position
            .offset()
            .saturating_add(self.header.frame_len());
        Position::new(self.position.segment(), end)
    }

    /// Its number, from 1.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.header.number
    }

    /// Its last checksum: of the header, the seal, and the table with the checksum of each submission. [`check`] has
    /// held it against the bytes.
    pub(crate) fn checksum(&self) -> u32 {
        let last = self.bytes.last_chunk().copied().unwrap_or_default();
        u32::from_be_bytes(last)
    }

    /// The keyring under which records of it are sealed; 0 for none.
    #[must_use]
    pub const fn keyring(&self) -> u32 {
        self.header.key
    }

    /// The chain hash before it.
    #[must_use]
    pub const fn previous(&self) -> ChainHash {
        self.header.previous
    }

    /// The chain hash after it; it is computed once.
    #[must_use]
    pub fn chain(&self) -> ChainHash {
        *self.chain.get_or_init(|| ChainHash::after(&self.bytes))
    }

    /// Its records, in the order of submission.
    #[must_use]
    pub fn records(&self) -> Records<'_> {
        let parts = Parts::of(&self.header, &self.bytes);
        Records::over(parts.map_or(&[], |parts| parts.records))
    }

    /// One record by its index in the group; it walks over those before it.
    #[must_use]
    pub fn record(&self, at: u32) -> Option<&[u8]> {
        self.records().nth(index(at))
    }

    /// What the seal put there when the frame was written; empty without one.
    #[must_use]
    pub fn seal(&self) -> &[u8] {
        Parts::of(&self.header, &self.bytes).map_or(&[], |parts| parts.seal)
    }

    /// The frame as it lies on disk.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The records of a frame, first to last.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    section: &'a [u8],
}

impl<'a> Records<'a> {
    pub(crate) const fn over(section: &'a [u8]) -> Self {
        Self { section }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (prefix, rest) = self.section.split_first_chunk()?;
        let (record, rest) = rest.split_at_checked(index(u32::from_be_bytes(*prefix)))?;
        self.section = rest;
        Some(record)
    }
}

#[cfg(test)]
mod tests;
