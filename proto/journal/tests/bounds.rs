//! Every bound, met: groups, queue, submissions, seals, the disk's room.
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

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use gate::Gated;
use huitong_journal::testing::FakeDisk;
use huitong_journal::{AppendError, Fault, Journal, Options, Seal};

#[test]
fn a_group_is_bounded_in_bytes_and_records() {
    for options in [
        Options::standard().group(2_000, 100),
        Options::standard().group(1 << 20, 3),
    ] {
        let Gated {
            at_gate,
            open,
            journal,
        } = Gated::new(FakeDisk::new(0).port(), options);
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
    let options = Options::standard().queue(3, 1_000_000);
    let gate = Gated::new(FakeDisk::new(0).port(), options);
    let journal = &gate.journal;
    let submit = || journal.append(vec![vec![1]], |answer| drop(answer.unwrap()));
    submit().unwrap();
    gate.entered();
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
        gate.let_go();
    }
    journal.close();
    assert_eq!(journal.tip().frame, 2);
}

#[test]
fn a_queue_is_bounded_in_bytes() {
    let options = Options::standard().queue(100, 1_000);
    let gate = Gated::new(FakeDisk::new(0).port(), options);
    let journal = &gate.journal;
    let submit = || journal.append(vec![vec![1; 1_200]], |answer| drop(answer.unwrap()));
    submit().unwrap();
    gate.entered();
    submit().unwrap();
    let full = AppendError::Overloaded {
        waiting: 1,
        bytes: 1_204,
    };
    assert_eq!(submit(), Err(full));
    for _ in 0..2 {
        gate.let_go();
    }
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
    assert_eq!(refused(Vec::<Vec<u8>>::new()), AppendError::NoRecords);
    assert_eq!(journal.append_and_wait(vec![vec![1]]).unwrap().frame, 1);
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
