//! The writer's decisions about tags and duplicates, one by one, on rows in memory.

use huitong_core::canonical::Artifact;
use huitong_core::date::DateInterval;
use huitong_core::duplicate::{
    Document, KeyId, Reach, Tag, TagBatch, TagKey, TagStanding, TagStream, ToldCover,
};
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::duplicate::Match;
use huitong_core::record::recovery::RestoreBegan;
use huitong_core::record::registry::{CoveragePeriod, Member};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{DuplicateReason, Scheme};

use super::records::{Begin, GoesOn, NoteMatches, NoteTold, Resolve, Says, WriteTags};
use crate::home::testing::Home;
use crate::samples::person;
use crate::store::{DuplicateRow, Key, Row, Rows};

fn key() -> TagKey {
    TagKey::from_bytes([7; 32])
}

fn tag(number: &str) -> Tag {
    Tag::of(&key(), Document::ResidentId, number)
}

fn other() -> RegionCode {
    "510100".parse().unwrap()
}

fn who() -> PsnNo {
    person().psn_no
}

fn begin(home: &Home) -> TagStream {
    begin_under(home, key().id(), None)
}

fn begin_under(home: &Home, key: KeyId, newest: Option<TagStream>) -> TagStream {
    let by = Some("li.wei".parse().unwrap());
    home.run(Begin { key, by, newest });
    home.rows.tag_head().unwrap().unwrap().stream
}

fn write(
    home: &Home,
    stream: TagStream,
    changes: &[(&str, TagStanding)],
    says: Says,
) -> (GoesOn, Option<TagBatch>) {
    let changes = changes.iter();
    let changes = changes.map(|(number, standing)| (tag(number), who(), *standing));
    let command = WriteTags {
        stream,
        changes: changes.collect(),
        says,
    };
    let (goes_on, records) = home.run(command);
    let batch = records.into_iter().next().map(|record| {
        let NodeRecord::TagsWritten(written) = record else {
            panic!("{record:?}")
        };
        written.batch
    });
    (goes_on, batch)
}

/// The person, covered up to a day.
fn covered(home: &Home, until: Option<&str>) {
    let until = until.map(|day| day.parse().unwrap());
    let member = Member {
        psn_no: who(),
        credentials: [].into(),
        birth: "1964-02-29".parse().unwrap(),
        years_paid: 1,
        claim_free_years: 0,
        periods: vec![CoveragePeriod {
            scheme: Scheme::Resident,
            category: "adult".parse().unwrap(),
            retired: false,
            days: DateInterval::new("2015-01-01".parse().unwrap(), until).unwrap(),
        }],
        identities: Vec::new(),
    };
    home.put(Key::Member(who()), Row::Member(member));
}

fn found(home: &Home, number: &str) -> usize {
    let found = vec![Match {
        psn_no: who(),
        region: other(),
        tag: tag(number),
    }];
    let gone = Vec::new();
    home.run(NoteMatches { found, gone }).1.len()
}

fn gone(home: &Home) -> usize {
    let (found, gone) = (Vec::new(), vec![(who(), other())]);
    home.run(NoteMatches { found, gone }).1.len()
}

fn row(home: &Home) -> DuplicateRow {
    home.rows.duplicate(who(), other()).unwrap().unwrap()
}

fn resolve(home: &Home, reason: DuplicateReason) -> (Option<Refusal>, usize) {
    let command = Resolve {
        psn_no: who(),
        region: other(),
        reason,
        note: None,
        by: "li.wei".parse().unwrap(),
    };
    let (answer, records) = home.run(command);
    (answer, records.len())
}

#[test]
fn the_changes_of_a_batch_stand_in_the_order_of_their_tags() {
    let home = Home::new();
    let stream = begin(&home);
    let numbers: Vec<String> = (0..16).map(|nth| nth.to_string()).collect();
    let people = numbers.iter();
    let people: Vec<_> = people
        .map(|number| (number.as_str(), TagStanding::Covered))
        .collect();
    let batch = write(&home, stream, &people, Says::Part).1.unwrap();
    let as_looked_at: Vec<Tag> = numbers.iter().map(|number| tag(number)).collect();
    let tags: Vec<Tag> = batch.changes.iter().map(|change| change.tag).collect();
    assert_ne!(tags, as_looked_at);
    assert!(tags.is_sorted());
    assert_eq!(tags.len(), as_looked_at.len());
}

