//! The journal against real processes: one that holds the directory, one that is
//! killed in the middle of its work.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "tests"
)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use huitong_journal::{DirDisk, Journal, OpenError, Options, Position};

const FOLDER: &str = "HUITONG_JOURNAL_TEST_FOLDER";

fn options() -> Options {
    Options::standard()
        .segment_bytes(64 << 10)
        .frame_bytes(16 << 10)
}

/// The child: opens the journal, says so, and appends until it is killed, one
/// line for each frame that was acknowledged.
#[test]
#[ignore = "run as a child by the tests below"]
fn child_appends_until_killed() {
    let folder = std::env::var(FOLDER).unwrap();
    let (journal, _) = Journal::open(DirDisk::at(folder).unwrap(), options(), None).unwrap();
    let mut out = std::io::stderr();
    loop {
        let tip = journal.tip().frame.to_be_bytes().to_vec();
        let committed = journal.append_and_wait(vec![tip; 3]).unwrap();
        writeln!(out, "acknowledged {}", committed.frame).unwrap();
    }
}

fn child(folder: &Path) -> (Child, impl Iterator<Item = u64> + use<>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("child_appends_until_killed")
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let numbers = lines.map_while(Result::ok).filter_map(|line| {
        let number = line.strip_prefix("acknowledged ")?;
        number.parse().ok()
    });
    (child, numbers)
}

#[test]
fn a_second_opener_is_refused_and_told_who_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, mut acknowledged) = child(folder.path());
    assert_eq!(acknowledged.next(), Some(1));
    let second = Journal::open(DirDisk::at(folder.path()).unwrap(), options(), None);
    let expected = OpenError::Locked {
        holder: Some(child.id()),
    };
    assert_eq!(second.unwrap_err(), expected);
    child.kill().unwrap();
    child.wait().unwrap();
    Journal::open(DirDisk::at(folder.path()).unwrap(), options(), None).unwrap();
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = 0;
    for round in 1..=4_u64 {
        let (mut child, mut acknowledged) = child(folder.path());
        let heard = acknowledged.nth(usize::try_from(150 * round).unwrap());
        child.kill().unwrap();
        let last = acknowledged.last().or(heard).unwrap();
        child.wait().unwrap();
        assert!(last > before);

        let disk = DirDisk::at(folder.path()).unwrap();
        let (journal, recovery) = Journal::open(disk, options(), None).unwrap();
        assert!((last..=last + 1).contains(&recovery.frames));
        assert_eq!(recovery.records, recovery.frames * 3);
        for (number, frame) in (1..).zip(journal.reader().frames_from(Position::START)) {
            let frame = frame.unwrap();
            assert_eq!(frame.number(), number);
            // Each record is the number of the frame before, as its writer saw it.
            let expected = (number - 1).to_be_bytes();
            assert!(frame.records().all(|record| record == expected));
        }
        before = recovery.frames;
    }
    assert!(before > 1_000, "the run crosses segments");
}
