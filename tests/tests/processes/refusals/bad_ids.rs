//! What is wrong with a request that is to settle, and what it gets.

use huitong_tests::bills::{line, visit};
use huitong_tests::register::Item;

use super::sent::{Row, STANDING, Sent, TWIN, about_id};

pub(super) const ROWS: &[Row] = &[
    about_id(
        "no bill",
        |sent| sent.request.bill = None,
        "request.malformed",
        "bill",
    ),
    about_id(
        "an id of no shape",
        |sent| sent.request.request_id = "a b".to_owned(),
        "request.malformed",
        "request_id",
    ),
    about_id(
        "a not-after time that has passed",
        |sent| sent.request.not_after_ms = 1,
        "request.not_after_passed",
        "",
    ),
    about_id(
        "the same id with another person",
        |sent| sent.request.request_id = STANDING.to_owned(),
        "id.conflict",
        "person",
    ),
    about_id(
        "the same id with another bill",
        |sent| {
            *sent = Sent::of(TWIN, STANDING);
            sent.add(line(4, Item::Drug, 1));
        },
        "id.conflict",
        "bill",
    ),
    about_id(
        "the same id with another visit",
        |sent| {
            *sent = Sent::of(TWIN, STANDING);
            visit(sent.bill()).number = "other".to_owned();
        },
        "id.conflict",
        "visit",
    ),
    about_id(
        "the same visit twice",
        |sent| {
            *sent = Sent::of(TWIN, STANDING);
            sent.request.request_id = "again".to_owned();
        },
        "visit.already_settled",
        "stl_",
    ),
];
