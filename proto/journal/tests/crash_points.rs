//! Power cuts, killed processes and failing disks at every operation of a run,
//! over a disk in memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "tests"
)]

use huitong_journal::testing::{FakeDisk, Misfortune};
use huitong_journal::{AppendError, Log, OpenError, Options, Position, Recovery};
use proptest::prelude::*;

type Group = Vec<Vec<Vec<u8>>>;

fn small() -> Options {
    Options::standard()
        .segment_bytes(4_096)
        .frame_bytes(2_048)
        .seal_bytes(64)
}

fn open(disk: &FakeDisk) -> Result<(Log, Recovery), OpenError> {
    let seal = |contents: &huitong_journal::FrameContents<'_>| {
        let bytes: usize = contents.records().map(<[u8]>::len).sum();
        format!("{}:{bytes}", contents.number()).into_bytes()
    };
    Log::open(disk.port(), small(), Some(Box::new(seal)))
}

/// All records on disk, frame by frame.
fn frames(log: &Log) -> Vec<Vec<Vec<u8>>> {
    log.reader()
        .frames_from(Position::START)
        .map(|frame| frame.unwrap().records().map(<[u8]>::to_vec).collect())
        .collect()
}

fn flat(group: &Group) -> Vec<Vec<u8>> {
    group.iter().flatten().cloned().collect()
}

fn groups() -> impl Strategy<Value = Vec<Group>> {
    let record = prop::collection::vec(any::<u8>(), 0..200);
    let submission = prop::collection::vec(record, 1..3);
    let group = prop::collection::vec(submission, 1..4);
    prop::collection::vec(group, 1..12)
}

/// Commits until the first failure; how many groups were acknowledged.
fn run(log: &mut Log, groups: &[Group]) -> usize {
    for (done, group) in groups.iter().enumerate() {
        if log.commit(group).is_err() {
            return done;
        }
        log.prepare_ahead();
    }
    groups.len()
}

/// What must hold after a crash: all acknowledged frames, in order, once; after
/// them at most the one that was being written.
fn check_recovered(log: &Log, recovery: &Recovery, groups: &[Group], acknowledged: usize) {
    let found = frames(log);
    assert!(
        (acknowledged..=acknowledged + 1).contains(&found.len()),
        "{acknowledged} acknowledged, {} found",
        found.len()
    );
    for (found, written) in found.iter().zip(groups) {
        assert_eq!(found, &flat(written));
    }
    assert_eq!(usize::try_from(recovery.frames).unwrap(), found.len());
    let records: usize = found.iter().map(Vec::len).sum();
    assert_eq!(usize::try_from(recovery.records).unwrap(), records);
}

fn misfortunes() -> impl Strategy<Value = Misfortune> {
    prop::sample::select(vec![
        Misfortune::Refused,
        Misfortune::Half,
        Misfortune::Forgotten,
        Misfortune::PowerCut,
    ])
}

#[derive(Clone, Copy, Debug)]
enum Restart {
    Machine,
    Process,
}