#[test]
fn a_batch_holds_what_is_not_so_already_and_stands_on_the_one_before() {
    use TagStanding::{Covered, Ended};
    let home = Home::new();
    let stream = begin(&home);
    assert_eq!(begin(&home), stream, "it has just begun");
    let both = [("1", Covered), ("2", Covered), ("3", Ended)];
    let first = write(&home, stream, &both, Says::Part).1.unwrap();
    assert_eq!((first.number, first.before), (1, TagBatch::BEGINNING));
    assert_eq!(
        first.changes.len(),
        2,
        "who was never covered has not ended"
    );
    assert_eq!(write(&home, stream, &both, Says::Part).1, None);
    let second = write(&home, stream, &[("1", Ended)], Says::Part).1.unwrap();
    assert_eq!((second.number, second.before), (2, first.digest()));
    // That everybody is reported is said once.
    let whole = write(&home, stream, &[], Says::Whole).1.unwrap();
    assert_eq!((whole.number, whole.reach), (3, Reach::Whole));
    assert_eq!(write(&home, stream, &[], Says::Whole), (GoesOn::Yes, None));
    // To a clearinghouse that was restored since it is said again.
    let again = write(&home, stream, &[], Says::WholeAgain).1.unwrap();
    assert_eq!((again.number, again.reach), (4, Reach::Whole));
    // Begun anew, everything is new, and the stream before is over.
    let anew = begin(&home);
    assert!(anew.succeeds(&stream));
    assert_eq!(write(&home, stream, &both, Says::Part), (GoesOn::No, None));
    let again = write(&home, anew, &both, Says::Part).1.unwrap();
    assert_eq!((again.number, again.changes.len()), (1, 2));
    assert_eq!(again.before, TagBatch::BEGINNING);
}

#[test]
fn a_restored_node_begins_in_its_incarnation() {
    let home = Home::new();
    let before = begin(&home);
    home.write(&NodeRecord::RestoreBegan(RestoreBegan {
        incarnation: 2,
        mark: [3; 16],
        at: crate::samples::now(),
    }));
    let after = begin(&home);
    assert_eq!((before.incarnation, after.incarnation), (1, 2));
    assert!(after.succeeds(&before));
}

#[test]
fn a_match_is_seen_once_goes_once_and_comes_back_as_a_new_one() {
    let home = Home::new();
    covered(&home, None);
    let reported =
        |stream, number| write(&home, stream, &[(number, TagStanding::Covered)], Says::Part);
    reported(begin(&home), "1");
    assert_eq!((found(&home, "1"), found(&home, "1")), (1, 0));
    let told = ToldCover {
        cover: Vec::new(),
        resolution: None,
    };
    let tell = || NoteTold {
        region: other(),
        told: vec![(who(), told.clone())],
    };
    assert_eq!((home.run(tell()).1.len(), home.run(tell()).1.len()), (1, 0));
    resolve(&home, DuplicateReason::KeptHere);
    // By another tag, under a new key: the same duplicate.
    let new_key = begin_under(&home, KeyId::from_bytes([6; 8]), None);
    reported(new_key, "2");
    assert_eq!(found(&home, "2"), 1);
    let same = row(&home);
    assert!(same.resolution.is_some() && same.told.is_some() && same.tag == tag("2"));
    assert_eq!((gone(&home), gone(&home)), (1, 0));
    assert_eq!(
        home.run(tell()).1.len(),
        0,
        "nobody is asked about any more"
    );
    assert_eq!(found(&home, "2"), 1);
    let anew = row(&home);
    assert!(anew.resolution.is_none() && anew.told.is_none() && anew.gone.is_none());
    // That it is somebody else is so for good.
    resolve(&home, DuplicateReason::OtherPerson);
    gone(&home);
    found(&home, "2");
    let said = row(&home).resolution.unwrap();
    assert_eq!(said.reason, DuplicateReason::OtherPerson);
    // Of that document alone: by another one under the same key it is another duplicate.
    reported(new_key, "3");
    assert_eq!(found(&home, "3"), 1);
    assert_eq!((row(&home).resolution, row(&home).tag), (None, tag("3")));
    resolve(&home, DuplicateReason::KeptHere);
    gone(&home);
    found(&home, "2");
    assert_eq!(row(&home).resolution, None);
}

#[test]
fn a_stream_begun_anew_is_newer_than_what_the_clearinghouse_holds() {
    let home = Home::new();
    let own = begin(&home);
    let held = TagStream {
        generation: 5,
        ..own
    };
    let anew = begin_under(&home, own.key, Some(held));
    assert!(anew.succeeds(&held), "{anew:?}");
    assert_eq!(
        begin_under(&home, own.key, Some(held)),
        anew,
        "it has just begun"
    );
}

#[test]
fn what_an_officer_says_is_written_once_and_cover_that_goes_on_has_not_ended() {
    let home = Home::new();
    let code = |answer: Option<Refusal>| answer.map(|refusal| refusal.code);
    let unknown = resolve(&home, DuplicateReason::KeptHere).0;
    assert_eq!(code(unknown), Some(RefusalCode::DuplicateUnknown));
    covered(&home, None);
    found(&home, "1");
    let early = resolve(&home, DuplicateReason::EndedHere).0;
    assert_eq!(code(early), Some(RefusalCode::StillCovered));
    assert_eq!(resolve(&home, DuplicateReason::KeptHere), (None, 1));
    assert_eq!(resolve(&home, DuplicateReason::KeptHere), (None, 0));
    covered(&home, Some("2016-01-01"));
    assert_eq!(resolve(&home, DuplicateReason::EndedHere), (None, 1));
    assert_eq!(row(&home).resolution.unwrap().by.as_str(), "li.wei");
}
