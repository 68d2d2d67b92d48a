//! Bills as cases: what is refused, and what returns leave.

use super::*;

fn line(number: u32, yuan: &str, quantity: i64, returns: Option<u32>) -> BillLine {
    BillLine {
        number,
        code: "XA01AAA001A001010100001".parse().unwrap(),
        date: "2023-03-01".parse().unwrap(),
        quantity: Decimal::from(quantity),
        amount: SignedFen::parse_yuan(yuan).unwrap(),
        returns,
        approved: false,
    }
}

fn visit(admitted: &str, billed_from: &str, discharged: &str) -> Result<Visit, BillError> {
    Visit {
        number: VisitNumber::parse("1").unwrap(),
        episode: VisitNumber::parse("1").unwrap(),
        episode_at: None,
        setting: crate::vocabulary::Setting::Inpatient,
        interim: 0,
        admitted: admitted.parse().unwrap(),
        billed_from: billed_from.parse().unwrap(),
        discharged: discharged.parse().unwrap(),
        arrival: Arrival::Direct,
        sessions: 1,
        diseases: Vec::new(),
        package: None,
    }
    .checked()
}

#[test]
fn the_days_of_a_bill_lie_within_the_visit() {
    for (admitted, from, discharged, spans) in [
        ("2023-12-28", "2023-12-28", "2024-01-03", true),
        ("2023-12-28", "2024-01-01", "2024-01-03", false),
        ("2023-12-28", "2024-01-03", "2024-01-03", false),
        ("2023-12-28", "2023-12-28", "2023-12-31", false),
    ] {
        let visit = visit(admitted, from, discharged).unwrap();
        assert_eq!(visit.spans_years(), spans, "{from} to {discharged}");
    }
    for from in ["2023-12-27", "2024-01-04"] {
        assert_eq!(
            visit("2023-12-28", from, "2024-01-03"),
            Err(BillError::BilledFrom)
        );
    }
    assert_eq!(
        visit("2023-12-28", "2023-12-28", "2023-12-27"),
        Err(BillError::Dates)
    );
}

#[test]
fn a_stay_has_so_many_interim_bills_and_no_more() {
    let stay = visit("2023-12-28", "2023-12-28", "2024-01-03").unwrap();
    let nth = |interim| {
        let visit = Visit {
            interim,
            ..stay.clone()
        };
        visit.checked().map(|visit| visit.interim)
    };
    assert_eq!(nth(INTERIM_AT_MOST), Ok(INTERIM_AT_MOST));
    assert_eq!(nth(INTERIM_AT_MOST + 1), Err(BillError::Interim));
    assert_eq!(nth(u16::MAX), Err(BillError::Interim));
}

fn bill(total: &str, lines: Vec<BillLine>) -> Result<Bill, BillError> {
    Bill::new(Fen::parse_yuan(total).unwrap(), lines)
}

#[test]
fn a_return_takes_from_the_line_it_names() {
    let checked = bill(
        "70.00",
        vec![line(1, "100.00", 10, None), line(2, "-30.00", -3, Some(1))],
    )
    .unwrap();
    let net = checked.net_lines().unwrap();
    assert_eq!(net.len(), 1);
    assert_eq!(
        (net[0].amount, net[0].quantity),
        (Fen::parse_yuan("70").unwrap(), Decimal::from(7))
    );
}

#[test]
fn a_line_returned_wholly_is_gone() {
    let lines = vec![
        line(1, "100.00", 1, None),
        line(2, "5.00", 1, None),
        line(3, "-100.00", -1, Some(1)),
    ];
    assert_eq!(bill("5.00", lines).unwrap().net_lines().unwrap().len(), 1);
}

#[test]
fn each_wrong_bill_is_named() {
    type Case = (&'static str, Vec<BillLine>, fn(&BillError) -> bool);
    let cases: Vec<Case> = vec![
        ("1", vec![], |e| matches!(e, BillError::Empty)),
        (
            "1",
            vec![line(1, "1", 1, None), line(1, "1", 1, None)],
            |e| matches!(e, BillError::RepeatedLine(1)),
        ),
        ("1", vec![line(1, "-1", -1, None)], |e| {
            matches!(e, BillError::Sign(1))
        }),
        ("1", vec![line(1, "1", -1, None)], |e| {
            matches!(e, BillError::Sign(1))
        }),
        (
            "1",
            vec![line(1, "1", 1, None), line(2, "1", 1, Some(1))],
            |e| matches!(e, BillError::Sign(2)),
        ),
        (
            "1",
            vec![line(1, "1", 1, None), line(2, "-1", -1, Some(7))],
            |e| {
                matches!(
                    e,
                    BillError::ReturnsNothing {
                        line: 2,
                        returned: 7
                    }
                )
            },
        ),
        (
            "1",
            vec![line(1, "1", 1, None), line(2, "-2", -1, Some(1))],
            |e| matches!(e, BillError::ReturnsTooMuch(2)),
        ),
        (
            "1",
            vec![line(1, "1", 1, None), line(2, "2", 1, None)],
            |e| matches!(e, BillError::Sum { .. }),
        ),
    ];
    for (total, lines, expected) in cases {
        let refused = bill(total, lines).unwrap_err();
        assert!(expected(&refused), "{refused}");
    }
}
