//! The tables of acts on people's records: each keeps its row, and emergencies lie in the order they are listed.

use huitong_core::date::Timestamp;
use huitong_core::digest::sha256;
use huitong_core::id::{ActId, FilingId, SettlementId};
use huitong_core::person::PsnNo;
use huitong_core::record::person::{AskedBy, EmergencyFinding, HeldFiling};
use huitong_core::record::registry::{Filing, FilingArea};
use huitong_core::vocabulary::{EmergencyDoubt, FilingClass};
use huitong_journal::Position;

use super::super::{ActRow, ExternalRow, Filings, Key, Location, OpenRow, ReviewedRow, Row, Table};
use super::{on_each, put, reached};

fn emergency(treatment: &str, nth: u8) -> Key {
    Key::Emergency(
        treatment.parse().unwrap(),
        SettlementId::from_bytes([nth; 16]),
    )
}

fn held(psn_no: PsnNo) -> HeldFiling {
    HeldFiling {
        id: FilingId::from_bytes([5; 16]),
        filing: Filing {
            psn_no,
            class: FilingClass::Temporary,
            area: FilingArea::Everywhere,
            days: crate::import::days("2023-01-01..").unwrap(),
            filed_on: "2023-01-01".parse().unwrap(),
        },
        by: AskedBy::File(sha256(b"file")),
        amends: None,
        end: None,
    }
}

/// A settlement of the core system that stands, and one that was withdrawn and corrected.
pub(super) fn externals() -> Vec<(Key, Row)> {
    let psn_no = PsnNo::parse("330200000000000001").unwrap();
    let row = |corrected_by: Option<&str>| {
        let row = ExternalRow {
            binding: crate::samples::claim("V1").binding(),
            psn_no,
            visit: crate::samples::claim("V1").visit_key(),
            noted: Location::at(Position::START, 3),
            withdrawn: corrected_by.map(|_| Location::at(Position::START, 4)),
            corrected_by: corrected_by.map(|id| id.parse().unwrap()),
        };
        Row::External(row.into())
    };
    let id = |text: &str| text.parse::<huitong_core::external::CoreId>().unwrap();
    vec![
        (Key::External(id("c-1")), row(Some("c-2"))),
        (Key::External(id("c-2")), row(None)),
        (Key::ExternalOf(psn_no, 4), Row::ExternalOf(id("c-1"))),
        (Key::ExternalOf(psn_no, 260), Row::ExternalOf(id("c-2"))),
    ]
}

#[test]
fn each_row_of_people_is_kept_as_it_is() {
    let psn_no = PsnNo::parse("330200000000000001").unwrap();
    let treatment = "510100".parse().unwrap();
    let act = ActRow {
        asked: sha256(b"asked"),
        at: Location::at(Position::START, 3),
    };
    let reviewed = ReviewedRow {
        finding: EmergencyFinding::Rejected(EmergencyDoubt::Over),
        at: Timestamp::EPOCH,
    };
    let rows = [
        (Key::Act(ActId::from_bytes([1; 16])), Row::Act(act)),
        (
            Key::Death(psn_no),
            Row::Death("2023-03-05".parse().unwrap()),
        ),
        (
            Key::Reviewed(treatment, SettlementId::from_bytes([2; 16])),
            Row::Reviewed(reviewed),
        ),
        (
            Key::Filings(psn_no),
            Row::Filings(Filings(vec![held(psn_no)])),
        ),
    ];
    on_each(|index| {
        let changes: Vec<_> = rows
            .iter()
            .cloned()
            .map(|(key, row)| put(key, row))
            .collect();
        index.apply(&changes, reached(1, 4)).unwrap();
        for (key, row) in &rows {
            assert_eq!(index.get(key).unwrap().as_ref(), Some(row), "{key:?}");
        }
    });
}

#[test]
fn emergencies_lie_by_region_and_settlement() {
    on_each(|index| {
        let row = || {
            Row::Emergency(OpenRow {
                since: Timestamp::EPOCH,
            })
        };
        let keys = [
            emergency("510100", 7),
            emergency("310000", 9),
            emergency("510100", 2),
        ];
        let changes: Vec<_> = keys.into_iter().map(|key| put(key, row())).collect();
        index.apply(&changes, reached(1, 3)).unwrap();
        let after = |key: Option<&Key>| {
            let rows = index.scan(Table::Emergency, key, 9).unwrap();
            rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        let all = [
            emergency("310000", 9),
            emergency("510100", 2),
            emergency("510100", 7),
        ];
        assert_eq!(after(None), all);
        assert_eq!(after(Some(&all[1])), all[2..]);
    });
}
