//! Many callers, one writer: order, sharing of frames, breaking, closing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "tests"
)]

mod gate;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use gate::Gated;
use huitong_journal::testing::{FakeDisk, Misfortune};
use huitong_journal::{
    AppendError, DirDisk, Fault, FrameContents, Journal, Operation, Options, Position, ReadError,
    Seal,
};

#[test]
fn sixty_four_appenders_and_a_reader_see_every_record_once_and_in_order() {
    const APPENDERS: u8 = 64;
    const EACH: u32 = 50;
    let folder = tempfile::tempdir().unwrap();
    let options = Options::standard()
        .segment_bytes(16 << 10)
        .frame_bytes(8 << 10);
    let disk = DirDisk::at(folder.path()).unwrap();
    let (journal, _) = Journal::open(disk, options, None).unwrap();
    let finished = AtomicBool::new(false);
    let read_along = thread::scope(|scope| {
        let appenders: Vec<_> = (0..APPENDERS)
            .map(|name| {
                let journal = &journal;
                scope.spawn(move || {
                    for turn in 0..EACH {
                        let mut record = vec![name];
                        record.extend_from_slice(&turn.to_be_bytes());
                        let committed = journal.append_and_wait(vec![record.clone()]).unwrap();
                        let frame = journal.reader().frame_at(committed.position).unwrap();
                        assert_eq!(frame.number(), committed.frame);
                        assert_eq!(frame.record(committed.first), Some(record.as_slice()));
                    }
                })
            })
            .collect();
        let reading = scope.spawn(|| {
            let mut frames = journal.reader().frames_from(Position::START);
            let mut seen: Vec<Vec<u8>> = Vec::new();
            loop {
                let last_round = finished.load(Ordering::SeqCst);
                let tip = journal.tip();
                for frame in frames.by_ref() {
                    seen.extend(frame.unwrap().records().map(<[u8]>::to_vec));
                }
                assert!(frames.position() >= tip.next || last_round);
                if last_round {
                    return seen;
                }
                thread::yield_now();
            }
        });
        for appender in appenders {
            appender.join().unwrap();
        }
        finished.store(true, Ordering::SeqCst);
        reading.join().unwrap()
    });

    assert_eq!(read_along.len(), usize::from(APPENDERS) * 50);
    for name in 0..APPENDERS {
        let own: Vec<u32> = read_along
            .iter()
            .filter(|record| record[0] == name)
            .map(|record| u32::from_be_bytes(record[1..].try_into().unwrap()))
            .collect();
        assert_eq!(own, (0..EACH).collect::<Vec<_>>());
    }
    let tip = journal.tip();
    assert!(
        tip.next.segment() > 1,
        "the reading crossed a segment's end"
    );
    journal.close();
    drop(journal);
    let disk = DirDisk::at(folder.path()).unwrap();
    let (_, recovery) = Journal::open(disk, options, None).unwrap();
    assert_eq!((recovery.tip, recovery.records), (tip, 64 * 50));
}

#[test]
fn all_who_wait_share_one_frame_in_the_order_they_came() {
    let disk = FakeDisk::new(0);
    let gate = Gated::new(disk.port(), Options::standard());
    let journal = &gate.journal;
    let (told, answers) = channel();
    let submit = |records: Vec<Vec<u8>>| {
        let told = told.clone();
        journal
            .append(records, move |answer| told.send(answer.unwrap()).unwrap())
            .unwrap();
    };
    submit(vec![b"alone".to_vec()]);
    assert_eq!(gate.entered(), 1);
    for group in [2_u8, 1, 3] {
        submit(vec![vec![group]; usize::from(group)]);
    }
    gate.let_go();
    assert_eq!(gate.entered(), 2);
    gate.let_go();

    let answers: Vec<_> = answers.iter().take(4).collect();
    let places: Vec<_> = answers
        .iter()
        .map(|answer| (answer.frame, answer.first, answer.count))
        .collect();
    assert_eq!(places, [(1, 0, 1), (2, 0, 2), (2, 2, 1), (2, 3, 3)]);
    let frame = journal.reader().frame_at(answers[3].position).unwrap();
    let records: Vec<_> = frame.records().map(<[u8]>::to_vec).collect();
    assert_eq!(records, [[2], [2], [1], [3], [3], [3]]);
}

#[test]
fn the_seal_is_computed_once_over_the_frame_stored_and_handed_to_all() {
    let seal = |contents: &FrameContents<'_>| {
        let mut bytes = contents.number().to_be_bytes().to_vec();
        bytes.extend_from_slice(contents.previous().as_bytes());
        contents
            .records()
            .for_each(|record| bytes.extend_from_slice(record));
        bytes
    };
    let disk = FakeDisk::new(0);
    let (journal, _) =
        Journal::open(disk.port(), Options::standard(), Some(Box::new(seal))).unwrap();
    journal.append_and_wait(vec![b"first".to_vec()]).unwrap();
    let previous = journal.tip().chain;
    let committed = journal
        .append_and_wait(vec![b"ab".to_vec(), b"c".to_vec()])
        .unwrap();
    let mut expected = vec![0, 0, 0, 0, 0, 0, 0, 2];
    expected.extend_from_slice(previous.as_bytes());
    expected.extend_from_slice(b"abc");
    assert_eq!(&*committed.seal, expected);
    let frame = journal.reader().frame_at(committed.position).unwrap();
    assert_eq!(frame.seal(), expected);
    assert_eq!(frame.chain(), journal.tip().chain);
}

