//! A journal without a thread: the same frames, the same answers, when its owner takes a turn.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "tests"
)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use huitong_journal::testing::{FakeDisk, Misfortune};
use huitong_journal::{AppendError, Journal, Options, Position, Turn, Turns};

fn options() -> Options {
    Options::standard()
        .segment_bytes(16 << 10)
        .frame_bytes(8 << 10)
}

fn open(disk: &FakeDisk) -> (Journal, Turns, Arc<AtomicU32>) {
    let rung = Arc::new(AtomicU32::new(0));
    let bell = Arc::clone(&rung);
    let (journal, turns, _) = Journal::in_turns(disk.port(), options(), None, move || {
        bell.fetch_add(1, Ordering::SeqCst);
    })
    .unwrap();
    (journal, turns, rung)
}

#[test]
fn what_waits_at_a_turn_becomes_one_frame_and_is_answered_then() {
    let disk = FakeDisk::new(1);
    let (journal, mut turns, rung) = open(&disk);
    assert_eq!(turns.turn(), Turn::Idle);
    let told = Arc::new(Mutex::new(Vec::new()));
    for record in [b"one", b"two"] {
        let told = Arc::clone(&told);
        let done = move |outcome: Result<_, _>| told.lock().unwrap().push(outcome.unwrap());
        journal.append(vec![record.to_vec()], done).unwrap();
    }
    assert_eq!(rung.load(Ordering::SeqCst), 2);
    assert_eq!(journal.tip().frame, 0);
    assert!(told.lock().unwrap().is_empty(), "told before it was synced");

    assert_eq!(turns.turn(), Turn::Wrote);
    let told = std::mem::take(&mut *told.lock().unwrap());
    assert_eq!((told[0].frame, told[0].first), (1, 0));
    assert_eq!((told[1].frame, told[1].first), (1, 1));
    assert_eq!(turns.turn(), Turn::Idle);

    journal.close();
    assert_eq!(rung.load(Ordering::SeqCst), 3);
    assert_eq!(turns.turn(), Turn::Ended);
}

#[test]
fn what_was_written_in_turns_is_read_by_a_journal_with_a_thread() {
    let disk = FakeDisk::new(2);
    let (journal, mut turns, _) = open(&disk);
    for record in 0..9_u8 {
        journal.append(vec![vec![record; 3_000]], |_| {}).unwrap();
        turns.turn();
    }
    drop((journal, turns));
    disk.restore_power();
    let (journal, recovery) = Journal::open(disk.port(), options(), None).unwrap();
    assert_eq!((recovery.frames, recovery.torn), (9, None));
    let frames = journal.reader().frames_from(Position::START);
    let records: Vec<u8> = frames
        .map(|frame| frame.unwrap().record(0).unwrap()[0])
        .collect();
    assert_eq!(records, (0..9).collect::<Vec<u8>>());
}

#[test]
fn a_failed_turn_breaks_the_journal_and_tells_all_who_wait() {
    let disk = FakeDisk::new(3);
    let (journal, mut turns, _) = open(&disk);
    let (told, answers) = channel();
    journal
        .append(vec![b"one".to_vec()], move |outcome| {
            told.send(outcome).unwrap()
        })
        .unwrap();
    disk.plan(0, Misfortune::Half);
    assert_eq!(turns.turn(), Turn::Ended);
    assert!(matches!(answers.recv(), Ok(Err(AppendError::Broken(_)))));
    assert_eq!(turns.turn(), Turn::Ended);
    let refused = journal.append(vec![b"two".to_vec()], |_| {});
    assert!(matches!(refused, Err(AppendError::Broken(_))));
}
