//! What a catalogue answers, and which rules it refuses.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "tests compute what they expect with plain arithmetic; an overflow fails the test"
)]

use huitong_core::digest::sha256;
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::CatalogueClass;
use proptest::prelude::*;

use super::*;

const CODES: [&str; 4] = [
    "XA01ABD075A002010100483",
    "ZA01AAA0002010100001",
    "C0101010010000104770",
    "001101000010000",
];

fn code(text: &str) -> CatalogueCode {
    CatalogueCode::parse(text).unwrap()
}

fn day(text: &str) -> ServiceDate {
    ServiceDate::parse(text).unwrap()
}

fn days(from: &str, until: Option<&str>) -> DateInterval {
    DateInterval::new(day(from), until.map(day)).unwrap()
}

fn listed(text: &str, days: DateInterval, class: CatalogueClass) -> CatalogueRule {
    CatalogueRule::Listed(CatalogueEntry {
        code: code(text),
        effective: days,
        class,
        first_pay: Ratio::ZERO,
        limits: Vec::new(),
        restricted: false,
        tags: Vec::new(),
    })
}

fn unlisted(kind: Option<CatalogueKind>, days: DateInterval) -> CatalogueRule {
    CatalogueRule::Unlisted(Unlisted {
        kind,
        effective: days,
    })
}

/// What is said of a code on a day: a class, `out`, or nothing.
fn check(catalogue: &Catalogue, text: &str, on: &str, expected: Option<&str>) {
    let said = catalogue
        .lookup(code(text), day(on))
        .map(|listing| match listing {
            Listing::Entry(entry) => {
                assert_eq!(entry.code, code(text));
                entry.class.word()
            }
            Listing::OutOfScope => "out",
        });
    assert_eq!(said, expected, "{text} on {on}");
}

#[test]
fn the_entry_of_the_day_is_found_and_no_other() {
    let catalogue = Catalogue::new(
        sha256(b"file"),
        vec![
            listed(CODES[0], days("2023-07-01", None), CatalogueClass::B),
            listed(
                CODES[3],
                days("2023-01-01", Some("2023-06-30")),
                CatalogueClass::C,
            ),
            listed(
                CODES[0],
                days("2020-01-01", Some("2022-12-31")),
                CatalogueClass::A,
            ),
        ],
    )
    .unwrap();
    assert_eq!((catalogue.len(), catalogue.digest()), (3, sha256(b"file")));
    check(&catalogue, CODES[0], "2019-12-31", None);
    check(&catalogue, CODES[0], "2020-01-01", Some("a"));
    check(&catalogue, CODES[0], "2022-12-31", Some("a"));
    check(&catalogue, CODES[0], "2023-01-01", None);
    check(&catalogue, CODES[0], "2023-07-01", Some("b"));
    check(&catalogue, CODES[0], "2199-12-31", Some("b"));
    check(&catalogue, CODES[3], "2023-06-30", Some("c"));
    check(&catalogue, CODES[3], "2023-07-01", None);
    check(&catalogue, CODES[1], "2023-07-01", None);
}

#[test]
fn what_is_not_listed_is_out_of_scope_only_where_the_catalogue_says_so() {
    let year = days("2023-01-01", Some("2023-12-31"));
    let catalogue = Catalogue::new(
        sha256(b"file"),
        vec![
            listed(CODES[0], year, CatalogueClass::A),
            unlisted(Some(CatalogueKind::ServiceItem), year),
            unlisted(None, days("2024-01-01", None)),
        ],
    )
    .unwrap();
    check(&catalogue, CODES[0], "2023-05-01", Some("a"));
    check(&catalogue, CODES[3], "2023-05-01", Some("out"));
    check(&catalogue, CODES[1], "2023-05-01", None);
    // A code whose entry has ended is not listed any more.
    check(&catalogue, CODES[0], "2024-05-01", Some("out"));
    check(&catalogue, CODES[3], "2022-05-01", None);
}

#[test]
fn rules_of_one_code_do_not_overlap() {
    let rules = vec![
        listed(CODES[0], days("2023-06-01", None), CatalogueClass::A),
        listed(
            CODES[0],
            days("2020-01-01", Some("2023-12-31")),
            CatalogueClass::A,
        ),
        listed(
            CODES[0],
            days("2021-01-01", Some("2021-01-01")),
            CatalogueClass::A,
        ),
        listed(CODES[1], days("2021-01-01", None), CatalogueClass::A),
        unlisted(None, days("2021-01-01", None)),
        unlisted(None, days("2022-01-01", None)),
        unlisted(Some(CatalogueKind::LocalItem), days("2022-01-01", None)),
    ];
    let found = overlaps(&rules);
    let pairs: Vec<_> = found
        .iter()
        .map(|overlap| (overlap.earlier, overlap.later))
        .collect();
    assert_eq!(pairs, [(1, 2), (1, 0), (4, 5)]);
    assert_eq!(Catalogue::new(sha256(b""), rules).unwrap_err(), found[0]);
}

fn some_rules() -> impl Strategy<Value = Vec<(usize, u8, Option<u8>)>> {
    prop::collection::vec(
        (0..CODES.len(), 0..60_u8, prop::option::of(0..20_u8)),
        0..12,
    )
}

proptest! {
    /// A catalogue is refused exactly when two rules share a code and a day; otherwise it answers as a
    /// reader of the whole list would.
    #[test]
    fn lookup_is_what_a_reader_would_find(rules in some_rules(), asked in 0..CODES.len(), on in 0..90_u8) {
        let first = day("2023-01-01");
        let plus = |days: u8| first.plus_days(i32::from(days)).unwrap();
        let rules: Vec<CatalogueRule> = rules
            .into_iter()
            .map(|(which, from, length)| {
                let until = length.map(|length| plus(from + length));
                listed(CODES[which], DateInterval::new(plus(from), until).unwrap(), CatalogueClass::A)
            })
            .collect();
        let clash = |at: usize| rules[..at].iter().any(|earlier| {
            let ((one, early), (other, late)) = (subject(earlier), subject(&rules[at]));
            one == other && early.overlaps(late)
        });
        let clashes = (0..rules.len()).any(clash);
        match Catalogue::new(sha256(b""), rules.clone()) {
            Err(_) => prop_assert!(clashes),
            Ok(catalogue) => {
                prop_assert!(!clashes);
                let expected = rules.iter().find_map(|rule| match rule {
                    CatalogueRule::Listed(entry)
                        if entry.code == code(CODES[asked]) && entry.effective.contains(plus(on)) =>
                    {
                        Some(Listing::Entry(entry))
                    }
                    CatalogueRule::Listed(_) | CatalogueRule::Unlisted(_) => None,
                });
                prop_assert_eq!(catalogue.lookup(code(CODES[asked]), plus(on)), expected);
            }
        }
    }
}
