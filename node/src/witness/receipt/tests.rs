//! What stands under an id is found, whatever became of the same id of another region.

use huitong_core::id::ReversalId;
use huitong_journal::Position;

use super::*;
use crate::store::memory::MemoryIndex;
use crate::store::{Change, HomeRow, Index as _, Key, ReversedRow, Row};

const NINGBO: &str = "330200";
const CHENGDU: &str = "510100";
const SHANGHAI: &str = "310000";

fn id() -> SettlementId {
    SettlementId::from_parts(1, [1; 10])
}

fn at(record: u32) -> Location {
    Location::at(Position::START, record)
}

/// What Ningbo finds under the id, where it stands like this by the regions that gave it.
fn found(rows: &[(&str, HomeState)]) -> Result<(Location, Option<Location>), RefusalCode> {
    let index = MemoryIndex::new();
    let row = |(code, state): &(&str, HomeState)| Change {
        key: Key::HomeSettlement(code.parse().unwrap(), id()),
        row: Some(Row::HomeSettlement(Box::new(HomeRow {
            binding: None,
            previous: None,
            state: state.clone(),
        }))),
    };
    let rows: Vec<Change> = rows.iter().map(row).collect();
    index.load(&rows).unwrap();
    let treatments = [NINGBO, CHENGDU, SHANGHAI];
    let treatments: [RegionCode; 3] = treatments.map(|code| code.parse().unwrap());
    standing(&index, treatments.into_iter(), id()).map_err(|error| {
        let NodeError::Refused(refusal) = error else {
            panic!("{error}");
        };
        refusal.code
    })
}

#[test]
fn what_was_refused_or_buried_under_another_regions_id_hides_nothing_that_stands() {
    let reversed = HomeState::Reversed(ReversedRow {
        settled: at(2),
        reversed: at(3),
        reversal: ReversalId::from_parts(1, [2; 10]),
    });
    for nothing in [HomeState::Refused(at(1)), HomeState::Tombstone(at(1))] {
        let alone = found(&[(CHENGDU, nothing.clone())]);
        assert_eq!(alone, Err(RefusalCode::NotSettled));
        let committed = HomeState::Committed(at(2));
        let later = found(&[(CHENGDU, nothing.clone()), (SHANGHAI, committed.clone())]);
        assert_eq!(later, Ok((at(2), None)));
        let earlier = found(&[(CHENGDU, committed), (SHANGHAI, nothing.clone())]);
        assert_eq!(earlier, Ok((at(2), None)));
        let taken_back = found(&[(NINGBO, nothing), (CHENGDU, reversed.clone())]);
        assert_eq!(taken_back, Ok((at(2), Some(at(3)))));
    }
    assert_eq!(found(&[]), Err(RefusalCode::NotFound));
}

#[test]
fn where_something_stands_under_the_same_id_of_two_regions_neither_is_proven() {
    let two = [CHENGDU, SHANGHAI].map(|code| (code, HomeState::Committed(at(1))));
    assert_eq!(found(&two), Err(RefusalCode::ReceiptDiffers));
}
