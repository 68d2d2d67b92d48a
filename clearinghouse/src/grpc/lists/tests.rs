//! Who reads holds a place, one finds at a time, and nothing is found for who has gone.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_stream::StreamExt as _;

use super::*;

const PATIENT: Patience = all_of(Duration::from_secs(600));
const SHORT: Duration = Duration::from_millis(20);
/// No test waits longer for what must come.
const LONGEST: Duration = Duration::from_secs(30);
/// More than waits for a slow reader.
const LONG: usize = ROWS_AT_ONCE * (WAITING + 3);

fn in_parts(rows: Vec<usize>) -> impl Iterator<Item = Vec<usize>> {
    pieces(rows, ROWS_AT_ONCE)
}

const fn all_of(time: Duration) -> Patience {
    Patience {
        place: time,
        part: time,
        all: (time, Duration::ZERO),
    }
}

type Taken = Parts<Vec<usize>>;

/// Officers whose names are numbers, each another.
fn officer(nth: usize) -> OfficerName {
    format!("officer.{nth}").parse().unwrap()
}

/// A list of so many rows; how many were found, and how many are found at this moment, is counted.
#[derive(Default)]
struct Counted {
    asked: AtomicUsize,
    found: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Counted {
    /// Of somebody who reads no other.
    fn list(self: &Arc<Self>, lists: &Lists, rows: usize) -> Taken {
        let nth = self.asked.fetch_add(1, Ordering::SeqCst);
        self.list_of(officer(nth), lists, rows)
    }

    fn list_of(self: &Arc<Self>, reader: OfficerName, lists: &Lists, rows: usize) -> Taken {
        let counted = Arc::clone(self);
        let find = move |turn: Turn| async move {
            let now = counted.now.fetch_add(1, Ordering::SeqCst) + 1;
            counted.most.fetch_max(now, Ordering::SeqCst);
            tokio::task::yield_now().await;
            counted.now.fetch_sub(1, Ordering::SeqCst);
            counted.found.fetch_add(1, Ordering::SeqCst);
            drop(turn);
            Ok((0..rows).collect())
        };
        lists.write(reader, find, in_parts)
    }

    fn found(&self) -> usize {
        self.found.load(Ordering::SeqCst)
    }
}

/// The rows of a list, or why there are no more of them.
async fn taken(mut taken: Taken) -> Result<Vec<usize>, Status> {
    let mut rows = Vec::new();
    while let Some(part) = taken.next().await {
        let part = part?;
        assert!((1..=ROWS_AT_ONCE).contains(&part.len()));
        rows.extend(part);
    }
    Ok(rows)
}

async fn all(list: Taken) -> Vec<usize> {
    taken(list).await.unwrap()
}

async fn until(is_so: impl Fn() -> bool) {
    let waits = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONGEST, waits).await.unwrap();
}

#[tokio::test]
async fn a_list_comes_whole_in_parts_and_one_is_found_at_a_time() {
    let (lists, counted) = (Lists::with(PATIENT), Arc::<Counted>::default());
    let asked = [LONG, 0, 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1].map(|rows| {
        let taken = counted.list(&lists, rows);
        tokio::spawn(async move { (rows, all(taken).await) })
    });
    for one in asked {
        let (rows, told) = one.await.unwrap();
        assert!(told.into_iter().eq(0..rows), "{rows}");
    }
    assert_eq!(counted.most.load(Ordering::SeqCst), 1);
    until(|| lists.places.available_permits() == HELD_AT_ONCE).await;
}

#[tokio::test]
async fn nothing_is_found_without_a_place_nor_for_a_reader_that_has_gone() {
    let (lists, counted) = (Lists::with(PATIENT), Arc::<Counted>::default());
    let slow = [(); HELD_AT_ONCE].map(|()| counted.list(&lists, LONG));
    until(|| counted.found() == HELD_AT_ONCE).await;
    let gone = counted.list(&lists, LONG);
    let waits = counted.list(&lists, LONG);
    tokio::time::sleep(SHORT).await;
    assert_eq!(counted.found(), HELD_AT_ONCE, "no place");
    drop(gone);
    tokio::time::sleep(SHORT).await;
    // Readers that go in the middle give their places back at once.
    drop(slow);
    assert_eq!(all(waits).await.len(), LONG);
    assert_eq!(counted.found(), HELD_AT_ONCE + 1, "not for who has gone");
}

#[tokio::test]
async fn a_reader_that_takes_nothing_loses_its_place_and_is_told_that_there_is_more() {
    let patience = Patience {
        part: SHORT,
        ..PATIENT
    };
    let (lists, counted) = (Lists::with(patience), Arc::<Counted>::default());
    let still = counted.list(&lists, LONG);
    until(|| counted.found() == 1).await;
    until(|| lists.places.available_permits() == HELD_AT_ONCE).await;
    let told = taken(still).await.unwrap_err();
    assert_eq!(told.code(), tonic::Code::ResourceExhausted, "{told}");
}

