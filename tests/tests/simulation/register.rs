//! Who and what there is in a simulated world: regions, people, one hospital a region, one rule for all.
//!
//! The rule is small enough to be reckoned by hand, so that the auditor needs no engine: a start of 1,200.00 a
//! year, then 70 %, at most 20,000.00 a year; what is left comes from the person's own account as far as it
//! goes. Of what is left of a year, assistance pays 60 % above 3,000.00, at most 4,000.00, where need was found. Emergencies are settled provisionally while the home region cannot be reached.
//!
//! Some people move, and some of those go on to a third home, or back: each has one number at each home. Some are in two registers
//! under the number of one document.

use std::fmt::Write as _;

use huitong_core::region::RegionCode;
use huitong_node::import::{ControlSums, FileKind};
use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;

/// The regions of a world, in the order of their numbers.
pub const REGIONS: [&str; 13] = [
    "110000", "120000", "310000", "320100", "330100", "330200", "350100", "370100", "420100",
    "440100", "440300", "500000", "510100",
];
/// People of each region.
pub const PEOPLE: u64 = 2;
/// People of each region who may move to another one; they come after the others.
pub const MOVERS: u64 = 2;
/// The one of each region in whom need is found; it comes after the movers.
pub const IN_NEED: u64 = PEOPLE + MOVERS;
/// The first of three of each region whose stays are billed in parts, and who have no others; they come after those who are in
/// two registers.
pub const IN_PARTS: u64 = 20;
/// The first of two of each region whose claims are lost on their way and given up, and who have no others.
pub const GIVEN_UP: u64 = IN_PARTS + 3;
/// How much of a shortfall a home region bears, in fen.
pub const HOME_BEARS: i64 = 20_000;
/// The first day at the new home of whoever moves: before today, and after every stay but those that say so.
pub const MOVES: &str = "2024-05-18";
/// The first day at the third home of whoever goes on.
pub const GOES_ON: &str = "2024-05-24";
/// What each person's own account holds at the beginning, in fen.
pub const OPENING_BALANCE: i64 = 300_000;
/// The start of a year, in fen.
pub const START: i64 = 120_000;
/// What is paid at most in a year, in fen.
pub const CEILING: i64 = 2_000_000;
/// Above what is left of a year it is helped with, in fen, and with how much at most.
pub const HELP_START: i64 = 300_000;
pub const HELP_CEILING: i64 = 400_000;

const DRUG: &str = "XC09AAA078A001010100001";
/// A stay of before anybody moves, one of since, and one of since somebody has gone on.
const BEFORE: (&str, &str) = ("2024-05-06", "2024-05-16");
/// The last day of the first bill of a stay that is billed in parts, and the first of the next.
const PARTED: (&str, &str) = ("2024-05-10", "2024-05-11");
const SINCE: (&str, &str) = ("2024-05-18", "2024-05-19");
const ONWARDS: (&str, &str) = ("2024-05-24", "2024-05-26");
/// What is added to the number of whoever comes from another region, and more for who comes to a third home.
const COMES: u64 = 1_000;
const COMES_AGAIN: u64 = 100_000;

/// A region by its number.
pub fn region(number: usize) -> RegionCode {
    REGIONS[number].parse().unwrap()
}

/// The code of a region's hospital.
pub fn hospital(number: usize) -> String {
    format!("H{}00001", REGIONS[number])
}

fn psn_no(number: usize, person: u64) -> String {
    format!("{}{person:012}", REGIONS[number])
}

/// Somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Somebody {
    /// The number of the home region.
    pub home: usize,
    /// The number within it.
    pub person: u64,
}

impl Somebody {
    /// Who may move from a region.
    pub fn mover(home: usize, nth: u64) -> Self {
        let person = PEOPLE + nth;
        Self { home, person }
    }

    /// The same person at another home, which may be the first one again: under a number of its own.
    pub fn at(self, home: usize) -> Self {
        let from = u64::try_from(self.home).unwrap();
        let person = if self.person < COMES {
            COMES * (from + 1) + self.person
        } else {
            COMES_AGAIN + self.person
        };
        Self { home, person }
    }

