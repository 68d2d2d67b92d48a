//! Bills as a hospital's system sends them. A test changes what it wants to be wrong.

use std::collections::BTreeMap;

use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1 as settlement;

use crate::register::{Item, Region};

/// The day on which every visit of the world ends: within every policy and every cover.
pub const DISCHARGED: &str = "2024-05-16";
/// The day on which every stay of the world begins.
pub const ADMITTED: &str = "2024-05-06";

/// A stay of a person: items and fen.
#[must_use]
pub fn inpatient(
    home: &Region,
    person: u32,
    visit: &str,
    lines: &[(Item, i64)],
) -> settlement::Bill {
    let days = (ADMITTED, DISCHARGED);
    bill(
        home,
        person,
        visit,
        settlement::Setting::Inpatient,
        days,
        lines,
    )
}

/// An outpatient visit of a person: items and fen.
#[must_use]
pub fn outpatient(
    home: &Region,
    person: u32,
    visit: &str,
    lines: &[(Item, i64)],
) -> settlement::Bill {
    let days = (DISCHARGED, DISCHARGED);
    bill(
        home,
        person,
        visit,
        settlement::Setting::Outpatient,
        days,
        lines,
    )
}

fn bill(
    home: &Region,
    person: u32,
    visit: &str,
    setting: settlement::Setting,
    (admitted, discharged): (&str, &str),
    lines: &[(Item, i64)],
) -> settlement::Bill {
    let lines: Vec<_> = (1..)
        .zip(lines)
        .map(|(number, (item, fen))| line(number, *item, *fen))
        .collect();
    settlement::Bill {
        person: Some(common::Person {
            home_region: home.code.to_owned(),
            psn_no: home.psn_no(person),
        }),
        credential: Some(common::Credential {
            kind: Some(common::credential::Kind::EVoucher(home.voucher(person))),
        }),
        visit: Some(settlement::Visit {
            number: visit.to_owned(),
            episode: visit.to_owned(),
            setting: setting.into(),
            interim: 0,
            admitted: admitted.to_owned(),
            discharged: discharged.to_owned(),
            arrival: settlement::Arrival::Direct.into(),
            sessions: 1,
            diseases: Vec::new(),
            package: String::new(),
            billed_from: String::new(),
            episode_at: String::new(),
        }),
        total_fen: lines.iter().map(|line| line.amount_fen).sum(),
        lines,
        given_fen: BTreeMap::new(),
    }
}

/// One line, one unit, on the last day.
#[must_use]
pub fn line(number: u32, item: Item, fen: i64) -> settlement::BillLine {
    settlement::BillLine {
        number,
        code: item.code().to_owned(),
        date: DISCHARGED.to_owned(),
        quantity: "1".to_owned(),
        amount_fen: fen,
        returns: 0,
        approved: false,
    }
}

/// The visit of a bill, to be changed.
pub fn visit(bill: &mut settlement::Bill) -> &mut settlement::Visit {
    bill.visit.as_mut().unwrap()
}

/// The person of a bill, to be changed.
pub fn person(bill: &mut settlement::Bill) -> &mut common::Person {
    bill.person.as_mut().unwrap()
}