#[test]
fn after_a_failed_sync_or_write_everyone_is_told_and_nothing_is_written() {
    for misfortune in [Misfortune::Refused, Misfortune::Half, Misfortune::Forgotten] {
        for (ahead, operation) in [(0, Operation::Write), (1, Operation::Sync)] {
            let disk = FakeDisk::new(0);
            let gate = Gated::new(disk.port(), Options::standard());
            let journal = &gate.journal;
            let first = journal.append(vec![b"good".to_vec()], |answer| drop(answer.unwrap()));
            first.unwrap();
            gate.entered();
            gate.let_go();
            let (told, answers) = channel();
            let submit = |records| {
                let told = told.clone();
                journal.append(records, move |answer| told.send(answer).unwrap())
            };
            submit(vec![b"in the frame".to_vec()]).unwrap();
            gate.entered();
            submit(vec![b"behind it".to_vec()]).unwrap();
            let tip = journal.tip();
            disk.plan(ahead, misfortune);
            gate.let_go();
            for _ in 0..2 {
                let answer = answers.recv().unwrap();
                let Err(AppendError::Broken(fault)) = answer else {
                    panic!("{answer:?}");
                };
                let Fault::Disk(fault) = &*fault else {
                    panic!("{fault:?}");
                };
                assert_eq!(fault.operation, operation);
            }
            let operations = disk.operations();
            assert!(matches!(submit(vec![vec![]]), Err(AppendError::Broken(_))));
            assert!(matches!(journal.ended(), Some(AppendError::Broken(_))));
            assert_eq!(disk.operations(), operations);
            assert_eq!(journal.tip(), tip, "nothing unsynced is shown");
            let unsynced = journal.reader().frame_at(tip.next);
            assert_eq!(unsynced, Err(ReadError::NotYet(tip.next)));
            assert_eq!(journal.reader().frames_from(Position::START).count(), 1);
            assert!(disk.port().lock().is_err(), "the lock is kept to the end");
        }
    }
}

#[test]
fn frames_are_not_shown_before_they_are_synced() {
    let disk = FakeDisk::new(0);
    let gate = Gated::new(disk.port(), Options::standard());
    let journal = &gate.journal;
    let mut frames = journal.reader().frames_from(Position::START);
    let (told, answers) = channel();
    for number in 1..=2_u64 {
        let told = told.clone();
        let appended = journal.append(vec![vec![]], move |answer| {
            told.send(answer.unwrap().frame).unwrap();
        });
        appended.unwrap();
        assert_eq!(gate.entered(), number);
        assert!(frames.next().is_none());
        gate.let_go();
        assert_eq!(answers.recv(), Ok(number));
        assert_eq!(frames.next().unwrap().unwrap().number(), number);
        assert!(frames.next().is_none());
    }
}

#[test]
fn closing_writes_what_waits_and_takes_no_more() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (journal, _) = Journal::open(FakeDisk::new(0).port(), Options::standard(), None).unwrap();
    for _ in 0..500 {
        let told = Arc::clone(&told);
        let done = move |answer: Result<huitong_journal::Committed, _>| {
            told.lock().unwrap().push(answer.unwrap().frame);
        };
        journal.append(vec![vec![7]], done).unwrap();
    }
    journal.close();
    assert_eq!(told.lock().unwrap().len(), 500);
    let refused = journal.append_and_wait(vec![vec![]]);
    assert_eq!(refused, Err(AppendError::Closed));
}

#[test]
fn a_panicking_callback_or_seal_breaks_the_journal_and_hangs_no_one() {
    let (journal, _) = Journal::open(FakeDisk::new(0).port(), Options::standard(), None).unwrap();
    journal
        .append(vec![vec![]], |_| {
            std::panic::resume_unwind(Box::new("waiter"))
        })
        .unwrap();
    // Taken before or after the panic, the answer is one of these.
    let (told, answers) = channel();
    let second = journal.append(vec![vec![]], move |answer| told.send(answer).unwrap());
    if second.is_ok() {
        drop(answers.recv().unwrap());
    }
    journal.close();
    let broken = AppendError::Broken(Arc::new(Fault::CallbackPanicked));
    assert_eq!(journal.ended(), Some(broken.clone()));

    let seal: Seal = Box::new(|_| std::panic::resume_unwind(Box::new("seal")));
    let disk = FakeDisk::new(0);
    let (journal, _) = Journal::open(disk.port(), Options::standard(), Some(seal)).unwrap();
    assert_eq!(journal.append_and_wait(vec![vec![]]), Err(broken));
}
