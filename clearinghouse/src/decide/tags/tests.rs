//! Tags: only the next batch on what is held, one stream at a time, and matches that follow from what stands.

use std::time::{Duration, Instant};

use huitong_core::canonical::Artifact;
use huitong_core::duplicate::{
    CHANGES_AT_MOST, Document, KeyId, Reach, Tag, TagBatch, TagChange, TagKey, TagStanding,
    TagStream,
};
use huitong_core::region::RegionCode;

use super::{report_tags, tag_position};
use crate::refusal::Refusal;
use crate::testing::{House, Return, code, region, told};

fn stream(incarnation: u32, generation: u32) -> TagStream {
    TagStream {
        incarnation,
        generation,
        key: KeyId::from_bytes([5; 8]),
    }
}

fn tag(nth: u8) -> Tag {
    Tag::from_bytes([nth; 16])
}

fn covered(nth: u8) -> TagChange {
    TagChange {
        tag: tag(nth),
        standing: TagStanding::Covered,
    }
}

fn ended(nth: u8) -> TagChange {
    TagChange {
        tag: tag(nth),
        standing: TagStanding::Ended,
    }
}

/// A region's tags, as its node would number them.
struct Sender {
    of: usize,
    next: TagBatch,
}

impl Sender {
    fn new(of: usize, stream: TagStream) -> Self {
        let next = TagBatch {
            stream,
            number: 1,
            before: TagBatch::BEGINNING,
            changes: Vec::new(),
            reach: Reach::Part,
        };
        Self { of, next }
    }

    /// Sends a batch, and goes on from it when it is taken.
    fn send(&mut self, house: &House, changes: &[TagChange]) -> Result<u64, Refusal> {
        self.next.changes = changes.to_vec();
        let held = report(house, self.of, &self.next)?;
        self.next.before = self.next.digest();
        self.next.number += 1;
        Ok(held)
    }
}

fn report(house: &House, of: usize, batch: &TagBatch) -> Result<u64, Refusal> {
    let batch = batch.clone();
    house.ask(move |context| report_tags(context, region(of), batch))
}

/// The region's matches once the index has all that was sent, a pair a tag.
fn matched(house: &House, of: usize) -> Vec<(Tag, RegionCode)> {
    house.matches(of, None).matches
}

/// Longer than the index takes on any machine: asking so often instead would be over sooner on a busy one.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks again, as a node would, until the index has what is expected.
fn comes_to<T: PartialEq + std::fmt::Debug>(expected: &T, ask: impl Fn() -> T) {
    let begun = Instant::now();
    let mut found = ask();
    while found != *expected && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
        found = ask();
    }
    assert_eq!(&found, expected);
}

/// Waits for the index as a node that asks again would.
fn until(house: &House, of: usize, expected: &[(u8, usize)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(nth, other)| (tag(*nth), region(*other)))
        .collect();
    comes_to(&expected, || matched(house, of));
}

#[test]
fn only_the_next_batch_is_taken_and_one_that_was_another_halts_the_stream() {
    let house = House::new(1);
    let mut sender = Sender::new(2, stream(1, 1));
    let first = TagBatch {
        changes: vec![covered(1)],
        ..sender.next.clone()
    };
    assert_eq!(sender.send(&house, &[covered(1)]), Ok(1));
    assert_eq!(report(&house, 2, &first), Ok(1), "sent again");
    let gap = TagBatch {
        number: 3,
        ..sender.next.clone()
    };
    assert_eq!(code(report(&house, 2, &gap)), "stream.gap");
    assert_eq!(sender.send(&house, &[ended(1)]), Ok(2));
    assert_eq!(report(&house, 2, &first), Ok(2), "an earlier one again");
    let many = TagBatch {
        changes: vec![covered(1); CHANGES_AT_MOST + 1],
        ..sender.next.clone()
    };
    assert_eq!(code(report(&house, 2, &many)), "request.malformed");
    // Another history: its next batch stands on something else.
    let other = TagBatch {
        before: first.digest(),
        ..sender.next.clone()
    };
    assert_eq!(code(report(&house, 2, &other)), "tags.conflict");
    assert_eq!(code(sender.send(&house, &[covered(2)])), "tags.conflict");
    let position = house.ask(|context| tag_position(context, told(2)));
    assert_eq!(position.unwrap().unwrap().halted_at, Some(3));
    // A new stream ends it; nothing of the old one is taken any more.
    let mut anew = Sender::new(2, stream(1, 2));
    assert_eq!(anew.send(&house, &[covered(2)]), Ok(1));
    assert_eq!(code(sender.send(&house, &[])), "tags.old_stream");
    let nothing = TagBatch {
        number: 0,
        ..anew.next.clone()
    };
    assert_eq!(code(report(&house, 2, &nothing)), "request.malformed");
    let stranger = Sender::new(2, stream(0, 9));
    assert_eq!(
        code(report(&house, 2, &stranger.next)),
        "recovery.old_incarnation"
    );
}

#[test]
fn the_same_number_with_other_content_halts_also_the_last() {
    let house = House::new(2);
    let mut sender = Sender::new(2, stream(1, 1));
    let first = TagBatch {
        changes: vec![covered(9)],
        ..sender.next.clone()
    };
    assert_eq!(sender.send(&house, &[covered(1)]), Ok(1));
    assert_eq!(code(report(&house, 2, &first)), "tags.conflict");
    let unfounded = TagBatch {
        before: first.digest(),
        ..Sender::new(3, stream(1, 1)).next
    };
    assert_eq!(code(report(&house, 3, &unfounded)), "request.malformed");
}

