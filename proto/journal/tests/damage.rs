//! Altered and missing bytes under acknowledged frames are refused with their
//! place, and nothing is changed on disk.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "tests"
)]

use huitong_journal::testing::FakeDisk;
use huitong_journal::{
    BadFrame, Damage, Flaw, Log, OpenError, Options, Position, ReadError, Recovery,
};
use proptest::prelude::*;

const HEADER: u32 = 68;

fn small() -> Options {
    Options::standard()
        .segment_bytes(4_096)
        .frame_bytes(2_048)
        .seal_bytes(64)
}

fn open(disk: &FakeDisk) -> Result<(Log, Recovery), OpenError> {
    Log::open(disk.port(), small(), None)
}

fn segment(number: u64) -> String {
    format!("{number:020}.seg")
}

/// Frames of one record each; where each begins.
fn written(disk: &FakeDisk, records: &[Vec<u8>]) -> Vec<Position> {
    let (mut log, _) = open(disk).unwrap();
    records
        .iter()
        .map(|record| log.commit(&[vec![record.clone()]]).unwrap()[0].position)
        .collect()
}

fn damage(disk: &FakeDisk) -> Damage {
    match open(disk) {
        Err(OpenError::Damage(damage)) => damage,
        other => panic!("not called damage: {other:?}"),
    }
}

proptest! {
    /// Any flipped bit in an acknowledged frame that is followed by a good one, in
    /// the same segment or a later one, is damage at that frame.
    #[test]
    fn a_flipped_bit_under_later_frames_is_damage(
        records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..900), 2..12),
        frame in any::<prop::sample::Index>(),
        bit in any::<prop::sample::Index>(),
    ) {
        let disk = FakeDisk::new(1);
        let places = written(&disk, &records);
        let frame = frame.index(places.len() - 1);
        let length = 72 + 12 + 4 + records[frame].len() + 4;
        let bit = bit.index(length * 8);
        let offset = u64::from(places[frame].offset()) + u64::try_from(bit / 8).unwrap();
        prop_assert!(disk.flip_bit(
            &segment(places[frame].segment()),
            offset,
            u32::try_from(bit % 8).unwrap(),
        ));
        let before = disk.operations();
        let damage = damage(&disk);
        prop_assert_eq!(
            (damage.segment, damage.offset),
            (places[frame].segment(), places[frame].offset())
        );
        prop_assert_eq!(disk.operations(), before, "nothing was written");
    }
}

#[test]
fn a_flipped_bit_in_the_last_frame_is_a_torn_tail() {
    let disk = FakeDisk::new(1);
    let places = written(&disk, &[b"one".to_vec(), b"two".to_vec()]);
    let offset = u64::from(places[1].offset()) + 87;
    assert!(disk.flip_bit(&segment(1), offset, 0));
    let (_, recovery) = open(&disk).unwrap();
    assert_eq!(recovery.frames, 1);
    assert_eq!(recovery.torn.unwrap().offset, places[1].offset());
}

#[test]
fn a_frame_inside_the_records_of_a_torn_frame_is_no_later_frame() {
    // A record that holds the bytes of a good frame with a later number.
    let other = FakeDisk::new(1);
    written(&other, &[b"1".to_vec(), b"2".to_vec(), b"3".to_vec()]);
    let (log, _) = open(&other).unwrap();
    let frames = log.reader().frames_from(Position::START);
    let inner = frames.last().unwrap().unwrap().as_bytes().to_vec();

    let disk = FakeDisk::new(1);
    let places = written(&disk, &[b"one".to_vec(), inner]);
    let end = disk.bytes(&segment(1)).unwrap();
    let last = end.iter().rposition(|byte| *byte != 0).unwrap();
    assert!(disk.flip_bit(&segment(1), u64::try_from(last).unwrap(), 0));
    let (_, recovery) = open(&disk).unwrap();
    assert_eq!(recovery.torn.unwrap().offset, places[1].offset());
}

