//! The header and the name of a segment file.
//!
//! A segment is a file of fixed size: this header, then frames end to end, then
//! zeros. Its header is written and synced before the file gets its final name,
//! so a file with that name and a bad header is always damage.
//!
//! Header, big-endian, 68 bytes: magic 8 · version u16 · flags u16 (0) ·
//! segment size u32 · segment number u64 · first frame number u64 · chain hash
//! before the first frame 32 · CRC32C u32 of all before it.

use crate::chain::ChainHash;
use crate::error::Flaw;
use crate::fields::{Fields, index};
use crate::position::{FIRST_OFFSET, FIRST_SEGMENT};

/// The first segment's number.
pub(crate) const FIRST: u64 = FIRST_SEGMENT;
/// Length of a segment's header in bytes.
pub(crate) const HEADER_LEN: u32 = FIRST_OFFSET;
/// The largest size a segment may have.
pub(crate) const LARGEST: u32 = 1 << 30;

const MAGIC: [u8; 8] = *b"\x9fHTJS\r\n\x1a";
const VERSION: u16 = 1;

/// What the head of a segment file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) number: u64,
    pub(crate) size: u32,
    pub(crate) first_frame: u64,
    pub(crate) chain: ChainHash,
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(index(HEADER_LEN));
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_be_bytes());
        bytes.extend_from_slice(&0_u16.to_be_bytes());
        bytes.extend_from_slice(&self.size.to_be_bytes());
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.first_frame.to_be_bytes());
        bytes.extend_from_slice(self.chain.as_bytes());
        let crc = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&crc.to_be_bytes());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Flaw> {
        let mut fields = Fields::new(bytes);
        let read = (|| {
            let magic: [u8; 8] = fields.array()?;
            let (version, flags, size) = (fields.u16()?, fields.u16()?, fields.u32()?);
            let (number, first_frame) = (fields.u64()?, fields.u64()?);
            let (chain, crc) = (fields.array()?, fields.u32()?);
            Some((magic, version, flags, size, number, first_frame, chain, crc))
        })();
        let Some((magic, version, flags, size, number, first_frame, chain, crc)) = read else {
            return Err(Flaw::SegmentHeader);
        };
        let covered = bytes.len().saturating_sub(4);
        let expected = bytes.get(..covered).map(crc32c::crc32c);
        if magic != MAGIC || expected != Some(crc) || size > LARGEST {
            return Err(Flaw::SegmentHeader);
        }
        if version != VERSION || flags != 0 {
            return Err(Flaw::Unsupported { version, flags });
        }
        Ok(Self {
            number,
            size,
            first_frame,
            chain: ChainHash::from_bytes(chain),
        })
    }
}

/// The name of a segment that is in use.
pub(crate) fn name(number: u64) -> String {
    format!("{number:020}.seg")
}

/// The name of a segment that is being prepared; what is left of one after a
/// crash is overwritten by the next.
pub(crate) fn spare_name(number: u64) -> String {
    format!("{number:020}.new")
}

/// The number in a segment's name; `None` for any other file.
pub(crate) fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".seg")?;
    let all_digits = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by another program.
    const GOLDEN_CRC: [u8; 4] = [0x46, 0xc8, 0xb1, 0x4c];

    fn header() -> SegmentHeader {
        SegmentHeader {
            number: 2,
            size: 4096,
            first_frame: 9,
            chain: ChainHash::from_bytes([0xab; 32]),
        }
    }

    #[test]
    fn header_bytes_are_golden() {
        let mut golden = b"\x9fHTJS\r\n\x1a\x00\x01\x00\x00\x00\x00\x10\x00".to_vec();
        golden.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 9]);
        golden.extend_from_slice(&[0xab; 32]);
        golden.extend_from_slice(&GOLDEN_CRC);
        assert_eq!(header().encode(), golden);
        assert_eq!(golden.len(), index(HEADER_LEN));
    }
    #[test]
    fn every_flipped_bit_is_seen() {
        for bit in 0..68 * 8 {
            let mut bytes = header().encode();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(SegmentHeader::decode(&bytes).is_err(), "bit {bit}");
        }
        assert_eq!(SegmentHeader::decode(&header().encode()), Ok(header()));
    }

    #[test]
    fn names_are_read_back_and_others_ignored() {
        assert_eq!(name(1), "00000000000000000001.seg");
        assert_eq!(number(&name(u64::MAX)), Some(u64::MAX));
        for other in [
            "LOCK",
            "1.seg",
            "0000000000000000000x.seg",
            "00000000000000000001.new",
            "+0000000000000000001.seg",
        ] {
            assert_eq!(number(other), None, "{other}");
        }
    }
}