#[test]
fn a_match_is_told_to_its_two_regions_and_ends_with_either_cover() {
    let house = House::new(3);
    let (mut one, mut two) = (Sender::new(2, stream(1, 1)), Sender::new(3, stream(1, 1)));
    let mut third = Sender::new(0, stream(1, 1));
    one.send(&house, &[covered(1), covered(2), covered(3)])
        .unwrap();
    two.send(&house, &[covered(3), covered(2), covered(4)])
        .unwrap();
    third.send(&house, &[covered(4)]).unwrap();
    until(&house, 2, &[(2, 3), (3, 3)]);
    until(&house, 3, &[(2, 2), (3, 2), (4, 0)]);
    until(&house, 0, &[(4, 3)]);
    until(&house, 1, &[]);
    two.send(&house, &[ended(2)]).unwrap();
    until(&house, 2, &[(3, 3)]);
    one.send(&house, &[ended(3)]).unwrap();
    until(&house, 3, &[(4, 0)]);
    two.send(&house, &[covered(2)]).unwrap();
    until(&house, 2, &[(2, 3)]);
}

#[test]
fn regions_under_different_keys_or_after_a_new_beginning_are_not_matched() {
    let house = House::new(4);
    let (mut one, mut two) = (Sender::new(2, stream(1, 1)), Sender::new(3, stream(1, 1)));
    one.send(&house, &[covered(1)]).unwrap();
    two.send(&house, &[covered(1)]).unwrap();
    until(&house, 2, &[(1, 3)]);
    let other_key = TagStream {
        key: KeyId::from_bytes([6; 8]),
        ..stream(1, 2)
    };
    let mut anew = Sender::new(3, other_key);
    anew.send(&house, &[covered(1)]).unwrap();
    until(&house, 2, &[]);
    let seen = house.matches(2, None);
    let keys: Vec<KeyId> = seen.regions.values().map(|held| held.stream.key).collect();
    assert_eq!(keys, [KeyId::from_bytes([5; 8]), KeyId::from_bytes([6; 8])]);
    // Back under the first key: what was reported before counts only once it is reported again.
    let mut back = Sender::new(3, stream(1, 3));
    back.send(&house, &[covered(7)]).unwrap();
    until(&house, 2, &[]);
    back.send(&house, &[covered(1)]).unwrap();
    until(&house, 2, &[(1, 3)]);
}

#[test]
fn a_restart_and_a_lost_index_change_nothing() {
    let mut house = House::new(5);
    let (mut one, mut two) = (Sender::new(2, stream(1, 1)), Sender::new(3, stream(1, 1)));
    one.send(&house, &[covered(1), covered(2)]).unwrap();
    two.send(&house, &[covered(1)]).unwrap();
    for how in [Return::Stopped, Return::PowerCut, Return::IndexLost] {
        house.come_back(how);
        until(&house, 2, &[(1, 3)]);
        let held = house.ask(|context| tag_position(context, told(2)));
        let held = held.unwrap().unwrap();
        assert_eq!(
            (held.held, held.chain),
            (one.next.number - 1, one.next.before)
        );
        one.send(&house, &[ended(2)]).unwrap();
    }
    two.next.reach = Reach::Whole;
    two.send(&house, &[]).unwrap();
    two.next.reach = Reach::Part;
    two.send(&house, &[covered(2)]).unwrap();
    house.come_back(Return::PowerCut);
    let seen = house.matches(3, None);
    assert_eq!(
        seen.regions[&region(3)].reach,
        Reach::Whole,
        "once and for all"
    );
}

#[test]
fn a_page_of_matches_ends_where_the_next_begins() {
    let house = House::new(6);
    let (mut one, mut two) = (Sender::new(2, stream(1, 1)), Sender::new(3, stream(1, 1)));
    let (key, count) = (TagKey::from_bytes([1; 32]), 700_u64);
    let tags: Vec<TagChange> = (0..count)
        .map(|nth| TagChange {
            tag: Tag::of(&key, Document::ResidentId, &nth.to_string()),
            standing: TagStanding::Covered,
        })
        .collect();
    for batch in tags.chunks(CHANGES_AT_MOST) {
        one.send(&house, batch).unwrap();
        two.send(&house, batch).unwrap();
    }
    let pages = || {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = house.matches(2, after);
            found.extend(page.matches);
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    };
    let mut expected: Vec<_> = tags.iter().map(|change| (change.tag, region(3))).collect();
    expected.sort_unstable();
    comes_to(&expected, pages);
}

#[test]
fn a_restored_clearinghouse_counts_nobody_whole_until_it_is_said_again() {
    let mut house = House::new(7);
    let (mut one, mut two) = (Sender::new(2, stream(1, 1)), Sender::new(3, stream(1, 1)));
    for sender in [&mut one, &mut two] {
        sender.send(&house, &[covered(1)]).unwrap();
        sender.next.reach = Reach::Whole;
        sender.send(&house, &[]).unwrap();
    }
    until(&house, 2, &[(1, 3)]);
    let backup = house.disk.copy();
    house.put_back(&backup);
    let reach = |house: &House| {
        let listed = house.matches(2, None).regions;
        [2, 3].map(|of| listed[&region(of)].reach)
    };
    assert_eq!(reach(&house), [Reach::Part, Reach::Part]);
    let held = house.ask(|context| tag_position(context, told(2)));
    assert_eq!(held.unwrap().unwrap().reach, Reach::Part);
    // Also over a restart; said again, it counts.
    house.come_back(Return::IndexLost);
    assert_eq!(reach(&house), [Reach::Part, Reach::Part]);
    one.send(&house, &[]).unwrap();
    comes_to(&[Reach::Whole, Reach::Part], || reach(&house));
    until(&house, 2, &[(1, 3)]);
}
