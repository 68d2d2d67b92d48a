//! Frames name the keyring that their records are sealed under: plain and sealed frames are read side by side, and a
//! journal of another keyring is refused by both names.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test says what must hold by panicking"
)]

use huitong_journal::testing::FakeDisk;
use huitong_journal::{Copying, Log, OpenError, Options, Position};

const OURS: u32 = 0x0a0b_0c0d;

fn open(disk: &FakeDisk, options: Options) -> Result<Log, OpenError> {
    Log::open(disk.port(), options, None).map(|(log, _)| log)
}

/// One frame without a keyring and one with.
fn mixed(disk: &FakeDisk) {
    for keyring in [0, OURS] {
        let mut log = open(disk, Options::standard().keyring(keyring)).unwrap();
        log.commit(&[vec![b"record".to_vec()]]).unwrap();
    }
}

#[test]
fn frames_with_and_without_a_keyring_are_read_side_by_side() {
    let disk = FakeDisk::new(1);
    mixed(&disk);
    let log = open(&disk, Options::standard().keyring(OURS)).unwrap();
    let frames = log.reader().frames_from(Position::START);
    let named: Vec<u32> = frames.map(|frame| frame.unwrap().keyring()).collect();
    assert_eq!(named, [0, OURS]);
}

#[test]
fn another_keyring_or_none_is_refused_by_both_names() {
    let disk = FakeDisk::new(1);
    mixed(&disk);
    for (own, said) in [(7, "here is 00000007"), (0, "here is none")] {
        let refused = open(&disk, Options::standard().keyring(own)).unwrap_err();
        let text = refused.to_string();
        assert!(
            text.contains("keyring 0a0b0c0d") && text.contains(said),
            "{text}"
        );
        let expected = OpenError::Keyring {
            frame: 2,
            segment: 1,
            found: OURS,
            own,
        };
        assert_eq!(refused, expected);
    }
}

#[test]
fn a_tool_that_opens_no_record_copies_and_appends_whatever_the_keyring() {
    let disk = FakeDisk::new(1);
    mixed(&disk);
    drop(Copying::begin(disk.port()).unwrap());
    let mut log = open(&disk, Options::standard()).unwrap();
    log.commit(&[vec![b"plain".to_vec()]]).unwrap();
    drop(log);
    open(&disk, Options::standard().keyring(OURS)).unwrap();
}