#[tokio::test]
async fn a_reader_that_takes_each_part_and_not_all_in_time_is_told_so_too() {
    let patience = Patience {
        all: (SHORT * 3, Duration::ZERO),
        ..PATIENT
    };
    let (lists, counted) = (Lists::with(patience), Arc::<Counted>::default());
    let mut slow = counted.list(&lists, LONG);
    until(|| counted.found() == 1).await;
    let first = slow.next().await.unwrap();
    assert_eq!(first.unwrap().len(), ROWS_AT_ONCE);
    until(|| lists.places.available_permits() == HELD_AT_ONCE).await;
    assert!(taken(slow).await.is_err());
}

#[tokio::test]
async fn a_long_list_may_take_as_long_as_its_parts_may() {
    let patience = Patience {
        all: (SHORT, Duration::from_secs(60)),
        ..PATIENT
    };
    let (lists, counted) = (Lists::with(patience), Arc::<Counted>::default());
    let mut slow = counted.list(&lists, LONG);
    let mut rows = 0;
    loop {
        tokio::time::sleep(SHORT * 2).await;
        match slow.next().await {
            Some(part) => rows += part.unwrap().len(),
            None => break,
        }
    }
    assert_eq!(rows, LONG);
}

#[tokio::test]
async fn a_list_that_breaks_off_is_not_taken_for_whole() {
    let lists = Lists::with(PATIENT);
    let find = |_turn: Turn| async { Ok(vec![0_usize; LONG]) };
    let broken = |rows: Vec<usize>| {
        let mut parts = in_parts(rows);
        std::iter::from_fn(move || Some(parts.next().expect("it breaks off at the end")))
    };
    assert!(taken(lists.write(officer(0), find, broken)).await.is_err());
}

#[tokio::test]
async fn whoever_gets_no_place_in_time_is_refused() {
    let patience = Patience {
        place: SHORT,
        ..PATIENT
    };
    let (lists, counted) = (Lists::with(patience), Arc::<Counted>::default());
    let slow = [(); HELD_AT_ONCE].map(|()| counted.list(&lists, LONG));
    until(|| counted.found() == HELD_AT_ONCE).await;
    let told = taken(counted.list(&lists, 1)).await.unwrap_err();
    assert_eq!(told.code(), tonic::Code::ResourceExhausted, "{told}");
    assert_eq!(counted.found(), HELD_AT_ONCE);
    drop(slow);
}

#[tokio::test]
async fn whoever_cannot_be_cut_short_keeps_place_and_turn_when_the_reader_goes() {
    let lists = Lists::with(PATIENT);
    let (tell, told) = tokio::sync::oneshot::channel();
    let (go, gone) = tokio::sync::oneshot::channel::<()>();
    let find = move |turn: Turn| async move {
        // Goes on by itself, as what is read beside the runtime does.
        let reading = tokio::spawn(async move {
            gone.await.unwrap();
            drop(turn);
        });
        tell.send(()).unwrap();
        reading.await.unwrap();
        Ok(vec![0_usize])
    };
    let taken = lists.write(officer(0), find, in_parts);
    told.await.unwrap();
    drop(taken);
    tokio::time::sleep(SHORT).await;
    assert!(lists.finding.try_lock().is_err());
    assert_eq!(lists.places.available_permits(), HELD_AT_ONCE - 1);
    go.send(()).unwrap();
    until(|| lists.finding.try_lock().is_ok()).await;
    until(|| lists.places.available_permits() == HELD_AT_ONCE).await;
}

#[tokio::test]
async fn a_refusal_is_told_as_it_is() {
    let lists = Lists::with(PATIENT);
    let find = |_turn: Turn| async { Err::<Vec<usize>, _>(Status::not_found("none")) };
    let mut taken = lists.write(officer(0), find, in_parts);
    let told = taken.next().await.unwrap().unwrap_err();
    assert_eq!(told.message(), "none");
    assert!(taken.next().await.is_none());
}

#[tokio::test]
async fn an_officer_who_reads_slowly_has_one_place_and_leaves_the_other_to_whoever_comes() {
    let patience = Patience {
        place: SHORT * 10,
        ..PATIENT
    };
    let (lists, counted) = (Lists::with(patience), Arc::<Counted>::default());
    let slow = [(); 3].map(|()| counted.list_of(officer(100), &lists, LONG));
    until(|| counted.found() == 1).await;
    for _ in 0..3 {
        assert_eq!(all(counted.list(&lists, LONG)).await.len(), LONG);
    }
    assert_eq!(counted.found(), 4, "one of the three lists was begun");
    let [mut first, second, _] = slow;
    let told = taken(second).await.unwrap_err();
    assert_eq!(told.code(), tonic::Code::ResourceExhausted, "{told}");
    // What was being read is read on, and then another is found.
    while first.next().await.is_some() {}
    let again = counted.list_of(officer(100), &lists, LONG);
    assert_eq!(all(again).await.len(), LONG);
    drop(lists.readers.of(officer(101)));
    let known = lists.readers.0.lock().unwrap();
    assert!(known.len() <= 1, "who reads nothing is not remembered");
}