    /// The person's voucher, which goes along.
    pub fn voucher(self) -> String {
        let person = self.person % COMES_AGAIN;
        let first = match (person / COMES).checked_sub(1) {
            None => self,
            Some(from) => Self {
                home: usize::try_from(from).unwrap(),
                person: person % COMES,
            },
        };
        format!("EV{}", psn_no(first.home, first.person))
    }

    /// The person's number.
    pub fn psn_no(self) -> String {
        psn_no(self.home, self.person)
    }

    /// As messages name a person.
    pub fn to_wire(self) -> common::Person {
        common::Person {
            home_region: REGIONS[self.home].to_owned(),
            psn_no: psn_no(self.home, self.person),
        }
    }
}

/// Somebody in a region's register who is in another one too, under the number of the same document.
#[derive(Debug, Clone)]
pub struct Twin {
    pub of: Somebody,
    /// The number of a resident's card.
    pub document: String,
    pub from: &'static str,
    pub until: Option<&'static str>,
}

/// When and how a stay came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// Planned, before anybody moves.
    Before,
    /// Planned, since the day on which people move.
    Since,
    /// Planned, since the day on which some of them go on to a third home.
    Onwards,
    /// An emergency, before anybody moves.
    Emergency,
    /// The first days of a planned one, billed while it goes on, and the rest of it.
    Begun,
    Rest,
}

/// A stay of one line.
pub fn bill(of: Somebody, visit: &str, stay: Stay, fen: i64) -> v1::Bill {
    let voucher = of.voucher();
    let (admitted, discharged) = match stay {
        Stay::Before | Stay::Emergency | Stay::Rest => BEFORE,
        Stay::Begun => (BEFORE.0, PARTED.0),
        Stay::Since => SINCE,
        Stay::Onwards => ONWARDS,
    };
    let arrival = match stay {
        Stay::Emergency => v1::Arrival::Emergency,
        Stay::Before | Stay::Since | Stay::Onwards | Stay::Begun | Stay::Rest => {
            v1::Arrival::Direct
        }
    };
    let (interim, billed_from) = match stay {
        Stay::Begun => (1, BEFORE.0),
        Stay::Rest => (0, PARTED.1),
        Stay::Before | Stay::Since | Stay::Onwards | Stay::Emergency => (0, ""),
    };
    v1::Bill {
        person: Some(of.to_wire()),
        credential: Some(common::Credential {
            kind: Some(common::credential::Kind::EVoucher(voucher)),
        }),
        visit: Some(v1::Visit {
            number: visit.to_owned(),
            episode: visit.to_owned(),
            setting: v1::Setting::Inpatient.into(),
            interim,
            admitted: admitted.to_owned(),
            discharged: discharged.to_owned(),
            arrival: arrival.into(),
            sessions: 1,
            diseases: Vec::new(),
            package: String::new(),
            billed_from: billed_from.to_owned(),
            episode_at: String::new(),
        }),
        total_fen: fen,
        lines: vec![v1::BillLine {
            number: 1,
            code: DRUG.to_owned(),
            date: discharged.to_owned(),
            quantity: "1".to_owned(),
            amount_fen: fen,
            returns: 0,
            approved: false,
        }],
        given_fen: std::collections::BTreeMap::new(),
    }
}

