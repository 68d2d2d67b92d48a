//! What is wrong with a bill, whether it is settled or only estimated, and what it gets.

use huitong_proto::settlement::v1 as settlement;
use huitong_tests::bills::{inpatient, line, person, visit};
use huitong_tests::register::{Desk, Item, LAPSED, NINGBO, NOWHERE, STRANGER};

use super::sent::{LARGEST, Row, TWIN, returning, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "an unknown person",
        |sent| person(sent.bill()).psn_no = NINGBO.psn_no(STRANGER),
        "person.unknown",
        "",
    ),
    row(
        "another's credential",
        |sent| {
            sent.bill().credential = inpatient(&NINGBO, TWIN, "v", &[]).credential;
        },
        "person.credential_mismatch",
        "",
    ),
    row(
        "not enrolled on the date",
        |sent| {
            person(sent.bill()).psn_no = NINGBO.psn_no(LAPSED);
            sent.bill().credential = inpatient(&NINGBO, LAPSED, "v", &[]).credential;
        },
        "person.not_enrolled",
        "2024-05-06",
    ),
    row(
        "an unknown institution",
        |sent| sent.desk = Desk::Unregistered,
        "institution.unknown",
        "H51010000009",
    ),
    row(
        "an institution that is not networked",
        |sent| sent.desk = Desk::Alone,
        "institution.not_networked",
        "H51010000003",
    ),
    row(
        "a code of no catalogue",
        |sent| sent.line(1).code = Item::UnlistedDrug.code().to_owned(),
        "catalogue.unknown_code",
        Item::UnlistedDrug.code(),
    ),
    row(
        "a code that is listed no more",
        |sent| sent.line(1).code = Item::Former.code().to_owned(),
        "catalogue.unknown_code",
        "2024-05-16",
    ),
    row(
        "a code of no shape",
        |sent| sent.line(1).code = "aspirin".to_owned(),
        "request.malformed",
        "bill.lines[1].code",
    ),
    row(
        "a negative amount",
        |sent| {
            sent.line(2).amount_fen = -50_000;
            sent.bill().total_fen -= 100_000;
        },
        "bill.invalid",
        "line 3",
    ),
    row(
        "a negative quantity",
        |sent| sent.line(2).quantity = "-1".to_owned(),
        "bill.invalid",
        "line 3",
    ),
    row(
        "a return of nothing",
        |sent| {
            sent.add(settlement::BillLine {
                returns: 7,
                ..returning(-100, "-1")
            })
        },
        "bill.invalid",
        "line 4",
    ),
    row(
        "a return of another item",
        |sent| {
            sent.add(settlement::BillLine {
                returns: 2,
                ..returning(-100, "-1")
            })
        },
        "bill.invalid",
        "line 4",
    ),
    row(
        "a return of a later line",
        |sent| {
            let mut back = returning(-100, "-1");
            back.returns = 5;
            sent.add(back);
            sent.add(line(5, Item::Drug, 100));
        },
        "bill.invalid",
        "line 4",
    ),
    row(
        "a return with a positive amount",
        |sent| sent.add(returning(100, "-1")),
        "bill.invalid",
        "line 4",
    ),
    row(
        "more returned than charged",
        |sent| sent.add(returning(-1_800_001, "-1")),
        "bill.invalid",
        "line 4",
    ),
    row(
        "a negative total",
        |sent| sent.bill().total_fen = -1,
        "request.malformed",
        "bill.total_fen",
    ),
    row(
        "an amount over the largest",
        |sent| sent.line(0).amount_fen = LARGEST + 1,
        "request.malformed",
        "bill.lines[0].amount_fen",
    ),
    row(
        "an amount at the end of its type",
        |sent| sent.line(0).amount_fen = i64::MAX,
        "request.malformed",
        "bill.lines[0].amount_fen",
    ),
    row(
        "an amount at the other end",
        |sent| sent.line(0).amount_fen = i64::MIN,
        "request.malformed",
        "bill.lines[0].amount_fen",
    ),
    row(
        "lines that sum to more than the largest",
        |sent| {
            sent.line(0).amount_fen = LARGEST;
            sent.line(1).amount_fen = LARGEST;
            sent.bill().total_fen = LARGEST;
        },
        "bill.invalid",
        "bill.lines",
    ),
    row(
        "lines that do not sum",
        |sent| sent.bill().total_fen += 1,
        "bill.invalid",
        "20500.00",
    ),
    row(
        "no line",
        |sent| {
            sent.bill().lines.clear();
            sent.bill().total_fen = 0;
        },
        "bill.invalid",
        "bill.lines",
    ),
    row(
        "more lines than a bill has",
        |sent| {
            sent.bill().lines = (1..=20_001)
                .map(|number| line(number, Item::Drug, 1))
                .collect();
            sent.bill().total_fen = 20_001;
        },
        "bill.invalid",
        "20000",
    ),
    row(
        "a line number twice",
        |sent| sent.line(1).number = 1,
        "bill.invalid",
        "line 1",
    ),
    row(
        "a line before the visit",
        |sent| sent.line(1).date = "2024-05-05".to_owned(),
        "bill.invalid",
        "line 2",
    ),
    row(
        "no policy for the date",
        |sent| sent.day("2022-05-16"),
        "policy.missing",
        "2022-05-16",
    ),
    row(
        "no policy for the kind of visit",
        |sent| visit(sent.bill()).setting = settlement::Setting::Maternity.into(),
        "policy.missing",
        "maternity",
    ),
    row(
        "a region in no directory",
        |sent| person(sent.bill()).home_region = NOWHERE.to_owned(),
        "directory.unknown_region",
        NOWHERE,
    ),
    row(
        "a region of no shape",
        |sent| person(sent.bill()).home_region = "33020".to_owned(),
        "request.malformed",
        "bill.person.home_region",
    ),
    row(
        "no person",
        |sent| sent.bill().person = None,
        "request.malformed",
        "bill.person",
    ),
    row(
        "no kind of visit",
        |sent| visit(sent.bill()).setting = 0,
        "request.malformed",
        "bill.visit.setting",
    ),
    row(
        "a kind of visit of a later version",
        |sent| visit(sent.bill()).setting = 99,
        "request.malformed",
        "bill.visit.setting",
    ),
    row(
        "discharged before admitted",
        |sent| visit(sent.bill()).discharged = "2024-05-05".to_owned(),
        "request.malformed",
        "bill.visit",
    ),
    row(
        "a payment by others that no policy names",
        |sent| {
            sent.bill().given_fen.insert("charity".to_owned(), 100);
        },
        "bill.given_too_large",
        "charity",
    ),
];
