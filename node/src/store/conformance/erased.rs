//! The tables of keys and erasures.

use huitong_core::id::{ActId, SettlementId, TransferId};
use huitong_core::person::PsnNo;
use huitong_core::record::sealed::PersonKeyId;
use huitong_core::region::RegionCode;
use huitong_journal::Position;

use super::super::{ErasedId, Key, Location, Row};

pub(super) fn erased() -> Vec<(Key, Row)> {
    let home = RegionCode::parse("330200").unwrap();
    let psn_no = PsnNo::parse("330200000000000001").unwrap();
    let key = PersonKeyId {
        slot: 4,
        mark: [8; 12],
    };
    let at = |nth| Location::at(Position::START, nth);
    let settlement = ErasedId::Settlement(SettlementId::from_bytes([1; 16]));
    let act = ErasedId::Act(ActId::from_bytes([2; 16]));
    let transfer = ErasedId::Transfer(TransferId::from_bytes([3; 16]));
    vec![
        (Key::PersonKey(home, psn_no), Row::PersonKey(key)),
        (Key::KeysGiven(), Row::KeysGiven(5)),
        (Key::Erased(settlement), Row::Erased(at(1))),
        (Key::Erased(act), Row::Erased(at(2))),
        (Key::Erased(transfer), Row::Erased(at(2))),
        (Key::Erasure(1), Row::Erasure(at(3))),
        (Key::Erasure(2), Row::Erasure(at(4))),
    ]
}
