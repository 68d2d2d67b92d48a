//! The form of a frame: one commit group as it lies on disk.
//!
//! Big-endian, one form only:
//!
//! | bytes | field |
//! |---|---|
//! | 8 | magic `9f "HTJF" 0d 0a 1a` |
//! | 2 | format version, 1 |
//! | 2 | flags, 0 |
//! | 4 | key id, 0 = plain |
//! | 8 | frame number, from 1, without gaps |
//! | 32 | chain hash before this frame: SHA-256 of the frame before |
//! | 4 | bytes of the record section |
//! | 4 | number of records |
//! | 4 | bytes of the seal |
//! | 4 | CRC32C of the header so far |
//! | … | records, each a u32 length and its bytes |
//! | … | seal |
//! | 4 | CRC32C of all before it |
//!
//! Flags and key id are reserved for a record section encrypted under one key.
//! A person's own key belongs inside a record, which is opaque here: checksums
//! and chain are over the bytes as stored, so they still verify once a key is
//! destroyed. The header has a checksum of its own, so a length is believed only
//! when it is the one written.

use crate::chain::ChainHash;
use crate::error::{BadFrame, Flaw};
use crate::fields::{Fields, index, length};
use crate::position::Position;

/// The first bytes of every frame.
pub(crate) const MAGIC: [u8; 8] = *b"\x9fHTJF\r\n\x1a";
/// Length of a frame's header.
pub(crate) const HEADER_LEN: u32 = 72;
/// What a frame takes beside records and seal.
pub(crate) const OVERHEAD: u32 = HEADER_LEN + CHECKSUM_LEN;
/// What a record takes beside its bytes.
pub(crate) const RECORD_OVERHEAD: u32 = 4;

const CHECKSUM_LEN: u32 = 4;
const VERSION: u16 = 1;
const FLAGS: u16 = 0;
const PLAIN: u32 = 0;

/// What the head of a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) number: u64,
    pub(crate) previous: ChainHash,
    pub(crate) records_len: u32,
    pub(crate) record_count: u32,
    pub(crate) seal_len: u32,
}

impl FrameHeader {
    /// The whole frame's length.
    pub(crate) const fn frame_len(&self) -> u32 {
        OVERHEAD
            .saturating_add(self.records_len)
            .saturating_add(self.seal_len)
    }

    fn encode_into(&self, out: &mut Vec<u8>) {
        let begin = out.len();
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.extend_from_slice(&FLAGS.to_be_bytes());
        out.extend_from_slice(&PLAIN.to_be_bytes());
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(self.previous.as_bytes());
        out.extend_from_slice(&self.records_len.to_be_bytes());
        out.extend_from_slice(&self.record_count.to_be_bytes());
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
                number: fields.u64()?,
                previous: ChainHash::from_bytes(fields.array()?),
                records_len: fields.u32()?,
                record_count: fields.u32()?,
                seal_len: fields.u32()?,
            };
            Some((version, flags, key, header, fields.u32()?))
        })();
        let covered = bytes.get(..index(HEADER_LEN.saturating_sub(CHECKSUM_LEN)));
        match (read, covered.map(crc32c::crc32c)) {
            (Some((version, flags, key, header, crc)), Some(expected)) if crc == expected => {
                if (version, flags, key) == (VERSION, FLAGS, PLAIN) {
                    Ok(header)
                } else {
                    Err(Flaw::Unsupported {
                        version,
                        flags,
                        key,
                    })
                }
            }
            _ => Err(bad(BadFrame::HeaderChecksum)),
        }
    }
}

/// Writes a frame into `out`, in place of what it held. `sections` are records
/// with their lengths; the caller has checked that they fit.
pub(crate) fn encode<'a>(
    out: &mut Vec<u8>,
    header: &FrameHeader,
    sections: impl Iterator<Item = &'a [u8]>,
    seal: &[u8],
) {
    out.clear();
    out.reserve(index(header.frame_len()));
    header.encode_into(out);
    sections.for_each(|section| out.extend_from_slice(section));
    out.extend_from_slice(seal);
    let crc = crc32c::crc32c(out);
    out.extend_from_slice(&crc.to_be_bytes());
}

/// Checks the bytes of a frame whose header is good.
pub(crate) fn check(header: &FrameHeader, bytes: &[u8]) -> Result<(), BadFrame> {
    let covered = header.frame_len().saturating_sub(CHECKSUM_LEN);
    let Some((content, crc)) = bytes.split_at_checked(index(covered)) else {
        return Err(BadFrame::Length);
    };
    if crc != crc32c::crc32c(content).to_be_bytes() {
        return Err(BadFrame::Checksum);
    }
    let mut records = Records::of(header, bytes);
    let count = length(records.by_ref().count());
    if count != header.record_count || !records.section.is_empty() {
        return Err(BadFrame::Records);
    }
    Ok(())
}

/// One commit group, read back and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    position: Position,
    header: FrameHeader,
    bytes: Vec<u8>,
}

impl Frame {
    /// The bytes must have passed [`check`].
    pub(crate) fn checked(position: Position, header: FrameHeader, bytes: &[u8]) -> Self {
        Self {
            position,
            header,
            bytes: bytes.to_vec(),
        }
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

    /// The chain hash before it.
    #[must_use]
    pub const fn previous(&self) -> ChainHash {
        self.header.previous
    }

    /// The chain hash after it.
    #[must_use]
    pub fn chain(&self) -> ChainHash {
        ChainHash::after(&self.bytes)
    }

    /// Its records, in the order of submission.
    #[must_use]
    pub fn records(&self) -> Records<'_> {
        Records::of(&self.header, &self.bytes)
    }