/// The messages that bring a region's files in, file by file.
pub fn files(number: usize, twins: &[Twin]) -> Vec<Vec<v1::ImportRequest>> {
    use v1::ImportKind as Kind;
    let mut members = String::from(
        "psn_no,credentials,birth_date,scheme,category,years_paid,coverage,identities\n",
    );
    let mut balances = String::from("psn_no,own\n");
    for person in (0..=IN_NEED).chain(IN_PARTS..GIVEN_UP + 2) {
        let psn_no = psn_no(number, person);
        let born = "1980-01-01,employee,in_service,9,2015-01-01..";
        let need = if person == IN_NEED {
            "illness_poverty 2024-05-20.."
        } else {
            ""
        };
        writeln!(members, "{psn_no},e_voucher:EV{psn_no},{born},{need}").unwrap();
        writeln!(balances, "{psn_no},{}.00", OPENING_BALANCE / 100).unwrap();
    }
    for twin in twins {
        let (psn_no, id, from) = (twin.of.psn_no(), &twin.document, twin.from);
        let cover = format!("{from}..{}", twin.until.unwrap_or_default());
        let born = "1980-01-01,employee,in_service,9";
        writeln!(members, "{psn_no},resident_id:{id},{born},{cover},").unwrap();
    }
    let institutions = format!(
        "code,name,type,grade,administration,networked,from\n\
         {},人民医院,general,three,city,yes,2020-01-01\n",
        hospital(number)
    );
    let catalogue =
        format!("code,name,from,until,class,first_pay\n{DRUG},甲类药品,2020-01-01,,a,0\n");
    [
        (Kind::Institutions, "institutions", institutions),
        (Kind::Catalogue, "catalogue", catalogue),
        (Kind::Members, "members", members),
        (Kind::Balances, "balances", balances),
    ]
    .into_iter()
    .map(|(kind, word, text)| messages(kind, word, &text))
    .collect()
}

fn messages(kind: v1::ImportKind, word: &str, file: &str) -> Vec<v1::ImportRequest> {
    let sums = ControlSums::of(word.parse::<FileKind>().unwrap(), file.as_bytes());
    let header = v1::ImportHeader {
        kind: kind.into(),
        as_of: "2023-12-31".to_owned(),
        rows: sums.rows,
        sum_fen: sums.sum.get(),
        dry_run: false,
    };
    let part = |part| v1::ImportRequest { part: Some(part) };
    vec![
        part(v1::import_request::Part::Header(header)),
        part(v1::import_request::Part::Chunk(file.as_bytes().to_vec())),
    ]
}

/// The rule of a region.
pub fn policy(number: usize) -> String {
    format!(
        r#"
title = "城镇职工基本医疗保险待遇（模拟）"
source = "made for the simulation"
region = "{}"
scheme = "employee"
settings = ["inpatient"]
effective = {{ from = 2023-01-01 }}

[provisional]
care = "emergency"
ceiling = "20000"
snapshot_hours = 1
home_bears = "{}"

[totals.paid]
adds = "basic.paid"
period = "year"

[totals.charged]
adds = "basic.charged"
period = "year"

[totals.admissions]
adds = "admission"
period = "year"

[totals.assisted]
adds = "assistance.base"
period = "year"

[totals.assistance_paid]
adds = "assistance.paid"
period = "year"

[[layer]]
name = "basic"
when = {{ "given.paid_this_year" = {{ at_most = "0" }} }}
take = ["in"]
start = {{ amount = "1200", met_by = "charged.charged" }}
ratio = "0.70"
ceilings = [{{ payment = "20000", total = "paid" }}]
payer = "employee_pool"

[[layer]]
name = "year_so_far"
label = "basic"
when = {{ identity = "illness_poverty", "given.paid_this_year" = {{ at_least = "0.01" }} }}
take = ["in"]
payer = "given.paid_this_year"

[[layer]]
name = "assistance"
when = {{ identity = "illness_poverty" }}
take = [{{ part = "in", left = ["basic.start", "basic.share", "basic.above"] }}]
axis = "total.assisted"
start = "{}"
ratio = "0.60"
ceilings = [{{ payment = "{}", total = "assistance_paid" }}]
payer = "medical_assistance"

[[layer]]
name = "account"
when = {{ "given.paid_this_year" = {{ at_most = "0" }} }}
take = ["in", "first", "over", "out"]
payer = "own_account"
"#,
        REGIONS[number],
        HOME_BEARS / 100,
        HELP_START / 100,
        HELP_CEILING / 100
    )
}
