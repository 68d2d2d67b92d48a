//! Splitting a bill by the treatment catalogue (rule 1).

use huitong_adjudication::{SplitError, split_bill, split_line};
use huitong_core::bill::{Bill, BillLine, NetLine};
use huitong_core::catalogue::{CatalogueEntry, Listing};
use huitong_core::catalogue_code::CatalogueCode;
use huitong_core::date::DateInterval;
use huitong_core::money::SignedFen;
use huitong_core::vocabulary::{CatalogueClass, Grade, Part};

use crate::build::*;

fn entry(class: CatalogueClass, first_pay: &str) -> CatalogueEntry {
    CatalogueEntry {
        code: CatalogueCode::parse("XA01ABD075A002010100483").unwrap(),
        effective: DateInterval::new(date("2023-01-01"), None).unwrap(),
        class,
        first_pay: ratio(first_pay),
        limits: vec![(Grade::Three, fen("1.25"))],
        restricted: false,
        tags: vec![],
    }
}

fn line(quantity: &str, yuan: &str) -> NetLine {
    NetLine {
        number: 1,
        code: entry(CatalogueClass::A, "0").code,
        date: date("2023-06-01"),
        quantity: dec(quantity),
        amount: fen(yuan),
        approved: false,
    }
}

/// Rule 1: [in scope, first-pay, over limit, out of scope] of one line.
#[test]
fn a_line_is_split_by_its_entry() {
    let b = || Some(entry(CatalogueClass::B, "0.1"));
    let restricted = Some(CatalogueEntry {
        restricted: true,
        ..entry(CatalogueClass::A, "0")
    });
    let cases = [
        (
            Some(entry(CatalogueClass::A, "0.1")),
            Grade::Two,
            "3",
            "10.00",
            ["10.00", "0.00", "0.00", "0.00"],
        ),
        (
            b(),
            Grade::Two,
            "3",
            "10.00",
            ["9.00", "1.00", "0.00", "0.00"],
        ),
        // R(1.25 × 2.5) = 3.13 is payable; 10 % of it, 0.313, is borne first.
        (
            b(),
            Grade::Three,
            "2.5",
            "10.00",
            ["2.82", "0.31", "6.87", "0.00"],
        ),
        (
            b(),
            Grade::Three,
            "100",
            "10.00",
            ["9.00", "1.00", "0.00", "0.00"],
        ),
        (
            b(),
            Grade::Two,
            "1",
            "0.05",
            ["0.04", "0.01", "0.00", "0.00"],
        ),
        (
            Some(entry(CatalogueClass::C, "0")),
            Grade::Three,
            "1",
            "10.00",
            ["0.00", "0.00", "0.00", "10.00"],
        ),
        (
            restricted,
            Grade::Two,
            "1",
            "10.00",
            ["0.00", "0.00", "0.00", "10.00"],
        ),
        (
            None,
            Grade::Two,
            "1",
            "10.00",
            ["0.00", "0.00", "0.00", "10.00"],
        ),
    ];
    for (entry, grade, quantity, yuan, expected) in cases {
        let parts = split_line(entry.as_ref(), &line(quantity, yuan), grade).unwrap();
        let shown = Part::ALL
            .iter()
            .map(|part| parts.get(*part).to_string())
            .collect::<Vec<_>>();
        assert_eq!(shown, expected, "{entry:?} {grade} {quantity}");
        assert_eq!(parts.total().unwrap(), fen(yuan));
    }
}

#[test]
fn a_restricted_item_that_the_hospital_approved_is_payable() {
    let entry = CatalogueEntry {
        restricted: true,
        ..entry(CatalogueClass::A, "0")
    };
    let line = NetLine {
        approved: true,
        ..line("1", "1.00")
    };
    assert_eq!(
        split_line(Some(&entry), &line, Grade::Three)
            .unwrap()
            .in_scope,
        fen("1")
    );
}

/// A line returned in part is split on what is kept; a code that nobody listed is refused by number.
#[test]
fn a_bill_is_split_line_by_line() {
    let known = entry(CatalogueClass::B, "0.1");
    let charged = |number, quantity: &str, yuan: &str, returns| BillLine {
        number,
        code: known.code,
        date: date("2023-06-01"),
        quantity: dec(quantity),
        amount: SignedFen::parse_yuan(yuan).unwrap(),
        returns,
        approved: false,
    };
    let lines = vec![
        charged(1, "4", "20.00", None),
        charged(2, "-1", "-5.00", Some(1)),
    ];
    let bill = Bill::new(fen("15"), lines).unwrap();
    let split = split_bill(&bill, Grade::Two, |_, _| Some(Listing::Entry(&known))).unwrap();
    assert_eq!(
        (split.total(), split.parts().first_pay),
        (fen("15"), fen("1.5"))
    );
    let unlisted = split_bill(&bill, Grade::Two, |_, _| Some(Listing::OutOfScope)).unwrap();
    assert_eq!(unlisted.parts().out_of_scope, fen("15"));
    let unknown = split_bill(&bill, Grade::Two, |_, _| None);
    assert!(
        matches!(unknown, Err(SplitError::UnknownCode { line: 1, .. })),
        "{unknown:?}"
    );
}
