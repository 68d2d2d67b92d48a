//! A row of every table of transfers of the relationship.

use huitong_core::coverage::{Balances, PersonVersion};
use huitong_core::date::DateInterval;
use huitong_core::id::TransferId;
use huitong_core::person::{Credential, CredentialNumber};
use huitong_core::record::hand::{HandedVisit, Supplement, TransferOrder};
use huitong_core::record::registry::CoveragePeriod;
use huitong_core::record::transfer::TransferBy;
use huitong_core::totals::TotalChange;
use huitong_core::vocabulary::Scheme;
use huitong_journal::Position;

use super::super::{
    Counted, HandedIdRow, HomeId, Key, LateRow, Leaving, LeavingState, Location, Mirror, OpenRow,
    RelationRow, Row, TransferRow, TransferState,
};
use crate::samples::{claim, id, now, year_total};

/// What a late claim of the person was counted in with.
fn counted(transfer: TransferId) -> Supplement {
    let claim = claim("V1");
    Supplement {
        transfer,
        number: claim.person.psn_no,
        of: HandedVisit {
            treatment: claim.treatment,
            settlement: id(1),
            visit: claim.visit_key(),
        },
        totals: vec![TotalChange {
            slot: year_total(),
            adds: 50,
        }],
        paid: Balances::NONE,
    }
}

/// One of each.
pub(super) fn transfers() -> Vec<(Key, Row)> {
    let claim = claim("V1");
    let (psn_no, new_home) = (claim.person.psn_no, claim.treatment);
    let transfer = TransferId::from_bytes([3; 16]);
    let cover = CoveragePeriod {
        scheme: Scheme::Employee,
        category: "in_service".parse().unwrap(),
        retired: false,
        days: DateInterval::new("2023-07-01".parse().unwrap(), None).unwrap(),
    };
    let order = TransferOrder {
        transfer,
        person: claim.person,
        new_home,
        number: psn_no,
        credential: Credential::EVoucher(CredentialNumber::parse("A1").unwrap()),
        cover: cover.clone(),
    };
    let row = TransferRow {
        order,
        by: TransferBy::Region(new_home),
        started: now(),
        state: TransferState::HandedOver(7),
        since: now(),
        money: Balances::NONE,
    };
    let of = PersonVersion {
        incarnation: 1,
        change: 4,
    };
    let leaving = Leaving {
        transfer,
        new_home,
        number: psn_no,
        from: cover.days.from(),
        state: LeavingState::HandedOver(7),
        mirror: Some(Mirror {
            of,
            balances: Balances::NONE,
        }),
        offered: Some(HomeId {
            treatment: new_home,
            settlement: id(2),
        }),
    };
    let relation = RelationRow {
        leaving: Some(leaving),
        arriving: Some(transfer),
        prior: vec![cover],
    };
    let handed = HandedIdRow {
        old_home: claim.person.home,
        psn_no,
        counted: Counted::In(counted(transfer)),
    };
    let open = OpenRow { since: now() };
    let late = LateRow {
        psn_no,
        at: Location::at(Position::START, 2),
    };
    vec![
        (Key::Transfer(transfer), Row::Transfer(row.into())),
        (Key::Relation(psn_no), Row::Relation(relation.into())),
        (Key::HandedId(new_home, id(1)), Row::HandedId(handed.into())),
        (Key::HandedVisit(claim.visit_key()), Row::HandedVisit(id(1))),
        (Key::HandsHeld(claim.person.home), Row::HandsHeld(9)),
        (Key::LateClaim(new_home, id(2)), Row::LateClaim(late)),
        (Key::GivenUp(new_home, id(3)), Row::GivenUp(transfer)),
        (Key::OpenTransfer(transfer), Row::OpenTransfer(open)),
    ]
}