fn restart(disk: &FakeDisk, how: Restart) {
    match how {
        Restart::Machine => disk.restore_power(),
        Restart::Process => disk.restart_process(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever goes wrong at any operation, and whether machine or process is
    /// then restarted: nothing acknowledged is lost, doubled or out of order, the
    /// same holds after a power cut during or after recovery, and appending goes on.
    #[test]
    fn nothing_acknowledged_is_lost(
        groups in groups(),
        seed in any::<u64>(),
        at in 0_u64..60,
        misfortune in misfortunes(),
        how in prop::sample::select(vec![Restart::Machine, Restart::Process]),
        at_again in 0_u64..12,
    ) {
        let disk = FakeDisk::new(seed);
        disk.plan(at, misfortune);
        let acknowledged = match open(&disk) {
            Ok((mut log, _)) => run(&mut log, &groups),
            Err(error) => {
                prop_assert!(matches!(error, OpenError::Disk(_)), "{error}");
                0
            }
        };

        restart(&disk, how);
        disk.plan(at_again, Misfortune::PowerCut);
        let shown = match open(&disk) {
            Ok((log, recovery)) => {
                disk.plan(u64::MAX, Misfortune::Refused);
                check_recovered(&log, &recovery, &groups, acknowledged);
                frames(&log).len()
            }
            Err(error) => {
                prop_assert!(matches!(error, OpenError::Disk(_)), "{error}");
                acknowledged
            }
        };

        // What was shown once must stay, whatever the first crash left unsynced.
        disk.restore_power();
        let (mut log, recovery) = open(&disk).unwrap();
        check_recovered(&log, &recovery, &groups, acknowledged);
        let before = frames(&log).len();
        prop_assert!(before >= shown);
        prop_assert_eq!(run(&mut log, &groups), groups.len());
        prop_assert_eq!(frames(&log).len(), before + groups.len());

        // After an orderly run nothing is torn.
        disk.restore_power();
        let (log, recovery) = open(&disk).unwrap();
        prop_assert_eq!(recovery.torn, None);
        prop_assert_eq!(frames(&log).len(), before + groups.len());
    }

    /// The last frame, cut anywhere, is set aside as it stood and reported; what
    /// was before it stays.
    #[test]
    fn torn_tails_are_set_aside(
        groups in groups(),
        garbage in prop::collection::vec(any::<u8>(), 1..300),
    ) {
        let disk = FakeDisk::new(1);
        let (mut log, _) = open(&disk).unwrap();
        run(&mut log, &groups);
        let tip = log.tip();
        drop(log);
        let name = format!("{:020}.seg", tip.next.segment());
        let room = 4_096 - usize::try_from(tip.next.offset()).unwrap();
        prop_assume!(garbage.len() <= room && garbage.iter().any(|byte| *byte != 0));
        let file = disk.port().open(&name).unwrap();
        file.write_at(u64::from(tip.next.offset()), &garbage).unwrap();
        file.sync().unwrap();

        let (log, recovery) = open(&disk).unwrap();
        let torn = recovery.torn.clone().unwrap();
        let end = garbage.iter().rposition(|byte| *byte != 0).unwrap() + 1;
        prop_assert_eq!(disk.bytes(&torn.file).unwrap(), &garbage[..end]);
        prop_assert_eq!((torn.segment, torn.offset), (tip.next.segment(), tip.next.offset()));
        prop_assert_eq!(recovery.tip, tip);
        check_recovered(&log, &recovery, &groups, groups.len());
        drop(log);
        prop_assert_eq!(open(&disk).unwrap().1.torn, None);
    }
}

#[test]
fn a_power_cut_at_every_single_operation_loses_nothing() {
    let groups: Vec<Group> = (0_u8..14).map(|n| vec![vec![vec![n; 600]]]).collect();
    let quiet = FakeDisk::new(0);
    let (mut log, _) = open(&quiet).unwrap();
    assert_eq!(run(&mut log, &groups), groups.len());
    assert!(log.tip().next.segment() >= 3, "the run crosses segments");
    for at in 0..quiet.operations() {
        for seed in 0..8 {
            let disk = FakeDisk::new(seed);
            disk.plan(at, Misfortune::PowerCut);
            let acknowledged = open(&disk).map_or(0, |(mut log, _)| run(&mut log, &groups));
            disk.restore_power();
            let (log, recovery) = open(&disk).unwrap();
            check_recovered(&log, &recovery, &groups, acknowledged);
        }
    }
}

#[test]
fn a_frame_whose_sync_failed_is_durable_once_it_is_shown() {
    let disk = FakeDisk::new(7);
    let (mut log, _) = open(&disk).unwrap();
    log.commit(&[vec![b"first".to_vec()]]).unwrap();
    // Write, zeros are there already, sync.
    disk.plan(1, Misfortune::Forgotten);
    let error = log.commit(&[vec![b"second".to_vec()]]).unwrap_err();
    assert!(matches!(error, AppendError::Broken(_)));
    drop(log);

    // Only the process restarts: the page cache still shows the frame.
    disk.restart_process();
    let (log, recovery) = open(&disk).unwrap();
    assert_eq!(recovery.frames, 2);
    drop(log);
    disk.restore_power();
    assert_eq!(open(&disk).unwrap().1.frames, 2);
}

#[test]
fn a_crash_while_zeroing_keeps_the_first_copy_of_a_torn_tail() {
    let disk = FakeDisk::new(3);
    let (mut log, _) = open(&disk).unwrap();
    log.commit(&[vec![b"kept".to_vec()]]).unwrap();
    let end = log.tip().next.offset();
    drop(log);
    let file = disk.port().open("00000000000000000001.seg").unwrap();
    file.write_at(u64::from(end), &[0xee; 1_500]).unwrap();
    file.sync().unwrap();

    // sync names, create, write, sync, rename, sync names, then the zeros.
    disk.plan(6, Misfortune::PowerCut);
    open(&disk).unwrap_err();
    disk.restore_power();
    let (_log, recovery) = open(&disk).unwrap();
    let first = format!("torn-00000000000000000001-{end:010}-1.bin");
    let second = format!("torn-00000000000000000001-{end:010}-2.bin");
    assert_eq!(disk.bytes(&first).unwrap(), [0xee; 1_500]);
    assert_eq!(recovery.torn.unwrap().file, second);
}

#[test]
fn after_a_failure_nothing_more_is_written_and_the_failure_is_repeated() {
    let disk = FakeDisk::new(0);
    let (mut log, _) = open(&disk).unwrap();
    disk.plan(0, Misfortune::Half);
    let error = log.commit(&[vec![b"cut short".to_vec()]]).unwrap_err();
    assert!(matches!(error, AppendError::Broken(_)));
    let operations = disk.operations();
    assert_eq!(log.commit(&[vec![b"later".to_vec()]]), Err(error));
    log.prepare_ahead();
    assert_eq!(disk.operations(), operations);
}

#[test]
fn a_segment_whose_name_was_not_synced_is_made_durable_before_it_is_used() {
    for seed in 0..32 {
        let disk = FakeDisk::new(seed);
        let (mut log, _) = open(&disk).unwrap();
        for _ in 0..2 {
            log.commit(&[vec![vec![1; 1_800]]]).unwrap();
        }
        // The next segment: create, sync, header, sync, rename, then its name.
        disk.plan(5, Misfortune::Refused);
        log.commit(&[vec![vec![2; 1_800]]]).unwrap_err();
        drop(log);
        disk.restart_process();
        assert!(disk.bytes("00000000000000000002.seg").is_some());
        let (mut log, _) = open(&disk).unwrap();
        log.commit(&[vec![vec![3; 1_800]]]).unwrap();
        drop(log);
        disk.restore_power();
        assert_eq!(open(&disk).unwrap().1.frames, 3);
    }
}
