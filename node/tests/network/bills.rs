//! Bills as hospitals send them.

use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;

use crate::files::{CLASS_A, CLASS_B, CLASS_C};

pub fn person(psn_no: &str) -> common::Person {
    let home_region = psn_no[..6].to_owned();
    common::Person {
        home_region,
        psn_no: psn_no.to_owned(),
    }
}

pub fn card(number: &str) -> common::Credential {
    let kind = common::credential::Kind::SocialCard(number.to_owned());
    common::Credential { kind: Some(kind) }
}

pub fn line(number: u32, code: &str, amount_fen: i64) -> v1::BillLine {
    v1::BillLine {
        number,
        code: code.to_owned(),
        date: "2023-03-01".to_owned(),
        quantity: "1".to_owned(),
        amount_fen,
        returns: 0,
        approved: false,
    }
}

pub fn visit(number: &str) -> v1::Visit {
    v1::Visit {
        number: number.to_owned(),
        episode: number.to_owned(),
        setting: v1::Setting::Inpatient.into(),
        interim: 0,
        admitted: "2023-03-01".to_owned(),
        discharged: "2023-03-09".to_owned(),
        arrival: v1::Arrival::Direct.into(),
        sessions: 1,
        diseases: Vec::new(),
        package: String::new(),
        billed_from: String::new(),
        episode_at: String::new(),
    }
}

/// 22,000: 1,500 out of scope, 500 borne first, 20,000 in scope.
pub fn published(visit_number: &str) -> v1::Bill {
    v1::Bill {
        person: Some(person("330200000000000001")),
        credential: Some(card("NB1")),
        visit: Some(visit(visit_number)),
        total_fen: 2_200_000,
        lines: vec![
            line(1, CLASS_A, 1_550_000),
            line(2, CLASS_B, 500_000),
            line(3, CLASS_C, 150_000),
        ],
        given_fen: [].into(),
    }
}

/// 3,000 yuan, all of it in scope.
pub fn small(visit_number: &str) -> v1::Bill {
    let lines = vec![line(1, CLASS_A, 300_000)];
    v1::Bill {
        total_fen: 300_000,
        lines,
        ..published(visit_number)
    }
}

/// The published bill for the person of Chengdu.
pub fn at_home(visit_number: &str) -> v1::Bill {
    v1::Bill {
        person: Some(person("510100000000000001")),
        credential: Some(card("CD1")),
        ..published(visit_number)
    }
}

/// A bill of other days: everything on the day of admission.
pub fn dated(mut bill: v1::Bill, admitted: &str, discharged: &str) -> v1::Bill {
    let visit = bill.visit.as_mut().unwrap();
    visit.admitted = admitted.to_owned();
    visit.discharged = discharged.to_owned();
    for line in &mut bill.lines {
        line.date = admitted.to_owned();
    }
    bill
}

pub fn settle(request_id: &str, bill: v1::Bill) -> v1::SettleRequest {
    v1::SettleRequest {
        request_id: request_id.to_owned(),
        bill: Some(bill),
        not_after_ms: 0,
    }
}
