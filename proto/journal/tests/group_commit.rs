//! Many callers, one writer: order, sharing of frames, bounds, breaking, closing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "tests"
)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use huitong_journal::testing::{FakeDisk, Misfortune};
use huitong_journal::{
    AppendError, DirDisk, Fault, FrameContents, Journal, Operation, Options, Position, ReadError,
    Seal,
};

/// A seal that stops the writer inside a frame until it is let go.
fn gate() -> (Seal, Receiver<u64>, Sender<()>) {
    let (entered, at_gate) = channel();
    let (open, opened) = channel();
    let seal = move |contents: &FrameContents<'_>| {
        entered.send(contents.number()).unwrap();
        opened.recv().unwrap();
        Vec::new()
    };
    (Box::new(seal), at_gate, open)
}

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
    let (seal, at_gate, open) = gate();
    let disk = FakeDisk::new(0);
    let (journal, _) = Journal::open(disk.port(), Options::standard(), Some(seal)).unwrap();
    let (told, answers) = channel();
    let submit = |records: Vec<Vec<u8>>| {
        let told = told.clone();
        journal
            .append(records, move |answer| told.send(answer.unwrap()).unwrap())
            .unwrap();
    };
    submit(vec![b"alone".to_vec()]);
    assert_eq!(at_gate.recv(), Ok(1));
    for group in [2_u8, 1, 3] {
        submit(vec![vec![group]; usize::from(group)]);
    }
    open.send(()).unwrap();
    assert_eq!(at_gate.recv(), Ok(2));
    open.send(()).unwrap();

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
fn a_group_is_bounded_in_bytes_and_records() {
    for options in [
        Options::standard().group(2_000, 100),
        Options::standard().group(1 << 20, 3),
    ] {
        let (seal, at_gate, open) = gate();
        let (journal, _) = Journal::open(FakeDisk::new(0).port(), options, Some(seal)).unwrap();
        let (told, answers) = channel();
        for _ in 0..7 {
            let told = told.clone();
            journal
                .append(vec![vec![0; 700]], move |answer| {
                    told.send(answer.unwrap().frame).unwrap();
                })
                .unwrap();
        }
        drop(told);
        // The first may have gone alone or with others, whichever came sooner.
        let mut sizes = [0_usize; 8];
        thread::scope(|scope| {
            scope.spawn(move || {
                while at_gate.recv().is_ok() {
                    if open.send(()).is_err() {
                        return;
                    }
                }
            });
            for frame in answers {
                sizes[usize::try_from(frame).unwrap()] += 1;
            }
            drop(journal);
        });
        assert_eq!(sizes.iter().sum::<usize>(), 7);
        assert!(sizes.iter().all(|size| *size <= 3), "{sizes:?}");
    }
}

#[test]
fn a_full_queue_is_overloaded_and_a_place_kept_is_not() {
    let (seal, at_gate, open) = gate();
    let options = Options::standard().queue(3, 1_000_000);
    let (journal, _) = Journal::open(FakeDisk::new(0).port(), options, Some(seal)).unwrap();
    let submit = || journal.append(vec![vec![1]], |answer| drop(answer.unwrap()));
    submit().unwrap();
    at_gate.recv().unwrap();
    submit().unwrap();
    let kept = journal.reserve().unwrap();
    let unused = journal.reserve().unwrap();
    assert!(matches!(
        submit(),
        Err(AppendError::Overloaded { waiting: 3, .. })
    ));
    drop(unused);
    submit().unwrap();
    assert!(matches!(submit(), Err(AppendError::Overloaded { .. })));
    kept.append(vec![vec![2]], |answer| drop(answer.unwrap()))
        .unwrap();
    for _ in 0..2 {
        open.send(()).unwrap();
    }
    journal.close();
    assert_eq!(journal.tip().frame, 2);
}

#[test]
fn a_queue_is_bounded_in_bytes() {
    let (seal, at_gate, open) = gate();
    let options = Options::standard().queue(100, 1_000);
    let (journal, _) = Journal::open(FakeDisk::new(0).port(), options, Some(seal)).unwrap();
    let submit = || journal.append(vec![vec![1; 1_200]], |answer| drop(answer.unwrap()));
    submit().unwrap();
    at_gate.recv().unwrap();
    submit().unwrap();
    let full = AppendError::Overloaded {
        waiting: 1,
        bytes: 1_204,
    };
    assert_eq!(submit(), Err(full));
    for _ in 0..2 {
        open.send(()).unwrap();
    }
}