fn five_segments(disk: &FakeDisk) -> Vec<Position> {
    let records: Vec<Vec<u8>> = (0_u8..10).map(|n| vec![n; 1_800]).collect();
    let places = written(disk, &records);
    assert_eq!(places.last().unwrap().segment(), 5);
    places
}

#[test]
fn a_missing_segment_is_damage_at_its_number() {
    for missing in [1, 3] {
        let disk = FakeDisk::new(1);
        five_segments(&disk);
        assert!(disk.remove(&segment(missing)));
        let expected = Damage {
            segment: missing,
            offset: 0,
            what: Flaw::MissingSegment,
        };
        assert_eq!(damage(&disk), expected);
    }
}

#[test]
fn an_altered_segment_header_is_damage_also_in_the_last() {
    for number in [1, 5] {
        let disk = FakeDisk::new(1);
        five_segments(&disk);
        assert!(disk.flip_bit(&segment(number), 20, 3));
        let expected = Damage {
            segment: number,
            offset: 0,
            what: Flaw::SegmentHeader,
        };
        assert_eq!(damage(&disk), expected);
    }
}

#[test]
fn frames_lost_at_the_end_of_a_full_segment_are_damage_of_the_next() {
    let disk = FakeDisk::new(1);
    let places = five_segments(&disk);
    let file = disk.port().open(&segment(2)).unwrap();
    let second = places
        .iter()
        .filter(|place| place.segment() == 2)
        .nth(1)
        .unwrap();
    let rest = usize::try_from(4_096 - second.offset()).unwrap();
    file.write_at(u64::from(second.offset()), &vec![0; rest])
        .unwrap();
    let expected = Damage {
        segment: 3,
        offset: 0,
        what: Flaw::SegmentOrder,
    };
    assert_eq!(damage(&disk), expected);
}

#[test]
fn bytes_after_the_last_frame_of_a_full_segment_are_damage() {
    let disk = FakeDisk::new(1);
    five_segments(&disk);
    assert!(disk.flip_bit(&segment(2), 4_095, 0));
    assert_eq!(damage(&disk).segment, 2);
}

#[test]
fn a_frame_of_another_journal_breaks_the_chain() {
    let (ours, theirs) = (FakeDisk::new(1), FakeDisk::new(1));
    let records = |word: &str| vec![word.as_bytes().to_vec(), b"same".to_vec()];
    let places = written(&ours, &records("ours"));
    written(&theirs, &records("them"));
    let bytes = theirs.bytes(&segment(1)).unwrap();
    let offset = usize::try_from(places[1].offset()).unwrap();
    let file = ours.port().open(&segment(1)).unwrap();
    file.write_at(u64::from(places[1].offset()), &bytes[offset..])
        .unwrap();
    let expected = Damage {
        segment: 1,
        offset: places[1].offset(),
        what: Flaw::Frame {
            frame: BadFrame::Chain,
        },
    };
    assert_eq!(damage(&ours), expected);
}

/// An open journal of two frames, of which one was replaced by that of another journal, as long and with checksums of its
/// own; that journal, and where its frames begin.
fn replaced(frame: usize) -> (Log, FakeDisk, Vec<Position>) {
    let (ours, theirs) = (FakeDisk::new(1), FakeDisk::new(1));
    let places = written(&theirs, &[b"them".to_vec(), b"same".to_vec()]);
    let (mut log, _) = open(&ours).unwrap();
    for record in [b"ours", b"same"] {
        log.commit(&[vec![record.to_vec()]]).unwrap();
    }
    let bytes = theirs.bytes(&segment(1)).unwrap();
    let at = |place: &Position| usize::try_from(place.offset()).unwrap();
    let end = places.get(frame + 1).map_or(bytes.len(), at);
    let file = ours.port().open(&segment(1)).unwrap();
    let begin = &places[frame];
    file.write_at(u64::from(begin.offset()), &bytes[at(begin)..end])
        .unwrap();
    (log, theirs, places)
}

