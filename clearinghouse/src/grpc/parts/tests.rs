//! Who reads holds a place and nobody else does; nothing is read for who has gone or has no place.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const PATIENT: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(20);
/// More than waits for a slow reader.
const LONG: usize = PIECE_BYTES * (WAITING + 3);

fn region(code: usize) -> RegionCode {
    RegionCode::parse(&(330_100 + 100 * code).to_string()).unwrap()
}

/// A file, and how often it was read.
fn counted(
    read: &Arc<AtomicUsize>,
    bytes: usize,
) -> impl FnOnce() -> Result<Vec<u8>, Untold> + use<> {
    let read = Arc::clone(read);
    move || {
        read.fetch_add(1, Ordering::SeqCst);
        Ok(vec![7; bytes])
    }
}

async fn all(mut pieces: Receiver<Piece>) -> usize {
    let mut bytes = 0;
    while let Some(piece) = pieces.recv().await {
        bytes += piece.unwrap().part.len();
    }
    bytes
}

/// Until the task of a part has ended.
async fn until_free(parts: &Parts, of: RegionCode) {
    while parts.regions.lock().unwrap().contains(&of) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_region_has_one_part_on_its_way_and_is_told_so_and_to_ask_again() {
    let (parts, read) = (Parts::within(PATIENT), Arc::default());
    let first = parts.write(region(1), counted(&read, LONG)).unwrap();
    let refused = parts.write(region(1), counted(&read, 1)).unwrap_err();
    assert_eq!(refused.code.code(), "witness.part_under_way");
    assert_eq!(refused.code.retry(), huitong_core::refusal::Retry::SameId);
    let other = parts.write(region(2), counted(&read, 3)).unwrap();
    assert_eq!(all(other).await, 3);
    assert_eq!(all(first).await, LONG);
    until_free(&parts, region(1)).await;
    let again = parts.write(region(1), counted(&read, 5)).unwrap();
    assert_eq!(all(again).await, 5);
    assert_eq!(read.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn nothing_is_read_without_a_place_nor_for_a_reader_that_has_gone() {
    let (parts, read) = (Parts::within(PATIENT), Arc::default());
    let slow = (0..AT_ONCE).map(|code| parts.write(region(code), counted(&read, LONG)).unwrap());
    let slow: Vec<_> = slow.collect();
    while read.load(Ordering::SeqCst) < AT_ONCE {
        tokio::task::yield_now().await;
    }
    let gone = parts.write(region(8), counted(&read, LONG)).unwrap();
    let waits = parts.write(region(9), counted(&read, LONG)).unwrap();
    tokio::time::sleep(SHORT).await;
    assert_eq!(read.load(Ordering::SeqCst), AT_ONCE, "no place");
    drop(gone);
    until_free(&parts, region(8)).await;
    // Readers that go in the middle give their places back at once.
    drop(slow);
    assert_eq!(all(waits).await, LONG);
    assert_eq!(
        read.load(Ordering::SeqCst),
        AT_ONCE + 1,
        "not for who has gone"
    );
}

#[tokio::test]
async fn a_reader_that_takes_nothing_loses_its_place() {
    let (parts, read) = (Parts::within(SHORT), Arc::default());
    let still = parts.write(region(1), counted(&read, LONG)).unwrap();
    until_free(&parts, region(1)).await;
    assert_eq!(parts.places.available_permits(), AT_ONCE);
    assert!(all(still).await < LONG);
}