    /// One record by its index in the group; it walks over those before it.
    #[must_use]
    pub fn record(&self, at: u32) -> Option<&[u8]> {
        self.records().nth(index(at))
    }

    /// What the seal put there when the frame was written; empty without one.
    #[must_use]
    pub fn seal(&self) -> &[u8] {
        let begin = HEADER_LEN.saturating_add(self.header.records_len);
        let (_, rest) = self
            .bytes
            .split_at_checked(index(begin))
            .unwrap_or_default();
        let (seal, _) = rest
            .split_at_checked(index(self.header.seal_len))
            .unwrap_or_default();
        seal
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
    fn of(header: &FrameHeader, bytes: &'a [u8]) -> Self {
        let mut fields = Fields::new(bytes);
        let section = fields
            .take(HEADER_LEN)
            .and_then(|_header| fields.take(header.records_len));
        Self::over(section.unwrap_or_default())
    }

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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::submission::Submission;

    // Computed by another program from the table above.
    const GOLDEN_HEADER_CRC: [u8; 4] = [0x37, 0x22, 0xc1, 0x61];
    const GOLDEN_CRC: [u8; 4] = [0x03, 0xd6, 0x3f, 0x63];
    const GOLDEN_CHAIN: &str = "7438ce00d0da7c02645156ed3ab74dfee50e54cbfd9980d2eb383c8e1f0591d1";

    fn frame(records: &[Vec<u8>], seal: &[u8]) -> (FrameHeader, Vec<u8>) {
        let section = Submission::from(records);
        let header = FrameHeader {
            number: 7,
            previous: ChainHash::from_bytes([0x11; 32]),
            records_len: section.len(),
            record_count: section.count(),
            seal_len: length(seal.len()),
        };
        let mut bytes = Vec::new();
        encode(&mut bytes, &header, [section.as_bytes()].into_iter(), seal);
        (header, bytes)
    }

    #[test]
    fn frame_bytes_are_golden() {
        let (header, bytes) = frame(&[b"ab".to_vec(), Vec::new()], b"seal");
        let mut golden = b"\x9fHTJF\r\n\x1a\x00\x01\x00\x00\x00\x00\x00\x00".to_vec();
        golden.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 7]);
        golden.extend_from_slice(&[0x11; 32]);
        golden.extend_from_slice(&[0, 0, 0, 10, 0, 0, 0, 2, 0, 0, 0, 4]);
        golden.extend_from_slice(&GOLDEN_HEADER_CRC);
        golden.extend_from_slice(b"\x00\x00\x00\x02ab\x00\x00\x00\x00seal");
        golden.extend_from_slice(&GOLDEN_CRC);
        assert_eq!(bytes, golden);
        assert_eq!(index(header.frame_len()), golden.len());
        assert_eq!(ChainHash::after(&bytes).to_string(), GOLDEN_CHAIN);
    }

    #[test]
    fn another_version_key_or_flag_is_named_not_called_damage() {
        for (at, version, flags, key) in [(9, 0, 0, 0), (11, 1, 1, 0), (15, 1, 0, 1)] {
            let (_, mut bytes) = frame(&[b"x".to_vec()], b"");
            bytes[at] ^= 1;
            let crc = crc32c::crc32c(&bytes[..68]);
            bytes[68..72].copy_from_slice(&crc.to_be_bytes());
            let flaw = FrameHeader::decode(&bytes[..72]).unwrap_err();
            let expected = Flaw::Unsupported {
                version,
                flags,
                key,
            };
            assert_eq!(flaw, expected);
        }
    }

    #[test]
    fn records_that_do_not_fill_their_section_are_seen() {
        let (mut header, bytes) = frame(&[b"abcd".to_vec()], b"");
        header.record_count = 2;
        assert_eq!(check(&header, &bytes), Err(BadFrame::Records));
        header.record_count = 1;
        assert_eq!(check(&header, &bytes), Ok(()));
    }

    proptest! {
        /// What is written is read back, and a flipped bit anywhere is seen.
        #[test]
        fn frames_are_read_back_and_flips_seen(
            records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..6),
            seal in prop::collection::vec(any::<u8>(), 0..40),
            flip in any::<prop::sample::Index>(),
        ) {
            let (header, mut bytes) = frame(&records, &seal);
            prop_assert_eq!(FrameHeader::decode(&bytes[..72]), Ok(header));
            prop_assert_eq!(check(&header, &bytes), Ok(()));
            let read = Frame::checked(Position::START, header, &bytes);
            prop_assert_eq!(read.records().map(<[u8]>::to_vec).collect::<Vec<_>>(), records);
            prop_assert_eq!(read.seal(), seal);
            let end = Position::START.offset().checked_add(length(bytes.len()));
            prop_assert_eq!(Some(read.next().offset()), end);

            let bit = flip.index(bytes.len().saturating_mul(8));
            bytes[bit / 8] ^= 1 << (bit % 8);
            let seen = match FrameHeader::decode(&bytes[..72]) {
                Ok(header) => check(&header, &bytes).is_err(),
                Err(_) => true,
            };
            prop_assert!(seen);
        }
    }
}