#[test]
fn after_a_failed_sync_or_write_everyone_is_told_and_nothing_is_written() {
    for misfortune in [Misfortune::Refused, Misfortune::Half, Misfortune::Forgotten] {
        for (ahead, operation) in [(0, Operation::Write), (1, Operation::Sync)] {
            let disk = FakeDisk::new(0);
            let (seal, at_gate, open) = gate();
            let (journal, _) = Journal::open(disk.port(), Options::standard(), Some(seal)).unwrap();
            let first = journal.append(vec![b"good".to_vec()], |answer| drop(answer.unwrap()));
            first.unwrap();
            at_gate.recv().unwrap();
            open.send(()).unwrap();
            let (told, answers) = channel();
            let submit = |records| {
                let told = told.clone();
                journal.append(records, move |answer| told.send(answer).unwrap())
            };
            submit(vec![b"in the frame".to_vec()]).unwrap();
            at_gate.recv().unwrap();
            submit(vec![b"behind it".to_vec()]).unwrap();
            let tip = journal.tip();
            disk.plan(ahead, misfortune);
            open.send(()).unwrap();
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
    let (seal, at_gate, open) = gate();
    let (journal, _) = Journal::open(disk.port(), Options::standard(), Some(seal)).unwrap();
    let mut frames = journal.reader().frames_from(Position::START);
    let (told, answers) = channel();
    for number in 1..=2_u64 {
        let told = told.clone();
        let appended = journal.append(vec![vec![]], move |answer| {
            told.send(answer.unwrap().frame).unwrap();
        });
        appended.unwrap();
        assert_eq!(at_gate.recv(), Ok(number));
        assert!(frames.next().is_none());
        open.send(()).unwrap();
        assert_eq!(answers.recv(), Ok(number));
        assert_eq!(frames.next().unwrap().unwrap().number(), number);
        assert!(frames.next().is_none());
    }
}

#[test]
fn a_full_disk_is_told_ahead_and_breaks_only_when_the_segment_is_full() {
    let options = Options::standard()
        .segment_bytes(4_096)
        .frame_bytes(2_048)
        .seal_bytes(0);
    let disk = FakeDisk::new(0);
    let (journal, _) = Journal::open(disk.port(), options, None).unwrap();
    disk.leave_room(4_095);
    let mut fits = 0;
    let error = loop {
        match journal.append_and_wait(vec![vec![0; 900]]) {
            Ok(_) => fits += 1,
            Err(error) => break error,
        }
        if fits == 4 {
            let told = journal.no_room_ahead().unwrap();
            assert_eq!(told.kind, std::io::ErrorKind::StorageFull);
        }
    };
    assert_eq!(fits, 4);
    assert!(matches!(error, AppendError::Broken(_)));
    drop(journal);
    disk.leave_room(u64::MAX);
    let (journal, recovery) = Journal::open(disk.port(), options, None).unwrap();
    assert_eq!((recovery.frames, recovery.torn), (4, None));
    assert_eq!(
        journal.append_and_wait(vec![vec![0; 900]]).unwrap().frame,
        5
    );
    assert_eq!(journal.no_room_ahead(), None);
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

#[test]
fn a_seal_over_its_limit_breaks_the_journal_before_anything_is_written() {
    let seal: Seal = Box::new(|_| vec![0; 65]);
    let disk = FakeDisk::new(0);
    let options = Options::standard().seal_bytes(64);
    let (journal, _) = Journal::open(disk.port(), options, Some(seal)).unwrap();
    let operations = disk.operations();
    let fault = Fault::SealTooLong {
        bytes: 65,
        limit: 64,
    };
    let broken = AppendError::Broken(Arc::new(fault));
    assert_eq!(journal.append_and_wait(vec![vec![]]), Err(broken));
    assert_eq!(disk.operations(), operations);
}

#[test]
fn submissions_over_a_limit_are_refused_and_the_rest_goes_on() {
    let options = Options::standard().frame_bytes(8_192).group(4_096, 2);
    let (journal, _) = Journal::open(FakeDisk::new(0).port(), options, None).unwrap();
    let refused = |records| journal.append_and_wait(records).unwrap_err();
    assert!(matches!(
        refused(vec![vec![0; 8_192]]),
        AppendError::TooLarge { .. }
    ));
    assert!(matches!(
        refused(vec![vec![]; 3]),
        AppendError::TooManyRecords { .. }
    ));
    assert_eq!(refused(Vec::new()), AppendError::NoRecords);
    assert_eq!(journal.append_and_wait(vec![vec![1]]).unwrap().frame, 1);
}
