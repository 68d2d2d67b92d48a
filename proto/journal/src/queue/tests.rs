//! When the writer is woken: wherever it waits and need not any more, and nowhere else. A wake-up that is lost is a journal
//! that stands still.

use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Instant;

use super::*;

/// In this time a writer that is woken has taken something.
const WOKEN: Duration = Duration::from_secs(30);
/// A writer that gathers for so long does so until it is woken.
const FOR_EVER: Duration = Duration::from_secs(3_600);

fn queue() -> Arc<Queue> {
    let options = Options::standard().group(100, 1_000);
    Arc::new(Queue::new(options, None))
}

/// A writer on a thread of its own, which takes once; of how many submissions it is told.
fn writer(queue: &Arc<Queue>, count: usize, within: Duration) -> Receiver<Option<usize>> {
    let (tell, taken) = channel();
    let queue = Arc::clone(queue);
    thread::spawn(move || {
        let group = queue.take(Expected { count, within });
        tell.send(group.map(|group| group.submissions.len()))
            .unwrap();
    });
    taken
}

/// Until the writer waits for so many. It says so under the lock that it only lets go of while it waits.
fn waits_for(queue: &Queue, many: usize) {
    let begun = Instant::now();
    while queue.state().expected != Some(many) {
        assert!(begun.elapsed() < WOKEN, "nobody waits for {many}");
        thread::yield_now();
    }
}

fn push(queue: &Queue, bytes: usize) {
    queue.reserve().unwrap();
    let submission = Submission::of(&vec![7; bytes]);
    queue.push(submission, Box::new(|_| ())).unwrap();
}

/// Nobody would be woken for what waits.
fn wakes_nobody(queue: &Queue) -> bool {
    !queue.is_due(&queue.state())
}

fn is_woken(taken: &Receiver<Option<usize>>) -> Option<usize> {
    taken.recv_timeout(WOKEN).expect("a wake-up is lost")
}

#[test]
fn a_writer_that_waits_for_anything_is_woken_by_the_first_who_comes() {
    for expected in [0, 3] {
        let queue = queue();
        // Whom it expected at first have not come.
        let taken = writer(&queue, expected, Duration::ZERO);
        waits_for(&queue, 1);
        push(&queue, 1);
        assert_eq!(is_woken(&taken), Some(1));
    }
}

#[test]
fn a_writer_that_gathers_is_woken_by_the_last_of_those_expected_and_by_none_before() {
    let queue = queue();
    let taken = writer(&queue, 3, FOR_EVER);
    waits_for(&queue, 3);
    for _ in 0..2 {
        push(&queue, 1);
        assert!(wakes_nobody(&queue));
    }
    push(&queue, 1);
    assert_eq!(is_woken(&taken), Some(3));
}

#[test]
fn a_writer_that_gathers_is_woken_by_what_fills_its_group() {
    let queue = queue();
    let taken = writer(&queue, 3, FOR_EVER);
    waits_for(&queue, 3);
    push(&queue, 1);
    assert!(wakes_nobody(&queue));
    push(&queue, 100);
    assert_eq!(is_woken(&taken), Some(2));
}

#[test]
fn nobody_is_woken_while_no_writer_waits_and_the_next_finds_all_that_came() {
    let queue = queue();
    for round in 1..=3 {
        for _ in 0..round {
            push(&queue, 1);
            assert!(wakes_nobody(&queue));
        }
        // Neither for the first nor for all: what it expects is there when it comes.
        let taken = writer(&queue, round, FOR_EVER);
        assert_eq!(is_woken(&taken), Some(round));
        assert_eq!(queue.state().expected, None);
    }
}

#[test]
fn a_writer_that_waits_is_woken_when_the_queue_ends() {
    for (expected, within, many) in [(0, Duration::ZERO, 1), (3, FOR_EVER, 3)] {
        let closed = queue();
        let taken = writer(&closed, expected, within);
        waits_for(&closed, many);
        closed.close();
        assert_eq!(is_woken(&taken), None);

        let broken = queue();
        let taken = writer(&broken, expected, within);
        waits_for(&broken, many);
        assert!(broken.break_off(&Arc::new(Fault::WriterLost)).is_empty());
        assert_eq!(is_woken(&taken), None);
    }
}
