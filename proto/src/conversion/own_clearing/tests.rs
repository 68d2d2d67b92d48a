//! What comes back as it was sent, and what is not read.

use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::leg::LegKind;
use huitong_core::money::{Fen, FenSum, SignedFen};
use huitong_core::own_clearing::{
    NoticePartSeen, NoticeSeen, NoticesSeen, PaymentPage, PaymentSeen, Unpaid,
};
use huitong_core::vocabulary::{DelayReason, Direction};

use super::*;

fn told(region: &str, number: u64) -> LegTold {
    LegTold {
        region: region.parse().unwrap(),
        number,
        debtor: "330200".parse().unwrap(),
        creditor: "510100".parse().unwrap(),
        amount: Fen::new(700).unwrap(),
        business_day: "2026-03-01".parse().unwrap(),
        receipt: sha256(b"receipt"),
    }
}

fn page() -> WaitingPage {
    let since = Timestamp::from_millis(1_772_000_000_000).unwrap();
    let group = WaitingGroup {
        legs: 2,
        amount: FenSum::new(1_400),
    };
    let debt = DebtWaiting {
        since,
        days: 31,
        why: WaitingReason::Differs,
        field: Some(LegField::Amount),
        settlement: SettlementId::from_parts(1, [1; 10]),
        kind: LegKind::Reversal,
        fund: Fund::ResidentPool,
        told: told("330200", 7),
        other: Some(told("510100", 9)),
        evidence: Some(EvidenceSays::Otherwise),
        evidence_field: Some(LegField::Receipt),
        id_taken: true,
    };
    WaitingPage {
        debts: vec![debt],
        next: Some((since, "330200".parse().unwrap(), 7)),
        ages: vec![WaitingAges {
            why: WaitingReason::Differs,
            groups: [group; 4],
        }],
        left_off: 3,
    }
}

fn payment(reference: &str, direction: Direction) -> PaymentSeen {
    PaymentSeen {
        reference: reference.parse().unwrap(),
        day: "2026-03-01".parse().unwrap(),
        month: Some("2026-03".parse().unwrap()),
        direction,
        amount: Fen::new(1_316_000).unwrap(),
        paid: Fen::new(16_000).unwrap(),
        due: "2026-03-24".parse().unwrap(),
        days_late: 2,
        delay: Some(DelayReason::Budget),
        unpaid_by: vec![Unpaid {
            member: "330000".parse().unwrap(),
            open: Fen::new(1_300_000).unwrap(),
            delay: Some(DelayReason::FundShort),
        }],
    }
}

fn payments() -> PaymentPage {
    PaymentPage {
        member: "510100".parse().unwrap(),
        payments: vec![payment("M202603-510100-resident_pool", Direction::PayOut)],
        next: Some("M202603-510100-resident_pool".parse().unwrap()),
    }
}

fn notices() -> NoticesSeen {
    let mut payment = payment("1-510100-resident_pool", Direction::PayOut);
    payment.unpaid_by.clear();
    let at = Timestamp::from_millis(1_772_000_000_000).unwrap();
    let named = |name: &str| (name.parse().unwrap(), at);
    NoticesSeen {
        member: "510100".parse().unwrap(),
        notices: vec![NoticeSeen {
            payment,
            parts: vec![NoticePartSeen {
                day: "2026-03-01".parse().unwrap(),
                plan: 1,
                receivable: Fen::new(1_316_000).unwrap(),
                payable: Fen::ZERO,
                net: SignedFen::new(1_316_000).unwrap(),
                legs: 1,
            }],
        }],
        approvals: vec![named("wang.fang"), named("zhao.min")],
        ordered: named("wang.fang"),
        days: vec!["2026-03-01".parse().unwrap()],
    }
}

#[test]
fn what_concerns_a_region_comes_back_as_it_was_sent() {
    let wire = waiting_page_to_wire(&page());
    assert_eq!(waiting_page_from_wire(wire), Ok(page()));
    let wire = payment_page_to_wire(&payments());
    assert_eq!(payment_page_from_wire(wire), Ok(payments()));
    let wire = notices_to_wire(&notices());
    assert_eq!(notices_from_wire(wire), Ok(notices()));
    for why in WaitingReason::ALL {
        let wire = waiting_reason_to_wire(*why);
        assert_eq!(waiting_reason_from_wire(wire, Path::root("x")), Ok(*why));
        assert_eq!(why.word().parse(), Ok(*why));
    }
    for says in EvidenceSays::ALL {
        let wire = evidence_to_wire(*says);
        assert_eq!(evidence_from_wire(wire, Path::root("x")), Ok(*says));
    }
}

/// Two regions tell each other of as much as there is, twice: no other page of the list is lost for it.
#[test]
fn what_waits_is_read_whatever_it_comes_to() {
    for sum in [Fen::MAX.get().saturating_mul(2), i64::MAX] {
        let mut page = page();
        page.ages[0].groups[3].amount = FenSum::new(sum);
        let wire = waiting_page_to_wire(&page);
        assert_eq!(wire.ageing[0].groups[3].amount_fen, sum);
        assert_eq!(waiting_page_from_wire(wire), Ok(page));
    }
}

type Spoil<T> = fn(&mut T);

#[test]
fn nothing_else_is_read() {
    let spoil: [(&str, Spoil<v1::Exception>); 6] = [
        ("exceptions[0].place", |row| {
            row.place.as_mut().unwrap().number = 8;
        }),
        ("exceptions[0].reason", |row| row.reason = 0),
        ("exceptions[0].field", |row| row.field = "patient".into()),
        ("exceptions[0].evidence", |row| row.evidence = 9),
        ("exceptions[0].other.debtor", |row| {
            row.other.as_mut().unwrap().debtor.clear();
        }),
        ("exceptions[0].told.amount_fen", |row| {
            row.told.as_mut().unwrap().amount_fen = -1;
        }),
    ];
    for (field, spoil) in spoil {
        let mut wire = waiting_page_to_wire(&page());
        spoil(&mut wire.exceptions[0]);
        let fault = waiting_page_from_wire(wire).unwrap_err();
        assert!(fault.to_string().starts_with(field), "{fault}");
    }
    let spoil: [(&str, Spoil<v1::OwnPayment>); 4] = [
        ("payments[0].payment.reference", |row| {
            row.payment.as_mut().unwrap().member = "330000".into();
        }),
        ("payments[0].payment.direction", |row| {
            row.payment.as_mut().unwrap().direction = 0;
        }),
        ("payments[0].unpaid_by[0].delay", |row| {
            row.unpaid_by[0].delay = 9;
        }),
        ("payments[0].payment", |row| row.payment = None),
    ];
    for (field, spoil) in spoil {
        let mut wire = payment_page_to_wire(&payments());
        spoil(&mut wire.payments[0]);
        let fault = payment_page_from_wire(wire).unwrap_err();
        assert!(fault.to_string().starts_with(field), "{fault}");
    }
    let mut wire = notices_to_wire(&notices());
    wire.told.as_mut().unwrap().notices[0].parts[0].payable_fen = -1;
    let fault = notices_from_wire(wire).unwrap_err().to_string();
    assert!(
        fault.starts_with("told.notices[0].parts[0].payable_fen"),
        "{fault}"
    );
}
