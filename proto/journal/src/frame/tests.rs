//! The bytes of a frame, fixed; and whatever is not such bytes, seen.

use proptest::prelude::*;

use super::*;
use crate::draft::Draft;
use crate::submission::Submission;

// Computed by another program from the table above.
const GOLDEN_HEADER_CRC: [u8; 4] = [0x41, 0x11, 0x43, 0xc6];
const GOLDEN_FIRST_CRC: [u8; 4] = [0x0b, 0xc0, 0x8f, 0x25];
const GOLDEN_SECOND_CRC: [u8; 4] = [0x24, 0x46, 0x8e, 0xd4];
const GOLDEN_CRC: [u8; 4] = [0xf7, 0x44, 0x12, 0x68];
const GOLDEN_CHAIN: &str = "4f4e5db80bacf37cc7cc5a70e0fc3d7d678071a241db639d4de268378722b4bc";

fn frame(group: &[Vec<Vec<u8>>], seal: &[u8]) -> (FrameHeader, Vec<u8>) {
    let group = group.iter().cloned().map(Submission::from).collect();
    let draft = Draft::new((PLAIN, 7), ChainHash::from_bytes([0x11; 32]), group, seal);
    let slices = draft.slices();
    let bytes: Vec<u8> = slices.iter().flat_map(|part| part.to_vec()).collect();
    assert_eq!(draft.len(), length(bytes.len()));
    assert_eq!(draft.chain(), ChainHash::after(&bytes));
    (FrameHeader::decode(&bytes[..72]).unwrap(), bytes)
}

/// Puts right the checksum over header, table and seal.
fn sealed_again(header: &FrameHeader, bytes: &mut [u8]) {
    let parts = Parts::of(header, bytes).unwrap();
    let crc = crc32c::crc32c_append(crc32c::crc32c(parts.head), parts.seal);
    *bytes.last_chunk_mut().unwrap() = crc.to_be_bytes();
}

#[test]
fn frame_bytes_are_golden() {
    let group = [vec![b"ab".to_vec(), Vec::new()], vec![b"c".to_vec()]];
    let (header, bytes) = frame(&group, b"seal");
    let mut golden = b"\x9fHTJF\r\n\x1a\x00\x02\x00\x00\x00\x00\x00\x00".to_vec();
    golden.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 7]);
    golden.extend_from_slice(&[0x11; 32]);
    golden.extend_from_slice(&[0, 0, 0, 15, 0, 0, 0, 2, 0, 0, 0, 4]);
    golden.extend_from_slice(&GOLDEN_HEADER_CRC);
    golden.extend_from_slice(&[0, 0, 0, 10, 0, 0, 0, 2]);
    golden.extend_from_slice(&GOLDEN_FIRST_CRC);
    golden.extend_from_slice(&[0, 0, 0, 5, 0, 0, 0, 1]);
    golden.extend_from_slice(&GOLDEN_SECOND_CRC);
    golden.extend_from_slice(b"\x00\x00\x00\x02ab\x00\x00\x00\x00");
    golden.extend_from_slice(b"\x00\x00\x00\x01cseal");
    golden.extend_from_slice(&GOLDEN_CRC);
    assert_eq!(bytes, golden);
    assert_eq!(index(header.frame_len()), golden.len());
    assert_eq!(check(&header, &bytes), Ok(3));
    assert_eq!(ChainHash::after(&bytes).to_string(), GOLDEN_CHAIN);
}

#[test]
fn another_version_or_flag_is_named_not_called_damage() {
    for (at, version, flags) in [(9, 3, 0), (11, 2, 1)] {
        let (_, mut bytes) = frame(&[vec![b"x".to_vec()]], b"");
        bytes[at] ^= 1;
        let crc = crc32c::crc32c(&bytes[..68]);
        bytes[68..72].copy_from_slice(&crc.to_be_bytes());
        let flaw = FrameHeader::decode(&bytes[..72]).unwrap_err();
        assert_eq!(flaw, Flaw::Unsupported { version, flags });
    }
}

#[test]
fn a_frame_names_its_keyring() {
    let group = vec![Submission::from(vec![b"x".to_vec()])];
    let draft = Draft::new((0x0102_0304, 7), ChainHash::from_bytes([0; 32]), group, b"");
    let slices = draft.slices();
    let bytes: Vec<u8> = slices.iter().flat_map(|part| part.to_vec()).collect();
    assert_eq!(bytes[12..16], [1, 2, 3, 4]);
    assert_eq!(FrameHeader::decode(&bytes[..72]).unwrap().key, 0x0102_0304);
}

#[test]
fn a_table_that_does_not_fit_its_records_is_seen() {
    let group = [vec![b"abcd".to_vec()], vec![b"efgh".to_vec()]];
    // Bytes and number of the first submission, bytes of the second.
    for at in [75, 79, 87] {
        let (header, mut bytes) = frame(&group, b"seal");
        bytes[at] += 1;
        sealed_again(&header, &mut bytes);
        let seen = check(&header, &bytes).unwrap_err();
        assert!(
            matches!(seen, BadFrame::Records | BadFrame::Checksum),
            "{at}"
        );
    }
    // One submission with the records of two.
    let (mut header, mut bytes) = frame(&group, b"seal");
    header.submission_count = 1;
    bytes.drain(84..96);
    sealed_again(&header, &mut bytes);
    assert_eq!(check(&header, &bytes), Err(BadFrame::Records));
}

#[test]
fn a_record_that_reaches_past_its_submission_is_seen() {
    let (header, mut bytes) = frame(&[vec![b"abcd".to_vec()], vec![b"e".to_vec()]], b"");
    let first = index(HEADER_LEN + 2 * SUBMISSION_OVERHEAD);
    bytes[first + 3] = 5;
    let crc = crc32c::crc32c(&bytes[first..first + 8]);
    bytes[80..84].copy_from_slice(&crc.to_be_bytes());
    sealed_again(&header, &mut bytes);
    assert_eq!(check(&header, &bytes), Err(BadFrame::Records));
}

proptest! {
    /// What is written is read back, and a flipped bit anywhere is seen.
    #[test]
    fn frames_are_read_back_and_flips_seen(
        group in prop::collection::vec(
            prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..6), 1..4),
        seal in prop::collection::vec(any::<u8>(), 0..40),
        flip in any::<prop::sample::Index>(),
    ) {
        let (header, mut bytes) = frame(&group, &seal);
        let records = group.concat();
        prop_assert_eq!(FrameHeader::decode(&bytes[..72]), Ok(header));
        prop_assert_eq!(check(&header, &bytes), u64::try_from(records.len()).map_err(|_| BadFrame::Records));
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
