//! A copy of a journal is the journal: the same bytes at the same places, whenever it was gone on with, and
//! nothing that does not belong there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test says what must hold by panicking"
)]

use std::sync::Arc;

use huitong_journal::testing::FakeDisk;
use huitong_journal::{
    CopyError, Copying, DirDisk, Disk, Log, OpenError, Options, Position, Reader, Tip, look_through,
};

/// Small segments, so that a few records fill several.
fn options() -> Options {
    Options::standard()
        .frame_bytes(2_000)
        .seal_bytes(100)
        .segment_bytes(4_096)
}

fn commit(log: &mut Log, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let record = vec![u8::try_from(number % 251).unwrap(); 700];
        log.commit(&[vec![record]]).unwrap();
    }
}

/// Copies all that a reader has past the end of a copy.
fn go_on(copy: &mut Copying, from: &Reader) -> Result<(), CopyError> {
    let begin = copy.tip();
    let mut segment = begin.last.map(Position::segment);
    for frame in from.frames_from(begin.next) {
        let frame = frame.unwrap();
        let number = frame.position().segment();
        if segment != Some(number) {
            copy.segment(&from.segment_header(number).unwrap())?;
            segment = Some(number);
        }
        copy.frame(frame.as_bytes())?;
    }
    Ok(())
}

fn copied(disk: &Arc<dyn Disk>, from: &Reader) -> Tip {
    let mut copy = Copying::begin(Arc::clone(disk)).unwrap();
    go_on(&mut copy, from).unwrap();
    copy.finish().unwrap()
}

fn records(reader: &Reader) -> Vec<Vec<u8>> {
    let frames = reader.frames_from(Position::START);
    frames
        .flat_map(|frame| {
            let frame = frame.unwrap();
            frame.records().map(<[u8]>::to_vec).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn a_copy_is_gone_on_with_and_opens_as_the_journal_it_was_taken_of() {
    let (folder, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let disk = DirDisk::at(folder.path()).unwrap();
    let (mut log, _) = Log::open(disk, options(), None).unwrap();
    let target = DirDisk::at(to.path()).unwrap();
    for from in [0, 1, 7, 30] {
        commit(&mut log, from..from + 13);
        assert_eq!(copied(&target, &log.reader()), log.tip());
    }
    let (reader, tip) = look_through(Arc::clone(&target)).unwrap();
    assert_eq!(tip, log.tip());
    assert_eq!(records(&reader), records(&log.reader()));
    // Byte for byte, but for what is prepared ahead of the writing.
    for segment in 1..=tip.next.segment() {
        let name = format!("{segment:020}.seg");
        let [one, other] = [&folder, &to].map(|it| std::fs::read(it.path().join(&name)).unwrap());
        assert_eq!(one, other, "{name}");
    }
    // And it is written on.
    drop(reader);
    let (mut again, recovery) = Log::open(target, options(), None).unwrap();
    assert_eq!((recovery.tip, recovery.torn), (log.tip(), None));
    commit(&mut again, 0..20);
    assert_eq!(again.tip().frame, 52 + 20);
}

#[test]
fn a_copy_takes_nothing_that_does_not_continue_it() {
    let journal = |seed: u32| {
        let disk = FakeDisk::new(u64::from(seed));
        let (mut log, _) = Log::open(disk.port(), options(), None).unwrap();
        commit(&mut log, seed..seed + 9);
        log
    };
    let (one, other) = (journal(1), journal(2));
    let target = FakeDisk::new(7).port();
    copied(&target, &one.reader());
    let mut copy = Copying::begin(Arc::clone(&target)).unwrap();
    let end = copy.tip();
    // Another journal's next frame, the own last one again, and one with a bit flipped.
    for frame in other.reader().frames_from(Position::START) {
        assert!(matches!(
            copy.frame(frame.unwrap().as_bytes()),
            Err(CopyError::Flaw { .. })
        ));
    }
    let last = one.reader().frame_at(end.last.unwrap()).unwrap();
    assert!(copy.frame(last.as_bytes()).is_err());
    let mut flipped = last.as_bytes().to_vec();
    flipped[100] ^= 1;
    assert!(copy.frame(&flipped).is_err());
    let header = other.reader().segment_header(2).unwrap();
    assert!(copy.segment(&header).is_err());
    assert_eq!(copy.tip(), end);
    assert!(matches!(
        Copying::begin(target),
        Err(OpenError::Locked { .. })
    ));
}

#[test]
fn what_a_cut_copy_left_is_gone_on_with() {
    let disk = FakeDisk::new(3);
    let (mut log, _) = Log::open(disk.port(), options(), None).unwrap();
    commit(&mut log, 0..9);
    let folder = tempfile::tempdir().unwrap();
    let target = DirDisk::at(folder.path()).unwrap();
    let tip = copied(&target, &log.reader());
    // Half of the next frame is there already, as a copy that was cut off leaves it.
    commit(&mut log, 9..10);
    let next = log.reader().frame_at(log.tip().last.unwrap()).unwrap();
    assert_eq!(next.position().segment(), tip.next.segment());
    let name = format!("{:020}.seg", tip.next.segment());
    let half = &next.as_bytes()[..300];
    let file = target.open(&name).unwrap();
    file.write_at(u64::from(tip.next.offset()), half).unwrap();
    let (_, seen) = look_through(Arc::clone(&target)).unwrap();
    assert_eq!(seen, tip);
    assert_eq!(copied(&target, &log.reader()), log.tip());
}