/// Frame and chain of what lies at a place do not go together.
fn broken_chain(at: Position) -> ReadError {
    ReadError::Damage(Damage {
        segment: 1,
        offset: at.offset(),
        what: Flaw::Frame {
            frame: BadFrame::Chain,
        },
    })
}

#[test]
fn a_reader_sees_a_chain_that_was_changed_under_it() {
    let (log, _, places) = replaced(1);
    let mut frames = log.reader().frames_from(Position::START);
    assert!(frames.next().unwrap().is_ok());
    assert_eq!(frames.next(), Some(Err(broken_chain(places[1]))));
    assert_eq!(frames.next(), None);
}

/// The frame read last was written by this process, which remembers its chain; what lies there now is another.
#[test]
fn a_reader_sees_a_frame_that_was_replaced_under_it() {
    let (log, theirs, places) = replaced(0);
    let mut frames = log.reader().frames_from(Position::START);
    let first = frames.next().unwrap().unwrap();
    assert_eq!(first.records().collect::<Vec<_>>(), [b"them"]);
    assert_eq!(frames.next(), Some(Err(broken_chain(places[1]))));
    // Its chain is that of what was read: an index that stops there is of no journal of ours.
    let theirs = Log::open(theirs.port(), small(), None).unwrap().0;
    let theirs = theirs.reader().frame_at(places[0]).unwrap();
    assert_eq!(first.chain(), theirs.chain());
}

/// A frame of format version 1, as the program of its day wrote it, also where it
/// is the only one and could be taken for torn.
#[test]
fn a_frame_of_the_version_before_is_refused_by_name() {
    let disk = FakeDisk::new(1);
    drop(open(&disk).unwrap());
    let mut frame = b"\x9fHTJF\r\n\x1a\x00\x01\x00\x00\x00\x00\x00\x00".to_vec();
    frame.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 1]);
    frame.extend_from_slice(&[0; 32]);
    frame.extend_from_slice(&[0, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0]);
    frame.extend_from_slice(&[0xfc, 0xd4, 0x97, 0x02]);
    frame.extend_from_slice(b"\x00\x00\x00\x02ab\x81\x9f\x59\xab");
    let file = disk.port().open(&segment(1)).unwrap();
    file.write_at(u64::from(HEADER), &frame).unwrap();
    let before = disk.operations();
    let expected = Damage {
        segment: 1,
        offset: HEADER,
        what: Flaw::Unsupported {
            version: 1,
            flags: 0,
        },
    };
    assert_eq!(damage(&disk), expected);
    assert_eq!(disk.operations(), before, "nothing was written");
}

#[test]
fn a_shortened_segment_is_damage() {
    let disk = FakeDisk::new(1);
    written(&disk, &[b"one".to_vec()]);
    let whole = disk.bytes(&segment(1)).unwrap();
    let shorter = disk.port().create(&segment(1), 1_000).unwrap();
    shorter.write_at(0, &whole[..1_000]).unwrap();
    let what = Flaw::SegmentSize {
        expected: 4_096,
        found: 1_000,
    };
    assert_eq!(damage(&disk).what, what);
}

#[test]
fn a_reader_names_the_frame_that_rotted_since_and_ends() {
    let disk = FakeDisk::new(1);
    let (mut log, _) = open(&disk).unwrap();
    for record in [b"one", b"two"] {
        log.commit(&[vec![record.to_vec()]]).unwrap();
    }
    assert!(disk.flip_bit(&segment(1), u64::from(HEADER) + 88, 0));
    let mut frames = log.reader().frames_from(Position::START);
    let expected = Damage {
        segment: 1,
        offset: HEADER,
        what: Flaw::Frame {
            frame: BadFrame::Checksum,
        },
    };
    assert_eq!(frames.next(), Some(Err(ReadError::Damage(expected))));
    assert_eq!(frames.next(), None);
}
